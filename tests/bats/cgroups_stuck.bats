#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Containers with a process that the kernel does not let go: it writes to a file system
# that is frozen (fsfreeze), and waits uninterruptibly. Every verb ends in time, says
# which process it is, and leaves what it found.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	need_throwaway
	need_cgroup
	need mkfs.ext4
	need losetup
	only_aril 'waits for ever, or says nothing'
	modprobe loop 2>/dev/null || :
	[ -e /dev/loop-control ] || skip 'the kernel has no loop devices'
	bare
	truncate -s 16M "$T/disk"
	mkfs.ext4 -q "$T/disk"
	mkdir "$T/mnt"
	mount -o loop "$T/disk" "$T/mnt"
	leaks_mounts >"$T/mounts.before"
	bind "$T/mnt" /mnt
}

thaw() {
	[ ! -e "$T/frozen" ] || { rm "$T/frozen" && fsfreeze -u "$T/mnt"; }
}
release() {
	thaw
}
undo() {
	! mountpoint -q "$T/mnt" || umount "$T/mnt"
}

# A container with such a process; its pid is $stuck
stuck() {
	local i state
	limited '{}'
	fsfreeze -f "$T/mnt"
	touch "$T/frozen"
	aril exec --pid-file "$T/exec.pid" -d "$ID" /probe create /mnt/file </dev/null \
		>"$T/out" 2>&1
	stuck=$(<"$T/exec.pid")
	for ((i = 0; i < 100; i++)); do
		read -r _ _ state _ <"/proc/$stuck/stat"
		[ "$state" != D ] || return 0
		window 50
	done
	echo "it is in state $state"
	return 1
}

# A pause that waits; its pid is $pid
pausing() {
	local i
	"$ARIL" --root "$STATE" "${manager[@]}" pause "$ID" >"$T/err" 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 100; i++)); do
		[ "$(<"$CG/cgroup.freeze")" = 0 ] || return 0
		window 20
	done
	return 1
}

# A verb that does not wait for the process, and names it
late() { # VERB ARG...
	SECONDS=0
	run aril "$@"
	echo "$output"
	[ "$SECONDS" -le 15 ]
	fails "$stuck"
}

@test "delete -f ends in time and names the process; after it can go on, all is gone" {
	stuck
	late delete -f "$ID"
	[ -d "$CG" ]
	[ -d "$STATE/$ID" ]
	thaw
	ended "$stuck"
	aril delete -f "$ID"
	[ ! -e "$CG" ]
	nothing_left
}

@test "kill KILL returns at once, and the container stays until it is deleted" {
	stuck
	SECONDS=0
	aril kill --all "$ID" KILL
	[ "$SECONDS" -le 3 ]
	run aril delete "$ID"
	echo "$output"
	[ "$status" -ne 0 ]
	[ -d "$CG" ]
	thaw
	ended "$stuck"
	aril delete -f "$ID"
	nothing_left
}

@test "pause gives up in time, names the process, and leaves nothing frozen" {
	stuck
	SECONDS=0
	run aril pause "$ID"
	echo "$output"
	[ "$SECONDS" -le 15 ]
	fails "$stuck"
	holds cgroup.freeze 0
	holds_line cgroup.events 'frozen 0'
	[ "$(status_of)" = running ]
	run aril exec "$ID" /probe say hello </dev/null
	want hello
	thaw
}

@test "a signal that ends pause leaves nothing frozen" {
	local sig pid
	stuck
	for sig in TERM INT HUP; do
		pausing
		# the background of a script ignores INT
		[ "$sig" != INT ] || kill -TERM "$pid"
		kill -"$sig" "$pid" 2>/dev/null || :
		"$ARIL_PROBE" wait-pid "$pid" 3000
		wait "$pid" && return 1
		holds cgroup.freeze 0
	done
	thaw
}

@test "a pause that was killed is undone by resume" {
	local pid
	stuck
	pausing
	kill -KILL "$pid"
	wait "$pid" || :
	holds cgroup.freeze 1
	aril resume "$ID"
	holds cgroup.freeze 0
	run aril exec "$ID" /probe say hello </dev/null
	want hello
	thaw
}

@test "delete -f of a container without a PID namespace ends in time, too" {
	namespace_drop pid
	stuck
	late delete -f "$ID"
	ended
	thaw
	ended "$stuck"
	aril delete -f "$ID"
	nothing_left
}
