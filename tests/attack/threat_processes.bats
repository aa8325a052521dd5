#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 26 and 30 to 41: processes and signals.

load threat.bash

@test "26, 30: the victim's process cannot be seen, signalled, traced or read" {
	denied tasks
}

@test "26, 30, 31: nor by a program that joins: it is in nobody's process group" {
	local words
	running
	attempts tasks
	run aril exec "$ID" /probe "${words[@]}" </dev/null
	echo "$output"
	judge
}

@test "34: a process in a session of its own does not outlive the container" {
	mkdir "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -c '/probe pause /tell/one &
		/bin/sh -c "/probe pause /tell/two & exit"
		/probe wait-file /tell/one 5000 , wait-file /tell/two 5000'
	go
	[ "$status" -eq 0 ]
	aril delete -f "$ID" 2>/dev/null || true
	"$ARIL_PROBE" settle "$BED_REAPER" 2000 $LEAKS_PIDS "$VICTIM" ||
		through 'a process lives on'
}

@test "37: a thread that calls the runtime may end" {
	args /probe pause
	"$ARIL_PROBE" thread timeout --foreground 20 "$ARIL" --root "$STATE" \
		"${manager[@]}" create -b "$B" --pid-file "$T/pid" "$ID" \
		</dev/null >"$T/out" 2>&1 3>&- || {
		cat "$T/out"
		return 1
	}
	start
	[ "$status" -eq 0 ]
	[ "$(status_of)" = running ]
}

@test "44: a container that is stopped and ignores signals can be killed" {
	mkdir "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -c 'trap "" TERM INT HUP QUIT; echo >/tell/ready
		while :; do :; done'
	created --pid-file "$T/pid"
	start
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	kill -STOP "$(pid)"
	aril kill "$ID" TERM
	aril kill "$ID" KILL
	ended
	run aril delete "$ID" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
}
