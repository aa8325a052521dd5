#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the kernel keeps of a process for its schedulers and its memory: scheduler,
# ioPriority, execCPUAffinity, memoryPolicy and personality; for the container's process
# and for an exec.
# shellcheck disable=SC2016,SC2154 # jq's variables; those of bundle.bash

load ../lib/bundle.bash

prepare() {
	# the profile of engines denies personality(2) and get_mempolicy(2)
	cfg 'del(.linux.seccomp)'
}

# The caller may do that itself: then so may the container
need_sched() { # CHRT-OPTION...
	need chrt
	chrt "$@" true 2>/dev/null || skip "the kernel refuses chrt $* here"
}
need_numa() {
	[ "$("$ARIL_PROBE" memory-policy | sed -n 's/^mempolicy=//p')" != ENOSYS ] ||
		skip 'the kernel has no NUMA'
}
policy() { # JSON
	cfg '.process.scheduler = $s' --argjson s "$1"
}
inside() { # [OPTION...] ID COMMAND...
	run aril exec "$@" </dev/null
	echo "$output"
}
process_json() { # FILTER: a process for exec
	jq '.process | .args = ["/probe", "sched"] | '"$1" config.json >"$T/process.json"
}

# --- scheduler -------------------------------------------------------------------------

@test "scheduler: SCHED_OTHER with a nice value" {
	policy '{ "policy": "SCHED_OTHER", "nice": 7 }'
	probe sched
	want sched=0 sched.nice=7 sched.flags=0x0
}

@test "scheduler: without a nice value it is 0" {
	need_root 'may not go below'
	policy '{ "policy": "SCHED_OTHER" }'
	args /probe sched
	run nice -n 5 "$ARIL" --root "$STATE" "${manager[@]}" run -b "$B" "$ID" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want sched=0 sched.nice=0
}

@test "scheduler: SCHED_BATCH and SCHED_IDLE" {
	policy '{ "policy": "SCHED_BATCH", "nice": 3 }'
	probe sched
	want sched=3 sched.nice=3
	policy '{ "policy": "SCHED_IDLE" }'
	probe sched
	want sched=5
}

@test "scheduler: flags" {
	policy '{ "policy": "SCHED_BATCH", "flags": ["SCHED_FLAG_RESET_ON_FORK"] }'
	probe sched
	want sched=3 sched.flags=0x1
}

@test "scheduler: SCHED_FIFO and SCHED_RR with a priority" {
	need_root
	need_sched -f 10
	policy '{ "policy": "SCHED_FIFO", "priority": 10 }'
	probe sched
	want sched=1 sched.priority=10
	policy '{ "policy": "SCHED_RR", "priority": 99 }'
	probe sched
	want sched=2 sched.priority=99
}

@test "scheduler: SCHED_DEADLINE" {
	need_root
	need_sched -d -T 10000000 -D 20000000 -P 30000000 0
	policy '{ "policy": "SCHED_DEADLINE", "runtime": 10000000,
		"deadline": 20000000, "period": 30000000 }'
	probe sched
	want sched=6 'sched.times=10000000 20000000 30000000'
}

@test "scheduler: in a user namespace it is the host's root who sets it" {
	need_root
	need_sched -f 10
	policy '{ "policy": "SCHED_FIFO", "priority": 10 }'
	cfg '.linux.namespaces += [{ type: "user" }]
		| .process.ioPriority = { class: "IOPRIO_CLASS_RT", priority: 2 }
		| .linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings'
	bare
	chown -R 100000:100000 rootfs
	probe sched
	want sched=1 sched.priority=10 ioprio=1:2
}

@test "scheduler: more than the caller may have" {
	need_user
	policy '{ "policy": "SCHED_OTHER", "nice": -5 }'
	create_refused 'process.scheduler: set SCHED_OTHER, nice -5' EPERM
}

@test "scheduler: a policy that the kernel does not have" {
	policy '{ "policy": "SCHED_ISO" }'
	create_refused 'process.scheduler: set SCHED_ISO' EINVAL
}

@test "scheduler: words and numbers that are none" {
	only_aril 'has messages of its own'
	policy '{ "policy": "SCHED_FAST" }'
	create_refused 'process.scheduler.policy: unknown word "SCHED_FAST"'
	policy '{ "policy": "SCHED_OTHER", "nice": 20 }'
	create_refused 'process.scheduler.nice: 20'
	policy '{ "policy": "SCHED_RR", "priority": 0 }'
	create_refused 'process.scheduler.priority: 0'
	policy '{ "policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_X"] }'
	create_refused 'process.scheduler.flags[0]: unknown word'
	policy '{ "policy": "SCHED_RR", "priority": 1, "runtime": 5 }'
	create_refused 'process.scheduler: runtime, deadline and period'
}

@test "scheduler: of an exec, its own or that of the container's process" {
	policy '{ "policy": "SCHED_BATCH", "nice": 4 }'
	running
	inside "$ID" /probe sched
	[ "$status" -eq 0 ]
	want sched=3 sched.nice=4
	process_json '.scheduler = { policy: "SCHED_IDLE" }'
	inside --process "$T/process.json" "$ID"
	[ "$status" -eq 0 ]
	want sched=5
	only_aril 'takes nothing from the container'
	process_json 'del(.scheduler)'
	inside --process "$T/process.json" "$ID"
	want sched=3 sched.nice=4
}

@test "scheduler: an exec gets a real-time policy without the capability" {
	need_root
	need_sched -f 10
	running
	process_json '.scheduler = { policy: "SCHED_FIFO", priority: 9 }
		| .ioPriority = { class: "IOPRIO_CLASS_RT", priority: 1 }'
	inside --process "$T/process.json" "$ID"
	[ "$status" -eq 0 ]
	want sched=1 sched.priority=9 ioprio=1:1
}

@test "scheduler: an exec that may not have it leaves nothing" {
	need_user
	running
	process_json '.scheduler = { policy: "SCHED_OTHER", nice: -1 }'
	run aril exec --process "$T/process.json" "$ID" </dev/null
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *'process.scheduler: set SCHED_OTHER, nice -1'* ]]
	[ "$(aril ps -f json "$ID" | jq length)" -eq 1 ]
}

# --- ioPriority ------------------------------------------------------------------------

@test "ioPriority: best effort and idle" {
	cfg '.process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 6 }'
	probe sched
	want ioprio=2:6
	cfg '.process.ioPriority = { class: "IOPRIO_CLASS_IDLE", priority: 0 }'
	probe sched
	want ioprio=3:0
}

@test "ioPriority: real time" {
	need_root
	cfg '.process.ioPriority = { class: "IOPRIO_CLASS_RT", priority: 1 }'
	probe sched
	want ioprio=1:1
}

@test "ioPriority: more than the caller may have, and what is none" {
	only_aril 'has messages of its own'
	cfg '.process.ioPriority = { class: "IOPRIO_CLASS_RT", priority: 1 }'
	is_root || create_refused 'process.ioPriority: set IOPRIO_CLASS_RT' EPERM
	cfg '.process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 8 }'
	create_refused 'process.ioPriority.priority: 8 is not within 0 to 7'
	cfg '.process.ioPriority = { class: "BE", priority: 1 }'
	create_refused 'process.ioPriority.class: unknown word "BE"'
}

@test "ioPriority: of an exec" {
	running
	process_json '.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 5 }'
	inside --process "$T/process.json" "$ID"
	[ "$status" -eq 0 ]
	want ioprio=2:5
}

# --- execCPUAffinity -------------------------------------------------------------------

# Two CPUs that a process of ours may use: $one, $two
need_two_cpus() {
	local all
	all=$("$ARIL_PROBE" sched | sed -n 's/^cpus=//p' | sed 's/-/ /; s/,/ /')
	read -r one two _ <<<"$all"
	[ -n "$two" ] || skip 'there is only one CPU'
	cpus=$("$ARIL_PROBE" sched | sed -n 's/^cpus=//p')
}

@test "execCPUAffinity: the final CPUs are those of the process" {
	need_two_cpus
	running
	process_json '.execCPUAffinity = { initial: "'"$one"'", final: "'"$two"'" }'
	inside --process "$T/process.json" "$ID"
	[ "$status" -eq 0 ]
	want cpus="$two"
	process_json '.execCPUAffinity = { final: " '"$one"' ," }'
	inside --process "$T/process.json" "$ID"
	want cpus="$one"
}

@test "execCPUAffinity: without final ones, those of the cgroup" {
	need_two_cpus
	running
	process_json '.execCPUAffinity = { initial: "'"$one"'" }'
	inside --process "$T/process.json" "$ID"
	[ "$status" -eq 0 ]
	want cpus="$cpus"
}

@test "execCPUAffinity: the initial ones are the runtime's" {
	local first
	need_two_cpus
	need strace
	running
	process_json '.execCPUAffinity = { initial: "'"$two"'", final: "'"$one"'" }'
	run strace -f -o "$T/trace" -e trace=sched_setaffinity,clone3 "$ARIL" --root \
		"$STATE" "${manager[@]}" exec --process "$T/process.json" "$ID" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	cat "$T/trace"
	first=$(head -n 1 "$T/trace")
	first=${first%% *}
	# the final ones by the other, once
	[ "$(grep sched_setaffinity "$T/trace" | grep -vc "^$first ")" -eq 1 ]
	# before the clone, by the same process
	head -n 1 "$T/trace" | grep -q "sched_setaffinity(0, [0-9]*, \[${two}[] ]"
	sed -n 2p "$T/trace" | grep -q clone3
}

@test "execCPUAffinity: of the container's document, for exec only" {
	need_two_cpus
	cfg '.process.execCPUAffinity = { final: $c }' --arg c "$one"
	running
	inside "$ID" /probe sched
	[ "$status" -eq 0 ]
	want cpus="$one"
	grep -q "Cpus_allowed_list:.$cpus\$" "/proc/$(pid)/status"
}

@test "CPUs: those of the caller do not bind a container, nor an exec" {
	need_two_cpus
	need taskset
	args /probe sched
	run taskset -c "$one" "$ARIL" --root "$STATE" "${manager[@]}" run -b "$B" "$ID" \
		</dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want cpus="$cpus"
	running
	run taskset -c "$one" "$ARIL" --root "$STATE" "${manager[@]}" exec "$ID" \
		/probe sched </dev/null
	echo "$output"
	want cpus="$cpus"
}

@test "execCPUAffinity: no CPU of the host, and no list" {
	only_aril 'has messages of its own'
	running
	process_json '.execCPUAffinity = { final: "8000" }'
	inside --process "$T/process.json" "$ID"
	[ "$status" -eq 255 ]
	[[ $output == *'process.execCPUAffinity.final: run on CPUs 8000'*EINVAL* ]]
	process_json '.execCPUAffinity = { initial: "8000" }'
	inside --process "$T/process.json" "$ID"
	[[ $output == *'process.execCPUAffinity.initial: run on CPUs 8000'*EINVAL* ]]
	process_json '.execCPUAffinity = { initial: "3-1" }'
	inside --process "$T/process.json" "$ID"
	[[ $output == *'process.execCPUAffinity.initial: "3-1" is not a list'* ]]
	[ "$(aril ps -f json "$ID" | jq length)" -eq 1 ]
}

# --- memoryPolicy ----------------------------------------------------------------------

memory_policy() { # JSON
	cfg '.linux.memoryPolicy = $m' --argjson m "$1"
}

@test "memoryPolicy: every mode" {
	need_numa
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "0" }'
	probe memory-policy
	want mempolicy=0x2 mempolicy.nodes=0
	memory_policy '{ "mode": "MPOL_PREFERRED", "nodes": "0" }'
	probe memory-policy
	want mempolicy=0x1 mempolicy.nodes=0
	memory_policy '{ "mode": "MPOL_INTERLEAVE", "nodes": "0-0" }'
	probe memory-policy
	want mempolicy=0x3 mempolicy.nodes=0
	memory_policy '{ "mode": "MPOL_LOCAL" }'
	probe memory-policy
	want mempolicy=0x4
	memory_policy '{ "mode": "MPOL_DEFAULT" }'
	probe memory-policy
	want mempolicy=0x0
}

@test "memoryPolicy: modes of later kernels" {
	need_numa
	memory_policy '{ "mode": "MPOL_PREFERRED_MANY", "nodes": "0" }' # 5.15
	probe memory-policy
	want mempolicy=0x5
	memory_policy '{ "mode": "MPOL_WEIGHTED_INTERLEAVE", "nodes": "0" }' # 6.9
	go
	[ "$status" -eq 0 ] || fails 'set MPOL_WEIGHTED_INTERLEAVE' EINVAL
	[ "$status" -ne 0 ] || want mempolicy=0x6
}

@test "memoryPolicy: flags" {
	need_numa
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "0",
		"flags": ["MPOL_F_STATIC_NODES"] }'
	probe memory-policy
	want mempolicy=0x8002
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "0",
		"flags": ["MPOL_F_RELATIVE_NODES"] }'
	probe memory-policy
	want mempolicy=0x4002
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "0",
		"flags": ["MPOL_F_NUMA_BALANCING"] }'
	go
	[ "$status" -eq 0 ] || fails 'set MPOL_BIND (0x2002) of nodes 0' EINVAL
	[ "$status" -ne 0 ] || want mempolicy=0x2002
}

@test "memoryPolicy: an exec has it, too" {
	need_numa
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "0" }'
	running
	inside "$ID" /probe memory-policy
	[ "$status" -eq 0 ]
	want mempolicy=0x2 mempolicy.nodes=0
}

@test "memoryPolicy: nodes that are not there, and rules" {
	only_aril 'has messages of its own'
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "1000" }'
	create_refused 'linux.memoryPolicy: set MPOL_BIND (0x2) of nodes 1000'
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "1024" }'
	create_refused 'linux.memoryPolicy.nodes: "1024" is not a list'
	memory_policy '{ "mode": "MPOL_BIND" }'
	create_refused 'linux.memoryPolicy.nodes: is missing for MPOL_BIND'
	memory_policy '{ "mode": "MPOL_LOCAL", "nodes": "0" }'
	create_refused 'linux.memoryPolicy.nodes: must not be set for MPOL_LOCAL'
	memory_policy '{ "mode": "MPOL_ANY", "nodes": "0" }'
	create_refused 'linux.memoryPolicy.mode: unknown word "MPOL_ANY"'
	memory_policy '{ "mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_X"] }'
	create_refused 'linux.memoryPolicy.flags[0]: unknown word'
}

# --- personality -----------------------------------------------------------------------

# User-mode Linux always says what it is
has_two_machines() {
	[ "$(setarch linux32 uname -m)" = i686 ]
}

@test "personality: LINUX32 and LINUX" {
	cfg '.linux.personality = { domain: "LINUX32" }'
	probe personality
	want personality=0x8
	! has_two_machines || want machine=i686
	cfg '.linux.personality = { domain: "LINUX" }'
	args /probe personality
	run setarch "$(uname -m)" -B -- "$ARIL" --root "$STATE" "${manager[@]}" run \
		-b "$B" "$ID" </dev/null
	echo "$output"
	want personality=0x0 machine="$(uname -m)"
}

@test "personality: an exec has it, too" {
	cfg '.linux.personality = { domain: "LINUX32" }'
	running
	inside "$ID" /probe personality
	[ "$status" -eq 0 ]
	want personality=0x8
}

@test "personality: it is set before the filter, which may deny it" {
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", syscalls: [
		{ names: ["personality"], action: "SCMP_ACT_ERRNO" }] }
		| .linux.personality = { domain: "LINUX32" }'
	probe call personality , personality
	want call.personality=EPERM
	! has_two_machines || want machine=i686
}

@test "personality: domains and flags that are none" {
	only_aril 'has messages of its own'
	cfg '.linux.personality = { domain: "LINUX64" }'
	create_refused 'linux.personality.domain: unknown word "LINUX64"'
	cfg '.linux.personality = { domain: "LINUX", flags: ["X"] }'
	create_refused 'linux.personality.flags: no flag is defined'
}
