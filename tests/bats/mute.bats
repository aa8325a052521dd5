#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# File systems whose server takes every question and never answers (FUSE, a network file
# system that hangs): who looks into one waits in the kernel, and no signal ends that.
# What is about a container that there is looks into none; a create that hangs is ended.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; each test is a subshell

load ../lib/bundle.bash

prepare() {
	server=
	need_root 'mounts a FUSE file system'
	only_aril 'not asked'
	[ -c /dev/fuse ] || skip 'there is no /dev/fuse'
	bare
}
# Who waits gets an error
release() {
	[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || :
	[ -z "$server" ] || wait "$server" || :
	server=
}
undo() {
	[ -z "${at:-}" ] || ! grep -q " $at fuse" /proc/self/mounts || umount -l "$at"
}
mute() { # DIRECTORY
	at=$1
	"$ARIL_PROBE" mute "$at" "$T/ready" "$T/asked" 3>&- &
	server=$!
	"$ARIL_PROBE" wait-file "$T/ready" 5000
}
# It has to end with that status, after one wait of aril's (10 s) at the most
quick() { # STATUS ARG...
	local began=$SECONDS
	run aril "${@:2}" </dev/null
	echo "${*:2}: $status, $((SECONDS - began)) s: $output"
	[ "$status" -eq "$1" ] && [ $((SECONDS - began)) -lt 15 ]
}
# A create that waits for the server; its pid is $creating
hanging() {
	"$ARIL" --root "$STATE" "${manager[@]}" create -b "$B" "$ID" </dev/null \
		>"$T/out" 2>&1 3>&- &
	creating=$!
	children+=("$creating")
	"$ARIL_PROBE" wait-file "$T/asked" 5000
}

@test "nothing but a new container asks the bundle's file system" {
	args /probe pause
	running
	mute "$B"
	quick 0 state "$ID"
	quick 0 list
	quick 0 list --format json
	quick 0 ps "$ID"
	quick 0 exec "$ID" /probe exit 0
	quick 0 pause "$ID"
	quick 0 resume "$ID"
	quick 0 kill "$ID" TERM
	quick 0 delete -f "$ID"
	[ ! -e "$T/asked" ]
}

@test "a created container is started and deleted without its bundle" {
	args /probe exit 0
	created --pid-file "$T/pid"
	mute "$B"
	quick 0 start "$ID"
	ended
	quick 0 delete "$ID"
	[ ! -e "$T/asked" ]
}

@test "a create that hangs in its rootfs keeps others waiting for a limited time" {
	mkdir "$T/far"
	cfg '.root.path = $p' --arg p "$T/far"
	mute "$T/far"
	hanging
	quick 0 list
	quick 1 state "$ID"
	quick 1 delete -f "$ID"
	[[ $output == *"is busy"* ]]
	# it ends as soon as the kernel lets it go
	kill -KILL "$creating"
	release
	status=0
	wait "$creating" || status=$?
	[ "$status" -eq 137 ]
	quick 0 delete -f "$ID"
}

@test "an init that hangs in a mount: create can be killed, and delete ends the rest" {
	mkdir "$T/far"
	bind "$T/far" /far
	mount_add tmpfs tmpfs /far/below
	mute "$T/far"
	hanging
	quick 0 list
	kill -KILL "$creating"
	status=0
	wait "$creating" || status=$?
	[ "$status" -eq 137 ]
	quick 1 delete -f "$ID"
	[[ $output == *"1 process(es) left: "*ETIMEDOUT* ]]
	release
	quick 0 delete -f "$ID"
}
