#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The mounts of a container: each word of the option table with its effect, each kind of
# file system, devices, masks and read-only paths.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	bare
	expected=()
}

# A mount of the given words, and what its mount options must (or must not: !) be
row() { # "WORDS" WANTED...
	local at=/o/${#expected[@]} words
	read -ra words <<<"$1"
	# the access times of a bind are locked in a user namespace
	if is_root; then
		bind "$HOST" "$at" "${words[@]}"
	else
		mount_add tmpfs tmpfs "$at" "${words[@]}"
	fi
	expected+=("$1: ${*:2}")
}

# Run, and compare every row with mountinfo
rows() { # [mounts]: which field of the probe's line: options, or propagation
	local i text word options
	args /probe mounts
	go
	[ "$status" -eq 0 ] || return
	for i in "${!expected[@]}"; do
		text=$(sed -n "s|^mount./o/$i=[^ ]* ||p" <<<"$output" | tail -n 1)
		read -r propagation options <<<"$text"
		for word in ${expected[i]#*: }; do
			case ,$propagation,$options, in
			*,"$word",*) continue ;;
			*)
				[[ $word == !* && ,$options, != *,"${word#!}",* ]] &&
					continue
				;;
			esac
			echo "${expected[i]}: mountinfo says $text"
			return 1
		done
	done
}

@test "the words for flags of a mount set them" {
	row 'ro' ro
	row 'rw' rw
	row 'nosuid' nosuid rw
	row 'nodev' nodev
	row 'noexec' noexec
	row 'noatime' noatime !relatime
	row 'nodiratime' nodiratime
	row 'relatime' relatime
	row 'strictatime' !relatime !noatime
	row 'ro nosuid nodev noexec noatime' ro nosuid nodev noexec noatime
	row 'defaults' rw !nosuid
	rows
}

@test "the words that take a flag away do so, and the last word counts" {
	row 'ro rw' rw
	row 'rw ro' ro
	row 'nosuid suid' !nosuid
	row 'nodev dev' !nodev
	row 'noexec exec' !noexec
	row 'exec noexec' noexec
	row 'noatime atime' !noatime
	row 'nodiratime diratime' !nodiratime
	row 'noatime norelatime' noatime
	is_aril && row 'noatime relatime' relatime !noatime

	is_aril && row 'noatime strictatime' !noatime !relatime
	rows
}

@test "words about time stamps that only undo others are taken" {
	row 'norelatime'
	row 'nostrictatime' relatime
	row 'strictatime nostrictatime' relatime
	rows
}

@test "nosymfollow and symfollow" {
	only_aril 'does not know it'
	row 'nosymfollow' nosymfollow
	row 'nosymfollow symfollow' !nosymfollow
	rows
}

@test "the words for the propagation of a mount" {
	only_aril 'sets the propagation before it moves the mount'
	row 'private' private
	row 'rprivate' private
	row 'slave' private
	row 'unbindable' unbindable
	row 'runbindable' unbindable
	row 'shared' shared
	row 'rshared' shared
	rows
}

@test "the r words reach the mounts below" {
	only_aril 'does not know all of them'
	[ -d /run/tree/sub ] || skip 'needs the bed of a run as root'
	local word names='rro rnosuid rnodev rnoexec rnosymfollow'
	# access times are locked in a user namespace
	! is_root || names="$names rnoatime rnodiratime"
	for word in $names; do
		mount_add bind /run/tree "/r/$word" rbind "$word"
	done
	mount_add bind /run/tree /r/undone rbind rro rrw rnosuid rsuid rnoexec rexec \
		rnodev rdev rnosymfollow rsymfollow
	! is_root || mount_add bind /run/tree /r/strict rbind rnoatime rstrictatime \
		rnodiratime rdiratime
	probe mounts
	for word in $names; do
		want_like "mount./r/$word=tmpfs private (.*,)?${word#r}(,.*)?" \
			"mount./r/$word/sub=tmpfs private (.*,)?${word#r}(,.*)?"
	done
	want_like 'mount./r/undone/sub=tmpfs private rw,relatime'
	want_none 'mount./r/strict/sub=.*(relatime|noatime|nodiratime).*'
}

@test "ro of a recursive bind is for the mount on top only" {
	[ -d /run/tree/sub ] || skip 'needs the bed of a run as root'
	mount_add bind /run/tree /r rbind ro
	probe mounts
	want_like 'mount./r=tmpfs private ro.*' 'mount./r/sub=tmpfs private rw.*'
}

@test "bind leaves the mounts below out, rbind takes them along" {
	[ -d /run/tree/sub ] || skip 'needs the bed of a run as root'
	need_root 'a user namespace may not uncover what is below a mount'
	mount_add bind /run/tree /one bind
	mount_add bind /run/tree /all rbind
	probe mounts
	want_like 'mount./one=.*' 'mount./all=.*' 'mount./all/sub=.*'
	want_none 'mount./one/sub=.*'
}

@test "the words for a file system's own flags" {
	only_aril 'does not know all of them'
	mount_add tmpfs tmpfs /s1 sync
	mount_add tmpfs tmpfs /s2 dirsync
	mount_add tmpfs tmpfs /s3 lazytime
	mount_add tmpfs tmpfs /s4 sync async
	mount_add tmpfs tmpfs /s5 lazytime nolazytime
	mount_add tmpfs tmpfs /s6 silent loud iversion noiversion mand nomand
	probe mount /s1 , mount /s2 , mount /s3 , mount /s4 , mount /s5 , mount /s6
	[ "$(grep -c '^mounted=1' <<<"$output")" -eq 6 ]
	[ "$(grep -cE '^super=rw,sync' <<<"$output")" -eq 1 ]
	[ "$(grep -cE '^super=rw,dirsync' <<<"$output")" -eq 1 ]
	[ "$(grep -cE '^super=.*lazytime' <<<"$output")" -eq 1 ]
}

@test "tmpfs: size, mode, number of inodes, owner" {
	need_ids
	mount_add tmpfs tmpfs /t size=64k mode=1750 nr_inodes=17 uid=3 gid=4 noexec
	probe statfs /t , stat /t , mount /t
	want 'statfs=64 17' '/t=d 1750 3:4' type=tmpfs
	want_like 'options=rw,noexec.*'
}

@test "tmpcopyup fills a tmpfs with what the image has there" {
	mkdir -p rootfs/srv/a/b
	echo text >rootfs/srv/a/b/file
	ln -s /nowhere rootfs/srv/link
	chmod 711 rootfs/srv/a
	mount_add tmpfs tmpfs /srv tmpcopyup mode=755
	probe mount /srv , read /srv/a/b/file , stat /srv/link /srv/a , create /srv/new
	want type=tmpfs /srv/a/b/file=text '/srv/link=l /nowhere' '/srv/a=d 0711 0:0'
	[ ! -e rootfs/srv/new ]
}

@test "tmpcopyup: the mode is the one asked for, the directory's, or 1777" {
	mkdir -p rootfs/srv/asked rootfs/srv/had
	chmod 755 rootfs/srv/asked
	chmod 1711 rootfs/srv/had
	mount_add tmpfs tmpfs /srv/asked tmpcopyup mode=710
	mount_add tmpfs tmpfs /srv/had tmpcopyup
	mount_add tmpfs tmpfs /srv/new tmpcopyup
	probe stat /srv/asked /srv/had /srv/new
	want '/srv/asked=d 0710 0:0' '/srv/had=d 1711 0:0' '/srv/new=d 1777 0:0'
}

@test "proc, sysfs, devpts, mqueue and cgroup are of their kind" {
	cp "$BED/template/config.json" config.json
	probe mount /proc , mount /sys , mount /dev/pts , mount /dev/mqueue \
		, mount /sys/fs/cgroup , read /proc/self/stat
	for type in proc sysfs devpts mqueue; do
		want type=$type
	done
	want_like 'type=(cgroup2|cgroup|tmpfs)' 'super=.*ptmxmode=666' \
		'/proc/self/stat=1 .*'
}

@test "a new devpts has no terminals of the host" {
	cp "$BED/template/config.json" config.json
	args /bin/ls /dev/pts
	go
	want ptmx
	[ "$output" = ptmx ]
}

@test "overlay" {
	mkdir "$T/lower" "$T/upper" "$T/work"
	echo low >"$T/lower/file"
	mount_add overlay overlay /ov "lowerdir=$T/lower" \
		"upperdir=$T/upper" "workdir=$T/work"
	is_root || cfg '.mounts[-1].options += ["userxattr"]'
	probe mount /ov , read /ov/file , create /ov/new
	want type=overlay /ov/file=low create./ov/new=ok
	[ -e "$T/upper/new" ]
	[ ! -e "$T/lower/new" ]
	"$ARIL_PROBE" stat "$T/work/work" >/dev/null
	chmod -R u+rwx "$T/work" 2>/dev/null || true
}

@test "a file is bound to a file that is made for it" {
	echo bound >"$T/file"
	bind "$T/file" /made/for/it.txt ro
	probe read /made/for/it.txt , mount /made/for/it.txt , stat /made , \
		write /made/for/it.txt x
	want /made/for/it.txt=bound mounted=1 write./made/for/it.txt=EROFS
	want_like '/made=d 0755 0:0'
}

@test "a relative source is below the bundle" {
	echo here >"$B/near"
	bind near /near
	probe read /near
	want /near=here
}

@test "missing targets are made, and links in the image stay in the image" {
	mkdir -p rootfs/real
	ln -s /real rootfs/absolute
	ln -s ../../real rootfs/relative
	mount_add tmpfs tmpfs /a/b/c
	mount_add tmpfs tmpfs /absolute/x
	mount_add tmpfs tmpfs /relative/y
	probe mount /a/b/c , mount /real/x , mount /real/y
	[ "$(grep -c '^mounted=1' <<<"$output")" -eq 3 ]
}

@test "mounts are made in the order of the document" {
	mkdir "$T/one" "$T/two"
	touch "$T/one/1" "$T/two/2"
	bind "$T/one" /m
	bind "$T/two" /m
	mount_add tmpfs tmpfs /n
	bind "$T/one" /n/sub
	probe stat /m/1 /m/2 /n/sub/1 , mount /m
	want /m/1=ENOENT mounted=2
	want_like '/m/2=- .*' '/n/sub/1=- .*'
}

@test "remount changes a mount that is there" {
	mount_add tmpfs tmpfs /t
	mount_add tmpfs tmpfs /t remount ro nosuid
	probe mount /t , create /t/x
	want mounted=1 create./t/x=EROFS
	want_like 'options=ro,nosuid.*'
}

@test "a bind keeps the restrictions of its source that a user namespace cannot lift" {
	need_user
	[ -d /run/user ] || skip 'needs the bed of a run as root'
	bind /dev/shm /kept ro
	probe mount /kept
	want_like 'options=ro,.*'
}

@test "options for a file system are refused for a bind" {
	only_aril 'ignores them'
	bind "$HOST" /m size=1m
	create_refused 'mounts[1]' size=1m
}

@test "the default devices" {
	cp "$BED/template/config.json" config.json
	probe stat /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty \
		, write /dev/null x , open /dev/zero , open /dev/urandom \
		, write /dev/full x
	want_like '/dev/null=c 1:3 0666 .*' '/dev/zero=c 1:5 0666 .*' \
		'/dev/full=c 1:7 0666 .*' '/dev/random=c 1:8 0666 .*' \
		'/dev/urandom=c 1:9 0666 .*' '/dev/tty=c 5:0 0666 .*'
	want write./dev/null=ok open./dev/zero=ok open./dev/urandom=ok \
		write./dev/full=ENOSPC
}

@test "the default links in /dev, and no console without a terminal" {
	cp "$BED/template/config.json" config.json
	probe stat /dev/fd /dev/stdin /dev/stdout /dev/stderr /dev/ptmx /dev/console
	want '/dev/fd=l /proc/self/fd' '/dev/stdin=l /proc/self/fd/0' \
		'/dev/stdout=l /proc/self/fd/1' '/dev/stderr=l /proc/self/fd/2' \
		/dev/console=ENOENT
	want_like '/dev/ptmx=(l pts/ptmx|c 5:2 .*)'
}

@test "linux.devices: kind, number, mode, owner, also outside of /dev" {
	need_root 'a user namespace cannot make devices'
	cp "$BED/template/config.json" config.json
	cfg '.linux.devices = [
		{ type: "c", path: "/dev/zip", major: 1, minor: 3, fileMode: 420,
		  uid: 5, gid: 6 },
		{ type: "u", path: "/dev/u", major: 1, minor: 5 },
		{ type: "b", path: "/opt/nodes/disk", major: 7, minor: 9, fileMode: 384 },
		{ type: "p", path: "/opt/fifo", fileMode: 432 }]'
	probe stat /dev/zip /dev/u /opt/nodes/disk /opt/fifo
	want '/dev/zip=c 1:3 0644 5:6' '/dev/u=c 1:5 0666 0:0' \
		'/opt/nodes/disk=b 7:9 0600 0:0' '/opt/fifo=p 0660 0:0'
}

@test "in a user namespace a device is the host's own" {
	need_user
	cp "$BED/template/config.json" config.json
	cfg '.linux.devices = [{ type: "c", path: "/dev/null", major: 1, minor: 3 }]'
	probe stat /dev/null , write /dev/null x
	want_like '/dev/null=c 1:3 .*'
	want write./dev/null=ok
}

@test "a device that is there already but is another is an error" {
	need_root 'a user namespace cannot make devices'
	only_aril 'takes what is there'
	echo file >rootfs/opt/node
	cfg '.linux.devices = [{ type: "c", path: "/opt/node", major: 1, minor: 3 }]'
	create_refused /opt/node
	[ "$(cat rootfs/opt/node)" = file ]
}

@test "masked paths: a file, a directory, and one that is not there" {
	cp "$BED/template/config.json" config.json
	mkdir -p rootfs/hidden/dir
	echo secret >rootfs/hidden/dir/file
	echo secret >rootfs/opt/secret
	cfg '.linux.maskedPaths += ["/opt/secret", "/hidden", "/nowhere/at/all"]'
	probe read /opt/secret , stat /opt/secret /hidden/dir , create /hidden/x \
		, write /opt/secret gone
	want /opt/secret= /hidden/dir=ENOENT create./hidden/x=EROFS
	want_like '/opt/secret=c 1:3 .*'
	[ "$(cat rootfs/opt/secret)" = secret ]
	[ ! -e rootfs/nowhere ]
}

@test "read-only paths: a file, a directory, and one that is not there" {
	cp "$BED/template/config.json" config.json
	mkdir -p rootfs/ro/sub
	echo text >rootfs/opt/file
	cfg '.linux.readonlyPaths += ["/ro", "/opt/file", "/nowhere"]'
	probe create /ro/sub/x , write /opt/file x , read /opt/file , mount /proc/sys \
		, write /proc/sys/kernel/domainname x , create /opt/y
	want create./ro/sub/x=EROFS write./opt/file=EROFS /opt/file=text create./opt/y=ok
	want_like 'write./proc/sys/kernel/domainname=(EROFS|EACCES)' \
		'options=ro,nosuid,nodev,noexec.*'
}

@test "a read-only root" {
	cp "$BED/template/config.json" config.json
	cfg '.root.readonly = true'
	probe create /x , create /tmp/x , mount / , write /dev/null x
	want create./x=EROFS create./tmp/x=ok write./dev/null=ok
	want_like 'options=ro.*'
	[ ! -e rootfs/x ]
}

@test "the propagation of the root" {
	local word host=slave
	# a slave whose master is private is private
	[[ $(findmnt -no PROPAGATION -T "$B") == *shared* ]] || host=private
	for word in private:private "slave:$host" unbindable:unbindable shared:shared; do
		# runc 1.1 cannot start with this, and hides that it is shared
		is_aril || [ "${word%:*}" = private ] ||
			[ "${word%:*}" = slave ] || continue
		cfg '.linux.rootfsPropagation = $w' --arg w "${word%:*}"
		probe mount /
		want "propagation=${word#*:}"
	done
}

@test "nothing of the host's mounts is left in the container" {
	probe mounts , climb
	[ "$(grep -c '^mount\.' <<<"$output")" -le 10 ]
	want climb=inside
	want_none 'mount./run/tree.*' 'mount.*/host.*'
}

@test "a mount in the container does not reach the host" {
	need_root 'a mount needs a capability'
	cfg '.process.capabilities |= map_values(["CAP_SYS_ADMIN"])'
	args /bin/busybox mount -t tmpfs none /opt
	go
	[ "$status" -eq 0 ]
	[ "$(find rootfs/opt | wc -l)" -eq 1 ]
}
