#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker's limits, and that they have an effect.

load docker.bash

is_oom() { # NAME
	is "$(of "$1" .State.OOMKilled)" true
}

# cgroup FILE NAME: of a running container, seen from outside
cgroup() {
	cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$(of "$2" .State.Pid)/cgroup")/$1"
}

# bats test_tags=quick
@test "--memory and --cpus and --pids-limit are in the cgroup" {
	box one --memory 64m --memory-reservation 32m --cpus 0.5 --pids-limit 50 \
		--cpu-shares 512
	is "$(cgroup memory.max one)" 67108864
	is "$(cgroup memory.low one)" 33554432
	is "$(cgroup cpu.max one)" '50000 100000'
	is "$(cgroup pids.max one)" 50
	[ "$(cgroup cpu.weight one)" -lt 100 ]
	is "$(docker exec one cat /sys/fs/cgroup/memory.max)" 67108864
}

@test "--pids-limit stops forks" {
	exits 2 docker run --rm --pids-limit 5 box sh -c \
		'for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done'
	matches "$output" "can't fork|Resource temporarily"
}

@test "out of memory: the status, inspect and events tell it" {
	local since
	since=$(date +%s.%N)
	# of one that ends with it, the daemon may hear too late
	exits 137 docker run --rm --memory 16m --memory-swap 16m box \
		dd if=/dev/zero of=/dev/null bs=64M count=9
	# containerd looks for such events only after start
	docker run -d --name big --memory 16m --memory-swap 16m box sh -c \
		'while [ ! -e /go ]; do sleep 0.1; done
		dd if=/dev/zero of=/dev/null bs=64M count=9; echo "dd $?"
		exec sleep 1000'
	docker exec big touch /go
	until_true 30 has_logged big 'dd 137'
	until_true 30 event_seen 'oom big' "$since"
	docker kill big
	until_true 30 is_state big exited
	until_true 30 is_oom big
}

@test "an exec that runs out of memory does not end the container" {
	box one --memory 24m --memory-swap 24m
	exits 137 docker exec one dd if=/dev/zero of=/dev/null bs=64M count=9
	is_state one running
	matches "$(cgroup memory.events one)" 'oom_kill [1-9]'
}

@test "update changes the limits of a container that runs" {
	box one --memory 64m --memory-swap 64m --pids-limit 50
	exits 0 docker update --memory 32m --memory-swap 48m --cpus 0.25 \
		--pids-limit 20 one
	is "$(cgroup memory.max one)" 33554432
	is "$(cgroup memory.swap.max one)" 16777216
	is "$(cgroup cpu.max one)" '25000 100000'
	is "$(cgroup pids.max one)" 20
	exits 0 docker update --cpu-shares 2048 one
	[ "$(cgroup cpu.weight one)" -gt 50 ]
	is "$(cgroup memory.max one)" 33554432
}

@test "--ulimit, and the daemon's defaults" {
	is "$(docker run --rm --ulimit nofile=100:200 box sh -c 'ulimit -n; ulimit -Hn' |
		tr '\n' ' ')" '100 200 '
	is "$(docker run --rm --ulimit core=0 box sh -c 'ulimit -c')" 0
}

@test "--sysctl of the container's own namespaces, and of no other" {
	is "$(docker run --rm --sysctl net.ipv4.ip_forward=0 box \
		cat /proc/sys/net/ipv4/ip_forward)" 0
	is "$(docker run --rm --sysctl kernel.msgmax=4096 box \
		cat /proc/sys/kernel/msgmax)" 4096
	exits 125 docker run --rm --sysctl vm.swappiness=1 box true ||
		exits 126 docker run --rm --sysctl vm.swappiness=1 box true ||
		exits 128 docker run --rm --sysctl vm.swappiness=1 box true
}

@test "--oom-score-adj, --oom-kill-disable" {
	is "$(docker run --rm --oom-score-adj 321 box cat /proc/self/oom_score_adj)" 321
	exits 0 docker run --rm --memory 64m --oom-kill-disable box true
}

@test "--cpuset-cpus" {
	grep -qw cpuset /sys/fs/cgroup/cgroup.controllers ||
		skip 'the kernel has no cpuset'
	is "$(docker run --rm --cpuset-cpus 0 box cat /sys/fs/cgroup/cpuset.cpus)" 0
	exits 0 docker run --rm --cpuset-cpus 0 box grep -q 'Cpus_allowed_list:.0$' \
		/proc/self/status
}

@test "--blkio-weight" {
	box one --memory 64m
	cgroup io.weight one || skip 'the kernel has no io.weight'
	box two --blkio-weight 200
	# io.weight has its own scale: 1 + (200 - 10) * 9999 / 990
	is "$(cgroup io.weight two)" 'default 1920'
}

@test "--cgroup-parent: in the place that was asked for" {
	local parent=/own
	[ "$CLIENT_MANAGER" = cgroupfs ] || parent=own.slice
	box one --cgroup-parent $parent
	matches "$(cat "/proc/$(of one .State.Pid)/cgroup")" "${parent#/}/"
	exits 0 docker rm -f one
	# of what it has made runc leaves the parents, aril nothing
	[ ! -d /sys/fs/cgroup/own ] || rmdir /sys/fs/cgroup/own
}
