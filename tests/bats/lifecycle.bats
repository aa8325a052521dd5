#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The states of a container: every verb in every state, with its exit code and its
# message.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load ../lib/bundle.bash

prepare() {
	bare
	mkdir -m 777 "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
}

# A container in a state; one that is there already is deleted
state_make() { # none|created|running|stopped
	aril delete -f "$ID" >/dev/null 2>&1
	rm -f "$T/pid" "$T/tell/ready"
	case $1 in
	none) return ;;
	stopped) args /probe exit 0 ;;
	*) args /probe pause /tell/ready ;;
	esac
	created --pid-file "$T/pid"
	case $1 in
	running)
		aril start "$ID" </dev/null
		"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
		;;
	stopped)
		aril start "$ID" </dev/null
		ended
		;;
	esac
}

# The verbs as the table writes them; what they do with the container must not depend on
# anything else
verb() {
	case $1 in
	create) aril create -b "$B" "$ID" ;;
	exec) aril exec "$ID" /probe say inside ;;
	force) aril delete -f "$ID" ;;
	kill) aril kill "$ID" CONT ;;
	*) aril "$1" "$ID" ;;
	esac </dev/null >"$T/out" 2>"$T/err"
}

# Each row: VERB, the state afterwards, and "ok" or a part of the message
table() { # STATE ROW...
	local from=$1 row verb to text status output now
	shift
	for row; do
		IFS='|' read -r verb to text <<<"$row"
		state_make "$from"
		status=0
		verb "$verb" || status=$?
		output=$(cat "$T/err")
		echo "$verb in state $from: $status $output"
		if [ "$text" = ok ]; then
			[ "$status" -eq 0 ]
		elif [ "$verb" = exec ]; then
			# 255 as runc has it; 1 would be taken for the program's
			[ "$status" -eq 255 ] || ! is_aril
			[[ $output == *"$text"* ]]
		else
			fails "$text"
		fi
		now=none
		[ ! -e "$STATE/$ID" ] || now=$(status_of)
		[ "$now" = "$to" ]
	done
}

@test "no container: every verb but create and delete --force says so" {
	table none 'create|created|ok' 'start|none|container does not exist' \
		'state|none|container does not exist' \
		'kill|none|container does not exist' \
		'delete|none|container does not exist' 'force|none|ok' \
		'exec|none|container does not exist' 'ps|none|container does not exist'
}

@test "created: what each verb does" {
	table created 'create|created|container with given ID already exists' \
		'start|running|ok' 'state|created|ok' 'kill|created|ok' 'delete|none|ok' \
		'force|none|ok' 'ps|created|ok'
}

@test "running: what each verb does" {
	table running 'create|running|container with given ID already exists' \
		'start|running|cannot start an already running container' \
		'state|running|ok' 'kill|running|ok' \
		'delete|running|that is not stopped: running' 'force|none|ok' \
		'exec|running|ok' 'ps|running|ok'
}

@test "stopped: what each verb does" {
	table stopped 'create|stopped|container with given ID already exists' \
		'start|stopped|cannot start a container that has stopped' \
		'state|stopped|ok' 'kill|stopped|container not running' \
		'delete|none|ok' 'force|none|ok' \
		'exec|stopped|cannot exec in a stopped container'
}

@test "deleted: the name is free again" {
	for _ in 1 2 3; do
		state_make running
		aril delete -f "$ID"
		nothing_left
	done
}

@test "killed while created: stopped, and delete removes it" {
	state_make created
	aril kill "$ID" KILL
	ended
	[ "$(status_of)" = stopped ]
	start
	fails 'cannot start a container that has stopped'
	aril delete "$ID"
	nothing_left
}

@test "its process killed by somebody else: stopped" {
	state_make running
	kill -KILL "$(pid)" 2>/dev/null || need_root 'the process is of another user'
	ended
	[ "$(status_of)" = stopped ]
}

# The same verb twice at once
one_wins() { # VERB ARG...
	aril "$@" </dev/null >"$T/one" 2>&1 &
	one=$!
	aril "$@" </dev/null >"$T/two" 2>&1 &
	two=$!
	won=0
	wait "$one" && won=$((won + 1))
	wait "$two" && won=$((won + 1))
	cat "$T/one" "$T/two"
	[ "$won" -eq 1 ]
}

@test "one start of two wins" {
	state_make created
	one_wins start "$ID"
}

@test "one create of two with the same name wins, and the other leaves it alone" {
	args /probe pause
	one_wins create -b "$B" "$ID"
	[ "$(status_of)" = created ]
}

@test "the state's document" {
	cfg '.annotations = { "org.example.a": "1", "b": "" }'
	args /probe pause
	created --pid-file "$T/pid"
	aril state "$ID" >"$T/state.json"
	cat "$T/state.json"
	jq -e --arg id "$ID" --arg bundle "$B" --argjson pid "$(pid)" \
		'.id == $id and .status == "created" and .bundle == $bundle and
		.pid == $pid
		and (.ociVersion | test("^1\\.[0-9]+\\.[0-9]+")) and .annotations ==
		{ "org.example.a": "1", "b": "" } and .rootfs == $bundle + "/rootfs"
		and (.created | test("^20[0-9-]+T[0-9:.]+Z$")) and
		(.owner | type) == "string"' \
		"$T/state.json"
	aril kill "$ID" KILL
	ended
	aril state "$ID" | jq -e '.status == "stopped" and (.pid // 0) == 0'
}

@test "what is changed in the bundle after create does not matter" {
	args /probe say before
	created --pid-file "$T/pid"
	args /probe say after
	start
	ended
	[ "$(cat "$T/out")" = before ]
}

@test "without a process create works, and start says what is missing" {
	only_aril 'needs a process to create'
	cfg 'del(.process)'
	created
	start
	fails process
}

@test "a name is checked" {
	local name
	args /probe say hello
	for name in . .. a/b 'a b' a:b '' 'a;b' $'a\nb' ../x; do
		status=0
		aril create -b "$B" "$name" </dev/null >"$T/out" 2>"$T/err" || status=$?
		echo "$name: $status $(cat "$T/err")"
		[ "$status" -eq 1 ]
		[ -z "$(ls -A "$STATE")" ]
		[ -z "$name" ] || ! is_aril ||
			grep -q 'invalid container ID format' "$T/err"
	done
	if is_aril; then
		ID=$(printf '%0300d' 1)
		create
		fails 'invalid container ID format'
	fi
	ID=A-z_0+9.b
	go
	[ "$output" = hello ]
}

@test "kill knows a signal by number and by name" {
	local word
	args /probe trap 10 42 /tell/ready
	for word in 10 USR1 SIGUSR1 sigusr1 usr1; do
		rm -f "$T/tell/ready"
		aril run -b "$B" "$ID" </dev/null >"$T/out" 2>&1 &
		child=$!
		"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
		aril kill "$ID" "$word"
		status=0
		wait "$child" || status=$?
		echo "$word: $status"
		[ "$status" -eq 42 ]
	done
}

@test "kill without a signal sends TERM" {
	args /probe trap 15 43 /tell/ready
	aril run -b "$B" "$ID" </dev/null >"$T/out" 2>&1 &
	child=$!
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	aril kill "$ID"
	status=0
	wait "$child" || status=$?
	[ "$status" -eq 43 ]
}

@test "kill refuses a signal that there is not" {
	local word
	state_make running
	for word in NOPE 99 9x SIGSIGKILL; do
		run aril kill "$ID" "$word"
		echo "$word: $status $output"
		[ "$status" -ne 0 ]
		! is_aril || [[ $output == *'unknown signal'* ]]
		[ "$(status_of)" = running ]
	done
}

@test "kill --all ends all processes of a container that shares its namespace" {
	need_root 'no other way to share a process namespace'
	only_aril 'needs a cgroup tree as it likes it'
	namespace_drop pid
	args /probe fork 3 /tell/ready
	created --pid-file "$T/pid"
	aril start "$ID" </dev/null
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	aril kill --all "$ID" KILL
	ended
	# shellcheck disable=SC2086 # a list
	"$ARIL_PROBE" settle "$BED_REAPER" 2000 $LEAKS_PIDS
}

@test "delete --force ends all processes of a container, and waits for it" {
	args /probe fork 3 /tell/ready
	created --pid-file "$T/pid"
	aril start "$ID" </dev/null
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	aril delete --force "$ID"
	[ ! -e "/proc/$(pid)/exe" ] || ! readlink "/proc/$(pid)/exe"
	nothing_left
}

@test "list and ps show what is there" {
	aril list -f json | jq -e '(. // []) == []'
	[ -z "$(aril list -q)" ]
	args /probe pause
	created --pid-file "$T/pid"
	aril list -f json | jq -e --arg id "$ID" --argjson pid "$(pid)" \
		'length == 1 and .[0].id == $id and .[0].pid == $pid and
		.[0].status == "created"'
	[ "$(aril list -q)" = "$ID" ]
	aril list | grep -E "^ID +PID +STATUS +BUNDLE +CREATED +OWNER"
	aril list | grep -E "^$ID +$(pid) +created +$B "
	is_root || [ "${BED_CGROUP:-}" ] || only_aril 'needs a cgroup for ps'
	aril ps -f json "$ID" | jq -e --argjson pid "$(pid)" '. == [$pid]'
}

@test "list --format with an unknown word is an error" {
	run aril list --format xml
	[ "$status" -eq 1 ]
}

@test "run leaves nothing, run --detach a container that runs" {
	probe say hello
	nothing_left
	args /probe pause /tell/ready
	aril run -d --pid-file "$T/pid" -b "$B" "$ID" </dev/null >"$T/out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	[ "$(status_of)" = running ]
}

@test "run passes signals of its own on to the container" {
	args /probe trap 15 44 /tell/ready
	"$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	child=$!
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	kill -TERM "$child"
	status=0
	wait "$child" || status=$?
	[ "$status" -eq 44 ]
}

@test "a container whose state cannot be read is kept by delete --force" {
	only_aril 'says other words'
	state_make created
	cp "$STATE/$ID/state.json" "$T/state.json"
	echo '{' >"$STATE/$ID/state.json"
	run aril state "$ID"
	[ "$status" -eq 1 ]
	run aril delete "$ID"
	[ "$status" -eq 1 ]
	run aril delete --force "$ID"
	fails "its processes may still run, so $STATE/$ID is kept"
	[ -d "/proc/$(pid)" ]
	[ -d "$STATE/$ID" ]
	# what runc has there
	echo '{"id":"'"$ID"'","init_process_pid":1,"config":{}}' \
		>"$STATE/$ID/state.json"
	run aril state "$ID"
	fails "$STATE/$ID/state.json is damaged, or of another runtime: "
	cp "$T/state.json" "$STATE/$ID/state.json"
	aril delete --force "$ID"
	nothing_left
}
