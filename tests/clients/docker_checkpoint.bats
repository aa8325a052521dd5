#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# docker checkpoint, and start from one, by CRIU: a counter that loses and repeats no
# number.

load docker.bash

engine_begin() {
	docker_config '"experimental": true'
	docker_start
	docker image inspect box >/dev/null 2>&1 || docker import "$ROOTFS" box >/dev/null
	docker run --rm box true
	docker run --rm --network host box true
}

can_checkpoint() {
	criu check >/dev/null 2>&1 || skip 'CRIU cannot work with this kernel'
}

# counts NAME [OPTION...]: prints the numbers from 0 on
counts() {
	local name=$1
	shift
	docker run -d --name "$name" --network none "$@" box sh -c \
		'i=0; while :; do echo $i; i=$((i + 1)); sleep 0.1; done' >/dev/null
	until_true 60 has_logged "$name" 3
}

last() { # NAME
	docker logs "$1" | tail -n 1
}

@test "checkpoint ends it, start --checkpoint lets it go on where it was" {
	local at
	can_checkpoint
	counts one
	exits 0 docker checkpoint create one first
	until_true 30 is_state one exited
	at=$(last one)
	matches "$(docker checkpoint ls one)" first
	exits 0 docker start --checkpoint first one
	is_state one running
	until_true 60 has_logged one "$((at + 2))"
	is "$(docker exec one sh -c 'echo $((6 * 7))')" 42
}

@test "checkpoint --leave-running: it goes on, and the checkpoint can be removed" {
	local at
	can_checkpoint
	counts one
	exits 0 docker checkpoint create --leave-running one first
	is_state one running
	at=$(last one)
	until_true 60 has_logged one "$((at + 2))"
	exits 0 docker checkpoint rm one first
	is "$(docker checkpoint ls one | wc -l)" 1
}
