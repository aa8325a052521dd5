#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=net
# The network that --net asked for, behind a checkpoint: a restore makes it again, though
# the document does not have it.
# shellcheck disable=SC2016,SC2030,SC2031 # jq's variables; tests are subshells

load ../lib/bundle.bash
load ../lib/checkpoint.bash

undo() {
	ip link del "$(bridge)" 2>/dev/null
	return 0
}
bridge() {
	echo "br$BATS_SUITE_TEST_NUMBER"
}
own_net() { # its network namespace is not ours
	! [ "/proc/$(pid)/ns/net" -ef /proc/self/ns/net ]
}
inside() { # COMMAND...: of the host, in the network of the container
	nsenter --net="/proc/$(pid)/ns/net" "$@"
}
# Another process, whose network namespace it is
somebody() {
	unshare --net sh -c 'exec sleep 60' 3>&- >/dev/null 2>&1 &
	children+=($!)
	until [ "$(readlink "/proc/$!/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.01
	done
}

@test '--net none: a namespace with nothing but loopback, though the document has none' {
	need_criu
	namespace_drop network
	cfg '.linux.sysctl |= with_entries(select(.key | startswith("net.") | not))'
	mount_drop /sys
	counting
	counts --net none
	there_and_back
	own_net
	output=$(inside "$ARIL_PROBE" links)
	want 'link.lo=up'
	[ "$(grep -c '^link' <<<"$output")" -eq 1 ]
}

@test '--net host: the network namespace of the host, though the document has its own' {
	need_criu
	cfg '.linux.sysctl |= with_entries(select(.key | startswith("net.") | not))'
	mount_drop /sys
	counting
	counts --net host
	there_and_back
	[ "/proc/$(pid)/ns/net" -ef /proc/self/ns/net ]
}

@test '--net ns:PATH: the same namespace again' {
	need_criu
	somebody
	counting
	counts --net "ns:/proc/${children[0]}/ns/net"
	there_and_back
	[ "/proc/$(pid)/ns/net" -ef "/proc/${children[0]}/ns/net" ]
	# what was restored can be saved again
	IMAGES=$T/second
	there_and_back
	[ "/proc/$(pid)/ns/net" -ef "/proc/${children[0]}/ns/net" ]
}

@test '--net ns:PATH: a namespace that has gone is named, and nothing is left' {
	need_criu
	somebody
	counting
	counts --net "ns:/proc/${children[0]}/ns/net"
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
	kill -KILL "${children[0]}"
	wait "${children[0]}" || true
	restore
	refused "network namespace: open /proc/${children[0]}/ns/net"
}

need_bridge() {
	need_criu
	need_net
	[ -n "${BED_NET:-}${BED_OPEN:-}" ] || skip 'the machine is not to be changed'
	ip link add "$(bridge)" type bridge 2>/dev/null ||
		skip 'this kernel has no bridges'
}

@test '--net bridge: the pair of devices is made again, and undone at delete' {
	need_bridge
	ip link set "$(bridge)" up
	ip addr add 10.9.0.1/24 dev "$(bridge)"
	counting
	counts --net "bridge:$(bridge),ip=10.9.0.2/24,name=lan"
	there_and_back
	own_net
	output=$(inside "$ARIL_PROBE" links , addresses)
	want 'link.lo=up' 'link.lan=up' 'address=lan 10.9.0.2/24'
	[ "$(ip -o link show master "$(bridge)" | wc -l)" -eq 1 ]
	aril delete -f "$ID"
	[ -z "$(ip -o link show master "$(bridge)")" ]
}

@test '--net bridge: one that has gone is named, and nothing is left' {
	need_bridge
	counting
	counts --net "bridge:$(bridge)"
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
	ip link del "$(bridge)"
	restore
	refused '--net bridge' "$(bridge)"
}

# One test for each program
connected() { # PROGRAM
	[ -r /dev/net/tun ] && [ -w /dev/net/tun ] ||
		skip '/dev/net/tun cannot be opened'
	port=$((20000 + BATS_SUITE_TEST_NUMBER * 8))
	counting
	counts --net "user,with=$1,dns=10.9.0.53" -p "127.0.0.1:$port:80"
	there_and_back
	own_net
	output=$(inside "$ARIL_PROBE" links)
	want 'link.eth0=up'
	# the port leads to it again
	inside "$ARIL_PROBE" serve tcp 0.0.0.0 80 "$T/serves" >"$T/served" 3>&- 4>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/serves" 5000
	run "$ARIL_PROBE" ask tcp 127.0.0.1 "$port" hello
	echo "$output"
	want 'reply=got:hello'
	grep -qx 'nameserver 10.9.0.53' "/proc/$(pid)/root/etc/resolv.conf"
	aril delete -f "$ID"
	[ -z "$(aril list -q)" ]
}
@test '--net user: pasta connects it again, with its ports and names' {
	need_criu
	need pasta
	[ -n "$(ip -4 route show default 2>/dev/null)" ] ||
		skip 'pasta needs a default route'
	mount_drop /etc/resolv.conf
	touch "$B/rootfs/etc/resolv.conf"
	connected pasta
}
@test '--net user: slirp4netns connects it again, with its ports and names' {
	need_criu
	need slirp4netns
	mount_drop /etc/resolv.conf
	touch "$B/rootfs/etc/resolv.conf"
	connected slirp4netns
}

@test '--net user: a port that somebody else has ends the restore, and nothing is left' {
	need_criu
	need slirp4netns
	[ -r /dev/net/tun ] && [ -w /dev/net/tun ] ||
		skip '/dev/net/tun cannot be opened'
	port=$((20000 + BATS_SUITE_TEST_NUMBER * 8))
	counting
	counts --net 'user,with=slirp4netns' -p "127.0.0.1:$port:80"
	checkpoint
	[ "$status" -eq 0 ]
	aril delete "$ID"
	"$ARIL_PROBE" serve tcp 127.0.0.1 "$port" "$T/serves" >/dev/null 3>&- 4>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/serves" 5000
	restore
	fails '--net user: slirp4netns cannot publish port' "$port"
	kill -KILL "${children[0]}"
	wait "${children[0]}" || true
	nothing_left
}

@test 'images without --net leave no word of an earlier one' {
	need_criu
	counting
	counts --net none
	checkpoint --leave-running
	[ "$(jq -c . "$IMAGES/network.json")" = '{"net":"none"}' ]
	aril delete -f "$ID"
	rm "$COUNT"
	counts
	checkpoint
	[ "$status" -eq 0 ]
	[ ! -e "$IMAGES/network.json" ]
}

@test 'a network.json that is broken is named, and nothing is left' {
	mkdir "$IMAGES"
	echo '{"net": 3}' >"$IMAGES/network.json"
	counting
	restore
	refused "$IMAGES/network.json"
	echo '{"net": "nonesuch"}' >"$IMAGES/network.json"
	restore
	refused '--net: "nonesuch" is none of'
}
