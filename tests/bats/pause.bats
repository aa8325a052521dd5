#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# pause and resume: what stops and goes on, what the other verbs do meanwhile, and that
# nothing stays frozen after a pause that failed or was killed.
# shellcheck disable=SC2016,SC2030,SC2031 # the container's variables; tests are subshells

load ../lib/bundle.bash

prepare() {
	stuck=
}

undo() {
	[ -z "$stuck" ] || kill -KILL "$stuck" 2>/dev/null || true
}

# What needs a container that can be frozen
freezer() {
	need_root 'needs a cgroup'
	grep -q ' cgroup2 ' /proc/mounts || skip 'there is no cgroup2 tree'
}

cgroup_dir() {
	local tree
	tree=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	echo "$tree$(sed -n 's/^0:://p' "/proc/$(pid)/cgroup")"
}

frozen() { # 0 or 1: what was asked for
	[ "$(cat "$dir/cgroup.freeze")" = "$1" ]
}
until_frozen() { # 0 or 1
	local end=$((SECONDS + 5))
	until frozen "$1"; do
		[ "$SECONDS" -lt "$end" ] || return 1
	done
}

# A process in the container's cgroup that cannot be frozen, nor killed while $stuck lives
stuck_inside() { # [PID]: in the PID namespace of that process
	"$ARIL_PROBE" stuck "$T/stuck" "$@" 3>&- &
	stuck=$!
	children+=("$stuck")
	"$ARIL_PROBE" wait-file "$T/stuck" 5000 || skip 'there is no FUSE'
	dir=$(cgroup_dir)
	cat "$T/stuck" >"$dir/cgroup.procs"
}
stuck_goes() {
	kill -KILL "$stuck"
	wait "$stuck" || true
	stuck=
}

# The container writes a byte for each round
counting() {
	mkdir -m 777 "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -c 'while :; do echo >>/tell/count; done'
	created --pid-file "$T/pid"
	start
	"$ARIL_PROBE" wait-file "$T/tell/count" 5000
}
count() {
	stat -c %s "$T/tell/count"
}
goes_on() {
	local before end=$((SECONDS + 5))
	before=$(count)
	until [ "$(count)" -gt "$before" ]; do
		[ "$SECONDS" -lt "$end" ] || return 1
	done
}

@test "a paused container makes no progress, a resumed one does" {
	local before
	freezer
	counting
	goes_on
	aril pause "$ID"
	[ "$(status_of)" = paused ]
	[ "$(aril state "$ID" | jq .pid)" = "$(pid)" ]
	aril list | grep -E "^$ID +$(pid) +paused "
	before=$(count)
	run ! "$ARIL_PROBE" wait-file "$T/never" 200
	[ "$(count)" -eq "$before" ]
	aril resume "$ID"
	[ "$(status_of)" = running ]
	goes_on
}

@test "the processes of exec are paused, too" {
	freezer
	running
	aril exec -d --pid-file "$T/exec.pid" "$ID" /probe trap 10 0 /tell/exec \
		</dev/null >"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/exec" 5000
	aril pause "$ID"
	kill -USR1 "$(cat "$T/exec.pid")"
	run ! "$ARIL_PROBE" wait-pid "$(cat "$T/exec.pid")" 200
	aril resume "$ID"
	ended "$(cat "$T/exec.pid")"
}

@test "pause wants a running container, resume a paused one" {
	freezer
	run aril pause "$ID"
	fails 'container does not exist'
	run aril resume "$ID"
	fails 'container does not exist'
	run aril pause
	[ "$status" -eq 1 ]
	run aril resume "$ID" "$ID"
	[ "$status" -eq 1 ]
	only_aril 'pauses created ones'
	mkdir -m 777 "$T/tell"
	args /probe pause
	created --pid-file "$T/pid"
	run aril pause "$ID"
	fails 'container not running'
	run aril resume "$ID"
	fails 'container not paused'
	[ "$(status_of)" = created ]
	start
	run aril resume "$ID"
	fails 'container not paused'
	aril pause "$ID"
	run aril pause "$ID"
	fails 'container paused'
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	aril kill "$ID" KILL
	ended
	run aril pause "$ID"
	fails 'container not running'
	run aril resume "$ID"
	fails 'container not paused'
}

@test "a container without a cgroup cannot be paused" {
	need_user
	only_aril 'has other words'
	# one in a session would get a scope
	# shellcheck disable=SC2034 # bundle.bash's
	manager=(--cgroup-manager disabled)
	running
	run aril pause "$ID"
	fails 'cgroup not exist'
	run aril resume "$ID"
	fails 'container not paused'
	[ "$(status_of)" = running ]
}

@test "start and exec refuse a paused container" {
	freezer
	running
	aril pause "$ID"
	start
	fails 'cannot start a container in the paused state'
	run aril exec "$ID" /probe exit 0
	[ "$status" -eq 255 ]
	[[ $output == *'cannot exec in a paused container (use --ignore-paused to'* ]]
	[ "$(status_of)" = paused ]
}

@test "exec --ignore-paused waits until the container goes on" {
	freezer
	only_aril 'is not asked'
	running
	aril pause "$ID"
	aril exec --ignore-paused "$ID" /probe exit 7 </dev/null >"$T/out" 2>&1 &
	child=$!
	run ! "$ARIL_PROBE" wait-pid "$child" 200
	aril resume "$ID"
	status=0
	wait "$child" || status=$?
	cat "$T/out"
	[ "$status" -eq 7 ]
	run aril exec --ignore-paused "$ID" /probe exit 8 </dev/null
	[ "$status" -eq 8 ]
}

@test "exec --ignore-paused can be ended while it waits, and ends with the container" {
	freezer
	only_aril 'is not asked'
	running
	aril pause "$ID"
	"$ARIL" --root "$STATE" exec --ignore-paused "$ID" /probe exit 7 </dev/null \
		>"$T/out" 2>&1 3>&- &
	child=$!
	run ! "$ARIL_PROBE" wait-pid "$child" 100
	kill -TERM "$child"
	status=0
	wait "$child" || status=$?
	[ "$status" -eq 143 ]
	aril exec --ignore-paused "$ID" /probe exit 7 </dev/null >"$T/out" 2>&1 &
	child=$!
	run ! "$ARIL_PROBE" wait-pid "$child" 100
	aril kill "$ID" KILL
	status=0
	wait "$child" || status=$?
	echo "$status: $(cat "$T/out")"
	[ "$status" -eq 255 ]
	grep 'cannot exec in a stopped container' "$T/out"
}

@test "SIGKILL ends a paused container at once, other signals wait" {
	freezer
	mkdir -m 777 "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /probe trap 10 42 /tell/ready
	aril run -b "$B" --pid-file "$T/pid" "$ID" </dev/null >"$T/out" 2>&1 &
	child=$!
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	aril pause "$ID"
	aril kill "$ID" USR1
	run ! "$ARIL_PROBE" wait-pid "$(pid)" 200
	[ "$(status_of)" = paused ]
	aril resume "$ID"
	status=0
	wait "$child" || status=$?
	[ "$status" -eq 42 ]
	rm -f "$T/pid" "$T/tell/ready"
	args /probe fork 3 /tell/ready
	created --pid-file "$T/pid"
	start
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	aril pause "$ID"
	aril kill "$ID" KILL
	ended
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	nothing_left
}

@test "kill --all reaches a paused container without a process namespace of its own" {
	freezer
	only_aril 'needs a cgroup tree as it likes it'
	namespace_drop pid
	mkdir -m 777 "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /probe fork 3 /tell/ready
	created --pid-file "$T/pid"
	start
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	aril pause "$ID"
	aril kill --all "$ID" KILL
	ended
	aril delete "$ID"
	nothing_left
}

@test "delete removes a paused container only by force" {
	freezer
	running
	aril pause "$ID"
	run aril delete "$ID"
	fails "cannot delete container $ID that is not stopped: paused"
	[ "$(status_of)" = paused ]
	aril delete -f "$ID"
	nothing_left
}

@test "a pause that is ended by a signal leaves nothing frozen" {
	local sig
	freezer
	only_aril 'leaves it frozen'
	running
	stuck_inside
	for sig in TERM INT HUP; do
		setsid env --default-signal=INT "$ARIL" --root "$STATE" pause "$ID" \
			</dev/null >"$T/out" 2>&1 3>&- &
		child=$!
		until_frozen 1
		kill "-$sig" "$child"
		status=0
		wait "$child" || status=$?
		echo "$sig: $status $(cat "$T/out")"
		[ "$status" -eq $((128 + $(kill -l "$sig"))) ]
		frozen 0
		[ "$(status_of)" = running ]
	done
	# nobody can prevent that one; but it can be made good
	"$ARIL" --root "$STATE" pause "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	child=$!
	until_frozen 1
	kill -KILL "$child"
	wait "$child" || true
	frozen 1
	aril resume "$ID"
	frozen 0
	run aril resume "$ID"
	fails 'container not paused'
	stuck_goes
	aril pause "$ID"
	[ "$(status_of)" = paused ]
}

@test "a pause names what cannot be frozen, and lets all go on" {
	freezer
	only_aril 'waits for other times'
	counting
	stuck_inside
	run aril pause "$ID"
	echo "$output"
	fails 'wait until it is frozen: 1 process(es) go on' " $(cat "$T/stuck") (D"
	frozen 0
	[ "$(status_of)" = running ]
	goes_on
	stuck_goes
}

@test "delete --force names what does not die" {
	freezer
	only_aril 'waits for ever, or is silent'
	running
	stuck_inside
	SECONDS=0
	run aril delete -f "$ID"
	echo "$SECONDS s: $output"
	fails '1 process(es) left' " $(cat "$T/stuck") (D"
	[ "$SECONDS" -lt 15 ]
	[ "$(status_of)" = stopped ]
	stuck_goes
	aril delete -f "$ID"
	nothing_left
}

@test "delete --force names what keeps the init of a process namespace" {
	freezer
	only_aril 'waits for ever, or is silent'
	running
	stuck_inside "$(pid)"
	run aril delete -f "$ID"
	fails "container init still running: process $(pid)" " $(cat "$T/stuck") (D"
	stuck_goes
	ended
	aril delete -f "$ID"
	nothing_left
}
