#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Mounts whose ids are mapped: who owns files inside, and what is written outside.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	bare
	only_aril 'has no maps of its own, or other messages'
}

# The last mount gets one-line maps
maps() { # UIDS GIDS: INSIDE-OUTSIDE-SIZE
	cfg 'def lines: [split("-") | map(tonumber)
			| { containerID: .[0], hostID: .[1], size: .[2] }];
		.mounts[-1] += { uidMappings: ($u | lines), gidMappings: ($g | lines) }' \
		--arg u "$1" --arg g "$2"
}
# A user namespace whose root may change the top of the image
userns() { # UID GID: of its root
	cfg '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: $u, size: 1000 }]
		| .linux.gidMappings = [{ containerID: 0, hostID: $g, size: 1000 }]' \
		--argjson u "$1" --argjson g "$2"
	chown "$1:$2" "$B/rootfs" "$B/rootfs/dev"
}
own_files() {
	touch "$HOST/root" "$HOST/seven"
	chown 7:8 "$HOST/seven"
	chmod 777 "$HOST"
}

@test "a bind with mappings shows other owners, and writes the file system's own" {
	need_root
	own_files
	bind "$HOST" /data idmap
	maps 0-1000-10 0-2000-10
	probe stat /data/root /data/seven
	want '/data/root=- 0644 1000:2000' '/data/seven=- 0644 1007:2008'
	cfg '.process.user = { uid: 1003, gid: 2004 }'
	probe create /data/new
	want 'create./data/new=ok'
	[ "$(stat -c %u:%g "$HOST/new")" = 3:4 ]
	rm "$HOST/new" "$HOST/seven" "$HOST/root"
	host_untouched
}

@test "mappings without the word count, too; ids without a mapping are nobody's" {
	need_root
	own_files
	bind "$HOST" /data
	maps 0-1000-1 0-2000-1
	probe stat /data/root /data/seven
	want '/data/root=- 0644 1000:2000' '/data/seven=- 0644 65534:65534'
	mount_drop /data
	bind "$HOST" /data
	maps 7-70-1 8-80-1
	probe create /data/new
	want 'create./data/new=EOVERFLOW'
}

@test "a read-only bind with maps is read-only" {
	need_root
	bind "$HOST" /data ro nosuid idmap
	maps 0-0-1 0-0-1
	probe create /data/new
	want 'create./data/new=EROFS'
	probe mount /data
	want_like 'options=ro,nosuid,.*idmapped'
}

@test "idmap maps one mount, ridmap those below as well" {
	need_root
	[ -d /run/tree/sub ] || skip 'needs the bed of a run as root'
	mount_add bind /run/tree /one rbind idmap
	maps 0-1000-1 0-2000-1
	mount_add bind /run/tree /all rbind ridmap
	maps 0-1000-1 0-2000-1
	probe stat /one /one/sub /all /all/sub
	want '/one=d 1777 1000:2000' '/one/sub=d 1777 0:0' \
		'/all=d 1777 1000:2000' '/all/sub=d 1777 1000:2000'
}

@test "without mappings it is as in the container's user namespace" {
	need_root
	own_files
	userns 100000 200000
	bind "$HOST" /plain
	bind "$HOST" /mapped idmap
	probe stat /plain/root /mapped/root /mapped/seven
	want '/plain/root=- 0644 65534:65534' '/mapped/root=- 0644 0:0' \
		'/mapped/seven=- 0644 7:8'
	probe create /mapped/new
	want 'create./mapped/new=ok'
	[ "$(stat -c %u:%g "$HOST/new")" = 0:0 ]
}

@test "the string of crun, with ids of the host or, behind an @, of the container" {
	need_root
	own_files
	bind "$HOST" /a 'idmap=uids=0-1000-1#7-3000-2;gids=0-2000-10'
	probe stat /a/root /a/seven
	want '/a/root=- 0644 1000:2000' '/a/seven=- 0644 3000:2008'
	userns 100000 200000
	bind "$HOST" /b 'ridmap=uids=@0-5-10;gids=@0-6-10'
	probe stat /b/root /b/seven
	want '/b/root=- 0644 5:6' '/b/seven=- 0644 12:14'
}

@test "as in a user namespace that is joined" {
	need_root
	own_files
	unshare --user sleep 30 &
	local pid=$!
	children+=("$pid")
	until [ "$(readlink "/proc/$pid/ns/user")" != \
		"$(readlink /proc/self/ns/user)" ]; do
		:
	done
	echo '0 300000 1000' >"/proc/$pid/uid_map"
	echo '0 400000 1000' >"/proc/$pid/gid_map"
	namespace_path user "/proc/$pid/ns/user"
	chown 300000:400000 "$B/rootfs" "$B/rootfs/dev"
	bind "$HOST" /data idmap
	probe stat /data/root /data/seven
	want '/data/root=- 0644 0:0' '/data/seven=- 0644 7:8'
	mount_add tmpfs tmpfs /new
	maps 0-300000-1 0-400000-1
	create
	fails 'mounts[2] /new: its ids cannot be mapped' 'are not known'
}

@test "a new tmpfs, with what it covers, for root" {
	need_root
	mkdir "$B/rootfs/t"
	touch "$B/rootfs/t/file"
	chown 3:4 "$B/rootfs/t/file"
	mount_add tmpfs tmpfs /t tmpcopyup idmap
	maps 0-1000-10 0-2000-10
	probe stat /t /t/file
	want '/t=d 0755 1000:2000' '/t/file=- 0644 1003:2004'
}

@test "a new tmpfs in a user namespace" {
	need_ids
	local host=100000
	is_root || host=$(subids | cut -d' ' -f1)
	if is_root; then
		userns 99999 99999
	fi
	# the first of the ids is 1 in the container
	mount_add tmpfs tmpfs /t idmap mode=1777
	maps "0-$host-2" "0-$host-2"
	probe stat /t
	want '/t=d 1777 1:1'
}

@test "an ordinary user cannot map the host's files, and is told so" {
	need_user
	need_ids
	bind "$HOST" /data idmap
	# the document gives no way to have none
	cfg 'if .linux.namespaces | map(.type) | index("user") then . else
		.linux.namespaces += [{ type: "user" }] end'
	create_refused 'mounts[1] /data: map its ids' 'not an ordinary user' 'EPERM'
	host_untouched
}

@test "a file system that cannot is named" {
	need_root
	bind /proc/self /data idmap
	maps 0-1000-1 0-1000-1
	create_refused 'mounts[1] /data: map its ids' 'type of file system' 'EINVAL'
	mount_drop /data
	mount_add mqueue mqueue /data idmap
	maps 0-1000-1 0-1000-1
	create_refused 'mounts[1] /data: map its ids' 'EINVAL'
}

@test "maps that the kernel refuses leave nothing" {
	need_root
	bind "$HOST" /ok idmap
	maps 0-1000-1 0-1000-1
	bind "$HOST" /data idmap
	# more lines than one page takes, each of them good
	cfg '.mounts[-1].uidMappings = [range(340) | { containerID: (. * 2 + 1000000000),
			hostID: (. * 2 + 1000000000), size: 1 }]
		| .mounts[-1].gidMappings = .mounts[-1].uidMappings'
	create_refused 'mounts[2] /data: make a user namespace for its id map: gid_map'
	host_untouched
}

@test "mappings that are wrong" {
	bind "$HOST" /data 'idmap=uids=0-1-1'
	create_refused 'mounts[1] /data: idmap=uids=0-1-1: uids and gids go together'
	mount_drop /data
	bind "$HOST" /data 'idmap=nonsense'
	create_refused 'mounts[1] /data: idmap=nonsense: is not like uids='
	mount_drop /data
	bind "$HOST" /data
	cfg '.mounts[-1].uidMappings = [{ containerID: 0, hostID: 0, size: 1 }]'
	create_refused 'mounts[1].gidMappings: is missing'
}
