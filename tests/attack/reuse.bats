#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Process ids that are given anew: a container's first process has ended, and its number
# is another process' now. Which verbs find that one by it? (research on pid reuse in
# containerd and runc: the start time is compared; aril compares the identity of a pidfd.)
# What an attacker would have to write into a state file, only the user who runs aril can
# write; but a number in it that is wrong must not hit anybody either.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load attack.bash

# A process that tells when a signal reaches it; it leaves with that
victim_born() {
	bash -c 'trap "touch $0; exit" TERM HUP INT USR1 USR2 CONT
		touch "$0.ready"; while :; do read -r -t 60 <>"$0.fifo"; done' \
		"$T/hit" </dev/null >/dev/null 2>&1 3>&- &
	victim=$!
}
victim_is_well() {
	kill -0 "$victim" 2>/dev/null || through "process $victim was ended" || return
	[ ! -e "$T/hit" ] || through "process $victim got a signal" || return
	! grep -q '^State:.*[Tt]' "/proc/$victim/status" ||
		through "process $victim was stopped"
}
# The next process gets that number. Others are born, too: $victim is one that has it.
victim_at() { # PID
	local try
	for ((try = 0; try < 200; try++)); do
		echo $(($1 - 1)) >/proc/sys/kernel/ns_last_pid 2>/dev/null || return
		victim_born
		[ "$victim" -ne "$1" ] || break
		kill -KILL "$victim"
		wait "$victim" 2>/dev/null || true
	done
	[ "$victim" -eq "$1" ]
	children+=("$victim")
	"$ARIL_PROBE" wait-file "$T/hit.ready" 5000
}
prepare() {
	attack_before
	mkfifo "$T/hit.fifo"
}
undo() {
	attack_after
}

# Every verb that could do something to the process of the state
all_verbs() {
	local verb
	for verb in 'kill ID TERM' 'kill --all ID USR1' 'kill --all ID KILL' \
		'kill ID KILL' 'exec ID /probe say in' 'pause ID' 'resume ID' 'start ID' \
		'update --memory 100000000 ID' 'events --stats ID'; do
		is_aril || case $verb in update* | events*) continue ;; esac
		# shellcheck disable=SC2086 # words
		run aril ${verb//ID/$ID} </dev/null
		echo "$verb: $status $output"
		[ "$status" -ne 124 ]
		victim_is_well || return
		[[ $verb != exec* ]] || [ "$output" != in ] ||
			through "exec joined process $victim" || return
	done
	run aril ps "$ID" </dev/null
	! grep -qw "$victim" <<<"$output" || ! is_aril || through 'ps shows it' || return
}

need_numbers() {
	need_root 'sets the next process id'
	[ -w /proc/sys/kernel/ns_last_pid ] || skip 'this kernel cannot set process ids'
}
# The container's process ends, and the victim has its number
victim_instead() {
	kill -KILL "$(pid)"
	ended
	until [ ! -d "/proc/$(pid)" ]; do :; done
	victim_at "$(pid)"
}

@test "the pid of a container that has ended is another process': it is left alone" {
	need_numbers
	running
	victim_instead
	[ "$(status_of)" = stopped ] || through 'the state says that it runs'
	all_verbs
	aril delete "$ID" || aril delete -f "$ID"
	victim_is_well
}

@test "the pid of a created container that has ended is another process'" {
	need_numbers
	args /probe pause
	created --pid-file "$T/pid"
	victim_instead
	[ "$(status_of)" = stopped ] || through 'the state says that it waits'
	all_verbs
	run aril delete -f "$ID"
	victim_is_well
}

@test "deletes and kills while numbers are given anew" {
	local i
	need_numbers
	bare
	args /probe pause
	for ((i = 0; i < $(rounds) / 10 + 1; i++)); do
		rm -f "$T/hit.ready"
		created --pid-file "$T/pid"
		victim_instead
		run aril kill "$ID" KILL
		victim_is_well
		run aril delete -f "$ID"
		victim_is_well
		kill -KILL "$victim"
		wait "$victim" || true
	done
}

# Edited by who may: the id beside the number no longer fits, or there is none
@test "a state with another pid in it: nobody is hit" {
	local pid dir=$STATE/$ID
	only_aril 'has other files'
	victim_born
	children+=("$victim")
	"$ARIL_PROBE" wait-file "$T/hit.ready" 5000
	running
	cp "$dir/state.json" "$T/state.json"
	for pid in "$victim" 1 0 -1 -2147483648 2147483648 4294967297; do
		jq -c --argjson p "$pid" '.pid = $p' "$T/state.json" >"$dir/state.json"
		echo "pid $pid: $(status_of)"
		[ "$(status_of)" = stopped ]
		run aril kill "$ID" KILL
		fails 'container not running'
		run aril exec "$ID" /probe say in </dev/null
		[ "$status" -eq 255 ]
		victim_is_well
		[ -d "/proc/$(pid)" ]
		jq -c --argjson p "$pid" '.pid = $p | del(.pidfdId, .startTime)' \
			"$T/state.json" >"$dir/state.json"
		[ "$(status_of)" = stopped ]
		run aril kill "$ID" KILL
		fails 'container not running'
		victim_is_well
	done
	for pid in 1.5 1e1 '"1"' true 18446744073709551616 '[1]'; do
		jq -c '.pid = "@"' "$T/state.json" | sed "s/\"@\"/$pid/" \
			>"$dir/state.json"
		run aril kill "$ID" KILL
		[ "$status" -eq 1 ]
		victim_is_well
	done
	cp "$T/state.json" "$dir/state.json"
	[ "$(status_of)" = running ]
}
