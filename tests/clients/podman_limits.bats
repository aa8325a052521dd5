#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman's limits, their effect, what it tells of them, and where its cgroups are.

load podman.bash

# has CONTROLLER: or there is nothing to be tested
has() {
	local file=/sys/fs/cgroup/cgroup.controllers id
	id=$(id -u)
	[ "$id" -eq 0 ] ||
		file=/sys/fs/cgroup/user.slice/user-$id.slice/user@$id.service/${file##*/}
	grep -qw "$1" "$file" || skip "no controller $1 for us here"
}

# cgroup FILE NAME: of its first process: crun's systemd has the limits only there
cgroup() {
	cat "/sys/fs/cgroup$(cut -d: -f3 "/proc/$(told "$2" .State.Pid)/cgroup")/$1"
}

# inside NAME FILE: a file of its cgroup, as the container sees it
inside() {
	pod exec "$1" cat "/sys/fs/cgroup/$2"
}

# bats test_tags=quick
@test "--memory and its kin are in the cgroup, and seen inside" {
	has memory
	up one --network none --memory 64m --memory-reservation 32m --memory-swap 96m
	is "$(cgroup memory.max one)" 67108864
	is "$(cgroup memory.low one)" 33554432
	is "$(cgroup memory.swap.max one)" 33554432
	is "$(inside one memory.max)" 67108864
	told_is one .HostConfig.Memory 67108864
}

@test "--cpus, --cpu-shares, --cpu-period and --cpu-quota" {
	has cpu
	up one --network none --cpus 0.5 --cpu-shares 512
	is "$(cgroup cpu.max one)" '50000 100000'
	is "$(inside one cpu.max)" '50000 100000'
	[ "$(cgroup cpu.weight one)" -lt 100 ]
	up two --network none --cpu-period 50000 --cpu-quota 20000
	is "$(cgroup cpu.max two)" '20000 50000'
}

@test "--cpuset-cpus" {
	has cpuset
	up one --network none --cpuset-cpus 0
	is "$(cgroup cpuset.cpus one)" 0
	is "$(pod exec one sed -n 's/Cpus_allowed_list:\t//p' /proc/self/status)" 0
}

@test "--pids-limit stops what forks without end" {
	has pids
	exits 2 no_net --pids-limit 5 box sh -c \
		'cat /sys/fs/cgroup/pids.max
		for i in 1 2 3 4 5 6 7 8; do sleep 1000 & done 2>&1; :'
	matches "$output" ^5
	matches "$output" "can't fork|Resource temporarily"
}

@test "--blkio-weight" {
	has io
	compgen -G '/sys/fs/cgroup/system.slice/io*.weight' >/dev/null ||
		skip 'the kernel has no weights for io'
	up one --network none --blkio-weight 200
	# io.weight has its own scale: 1 + (200 - 10) * 9999 / 990
	if [ -e /sys/fs/cgroup/system.slice/io.bfq.weight ]; then
		is "$(cgroup io.bfq.weight one)" 'default 200'
	else
		is "$(cgroup io.weight one)" 'default 1920'
	fi
}

@test "out of memory: one process is killed, the container may go on" {
	has memory
	pod run -d --name one --network none --memory 16m --memory-swap 16m box \
		sh -c 'dd if=/dev/zero of=/dev/null bs=64M count=9; echo $?
		exec sleep 1000'
	until_true 30 said one 137
	matches "$(cgroup memory.events one)" 'oom_kill [1-9]'
	pod kill one
	is "$(pod wait one)" 137
	told_is one .State.ExitCode 137
}

@test "out of memory: inspect tells it" {
	has memory
	# conmon watches the cgroup a while after the start, and as long as it is there
	pod run -d --name one --network none --memory 16m --memory-swap 16m box sh -c \
		'while [ ! -e /srv/go ]; do sleep 0.1; done
		dd if=/dev/zero of=/dev/null bs=64M count=9; status=$?; echo "dd $status"
		while [ ! -e /srv/end ]; do sleep 0.1; done; exit $status'
	pod exec one touch /srv/go
	until_true 30 said one 'dd 137'
	pod exec one touch /srv/end
	is "$(pod wait one)" 137
	told_is one .State.OOMKilled true
}

@test "an exec that runs out of memory does not end the container" {
	has memory
	up one --network none --memory 24m --memory-swap 24m
	exits 137 pod exec one dd if=/dev/zero of=/dev/null bs=64M count=9
	told_is one .State.Status running
	matches "$(cgroup memory.events one)" 'oom_kill [1-9]'
}

@test "update changes the limits of a container that runs" {
	has cpu
	has memory
	up one --network none --memory 64m --memory-swap 64m --pids-limit 50
	exits 0 pod update --cpus 0.25 --memory 32m --memory-swap 48m one
	is "$(cgroup cpu.max one)" '25000 100000'
	is "$(cgroup memory.max one)" 33554432
	is "$(cgroup memory.swap.max one)" 16777216
	is "$(cgroup pids.max one)" 50 'what was not asked for'
	exits 0 pod exec one true
}

@test "stats tells of memory and processes" {
	has memory
	up one --network none --memory 64m
	exits 0 pod stats --no-stream --format '{{.Name}} {{.PIDs}} {{.MemUsage}}' one
	matches "$output" '^one 1 .*(67\.1|64)[0-9]*M'
}

@test "top: with descriptors, and as ps tells it" {
	up one --network none --user 77
	exits 0 pod top one pid user args
	matches "$output" '1 +77 +sleep 1000'
	exits 0 pod top one hpid
	matches "$output" "$(told one .State.Pid)"
}

@test "--ulimit; --oom-score-adj" {
	is "$(no_net --ulimit nofile=100:200 --ulimit core=0 box \
		sh -c 'ulimit -n; ulimit -Hn; ulimit -c' | tr '\n' ,)" 100,200,0,
	is "$(no_net --oom-score-adj 321 box cat /proc/self/oom_score_adj)" 321
}

@test "--cgroupns private or host" {
	local id
	exits 0 no_net --cgroupns private box cat /proc/self/cgroup
	is "$output" 0::/
	up one --network none --cgroupns host
	id=$(told one .Id)
	matches "$(pod exec one cat /proc/1/cgroup)" "$id"
	is "$(pod exec one readlink /proc/1/ns/cgroup)" "$(readlink /proc/self/ns/cgroup)"
}

@test "--cgroups=no-conmon" {
	has pids
	up one --network none --cgroups=no-conmon --pids-limit 33
	is "$(cgroup pids.max one)" 33
}

@test "--cgroups=split: below the unit that it was called from" {
	local own=split$$ user=()
	[ "$CLIENT_MANAGER" = systemd ] || skip 'podman asks systemd for it'
	has pids
	[ "$(id -u)" -eq 0 ] || user=(--user)
	systemd-run "${user[@]}" --quiet --unit $own -p Delegate=yes -p Type=forking \
		-p KillMode=mixed "--setenv=PATH=$PATH" "$(command -v podman)" \
		--runtime "$CLIENT_RUNTIME" run -d --name two --network none \
		--cgroups=split --pids-limit 34 box sleep 1000
	until_true 30 told_is two .State.Status running
	matches "$(cat "/proc/$(told two .State.Pid)/cgroup")" "/$own.service/"
	is "$(inside two pids.max)" 34
	pod rm -f -t 0 two
	systemctl "${user[@]}" reset-failed "$own" || :
}

@test "--cgroup-parent: in the place that was asked for" {
	local parent=own.slice at
	if [ "$CLIENT_MANAGER" = cgroupfs ]; then
		only_root 'make cgroups at the top'
		parent=/own
		# it stays: what is there before is not for the runtime to remove
		mkdir /sys/fs/cgroup/own
	fi
	up one --network none --cgroup-parent $parent
	at=$(cat "/proc/$(told one .State.Pid)/cgroup")
	matches "$at" "/${parent#/}/"
	pod rm -f -t 0 one
	[ "$CLIENT_MANAGER" = systemd ] || rmdir /sys/fs/cgroup/own
}

@test "generate systemd: the unit starts it, sees it, and stops it" {
	local dir=/run/systemd/system user=() pid
	if [ "$(id -u)" -ne 0 ]; then
		user=(--user)
		dir=$XDG_RUNTIME_DIR/systemd/user
	fi
	mkdir -p "$dir"
	pod create --name one --network none box sleep 1000
	pod generate systemd --time 1 one >"$dir/one.service" 2>"$T/err"
	systemctl "${user[@]}" daemon-reload
	exits 0 systemctl "${user[@]}" start one.service
	told_is one .State.Status running
	pid=$(systemctl "${user[@]}" show -P MainPID one.service)
	is "$(cat "/proc/$pid/comm")" conmon
	exits 0 systemctl "${user[@]}" stop one.service
	until_true 30 told_is one .State.Status exited
	rm "$dir/one.service"
	systemctl "${user[@]}" daemon-reload
	systemctl "${user[@]}" reset-failed one.service || :
}
