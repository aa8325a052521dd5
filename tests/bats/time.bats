#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# linux.timeOffsets: clocks of a new time namespace.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'does not know them'
	[ -e /proc/self/timens_offsets ] || skip 'the kernel has no time namespaces'
	cfg '.linux.namespaces += [{ type: "time" }]'
}

offsets() { # JSON
	cfg '.linux.timeOffsets = $o' --argjson o "$1"
}
clock() { # NAME: the host's, in milliseconds
	"$ARIL_PROBE" clocks | sed -n "s/^clock.$1=//p"
}
# Run a command, whose $output has the clocks; $before and $after are the host's
between() { # COMMAND...
	before=$("$ARIL_PROBE" clocks)
	"$@"
	after=$("$ARIL_PROBE" clocks)
	[ "$status" -eq 0 ]
}
# The container's clock was ahead of the host's by that much
ahead() { # NAME MILLISECONDS
	local seen first last
	seen=$(value "clock.$1")
	first=$(sed -n "s/^clock.$1=//p" <<<"$before")
	last=$(sed -n "s/^clock.$1=//p" <<<"$after")
	echo "$1: $first, $seen, $last"
	[ $((seen - $2)) -ge "$first" ] && [ $((seen - $2)) -le "$last" ]
}

@test "monotonic and boottime, as the container sees them" {
	offsets '{ "monotonic": { "secs": 172800, "nanosecs": 500000000 },
		"boottime": { "secs": 604800 } }'
	args /probe ns , clocks
	between go
	ahead monotonic 172800500
	ahead realtime 0
	ahead boottime 604800000
	[ "$(value ns.time)" != "$("$ARIL_PROBE" ns | sed -n 's/^ns.time=//p')" ]
}

@test "a clock may go back, and the other one stays" {
	local back=$(($(clock boottime) / 1000 - 1))
	offsets '{ "boottime": { "secs": -'$back' } }'
	args /probe clocks
	between go
	ahead boottime $((-back * 1000))
	ahead monotonic 0
}

@test "the uptime of /proc is that of the namespace" {
	offsets '{ "boottime": { "secs": 1000000 } }'
	probe read /proc/uptime
	[ "$(value /proc/uptime | cut -d. -f1)" -gt 1000000 ]
}

@test "an exec has these clocks" {
	offsets '{ "monotonic": { "secs": 172800 }, "boottime": { "secs": 172800 } }'
	running
	between run aril exec "$ID" /probe clocks </dev/null
	echo "$output"
	ahead monotonic 172800000
	want_like 'timens=monotonic +172800 +0\|boottime +172800 +0'
}

@test "no offsets, and offsets of 0" {
	offsets '{}'
	probe clocks
	want_like 'timens=monotonic +0 +0\|boottime +0 +0'
	offsets '{ "monotonic": { "secs": 0 } }'
	probe clocks
	want_like 'timens=monotonic +0 +0\|boottime +0 +0'
}

@test "with all the other namespaces, in their own order" {
	offsets '{ "monotonic": { "secs": 1000000 } }'
	probe ns , ids , status , process , clocks
	want pid=1 Uid='0 0 0 0'
	[ "$(value clock.monotonic)" -gt 1000000000 ]
}

@test "root: with a new user namespace, which owns the clocks" {
	need_root
	bare
	chown -R 100000:100000 rootfs
	offsets '{ "monotonic": { "secs": 1000000 } }'
	cfg '.linux.namespaces += [{ type: "user" }] |
		.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }] |
		.linux.gidMappings = .linux.uidMappings'
	probe ids , status , clocks
	want_like 'uid_map= *0 +100000 +65536' 'gid_map= *0 +100000 +65536'
	want setgroups=allow Uid='0 0 0 0'
	[ "$(value clock.monotonic)" -gt 1000000000 ]
}

@test "root: with a network namespace by path" {
	need_root
	offsets '{ "monotonic": { "secs": 1000000 } }'
	unshare --kill-child --net "$ARIL_PROBE" pause "$T/held" </dev/null \
		>/dev/null 2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/held" 5000
	namespace_path network "/proc/$!/ns/net"
	probe ns , clocks
	[ "$(value ns.net)" = "$(readlink "/proc/${children[0]}/ns/net")" ]
	[ "$(value clock.monotonic)" -gt 1000000000 ]
}

@test "with a user namespace by path" {
	bare
	offsets '{ "monotonic": { "secs": 1000000 } }'
	unshare --kill-child --user --map-root-user "$ARIL_PROBE" pause "$T/held" \
		</dev/null >/dev/null 2>&1 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/held" 5000
	namespace_path user "/proc/$!/ns/user"
	cfg 'del(.linux.uidMappings, .linux.gidMappings)'
	namespace_drop cgroup
	probe ns , clocks
	[ "$(value ns.user)" = "$(readlink "/proc/${children[0]}/ns/user")" ]
	[ "$(value clock.monotonic)" -gt 1000000000 ]
}

@test "hooks, create and start, and a process that ends" {
	offsets '{ "monotonic": { "secs": 1000000 } }'
	cfg '.hooks.createContainer = [{ path: "/bin/sh",
		args: ["sh", "-c", "cat /proc/uptime >'"$T"'/uptime"] }]'
	running
	[ -s "$T/uptime" ]
	[ "$(status_of)" = running ]
	aril kill "$ID" KILL
	ended
	[ "$(status_of)" = stopped ]
}

@test "a clock may not go below 0" {
	offsets '{ "monotonic": { "secs": -100000000000 } }'
	create_refused 'linux.timeOffsets: write to timens_offsets: ERANGE'
}

@test "offsets need a new time namespace" {
	offsets '{ "monotonic": { "secs": 1 } }'
	namespace_drop time
	create_refused 'linux.timeOffsets: needs a new time namespace'
	namespace_path time /proc/self/ns/time
	create_refused 'linux.timeOffsets: needs a new time namespace'
}

@test "clocks and numbers that are none" {
	offsets '{ "realtime": { "secs": 1 } }'
	create_refused 'linux.timeOffsets: unknown word "realtime"'
	offsets '{ "monotonic": { "secs": 1, "nanosecs": 1000000000 } }'
	create_refused 'linux.timeOffsets: nanosecs of monotonic is more than 999999999'
	offsets '{ "monotonic": { "secs": 1.5 } }'
	create_refused 'linux.timeOffsets'
}
