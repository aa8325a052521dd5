#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# linux.resources.devices as a program in the kernel: who is denied, who is allowed, after
# an update, and while systemd reloads. The nodes are in the image, so that nothing but
# the rules is in the way.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	need_root 'only root loads filters'
	need_cgroup
	bare
	need_disk
	mknod rootfs/disk b "${DISK%:*}" "${DISK#*:}"
	mknod rootfs/null c 1 3
	mknod rootfs/tty5 c 4 5
	chmod 666 rootfs/disk rootfs/null rootfs/tty5
	# the machine may be a container itself
	run "$ARIL_PROBE" open rootfs/disk
	[[ $output != *=EPERM ]] || skip 'this machine may not open its own disk'
	cfg '.process.capabilities |= with_entries(.value += ["CAP_MKNOD"])'
}

rules() { # JSON: linux.resources.devices
	limits "{ \"devices\": $1 }"
}
disk_rule() { # ACCESS [true|false]: DISK's
	echo "{ \"allow\": ${2:-true}, \"type\": \"b\", \"major\": ${DISK%:*},
		\"minor\": ${DISK#*:}, \"access\": \"$1\" }"
}
none='{ "allow": false, "access": "rwm" }'

inside() { # PROBE-WORD...
	run aril exec "$ID" /probe "$@" </dev/null
	echo "$output"
}
denied() { # PATH [w]
	inside open "$@"
	[[ $output == *=EPERM ]]
}
# Whatever its driver says, it was asked
allowed() {
	inside open "$@"
	[[ $output == *=* && $output != *=EPERM && $output != *=EACCES ]]
}

@test "nothing but the default devices can be opened" {
	rules "[$none]"
	limited
	denied /disk
	denied /tty5
	allowed /null
	allowed /null w
}

@test "without any rule it is the same" {
	only_aril 'crun allows all'
	limited '{}'
	denied /disk
	denied /tty5
	allowed /null
}

@test "a rule allows what it names, and what it says of reading and writing" {
	rules "[$none, $(disk_rule r)]"
	limited
	allowed /disk
	denied /disk w
	denied /tty5
}

@test "the last rule decides" {
	rules "[$none, $(disk_rule rw), $(disk_rule w false)]"
	limited
	allowed /disk
	denied /disk w
	rules "[$(disk_rule rwm), $none]"
	limited
	denied /disk
	rules "[{ \"allow\": true, \"access\": \"rwm\" }, $(disk_rule rwm false)]"
	limited
	denied /disk
	allowed /tty5
}

@test "all of a major number, all of a type, all" {
	rules "[$none, { \"allow\": true, \"type\": \"b\", \"major\": ${DISK%:*},
		\"access\": \"r\" }]"
	limited
	allowed /disk
	denied /tty5
	rules "[$none, { \"allow\": true, \"type\": \"c\", \"access\": \"rw\" }]"
	limited
	denied /disk
	allowed /tty5
	rules '[{ "allow": true, "access": "rwm" }]'
	limited
	allowed /disk
	allowed /tty5
}

@test "every device can be made, and still not be opened" {
	rules "[$none]"
	limited
	inside node /made b "${DISK%:*}" "${DISK#*:}"
	want node=ok
	denied /disk
}

@test "linux.devices gives a node, not the right to open it" {
	mount_add tmpfs tmpfs /dev mode=755
	rules "[$none]"
	cfg ".linux.devices = [{ type: \"b\", path: \"/dev/it\", major: ${DISK%:*},
		minor: ${DISK#*:} }]"
	limited
	denied /dev/it
	rules "[$none, $(disk_rule r)]"
	limited
	allowed /dev/it
}

@test "a cgroup below the container's has the same rules" {
	mount_add sysfs sysfs /sys ro
	mount_add cgroup cgroup /sys/fs/cgroup rw
	rules "[$none]"
	limited
	run aril exec "$ID" /bin/sh -c 'mkdir /sys/fs/cgroup/a &&
		echo 0 >/sys/fs/cgroup/a/cgroup.procs &&
		exec /probe open /disk' </dev/null
	echo "$output"
	[[ $output == *=EPERM ]]
}

@test "update adds a rule behind the others, and leaves them" {
	only_aril 'update has no devices'
	rules "[$none]"
	limited
	denied /disk
	updated --device-cgroup-rule "b $DISK r"
	allowed /disk
	denied /disk w
	denied /tty5
	updated --device-cgroup-rule 'c 4:* rw'
	allowed /disk
	allowed /tty5
	allowed /null
}

@test "update by a document replaces all rules" {
	only_aril 'update has no devices'
	rules "[$none, $(disk_rule rw)]"
	limited
	allowed /disk
	run aril update -r - "$ID" <<<"{ \"devices\": [$none,
		{ \"allow\": true, \"type\": \"c\", \"major\": 4, \"access\": \"rw\" }] }"
	echo "$output"
	[ "$status" -eq 0 ]
	denied /disk
	allowed /tty5
	allowed /null
	# again and again: the kernel takes 64 for one cgroup
	for _ in {1..33}; do
		aril update -r - "$ID" <<<"{ \"devices\": [$none, $(disk_rule r)] }"
		aril update -r - "$ID" <<<"{ \"devices\": [$none] }"
	done
	denied /disk
	denied /tty5
	allowed /null
}

@test "an update of other limits, and one that is refused, leave the rules" {
	need_controller pids
	rules "[$none, $(disk_rule r)]"
	limited
	updated --pids-limit 30
	allowed /disk
	denied /disk w
	only_aril 'update has no devices'
	run aril update -r - "$ID" <<<'{ "devices": [{ "allow": true, "type": "x",
		"access": "rwm" }] }'
	[ "$status" -eq 1 ]
	update --device-cgroup-rule 'c 4:5 x'
	fails device-cgroup-rule
	denied /tty5
	denied /disk w
}

# --- systemd ---------------------------------------------------------------------------

# These take longer than others
export BATS_TEST_TIMEOUT=120

reloads() {
	need_systemd
	need_throwaway
}

@test "rules are the same after a daemon-reload and a daemon-reexec" {
	local what
	reloads
	rules "[$none, $(disk_rule r)]"
	limited
	for what in daemon-reload daemon-reexec; do
		systemctl "$what"
		allowed /disk
		denied /disk w
		denied /tty5
		allowed /null
	done
	# systemd applies the unit again
	systemctl set-property --runtime "$UNIT" TasksMax=50
	denied /disk w
	allowed /disk
}

@test "rules that a container got while it ran survive a daemon-reload" {
	reloads
	only_aril 'update has no devices'
	rules "[$none]"
	limited
	updated --device-cgroup-rule "b $DISK r"
	allowed /disk
	systemctl daemon-reload
	allowed /disk
	denied /disk w
	updated --device-cgroup-rule 'c 4:5 rw'
	allowed /tty5
	allowed /disk
	run aril update -r - "$ID" <<<"{ \"devices\": [$none] }"
	[ "$status" -eq 0 ]
	systemctl daemon-reexec
	denied /disk
	denied /tty5
	allowed /null
}

@test "while systemd reloads there is no moment in which a denied device opens" {
	local i pids=()
	reloads
	rules "[$none]"
	limited
	for i in disk null; do
		"$ARIL" --root "$STATE" "${manager[@]}" exec "$ID" /probe hammer "/$i" \
			/tell/stop </dev/null >"$T/hammer.$i" 2>&1 3>&- &
		pids+=($!)
	done
	for ((i = 0; i < 8; i++)); do
		systemctl daemon-reload
	done
	systemctl daemon-reexec
	if is_aril; then
		for ((i = 0; i < 8; i++)); do
			aril update --device-cgroup-rule 'c 4:5 r' "$ID"
			systemctl set-property --runtime "$UNIT" TasksMax=$((50 + i))
		done
	fi
	touch "$T/tell/stop"
	for i in "${pids[@]}"; do
		wait "$i"
	done
	cat "$T/hammer."*
	output=$(<"$T/hammer.disk")
	want opened=0 other=0
	[ "$(value refused)" -gt 1000 ]
	output=$(<"$T/hammer.null")
	want refused=0 other=0
}

@test "a filter goes with its container, and with a create that failed" {
	reloads
	rules "[$none, $(disk_rule r)]"
	limited
	aril delete -f "$ID"
	nothing_left
	rules "[$none]"
	args /no/such/program
	create
	[ "$status" -ne 0 ]
	nothing_left
}
