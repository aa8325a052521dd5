#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# checkpoint and restore: what options of criu's do to a container that needs them, and
# what is said without them. What criu is asked for is in criu_options.bats.
# shellcheck disable=SC2030,SC2031 # tests are subshells

load ../lib/bundle.bash
load ../lib/checkpoint.bash

there_with() { # OPTION...
	checkpoint "$@"
	[ "$status" -eq 0 ]
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	restore "$@"
	[ "$status" -eq 0 ]
	goes_on
	complete
}

@test "--file-locks: a lock is an error without it, and held again with it" {
	need_criu
	counting lock
	counts
	checkpoint
	fails 'checkpoint: criu: ' 'lock'
	goes_on
	rm -rf "$IMAGES"
	there_with --file-locks
	run ! flock --nonblock "$COUNT.lock" true
	aril kill "$ID" KILL
	ended
	flock --nonblock "$COUNT.lock" true
}

@test "--link-remap: a file whose name was removed, but that has another one" {
	need_criu
	counting moved
	counts
	checkpoint
	fails 'checkpoint: criu: ' 'link'
	goes_on
	rm -rf "$IMAGES"
	checkpoint --link-remap
	[ "$status" -eq 0 ]
	aril delete "$ID"
	restore
	[ "$status" -eq 0 ]
	goes_on
	complete
	# it is still the file of that other name
	awk -F= '$2 != NR { exit 1 }' "$COUNT.kept"
	[ "$(wc -l <"$COUNT.kept")" -gt 20 ]
	[ -z "$(find "$T/tell" -name 'link_remap.*')" ]
}

@test "a file without any name is in the images" {
	need_criu
	counting removed
	counts
	there_with
	[ ! -e "$COUNT.removed" ]
}

@test "--ext-unix-sk: a datagram socket whose other end is outside" {
	need_criu
	COUNT=/run/aril-$BATS_SUITE_TEST_NUMBER/count
	mkdir "${COUNT%/*}"
	# the kernel knows the other end by the path that it was bound to
	"$ARIL_PROBE" manager "$COUNT.socket" "$T/listens" 30000 >"$T/datagrams" \
		2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/listens" 5000
	cfg '.linux.sysctl |= with_entries(select(.key | startswith("net.") | not))'
	mount_drop /sys
	bind "${COUNT%/*}" "${COUNT%/*}" rw
	args /probe count "$COUNT" datagrams
	counts --net host
	checkpoint
	fails 'checkpoint: criu: '
	goes_on
	rm -rf "$IMAGES"
	there_with --ext-unix-sk
	last=$(numbers)
	until grep -q "^datagram=n=$((last + 5))" "$T/datagrams"; do
		kill -0 "${children[0]}"
		sleep 0.01
	done
	aril delete -f "$ID"
	rm -r "${COUNT%/*}"
}

@test "--manage-cgroups-mode: full goes the whole way, strict cannot be restored" {
	need_criu
	counting
	counts
	there_with --manage-cgroups-mode full
	grep -q "$ID" "/proc/$(pid)/cgroup"
	# the container's own cgroup is made before criu's turn, which strict forbids
	IMAGES=$T/images-strict
	checkpoint --manage-cgroups-mode strict
	[ "$status" -eq 0 ]
	aril delete "$ID"
	restore --manage-cgroups-mode strict
	refused 'restore: criu: ' 'existing cgroups'
	restore
	[ "$status" -eq 0 ]
	goes_on
	complete
}

@test "--lsm-profile for a security module that is not on: criu says so" {
	need_criu
	! grep -q . /sys/kernel/security/lsm 2>/dev/null ||
		! grep -q selinux /sys/kernel/security/lsm || skip 'SELinux is on'
	counting
	counts
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
	restore --lsm-profile selinux:u:r:t:s0
	refused 'restore: criu: '
}

@test "a container with an AppArmor profile is saved and has it again" {
	[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] ||
		skip 'this kernel has no AppArmor'
	need_criu
	cfg '.process.apparmorProfile = "unconfined"'
	counting
	counts
	there_and_back
	[[ $(cat "/proc/$(pid)/attr/current") == *unconfined* ]]
	complete
}
