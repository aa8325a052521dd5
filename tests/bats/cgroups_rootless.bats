#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Ordinary users who have no cgroup to divide and no service manager: containers run
# without a cgroup of their own. That is said, and no limit is lost in silence.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	need_user
	only_aril 'says nothing of it'
	[ "${ARIL_BED_MANAGER:-}" != systemd ] || skip 'every run asks for systemd'
	bare
	# as if there were none
	unset XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS
	args /probe pause
	created --pid-file "$T/pid"
	aril state "$ID" >"$T/state.json"
	if ! jq -e .noCgroup "$T/state.json"; then
		place
		[[ $CG == *"$ID"* ]]
		skip 'this user has a cgroup to divide'
	fi
}

again() {
	aril delete -f "$ID"
	rm -f "$T/pid"
}

@test "the state says that there is no cgroup, and why" {
	local why
	why=$(jq -r .noCgroup "$T/state.json")
	[ -n "$why" ]
	[ "$(cgroup_of "$(pid)")" = "$(cgroup_of self)" ]
	aril kill "$ID" KILL
	ended
	[ "$(aril state "$ID" | jq -r .noCgroup)" = "$why" ]
}

@test "the log says it where somebody listens, and nothing where nobody does" {
	again
	create
	[ -z "$output" ]
	again
	manager+=(--log-level info)
	created
	[[ $output == *cgroup* ]]
}

@test "every limit is an error that names it and the reason" {
	local one
	again
	for one in '"pids": { "limit": 5 }' '"memory": { "limit": 67108864 }' \
		'"cpu": { "quota": 1000 }' '"unified": { "pids.max": "5" }'; do
		limits "{ $one }"
		create_refused linux.resources. 'no cgroup of its own'
	done
	limits '{ "pids": { "limit": -1 }, "memory": { "limit": -1 } }'
	created
}

@test "update, pause, resume and events say that there is none" {
	start
	update --pids-limit 5
	fails 'no cgroup of its own'
	run aril pause "$ID"
	fails cgroup
	[ "$(status_of)" = running ]
	run aril resume "$ID"
	[ "$status" -ne 0 ]
	updated --pids-limit -1
}

@test "kill, delete and exec do without" {
	start
	run aril exec "$ID" /probe say hello </dev/null
	want hello
	aril kill "$ID" KILL
	ended
	aril delete "$ID"
	nothing_left
}

@test "--cgroup-manager disabled is the same by choice" {
	again
	manager=(--cgroup-manager disabled)
	created --pid-file "$T/pid"
	aril state "$ID" | jq -e '.noCgroup | test("disabled")'
	again
	limits '{ "pids": { "limit": 5 } }'
	create_refused disabled
}
