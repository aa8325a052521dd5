#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A pidfd of the container's process for who watches it: --pidfd-socket, and crun's
# annotation run.oci.pidfd_receiver.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'others have it only in newer versions'
}

# Listen on $T/NAME; what comes is in $T/NAME.heard when `heard` returns
listen() { # NAME
	"$ARIL_PROBE" pidfd "$T/$1" "$T/$1.listening" 10000 >"$T/$1.heard" 2>&1 3>&- &
	receiver=$!
	children+=("$receiver")
	"$ARIL_PROBE" wait-file "$T/$1.listening" 5000
}
# It has come, and was looked at while the process is there
received() { # NAME
	until grep -q '^pidfd=' "$T/$1.heard"; do
		kill -0 "$receiver"
		"$ARIL_PROBE" wait-file "$T/never" 10 || :
	done
}
heard() { # NAME
	wait "$receiver"
	output=$(cat "$T/$1.heard")
	echo "$output"
}

create_tells() {
	listen sock
	running --pidfd-socket "$T/sock"
	received sock
	aril kill "$ID" KILL
	heard sock
	want message=standard fds=1 "pidfd=$(pid)" ended=yes
}

@test "create --pidfd-socket: one message, and the pidfd of the container's process" {
	create_tells
	want_none 'connection=.*'
}

@test "run --pidfd-socket, in the foreground and detached" {
	args /probe say hello
	listen sock
	go --pidfd-socket "$T/sock"
	[ "$status" -eq 0 ]
	want hello
	heard sock
	want message=standard fds=1 ended=yes
	listen again
	args /probe pause
	aril run -d -b "$B" --pid-file "$T/pid" --pidfd-socket "$T/again" "$ID" \
		</dev/null >"$T/out" 2>&1
	received again
	aril kill "$ID" KILL
	heard again
	want message=standard fds=1 "pidfd=$(pid)" ended=yes
}

@test "it is init's pidfd also when a process in the middle joins namespaces" {
	need_root 'a user cannot join the network of others'
	bare
	"$ARIL_PROBE" pause 3>&- &
	children+=($!)
	namespace_path network "/proc/$!/ns/net"
	create_tells
}

@test "exec --pidfd-socket" {
	running
	listen sock
	run aril exec --pidfd-socket "$T/sock" "$ID" /probe exit 3 </dev/null
	[ "$status" -eq 3 ]
	heard sock
	want message=setns fds=1 ended=yes
	listen again
	aril exec -d --pidfd-socket "$T/again" --pid-file "$T/exec.pid" "$ID" \
		/probe pause </dev/null >"$T/out" 2>&1
	received again
	kill -KILL "$(cat "$T/exec.pid")"
	heard again
	want message=setns fds=1 "pidfd=$(cat "$T/exec.pid")" ended=yes
}

@test "the annotation run.oci.pidfd_receiver is about the first process only" {
	cfg '.annotations."run.oci.pidfd_receiver" = $p' --arg p "$T/sock"
	listen sock
	running
	run aril exec "$ID" /probe exit 4 </dev/null
	[ "$status" -eq 4 ]
	received sock
	aril kill "$ID" KILL
	heard sock
	want message=standard fds=1 "pidfd=$(pid)" ended=yes
}

@test "the option and the annotation together: both are told" {
	cfg '.annotations."run.oci.pidfd_receiver" = $p' --arg p "$T/one"
	listen one
	first=$receiver
	listen two
	running --pidfd-socket "$T/two"
	received two
	receiver=$first received one
	aril kill "$ID" KILL
	heard two
	want "pidfd=$(pid)"
	wait "$first"
	output=$(cat "$T/one.heard")
	want "pidfd=$(pid)"
}

@test "nobody listens: create and exec fail, and nothing is left" {
	create --pidfd-socket "$T/nobody"
	refused "connect to pidfd socket $T/nobody: ENOENT"
	cfg '.annotations."run.oci.pidfd_receiver" = $p' --arg p "$T/nobody"
	create
	refused "connect to pidfd socket $T/nobody: ENOENT"
	cfg 'del(.annotations)'
	running
	run aril exec --pidfd-socket "$T/nobody" "$ID" /probe exit 0 </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"exec failed: connect to pidfd socket $T/nobody: ENOENT"* ]]
	[ "$(status_of)" = running ]
}

@test "a path that is too long for a socket, and a relative annotation" {
	create --pidfd-socket "$T/$(printf '%0120d' 0)"
	refused 'connect to pidfd socket' ENAMETOOLONG
	cfg '.annotations."run.oci.pidfd_receiver" = "sock"'
	create
	refused 'annotations.run.oci.pidfd_receiver' absolute
}
