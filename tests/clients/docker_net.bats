#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker's networks.

load docker.bash

serves() { # URL TEXT: from the guest
	local host=${1%:*} port=${1#*:} line
	exec 4<>"/dev/tcp/$host/$port" || return
	read -r line <&4
	exec 4<&-
	is "$line" "$2"
}

# bats test_tags=quick
@test "--network none, host, bridge" {
	is "$(docker run --rm --network none box ip -o link | wc -l)" 1
	is "$(docker run --rm --network host box readlink /proc/self/ns/net)" \
		"$(readlink /proc/self/ns/net)"
	matches "$(docker run --rm box ip -o -4 addr)" 'eth0 +inet 172'
	matches "$(docker run --rm --mac-address 02:42:00:11:22:33 box ip link)" \
		02:42:00:11:22:33
}

@test "--network container: two in one, and the first may be paused" {
	box first
	is "$(docker run --rm --network container:first box readlink /proc/self/ns/net)" \
		"$(docker exec first readlink /proc/self/ns/net)"
	is "$(docker run --rm --network container:first box hostname)" \
		"$(docker exec first hostname)"
}

@test "containers reach each other, and the host, over the bridge" {
	local address
	docker run -d --name server box nc -ll -p 80 -e echo served
	address=$(of server .NetworkSettings.IPAddress)
	until_true 20 serves "$address:80" served
	is "$(docker run --rm box nc -w 10 "$address" 80 </dev/null)" served
}

@test "-p publishes a port" {
	docker run -d --name server -p 127.0.0.1:8080:80 box \
		nc -ll -p 80 -e echo published
	until_true 20 serves 127.0.0.1:8080 published
	is "$(docker port server 80)" 127.0.0.1:8080
}

@test "a network comes to a container that runs, and goes" {
	docker network create --subnet 10.77.0.0/24 added >/dev/null
	box one
	docker network connect --ip 10.77.0.9 added one
	matches "$(docker exec one ip -o -4 addr)" 10.77.0.9
	docker network disconnect added one
	exits 1 eval 'docker exec one ip -o -4 addr | grep 10.77.0.9'
}
