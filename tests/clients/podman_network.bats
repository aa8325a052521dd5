#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Networks of podman's containers: each kind, and that what one says another hears.

load podman.bash

engine_end() {
	podman network prune --force >/dev/null 2>&1
}

# served NAME: it listens, on port 8000
served() {
	pod exec "$1" test -e /srv/ready
}

# serve NAME OPTION...: a container that answers the first that comes to port 8000
serve() {
	local name=$1
	shift
	pod run -d --name "$name" "$@" box /probe serve tcp 0.0.0.0 8000 /srv/ready \
		>/dev/null
	until_true 30 served "$name"
}

# With the older plugins a network that podman makes is behind a firewall
own_networks() {
	[ -z "${NETAVARK_FW:-}" ] || needs_podman 5.0
}

# address NAME
address() {
	pod inspect "$1" --format \
		'{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'
}

# Before 5.0 the containers of an ordinary user are on a network of their own
bridge() {
	[ "$(id -u)" -ne 0 ] || return 0
	echo --network=podman
}

# bats test_tags=quick
@test "--network none: a loopback, and nobody to talk to" {
	exits 0 no_net box sh -c '/probe links; /probe addresses; /probe gateways
		/probe ask tcp 10.88.0.1 22 hello'
	matches "$output" '^link.lo=up'
	is "$(grep -c ^link. <<<"$output")" 1
	matches "$output" 'address=lo 127.0.0.1/8'
	matches "$output" 'connect=ENETUNREACH'
	[[ $output != *gateway* ]]
}

@test "--network host: the host's links, and its ports" {
	exits 0 pod run --rm --network host box /probe ns
	matches "$output" "$(readlink /proc/self/ns/net | sed 's/[][]/\\&/g')"
	serve one --network host
	exits 0 "$ARIL_PROBE" ask tcp 127.0.0.1 8000 hello
	is "$output" reply=got:hello
	is "$(pod wait one)" 0
	is "$(pod logs one)" received=hello
}

@test "a bridge: one talks to the other" {
	# shellcheck disable=SC2046 # a word, or none
	serve one $(bridge)
	# shellcheck disable=SC2046 # a word, or none
	exits 0 pod run --rm $(bridge) box /probe ask tcp "$(address one)" 8000 hello
	is "$output" reply=got:hello
	is "$(pod wait one)" 0
	is "$(pod logs one)" received=hello
}

@test "a network of one's own, with an address and a hardware address" {
	own_networks
	pod network create --subnet 10.77.0.0/24 --gateway 10.77.0.1 own >/dev/null
	serve one --network own --ip 10.77.0.9 --mac-address 92:d0:c6:0a:29:33
	exits 0 pod exec one sh -c '/probe addresses; /probe links; /probe gateways'
	matches "$output" 'address=eth0 10.77.0.9/24'
	matches "$output" 'mac.eth0=92:d0:c6:0a:29:33'
	matches "$output" 'gateway=eth0 10.77.0.1'
	exits 0 pod run --rm --network own box /probe ask tcp 10.77.0.9 8000 hello
	is "$output" reply=got:hello
	pod rm -f -t 0 one >/dev/null
	exits 0 pod network rm own
	exits 125 pod run --rm --network own box true
}

@test "names of others on the same network" {
	needs_podman 5.0 # the older plugins have none
	pod network create --subnet 10.78.0.0/24 own >/dev/null
	serve one --network own --network-alias another
	exits 0 pod run --rm --network own box nslookup another
	matches "$output" "$(address one)"
	exits 0 pod run --rm --network own box sh -c 'echo hello | nc one 8000'
	is "$output" got:hello
	pod rm -f -t 0 one >/dev/null
	pod network rm own >/dev/null
}

@test "connect and disconnect while it runs" {
	own_networks
	pod network create --subnet 10.79.0.0/24 first >/dev/null
	pod network create --subnet 10.80.0.0/24 second >/dev/null
	up one --network first
	exits 0 pod exec one /probe addresses
	matches "$output" 'eth0 10.79.0'
	pod network connect second one
	exits 0 pod exec one /probe addresses
	matches "$output" 'eth1 10.80.0'
	pod network disconnect second one
	exits 0 pod exec one /probe addresses
	[[ $output != *10.80.0* ]]
	matches "$output" 'eth0 10.79.0'
	pod rm -f -t 0 one >/dev/null
	pod network rm first second >/dev/null
}

@test "two networks at once, under names of their own" {
	own_networks
	pod network create --subnet 10.81.0.0/24 first >/dev/null
	pod network create --subnet 10.82.0.0/24 --internal second >/dev/null
	exits 0 pod run --rm --network first:interface_name=one \
		--network second:interface_name=two,ip=10.82.0.77 box \
		sh -c '/probe addresses; /probe gateways'
	matches "$output" 'address=one 10.81.0'
	matches "$output" 'address=two 10.82.0.77/24'
	matches "$output" 'gateway=one'
	[[ $output != *gateway=two* ]]
	pod network rm first second >/dev/null
}

# What is published is answered by a program of podman's where there is no firewall
# that could do it
@test "a published port, reached from the host" {
	[ "$(id -u)" -ne 0 ] || firewall
	serve one -p 18000:8000
	is "$(pod port one)" '8000/tcp -> 0.0.0.0:18000'
	exits 0 "$ARIL_PROBE" ask tcp 127.0.0.1 18000 hello
	is "$output" reply=got:hello
	is "$(pod wait one)" 0
	is "$(pod logs one)" received=hello
	exits 0 "$ARIL_PROBE" ask tcp 127.0.0.1 18000 hello
	is "$output" connect=ECONNREFUSED
}

firewall() {
	[ "${NETAVARK_FW:-}" != none ] || skip 'this kernel has no firewall'
}

@test "slirp4netns" {
	only_user
	serve one --network slirp4netns:port_handler=slirp4netns -p 18001:8000
	exits 0 pod exec one sh -c '/probe addresses; /probe gateways'
	matches "$output" 'tap0 10.0.2.100/24'
	matches "$output" 'gateway=tap0 10.0.2.2'
	exits 0 "$ARIL_PROBE" ask tcp 127.0.0.1 18001 hello
	is "$output" reply=got:hello
	outside slirp4netns:allow_host_loopback=true 10.0.2.2
}

@test "pasta" {
	needs_podman 4.4
	only_user
	serve one --network pasta -p 18002:8000
	exits 0 "$ARIL_PROBE" ask tcp 127.0.0.1 18002 hello
	is "$output" reply=got:hello
}

# outside NETWORK ADDRESS: a container there talks to the host, which has that address
outside() {
	"$ARIL_PROBE" serve tcp 127.0.0.1 18003 "$T/ready" >"$T/heard" 2>&1 3>&- &
	"$ARIL_PROBE" wait-file "$T/ready" 5000
	exits 0 pod run --rm --network "$1" box /probe ask tcp "$2" 18003 from-inside
	is "$output" reply=got:from-inside
	wait $!
	is "$(cat "$T/heard")" received=from-inside
}

@test "--network container: another's links" {
	local net
	serve one --network none
	net=$(pod exec one readlink /proc/self/ns/net)
	exits 0 pod run --rm --network container:one box sh -c \
		'/probe ask tcp 127.0.0.1 8000 hello; readlink /proc/self/ns/net'
	is "$output" $'reply=got:hello\n'"$net"
	is "$(pod wait one)" 0
}

@test "--network ns:PATH" {
	only_root 'make such a namespace'
	ip netns add aril-own
	ip -n aril-own link set lo up
	ip -n aril-own address add 10.83.0.5/24 dev lo
	serve one --network ns:/run/netns/aril-own
	exits 0 pod exec one /probe addresses
	matches "$output" 'lo 10.83.0.5/24'
	exits 0 ip netns exec aril-own "$ARIL_PROBE" ask tcp 10.83.0.5 8000 hello
	is "$output" reply=got:hello
	pod rm -f -t 0 one >/dev/null
	ip netns delete aril-own
	exits 125 pod run --rm --network ns:/run/netns/aril-own box true ||
		exits 126 pod run --rm --network ns:/run/netns/aril-own box true
}

@test "--dns, --add-host, --no-hosts" {
	# shellcheck disable=SC2046 # a word, or none
	exits 0 pod run --rm $(bridge) --dns 192.0.2.53 --dns-search example.org \
		--dns-option ndots:3 --add-host db:192.0.2.7 box sh -c \
		'cat /etc/resolv.conf; grep db /etc/hosts'
	matches "$output" 'search example.org'
	matches "$output" 'nameserver 192.0.2.53'
	matches "$output" 'options ndots:3'
	matches "$output" '192.0.2.7.db'
	exits 2 no_net --no-hosts box grep -q . /etc/hosts
	exits 0 no_net --hostname here box grep -w here /etc/hosts
}
