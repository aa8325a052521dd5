#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker's networks, and a stack of several containers.

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

# bats test_tags=quick
@test "containers reach each other, and the host, over the bridge" {
	local address
	docker run -d --name server box nc -lk -p 80 -e echo served
	address=$(of server .NetworkSettings.IPAddress)
	until_true 20 serves "$address:80" served
	is "$(docker run --rm box nc -w 10 "$address" 80 </dev/null)" served
}

@test "-p publishes a port" {
	docker run -d --name server -p 127.0.0.1:8080:80 box \
		nc -lk -p 80 -e echo published
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

# bats test_tags=quick
@test "a stack: three services on a network, found by their names" {
	docker network create stack >/dev/null
	docker volume create stack-data
	docker run -d --name db --network stack -v stack-data:/data box sh -c \
		'echo stored >/data/row; exec nc -lk -p 5432 -e cat /data/row'
	docker run -d --name app --network stack --restart on-failure:20 box sh -c \
		'while :; do nc -l -p 80 -e nc db 5432; done'
	docker run -d --name front --network stack -p 127.0.0.1:8081:80 \
		box sh -c 'while :; do nc -l -p 80 -e nc app 80; done'
	until_true 60 serves 127.0.0.1:8081 stored
	docker restart -t 0 db
	until_true 60 serves 127.0.0.1:8081 stored
	docker rm -f -v db app front
	until_true 20 docker network rm stack
}
