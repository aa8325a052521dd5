#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ctr task: what can be done to a container that runs.

load containerd.bash

# bats test_tags=quick
@test "exec prints, takes stdin, and ends with the process's status" {
	start_box one -- sleep 1000
	exits 0 exec_in one -- echo hello
	is "$output" hello
	exits 9 exec_in one -- sh -c 'exit 9'
	is "$(seq 1 500 | exec_in one -- wc -l)" 500
}

# bats test_tags=quick
@test "exec of what is not there fails, and the container goes on" {
	start_box one -- sleep 1000
	exits 1 exec_in one -- /bin/nothing
	matches "$output" 'no such file or directory|not found'
	exits 1 exec_in one -- /srv/data
	matches "$output" 'permission denied'
	exits 0 exec_in one -- true
}

@test "exec --user, --cwd, and a terminal" {
	start_box one -- sleep 1000
	matches "$(exec_in one --user 1000:1234 -- id)" 'uid=1000\(box\) gid=1234'
	is "$(exec_in one --cwd /srv -- pwd)" /srv
	in_terminal ctr task exec -t --exec-id term one sh -c 'tty; echo seen'
	matches "$output" '/dev/pts/.*seen'
}

@test "exec -d goes on, and ends with the container" {
	local pid
	start_box one -- sleep 1000
	ctr task exec -d --exec-id behind one sleep 2000 </dev/null 3>&-
	until_true 20 eval 'exec_in one -- ps | grep -q "sleep 2000"'
	pid=$(pgrep -x -f 'sleep 2000')
	matches "$(ctr task ps one)" "$pid "
	ctr task kill --signal KILL one
	until_true 20 status_is one STOPPED
	[ ! -e "/proc/$pid" ]
}

@test "kill sends the signal that it is told" {
	start_box one -- sh -c 'trap "exit 11" USR1; while :; do sleep 0.1; done'
	until_true 20 eval '[ "$(($(awk "/SigCgt/ { print \"0x\" \$2 }" \
		"/proc/$(pid_of one)/status") & 512))" -ne 0 ]'
	ctr task kill --signal USR1 one
	until_true 20 status_is one STOPPED
	ended_with one 11
	exits 1 ctr task kill one
}

@test "kill --all reaches every process, also without a pid namespace" {
	local pid
	start_box one --with-ns pid:/proc/1/ns/pid -- sh -c 'sleep 3000 & exec sleep 4000'
	until_true 20 eval '[ "$(cgroup cgroup.procs one | wc -l)" -eq 2 ]'
	pid=$(cgroup cgroup.procs one | tail -n 1)
	ctr task kill --all --signal KILL one
	until_true 20 status_is one STOPPED
	until_true 20 test ! -e "/proc/$pid"
}

@test "pause stops what runs, resume lets it go on" {
	start_box one -- sh -c 'while :; do echo x >>/srv/count; sleep 0.1; done'
	exits 0 ctr task pause one
	status_is one PAUSED
	is "$(cgroup cgroup.freeze one)" 1
	is "$(cgroup cgroup.events one | grep frozen)" 'frozen 1'
	exits 0 ctr task resume one
	status_is one RUNNING
	exits 0 exec_in one -- test -s /srv/count
}

@test "a container that is paused can be killed" {
	start_box one -- sleep 1000
	ctr task pause one
	exits 0 ctr task kill --signal KILL one
	ctr task resume one || :
	until_true 20 status_is one STOPPED
}

@test "metrics has memory and processor time" {
	start_box one --memory-limit 67108864 -- sleep 1000
	output=$(ctr task metrics one)
	matches "$output" 'memory.usage_limit +67108864'
	matches "$output" 'pids.current +1'
	matches "$output" 'cpu(acct)?.usage[a-z_]* +[1-9]'
}

@test "delete of what runs is refused; --force does it" {
	start_box one -- sleep 1000
	exits 1 ctr task delete one
	status_is one RUNNING
	ctr task delete --force one
	is "$(ctr task ls -q)" ''
	exits 0 ctr container delete one
}

@test "20 containers at once" {
	local i pids=()
	for i in $(seq 20); do
		ctr run --detach "${with[@]}" --cgroup "$(place_of "many-$i")" \
			"$BOX" "many-$i" sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	until_true 60 eval '[ "$(ctr task ls | grep -c RUNNING)" -eq 20 ]'
	exits 0 exec_in many-20 -- true
}

@test "containers run on while containerd restarts" {
	local pid
	start_box one -- sleep 1000
	pid=$(pid_of one)
	systemctl restart containerd.service 3>&-
	until_true 60 ctr version
	is "$(pid_of one)" "$pid"
	exits 0 exec_in one -- echo still
	is "$output" still
	ctr task kill --signal KILL one
	until_true 20 status_is one STOPPED
}

@test "snapshots go with their containers, and a namespace of containerd is its own" {
	start_box one -- sleep 1000
	exits 0 ctr snapshot info one
	ctr namespace create apart
	is "$(ctr -n apart container ls -q)" ''
	ctr namespace remove apart
	ends one
	exits 1 ctr snapshot info one
}
