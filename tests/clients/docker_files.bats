#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker's volumes, temporary file systems, copies and commits.

load docker.bash

@test "--read-only, --tmpfs and --shm-size" {
	exits 1 docker run --rm --read-only box touch /srv/x
	exits 0 docker run --rm --read-only --tmpfs /run/own:size=1m,mode=700 box sh -c \
		'touch /run/own/x; stat -c %a /run/own; df -k /run/own | tail -n 1'
	matches "$output" '^700.*1024'
	is "$(docker run --rm --tmpfs /root box stat -c %a /root)" 700
	is "$(docker run --rm --shm-size 3m box df -k /dev/shm |
		awk 'END { print $2 }')" 3072
}

@test "volumes: of a host's directory, by name, read-only" {
	mkdir "$T/dir" && echo host >"$T/dir/file"
	is "$(docker run --rm -v "$T/dir:/data" box cat /data/file)" host
	exits 0 docker run --rm -v "$T/dir:/data" box sh -c 'echo new >/data/other'
	is "$(cat "$T/dir/other")" new
	exits 1 docker run --rm -v "$T/dir:/data:ro" box touch /data/x
	docker volume create kept
	docker run --rm -v kept:/srv/volume box sh -c 'echo more >>/srv/volume/file'
	is "$(docker run --rm -v kept:/data box cat /data/file | wc -l)" 2
}

@test "volumes: propagation, one file, from another container" {
	mkdir -p "$T/dir/sub" && echo host >"$T/file"
	docker run -d --name one -v "$T/dir:/data:rslave" -v "$T/file:/srv/file" \
		-v /own box sleep 1000
	is "$(docker exec one cat /srv/file)" host
	docker exec one touch /own/x
	exits 0 docker run --rm --volumes-from one box test -e /own/x
	[ "$(id -u)" -eq 0 ] || return 0 # a user makes no mounts on the host
	mount -t tmpfs none "$T/dir/sub"
	touch "$T/dir/sub/late"
	exits 0 docker exec one test -e /data/sub/late
	umount "$T/dir/sub"
}

@test "--mount: bind, volume and tmpfs with options" {
	mkdir "$T/dir"
	exits 1 docker run --rm --mount "type=bind,src=$T/dir,dst=/data,readonly" box \
		touch /data/x
	exits 0 docker run --rm \
		--mount type=tmpfs,dst=/data,tmpfs-size=2m,tmpfs-mode=1770 box \
		stat -c %a /data
	is "$output" 1770
	exits 0 docker run --rm --mount type=volume,src=named,dst=/data box touch /data/x
	exits 125 docker run --rm --mount "type=bind,src=$T/nothing,dst=/data" box true
}

@test "cp to and from a container, running and not" {
	box one
	echo mine >"$T/in"
	exits 0 docker cp "$T/in" one:/srv/copied
	is "$(docker exec one cat /srv/copied)" mine
	exits 0 docker cp one:/srv/volume "$T/out"
	is "$(cat "$T/out/file")" 'below the volume'
	docker stop -t 10 one
	exits 0 docker cp one:/srv/copied "$T/back"
	is "$(cat "$T/back")" mine
}

@test "diff, commit, and an image of it" {
	docker run --name one box sh -c 'rm /srv/file; echo new >/srv/new'
	output=$(docker diff one)
	matches "$output" 'D /srv/file'
	matches "$output" 'A /srv/new'
	docker commit --change 'CMD ["cat", "/srv/new"]' --change 'USER box' one made
	is "$(docker run --rm made)" new
	is "$(docker run --rm made id -un)" box
	docker rm one
	docker rmi made
}

@test "export and save give what a container and an image have" {
	docker run --name one box sh -c 'echo exported >/srv/new'
	docker export one | tar -xO srv/new >"$T/new"
	is "$(cat "$T/new")" exported
	docker save box >"$T/image.tar"
	exits 0 docker load -i "$T/image.tar"
	matches "$output" box
}
