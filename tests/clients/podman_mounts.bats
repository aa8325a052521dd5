#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What podman mounts into a container: volumes of all kinds, tmpfs, images, secrets; and
# that nothing of it lands outside.

load podman.bash
umask 022

eval "podman_$(declare -f engine_clean)"
engine_clean() {
	local where
	podman_engine_clean
	for where in a b below .; do
		! mountpoint -q "$T/dir/$where" || umount "$T/dir/$where"
	done
	pod volume rm --all --force >/dev/null 2>&1
	pod secret rm --all >/dev/null 2>&1
}

# An ordinary user's podman wants message queues for --ipc host
can_share_ipc() {
	[ "$(id -u)" -eq 0 ] || [ -d /dev/mqueue ]
}

# bats test_tags=quick
@test "-v DIR: read and write, or read only" {
	mkdir "$T/dir"
	echo outside >"$T/dir/file"
	exits 0 no_net -v "$T/dir:/data" box sh -c \
		'cat /data/file; echo inside >/data/new; /probe mounts | grep /data='
	matches "$output" $'^outside\nmount./data=.* private rw'
	is "$(cat "$T/dir/new")" inside
	exits 0 no_net -v "$T/dir:/data:ro" box sh -c \
		'cat /data/file; /probe create /data/no; /probe mounts | grep /data='
	matches "$output" $'^outside\ncreate./data/no=EROFS\nmount./data=.* private ro'
	exits 0 no_net -v "$T/dir:/not/yet/there:rw" box cat /not/yet/there/new
	is "$output" inside
	exits 125 no_net -v "$T/nothing-there:/data" box true
	exits 125 no_net -v "$T/dir:relative" box true
}

@test "-v DIR:noexec,nosuid,nodev, and the contrary" {
	mkdir "$T/dir"
	cp "$ARIL_PROBE" "$T/dir/program"
	exits 126 no_net -v "$T/dir:/data:noexec" box /data/program exit 0
	matches "$output" '[Pp]ermission denied'
	exits 0 no_net -v "$T/dir:/data:nosuid,nodev,noexec" box sh -c \
		'/probe mounts | grep /data='
	matches "$output" 'rw,nosuid,nodev,noexec'
	exits 0 no_net -v "$T/dir:/data:exec" box sh -c '/probe mounts | grep /data='
	[[ $output != *noexec* ]]
}

# The options that are SELinux's are nothing without it
@test "-v DIR:Z, :z" {
	mkdir "$T/dir"
	exits 0 no_net -v "$T/dir:/data:Z" -v "$T/dir:/more:z,ro" box sh -c \
		'echo x >/data/new; cat /more/new'
	is "$output" x
}

@test "-v DIR:U gives the directory to the container's user" {
	local uid=1000
	[ "$(id -u)" -eq 0 ] || uid=100999
	mkdir "$T/dir"
	touch "$T/dir/file"
	exits 0 no_net --user box -v "$T/dir:/data:U" box \
		sh -c 'echo mine >/data/file; /probe stat /data /data/file'
	matches "$output" '/data=d 0755 1000:1000./data/file=- 0644 1000:1000'
	is "$(stat -c %u "$T/dir/file")" $uid
	no_net -v "$T:/data" box rm -r /data/dir
}

@test "-v DIR:idmap: the files are whose they were" {
	only_root 'mount so'
	mkdir "$T/dir"
	echo x >"$T/dir/file"
	chown 1000:1000 "$T/dir/file"
	exits 0 no_net --uidmap 0:100000:5000 -v "$T/dir:/data:idmap" box sh -c \
		'/probe stat /data /data/file; touch /data/new'
	is "$output" $'/data=d 0755 0:0\n/data/file=- 0644 1000:1000'
	is "$(stat -c %u "$T/dir/new")" 0
	exits 0 no_net --uidmap 0:100000:5000 -v "$T/dir:/data" box /probe stat /data/file
	is "$output" '/data/file=- 0644 65534:65534'
	exits 0 no_net --uidmap 0:100000:5000 \
		-v "$T/dir:/data:idmap=uids=0-7-10;gids=0-8-10" box /probe stat /data/new
	[[ $output == *' 0:0' || $output == *' 65534:65534' || $output == *' 7:8' ]]
}

@test "-v DIR:O: what is written is gone afterwards" {
	mkdir "$T/dir"
	echo outside >"$T/dir/file"
	exits 0 no_net -v "$T/dir:/data:O" box sh -c \
		'echo changed >/data/file; touch /data/new; cat /data/file'
	is "$output" changed
	is "$(cat "$T/dir/file")" outside
	[ ! -e "$T/dir/new" ]
}

@test "propagation: rslave sees later mounts of the host, rshared gives its own" {
	only_root 'mount on the host'
	mkdir "$T/dir"
	mount -t tmpfs none "$T/dir"
	mount --make-shared "$T/dir"
	mkdir "$T/dir/a" "$T/dir/b"
	up one --network none -v "$T/dir:/slave:rslave" -v "$T/dir:/private" \
		-v "$T/dir:/shared:rshared" --cap-add sys_admin \
		--security-opt seccomp=unconfined
	exits 0 pod exec one sh -c '/probe mounts | grep -E "/(slave|private|shared)="'
	matches "$output" 'private=tmpfs private'
	matches "$output" 'slave=tmpfs slave'
	matches "$output" 'shared=tmpfs shared'
	mount -t tmpfs none "$T/dir/a"
	touch "$T/dir/a/new"
	exits 0 pod exec one sh -c 'ls /slave/a /private/a'
	is "$output" $'/private/a:\n\n/slave/a:\nnew'
	pod exec one sh -c 'mount -t tmpfs none /shared/b && touch /shared/b/theirs'
	[ -e "$T/dir/b/theirs" ]
	pod rm -f -t 0 one >/dev/null
}

@test "a mount of the host below a volume comes along, read only when asked" {
	only_root 'mount on the host'
	mkdir "$T/dir"
	mount -t tmpfs none "$T/dir"
	mkdir "$T/dir/below"
	mount -t tmpfs none "$T/dir/below"
	touch "$T/dir/below/file"
	exits 0 no_net -v "$T/dir:/data" box sh -c \
		'ls /data/below; /probe create /data/below/new'
	is "$output" $'file\ncreate./data/below/new=ok'
	exits 0 no_net -v "$T/dir:/data:ro" box sh -c '/probe create /data/new'
	is "$output" create./data/new=EROFS
	mount -o remount,ro,nodev,nosuid,noexec "$T/dir/below"
	exits 0 no_net -v "$T/dir/below:/data" box sh -c \
		'/probe create /data/no; /probe mounts | grep /data='
	matches "$output" $'create./data/no=EROFS\n.* private r[ow],nosuid,nodev,noexec'
}

@test "a named volume begins with what the image has there" {
	exits 0 no_net -v kept:/srv/volume box sh -c 'cat /srv/volume/file
		echo more >>/srv/volume/file'
	is "$output" 'below the volume'
	exits 0 no_net -v kept:/srv/volume box cat /srv/volume/file
	is "$output" $'below the volume\nmore'
	exits 0 no_net -v kept:/data:ro box sh -c 'tail -n 1 /data/file
		/probe create /data/new'
	is "$output" $'more\ncreate./data/new=EROFS'
	exits 0 no_net -v bare:/srv/volume:nocopy box ls /srv/volume
	is "$output" ''
	exits 0 pod volume rm kept bare
	exits 0 no_net -v /srv/volume box cat /srv/volume/file
	is "$output" 'below the volume'
	is "$(pod volume ls -q)" ''
}

@test "--volumes-from" {
	mkdir "$T/dir"
	pod create --name one -v "$T/dir:/data" -v kept:/kept box true >/dev/null
	exits 0 no_net --volumes-from one box sh -c 'touch /data/new /kept/new'
	[ -e "$T/dir/new" ]
	exits 0 no_net --volumes-from one:ro box sh -c '/probe create /data/no; ls /kept'
	is "$output" $'create./data/no=EROFS\nnew'
	pod rm one >/dev/null
	pod volume rm kept >/dev/null
}

@test "a volume with options: a tmpfs" {
	only_root 'have such volumes'
	pod volume create --opt type=tmpfs --opt device=tmpfs --opt o=mode=1750,nodev \
		small >/dev/null
	exits 0 no_net -v small:/data box sh -c \
		'/probe mount /data; /probe stat /data; touch /data/new'
	matches "$output" 'type=tmpfs.*/data=d 1750 0:0'
	exits 0 no_net -v small:/data box ls /data
	is "$output" ''
	pod volume rm small >/dev/null
}

@test "--tmpfs and its options" {
	exits 0 no_net --tmpfs /data:size=2m,mode=700,noexec \
		--tmpfs /plain box sh -c '/probe statfs /data; /probe stat /data
		/probe mounts | grep -E "/(data|plain)="'
	matches "$output" 'statfs=2048 .*/data=d 0700 0:0'
	matches "$output" 'mount./data=tmpfs private rw,nosuid,nodev,noexec'
	matches "$output" 'mount./plain=tmpfs private rw,nosuid,nodev'
	exits 0 no_net --tmpfs /srv/volume box cat /srv/volume/file
	is "$output" 'below the volume'
	exits 0 no_net --mount type=tmpfs,dst=/data,tmpfs-size=1m,tmpfs-mode=1770 box \
		sh -c '/probe statfs /data; /probe stat /data'
	matches "$output" 'statfs=1024 .*/data=d 1770 0:0'
	exits 0 no_net --mount type=tmpfs,dst=/srv/volume,notmpcopyup box ls /srv/volume
	is "$output" ''
	exits 0 no_net --tmpfs /data:ro box /probe create /data/no
	is "$output" create./data/no=EROFS
}

@test "--mount: bind, volume, devpts" {
	mkdir "$T/dir"
	echo outside >"$T/dir/file"
	exits 0 no_net --mount type=bind,source="$T/dir",target=/data,ro=true \
		--mount type=volume,source=kept,destination=/kept \
		--mount type=bind,src="$T/dir/file",dst=/srv/file \
		--mount type=devpts,destination=/srv/pts box sh -c \
		'cat /srv/file; /probe create /data/no; touch /kept/new
		/probe mounts | grep -E "/srv/(file|pts)="; ls /srv/pts'
	matches "$output" $'^outside\ncreate./data/no=EROFS\n'
	matches "$output" 'mount./srv/pts=devpts'
	matches "$output" $'\nptmx$'
	exits 0 pod volume rm kept
}

@test "--mount type=image: the files of an image, which stay as they are" {
	exits 0 no_net --mount type=image,source=box,destination=/other box sh -c \
		'cat /other/srv/file; /probe create /other/no'
	is "$output" $'from the image\ncreate./other/no=EROFS'
	exits 0 no_net --mount type=image,source=box,destination=/other,rw=true box \
		/probe create /other/new
	is "$output" create./other/new=ok
	exits 1 no_net box test -e /new
}

@test "a file: bound, changed from outside, over another file" {
	echo one >"$T/file"
	up one --network none -v "$T/file:/srv/file" -v "$T/file:/new/file:ro"
	is "$(pod exec one cat /srv/file)" one
	echo two >"$T/file"
	is "$(pod exec one cat /new/file)" two
	pod exec one sh -c 'echo three >/srv/file'
	is "$(cat "$T/file")" three
	exits 0 pod exec one /probe write /new/file no
	is "$output" write./new/file=EROFS
	exits 126 no_net -v "$T/file:/srv/volume" box true
}

@test "targets that are links in the image stay in the container" {
	mkdir -p "$T/dir" "$T/root/$T/outside"
	echo outside >"$T/dir/file"
	tar -xf "$ROOTFS" -C "$T/root"
	mkdir "$T/outside"
	ln -s srv/volume "$T/root/link"
	ln -s /srv/volume "$T/root/absolute"
	ln -s "../../../../../../../..$T/outside" "$T/root/up"
	ln -s "$T/outside" "$T/root/away"
	for link in link absolute; do
		exits 0 no_net -v "$T/dir:/$link" --rootfs "$T/root" cat /srv/volume/file
		is "$output" outside
	done
	for link in up away; do
		exits 0 no_net -v "$T/dir:/$link/below" --rootfs "$T/root" \
			sh -c "cat /$link/below/file"
		is "$output" outside
		is "$(ls -A "$T/outside")" ''
		[ -d "$T/root$T/outside/below" ]
	done
}

@test "secrets: as files and in the environment" {
	echo -n hush | pod secret create word - >/dev/null
	exits 0 no_net --secret word --secret word,type=env,target=WORD box sh -c \
		'cat /run/secrets/word; echo ",$WORD"; /probe stat /run/secrets/word'
	is "$output" $'hush,hush\n/run/secrets/word=- 0444 0:0'
	exits 0 no_net --secret word,target=/srv/kept,uid=1000,gid=1234,mode=0440 box \
		sh -c 'cat /srv/kept; echo; /probe stat /srv/kept'
	is "$output" $'hush\n/srv/kept=- 0440 1000:1234'
	exits 1 no_net box test -e /run/secrets/word
	pod secret rm word >/dev/null
	exits 125 no_net --secret word box true
	exits 0 pod secret ls -q
	is "$output" ''
}

@test "/dev/shm is each container's own, or the host's" {
	exits 0 no_net box sh -c \
		'echo x >/dev/shm/new; /probe mount /dev/shm; ls /dev/shm'
	matches "$output" $'\nnew$'
	exits 0 no_net box ls /dev/shm
	is "$output" ''
	if can_share_ipc; then
		echo outside >"/dev/shm/aril-$$"
		exits 0 no_net --ipc host box cat "/dev/shm/aril-$$"
		rm "/dev/shm/aril-$$"
		is "$output" outside
	fi
	up one --network none --ipc shareable
	pod exec one sh -c 'echo shared >/dev/shm/new'
	exits 0 no_net --ipc container:one box cat /dev/shm/new
	is "$output" shared
	exits 1 no_net --ipc none box ls /dev/shm
}

@test "--rootfs DIR, and :O for what is written" {
	mkdir "$T/root"
	tar -xf "$ROOTFS" -C "$T/root"
	exits 0 no_net --rootfs "$T/root:O" sh -c 'touch /srv/new; cat /srv/file; ls /srv'
	is "$output" $'from the image\ndata\nfile\nnew\nvolume'
	[ ! -e "$T/root/srv/new" ]
	exits 0 no_net --read-only --rootfs "$T/root" /probe create /srv/new
	is "$output" create./srv/new=EROFS
}

@test "many mounts, one on the other" {
	local with=() i
	mkdir "$T/dir"
	for i in {1..60}; do
		mkdir "$T/dir/$i"
		touch "$T/dir/$i/file"
		with+=(-v "$T/dir/$i:/data/$i" --tmpfs "/data/$i/below")
	done
	exits 0 no_net "${with[@]}" box sh -c \
		'ls /data/*/file | wc -l; grep -c "/below tmpfs" /proc/mounts'
	is "$output" $'60\n60'
}
