#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What waits for a container in the foreground has given up what it does not need, and
# the end is as complete as ever.
# shellcheck disable=SC2016 # jq's and the container's own variables

load ../lib/bundle.bash

prepare() {
	only_aril 'others wait with all that they have'
	mkdir "$T/tell" "$T/seen"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
}

# $waiter is a foreground command that has waited long enough
waits() { # ARG...
	"$ARIL" --root "$STATE" "${manager[@]}" "$@" <"${stdin:-/dev/null}" \
		>"$T/out" 2>"$T/err" 3>&- &
	waiter=$!
	children+=("$waiter")
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	confined "$waiter"
}
field() { # PID NAME
	sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}
# One filter more than we have
confined() { # PID
	local end=$((SECONDS + 10))
	until [ "$(field "$1" Seccomp_filters)" -gt "$(field $$ Seccomp_filters)" ]; do
		[ $SECONDS -lt $end ] || return
	done
}
keeper_of() { # PID
	local child
	for child in $(cat "/proc/$1/task/$1/children"); do
		[ "$(cat "/proc/$child/comm")" != aril-keeper ] || echo "$child"
	done
}
run_waits() {
	args "$@"
	waits run -b "$B" --pid-file "$T/pid" "$ID"
}
ended_with() { # STATUS
	status=0
	wait "$waiter" || status=$?
	cat "$T/out" "$T/err"
	[ "$status" -eq "$1" ]
}
# The process has no privileges but, if it had it, CAP_KILL; and it can get none
is_bare() { # PID
	local kill=0000000000000000
	! is_root || kill=0000000000000020
	[ "$(field "$1" NoNewPrivs) $(field "$1" Seccomp)" = '1 2' ]
	[ "$(field "$1" CapPrm) $(field "$1" CapEff)" = "$kill $kill" ]
	[ "$(field "$1" CapInh) $(field "$1" CapAmb)" = \
		'0000000000000000 0000000000000000' ]
	# nobody without CAP_SYS_PTRACE sees what it has open
	[ "$(stat -c %u "/proc/$1/fd")" -eq 0 ]
}

@test "run has given up privileges, files and system calls while it waits" {
	local fd
	run_waits /probe trap 15 7 /tell/ready
	is_bare "$waiter"
	if is_root; then
		ls -l "/proc/$waiter/fd"
		for fd in "/proc/$waiter/fd"/*; do
			case $(readlink "$fd") in
			/dev/null | "$T/out" | "$T/err" | anon_inode:* | socket:*) ;;
			*) return 1 ;;
			esac
		done
	fi
	kill -TERM "$waiter"
	ended_with 7
	[ ! -e "$STATE/$ID" ]
	nothing_left
}

@test "signals reach a program of another user" {
	need_ids
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	run_waits /probe trap 10 9 /tell/ready
	kill -USR1 "$waiter"
	ended_with 9
	nothing_left
}

@test "hooks at the end have what hooks have always had" {
	cp /bin/busybox "$T/busybox"
	cfg '.hooks.poststop = [{ path: $p, args: ["sh", "-c",
		"cat >$out/state; cat /proc/self/status >$out/status"],
		env: ["out=" + $out] }]' --arg p "$T/busybox" --arg out "$T/seen"
	run_waits /probe trap 15 0 /tell/ready
	kill -TERM "$waiter"
	ended_with 0
	jq -e '.status == "stopped"' "$T/seen/state"
	for name in NoNewPrivs Seccomp Seccomp_filters CapEff CapPrm CapBnd SigBlk; do
		[ "$(sed -n "s/^$name:[[:space:]]*//p" "$T/seen/status")" = \
			"$(sed -n "s/^$name:[[:space:]]*//p" /proc/self/status)" ]
	done
}

@test "a terminal is copied in both directions, and set back" {
	cfg '.process.terminal = true'
	mkfifo "$T/typed"
	exec 9<>"$T/typed"
	stdin=$T/typed
	run_waits /bin/sh -c ': >/tell/ready; read -r line; echo "got <$line>"; exit 4'
	echo 'typed late' >&9
	ended_with 4
	output=$(tr -d '\r' <"$T/out")
	want 'got <typed late>'
	exec 9>&-
	args /bin/sh -c ': >/tell/again; /probe wait-file /tell/go 10000; stty size'
	"$ARIL_PROBE" pty 20 60 /bin/sh -c 'stty -g >"$1/before"; echo $$ >"$1/shell"
		"$2" --root "$3" run -b "$4" "$5"; stty -g >"$1/after"' sh \
		"$T/seen" "$ARIL" "$STATE" "$B" "$ID" </dev/null >"$T/out" 2>&1 3>&- &
	waiter=$!
	children+=("$waiter")
	"$ARIL_PROBE" wait-file "$T/tell/again" 5000
	read -r shell <"$T/seen/shell"
	confined "$(tr -d ' ' <"/proc/$shell/task/$shell/children")"
	touch "$T/tell/go"
	wait "$waiter"
	output=$(tr -d '\r' <"$T/out")
	echo "$output"
	want '20 60'
	diff "$T/seen/before" "$T/seen/after"
}

@test "exec has given it up, too" {
	running
	rm "$T/tell/ready"
	waits exec "$ID" /probe trap 15 11 /tell/ready
	is_bare "$waiter"
	kill -TERM "$waiter"
	ended_with 11
	[ "$(status_of)" = running ]
}

@test "run is killed: the keeper ends, and the container goes on" {
	local keeper
	run_waits /probe pause /tell/ready
	keeper=$(keeper_of "$waiter")
	kill -KILL "$waiter"
	ended_with 137
	"$ARIL_PROBE" wait-pid "$keeper" 5000
	[ "$(status_of)" = running ]
	aril delete -f "$ID"
	nothing_left
}

@test "the keeper is killed: run says so, and delete does the rest" {
	local keeper
	run_waits /probe trap 15 0 /tell/ready
	keeper=$(keeper_of "$waiter")
	kill -KILL "$keeper"
	kill -TERM "$waiter"
	ended_with 1
	[ "$(cat "$T/err")" = "aril: process $keeper, which was to finish this, was \
killed: the container may have to be deleted by hand" ]
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	nothing_left
}

# It has few capabilities, so that a process with the same ones could trace it, were it
# not undumpable
@test "a container that shares the PID namespace cannot look into what waits for it" {
	need_root 'of an ordinary user it sees nothing in any case'
	namespace_drop pid
	cfg '.process.capabilities |= with_entries(.value = ["CAP_KILL"])
		| del(.process.user, .linux.maskedPaths, .linux.readonlyPaths)'
	run_waits /bin/sh -c ': >/tell/ready; /probe wait-file /tell/go 10000
		read -r pid </tell/pid
		kill -0 "$pid" && echo "$pid is there"
		for name in root cwd exe fd/0; do readlink /proc/$pid/$name; done
		false'
	echo "$waiter" >"$T/tell/pid"
	touch "$T/tell/go"
	ended_with 1
	[ "$(cat "$T/out")" = "$waiter is there" ]
}
