#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# bats file_tags=net
# --net and the annotation aril.net: which network a container is in, and all mistakes
# that can be made with these words. Traffic is in net_user.bats and net_bridge.bats.

load ../lib/bundle.bash

prepare() {
	only_aril '--net is of aril'
	# the profile lets nobody speak with the kernel about devices
	cfg 'del(.linux.seccomp)'
}

namespace_of() { # the probe's
	sed -n 's/^ns.net=//p' <<<"$output"
}

@test 'none: a namespace with nothing but its loopback device, which is up' {
	args /probe links , addresses , ns
	go --net none
	[ "$status" -eq 0 ]
	want 'link.lo=up' 'address=lo 127.0.0.1/8'
	want_none 'link\.[^l].*' 'address=[^l].*'
	[ "$(readlink /proc/self/ns/net)" != "$(namespace_of)" ]
}

@test 'none: also where the document has no network namespace' {
	namespace_drop network
	args /probe links
	go --net none
	[ "$status" -eq 0 ]
	want 'link.lo=up'
	[ "$(grep -c '^link' <<<"$output")" -eq 1 ]
}

@test 'none: in place of a namespace by path' {
	need_root 'joins the namespace of the host'
	namespace_path network /proc/1/ns/net
	args /probe ns
	go --net none
	[ "$status" -eq 0 ]
	[ "$(readlink /proc/self/ns/net)" != "$(namespace_of)" ]
}

@test 'host: the network namespace of the host' {
	cfg 'del(.linux.sysctl)'
	args /probe ns
	go --net host
	[ "$status" -eq 0 ]
	[ "$(readlink /proc/self/ns/net)" = "$(namespace_of)" ]
}

@test 'host: a setting of the network would be that of the host' {
	cfg '.linux.sysctl = { "net.ipv4.ip_forward": "1" }'
	go --net host
	refused 'linux.sysctl' 'is not in a separate kernel namespace'
}

@test 'ns: the namespace of another container' {
	running --net none
	args /probe ns
	if is_root; then
		run aril run -b "$B" --net "ns:/proc/$(pid)/ns/net" "$ID-2" </dev/null
		echo "$output"
		[ "$status" -eq 0 ]
		[ "$(readlink "/proc/$(pid)/ns/net")" = "$(namespace_of)" ]
	else
		# it belongs to another user namespace
		run aril run -b "$B" --net "ns:/proc/$(pid)/ns/net" "$ID-2" </dev/null
		echo "$output"
		[ "$status" -eq 1 ]
		[[ $output == *': EPERM: users can join only one that '* ]]
	fi
}

@test 'ns: a path that leads to none' {
	go --net ns:/nowhere
	refused 'network' '/nowhere' 'ENOENT'
	go --net ns:/proc/self/ns/uts
	refused 'network' '/proc/self/ns/uts'
}

@test 'an annotation says the same' {
	cfg '.annotations["aril.net"] = "none" | .linux.namespaces |=
		map(select(.type != "network"))'
	args /probe links
	go
	[ "$status" -eq 0 ]
	want 'link.lo=up'
	[ "$(grep -c '^link' <<<"$output")" -eq 1 ]
}

@test 'a flag wins over the annotation' {
	cfg '.annotations["aril.net"] = "nonsense" | del(.linux.sysctl)
		| .annotations["aril.publish"] = "nonsense"'
	args /probe ns
	go --net host
	[ "$status" -eq 0 ]
	[ "$(readlink /proc/self/ns/net)" = "$(namespace_of)" ]
}

@test 'an annotation that contradicts the document' {
	namespace_path network /proc/self/ns/net
	cfg '.annotations["aril.net"] = "host"'
	go
	refused 'annotations.aril.net host' 'has a path for the network namespace, too'
}

@test 'mistakes are named, with where they were made' {
	go --net bridgehead:br0
	refused '--net: "bridgehead:br0" is none of none, host'
	go --net none,ip=10.0.0.2/24
	refused '--net none: "ip=10.0.0.2/24" is not for this kind'
	go --net bridge:br0,ip=10.0.0.2
	refused '--net bridge: "ip=10.0.0.2" lacks the length'
	cfg '.annotations["aril.net"] = "user,with=vpn"'
	go
	refused 'annotations.aril.net user: "with=vpn" is none of pasta, slirp4netns'
}

@test 'ports are published with --net user only' {
	go -p 8080:80
	refused '--publish: only --net user publishes ports'
	go --net none -p 8080:80
	refused '--publish: only --net user publishes ports'
	go --net user -p 8080
	refused '--publish: "8080" is not [IP:]HOST:BOX'
	go --net user -p 80:80 -p 127.0.0.1:80:81
	refused '--publish: "127.0.0.1:80:81" publishes a port for the second time'
	cfg '.annotations["aril.publish"] = "8080:80"'
	go
	refused 'annotations.aril.publish: only --net user publishes ports'
}

@test 'an ordinary user cannot change the network of the host' {
	need_user
	local kind
	for kind in bridge:br0 macvlan:eth0 phys:eth0; do
		go --net "$kind"
		refused "--net ${kind%%:*}: only root changes the network of the host"
	done
}

@test 'plan shows the namespace that --net asks for' {
	run aril plan -b "$B" --net ns:/run/netns/blue
	[ "$status" -eq 0 ]
	want_like 'join: network "/run/netns/blue".*'
	run aril plan -b "$B" --net host
	[ "$status" -eq 0 ] || fails 'linux.sysctl'
	want_none 'join: network.*' 'clone with new:.* network.*'
}
