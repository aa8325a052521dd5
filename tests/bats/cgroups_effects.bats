#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What limits do to those who reach them. Time on processors is read from cpu.stat, over
# a window of at least two seconds, so that a busy machine counts alike for all.
# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2153,SC2154 # see lib/cgroups.bash

load ../lib/bundle.bash
load ../lib/cgroups.bash

prepare() {
	bare
}

# A process that uses up a processor, in the container
spinning() {
	rm -f "$T/tell/spin"
	aril exec -d "$ID" /probe spin /tell/spin </dev/null >/dev/null 2>&1
	"$ARIL_PROBE" wait-file "$T/tell/spin" 5000
}
usage() { # CGROUP: microseconds
	stat_of usage_usec "$1/cpu.stat"
}
# Thousandths of one processor that a cgroup uses
share_of_time() { # CGROUP MS
	local from used
	from=${EPOCHREALTIME/[.,]/} used=$(usage "$1")
	window "$2"
	used=$(($(usage "$1") - used))
	echo $((1000 * used / (${EPOCHREALTIME/[.,]/} - from)))
}

# A cgroup uses that many thousandths of a processor, within 10 %. The host of a virtual
# machine may take whole periods away from it: the best of five counts.
uses() { # THOUSANDTHS
	for _ in 1 2 3 4 5; do
		near "$(share_of_time "$CG" 2500)" "$1" 10 && return
	done
	return 1
}

@test "memory.limit: who takes more is killed" {
	need_controller memory
	limits '{ "memory": { "limit": 33554432, "swap": 33554432 } }'
	args /probe eat 16
	go
	[ "$status" -eq 0 ]
	args /probe eat 64
	go
	[ "$status" -eq 137 ]
	[[ $output != *eaten* ]]
}

@test "events says oom, and statistics before and after" {
	local events
	need_controller memory
	not_crun 'has no events'
	limited '{ "memory": { "limit": 33554432, "swap": 33554432 } }'
	aril events --interval 300ms "$ID" </dev/null >"$T/events" 2>"$T/err" 3>&- &
	events=$!
	"$ARIL_PROBE" wait-file "$T/events" 1000
	window 700
	run aril exec "$ID" /probe eat 64 </dev/null
	echo "$output"
	[ "$status" -eq 137 ]
	window 700
	aril kill "$ID" KILL
	"$ARIL_PROBE" wait-pid "$events" 5000 || kill "$events"
	cat "$T/events" "$T/err"
	jq -se --arg id "$ID" 'map(select(.type == "oom" and .id == $id)) | length >= 1' \
		"$T/events"
	jq -se 'map(select(.type == "stats").data.memory.usage.limit)
		| length >= 2 and all(. == 33554432)' "$T/events"
}

@test "events --stats: what the limits are, and what is used" {
	need_controller memory pids cpu
	not_crun 'has no events'
	limited '{ "memory": { "limit": 67108864 }, "pids": { "limit": 20 },
		"cpu": { "quota": 20000 } }'
	spinning
	window 500
	aril events --stats "$ID" | tee "$T/stats"
	jq -e '.type == "stats" and .data.pids.current == 2 and .data.pids.limit == 20
		and .data.memory.usage.limit == 67108864
		and .data.memory.usage.usage > 0
		and .data.cpu.usage.total > 50000000
		and .data.cpu.throttling.throttledPeriods > 0' "$T/stats"
}

@test "cpu.max: a fifth of a processor is a fifth, within 10 %" {
	need_controller cpu
	limited '{ "cpu": { "quota": 20000, "period": 100000 } }'
	spinning
	uses 200
	[ "$(stat_of nr_throttled "$CG/cpu.stat")" -ge 15 ]
}

@test "cpu.max: a change takes effect on those who run" {
	need_controller cpu
	limited '{ "cpu": { "quota": 10000, "period": 50000 } }'
	spinning
	updated --cpu-quota 20000 --cpu-period 50000
	uses 400
}

# Two containers that want the same processor; CG is the second's
two() { # RESOURCES RESOURCES
	local pin='.'
	if [ "$(nproc)" -gt 1 ]; then
		need_controller cpuset
		pin='.cpu.cpus = "0" | .cpu.mems = "0"'
	fi
	limited "$(jq -c "$pin" <<<"$1")"
	spinning
	first=$CG
	ID+=-b
	rm "$T/pid" "$T/tell/ready"
	limited "$(jq -c "$pin" <<<"$2")"
	spinning
}
ratio() { # MS: hundredths
	local one other
	one=$(usage "$first") other=$(usage "$CG")
	window "$1"
	one=$(($(usage "$first") - one)) other=$(($(usage "$CG") - other))
	echo "$one : $other us" >&2
	echo $((100 * one / (other > 0 ? other : 1)))
}

@test "shares whose weights are 3:1 share a processor 3:1, within 10 %" {
	need_controller cpu
	not_crun '1.8.1 has the old formula'
	not_runc '1.1.5 has the old formula'
	two '{ "cpu": { "shares": 4056 } }' '{ "cpu": { "shares": 1024 } }'
	[ "$(<"$first/cpu.weight")" = 300 ]
	holds cpu.weight 100
	near "$(ratio 4000)" 300 10
}

@test "weights that are changed to 3:1 share a processor 3:1" {
	need_controller cpu
	not_crun '1.8.1 has the old formula'
	not_runc '1.1.5 leaves unified out'
	two '{ "cpu": { "shares": 1024 } }' '{ "cpu": { "shares": 1024 } }'
	run aril update -r - "${ID%-b}" <<<'{ "unified": { "cpu.weight": "300" } }'
	[ "$status" -eq 0 ]
	[ "$(<"$first/cpu.weight")" = 300 ]
	near "$(ratio 4000)" 300 10
}

@test "cpu.idle gets what nobody else wants" {
	need_controller cpu
	only_aril 'older ones do not know it'
	# the idle one first: it could not even start beside the other
	two '{ "cpu": { "idle": 1 } }' '{ "cpu": {} }'
	[ "$(ratio 3000)" -le 5 ]
	# nor end
	aril delete -f "$ID"
}

@test "cpuset: the processes are where they may be, also after an update" {
	need_controller cpuset
	[ "$(nproc)" -gt 1 ] || skip 'there is one processor'
	limited '{ "cpu": { "cpus": "1" } }'
	grep -x $'Cpus_allowed_list:\t1' "/proc/$(pid)/status"
	updated --cpuset-cpus 0
	grep -x $'Cpus_allowed_list:\t0' "/proc/$(pid)/status"
	holds cpuset.cpus.effective 0
}

@test "pids.limit ends a fork bomb" {
	need_controller pids
	limits '{ "pids": { "limit": 10 } }'
	probe bomb 100
	want forked=9 fork=EAGAIN
}

@test "pids.limit counts processes of exec, too, and can be raised" {
	need_controller pids
	limited '{ "pids": { "limit": 4 } }'
	run aril exec "$ID" /probe bomb 100 </dev/null
	want forked=2 fork=EAGAIN
	updated --pids-limit 12
	run aril exec "$ID" /probe bomb 100 </dev/null
	want forked=10 fork=EAGAIN
	holds_line pids.events 'max 2'
}

@test "io.max slows a disk down" {
	local free
	need_controller io
	need_own_disk
	limited
	run aril exec "$ID" /probe stream /data w 3072 </dev/null
	free=$(value ms)
	[ "$free" -lt 1500 ] || skip 'this disk is slow by itself'
	limited "{ \"blockIO\": { \"throttleWriteBpsDevice\": [{ \"major\": ${DISK%:*},
		\"minor\": ${DISK#*:}, \"rate\": 1048576 }] } }"
	holds_line io.max "$DISK rbps=max wbps=1048576 riops=max wiops=max"
	run aril exec "$ID" /probe stream /data w 3072 </dev/null
	echo "$free ms without, with: $output"
	[ "$status" -eq 0 ]
	[ "$(value ms)" -ge 2000 ]
	run aril exec "$ID" /probe stream /data r 3072 </dev/null
	[ "$(value ms)" -lt 1500 ]
}

@test "io.max for operations" {
	need_controller io
	need_own_disk
	limited "{ \"blockIO\": { \"throttleWriteIOPSDevice\": [{ \"major\": ${DISK%:*},
		\"minor\": ${DISK#*:}, \"rate\": 10 }] } }"
	# 64 KiB each
	run aril exec "$ID" /probe stream /data w 1600 </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$(value ms)" -ge 1500 ]
}

@test "a small limit is enough to start with" {
	need_controller memory
	not_runc 'is larger'
	limits '{ "memory": { "limit": 2097152, "swap": 2097152 } }'
	probe say ready
	want ready
}

@test "memory.oom.group: all are killed together" {
	need_controller memory
	not_runc '1.1.5 refuses the value'
	limited '{ "memory": { "limit": 33554432, "swap": 33554432 },
		"unified": { "memory.oom.group": "1" } }'
	run aril exec "$ID" /probe eat 64 </dev/null
	[ "$status" -eq 137 ]
	ended
	[ "$(status_of)" = stopped ]
}
