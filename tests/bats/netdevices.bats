#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# linux.netDevices: devices of the host that move into the container. The host is a
# network namespace of the test's own, `lab`.
# shellcheck disable=SC2016,SC2154 # jq's and the hooks' own variables; bundle.bash's

load ../lib/bundle.bash

# In it: v0, with all that is to be kept, and its other end p0
prepare() {
	only_aril 'others undo nothing'
	bare
	is_root || return 0
	need_net
	need ip
	unshare --net --kill-child "$ARIL_PROBE" pause "$T/lab-is-there" \
		</dev/null >/dev/null 2>&1 3>&- &
	children+=($!)
	lab=$!
	"$ARIL_PROBE" wait-file "$T/lab-is-there" 5000
	in_lab ip link add v0 type veth peer name p0 2>/dev/null ||
		skip 'this kernel has no veth devices'
	in_lab ip link set v0 mtu 1400 address 02:00:00:00:00:77 up
	in_lab ip link set p0 up
	in_lab ip addr add 10.1.0.2/24 brd 10.1.0.255 dev v0
	in_lab ip addr add 169.254.7.7/16 scope link dev v0
	in_lab ip addr add 10.1.0.9/24 dev v0 valid_lft 500 preferred_lft 500
	in_lab ip addr add fd00:1::2/64 dev v0 nodad
	in_lab ip addr add 10.2.0.2/24 dev p0
	in_lab ip route add 10.8.0.0/16 via 10.1.0.1 dev v0
}

in_lab() {
	nsenter --net="/proc/$lab/ns/net" "$@"
}
# bundle.bash's, in the lab
aril() {
	if [ -z "${lab:-}" ]; then
		timeout --foreground -k 1 20 "$ARIL" --root "$STATE" "${manager[@]}" \
			"$@" 3>&-
	else
		in_lab timeout --foreground -k 1 20 "$ARIL" --root "$STATE" \
			"${manager[@]}" "$@" 3>&-
	fi
}
# In the network namespace of the running container
inside() {
	nsenter --net="/proc/$(pid)/ns/net" "$@"
}
devices() { # JSON
	cfg '.linux.netDevices = $d' --argjson d "$1"
}

has_v0() { # DEVICE OUTPUT: what v0 had and has to keep
	local word
	for word in 'inet 10.1.0.2/24 brd 10.1.0.255 scope global' 'mtu 1400' ',UP,' \
		'inet6 fd00:1::2/64 scope global' 02:00:00:00:00:77 " $1@"; do
		[[ $2 == *"$word"* ]] && continue
		echo "$1 lacks $word: $2"
		return 1
	done
}
# On the host, as prepare() made it
untouched() {
	local shown
	shown=$(in_lab ip addr show dev v0)
	has_v0 v0 "$shown"
	[[ $shown == *'169.254.7.7/16 scope link'* ]]
	in_lab ip addr show dev p0 | grep -q 'inet 10.2.0.2/24'
	in_lab ip route show | grep -q "10.8.0.0/16 via 10.1.0.1 dev v0"
}
hook() { # KIND SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$T/hook-$1"
	chmod 755 "$T/hook-$1"
	cfg '.hooks[$k] += [{ path: $p }]' --arg k "$1" --arg p "$T/hook-$1"
}

@test "a device moves in, keeps its permanent global addresses, and is up" {
	need_root
	local shown
	devices '{ "v0": {} }'
	running
	shown=$(inside ip addr show dev v0)
	has_v0 v0 "$shown"
	[[ $shown != *169.254* ]]
	[[ $shown != *10.1.0.9* ]]
	[ -z "$(grep 'fd00.*tentative' <<<"$shown")" ]
	run in_lab ip link show dev v0
	[ "$status" -ne 0 ]
}

@test "a device gets another name" {
	need_root
	devices '{ "v0": { "name": "eth7" }, "p0": { "name": "" } }'
	running
	has_v0 eth7 "$(inside ip addr show dev eth7)"
	inside ip addr show dev p0 | grep -q 'inet 10.2.0.2/24'
}

@test "a template gets the first free number" {
	need_root
	devices '{ "v0": { "name": "eth%d" }, "p0": { "name": "eth%d" } }'
	running
	inside ip link show dev eth0
	inside ip link show dev eth1
}

@test "a device that was down is up" {
	need_root
	in_lab ip link set v0 down
	devices '{ "v0": {} }'
	running
	inside ip link show dev v0 | grep -q ',UP'
}

@test "the container in a user namespace of its own gets them, too" {
	need_root
	cfg '.linux.namespaces += [{ type: "user" }] |
		.linux.uidMappings = [{ containerID: 0, hostID: 0, size: 1000 }] |
		.linux.gidMappings = [{ containerID: 0, hostID: 0, size: 1000 }]'
	devices '{ "v0": {} }'
	running
	has_v0 v0 "$(inside ip addr show dev v0)"
}

@test "sysctls of a device hold" {
	need_root
	devices '{ "v0": { "name": "eth7" } }'
	cfg '.linux.sysctl = { "net.ipv4.conf.eth7.forwarding": "1" }'
	probe read /proc/sys/net/ipv4/conf/eth7/forwarding
	want_like '.*1'
}

@test "prestart and createRuntime hooks see the devices" {
	need_root
	devices '{ "v0": { "name": "eth7" } }'
	hook prestart "pid=\$(jq .pid); nsenter --net=/proc/\$pid/ns/net \
		ip link show dev eth7 >$T/seen"
	created
	grep -q eth7 "$T/seen"
}

# A network namespace that somebody has: that of process $other
other_network() {
	unshare --net --kill-child "$ARIL_PROBE" pause "$T/other-is-there" \
		</dev/null >/dev/null 2>&1 3>&- &
	children+=($!)
	other=$!
	"$ARIL_PROBE" wait-file "$T/other-is-there" 5000
}

@test "delete moves nothing back: in a namespace by path they stay" {
	need_root
	other_network
	namespace_path network "/proc/$other/ns/net"
	devices '{ "v0": { "name": "eth7" } }'
	running
	aril delete -f "$ID"
	has_v0 eth7 "$(nsenter --net="/proc/$other/ns/net" ip addr show dev eth7)"
	run in_lab ip link show dev v0
	[ "$status" -ne 0 ]
}

# --- mistakes ---------------------------------------------------------------------------

@test "a name that the container has already is an error, and nothing moves" {
	need_root
	other_network
	nsenter --net="/proc/$other/ns/net" ip link add eth0 type bridge
	namespace_path network "/proc/$other/ns/net"
	devices '{ "v0": { "name": "eth0" } }'
	create
	fails 'linux.netDevices.v0: the container has a device eth0 already: EEXIST'
	untouched
	devices '{ "v0": { "name": "eth%d" } }'
	created
	nsenter --net="/proc/$other/ns/net" ip link show dev eth1
}

@test "lo is there already, and cannot move" {
	need_root
	devices '{ "v0": { "name": "lo" } }'
	create
	fails 'linux.netDevices.v0: the container has a device lo already'
	devices '{ "lo": { "name": "lo7" } }'
	create
	fails 'linux.netDevices.lo: move lo into the container as lo7'
	untouched
}

@test "a device that is not there: those before it are back" {
	need_root
	devices '{ "p0": { "name": "eth0" }, "v0": { "name": "eth1" }, "none0": {} }'
	create
	fails 'linux.netDevices.none0: find the device none0' ENODEV
	untouched
}

@test "what was down is down again" {
	need_root
	in_lab ip link set p0 down
	devices '{ "p0": { "name": "eth0" }, "none0": {} }'
	create
	fails ENODEV
	in_lab ip link show dev p0 >"$T/p0"
	[[ $(<"$T/p0") != *,UP* ]]
}

@test "a hook that fails: the devices are back" {
	need_root
	local kind
	devices '{ "v0": { "name": "eth0" }, "p0": { "name": "eth%d" } }'
	for kind in prestart createRuntime createContainer; do
		cfg 'del(.hooks)'
		hook "$kind" 'exit 3'
		create
		fails "$kind"
		untouched
	done
}

@test "a program that is not there: the devices are back" {
	need_root
	devices '{ "v0": { "name": "eth0" } }'
	args /not-there
	create
	fails /not-there
	untouched
}

@test "a bridge that it was in has it again" {
	need_root
	in_lab ip link add br0 type bridge
	in_lab ip link set v0 master br0
	devices '{ "v0": { "name": "eth0" } }'
	hook createRuntime 'exit 3'
	create
	fails createRuntime
	untouched
	in_lab ip link show dev v0 | grep -q 'master br0'
}

@test "aril is killed in the middle of create: the devices are back" {
	need_root
	local creator helper
	devices '{ "v0": { "name": "eth0" } }'
	hook createRuntime "echo \$\$ >$T/hook-pid; exec $ARIL_PROBE pause $T/hooked"
	nsenter --net="/proc/$lab/ns/net" "$ARIL" --root "$STATE" "${manager[@]}" \
		create -b "$B" "$ID" </dev/null >/dev/null 2>&1 3>&- &
	creator=$!
	children+=("$creator")
	"$ARIL_PROBE" wait-file "$T/hooked" 5000
	in_lab ip link show dev v0 && return 1
	helper=$(pgrep -P "$creator" -x aril-net)
	kill -KILL "$creator"
	wait "$creator" || true
	kill -KILL "$(cat "$T/hook-pid")"
	"$ARIL_PROBE" wait-pid "$helper" 5000
	untouched
}

@test "aril-net is killed in the middle: create fails, another one undoes it" {
	need_root
	devices '{ "v0": { "name": "eth0" } }'
	hook createRuntime 'pkill -KILL -P $PPID -x aril-net'
	create
	fails 'aril-net (make)'
	untouched
}

@test "without aril-net" {
	need_root
	mkdir "$T/empty"
	export ARIL_LIBEXEC=$T/empty
	devices '{ "v0": {} }'
	create
	fails "run $T/empty/aril-net, which makes network devices" ENOENT
	untouched
	cfg 'del(.linux.netDevices)'
	created
}

@test "an aril-net that does not do what it should" {
	need_root
	mkdir "$T/other"
	export ARIL_LIBEXEC=$T/other
	devices '{ "v0": {} }'
	printf '#!/bin/sh\nexit 7\n' >"$T/other/aril-net"
	chmod 755 "$T/other/aril-net"
	create
	fails 'aril-net (make) ended without an answer, with exit status 7'
	printf '#!/bin/sh\necho hello >&0\n' >"$T/other/aril-net"
	create
	fails 'aril-net (make) gave a strange answer: "hello"'
	untouched
}

@test "the namespace must be another one than the host's" {
	need_root
	devices '{ "v0": {} }'
	namespace_path network "/proc/$lab/ns/net"
	create
	fails linux.netDevices.v0
	namespace_drop network
	create
	fails 'linux.netDevices: needs a network namespace'
	untouched
}

@test "ordinary users have no devices to give" {
	need_user
	devices '{ "v0": {} }'
	create_refused 'linux.netDevices: network devices are not supported for rootless'
}

# --- what is told -----------------------------------------------------------------------

@test "the plan names them" {
	need_root
	devices '{ "v0": { "name": "eth7" }, "p0": {} }'
	run aril plan -b "$B"
	[ "$status" -eq 0 ]
	want 'linux.netDevices.v0: move "v0" as "eth7", stays at delete' \
		'linux.netDevices.p0: move "p0" as "p0", stays at delete'
	untouched
}

@test "features says that they are applied" {
	run aril features
	[ "$(jq .linux.netDevices.enabled <<<"$output")" = true ]
}
