#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker's user namespaces: a daemon with userns-remap.

load docker.bash

engine_begin() {
	id dockremap >/dev/null 2>&1 || useradd --system dockremap
	# one range, whoever gave it some before
	sed -i /^dockremap:/d /etc/subuid /etc/subgid
	echo 'dockremap:200000:65536' | tee -a /etc/subuid >>/etc/subgid
	docker_config '"userns-remap": "dockremap"'
	docker_start
	docker image inspect box >/dev/null 2>&1 || docker import "$ROOTFS" box >/dev/null
	docker run --rm box true
}

engine_end() {
	docker_stop
	docker_config
}

@test "userns-remap: root inside is nobody outside" {
	local pid
	box one
	pid=$(of one .State.Pid)
	is "$(stat -c %u "/proc/$pid")" 200000
	is "$(docker exec one id -u)" 0
	is "$(docker exec one cat /proc/self/uid_map | tr -s ' ')" ' 0 200000 65536'
	is "$(docker exec one cat /proc/self/gid_map | tr -s ' ')" ' 0 200000 65536'
	exits 0 docker exec one chown 5:6 /srv/file
	is "$(docker exec one stat -c %u:%g /srv/file)" 5:6
	is "$(docker run --rm --user 1000 box sh -c 'id -u; touch /tmp/x
		stat -c %u /tmp/x' | tr '\n' ' ')" '1000 1000 '
}

@test "userns-remap: --userns host turns it off" {
	is "$(docker run --rm --userns host box cat /proc/self/uid_map | tr -s ' ')" \
		' 0 0 4294967295'
	exits 0 docker run --rm --userns host --privileged box mount -t tmpfs none /srv
}

@test "userns-remap: what root owns outside, root inside may not touch" {
	mkdir "$T/dir" && chmod 711 "$T/dir" "$T"
	echo host >"$T/dir/file" && chmod 600 "$T/dir/file"
	exits 1 docker run --rm -v "$T/dir:/data" box touch /data/x
	exits 1 docker run --rm -v "$T/dir:/data" box cat /data/file
	chown 200000 "$T/dir"
	exits 0 docker run --rm -v "$T/dir:/data" box touch /data/x
	is "$(stat -c %u "$T/dir/x")" 200000
	exits 1 docker run --rm box sh -c 'echo 1 >/proc/sys/kernel/panic'
	exits 1 docker run --rm box mknod /srv/null c 1 3
}

@test "userns-remap: devices, terminals, volumes, tmpfs and limits" {
	exits 0 docker run --rm box sh -c 'echo x >/dev/null && head -c 4 /dev/zero'
	in_terminal docker run --rm -it box sh -c 'tty; stat -c "owner %u" "$(tty)"'
	matches "$output" '/dev/pts/0.*owner 0'
	exits 0 docker run --rm -v named:/srv/volume --tmpfs /data box sh -c \
		'cat /srv/volume/file; touch /srv/volume/x /data/x && stat -c %u /data/x'
	is "$output" "below the volume
0"
	is "$(docker run --rm --memory 64m --pids-limit 40 box \
		cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max | tr '\n' ' ')" \
		'67108864 40 '
}

@test "userns-remap: sysctl, networks, and the namespaces of another container" {
	local three='/proc/self/ns/net /proc/self/ns/ipc /proc/self/ns/pid'
	box one --sysctl net.ipv4.ip_forward=0 --ipc shareable
	is "$(docker exec one cat /proc/sys/net/ipv4/ip_forward)" 0
	is "$(docker run --rm --network container:one --ipc container:one \
		--pid container:one box sh -c "readlink $three")" \
		"$(docker exec one sh -c "readlink $three")"
	is "$(docker run --rm --network none box ip -o link | wc -l)" 1
	exits 0 docker run --rm --cap-add NET_ADMIN box ip link set lo down
}

@test "userns-remap: build, commit and cp" {
	printf 'FROM box\nRUN id -u >/srv/who && chown 7:7 /srv/who\n' >"$T/Dockerfile"
	exits 0 docker build --no-cache -t built -f "$T/Dockerfile" "$T"
	is "$(docker run --rm built sh -c 'cat /srv/who; stat -c %u /srv/who' |
		tr '\n' ' ')" '0 7 '
	docker create --name one built true
	docker cp one:/srv/who "$T/who"
	is "$(cat "$T/who")" 0
	docker rm one
	docker rmi built
}
