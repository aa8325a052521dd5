#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 40 to 42, 45 and 47: limits that engines ask for. Those of a cgroup
# need its controllers: pure cgroup v2, as guests have it.
# shellcheck disable=SC2016 # jq's variables

load threat.bash
load ../lib/cgroups.bash

@test "40, 41: a bomb of processes and threads ends at the limit of pids" {
	need_controller pids
	cfg '.linux.resources = { pids: { limit: 20 } }'
	args /bin/sh -c 'i=0; while [ $i -lt 60 ]; do /probe pause & i=$((i + 1)); done
		echo started'
	go
	[[ $output != *started* ]] || through '60 processes, of 20' || return
	# it is the kernel that says no, and to the shell, which ends with that
	[[ $output == *"can't fork: Resource temporarily unavailable"* ]]
	[ "$status" -eq 2 ]
}

@test "42: memory ends at its limit, and the container with it" {
	need_controller memory
	cfg '.linux.resources = { memory: { limit: 33554432, swap: 33554432 } }'
	mount_add tmpfs tmpfs /fill nosuid size=256m
	args /bin/sh -c 'while cat /probe >>/fill/big; do :; done
		set -- $(ls -l /fill/big); echo size=$5'
	go
	# the kernel ends all of it, or the one that writes: then the shell goes on
	[ "$status" -eq 137 ] || [[ $output == *Killed* ]]
	[[ $output != *size=* ]] || [ "$(value size)" -le 33554432 ] ||
		through "a tmpfs of $(value size) bytes, of 33554432"
}

@test "45: files and queues end at the document's limits, and cannot be raised" {
	cfg '.process.rlimits = [ { type: "RLIMIT_NOFILE", soft: 64, hard: 64 },
		{ type: "RLIMIT_SIGPENDING", soft: 10, hard: 10 },
		{ type: "RLIMIT_CORE", soft: 0, hard: 0 } ]'
	attempts rlimit.nofile
	args /probe "${words[@]}" , rlimits
	go
	judge
	want rlimit.NOFILE=64:64 rlimit.SIGPENDING=10:10 rlimit.CORE=0:0
}

@test "47: who asks to be killed first does not become who is killed last" {
	cfg '.process.oomScoreAdj = 500'
	attempts oom_score_adj
	args /probe "${words[@]}"
	go
	judge
}
