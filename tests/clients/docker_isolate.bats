#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker's capabilities, filters and devices.

load docker.bash

effective() { # OPTION...: of a container
	docker run --rm "$@" box sh -c 'grep CapEff /proc/self/status' | cut -f2
}

@test "--cap-add and --cap-drop" {
	is "$(effective)" 00000000a80425fb
	is "$(effective --cap-drop all)" 0000000000000000
	is "$(effective --cap-drop all --cap-add NET_ADMIN)" 0000000000001000
	is "$(effective --cap-drop chown)" 00000000a80425fa
	exits 0 docker run --rm --cap-add SYS_ADMIN box mount -t tmpfs none /srv
	is "$(effective --user 1000)" 0000000000000000
}

@test "--security-opt: no-new-privileges, seccomp, systempaths" {
	is "$(docker run --rm --security-opt no-new-privileges box \
		grep NoNewPrivs /proc/self/status | cut -f2)" 1
	is "$(docker run --rm box grep Seccomp: /proc/self/status | cut -f2)" 2
	is "$(docker run --rm --security-opt seccomp=unconfined box \
		grep Seccomp: /proc/self/status | cut -f2)" 0
	echo '{ "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ { "names":
		[ "mkdir", "mkdirat" ], "action": "SCMP_ACT_ERRNO",
		"errnoRet": 77 } ] }' >"$T/filter.json"
	exits 1 docker run --rm --security-opt "seccomp=$T/filter.json" box mkdir /srv/x
	matches "$output" 'bad state|77'
	exits 0 docker run --rm --security-opt systempaths=unconfined box sh -c \
		'! grep -q " /proc/sys " /proc/self/mountinfo'
	exits 0 docker run --rm box grep -q ' /proc/sys ro' /proc/self/mountinfo
}

@test "--device gives a device, with the access that is asked for" {
	exits 1 docker run --rm box dd if=/dev/kmsg of=/dev/null count=1
	exits 0 docker run --rm --device /dev/kmsg box test -c /dev/kmsg
	exits 0 docker run --rm --device /dev/zero:/dev/own:r box dd if=/dev/own \
		of=/dev/null count=1
	exits 1 docker run --rm --device /dev/kmsg:/dev/own:r box sh -c 'echo x >/dev/own'
	matches "$output" 'not permitted'
	exits 0 docker run --rm --device /dev/kmsg:/dev/own:w box sh -c 'echo x >/dev/own'
}

@test "--device-cgroup-rule lets the container make such devices" {
	local make='mknod /srv/null c 1 3 && echo x >/srv/null'
	exits 0 docker run --rm box sh -c "$make"
	make='mknod /srv/kmsg c 1 11 && exec 3</srv/kmsg'
	exits 1 docker run --rm box sh -c "$make" ||
		exits 2 docker run --rm box sh -c "$make"
	exits 0 docker run --rm --device-cgroup-rule 'c 1:11 rwm' box sh -c "$make"
}

@test "the paths of /proc and /sys that nobody may see" {
	exits 0 docker run --rm box sh -c 'test -z "$(cat /proc/kcore | head -c 1)"'
	exits 0 docker run --rm box sh -c 'test -z "$(ls /proc/acpi /sys/firmware \
		2>/dev/null | grep -v :)"'
	exits 1 docker run --rm box sh -c 'echo 1 >/proc/sys/kernel/panic'
	exits 1 docker run --rm box mkdir /sys/fs/cgroup/x
}
