#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Swarm's own networks: overlays, names, addresses of services and published ports. They
# need a firewall, which user-mode Linux does not have.

load swarm.bash

# a guest that emulates its processors is slow
export BATS_TEST_TIMEOUT=900

missing() { # print what is not here
	local module
	for module in ip_vs vxlan br_netfilter iptable_nat; do
		modprobe -q "$module" || echo "$module"
	done
}

setup_file() {
	[ -z "$(missing)" ] || return 0
	swarm_begin
}

setup() {
	[ -z "$(missing)" ] || skip "this kernel lacks $(missing | xargs)"
	client_setup
	docker network create --driver overlay --attachable --subnet 10.78.0.0/24 wide
}

teardown() {
	[ -z "$(missing)" ] || return 0
	services_end
	engine_clean
	client_left
}

# web NAME OPTION...: a service that tells the name of the task that answers
web() {
	local name=$1
	shift
	docker service create --detach --quiet --no-resolve-image --name "$name" \
		--network wide --stop-grace-period 1s --hostname 'task-{{.Task.Slot}}' \
		"$@" box sh -c \
		'mkdir /www && hostname >/www/who && exec httpd -f -p 80 -h /www' \
		>/dev/null
}

# answers: who answers to URL, from a container of the network, in several calls
answers() {
	docker run --rm --network wide box sh -c \
		"for i in 1 2 3 4; do wget -q -T 10 -O - $1 || exit; done" | sort -u |
		tr '\n' ' '
}

answer_are() { # URL TEXT
	is "$(answers "$1")" "$2"
}

@test "a service has one address and one name for all its tasks" {
	web shop --replicas 2
	until_true 300 runs shop 2
	until_true 300 answer_are http://shop/who 'task-1 task-2 '
	matches "$(docker run --rm --network wide box nslookup tasks.shop)" \
		'10\.78\.0\..*10\.78\.0\.'
}

@test "without an address of its own a name has those of all tasks" {
	web plain --replicas 2 --endpoint-mode dnsrr
	until_true 300 runs plain 2
	until_true 300 eval '[ "$(docker run --rm --network wide box nslookup plain |
		grep -c "10\.78\.0\.")" -eq 2 ]'
}

@test "a published port is answered by a task, also after an update" {
	web out --publish 8099:80
	until_true 300 runs out 1
	until_true 300 eval '[ "$(docker run --rm --network host box wget -q -T 5 -O - \
		http://172.17.0.1:8099/who)" = task-1 ]'
}
