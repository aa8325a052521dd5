#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A container that works against the runtime from its own part of the cgroup tree, and
# names that were another's. Each of these hung, or killed somebody, in a draft.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	bare
}

undo() {
	[ ! -e "${frozen:-/nowhere}" ] || echo 0 >"$frozen"
}

# The runtime, with another directory of state
elsewhere() { # ARG...
	STATE=$T/elsewhere aril "$@"
}

@test "exec where the container has frozen its init ends in time" {
	need_root 'the container needs a tree to write to'
	need_controller pids
	only_aril 'others wait for ever'
	mount_add sysfs sysfs /sys ro nosuid noexec nodev
	mount_add cgroup cgroup /sys/fs/cgroup rw nosuid noexec nodev relatime
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /bin/sh -ec 'cd /sys/fs/cgroup; mkdir init; echo 0 >init/cgroup.procs
		echo +pids >cgroup.subtree_control; exec /probe pause /tell/ready'
	created --pid-file "$T/pid"
	start
	"$ARIL_PROBE" wait-file "$T/tell/ready" 5000
	place
	frozen=$CG/cgroup.freeze
	echo 1 >"$frozen"
	BEFORE=$EPOCHSECONDS
	run aril exec "$ID" /bin/true </dev/null
	echo "$output"
	[ "$status" -eq 255 ]
	[ $((EPOCHSECONDS - BEFORE)) -lt 19 ]
	[[ $output == *'wait for '* || $output == *'ETIMEDOUT'* ]]
	[ "$(wc -w <"$CG/cgroup.procs")" -eq 1 ]
	aril delete -f "$ID"
}

@test "delete of a stopped container leaves a later one with its cgroup alone" {
	need_cgroup
	is_root || need_systemd # an ordinary user cannot mark a cgroup that stays
	only_aril 'others go by the name'
	mkdir "$T/elsewhere"
	limited '{}'
	kill -KILL "$(pid)"
	ended "$(pid)"
	rm -f "$T/pid"
	if [ "$DRIVER" = systemd ]; then
		sysctl_unit stop "$UNIT" 2>/dev/null || :
	fi
	elsewhere run -d --pid-file "$T/pid" "$ID" </dev/null >"$T/out" 2>&1
	run aril kill --all "$ID" KILL
	echo "$output"
	aril delete "$ID"
	run elsewhere state "$ID"
	echo "$output"
	[[ $output == *'"status": "running"'* ]]
	elsewhere delete -f "$ID"
	[ ! -d "$CG" ] || rmdir "$CG"
}

@test "many cgroups of a container are no obstacle to ps, kill, pause and delete" {
	need_root 'the container needs a tree to write to'
	need_cgroup
	mount_add sysfs sysfs /sys ro nosuid noexec nodev
	mount_add cgroup cgroup /sys/fs/cgroup rw nosuid noexec nodev relatime
	limited '{}'
	(cd "$CG" && for ((i = 0; i < 200; i++)); do echo "many$i"; done | xargs mkdir)
	run aril ps -f json "$ID"
	[ "$output" = "[$(pid)]" ]
	aril pause "$ID"
	aril resume "$ID"
	aril kill --all "$ID" KILL
	ended "$(pid)"
	aril delete "$ID"
	[ ! -d "$CG" ]
}

@test "a slice that somebody else has is not taken over" {
	need_systemd
	need_throwaway
	only_aril 'others stop it'
	systemd-run --quiet --slice=aril-victim.slice --unit=aril-victim sleep 1000
	cfg '.linux.cgroupsPath = "::aril-victim.slice"'
	create
	echo "$output"
	[ "$status" -eq 1 ]
	aril delete -f "$ID"
	[ "$(systemctl is-active aril-victim.service)" = active ]
	systemctl stop aril-victim.service aril-victim.slice
}
