#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# exec: one more process in a container that runs.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	running
}

# exec in the container: $status, $output
inside() { # [OPTION...] ID COMMAND...
	run aril exec "$@" </dev/null
	echo "$output"
}

@test "argv: in the container's namespaces, its cgroup and its limits" {
	inside "$ID" /probe ns , status , fds , rlimits , process , exe
	[ "$status" -eq 0 ]
	want Seccomp=2 CapBnd=00000000800405fb rlimit.NOFILE=1024:1024 exe=/probe
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 3 ]
	cgroup=$(value cgroup)
	outer=$output
	for type in cgroup ipc mnt net pid time user uts; do
		output=$outer
		[ "$(value "ns.$type")" = "$(readlink "/proc/$(pid)/ns/$type")" ] ||
			need_root 'cannot look'
	done
	inside "$ID" /probe read /proc/1/cgroup
	[ "$(value /proc/1/cgroup)" = "$cgroup" ]
}

@test "exit codes pass through, and 128 and the signal" {
	inside "$ID" /probe exit 7
	[ "$status" -eq 7 ]
	inside "$ID" /probe exit 255
	[ "$status" -eq 255 ]
	inside "$ID" /probe kill 9
	[ "$status" -eq 137 ]
	inside "$ID" /probe kill 15
	[ "$status" -eq 143 ]
}

@test "-e, --cwd, and the environment of the container's process" {
	inside -e A=1 -e B=two --cwd /etc "$ID" /probe env , cwd
	[ "$status" -eq 0 ]
	want env.A=1 env.B=two env.container=demo cwd=/etc
}

@test "-u takes numbers only" {
	need_ids
	inside -u 1000:1001 "$ID" /probe status
	[ "$status" -eq 0 ]
	want Uid='1000 1000 1000 1000' Gid='1001 1001 1001 1001'
	inside -u 33 "$ID" /probe status
	want Uid='33 33 33 33'
	only_aril 'is less strict'
	for user in root 1x 1: :1 -1 4294967295 99999999999 '' 1:2:3; do
		inside --user="$user" "$ID" /probe status
		[ "$status" -ne 0 ]
		want_none 'Uid=.*'
	done
}

@test "--cap gives a capability, but not to what it execs (CVE-2022-24769)" {
	inside --cap CAP_NET_RAW --cap CAP_SYS_PTRACE "$ID" /probe status
	[ "$status" -eq 0 ]
	want CapInh=0000000000000000
	# 0x800405fb and bits 13, 19
	want CapEff=00000000800c25fb CapPrm=00000000800c25fb CapBnd=00000000800c25fb
	want CapAmb=0000000000000000 || only_aril 'gives ambient ones'
}

@test "--no-new-privs" {
	inside --no-new-privs "$ID" /probe status
	[ "$status" -eq 0 ]
	want NoNewPrivs=1
}

@test "-p: a whole process document" {
	jq '.process | .args = ["/probe", "env", ",", "cwd", ",",
		"status", ",", "umask"] |
		.env = ["PATH=/bin", "P=1", "HOME=/"] | .cwd = "/opt" |
		.noNewPrivileges = true |
		.capabilities = { bounding: ["CAP_KILL"], effective: ["CAP_KILL"],
			permitted: ["CAP_KILL"] } | .user.umask = 7' config.json \
		>"$T/process.json"
	inside -p "$T/process.json" "$ID"
	[ "$status" -eq 0 ]
	want env.P=1 envs=3 cwd=/opt NoNewPrivs=1 CapEff=0000000000000020 \
		CapBnd=0000000000000020
	! is_aril || want umask=0007
}

@test "limits that we may not raise: the container's stay lower, its own fail" {
	local without=()
	low() {
		run "${without[@]}" sh -c 'ulimit -Sn 500; ulimit -Hn 900
			exec "$@" </dev/null' \
			sh "$ARIL" --root "$STATE" "${manager[@]}" "$@"
		echo "$output"
	}
	only_aril 'is an error with runc, and crun does not look'
	jq -c '.process | .args = ["/probe", "rlimits"] | .rlimits = [
		{ type: "RLIMIT_NOFILE", soft: 1000, hard: 1024 }]' config.json \
		>"$T/process.json"
	# root may have what raises them
	[ "$(id -u)" -ne 0 ] || without=(setpriv --bounding-set -sys_resource)
	low exec "$ID" /probe rlimits
	[ "$status" -eq 0 ]
	want rlimit.NOFILE=900:900
	low exec -p "$T/process.json" "$ID"
	[ "$status" -eq 255 ]
	[[ $output == *'set RLIMIT_NOFILE to 1000:1024: EPERM'* ]]
}

@test "-p with mistakes names them" {
	echo '{ "args": ["/probe"], "cwd": "relative" }' >"$T/process.json"
	inside -p "$T/process.json" "$ID"
	[ "$status" -ne 0 ]
	is_aril && [[ $output == *[cC]wd* ]]
	inside -p "$T/nowhere.json" "$ID"
	[ "$status" -ne 0 ]
	echo '{ "args": [], "cwd": "/" }' >"$T/process.json"
	inside -p "$T/process.json" "$ID"
	[ "$status" -ne 0 ]
	[[ $output == *args* ]]
}

@test "-d: returns at once, the pid file has the pid, the process goes on" {
	aril exec -d --pid-file "$T/exec.pid" "$ID" /probe pause /tell/second </dev/null \
		>"$T/exec.out" 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/second" 5000
	pid=$(cat "$T/exec.pid")
	[ "$(stat -c %s "$T/exec.pid")" -eq ${#pid} ]
	[ -d "/proc/$pid" ]
	[ "$(cut -d' ' -f3 "/proc/$pid/stat")" != Z ]
	aril kill "$ID" KILL
	ended "$pid"
}

@test "stdin, stdout and stderr are the caller's" {
	run --separate-stderr aril exec "$ID" /probe cat , say out , say err 2 \
		< <(echo in)
	[ "$output" = $'in\nout' ]
	# shellcheck disable=SC2154 # run sets it
	[ "$stderr" = err ]
}

@test "--preserve-fds" {
	raw exec --preserve-fds 1 "$ID" /probe fds </dev/null \
		3<"$HOST/file" 4<"$HOST" >"$T/exec.out" 2>&1
	output=$(cat "$T/exec.out")
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 4 ]
	want_like 'fd\.3=.*/host/file'
}

@test "a program that is not there" {
	inside "$ID" no-such-program
	[ "$status" -ne 0 ]
	[[ $output == *'executable file not found in $PATH'* ]]
	inside "$ID" /no/such/program
	[[ $output == *'no such file or directory'* ]]
	inside "$ID" /etc/passwd
	[[ $output == *'permission denied'* ]]
	! is_aril || [ "$status" -eq 255 ]
}

@test "no command, no container" {
	inside "$ID"
	[ "$status" -ne 0 ]
	inside nobody /probe say hello
	[ "$status" -ne 0 ]
	[[ $output == *'does not exist'* ]]
}

@test "-t: a terminal, through the caller's" {
	output=$(on_terminal 33 77 exec -t "$ID" /probe process \
		</dev/null | tr -d '\r')
	echo "$output"
	want isatty.0=yes isatty.1=yes isatty.2=yes ctty=ok foreground=yes winsize=33x77
}

@test "-t with --console-socket" {
	"$ARIL_PROBE" console "$T/sock" "$T/listening" 5000 >"$T/console" 2>&1 3>&- &
	children+=($!)
	receiver=$!
	"$ARIL_PROBE" wait-file "$T/listening" 5000
	aril exec -t -d --console-socket "$T/sock" "$ID" /probe process </dev/null \
		>"$T/exec.out" 2>&1
	wait "$receiver"
	output=$(tr -d '\r' <"$T/console")
	echo "$output"
	want fds=1 master=ok isatty.0=yes ctty=ok
}

@test "many at the same time" {
	for i in 1 2 3 4 5 6; do
		aril exec "$ID" /probe exit $((40 + i)) </dev/null >"$T/exec.$i" 2>&1 &
		pids[i]=$!
	done
	for i in 1 2 3 4 5 6; do
		status=0
		wait "${pids[i]}" || status=$?
		[ "$status" -eq $((40 + i)) ]
	done
}

@test "the filter is on, and is the container's" {
	inside "$ID" /probe call personality 0 , call personality 4 \
		, call unshare 0x10000000
	want call.personality=ok
	want_like 'call.unshare=(EPERM|ENOSYS)' 'call.personality=(EPERM|ENOSYS)'
}
