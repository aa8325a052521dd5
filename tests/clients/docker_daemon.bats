#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dockerd and containerd stop, are killed and come back under containers that run; another
# default runtime; and a prune of everything.

load docker.bash

main_pid() { # UNIT
	systemctl show -P MainPID "$1"
}

# daemon_with [MEMBER...]: the daemon with other settings, and no containers
daemon_with() {
	docker_config "$@"
	systemctl daemon-reload
	systemctl restart docker.service 3>&-
	until_true 60 docker info
}

is_another() { # UNIT PID
	local pid
	pid=$(main_pid "$1")
	[ "$pid" -ne 0 ] && [ "$pid" -ne "$2" ]
}

# killed UNIT: with SIGKILL; it is back when this returns
killed() {
	local pid
	pid=$(main_pid "$1")
	kill -KILL "$pid"
	until_true 60 is_another "$1" "$pid"
	until_true 60 docker info
}

# counts NAME [OPTION...]: a container that logs numbers, and ends with 3 on TERM
counts() {
	local name=$1
	shift
	docker run -d --name "$name" "$@" box sh -c 'trap "exit 3" TERM; i=0
		while :; do i=$((i + 1)); echo "$i"; sleep 0.1; done' >/dev/null
	until_true 20 has_logged "$name" 1
}

logged_more() { # NAME LINES
	[ "$(docker logs "$1" | wc -l)" -gt "$2" ]
}

# is_the_same NAME PID: process; it takes an exec, and its log goes on
is_the_same() {
	is_state "$1" running
	is "$(of "$1" .State.Pid)" "$2"
	is "$(docker exec "$1" echo still)" still
	until_true 30 logged_more "$1" "$(docker logs "$1" | wc -l)"
}

restarted() { # NAME PID
	is_state "$1" running && [ "$(of "$1" .State.Pid)" != "$2" ]
}

# runs_with NAME PROGRAM: the runtime that its shim calls
runs_with() {
	matches "$(cat /run/containerd/io.containerd.runtime.v2.task/moby/"$(of "$1" \
		.Id)"/options.json)" "\"$2\""
}

setup() {
	client_setup
	cp /etc/docker/daemon.json "$T/daemon.json"
}

teardown() {
	engine_clean
	cmp -s /etc/docker/daemon.json "$T/daemon.json" || daemon_with
	client_left
}

@test "live-restore: a daemon that is killed finds all again" {
	local one two halted
	daemon_with '"live-restore": true'
	counts one
	counts two --memory 64m --pids-limit 50
	counts halted
	docker exec -d two sleep 4321
	docker pause halted
	one=$(of one .State.Pid) two=$(of two .State.Pid) halted=$(of halted .State.Pid)
	killed docker.service
	is_the_same one "$one"
	is_the_same two "$two"
	matches "$(docker top two -o pid,args)" 'sleep 4321'
	is_state halted paused
	exits 0 docker unpause halted
	is_the_same halted "$halted"
	exits 0 docker update --memory 32m --memory-swap 32m two
	is "$(docker exec two cat /sys/fs/cgroup/memory.max)" 33554432
	exits 0 docker stop -t 60 one
	is "$(of one .State.ExitCode)" 3
	exits 0 docker kill two
	until_true 20 is_state two exited
	is "$(of two .State.ExitCode)" 137
	exits 0 docker start one
	exits 0 docker rm -f halted
	[ ! -e "/proc/$halted" ]
}

@test "live-restore: three restarts, and the process is the same" {
	local pid
	daemon_with '"live-restore": true'
	counts one
	pid=$(of one .State.Pid)
	for _ in 1 2 3; do
		systemctl restart docker.service 3>&-
		until_true 60 docker info
		is_the_same one "$pid"
	done
	exits 0 docker stop -t 60 one
	is "$(of one .State.ExitCode)" 3
}

@test "live-restore: what ended meanwhile is known, or starts again" {
	local ends goes_on
	daemon_with '"live-restore": true'
	counts ends
	counts goes-on --restart always
	ends=$(of ends .State.Pid) goes_on=$(of goes-on .State.Pid)
	systemctl stop docker.service docker.socket
	kill -TERM "$ends" "$goes_on"
	until_true 20 test ! -e "/proc/$ends"
	until_true 20 test ! -e "/proc/$goes_on"
	systemctl start docker.service 3>&-
	until_true 60 docker info
	until_true 20 is_state ends exited
	is "$(of ends .State.ExitCode)" 3
	until_true 30 restarted goes-on "$goes_on"
	exits 0 docker exec goes-on true
}

# the daemon comes back without live-restore, in the way that "$@" says
comes_back() {
	local plain always
	daemon_with
	counts plain
	counts always --restart always
	counts was-stopped --restart unless-stopped
	docker stop -t 60 was-stopped
	plain=$(of plain .State.Pid) always=$(of always .State.Pid)
	"$@"
	until_true 60 is_state plain exited
	is "$(of plain .State.ExitCode)" 3
	[ ! -e "/proc/$plain" ]
	until_true 60 restarted always "$always"
	is "$(docker exec always echo again)" again
	is_state was-stopped exited
}

restart_docker() {
	systemctl restart docker.service 3>&-
	until_true 60 docker info
}

@test "without live-restore a restart stops all, and restart policies hold" {
	comes_back restart_docker
}

@test "without live-restore a killed daemon stops what it finds" {
	comes_back killed docker.service
}

@test "containerd is killed and comes back: containers go on" {
	local pid
	daemon_with '"live-restore": true'
	counts one
	pid=$(of one .State.Pid)
	killed containerd.service
	until_true 60 docker exec one true
	is_the_same one "$pid"
	exits 0 docker pause one
	exits 0 docker unpause one
	exits 0 docker stop -t 60 one
	until_true 20 is_state one exited
	is "$(of one .State.ExitCode)" 3
	exits 0 docker run --rm box true
}

@test "another default runtime: containers keep the one they have" {
	docker_config '"live-restore": true'
	systemctl reload docker.service
	counts old
	sed -i 's/"default-runtime": "client"/"default-runtime": "runc"/' \
		/etc/docker/daemon.json
	restart_docker
	is "$(docker info --format '{{.DefaultRuntime}}')" runc
	counts new
	is "$(of old .HostConfig.Runtime)" client
	is "$(of new .HostConfig.Runtime)" runc
	runs_with old "$CLIENT_RUNTIME"
	runs_with new runc
	is "$(docker exec old echo a)$(docker exec new echo b)" ab
	exits 0 docker restart -t 60 old
	runs_with old "$CLIENT_RUNTIME"
	exits 0 docker stop -t 60 old new
	is "$(of old .State.ExitCode) $(of new .State.ExitCode)" '3 3'
}

@test "system prune -af --volumes leaves nothing but what runs" {
	box stays
	docker run --name ended -v kept:/data -v /anonymous box true
	docker rm ended
	docker run --name also-ended box true
	docker network create unused >/dev/null
	docker commit also-ended made >/dev/null
	exits 0 docker system prune -af --volumes
	is "$(docker ps -a --format '{{.Names}}')" stays
	is "$(docker network ls --filter name=unused -q)" ''
	is "$(docker images --format '{{.Repository}}')" box
	exits 0 docker exec stays true
	docker rm -f stays
	exits 0 docker system prune -af --volumes
	is "$(docker images -aq)" ''
	is "$(find /var/lib/docker/containers -mindepth 1)" ''
	is "$(find /var/lib/docker/overlay2 -mindepth 1 -maxdepth 1 ! -name l \
		! -name backingFsBlockDev)" ''
	docker import "$ROOTFS" box >/dev/null
}
