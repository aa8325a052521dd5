#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# All eight types of namespaces: new, by path, and not listed; user namespaces and their
# maps.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	bare
	"$ARIL_PROBE" ns >"$T/own"
}

own() { # TYPE, as in /proc/PID/ns
	sed -n "s/^ns.$1=//p" "$T/own"
}

# A process that lives in a namespace of its own; its pid is in $holder
hold() { # UNSHARE-OPTION...
	rm -f "$T/held"
	unshare --kill-child "$@" "$ARIL_PROBE" pause "$T/held" \
		</dev/null >/dev/null 2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/held" 5000
	holder=$!
}

@test "the namespaces that are listed are new" {
	local type
	cfg '.linux.namespaces += [{ type: "time" }]'
	is_aril || cfg '.linux.namespaces |= map(select(.type != "time"))'
	probe ns
	for type in mnt net ipc uts pid cgroup; do
		[ "$(value "ns.$type")" != "$(own "$type")" ]
	done
	! is_aril || [ "$(value ns.time)" != "$(own time)" ]
}

@test "the namespaces that are not listed are the runtime's" {
	local type
	cfg '.linux.namespaces |=
		map(select(.type == "mount" or .type == "user" or .type == "pid")) |
		del(.hostname)'
	probe ns
	for type in net ipc uts cgroup; do
		[ "$(value "ns.$type")" = "$(own "$type")" ]
	done
	! is_root || [ "$(value ns.user)" = "$(own user)" ]
}

@test "without a process namespace of its own it is one of the runtime's processes" {
	need_root 'proc cannot be mounted so'
	namespace_drop pid
	probe ns , process
	[ "$(value ns.pid)" = "$(own pid)" ]
	[ "$(value pid)" -gt 1 ]
}

@test "by path: network, ipc, uts, cgroup" {
	need_root
	local type name
	hold --net --ipc --uts --cgroup
	for type in network:net ipc:ipc uts:uts cgroup:cgroup; do
		name=${type#*:}
		namespace_path "${type%:*}" "/proc/$holder/ns/$name"
	done
	is_aril || cfg 'del(.hostname)'
	probe ns , names
	for name in net ipc uts cgroup; do
		[ "$(value "ns.$name")" = "$(readlink "/proc/$holder/ns/$name")" ]
	done
	[ "$(value ns.mnt)" != "$(own mnt)" ]
}

@test "by path: pid" {
	need_root
	hold --pid --fork
	inner=$(pgrep -P "$holder")
	namespace_path pid "/proc/$inner/ns/pid"
	probe ns , process
	[ "$(value ns.pid)" = "$(readlink "/proc/$inner/ns/pid")" ]
	[ "$(value pid)" -gt 1 ]
}

@test "by path: mount" {
	need_root
	only_aril 'is not asked for it'
	hold --mount
	namespace_path mount "/proc/$holder/ns/mnt"
	args /probe ns
	go
	# pivot_root would change what the others there see: refused, or done in it
	if [ "$status" -eq 0 ]; then
		[ "$(value ns.mnt)" = "$(readlink "/proc/$holder/ns/mnt")" ]
	else
		fails mount
	fi
}

@test "by path: time" {
	need_root
	only_aril 'does not know it'
	hold --time --fork --boottime 1000000
	inner=$(pgrep -P "$holder")
	namespace_path time "/proc/$inner/ns/time"
	probe ns , clocks
	[ "$(value ns.time)" = "$(readlink "/proc/$inner/ns/time")" ]
	[ "$(value clock.boottime)" -gt 1000000000 ]
}

@test "by path: user, with the maps that it has" {
	need_root
	hold --user --map-root-user --net
	namespace_path user "/proc/$holder/ns/user"
	is_aril || skip 'not aril: wants the maps again'
	namespace_drop cgroup
	probe ns , ids , status
	[ "$(value ns.user)" = "$(readlink "/proc/$holder/ns/user")" ]
	want Uid='0 0 0 0'
}

@test "a user namespace with maps: root is another user outside" {
	need_root
	not_runc 'cannot go through the directories of the run'
	chown -R 100000:100000 rootfs
	cfg '.linux.namespaces += [{ type: "user" }] |
		.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] |
		.linux.gidMappings = .linux.uidMappings'
	probe ids , status , ns
	want_like 'uid_map= *0 +100000 +65536' 'gid_map= *0 +100000 +65536'
	want setgroups=allow Uid='0 0 0 0'
	[ "$(value ns.user)" != "$(own user)" ]
}

@test "a user namespace of root's has its oomScoreAdj" {
	need_root
	chown -R 100000:100000 rootfs
	cfg '.linux.namespaces += [{ type: "user" }] | .process.oomScoreAdj = 321 |
		.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] |
		.linux.gidMappings = .linux.uidMappings'
	probe process
	want oom_score_adj=321
}

@test "a user namespace of several ranges" {
	need_root
	cfg '.linux.namespaces += [{ type: "user" }] |
		.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1 },
			{ containerID: 1, hostID: 200000, size: 999 },
			{ containerID: 5000, hostID: 300000, size: 10 }] |
		.linux.gidMappings = .linux.uidMappings'
	probe ids
	[ "$(value uid_map | tr -s ' |' ',')" = ,0,0,1,1,200000,999,5000,300000,10 ]
}

@test "an ordinary user's maps are those of the document" {
	need_user
	probe ids , status
	want Uid='0 0 0 0'
	[ "$(value uid_map | tr -s ' ' | cut -d'|' -f1)" = " 0 $(id -u) 1" ]
	if [ "$BED_MODE" = user ]; then
		want setgroups=allow
		[ "$(value uid_map | tr -s ' ' | cut -d'|' -f2)" = \
			" 1 $(subids)" ]
	else
		want setgroups=deny
	fi
}

@test "files of the image belong to who owns them in the map" {
	need_user
	touch rootfs/opt/mine
	probe stat /opt/mine , create /opt/new
	want_like '/opt/mine=- 0644 0:0'
	[ "$(stat -c %u rootfs/opt/new)" -eq "$(id -u)" ]
}

@test "the cgroup namespace shows the container's cgroup as the root" {
	probe process
	grep -E '^cgroup=.*0::/(\||$)' <<<"$output"
}

@test "the names that the container gives itself are its own" {
	cfg '.hostname = "inner"'
	probe names
	want hostname=inner
	[ "$(uname -n)" != inner ]
}
