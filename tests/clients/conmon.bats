#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# conmon and the runtime, called as CRI-O does.

load conmon.bash
told='' # what conmon tells: of conmon.bash

# bats test_tags=quick
@test "create tells the pid, start runs it, the exit file has its status" {
	bundle one '' sh -c 'echo out; echo err >&2; exit 7'
	create one
	is "$(jq .pid <<<"$told")" "$(cat "$T/one/pidfile")"
	output=$(tr '\0' ' ' <"/proc/$(cat "$T/one/conmon-pidfile")/cmdline")
	matches "$output" '^conmon -b'
	state_is one created
	[ ! -e "$T/one.log" ] || [ ! -s "$T/one.log" ]
	exits 0 runtime start one
	is "$output" ''
	until_true 30 test -e "$T/exits/one"
	is "$(cat "$T/exits/one")" 7
	is "$(cat "$T/one/dir/exit")" 7
	state_is one stopped
	is "$(cut -d' ' -f2- "$T/one.log" | sort | tr '\n' '|')" \
		'stderr F err|stdout F out|'
	until_true 30 test ! -e "/proc/$(cat "$T/one/conmon-pidfile")"
	exits 0 runtime delete --force one
	[ ! -e "$ROOT/one" ]
	exits 0 runtime delete --force one
}

# bats test_tags=quick
@test "what cannot be created: conmon tells the runtime's words" {
	bundle one '' /bin/nothing
	create one || :
	is "$(jq .pid <<<"$told")" -1
	matches "$(jq -r .message <<<"$told")" 'no such file or directory|not found'
	bundle two '.mounts += [ { destination: "/x", source: "/nowhere", type: "bind",
		options: [ "bind" ] } ]' true
	create two || :
	is "$(jq .pid <<<"$told")" -1
	matches "$(jq -r .message <<<"$told")" '/nowhere'
	[ ! -e "$ROOT/one" ] && [ ! -e "$ROOT/two" ]
}

@test "state is what CRI-O decodes" {
	run_one one '' '' sleep 1000
	output=$(runtime state one)
	is "$(jq -r .id <<<"$output")" one
	is "$(jq -r .pid <<<"$output")" "$(cat "$T/one/pidfile")"
	is "$(jq -r .bundle <<<"$output")" "$T/one"
	is "$(jq -r .status <<<"$output")" running
	is "$(jq -r '.annotations["io.kubernetes.cri-o.ContainerType"]' <<<"$output")" \
		container
	matches "$(jq -r .created <<<"$output")" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$'
	exits 1 runtime state two
}

# bats test_tags=quick
@test "the cgroup is the one that CRI-O names" {
	local where
	run_one one '' '' sleep 1000
	where=$(cut -d: -f3 "/proc/$(cat "$T/one/pidfile")/cgroup")
	if [ "$CLIENT_MANAGER" = systemd ]; then
		matches "$where" '(system|user)\.slice/crio-one\.scope$'
	else
		matches "$where" '/crio/crio-one$'
	fi
	[ -d "/sys/fs/cgroup$where" ]
	runtime kill one KILL
	until_true 30 test -e "$T/exits/one"
	runtime delete --force one
	[ ! -e "/sys/fs/cgroup$where" ]
}

@test "kill: by name, by number, and what CRI-O takes for 'not there'" {
	run_one one '' '' sh -c 'trap "exit 3" TERM; echo ready
		while :; do sleep 0.1; done'
	until_true 30 grep -q ready "$T/one.log"
	exits 0 runtime kill one TERM
	until_true 30 test -e "$T/exits/one"
	is "$(cat "$T/exits/one")" 3
	exits 1 runtime kill one KILL
	matches "$output" 'no such process|container not running|invalid process'
	run_one two '' '' sleep 1000
	exits 0 runtime kill two 9
	until_true 30 test -e "$T/exits/two"
	is "$(cat "$T/exits/two")" 137
}

@test "kill -a ends what is left of a container without a pid namespace" {
	local procs
	run_one one '.linux.namespaces |= map(select(.type != "pid")) |
		.mounts |= map(if .type == "proc" then { destination: "/proc",
		type: "none", source: "/proc", options: [ "rbind" ] } else . end)' '' \
		sh -c 'sleep 3000 & sleep 3000 & echo ready; exec sleep 3000'
	until_true 30 grep -q ready "$T/one.log"
	procs=$(cat "/sys/fs/cgroup$(cut -d: -f3 \
		"/proc/$(cat "$T/one/pidfile")/cgroup")/cgroup.procs")
	is "$(wc -w <<<"$procs")" 3
	exits 0 runtime kill -a one 9
	until_true 30 test -e "$T/exits/one"
	for pid in $procs; do
		until_true 30 test ! -e "/proc/$pid"
	done
}

@test "ExecSync: streams, statuses, what is not there" {
	run_one one '' '' sleep 1000
	is "$(exec_sync one 0 sh -c 'echo out; echo err >&2; exit 5')" 5
	is "$(cut -d' ' -f2- "$T/exec.log" | sort | tr '\n' '|')" \
		'stderr F err|stdout F out|'
	is "$(exec_sync one 0 seq 5000)" 0
	is "$(said "$T/exec.log" | cksum)" "$(seq 5000 | cksum)"
	output=$(exec_sync one 0 /bin/nothing)
	[ "$output" -ne 0 ]
	matches "$(cat "$T/conmon.out" "$T/told" "$T/exec.log")" \
		'no such file or directory|not found'
	state_is one running
}

@test "ExecSync: conmon ends what takes too long" {
	run_one one '' '' sleep 1000
	is "$(exec_sync one 1 sleep 3000)" -1
	until_true 30 eval '! runtime exec one ps -o args | grep -q "^sleep 3000"'
	state_is one running
}

@test "exec --process: streams as they are, and with a terminal" {
	run_one one '' '' sleep 1000
	jq -c '.process | .args = [ "sh", "-c", "wc -l; echo err >&2; exit 9" ]' \
		<"$T/one/config.json" >"$T/process.json"
	output=$(seq 300 | runtime exec --process "$T/process.json" one 2>"$T/err") ||
		is $? 9
	is "$output" 300
	is "$(cat "$T/err")" err
	jq -c '.process | .args = [ "sh", "-c", "tty; exit 4" ] | .terminal = true' \
		<"$T/one/config.json" >"$T/process.json"
	# shellcheck disable=SC2154 # of conmon.bash
	in_terminal env "$CLIENT_RUNTIME" --root "$ROOT" "${with_manager[@]}" exec \
		--process "$T/process.json" --pid-file "$T/exec.pid" one || is $? 4
	matches "$output" '/dev/pts/[0-9]'
	matches "$(cat "$T/exec.pid")" '^[0-9]+$'
}

@test "update --resources -: what stdin says is in the cgroup" {
	local where
	run_one one '' '' sleep 1000
	where=/sys/fs/cgroup$(cut -d: -f3 "/proc/$(cat "$T/one/pidfile")/cgroup")
	jq -n '{ memory: { limit: 67108864 }, pids: { limit: 50 },
		cpu: { quota: 50000, period: 100000 } }' |
		runtime update --resources - one
	is "$(cat "$where/memory.max")" 67108864
	is "$(cat "$where/pids.max")" 50
	[ ! -e "$where/cpu.max" ] || is "$(cat "$where/cpu.max")" '50000 100000'
	exits 1 eval 'echo "{ \"memory\"" | runtime update --resources - one'
}

@test "pause and resume" {
	local where
	run_one one '' '' sleep 1000
	where=/sys/fs/cgroup$(cut -d: -f3 "/proc/$(cat "$T/one/pidfile")/cgroup")
	exits 0 runtime pause one
	state_is one paused
	is "$(cat "$where/cgroup.freeze")" 1
	exits 0 runtime resume one
	state_is one running
	is "$(cat "$where/cgroup.freeze")" 0
}

watches() { # PID
	readlink "/proc/$1/fd/"* | grep -q inotify
}

@test "out of memory: the file oom" {
	bundle one '.linux.resources.memory = { limit: 16777216, swap: 16777216 }' \
		sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=9
		echo "ended with $?"; exec sleep 1000'
	create one
	# it watches a little after it has told the pid; what is before that is not seen
	until_true 30 watches "$(cat "$T/one/conmon-pidfile")"
	runtime start one
	until_true 60 grep -q 'ended with 137' "$T/one.log"
	until_true 30 test -e "$T/one/oom"
	until_true 30 test -e "$T/one/dir/oom"
	state_is one running
}

@test "attach: -i, once and with --leave-stdin-open" {
	run_one one '' '-i' sh -c 'read line; echo "got $line"; read line || echo end'
	output=$(echo typed | on_socket one)
	is "$output" 'got typed
end'
	until_true 30 test -e "$T/exits/one"
	run_one two '' '-i --leave-stdin-open' sh -c 'read a; echo "first $a"
		read b; echo "then $b"'
	echo one | to_socket two
	until_true 30 grep -q 'first one' "$T/two.log"
	echo two | to_socket two
	until_true 30 grep -q 'then two' "$T/two.log"
	until_true 30 test -e "$T/exits/two"
	is "$(cat "$T/exits/two")" 0
}

@test "-t: a terminal, its size by the file ctl, its socket" {
	run_one one '.process.terminal = true' '-t' sh -c 'tty; until stty size |
		grep "33 111"; do sleep 0.1; done; read line; echo "got $line"'
	until_true 30 grep -q /dev/pts/0 "$T/one.log"
	echo '1 33 111' >"$T/one/ctl"
	until_true 30 grep -q '33 111' "$T/one.log"
	output=$(echo typed | on_socket one | tr -d '\r')
	matches "$output" 'got typed'
	until_true 30 test -e "$T/exits/one"
}

@test "the log is opened anew when the file ctl says so" {
	run_one one '' '' sh -c 'echo first; until [ -e /tmp/go ]; do sleep 0.1; done
		rm /tmp/go; echo second'
	until_true 30 grep -q first "$T/one.log"
	mv "$T/one.log" "$T/old.log"
	echo '2 0 0' >"$T/one/ctl"
	until_true 30 test -e "$T/one.log"
	runtime exec one touch /tmp/go
	until_true 30 grep -q second "$T/one.log"
	exits 1 grep second "$T/old.log"
}

@test "--no-pivot, --full-attach" {
	run_one one '' '--no-pivot --full-attach -i' sh -c 'read line; echo "got $line"
		ls /probe'
	output=$(cd "$T/one" && echo typed |
		timeout 60 socat -t 30 - UNIX-CONNECT:attach,socktype=5 |
		tr -d '\002\003')
	is "$output" 'got typed
/probe'
	until_true 30 test -e "$T/exits/one"
	is "$(cat "$T/exits/one")" 0
}

@test "delete --force ends what runs" {
	local pid
	run_one one '' '' sh -c 'sleep 2000 & exec sleep 1000'
	pid=$(cat "$T/one/pidfile")
	exits 0 runtime delete --force one
	[ ! -e "/proc/$pid" ]
	until_true 30 test -e "$T/exits/one"
	is "$(cat "$T/exits/one")" 137
}
