#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# linux.intelRdt: groups of the resctrl file system. Machines with the hardware are rare,
# so it is one of the probe's, which keeps to the kernel's rules (FUSE).
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'looks elsewhere'
	R=$T/resctrl
	mkdir "$R"
}

# A resctrl file system at $R, for the runtime only
serve() {
	need_root 'needs root to mount it'
	[ -c /dev/fuse ] || skip 'there is no /dev/fuse'
	"$ARIL_PROBE" resctrl "$R" "$T/ready" </dev/null >"$T/resctrl.log" 2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/ready" 5000 || {
		cat "$T/resctrl.log"
		skip 'FUSE cannot be mounted here'
	}
	leaks_before
	export ARIL_RESCTRL=$R
}
undo() {
	# its other end is gone
	umount -l "$R" 2>/dev/null || true
}

rdt() { # JSON
	cfg '.linux.intelRdt = $r' --argjson r "$1"
}
# The groups that there are, and monitoring groups
groups() {
	(cd "$R" && find . -mindepth 1 -name tasks -path './*/*' ! -path '*/mon_data/*' |
		sed 's|/tasks$||; s|^\./||' | sort | tr '\n' ' ')
}
schemata() { # GROUP: as one line, without blanks
	tr -d ' ' <"$R/$1/schemata" | tr '\n' ' '
}
tasks() { # GROUP
	tr '\n' ' ' <"$R/$1/tasks"
}

# --- create ----------------------------------------------------------------------------

@test "without a closID the group has the container's name" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=ff0", "memBwSchema": "MB:1=20" }'
	running
	[ "$(groups)" = "$ID " ]
	[ "$(schemata "$ID")" = 'MB:0=100;1=20 L3:0=ff0;1=fff ' ]
	[ "$(tasks "$ID")" = "$(pid) " ]
	aril delete -f "$ID"
	[ -z "$(groups)" ]
}

@test "an empty object makes a group, too" {
	serve
	rdt '{}'
	created
	[ "$(groups)" = "$ID " ]
	[ "$(schemata "$ID")" = 'MB:0=100;1=100 L3:0=fff;1=fff ' ]
}

@test "the process is there before the program runs, and with an own middle process" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=1" }'
	created --pid-file "$T/pid"
	[ "$(tasks "$ID")" = "$(pid) " ]
	aril delete -f "$ID"
	cfg '.linux.namespaces += [{ type: "time" }] |
		.linux.timeOffsets = { monotonic: { secs: 1 } }'
	created --pid-file "$T/pid"
	[ "$(tasks "$ID")" = "$(pid) " ]
}

@test "schemata are written last, and win" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=f;1=f", "schemata": ["L3:1=7", "MB:0=50"] }'
	created
	[ "$(schemata "$ID")" = 'MB:0=50;1=100 L3:0=f;1=7 ' ]
}

@test "a bandwidth in l3CacheSchema gives way to memBwSchema" {
	serve
	rdt '{ "l3CacheSchema": "MB:0=10", "memBwSchema": "MB:1=30" }'
	created
	[ "$(schemata "$ID")" = 'MB:0=100;1=30 L3:0=fff;1=fff ' ]
}

@test "a closID with a schema is made, and removed with its container" {
	serve
	rdt '{ "closID": "gold", "l3CacheSchema": "L3:0=f0" }'
	running
	[ "$(groups)" = 'gold ' ]
	[ "$(tasks gold)" = "$(pid) " ]
	aril delete -f "$ID"
	[ -z "$(groups)" ]
}

@test "a closID without a schema must be there, and stays" {
	serve
	rdt '{ "closID": "gold" }'
	create
	fails 'linux.intelRdt: open the group "gold": ENOENT'
	[ -z "$(groups)" ]
	nothing_left
	mkdir "$R/gold"
	echo 'L3:0=3' >"$R/gold/schemata"
	running
	[ "$(tasks gold)" = "$(pid) " ]
	[ "$(schemata gold)" = 'MB:0=100;1=100 L3:0=3;1=fff ' ]
	aril delete -f "$ID"
	[ "$(groups)" = 'gold ' ]
}

@test "a closID that is there must agree with the schemas" {
	serve
	mkdir "$R/gold"
	echo 'L3:0=3' >"$R/gold/schemata"
	rdt '{ "closID": "gold", "l3CacheSchema": "L3:0=003;1=FFF",
		"memBwSchema": "MB:0=100" }'
	running
	[ "$(tasks gold)" = "$(pid) " ]
	aril delete -f "$ID"
	rdt '{ "closID": "gold", "l3CacheSchema": "L3:0=7" }'
	create
	fails 'the group "gold" is there, and does not have the schema "L3:0=7"'
	nothing_left
	rdt '{ "closID": "gold", "memBwSchema": "MB:0=50" }'
	create
	fails 'does not have the schema "MB:0=50"'
	[ "$(groups)" = 'gold ' ]
	[ "$(schemata gold)" = 'MB:0=100;1=100 L3:0=3;1=fff ' ]
}

@test "closID / is the root group" {
	serve
	rdt '{ "closID": "/" }'
	running
	[ -z "$(groups)" ]
	grep -qx "$(pid)" "$R/tasks"
	aril delete -f "$ID"
	rdt '{ "closID": "/", "l3CacheSchema": "L3:0=1" }'
	create
	fails 'the group "/" is there, and does not have the schema "L3:0=1"'
	[ -d "$R/info" ]
}

@test "enableMonitoring: a group that is counted apart" {
	serve
	rdt '{ "enableMonitoring": true }'
	running
	[ "$(groups)" = "$ID $ID/mon_groups/$ID " ]
	[ "$(tasks "$ID")" = "$(pid) " ]
	[ "$(tasks "$ID/mon_groups/$ID")" = "$(pid) " ]
	aril delete -f "$ID"
	[ -z "$(groups)" ]
	mkdir "$R/gold"
	rdt '{ "closID": "gold", "enableMonitoring": true }'
	running
	[ "$(groups)" = "gold gold/mon_groups/$ID " ]
	aril delete -f "$ID"
	[ "$(groups)" = 'gold ' ]
	rdt '{ "closID": "/", "enableMonitoring": true }'
	running
	[ -d "$R/mon_groups/$ID" ]
	aril delete -f "$ID"
	[ ! -d "$R/mon_groups/$ID" ]
}

@test "an exec is in the same groups" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=1", "enableMonitoring": true }'
	running
	aril exec -d --pid-file "$T/exec.pid" "$ID" /probe pause </dev/null \
		>/dev/null 2>&1
	grep -qx "$(cat "$T/exec.pid")" "$R/$ID/tasks"
	grep -qx "$(cat "$T/exec.pid")" "$R/$ID/mon_groups/$ID/tasks"
}

@test "run removes its group" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=1", "enableMonitoring": true }'
	probe status
	[ -z "$(groups)" ]
}

@test "without intelRdt nothing is touched" {
	serve
	running
	[ -z "$(groups)" ]
	[ -z "$(tr -d '\n' <"$R/tasks")" ]
}

@test "events: intel_rdt" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=1", "enableMonitoring": true }'
	running
	run aril events --stats "$ID"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(jq -c .data.intel_rdt.l3_cache_info <<<"$output")" = \
		'{"cbm_mask":"fff","min_cbm_bits":1,"num_closids":4}' ]
	[ "$(jq -c .data.intel_rdt.mem_bw_info.bandwidth_gran <<<"$output")" = 10 ]
	[ "$(jq -r .data.intel_rdt.l3_cache_schema <<<"$output")" = 'L3:0=1;1=fff' ]
	[ "$(jq -r .data.intel_rdt.l3_cache_schema_root <<<"$output")" = \
		'L3:0=fff;1=fff' ]
	[[ $(jq -r .data.intel_rdt.mem_bw_schema <<<"$output") == MB:* ]]
	[ "$(jq -c '.data.intel_rdt.mbm_stats | length, .[1]' <<<"$output" |
		tr '\n' ' ')" = '2 {"mbm_total_bytes":3000,"mbm_local_bytes":1000} ' ]
	[ "$(jq -c '[.data.intel_rdt.cmt_stats[].llc_occupancy]' <<<"$output")" = \
		'[8192,4096]' ]
	aril delete -f "$ID"
	cfg 'del(.linux.intelRdt)'
	running
	aril events --stats "$ID" | jq -e '.data.intel_rdt == null'
}

# --- failures --------------------------------------------------------------------------

@test "a schema that the kernel refuses: its reason, and nothing is left" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=1111" }'
	create
	fails 'linux.intelRdt: write "L3:0=1111" to the schemata of' \
		'(Mask out of range): EINVAL'
	[ -z "$(groups)" ]
	nothing_left
	rdt '{ "schemata": ["L9:0=1"], "enableMonitoring": true }'
	create
	fails '(Unknown or unsupported resource name): EINVAL'
	[ -z "$(groups)" ]
}

@test "no more classes" {
	serve
	mkdir "$R/a" "$R/b" "$R/c"
	rdt '{}'
	create
	fails "linux.intelRdt: make the group \"$ID\" (Out of CLOSIDs): ENOSPC"
	nothing_left
	[ "$(groups)" = 'a b c ' ]
}

@test "a later step that fails: the group goes, and one that was there is as before" {
	serve
	rdt '{ "l3CacheSchema": "L3:0=1", "enableMonitoring": true }'
	args /no/such/program
	create
	fails '/no/such/program'
	[ -z "$(groups)" ]
	mkdir "$R/gold"
	rdt '{ "closID": "gold", "schemata": ["L3:0=1"], "enableMonitoring": true }'
	create
	fails '/no/such/program'
	[ "$(groups)" = 'gold ' ]
	[ "$(schemata gold)" = 'MB:0=100;1=100 L3:0=fff;1=fff ' ]
	args /probe pause
	created
	[ "$(schemata gold)" = 'MB:0=100;1=100 L3:0=1;1=fff ' ]
}

@test "delete, when somebody has removed the group, or the file system" {
	serve
	rdt '{ "enableMonitoring": true }'
	running
	rmdir "$R/$ID"
	aril delete -f "$ID"
	running
	umount "$R"
	aril delete -f "$ID"
}

@test "the file system is not mounted" {
	unset ARIL_RESCTRL
	! grep -q ' - resctrl ' /proc/self/mountinfo || skip 'it is'
	rdt '{}'
	create_refused 'linux.intelRdt: the resctrl file system is not mounted' \
		'mount -t resctrl'
}

@test "an ordinary user may not make a group" {
	need_user
	export ARIL_RESCTRL=/sys/fs
	rdt '{}'
	create_refused 'linux.intelRdt: make the group'
}

@test "names and schemas that are none" {
	rdt '{ "closID": "../x" }'
	create_refused 'linux.intelRdt.closID: is not the name'
	rdt '{ "closID": "info" }'
	create_refused 'linux.intelRdt.closID: is not the name'
	rdt '{ "memBwSchema": "L3:0=1" }'
	create_refused 'linux.intelRdt.memBwSchema: does not begin with "MB:"'
	rdt '{ "l3CacheSchema": "L3:0=1\nMB:0=1" }'
	create_refused 'linux.intelRdt.l3CacheSchema: has a newline'
	rdt '{ "schemata": ["L3:0=1", "a\nb"] }'
	create_refused 'linux.intelRdt.schemata[1]: has a newline'
}

# --- update ----------------------------------------------------------------------------

@test "update: schemata of the container's group" {
	serve
	rdt '{ "closID": "gold", "l3CacheSchema": "L3:0=f0" }'
	running
	aril update --l3-cache-schema 'L3:0=1' "$ID"
	[ "$(schemata gold)" = 'MB:0=100;1=100 L3:0=1;1=fff ' ]
	aril update --l3-cache-schema 'L3:1=2' --mem-bw-schema 'MB:0=30' "$ID"
	[ "$(schemata gold)" = 'MB:0=30;1=100 L3:0=1;1=2 ' ]
	run aril update --mem-bw-schema 'MB:0=300' "$ID"
	fails 'write "MB:0=300" to the schemata of "gold"' \
		'(MB value exceeds maximum): EINVAL'
	[ "$(schemata gold)" = 'MB:0=30;1=100 L3:0=1;1=2 ' ]
	run aril update --mem-bw-schema 'L3:0=3' "$ID"
	fails 'option --mem-bw-schema: "L3:0=3" does not begin with "MB:"'
	run aril update --l3-cache-schema $'L3:0=3\nMB:0=1' "$ID"
	fails 'option --l3-cache-schema: has a newline'
}

@test "update: a container without a group gets one, with all its processes" {
	serve
	running
	aril exec -d --pid-file "$T/exec.pid" "$ID" /probe pause </dev/null \
		>/dev/null 2>&1
	run aril update --l3-cache-schema 'L3:0=1111' "$ID"
	fails '(Mask out of range): EINVAL'
	[ -z "$(groups)" ]
	aril update --l3-cache-schema 'L3:0=1' "$ID"
	[ "$(schemata "$ID")" = 'MB:0=100;1=100 L3:0=1;1=fff ' ]
	grep -qx "$(pid)" "$R/$ID/tasks"
	grep -qx "$(cat "$T/exec.pid")" "$R/$ID/tasks"
	aril delete -f "$ID"
	[ -z "$(groups)" ]
}
