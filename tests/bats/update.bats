#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# update: what is refused and with which words, and rules for devices, which need no
# controller. What each limit does is in cgroups*.bats.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'has other words'
}

update() { # [OPTION...]: $status, $output; limits on stdin are in $T/limits
	run aril update "$@" "$ID" <"$T/limits"
	echo "$output"
}
limits() { # JSON
	printf %s "$1" >"$T/limits"
}
updated() { # [OPTION...]
	update "$@"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

# /dev/kmsg is a device that containers do not have, and that opening does nothing to;
# the kernel may ask for CAP_SYSLOG to read it
KMSG='c 1:11'
have_kmsg() {
	need_root 'a user namespace cannot make devices'
	[ -n "$(tree)" ] || skip 'there is no cgroup2 tree'
	[ -w /dev/kmsg ] || skip '/dev/kmsg is not there'
	limits '{}'
	cfg '.linux.devices += [{ type: "c", path: "/dev/kmsg", major: 1, minor: 11 }]
		| .process.capabilities[] += ["CAP_SYSLOG"]'
}
with_kmsg() {
	have_kmsg
	running
	kmsg EPERM EPERM
}
# What is said when the container opens it to read, and to write
kmsg() { # OUTCOME OUTCOME
	run aril exec "$ID" /probe open /dev/kmsg </dev/null
	echo "to read: $output"
	want "open./dev/kmsg=$1"
	run aril exec "$ID" /probe open /dev/kmsg w , open /dev/null w </dev/null
	echo "to write: $output"
	want "open./dev/kmsg=$2" open./dev/null=ok
}
kmsg_rules() { # JSON
	limits "{ \"devices\": $1 }"
	updated --resources=-
}

tree() {
	awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts
}
# A controller that cannot be had here
no_controller() { # NAME
	if [ -n "$(tree)" ] && grep -qw "$1" "$(tree)/cgroup.controllers"; then
		skip "the tree has the controller $1"
	fi
}
# A container without a cgroup, whoever runs it
without_cgroup() {
	limits '{}'
	cfg '.linux.resources.devices = [{ allow: true, access: "rwm" }]'
	args /probe pause
	aril --cgroup-manager disabled create -b "$B" "$ID" </dev/null >"$T/out" 2>&1
}

# --- which container -------------------------------------------------------------------

@test "no container, a stopped one, one that was only created" {
	limits '{}'
	update --memory 1g
	fails 'container does not exist'
	args /probe exit 0
	created --pid-file "$T/pid"
	updated --resources -
	start
	ended
	update --resources -
	fails 'container not running'
	update --pids-limit 5
	fails 'container not running'
}

@test "without anything to change" {
	limits '{}'
	running
	updated
	updated --resources=-
	updated --resources "$T/limits"
	[ "$(status_of)" = running ]
	update one-word-too-many
	fails 'takes at most 1 argument'
}

# --- what it reads ---------------------------------------------------------------------

@test "options: each mistake names the option" {
	limits '{}'
	running
	update --memory 1x
	fails 'option --memory takes a size like 512m, or -1 for no limit, not "1x"'
	update --memory-swap=-2
	fails 'option --memory-swap takes a size'
	update --memory 0
	fails 'option --memory takes a size'
	update --cpu-quota 1e3
	fails 'option --cpu-quota takes a whole number above 0, or -1'
	update --cpu-share -1
	fails 'option --cpu-share takes a whole number above 0, not "-1"'
	update --cpuset-cpus one
	fails 'option --cpuset-cpus takes a list like 0-3,7'
	update --device-cgroup-rule 'c 1:2'
	fails 'option --device-cgroup-rule takes a rule like c 10:200 rwm, not "c 1:2"'
	update --memroy 1g
	fails 'did you mean "--memory"?'
	update --resources - --memory 1g
	fails 'options --resources and --memory exclude each other'
}

@test "--resources: a larger document is not taken for one without limits" {
	only_aril 'others change nothing'
	running
	jq '.linux + { resources: {} }' config.json >"$T/linux"
	for document in config.json "$T/linux"; do
		run aril update -r "$document" "$ID" </dev/null
		echo "$output"
		[ "$status" -eq 1 ]
		[[ $output == *'the object linux.resources alone is wanted'* ]]
	done
}

@test "--resources: each mistake has its place" {
	running
	limits '{ "memory": { "limit": "much" } }'
	update --resources=-
	fails 'standard input: memory.limit: '
	update -r "$T/limits"
	fails "$T/limits: memory.limit: "
	limits '{ "memory": '
	update --resources -
	fails 'standard input: ' 'line 1'
	limits ''
	update --resources -
	fails 'standard input: '
	update --resources "$T/none"
	fails "open $T/none: ENOENT"
	[[ $output != *'no such file'* ]]
	limits '{ "memory": { "limit": -5 }, "cpu": { "idle": 7 } }'
	update --resources -
	fails 'linux.resources.memory.limit: -5 is below -1' \
		'linux.resources.cpu.idle: 7 is not 0 or 1'
	limits '{ "unified": { "../memory.max": "1" } }'
	update --resources -
	fails 'linux.resources.unified: ' 'must be a file name'
	limits '{ "devices": [{ "allow": true, "type": "x" }] }'
	update --resources -
	fails 'linux.resources.devices[0].type: unknown word "x"'
}

@test "limits from a pipe" {
	running
	limits '{}'
	run aril update --resources <(echo '{ "cpu": { "idle": 9 } }') "$ID"
	fails 'linux.resources.cpu.idle'
	run aril update --resources <(echo '{}') "$ID"
	[ "$status" -eq 0 ]
}

@test "what cgroup v2 has not: a warning, and with --strict an error" {
	limits '{}'
	running
	run aril --log-level warning --log "$T/log" update --kernel-memory 50m \
		--kernel-memory-tcp=-1 --cpu-rt-runtime 1000 --cpu-rt-period 5000 "$ID"
	echo "$output"
	[ "$status" -eq 0 ]
	cat "$T/log"
	grep -q 'level=warning.*linux.resources.memory.kernel: ' "$T/log"
	grep -q 'level=warning.*linux.resources.cpu.realtimeRuntime: ' "$T/log"
	grep -q 'level=warning.*linux.resources.cpu.realtimePeriod: ' "$T/log"
	updated --kernel-memory 50m
	run aril --strict update --kernel-memory 50m "$ID"
	fails 'linux.resources.memory.kernel: '
}

# --- where nothing can be limited ------------------------------------------------------

@test "a container without a cgroup: an error that says why, unless nothing is limited" {
	without_cgroup
	updated --resources=-
	updated --memory -1 --memory-swap=-1 --pids-limit=-1
	update --memory 1g
	fails 'linux.resources.memory.limit: the container has no cgroup of its own: ' \
		'--cgroup-manager'
	update --device-cgroup-rule 'c 1:11 r'
	fails 'linux.resources.devices: the container has no cgroup of its own: '
	# an engine repeats what it said at create
	limits '{ "devices": [{ "allow": true, "type": "a", "major": -1 }] }'
	updated --resources=-
	limits '{ "devices": [{ "allow": false }] }'
	update --resources=-
	fails 'linux.resources.devices: '
	aril start "$ID"
}

@test "a controller that the tree has not is named; nothing is changed then" {
	no_controller memory
	with_kmsg
	update --memory 1g --device-cgroup-rule "$KMSG rw"
	fails 'memory.limit' 'memory' 'controller'
	kmsg EPERM EPERM
	limits '{ "unified": { "memory.high": "max" } }'
	update --resources -
	fails 'memory.high'
	limits '{ "memory": { "limit": 4096, "swap": 4095 } }'
	update --resources -
	fails 'linux.resources.memory.swap'
}

@test "huge pages: the file has the limit" {
	local dir size
	need_root 'needs a cgroup'
	[ -n "$(tree)" ] || skip 'there is no cgroup2 tree'
	grep -qw hugetlb "$(tree)/cgroup.controllers" ||
		skip 'the controller hugetlb is not passed down to the tests'
	limits '{}'
	running
	dir=$(tree)$(sed -n 's/^0:://p' "/proc/$(pid)/cgroup")
	size=$(printf '%s\n' "$dir"/hugetlb.*.max | sed -n '1s/.*hugetlb\.//p')
	size=${size%%.*}
	jq -nc --arg s "$size" '{ hugepageLimits: [
		{ pageSize: $s, limit: 1073741824 }] }' >"$T/limits"
	updated --resources=-
	[ "$(cat "$dir/hugetlb.$size.max")" = 1073741824 ]
	limits '{ "hugepageLimits": [{ "pageSize": "3MB", "limit": 1 }] }'
	update --resources=-
	fails 'linux.resources.hugepageLimits[0]' 3MB
	[ "$(cat "$dir/hugetlb.$size.max")" = 1073741824 ]
}

# --- rules for devices -----------------------------------------------------------------

@test "--device-cgroup-rule allows a device while the container runs" {
	with_kmsg
	updated --device-cgroup-rule "$KMSG w"
	kmsg EPERM ok
	updated --device-cgroup-rule "$KMSG r"
	kmsg ok ok
	[ "$(status_of)" = running ]
}

@test "several rules, any number" {
	with_kmsg
	updated --device-cgroup-rule 'b 7:0 rwm' --device-cgroup-rule='c 1:* w'
	kmsg EPERM ok
	updated --device-cgroup-rule='a *:* rwm'
	kmsg ok ok
}

@test "--resources: rules take the place of those before" {
	with_kmsg
	updated --device-cgroup-rule "$KMSG rw"
	kmsg_rules '[{ "allow": true, "type": "c", "major": 1, "minor": 11,
		"access": "w" }]'
	kmsg EPERM ok
	kmsg_rules '[{ "allow": true, "access": "rwm" }, { "allow": false, "type": "c",
		"major": 1, "minor": 11, "access": "w" }]'
	kmsg ok EPERM
	updated --device-cgroup-rule 'c 1:11 w'
	kmsg ok ok
	# without rules they stay
	limits '{ "cpu": {} }'
	updated --resources=-
	limits '{ "devices": [] }'
	updated --resources=-
	kmsg ok ok
	kmsg_rules '[{ "allow": false, "access": "rwm" }]'
	kmsg EPERM EPERM
	# what went before is forgotten
	updated --device-cgroup-rule "$KMSG r"
	kmsg ok EPERM
}

@test "rules of the document at create are the base, whatever the bundle says now" {
	have_kmsg
	cfg '.linux.resources.devices += [{ allow: true, type: "c", major: 1, minor: 11,
		access: "w" }]'
	running
	kmsg EPERM ok
	cfg '.linux.resources.devices = []'
	updated --device-cgroup-rule 'c 10:200 rwm'
	kmsg EPERM ok
	updated --device-cgroup-rule "$KMSG r"
	kmsg ok ok
}

@test "rules for a container that was only created" {
	have_kmsg
	args /probe open /dev/kmsg w
	created --pid-file "$T/pid"
	updated --device-cgroup-rule "$KMSG w"
	start
	ended
	grep -qx open./dev/kmsg=ok "$T/out"
}

@test "rules without end: no program is left behind" {
	local i
	with_kmsg
	# the kernel attaches 64 to one cgroup
	for ((i = 0; i < 66; i++)); do
		updated --device-cgroup-rule "c 10:$i r"
	done
	kmsg EPERM EPERM
	updated --device-cgroup-rule "$KMSG rw"
	kmsg ok ok
}

@test "more rules than a program can hold: refused, the old ones stay" {
	with_kmsg
	updated --device-cgroup-rule "$KMSG w"
	jq -nc '{ devices: [range(1100) | { allow: true, type: "c", major: 1, minor: .,
		access: "r" }] }' >"$T/limits"
	update --resources=-
	fails 'linux.resources.devices: more than'
	kmsg EPERM ok
	updated --device-cgroup-rule "$KMSG r"
	kmsg ok ok
}

@test "updates at the same time: all rules are there" {
	local i waiting=()
	with_kmsg
	for ((i = 0; i < 8; i++)); do
		aril update --device-cgroup-rule "c 20$i:1 r" "$ID" </dev/null \
			>"$T/update.$i" 2>&1 &
		waiting+=($!)
	done
	for i in "${waiting[@]}"; do
		wait "$i"
	done
	for ((i = 0; i < 8; i++)); do
		grep -q "\"major\":20$i,"  "$STATE/$ID/state.json"
	done
	kmsg EPERM EPERM
}

@test "the same rules again, where they cannot be changed" {
	need_user
	cfg '.linux.resources.devices = [{ allow: false, access: "rwm" }, { allow: true,
		type: "c", major: 10, minor: 200, access: "rwm" }]'
	limits '{ "devices": [{ "allow": false }, { "allow": true, "type": "c",
		"major": 10, "minor": 200 }], "memory": { "limit": 0, "swap": 0 } }'
	running
	updated --resources=-
}
