#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Many containers at once, all with limits: made, used and deleted, and nothing is left of
# them in the tree, in systemd, or in /run. ARIL_BED_MANY: how many (200).
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

export BATS_TEST_TIMEOUT=900
count=${ARIL_BED_MANY:-200}

prepare() {
	need_controller pids memory cpu
	bare
	args /probe pause
	limits '{ "pids": { "limit": 17 }, "memory": { "limit": 67108864 },
		"cpu": { "quota": 50000, "shares": 512 },
		"devices": [{ "allow": false, "access": "rwm" }] }'
}

# Call a function for each number, two at a time: as many as an engine does, and enough
# to meet
each() { # FUNCTION
	local half jobs=()
	for half in 0 1; do
		(
			for ((i = half; i < count; i += 2)); do
				"$1" "$i" || exit
			done
		) 3>&- &
		jobs+=($!)
	done
	wait "${jobs[0]}" && wait "${jobs[1]}"
}
create_one() {
	local keys=()
	# an ordinary user has 200 at most
	is_root || keys=(--no-new-keyring)
	aril create "${keys[@]}" -b "$B" --pid-file "$T/pid.$1" "$ID-$1" </dev/null \
		>>"$T/log" 2>&1 &&
		aril start "$ID-$1" </dev/null >>"$T/log" 2>&1
}
kill_one() {
	aril kill "$ID-$1" KILL >>"$T/log" 2>&1 && "$ARIL_PROBE" wait-pid \
		"$(<"$T/pid.$1")" 20000 && aril delete "$ID-$1" >>"$T/log" 2>&1
}
force_one() {
	aril delete -f "$ID-$1" >>"$T/log" 2>&1
}

made() {
	local i
	each create_one || { cat "$T/log" && return 1; }
	for ((i = 0; i < count; i++)); do
		CG=$TREE$(cgroup_of "$(<"$T/pid.$i")")
		[[ $CG == *"$ID-$i"* ]]
		holds pids.max 17 memory.max 67108864 cpu.max '50000 100000'
	done
	[ "$(aril list -q | grep -c "^$ID-")" -eq "$count" ]
}

@test "hundreds of containers at once, ended and deleted" {
	made
	each kill_one || { cat "$T/log" && return 1; }
	nothing_left
}

@test "hundreds of containers at once, deleted by force; updated before" {
	made
	update_one() {
		aril update --pids-limit 23 --memory 50331648 "$ID-$1" >>"$T/log" 2>&1
	}
	each update_one || { cat "$T/log" && return 1; }
	CG=$TREE$(cgroup_of "$(<"$T/pid.$((count / 2))")")
	holds pids.max 23 memory.max 50331648
	each force_one || { cat "$T/log" && return 1; }
	nothing_left
}
