#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Paused containers and their cgroup: what other verbs and others do to it. pause.bats is
# about pause and resume themselves.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	bare
	need_cgroup
	running
	place
}

paused() {
	aril pause "$ID"
	holds cgroup.freeze 1
	holds_line cgroup.events 'frozen 1'
}

@test "update of a paused container" {
	need_controller pids
	paused
	updated --pids-limit 9
	holds pids.max 9 cgroup.freeze 1
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	holds pids.max 9
}

@test "ps, state, list and events see a paused container" {
	paused
	need_root 'pids'
	run aril ps -f json "$ID"
	[ "$(tr -d ' \n' <<<"$output")" = "[$(pid)]" ]
	aril list | grep -w paused
	not_crun 'has no events'
	aril events --stats "$ID" | jq -e '.data.pids.current == 1 or .data.pids == {}
		or .data.pids == null'
}

@test "a container that is frozen by others is paused, too" {
	[ -w "$CG/cgroup.freeze" ] || skip 'the file is not ours'
	echo 1 >"$CG/cgroup.freeze"
	# the kernel takes its time
	until grep -qx 'frozen 1' "$CG/cgroup.events"; do :; done
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	holds cgroup.freeze 0
	[ "$(status_of)" = running ]
}

@test "pause and resume at the same time end in one of both, and never in between" {
	local i jobs=()
	only_aril 'has no lock'
	for i in 1 2 3; do
		aril pause "$ID" >/dev/null 2>&1 3>&- &
		jobs+=($!)
		aril resume "$ID" >/dev/null 2>&1 3>&- &
		jobs+=($!)
	done
	for i in "${jobs[@]}"; do
		wait "$i" || :
	done
	case $(status_of) in
	paused) holds_line cgroup.events 'frozen 1' ;;
	running) holds_line cgroup.events 'frozen 0' ;;
	*) return 1 ;;
	esac
}

@test "a container in a frozen parent is not paused, and can be deleted" {
	local above
	need_root 'has a cgroup above'
	need_cgroupfs
	only_aril 'hangs'
	above=$TREE/above-$ID
	aril delete -f "$ID"
	rm "$T/pid" "$T/tell/ready"
	cfg '.linux.cgroupsPath = $p' --arg p "/above-$ID/it"
	limited
	echo 1 >"$above/cgroup.freeze"
	run aril delete -f "$ID"
	echo "$output"
	[ "$status" -eq 0 ]
	[ ! -e "$above" ]
}
