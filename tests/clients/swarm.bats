#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker Swarm on one node: services of many containers, replaced while they run.

load docker.bash

# The routing mesh needs a firewall: services are found by name only
swarm() { # NAME OPTION... IMAGE COMMAND...
	local name=$1
	shift
	docker service create --detach --quiet --no-resolve-image --name "$name" \
		--endpoint-mode dnsrr "$@" >/dev/null
}

runs() { # SERVICE COUNT
	is "$(docker service ps --filter desired-state=running \
		--format '{{.CurrentState}}' "$1" | grep -c ^Running)" "$2"
}

# all_have SERVICE WORD COUNT: so many containers of the service run with that command
all_have() {
	is "$(docker ps --no-trunc --filter "name=$1" --format '{{.Command}}' |
		grep -c "$2")" "$3"
}

updated() { # SERVICE STATE
	is "$(docker service inspect --format '{{.UpdateStatus.State}}' "$1")" "$2"
}

setup_file() {
	engine_begin
	docker swarm init --advertise-addr 127.0.0.1 >/dev/null
	until_true 60 docker node inspect self
	# the manager's own network comes a little later, and stays
	until_true 60 test -e /run/docker/netns/ingress_sbox || :
}

teardown_file() {
	docker swarm leave --force >/dev/null
	engine_end
}

teardown() {
	docker service ls -q | xargs -r docker service rm >/dev/null
	until_true 60 eval '[ "$(docker ps -aq | wc -l)" -eq 0 ]' || :
	engine_clean
	client_left
}

# bats test_tags=quick
@test "a service of 5 replicas runs, and what ends is replaced" {
	local first
	swarm five --replicas 5 box sleep 1000
	until_true 90 runs five 5
	first=$(docker ps -q | head -n 1)
	docker kill "$first"
	until_true 90 eval "! docker ps -q | grep -q $first"
	until_true 90 runs five 5
	all_have five 'sleep 1000' 5
}

# bats test_tags=quick
@test "rolling update, and rollback" {
	swarm rolled --replicas 4 --update-parallelism 2 --update-delay 0s \
		--stop-grace-period 1s box sleep 1000
	until_true 90 runs rolled 4
	docker service update -d --quiet --no-resolve-image --args 'sleep 2000' rolled
	until_true 120 updated rolled completed
	until_true 60 all_have rolled 'sleep 2000' 4
	docker service rollback --detach --quiet rolled
	until_true 120 updated rolled rollback_completed
	until_true 60 all_have rolled 'sleep 1000' 4
}

@test "an update that cannot start goes back by itself" {
	swarm broken --replicas 2 --update-failure-action rollback --update-monitor 5s \
		--stop-grace-period 1s --restart-condition none box sleep 1000
	until_true 90 runs broken 2
	docker service update -d --quiet --no-resolve-image --args /nothing broken
	until_true 110 updated broken rollback_completed
	until_true 60 all_have broken 'sleep 1000' 2
}

@test "scale to 20 and back to 1" {
	swarm many --stop-grace-period 1s box sleep 1000
	until_true 60 runs many 1
	docker service scale --detach many=20 >/dev/null
	until_true 110 runs many 20
	docker service scale --detach many=1 >/dev/null
	until_true 110 runs many 1
	until_true 60 all_have many 'sleep 1000' 1
}

@test "drain takes all from a node, active brings them back" {
	local node
	node=$(docker node ls -q)
	swarm drained --replicas 3 --stop-grace-period 1s box sleep 1000
	until_true 90 runs drained 3
	docker node update --availability drain "$node"
	until_true 60 eval '[ "$(docker ps -q | wc -l)" -eq 0 ]'
	docker node update --availability active "$node"
	until_true 90 runs drained 3
}

@test "limits, read-only, tmpfs, init, user, env and mounts of a service" {
	local one
	swarm full --limit-memory 64M --limit-pids 30 --limit-cpu 0.5 --read-only --init \
		--mount type=tmpfs,dst=/scratch \
		--mount type=volume,src=kept,dst=/data \
		--user 1000 --env A=b --hostname here \
		--stop-grace-period 1s box sleep 1000
	until_true 60 runs full 1
	one=$(docker ps -q --filter name=full)
	is "$(docker exec "$one" cat /sys/fs/cgroup/memory.max)" 67108864
	is "$(docker exec "$one" cat /sys/fs/cgroup/pids.max)" 30
	is "$(docker exec "$one" cat /sys/fs/cgroup/cpu.max)" '50000 100000'
	is "$(docker exec "$one" sh -c 'echo $(id -u) $A $(hostname)')" '1000 b here'
	exits 1 docker exec --user 0 "$one" touch /srv/x
	exits 0 docker exec --user 0 "$one" touch /scratch/x /data/x
	matches "$(docker exec "$one" cat /proc/1/comm)" docker-init
}

@test "a secret and a config are files of a service" {
	local one
	echo hidden | docker secret create told - >/dev/null
	echo shown | docker config create set - >/dev/null
	swarm reads --secret told --config source=set,target=/srv/set,mode=0400 \
		--stop-grace-period 1s box sleep 1000
	until_true 60 runs reads 1
	one=$(docker ps -q --filter name=reads)
	is "$(docker exec "$one" cat /run/secrets/told)" hidden
	is "$(docker exec "$one" cat /srv/set)" shown
	is "$(docker exec "$one" stat -c %a /srv/set)" 400
	docker service rm reads
	docker secret rm told
	docker config rm set
}

@test "a job of the swarm runs to its end, as often as was asked for" {
	swarm job --mode replicated-job --replicas 6 --max-concurrent 3 \
		--restart-condition none box sh -c 'echo done'
	until_true 110 eval '[ "$(docker service ps --format "{{.CurrentState}}" job |
		grep -c ^Complete)" -eq 6 ]'
}

@test "health of a task: an unwell one is replaced" {
	local first
	swarm sick --health-cmd 'test ! -e /srv/sick' --health-interval 1s \
		--health-retries 1 --stop-grace-period 1s box sleep 1000
	until_true 60 runs sick 1
	first=$(docker ps -q --filter name=sick)
	docker exec "$first" touch /srv/sick
	until_true 90 eval "! docker ps -q | grep -q $first"
	until_true 90 runs sick 1
}

@test "a stack of two services is deployed from a file, and removed" {
	cat >"$T/stack.yml" <<-'END'
		version: "3.7"
		services:
		  one:
		    image: box
		    command: sleep 1000
		    networks: [ plain ]
		    deploy: { replicas: 2, endpoint_mode: dnsrr }
		  two:
		    image: box
		    command: sleep 2000
		    networks: [ plain ]
		    deploy: { endpoint_mode: dnsrr }
		networks:
		  plain: { external: true, name: host }
	END
	docker stack deploy --resolve-image never -c "$T/stack.yml" both
	until_true 90 runs both_one 2
	until_true 90 runs both_two 1
	docker stack rm both
}
