#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=net
# --net bridge, macvlan and phys: traffic between containers, and that all is undone.

load ../lib/bundle.bash

prepare() {
	only_aril '--net is of aril'
	need_root 'changes the network of the host'
	need_net
	[ -n "${BED_NET:-}${BED_OPEN:-}" ] || skip 'the machine is not to be changed'
	cfg 'del(.linux.seccomp)'
	ip link add "$(bridge)" type bridge 2>/dev/null ||
		skip 'this kernel has no bridges'
	ip link set "$(bridge)" up
	mkdir -p "$T/tell"
	chmod 777 "$T/tell"
	bind "$T/tell" /tell
	links_of >"$T/links.before"
}
undo() {
	ip link del "$(bridge)" 2>/dev/null
	ip link del phys0 2>/dev/null
	return 0
}
bridge() {
	echo "br$BATS_SUITE_TEST_NUMBER"
}
links_of() {
	ip -o link | sed 's/^[0-9]*: \([^:@]*\).*/\1/' | sort
}
same_links() {
	links_of >"$T/links.after"
	diff "$T/links.before" "$T/links.after"
}

@test 'bridge: two containers speak with each other' {
	args /probe serve tcp 10.9.0.2 80 /tell/serves , wait-file /tell/done 10000
	created --net "bridge:$(bridge),ip=10.9.0.2/24"
	start
	[ "$status" -eq 0 ]
	"$ARIL_PROBE" wait-file "$T/tell/serves" 5000
	args /probe links , addresses , gateways , ask tcp 10.9.0.2 80 hello
	run aril run -b "$B" \
		--net "bridge:$(bridge),ip=10.9.0.3/24,gw=10.9.0.1,name=lan,mtu=1400,\
mac=02:00:00:00:00:03" "$ID-2" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want 'link.lan=up' 'address=lan 10.9.0.3/24' 'gateway=lan 10.9.0.1' \
		'mtu.lan=1400' 'mac.lan=02:00:00:00:00:03' 'reply=got:hello'
	touch "$T/tell/done"
	aril delete -f "$ID"
	grep -qx 'received=hello' "$T/out"
	same_links
}

@test 'bridge: a nameserver is in resolv.conf' {
	mount_drop /etc/resolv.conf
	rm -f "$B/rootfs/etc/resolv.conf"
	echo 'of the image' >"$B/rootfs/etc/resolv.conf"
	args /probe read /etc/resolv.conf
	go --net "bridge:$(bridge),ip=10.9.0.2/24,dns=10.9.0.53"
	[ "$status" -eq 0 ]
	want '/etc/resolv.conf=nameserver 10.9.0.53'
	[ "$(cat "$B/rootfs/etc/resolv.conf")" = 'of the image' ]
	same_links
}

@test 'bridge: mistakes and later failures leave nothing' {
	go --net bridge:nonesuch
	refused '--net bridge' 'nonesuch'
	same_links
	go --net "bridge:$(bridge),ip=10.9.0.2/24,gw=10.77.0.1"
	refused '--net bridge' '10.77.0.1'
	same_links
	cfg '.hooks.createRuntime = [{ path: "/bin/false" }]'
	go --net "bridge:$(bridge),ip=10.9.0.2/24"
	refused 'createRuntime'
	same_links
	cfg 'del(.hooks) | .process.args = ["/nonesuch"]'
	go --net "bridge:$(bridge),ip=10.9.0.2/24"
	refused '/nonesuch'
	same_links
}

@test 'macvlan: a device on top of one of the host' {
	ip link add phys0 type veth peer name phys1 || skip 'this kernel has no veth'
	ip link add link phys0 name try0 type macvlan 2>/dev/null || {
		ip link del phys0
		skip 'this kernel has no macvlan'
	}
	ip link del try0
	links_of >"$T/links.before"
	args /probe links , addresses
	go --net macvlan:phys0,ip=10.9.1.2/24
	[ "$status" -eq 0 ]
	want 'link.eth0=up' 'address=eth0 10.9.1.2/24'
	same_links
	go --net macvlan:nonesuch
	refused '--net macvlan' 'nonesuch'
}

# veth devices are no hardware: the kernel deletes them with the namespace of a container
# that has ended. So they go back here while init still waits.
@test 'phys: a device moves in, and goes back at delete' {
	ip link add phys0 type veth peer name phys1 || skip 'this kernel has no veth'
	links_of >"$T/links.before"
	created --pid-file "$T/pid" --net phys:phys0,name=inside,ip=10.9.2.2/24
	run ! ip link show phys0
	nsenter --net="/proc/$(pid)/ns/net" ip addr show inside | grep -F 10.9.2.2/24
	aril delete "$ID"
	same_links
	[ -z "$(ip -o -4 addr show dev phys0)" ]
}

@test 'phys: it goes back when something fails' {
	ip link add phys0 type veth peer name phys1 || skip 'this kernel has no veth'
	links_of >"$T/links.before"
	cfg '.hooks.createRuntime = [{ path: "/bin/false" }]'
	go --net phys:phys0,name=inside,ip=10.9.2.2/24
	refused 'createRuntime'
	same_links
	go --net phys:nonesuch
	refused '--net phys' 'nonesuch'
}
