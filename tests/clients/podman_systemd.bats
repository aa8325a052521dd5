#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman run --systemd: what systemd wants of a container, and systemd itself as its
# first process.

load podman.bash

@test "--systemd=always: its own tmpfs, cgroup and signal" {
	up one --network none --systemd=always
	matches "$(told one .Config.StopSignal)" '^(37|SIGRTMIN\+3)$'
	exits 0 pod exec one sh -c 'for d in /run /run/lock /tmp; do
		grep -q "^[^ ]* $d tmpfs rw" /proc/mounts || echo $d; done'
	is "$output" ''
	exits 0 pod exec one sh -c 'cd /sys/fs/cgroup && mkdir below && rmdir below'
	matches "$(pod exec one cat /proc/1/environ | tr '\0' '\n')" container_uuid=
	exits 1 no_net --systemd=false box mkdir /sys/fs/cgroup/below
}

@test "systemd is the first process, runs units, and stops when asked" {
	local dir
	mkdir -p "$T/root"/{proc,sys,dev,run,tmp,var/log,usr,etc/systemd/system}
	for dir in bin lib lib64 sbin; do
		ln -s "usr/$dir" "$T/root/$dir"
	done
	printf 'root:x:0:0:root:/root:/bin/sh\n' >"$T/root/etc/passwd"
	printf 'root:x:0:\n' >"$T/root/etc/group"
	cat >"$T/root/etc/systemd/system/ready.service" <<-'END'
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		PrivateTmp=yes
		ExecStart=/bin/sh -c 'echo made by a unit >/run/ready'
		[Unit]
		DefaultDependencies=no
	END
	cat >"$T/root/etc/systemd/system/limited.service" <<-'END'
		[Service]
		Type=oneshot
		MemoryMax=64M
		ExecStart=/bin/sh -c 'read at </proc/self/cgroup; echo $at >/run/limited;\
			cat /sys/fs/cgroup/$${at#0::}/memory.max >>/run/limited'
	END
	pod run -d --name one --network none --systemd=always -v /usr:/usr:ro \
		--rootfs "$T/root" /lib/systemd/systemd --unit=ready.service
	until_true 60 pod exec one grep -q unit /run/ready
	exits 0 pod exec one systemctl is-active ready.service
	exits 0 pod exec one systemctl start limited.service
	matches "$(pod exec one cat /run/limited)" '/limited.service'
	matches "$(pod exec one cat /run/limited)" 67108864
	pod stop -t 60 one
	matches "$(told one .State.ExitCode)" '^(0|130)$'
}
