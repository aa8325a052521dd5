#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman cp, diff, commit, export and import, save and load, mount: a container's files.

load podman.bash

clean_images() {
	podman rmi -f made >/dev/null 2>&1 || :
}

@test "cp into a container and out of it, running and stopped" {
	mkdir "$T/in"
	echo one >"$T/in/file"
	ln -s file "$T/in/link"
	chmod 640 "$T/in/file"
	up one --network none
	pod cp "$T/in" one:/srv
	is "$(pod exec one sh -c 'cat /srv/in/link; stat -c %a /srv/in/file')" $'one\n640'
	pod exec one sh -c 'echo two >/srv/in/more'
	pod cp one:/srv/in "$T/out"
	is "$(cat "$T/out/more" "$T/out/file")" $'two\none'
	pod stop -t 0 one
	pod cp one:/srv/in/more "$T/again"
	is "$(cat "$T/again")" two
	echo three >"$T/three"
	pod cp "$T/three" one:/srv/three
	pod start one
	is "$(pod exec one cat /srv/three)" three
	tar -c -C "$T" three | pod cp - one:/tmp
	is "$(pod exec one cat /tmp/three)" three
}

@test "cp follows no link out of the container" {
	up one --network none
	echo secret >"$T/secret"
	pod exec one sh -c "mkdir -p '$T' && ln -s '$T/secret' /srv/out &&
		echo inside >'$T/secret' && ln -s /etc /srv/etc"
	pod cp one:/srv/out "$T/got"
	is "$(cat "$T/got")" inside
	echo new >"$T/aril-new"
	pod cp "$T/aril-new" one:/srv/etc/aril-new
	[ ! -e /etc/aril-new ]
	is "$(pod exec one cat /etc/aril-new)" new
}

@test "diff tells what was added, changed and removed" {
	pod run --name one --network none box sh -c \
		'echo >/srv/new; echo >>/srv/file; rm /srv/data'
	is "$(pod diff one | grep /srv/ | sort)" $'A /srv/new\nC /srv/file\nD /srv/data'
}

@test "commit makes an image of it, also of one that runs" {
	up one --network none
	pod exec one sh -c 'echo kept >/srv/kept'
	pod commit -q --change CMD=/bin/true --change 'ENV A=b' one made
	is "$(no_net made sh -c 'cat /srv/kept; echo $A')" $'kept\nb'
	exits 0 no_net made
	told_is one .State.Status running
	clean_images
}

@test "export and import, save and load give the same files" {
	pod run --name one --network none box sh -c 'echo kept >/srv/kept'
	pod export -o "$T/tree.tar" one
	tar -tf "$T/tree.tar" | grep -qx 'srv/kept'
	podman import -q "$T/tree.tar" made >/dev/null
	is "$(no_net made cat /srv/kept)" kept
	podman save -q -o "$T/image.tar" made
	podman rmi -f made
	podman load -q -i "$T/image.tar"
	is "$(no_net made cat /srv/kept)" kept
	clean_images
}

@test "rename, and mount" {
	up one --network none
	pod rename one other
	exits 0 pod exec other true
	cat >"$T/look" <<-'END'
		cat "$(podman mount other)/srv/file"
	END
	owner=()
	[ "$(id -u)" -eq 0 ] || owner=(podman unshare)
	is "$("${owner[@]}" sh "$T/look")" 'from the image'
	"${owner[@]}" podman umount other
}
