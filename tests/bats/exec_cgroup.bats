#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# exec --cgroup: a process that is born in a cgroup below the container's.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	need_cgroup
	only_aril 'others cannot on a host with v1 hierarchies'
	running
	place
	in_cg mkdir sub sub/deeper
}
# What the container made is removed before it
release() {
	[ -n "${CG:-}" ] || return 0
	aril delete -f "$ID" >/dev/null 2>&1
}
# Run it in the container's cgroup, as who may change it
in_cg() {
	(cd "$CG" && "$@")
}
# exec in the container: $status, $output
inside() { # [OPTION...] ID COMMAND...
	run aril exec "$@" </dev/null
	echo "$output"
}
# The cgroup of the host's view that an exec with these options is in
born_in() { # [OPTION...]
	local pid
	rm -f "$T/exec.pid" "$T/tell/exec"
	aril exec -d --pid-file "$T/exec.pid" "$@" "$ID" /probe pause /tell/exec \
		</dev/null >"$T/exec.out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/exec" 5000
	pid=$(cat "$T/exec.pid")
	cgroup_of "$pid"
	kill -KILL "$pid"
	ended "$pid"
}

@test "a path below the container's cgroup, with a slash in front or without" {
	[ "$(born_in --cgroup sub)" = "${CG#"$TREE"}/sub" ]
	[ "$(born_in --cgroup /sub)" = "${CG#"$TREE"}/sub" ]
	[ "$(born_in --cgroup=sub/deeper/)" = "${CG#"$TREE"}/sub/deeper" ]
}

@test "/ is the container's own cgroup, and no option, too" {
	[ "$(born_in --cgroup /)" = "${CG#"$TREE"}" ]
	[ "$(born_in)" = "${CG#"$TREE"}" ]
}

@test "the exit code passes through, and the process ends with the container" {
	inside --cgroup sub "$ID" /probe exit 7
	[ "$status" -eq 7 ]
	aril exec -d --cgroup sub --pid-file "$T/exec.pid" "$ID" /probe pause /tell/exec \
		</dev/null >"$T/exec.out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/exec" 5000
	aril delete -f "$ID"
	ended "$(cat "$T/exec.pid")"
	[ ! -e "$CG" ]
}

@test "one that is not there is an error, and is not made" {
	inside --cgroup other "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *"option --cgroup: open cgroup /other below "*ENOENT* ]]
	[ ! -e "$CG/other" ]
	[ "$(status_of)" = running ]
}

@test "nothing leads out of the container's cgroup" {
	local path
	for path in .. ../ /.. sub/../../x /../..; do
		inside --cgroup "$path" "$ID" /probe exit 0
		[ "$status" -eq 255 ]
		[[ $output == *'may lead out of the container'\''s cgroup'* ]]
	done
}

@test "a mount in the way is no way out" {
	need_root 'mounts over the tree of cgroups'
	mkdir "$TREE/out-$ID"
	mount --bind "$TREE/out-$ID" "$CG/sub"
	inside --cgroup sub "$ID" /probe exit 0
	umount "$CG/sub"
	rmdir "$TREE/out-$ID"
	[ "$status" -eq 255 ]
	[[ $output == *"option --cgroup: open cgroup /sub below "*EXDEV* ]]
}

@test "controllers of cgroup v1, an empty path, a file" {
	inside --cgroup cpu,memory:/sub "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *'in cgroup v2 one path is for all controllers'* ]]
	inside --cgroup '' "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *'option --cgroup: the path is empty'* ]]
	inside --cgroup cgroup.procs "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *"option --cgroup: open cgroup "*ENOTDIR* ]]
}

@test "a frozen one is refused: who is born there would never answer" {
	in_cg sh -c 'echo 1 >sub/cgroup.freeze'
	inside --cgroup sub "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *"option --cgroup: cgroup "*/sub' is frozen'* ]]
	in_cg sh -c 'echo 0 >sub/cgroup.freeze'
	inside --cgroup sub "$ID" /probe exit 5
	[ "$status" -eq 5 ]
}

@test "one that takes no process is an error: no other place is tried" {
	in_cg sh -c 'mkdir sub/other; echo threaded >sub/deeper/cgroup.type'
	[ "$(cat "$CG/sub/other/cgroup.type")" = 'domain invalid' ]
	inside --cgroup sub/other "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *EOPNOTSUPP* ]]
	[ "$(status_of)" = running ]
}

@test "where the container's cgroup takes no process, / is an error, without it is not" {
	need_controller hugetlb
	aril delete -f "$ID"
	limits '{ "hugepageLimits": [{ "pageSize": "2MB", "limit": 2097152 }] }'
	rm -f "$T/tell/ready"
	running
	place
	in_cg mkdir sub
	in_cg sh -c 'mkdir init; for p in $(cat cgroup.procs); do
		echo $p >init/cgroup.procs; done'
	in_cg sh -c 'echo +hugetlb >cgroup.subtree_control'
	[ "$(born_in)" = "${CG#"$TREE"}/init" ]
	inside --cgroup / "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *EBUSY* ]]
	[ "$(born_in --cgroup sub)" = "${CG#"$TREE"}/sub" ]
}

# The machine's own processes join nothing here, and who joins is asked before it does
@test "an exec is in the container's cgroup before it joins its first namespace" {
	local line
	need_root 'who listens to a filter looks at another process'
	"$ARIL_PROBE" witness "$T/joins" timeout -k 1 20 "$ARIL" --root "$STATE" \
		"${manager[@]}" exec "$ID" /probe exit 3 </dev/null 3>&- >"$T/out" 2>&1 ||
		status=$?
	cat "$T/out" "$T/joins"
	[ "$status" -eq 3 ]
	[ -s "$T/joins" ]
	while read -r line; do
		[ "$line" = "${CG#"$TREE"}" ]
	done <"$T/joins"
}
