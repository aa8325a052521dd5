#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Terminals: the console socket, sizes, a run in the foreground of a terminal.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	cfg '.process.terminal = true'
}

# Listen on $T/sock; what comes is in $T/console when `heard` returns
listen() {
	"$ARIL_PROBE" console "$T/sock" "$T/listening" 5000 >"$T/console" 2>&1 3>&- &
	receiver=$!
	children+=("$receiver")
	"$ARIL_PROBE" wait-file "$T/listening" 5000
}
heard() {
	wait "$receiver"
	output=$(tr -d '\r' <"$T/console")
	echo "$output"
}

@test "create sends the master of a terminal to the console socket" {
	args /probe process , stat /dev/console
	listen
	created --console-socket "$T/sock" --pid-file "$T/pid"
	start
	[ "$status" -eq 0 ]
	heard
	want fds=1 master=ok message=/dev/ptmx isatty.0=yes isatty.1=yes \
		isatty.2=yes ctty=ok foreground=yes
	want_none 'connection=open'
	want_like '/dev/console=c 136:0 .*'
	[ "$(value sid)" = "$(value pid)" ]
}

@test "consoleSize is the size of the terminal" {
	cfg '.process.consoleSize = { height: 41, width: 111 }'
	args /probe process
	listen
	created --console-socket "$T/sock" --pid-file "$T/pid"
	start
	heard
	[ "$(grep -c '^winsize=41x111' <<<"$output")" -eq 2 ]
}

@test "consoleSize without a terminal is ignored" {
	cfg '.process.terminal = false |
		.process.consoleSize = { height: 41, width: 111 }'
	probe process
	want isatty.0=no
}

@test "run in the foreground of a terminal" {
	args /probe process , exit 5
	status=0
	output=$(on_terminal 20 60 run -b "$B" "$ID" </dev/null) ||
		status=$?
	output=$(tr -d '\r' <<<"$output")
	echo "$output"
	[ "$status" -eq 5 ]
	want isatty.0=yes isatty.1=yes isatty.2=yes ctty=ok foreground=yes winsize=20x60
}

@test "what is typed reaches the program, and control characters are the container's" {
	args /bin/sh -c 'read -r line; echo "got <$line>"'
	output=$(printf 'typed\n' | on_terminal 20 60 run -b "$B" \
		"$ID" | tr -d '\r')
	echo "$output"
	want 'got <typed>'
}

@test "the container's terminal is one of its own devpts" {
	args /bin/sh -c 'ls /dev/pts; readlink /proc/self/fd/0'
	listen
	created --console-socket "$T/sock" --pid-file "$T/pid"
	start
	heard
	want_like '(0 +ptmx|0)' '/dev/pts/0'
}

@test "run --detach with a terminal and a console socket" {
	args /probe process
	listen
	aril run -d --console-socket "$T/sock" -b "$B" --pid-file "$T/pid" "$ID" \
		</dev/null >"$T/out" 2>"$T/err"
	heard
	want isatty.0=yes
}

@test "the user of the process owns the terminal" {
	need_ids
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	args /probe stat /dev/pts/0 , open /dev/tty w
	listen
	created --console-socket "$T/sock" --pid-file "$T/pid"
	start
	heard
	want_like '/dev/pts/0=c 136:0 .* 1000:.*'
	want open./dev/tty=ok
}

@test "a receiver that closes at once does not hurt" {
	args /probe say hello
	created_status=0
	"$ARIL_PROBE" console "$T/sock" "$T/listening" 5000 >/dev/null 2>&1 3>&- &
	receiver=$!
	children+=("$receiver")
	"$ARIL_PROBE" wait-file "$T/listening" 5000
	kill -KILL "$receiver"
	wait "$receiver" || created_status=$?
	[ "$created_status" -eq 137 ]
	create --console-socket "$T/sock"
	refused
}
