#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Events: what they look like, when they come, and when they end. Needs no controller;
# what limits do to the numbers is tested where limits are.
# shellcheck disable=SC2030,SC2031 # ID of one test
# shellcheck disable=SC2154 # run sets stderr

load ../lib/bundle.bash

prepare() {
	not_crun 'has no events'
}

another() { # ID: one more container like that of `running`
	aril create -b "$B" --pid-file "$T/pid.$1" "$1" </dev/null >"$T/out" 2>&1
	aril start "$1" </dev/null
}

# The events of some containers as they come, at 5; $events is the process
watch_events() { # ARG...
	exec 5< <(aril events "$@" 2>"$T/events.err")
	events=$!
}
next_event() { # FILTER: of jq, for the next line, which must come in 10 s
	local line
	IFS= read -r -t 10 -u 5 line
	echo "$line"
	jq -e "$1" <<<"$line"
}
# No line of another kind comes, and then it ends
events_end() {
	local rest status=0
	rest=$(cat <&5)
	exec 5<&-
	wait "$events" || status=$?
	echo "exit code $status; ${#rest} bytes; $(cat "$T/events.err")"
	[ "$status" -eq 0 ]
	[ ! -s "$T/events.err" ]
	[ -z "$rest" ] || jq -es 'all(.type == "stats")' <<<"$rest"
}

@test "--stats: the statistics, once, as one line of JSON" {
	running
	run --separate-stderr aril events --stats "$ID"
	echo "$output$stderr"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$(wc -l <<<"$output")" -eq 1 ]
	# shellcheck disable=SC2016 # jq's variables
	jq -e --arg id "$ID" '.type == "stats" and .id == $id and (.data |
		([.cpu.usage.kernel, .cpu.usage.user] | all(type == "number"))
		and ([.cpu.throttling, .pids, .blkio, .hugetlb] | all(type == "object"))
		and ([.memory | .usage, .swap, .kernel, .kernelTCP | .limit, .failcnt]
			| all(type == "number"))
		and .cpuset.cpu_exclusive == 0)' <<<"$output"
}

@test "--stats: processor time in nanoseconds, and pressure" {
	local tree path
	only_aril 'its statistics are of cgroup v1 here'
	running
	# the last one: an older mount may lie below a newer one
	tree=$(awk '$3 == "cgroup2" { tree = $2 } END { print tree }' /proc/mounts)
	path=$(sed -n 's/^0:://p' "/proc/$(pid)/cgroup")
	[ -n "$tree" ] && [ "$path" != "$(sed -n 's/^0:://p' /proc/self/cgroup)" ] ||
		skip 'the container has no cgroup of its own'
	run aril events --stats "$ID"
	# it has used something, and not less afterwards
	total=$(jq .data.cpu.usage.total <<<"$output")
	echo "$output; $(cat "$tree$path/cpu.stat")"
	[ "$total" -gt 0 ] && [ "${total: -3}" = 000 ]
	[ "$((total / 1000))" -le "$(sed -n 's/^usage_usec //p' "$tree$path/cpu.stat")" ]
	[ -e "$tree$path/cpu.pressure" ] || skip 'the kernel has no pressure information'
	jq -e '[.data.cpu, .data.memory, .data.blkio | .psi | .some, .full |
		.avg10, .avg60, .avg300, .total] | length == 24 and
		all(type == "number")' <<<"$output"
}

@test "a created container has statistics, too" {
	args /probe pause
	created --pid-file "$T/pid"
	run aril events --stats "$ID"
	[ "$status" -eq 0 ]
	jq -e '.type == "stats"' <<<"$output"
}

@test "events come at the interval, until the container stops" {
	not_runc 'needs the memory controller'
	running
	watch_events --interval=100ms "$ID"
	for _ in 1 2 3; do
		next_event '.type == "stats"'
	done
	aril kill "$ID" KILL
	ended
	events_end
}

@test "several containers at once: each by its name, until the last one stops" {
	local line left=0
	only_aril 'watches one only'
	running
	another b
	another c
	run aril events --stats "$ID" b c b
	[ "$status" -eq 0 ]
	[ "$(jq -rs 'map(.id) | join(" ")' <<<"$output")" = "$ID b c" ]
	watch_events --interval 250ms "$ID" b c
	next_event ".id == \"$ID\""
	next_event '.id == "b"'
	next_event '.id == "c"'
	aril kill b KILL
	ended "$(cat "$T/pid.b")"
	aril kill "$ID" KILL
	ended
	# what was on its way may still come; then there is only one left
	while [ "$left" -lt 3 ]; do
		IFS= read -r -t 10 -u 5 line
		left=$((left + 1))
		[[ $line == *'"id":"c"'* ]] || left=0
	done
	aril kill c KILL
	ended "$(cat "$T/pid.c")"
	events_end
}

@test "a container that is deleted while it is watched" {
	not_runc 'needs the memory controller'
	running
	watch_events --interval 100ms "$ID"
	next_event '.type == "stats"'
	aril delete -f "$ID"
	events_end
}

@test "--all: those that have not stopped, and none is no error" {
	only_aril 'watches one only'
	run --separate-stderr aril events --all
	[ "$status" -eq 0 ]
	[ -z "$output$stderr" ]
	running
	another b
	aril kill b KILL
	ended "$(cat "$T/pid.b")"
	another c
	run --separate-stderr aril events --all --stats
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	[ "$(jq -r .id <<<"$output" | sort)" = "$(printf '%s\n' c "$ID" | sort)" ]
}

@test "a reader that leaves ends it, at once and in silence" {
	only_aril 'goes on'
	running
	aril events --interval 10ms "$ID" 2>"$T/err" | head -n 2 >"$T/two"
	echo "${PIPESTATUS[*]} $(cat "$T/err")"
	[ "$(wc -l <"$T/two")" -eq 2 ]
	aril events --interval 10ms "$ID" 2>"$T/err" | head -n 1 >"$T/one" && true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! -s "$T/err" ]
	# nothing is to be written for an hour, but nobody would read it
	aril events --interval 1h "$ID" 2>"$T/err" | true && true
	[ "${PIPESTATUS[0]}" -eq 0 ]
	[ ! -s "$T/err" ]
}

@test "a full disk is told" {
	only_aril 'goes on'
	[ -c /dev/full ] || skip 'no /dev/full'
	running
	status=0
	aril events --stats "$ID" >/dev/full 2>"$T/err" || status=$?
	output=$(cat "$T/err")
	fails 'standard output' ENOSPC
}

@test "a container that is not there, or not running" {
	run aril events "$ID"
	fails 'does not exist'
	running
	run aril events --stats "$ID" nobody
	! is_aril || fails nobody 'container does not exist'
	aril kill "$ID" KILL
	ended
	run aril events --stats "$ID"
	fails 'not running'
	run aril events "$ID"
	fails 'not running'
}

@test "intervals that are none" {
	local interval
	running
	for interval in 0 0s -1s -5; do
		run aril events "--interval=$interval" "$ID"
		echo "$interval: $output"
		! is_aril || fails 'duration interval must be greater than 0'
		[ "$status" -ne 0 ]
	done
	for interval in soon 5x s 1.5 '' '5 s' 9999999h; do
		run aril events --interval "$interval" "$ID"
		echo "$interval: $output"
		! is_aril || fails 'invalid interval' "\"$interval\""
		[ "$status" -ne 0 ]
	done
}

@test "no container at all, or too many" {
	run aril events
	[ "$status" -eq 1 ]
	only_aril 'says it otherwise'
	fails 'requires at least 1 argument' --all
	run aril events --all "$ID"
	fails 'takes no ID' "$ID"
}

@test "network interfaces: lo, and none of the host's" {
	only_aril 'shows none'
	running
	run aril events --stats "$ID"
	# some kernels make tunnels in each new namespace
	jq -e '.data.network_interfaces | map(.Name) | index("lo") != null and
		all(test("^(lo|(sit|tunl|gre|gretap|erspan|ip6?_vti|ip6tnl)0)$"))' \
		<<<"$output"
	aril delete -f "$ID"
	namespace_drop network
	# sysfs belongs to the network namespace
	mount_drop /sys /sys/fs/cgroup
	cfg 'del(.linux.sysctl)'
	rm "$T/tell/ready"
	created --pid-file "$T/pid"
	aril start "$ID"
	run aril events --stats "$ID"
	[ "$status" -eq 0 ]
	jq -e '.data.network_interfaces == []' <<<"$output"
}

@test "network interfaces: what goes through them, as the container sees it" {
	only_aril 'shows none'
	need_root
	need ip
	need nsenter
	running
	nsenter -t "$(pid)" -n ip link add veth-a type veth peer name veth-b 2>"$T/err" ||
		skip "no veth here: $(cat "$T/err")"
	nsenter -t "$(pid)" -n ip link set veth-a up
	nsenter -t "$(pid)" -n ip link set veth-b up
	run aril events --stats "$ID"
	jq -e '.data.network_interfaces | map(select(.Name | test("^(lo|veth-.)$"))) |
		(map(.Name) | sort) == ["lo", "veth-a", "veth-b"] and
		all([.RxBytes, .RxPackets, .RxErrors, .RxDropped, .TxBytes, .TxPackets,
		.TxErrors, .TxDropped] | all(type == "number"))' <<<"$output"
}

@test "network interfaces: one is not hidden by the name lo" {
	local names
	only_aril 'shows none'
	need_root
	need ip
	need nsenter
	running
	names=$(nsenter -t "$(pid)" -n sh -ec '
		ip link set lo down
		ip link set lo name was-lo
		ip link add lo type veth peer name other 2>&1
		ip link set lo up' 2>"$T/err") ||
		skip "lo cannot be renamed here: $names $(cat "$T/err")"
	run aril events --stats "$ID"
	jq -e '.data.network_interfaces |
		(map(.Name) | sort) == ["lo", "other", "was-lo"]' <<<"$output"
}
