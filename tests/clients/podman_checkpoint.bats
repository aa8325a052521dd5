#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman container checkpoint and restore, by CRIU: a counter that loses and repeats no
# number.

load podman.bash

can_checkpoint() {
	only_root
	criu check >/dev/null 2>&1 || skip 'CRIU cannot work with this kernel'
}

# counts NAME [OPTION...]: prints the numbers from 0 on
counts() {
	local name=$1
	shift
	pod run -d --name "$name" --network none "$@" box sh -c \
		'i=0; while :; do echo $i; i=$((i + 1)); sleep 0.1; done' >/dev/null
	until_true 60 said "$name" '^3$'
}

# goes_on NAME NUMBER: it counts on after that one
goes_on() {
	until_true 60 said "$1" "^$(($2 + 2))\$"
}

last() { # NAME
	pod logs "$1" | tail -n 1
}

# in_order FILE: its lines are numbers, each one more than that before
in_order() {
	awk 'NR == 1 { want = $1 } $1 != want++ { print "line " NR ": " $1; exit 1 }' "$1"
}

@test "checkpoint ends it, restore lets it go on where it was" {
	local at
	can_checkpoint
	counts one
	exits 0 pod container checkpoint one
	told_is one .State.Status exited
	told_is one .State.Checkpointed true
	at=$(last one)
	exits 0 pod container restore one
	told_is one .State.Status running
	goes_on one "$at"
	is "$(pod exec one sh -c 'echo $((6 * 7))')" 42
	pod kill one >/dev/null
	until_true 30 told_is one .State.Status exited
	pod logs one >"$T/log"
	in_order "$T/log"
}

@test "checkpoint --leave-running: it goes on as if nothing had been" {
	local at
	can_checkpoint
	counts one
	exits 0 pod container checkpoint --leave-running one
	told_is one .State.Status running
	at=$(last one)
	goes_on one "$at"
}

@test "checkpoint --export, and restore --import under another name" {
	local at
	can_checkpoint
	counts one
	pod exec one sh -c 'echo written >/srv/file'
	exits 0 pod container checkpoint --export "$T/one.tar.gz" one
	at=$(last one)
	pod rm one >/dev/null
	exits 0 pod container restore --import "$T/one.tar.gz" --name other
	told_is other .State.Status running
	is "$(pod exec other cat /srv/file)" written
	goes_on other "$at"
	pod kill other >/dev/null
	until_true 30 told_is other .State.Status exited
	pod logs other >"$T/log"
	in_order "$T/log"
}

@test "checkpoint --pre-checkpoint, and one that builds on it" {
	local at
	can_checkpoint
	counts one
	exits 0 pod container checkpoint --pre-checkpoint --export "$T/pre.tar" one
	told_is one .State.Status running
	exits 0 pod container checkpoint --with-previous --export "$T/one.tar" one
	at=$(last one)
	pod rm one >/dev/null
	exits 0 pod container restore --import-previous "$T/pre.tar" \
		--import "$T/one.tar"
	goes_on one "$at"
}

@test "a checkpoint that fails leaves the container as it was" {
	local at
	can_checkpoint
	# an established connection is not saved unless that is asked for
	pod run -d --name one --network none box sh -c '
		nc -ll -p 99 -e sleep 1000 &
		until nc 127.0.0.1 99 </dev/null; do sleep 0.1; done & wait' >/dev/null
	until_true 60 eval 'pod exec one cat /proc/net/tcp | grep " 01 "'
	exits 125 pod container checkpoint one
	told_is one .State.Status running
	is "$(pod exec one sh -c 'echo $((6 * 7))')" 42
}
