#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# NOTIFY_SOCKET: a container tells the service manager that started it when it is ready.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'others need a newer systemd, or wait in steps'
	mkdir "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
}

# A service manager at ADDRESS; what it is told is in $T/manager when `told` returns
manager() { # ADDRESS
	"$ARIL_PROBE" manager "$1" "$T/listening" 10000 >"$T/manager" 2>&1 3>&- &
	receiver=$!
	children+=("$receiver")
	"$ARIL_PROBE" wait-file "$T/listening" 5000
	export NOTIFY_SOCKET=$1
}
told() {
	wait "$receiver"
	output=$(cat "$T/manager")
	echo "$output"
}
# Two datagrams and a barrier, and nothing else
ready_told() { # PID
	told
	[ "$output" = "datagram=READY=1
fds=0
datagram=MAINPID=$1
fds=0
datagram=BARRIER=1
fds=1" ]
}

@test "start waits until the container is ready, and tells with its pid" {
	manager "$T/manager.sock"
	args /probe wait-file /tell/go 10000 , notify 'STATUS=up|READY=1' , \
		pause /tell/running
	created --pid-file "$T/pid"
	[ ! -s "$T/manager" ]
	aril start "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	starter=$!
	children+=("$starter")
	"$ARIL_PROBE" wait-file "$STATE/$ID/notify/inside/notify.sock" 5000
	# others may have the container meanwhile
	run aril exec "$ID" /probe exit 3 </dev/null
	[ "$status" -eq 3 ]
	kill -0 "$starter"
	touch "$T/tell/go"
	wait "$starter"
	ready_told "$(pid)"
	[ "$(status_of)" = running ]
	aril delete -f "$ID"
	[ ! -e "$STATE/$ID" ]
}

@test "what the container sees: a directory that is read-only, and the variable" {
	manager "$T/manager.sock"
	cfg '.process.env += ["NOTIFY_SOCKET=/of/the/document"]'
	args /probe env , mount /run/notify , notify READY=1
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	ended
	output=$(cat "$T/out")
	echo "$output"
	want env.NOTIFY_SOCKET=/run/notify/notify.sock notify=ok
	want_like 'options=ro,nosuid,nodev,noexec.*'
}

@test "a user of the container tells, also when ours has a umask" {
	need_root 'is about another user than the one who calls'
	manager "$T/manager.sock"
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	args /probe notify READY=1
	umask 077
	created --pid-file "$T/pid"
	umask 022
	start
	[ "$status" -eq 0 ]
	ready_told "$(pid)"
}

@test "only READY=1 is passed on" {
	manager "$T/manager.sock"
	args /probe notify MAINPID=1 , notify READY=0 , notify XREADY=1 , \
		notify 'STATUS=x|MAINPID=1' , notify READY=1 , notify READY=1
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	ready_told "$(pid)"
}

@test "a container that ends without a word ends the waiting" {
	manager "$T/manager.sock"
	args /probe exit 3
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	[ ! -s "$T/manager" ]
	ended
	[ "$(status_of)" = stopped ]
}

@test "a container that is killed while start waits" {
	manager "$T/manager.sock"
	args /probe pause /tell/running
	created
	aril start "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	starter=$!
	children+=("$starter")
	"$ARIL_PROBE" wait-file "$T/tell/running" 5000
	aril delete -f "$ID"
	wait "$starter"
	[ ! -s "$T/manager" ]
}

@test "another user of the host cannot say it, whoever may pass the root" {
	need_root
	manager "$T/manager.sock"
	args /probe wait-file /tell/go 10000 , notify READY=1
	created --pid-file "$T/pid"
	chmod 711 "$STATE"
	aril start "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	starter=$!
	children+=("$starter")
	"$ARIL_PROBE" wait-file "$STATE/$ID/notify/inside/notify.sock" 5000
	# the test's own directories are closed to others, too: by the working directory
	cd "$STATE"
	for user in 1000 0; do
		run env NOTIFY_SOCKET="/proc/self/cwd/$ID/notify/inside/notify.sock" \
			setpriv --reuid="$user" --regid="$user" --clear-groups \
			"$ARIL_PROBE" notify STATUS=false
		echo "$output"
		[ "$user" -eq 0 ] || want notify=EACCES
	done
	# it is the mode that held the other
	want notify=ok
	kill -0 "$starter"
	touch "$T/tell/go"
	wait "$starter"
	ready_told "$(pid)"
}

@test "run in the foreground is the process to watch" {
	manager "$T/manager.sock"
	args /probe notify READY=1 , wait-file /tell/go 10000 , exit 4
	"$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	runner=$!
	children+=("$runner")
	until grep -q MAINPID "$T/manager"; do
		"$ARIL_PROBE" wait-file "$T/never" 10 || :
	done
	grep -q "^datagram=MAINPID=$runner$" "$T/manager"
	touch "$T/tell/go"
	status=0
	wait "$runner" || status=$?
	[ "$status" -eq 4 ]
	[ "$(head -n 1 "$T/manager")" = datagram=READY=1 ]
}

@test "run --detach ends when the container is ready" {
	manager "$T/manager.sock"
	args /probe notify READY=1 , pause /tell/running
	aril run -d -b "$B" --pid-file "$T/pid" "$ID" </dev/null >"$T/out" 2>&1
	ready_told "$(pid)"
	[ "$(status_of)" = running ]
}

@test "an abstract address, as systemd may give it" {
	manager "@aril-test-$$-$BATS_TEST_NUMBER"
	args /probe notify READY=1
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	ready_told "$(pid)"
}

@test "as another user of the container" {
	need_ids
	manager "$T/manager.sock"
	cfg '.process.user = { uid: 5, gid: 5 } | del(.process.capabilities)'
	args /probe notify READY=1
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	ready_told "$(pid)"
}

@test "a deep state directory: the path is too long for a socket" {
	STATE=$T/$(printf 'x%.0s' {1..90})/state
	mkdir -p "$STATE"
	chmod 700 "$STATE"
	manager "$T/manager.sock"
	args /probe notify READY=1
	created --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	ready_told "$(pid)"
	aril delete -f "$ID"
}

@test "nobody is there to be told: nothing is started" {
	export NOTIFY_SOCKET=$T/nobody
	args /probe pause /tell/running
	created
	start
	fails "connect to the service manager at NOTIFY_SOCKET $T/nobody: ENOENT"
	[ "$(status_of)" = created ]
	unset NOTIFY_SOCKET
	start
	[ "$status" -eq 0 ]
	aril delete -f "$ID"
	export NOTIFY_SOCKET=$T/nobody
	go
	fails "connect to the service manager at NOTIFY_SOCKET $T/nobody: ENOENT"
	nothing_left
}

@test "a container that was created without it is not waited for" {
	args /probe pause /tell/running
	created
	manager "$T/manager.sock"
	start
	[ "$status" -eq 0 ]
	[ "$(status_of)" = running ]
	[ ! -s "$T/manager" ]
}

@test "addresses that no service manager has are ignored; exec does not care" {
	export NOTIFY_SOCKET=vsock:2:1234
	args /probe env
	go
	[ "$status" -eq 0 ]
	want_none 'env.NOTIFY_SOCKET=.*'
	export NOTIFY_SOCKET=$T/nobody
	unset NOTIFY_SOCKET
	running
	export NOTIFY_SOCKET=$T/nobody
	run aril exec "$ID" /probe env </dev/null
	[ "$status" -eq 0 ]
	want_none 'env.NOTIFY_SOCKET=.*'
}
