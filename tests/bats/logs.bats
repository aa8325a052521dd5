#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Where failures are logged: files, the journal and syslog, whose sockets are ours in a
# mount namespace of the test's own; and options that stand in the wrong place.

load ../lib/bundle.bash

prepare() {
	only_aril 'logs in other forms'
}

# Be the logger behind a socket; what it got comes to $T/got
logger() { # [stream]
	mkdir -p "$T/log"
	"$ARIL_PROBE" logger "$T/log/socket" "$T/ready" 10000 "$@" >"$T/got" 3>&- &
	children+=("$!")
	logger=$!
	"$ARIL_PROBE" wait-file "$T/ready" 5000
}
# aril, where $T/log is the directory of the journal's socket and its socket is /dev/log
logging() { # ARG...
	run unshare --user --map-current-user --keep-caps --mount sh -c '
		dir=$1 && shift
		mkdir -p "$dir" "$dir/../top" &&
		mount -t tmpfs none /run && mkdir -p /run/systemd/journal &&
		mount --bind "$dir" /run/systemd/journal &&
		mount -t tmpfs none /dev && { [ ! -e "$dir/socket" ] ||
			ln -s "$dir/socket" /dev/log; } || exit 99
		exec "$@"' sh "$T/log" "$ARIL" --root "$STATE" "$@" </dev/null 3>&-
	echo "$output"
}
can_unshare() {
	unshare --user --map-current-user --keep-caps --mount mount -t tmpfs none /run ||
		skip 'no mount in a user namespace here'
}

@test "the journal gets a message, its priority, and fields for programs" {
	can_unshare
	logger
	logging --log journald:me --log-format json kill nobody
	[ "$status" -eq 1 ]
	[ "$output" = 'aril: container does not exist' ]
	wait "$logger"
	output=$(cat "$T/got")
	echo "$output"
	want PRIORITY=3 SYSLOG_IDENTIFIER=me ARIL_CODE=container-not-found \
		ARIL_PHASE=kill ERRNO=2 'MESSAGE=container does not exist'
}

@test "the journal without a name, and what a message quotes is one line" {
	can_unshare
	logger
	logging --log journald: create $'--x\nPRIORITY=0' x
	[ "$status" -eq 1 ]
	wait "$logger"
	output=$(cat "$T/got")
	echo "$output"
	want SYSLOG_IDENTIFIER=aril PRIORITY=3 ARIL_CODE=usage ARIL_PHASE=options
	want_none PRIORITY=0
}

@test "syslog gets a line as text" {
	can_unshare
	logger
	logging --log syslog:me kill nobody
	[ "$status" -eq 1 ]
	[ "$output" = 'aril: container does not exist' ]
	wait "$logger"
	output=$(cat "$T/got")
	echo "$output"
	local text='container does not exist'
	want_like "<11>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} me\\[[0-9]+\\]: $text"
}

@test "syslog gets an object as JSON, through a stream, too" {
	can_unshare
	logger stream
	logging --log syslog:me --log-format json kill nobody
	[ "$status" -eq 1 ]
	wait "$logger"
	cat "$T/got"
	grep -q '}\\0$' "$T/got"
	sed 's/^[^{]*//; s/\\0$//' "$T/got" | jq -es 'length == 1 and
		.[0].level == "error" and .[0].code == "container-not-found"'
}

@test "no logger: the failure is told, and that it was not logged" {
	can_unshare
	local to
	for to in journald:me syslog:me; do
		logging --log $to kill nobody
		[ "$status" -eq 1 ]
		want 'aril: container does not exist'
		want_like 'aril: log to /(run/systemd/journal/socket|dev/log): ENOENT'
		[ "$(wc -l <<<"$output")" -eq 2 ]
	done
}

@test "success logs nothing, and needs no logger" {
	can_unshare
	logging --log journald:me list -q
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "file: is a file" {
	run aril --log "file:$T/file" kill nobody
	[ "$status" -eq 1 ]
	[ "$(grep -c 'level=error msg="container does not exist"' "$T/file")" -eq 1 ]
	run aril --log "$T/no/where" kill nobody
	[ "$status" -eq 1 ]
	want 'aril: container does not exist' "aril: open log $T/no/where: ENOENT"
}

@test "a fifo that nobody reads, or nobody empties, keeps nothing waiting" {
	mkfifo "$T/fifo"
	run timeout 10 "$ARIL" --root "$STATE" --log "$T/fifo" kill nobody </dev/null 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
	want "aril: open log $T/fifo: ENXIO" 'aril: container does not exist'
	# full, and held open
	exec 9<>"$T/fifo"
	dd if=/dev/zero of="$T/fifo" bs=4096 oflag=nonblock status=none || true
	run timeout 10 "$ARIL" --root "$STATE" --log "$T/fifo" kill nobody </dev/null 3>&-
	exec 9>&-
	echo "$output"
	[ "$status" -eq 1 ]
	want_like 'aril: .*: EAGAIN' 'aril: container does not exist'
}

@test "a global option behind the command is told to stand before it" {
	local option
	for option in --log=x --root --systemd-cgroup --log-format; do
		run aril state "$option" x
		fails "unknown option \"${option%%=*}\": it stands before the command"
	done
}
