#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Where a container's cgroup is, whose it is, what may be there before, and what happens
# below it: exec, kill and delete in cgroups that a container made itself.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	bare
	made=()
}

undo() {
	local dir
	for dir in "${made[@]}"; do
		[ ! -e "$dir/cgroup.freeze" ] || echo 0 >"$dir/cgroup.freeze"
		find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null
		[ ! -d "$dir" ] || return 1
	done
}

cgroups_path() {
	cfg '.linux.cgroupsPath = $p' --arg p "$1"
}
# A cgroup of the test's own at the root of the tree: $own. Removed by undo.
own_cgroup() {
	need_root 'makes cgroups'
	need_cgroup
	own=$TREE/own-$ID
	mkdir "$own"
	made+=("$own")
	leaks_cgroups >"$T/cgroups.before"
}
# The container sees its cgroup, and may write to it
own_tree() {
	mount_add sysfs sysfs /sys ro nosuid noexec nodev
	mount_add cgroup cgroup /sys/fs/cgroup rw nosuid noexec nodev relatime
}
# Its init moves itself down and enables a controller: nobody else can enter the top
nested() { # CONTROLLER
	own_tree
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -ec 'cd /sys/fs/cgroup; mkdir init; echo 0 >init/cgroup.procs
		echo +'"$1"' >cgroup.subtree_control; exec /probe pause /tell/ready'
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	place
	[[ $CG == */init ]]
	CG=${CG%/init}
	holds cgroup.subtree_control "$1"
}

@test "an absolute path, with parents that are made and removed" {
	need_root 'is for the whole tree'
	need_cgroup
	need_cgroupfs
	cgroups_path "/own-$ID/a/b"
	limited '{}'
	[ "$CG" = "$TREE/own-$ID/a/b" ]
	aril delete -f "$ID"
	[ ! -e "$TREE/own-$ID" ]
}

@test "a relative path is one below the root, no path is the container's id" {
	need_root 'is for the whole tree'
	need_cgroup
	need_cgroupfs
	only_aril 'has other places'
	cgroups_path "own-$ID/b"
	limited '{}'
	[ "$CG" = "$TREE/own-$ID/b" ]
	cfg 'del(.linux.cgroupsPath)'
	limited '{}'
	[ "$CG" = "$TREE/$ID" ]
}

@test "the same path is the same place each time; two containers cannot share it" {
	need_root 'is for the whole tree'
	need_cgroup
	need_cgroupfs
	not_crun 'allows it'
	not_runc '1.1.5 allows it'
	cgroups_path "/own-$ID"
	limited '{}'
	[ "$CG" = "$TREE/own-$ID" ]
	ID=other create
	fails "container's cgroup is not empty: 1 process(es) found"
	[ "$(status_of)" = running ]
	limited '{}'
	[ "$CG" = "$TREE/own-$ID" ]
}

@test "paths that leave the tree are refused" {
	local path
	need_cgroup
	need_cgroupfs
	only_aril 'cleans them'
	for path in /../x /a/../../x ../x a/.. /; do
		cgroups_path "$path"
		create
		refused linux.cgroupsPath
	done
}

@test "a cgroup with processes is not taken over" {
	own_cgroup
	need_cgroupfs
	not_crun 'allows it'
	not_runc '1.1.5 allows it'
	"$ARIL_PROBE" pause 3>&- &
	children+=($!)
	echo $! >"$own/cgroup.procs"
	cgroups_path "/own-$ID"
	create
	fails "container's cgroup is not empty: 1 process(es) found"
	[ "$(<"$own/cgroup.procs")" = "${children[0]}" ]
	kill -KILL "${children[0]}"
	wait "${children[0]}" || :
	nothing_left
}

@test "a frozen cgroup is not taken over" {
	own_cgroup
	need_cgroupfs
	not_crun 'hangs'
	not_runc '1.1.5 thaws it'
	echo 1 >"$own/cgroup.freeze"
	cgroups_path "/own-$ID"
	create_refused "container's cgroup unexpectedly frozen"
	[ "$(<"$own/cgroup.freeze")" = 1 ]
}

@test "an empty cgroup is used with the limits that it has, and kept" {
	own_cgroup
	need_cgroupfs
	need_controller pids memory
	only_aril 'removes it'
	echo 44 >"$own/pids.max"
	cgroups_path "/own-$ID"
	limited '{ "memory": { "limit": 67108864 } }'
	[ "$CG" = "$own" ]
	holds pids.max 44 memory.max 67108864
	aril delete -f "$ID"
	[ -d "$own" ]
	[ -z "$(<"$own/cgroup.procs")" ]
	nothing_left
}

@test "controllers come down through parents that have none enabled" {
	own_cgroup
	need_cgroupfs
	need_controller pids memory
	mkdir "$own/a"
	leaks_cgroups >"$T/cgroups.before"
	[ -z "$(<"$own/cgroup.subtree_control")" ]
	cgroups_path "/own-$ID/a/b/c"
	limited '{ "pids": { "limit": 8 } }'
	holds pids.max 8
	grep -w pids "$own/cgroup.subtree_control" "$own/a/cgroup.subtree_control"
	aril delete -f "$ID"
	[ -d "$own/a" ] && [ ! -e "$own/a/b" ]
}

@test "a parent with processes passes no controller on: the error says which" {
	own_cgroup
	need_cgroupfs
	need_controller memory
	only_aril 'has other words'
	"$ARIL_PROBE" pause 3>&- &
	children+=($!)
	echo $! >"$own/cgroup.procs"
	LEAKS_PIDS=$("$ARIL_PROBE" below "$BED_REAPER")
	cgroups_path "/own-$ID/it"
	limits '{ "memory": { "limit": 67108864 } }'
	create_refused memory "own-$ID"
	# without limits it does
	limited '{}'
	[ "$CG" = "$own/it" ]
	aril delete -f "$ID"
	kill -KILL "${children[0]}"
	wait "${children[0]}" || :
}

@test "a threaded cgroup cannot hold a container" {
	own_cgroup
	need_cgroupfs
	need_controller memory
	only_aril 'has other words'
	mkdir "$own/t"
	echo threaded >"$own/t/cgroup.type"
	cgroups_path "/own-$ID/t/it"
	leaks_cgroups >"$T/cgroups.before"
	limits '{ "memory": { "limit": 67108864 } }'
	create
	refused "own-$ID"
}

@test "a mistake in the document leaves no cgroup" {
	need_cgroup
	need_controller pids
	args /no/such/program
	limits '{ "pids": { "limit": 8 } }'
	go
	[ "$status" -ne 0 ]
	nothing_left
	limits '{ "pids": { "limit": 8 }, "unified": { "pids.max": "nonsense" } }'
	create
	[ "$status" -ne 0 ]
	nothing_left
	! is_aril || [[ $output == *unified.pids.max* ]]
}

@test "exec is in the container's cgroup, and counted there" {
	need_cgroup
	limited '{}'
	aril exec --pid-file "$T/exec.pid" -d "$ID" /probe pause /tell/second </dev/null \
		>"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/second" 5000
	[ "$TREE$(cgroup_of "$(<"$T/exec.pid")")" = "$CG" ]
	[ "$(wc -l <"$CG/cgroup.procs")" -eq 2 ]
}

@test "exec in a container that has enabled controllers goes where its init is" {
	need_controller pids
	not_runc '1.1.5 has no such way'
	nested pids
	run aril exec "$ID" /probe read /proc/self/cgroup </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want /proc/self/cgroup=0::/init
	aril exec --pid-file "$T/exec.pid" -d "$ID" /probe pause /tell/second </dev/null \
		>"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/second" 5000
	[ "$TREE$(cgroup_of "$(<"$T/exec.pid")")" = "$CG/init" ]
}

@test "a nested container is updated, paused, killed and deleted as a whole" {
	need_controller pids
	not_runc '1.1.5 has no such way'
	limits '{ "pids": { "limit": 20 } }'
	nested pids
	holds pids.max 20
	updated --pids-limit 12
	holds pids.max 12
	[ "$(<"$CG/init/pids.max")" = max ]
	aril pause "$ID"
	holds_line cgroup.events 'frozen 1'
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	aril exec -d "$ID" /probe stray /tell/stray </dev/null >"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/stray" 5000
	aril kill --all "$ID" KILL
	ended
	aril delete "$ID"
	[ ! -e "$CG" ]
	nothing_left
}

@test "limits of a container cannot be raised from its inside" {
	need_controller pids memory
	not_runc '1.1.5 shows it read-only'
	limits '{ "pids": { "limit": 20 }, "memory": { "limit": 67108864 } }'
	own_tree
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	[ "$BED_MODE" != solo ] || need_ids
	args /probe write /sys/fs/cgroup/pids.max max \
		, write /sys/fs/cgroup/memory.max max \
		, read /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory.max
	go
	want /sys/fs/cgroup/pids.max=20 /sys/fs/cgroup/memory.max=67108864
}

@test "an ordinary user of a container owns its cgroup, and no limit of it" {
	local file
	need_root 'gives it away'
	need_cgroup
	not_crun '1.8.1 gives none'
	not_runc '1.1.5 needs a user namespace'
	own_tree
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	limited '{}'
	[ "$(stat -c %u "$CG")" = 1000 ]
	while read -r file; do
		[ ! -e "$CG/$file" ] || [ "$(stat -c %u "$CG/$file")" = 1000 ]
	done </sys/kernel/cgroup/delegate
	for file in cgroup.freeze cgroup.kill cgroup.max.depth {pids,memory,cpu}.max; do
		[ ! -e "$CG/$file" ] || [ "$(stat -c %u "$CG/$file")" = 0 ]
	done
	[ "$(stat -c %u "$CG/..")" = 0 ]
	run aril exec "$ID" /bin/sh -c 'mkdir /sys/fs/cgroup/a &&
		echo $$ >/sys/fs/cgroup/a/cgroup.procs &&
		cat /proc/self/cgroup' </dev/null
	echo "$output"
	want 0::/a
}

@test "nobody is given a cgroup that is read-only, or that others see too" {
	need_root 'gives it away'
	need_cgroup
	mount_add sysfs sysfs /sys ro nosuid noexec nodev
	mount_add cgroup cgroup /sys/fs/cgroup ro nosuid noexec nodev
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	limited '{}'
	[ "$(stat -c %u "$CG")" = 0 ] && [ "$(stat -c %u "$CG/cgroup.procs")" = 0 ]
	mount_drop /sys/fs/cgroup
	mount_add cgroup cgroup /sys/fs/cgroup rw nosuid noexec nodev
	namespace_drop cgroup
	limited '{}'
	[ "$(stat -c %u "$CG")" = 0 ] && [ "$(stat -c %u "$CG/cgroup.procs")" = 0 ]
}

@test "root of a user's container rules what is below its cgroup, not its limits" {
	need_user
	need_controller pids
	own_tree
	limits '{ "pids": { "limit": 20 } }'
	args /probe write /sys/fs/cgroup/pids.max max , read /sys/fs/cgroup/pids.max
	go
	want_like 'write./sys/fs/cgroup/pids.max=E.*' /sys/fs/cgroup/pids.max=20
	args /bin/sh -c 'cd /sys/fs/cgroup && mkdir a && echo 0 >a/cgroup.procs &&
		cat /proc/self/cgroup && ls -d ../cgroup.procs'
	go
	[ "$status" -ne 0 ]
	want 0::/a
	nothing_left
}

@test "without a cgroup namespace it gets no cgroup that its user may not have" {
	need_user
	need_controller pids
	namespace_drop cgroup
	mount_add sysfs sysfs /sys ro nosuid noexec nodev
	mount_add cgroup cgroup /sys/fs/cgroup rw nosuid noexec nodev
	args /probe write /sys/fs/cgroup/cgroup.procs 0 \
		, write /sys/fs/cgroup/user.slice/cgroup.procs 0 \
		, write "/sys/fs/cgroup/user.slice/user-$(id -u).slice/cgroup.procs" 0
	go
	[ "$(grep -cE '^write.*=E' <<<"$output")" -eq 3 ]
}

@test "kill --all ends daemons without a PID namespace, too" {
	need_cgroup
	namespace_drop pid
	limited '{}'
	aril exec "$ID" /probe stray /tell/stray </dev/null >"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/stray" 5000
	stray=$(<"$T/tell/stray")
	[ "$TREE$(cgroup_of "$stray")" = "$CG" ]
	aril kill --all "$ID" KILL
	ended
	ended "$stray"
	aril delete "$ID"
	nothing_left
}

@test "delete -f ends daemons without a PID namespace, below in the tree, too" {
	need_cgroup
	namespace_drop pid
	limited '{}'
	[ -w "$CG/cgroup.procs" ] || skip 'the cgroup is not ours'
	aril exec "$ID" /probe stray /tell/stray </dev/null >"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/stray" 5000
	mkdir -p "$CG/a/b"
	cat "$T/tell/stray" >"$CG/a/b/cgroup.procs"
	aril delete -f "$ID"
	ended "$(<"$T/tell/stray")"
	[ ! -e "$CG" ]
	nothing_left
}
