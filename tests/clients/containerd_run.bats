#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# ctr run: what comes out, with which status, and what the container is given.

load containerd.bash

# bats test_tags=quick
@test "run prints what the container prints, and ends with its status" {
	exits 0 run_box one -- echo hello
	is "$output" hello
	exits 7 run_box one -- sh -c 'echo to stderr >&2; exit 7'
	is "$output" 'to stderr'
}

# bats test_tags=quick
@test "run of what is not there fails, and leaves nothing" {
	exits 1 run_box one -- /bin/nothing
	matches "$output" 'no such file or directory|not found'
	exits 1 run_box one -- nothing
	matches "$output" 'executable file not found in \$PATH'
	exits 1 run_box one -- /srv/data
	matches "$output" 'permission denied'
	is "$(ctr task ls -q)" ''
}

@test "run passes stdin on" {
	is "$(seq 1 1000 | run_box one -- sh -c 'head -n 1000 | tail -n 1')" 1000
}

@test "run -t has a terminal" {
	in_terminal ctr run --rm -t "${with[@]}" --cgroup "$(place_of one)" "$BOX" one \
		sh -c 'tty; test -t 2 && echo yes'
	matches "$output" /dev/pts/0
	matches "$output" yes
	is "$(ctr container ls -q)" ''
}

@test "run -d goes on; task ls knows it, with its pid" {
	local pid
	start_box one -- sleep 1000
	pid=$(pid_of one)
	is "$(tr '\0' ' ' <"/proc/$pid/cmdline")" 'sleep 1000 '
	matches "$(ctr task ps one)" "$pid"
	ctr task kill --signal KILL one
	until_true 20 status_is one STOPPED
	[ ! -e "/proc/$pid" ]
}

@test "run --env and --cwd" {
	is "$(run_box one --env 'A=b c' -- sh -c 'echo $A')" 'b c'
	is "$(run_box one --cwd /srv -- pwd)" /srv
}

@test "run --read-only, and --mount of a directory, read-only and not" {
	mkdir "$T/dir"
	echo host >"$T/dir/file"
	exits 1 run_box one --read-only -- touch /srv/x
	is "$(run_box one --mount "type=bind,src=$T/dir,dst=/srv,options=rbind:ro" -- \
		cat /srv/file)" host
	exits 1 run_box one --mount "type=bind,src=$T/dir,dst=/srv,options=rbind:ro" -- \
		touch /srv/x
	exits 0 run_box one --mount "type=bind,src=$T/dir,dst=/srv,options=rbind:rw" -- \
		touch /srv/x
	[ -e "$T/dir/x" ]
	exits 0 run_box one --mount type=tmpfs,src=none,dst=/srv,options=size=1m -- \
		grep ' /srv ' /proc/mounts
	matches "$output" 'tmpfs.*size=1024k'
}

@test "run --net-host, --with-ns" {
	start_box first -- sleep 1000
	is "$(run_box one --net-host -- readlink /proc/self/ns/net)" \
		"$(readlink /proc/self/ns/net)"
	is "$(run_box one --with-ns "network:/proc/$(pid_of first)/ns/net" -- \
		readlink /proc/self/ns/net)" "$(readlink "/proc/$(pid_of first)/ns/net")"
	is "$(run_box one --with-ns "ipc:/proc/$(pid_of first)/ns/ipc" -- \
		readlink /proc/self/ns/ipc)" "$(readlink "/proc/$(pid_of first)/ns/ipc")"
}

@test "run --privileged, --cap-add, --cap-drop, --allow-new-privs, --seccomp" {
	matches "$(run_box one --privileged -- grep CapEff /proc/self/status)" \
		"$(grep CapEff /proc/self/status | tail -c 11)"
	matches "$(run_box one --cap-add CAP_NET_ADMIN -- \
		grep CapEff /proc/self/status)" 00000000a80435fb
	matches "$(run_box one --cap-drop CAP_CHOWN -- grep CapEff /proc/self/status)" \
		00000000a80425fa
	is "$(run_box one -- grep NoNewPrivs /proc/self/status | cut -f2)" 1
	is "$(run_box one --seccomp -- grep Seccomp: /proc/self/status | cut -f2)" 2
	is "$(run_box one -- grep Seccomp: /proc/self/status | cut -f2)" 0
}

@test "run --device gives a device" {
	exits 1 run_box one -- test -e /dev/kmsg
	exits 0 run_box one --device /dev/kmsg -- test -c /dev/kmsg
}

@test "run --memory-limit and --cpus are in the cgroup" {
	start_box one --memory-limit 67108864 --cpus 0.5 -- sleep 1000
	is "$(cgroup memory.max one)" 67108864
	is "$(cgroup cpu.max one)" '50000 100000'
	matches "$(cat "/proc/$(pid_of one)/cgroup")" 'ctr.one'
}

@test "what runs out of memory ends, and an event tells it" {
	ctr events >"$T/events" 3>&- &
	listener=$!
	until_true 20 eval 'ctr namespace create seen; grep -q seen "$T/events" ||
		{ ctr namespace remove seen; false; }'
	ctr namespace remove seen
	start_box one --memory-limit 16777216 -- sleep 1000
	exits 137 exec_in one -- dd if=/dev/zero of=/dev/null bs=64M count=9
	until_true 20 grep -q /tasks/oom "$T/events"
	ctr task kill --signal KILL one
	until_true 20 grep -q /tasks/exit "$T/events"
	kill "$listener"
}

@test "run --pid-file has the process; --label is kept" {
	start_box one --pid-file "$T/pid" --label kind=test -- sleep 1000
	is "$(cat "$T/pid")" "$(pid_of one)"
	is "$(ctr container ls -q 'labels.kind==test')" one
}

@test "run --config: a config.json as it is" {
	start_box one -- sleep 1000
	ctr container info --spec one | jq '.process.args = [ "sh", "-c",
		"hostname; cat /proc/sys/kernel/msgmax" ] | .hostname = "given" |
		.linux.sysctl = { "kernel.msgmax": "4096" } | del(.linux.cgroupsPath)' \
		>"$T/config.json"
	ends one
	jq --arg root "$T/root" '.root.path = $root' "$T/config.json" >"$T/full.json"
	mkdir "$T/root" && tar -xf "$ROOTFS" -C "$T/root"
	is "$(ctr run --rm --runtime io.containerd.runc.v2 \
		--runc-binary "$CLIENT_RUNTIME" \
		--config "$T/full.json" two | tr '\n' ' ')" 'given 4096 '
}
