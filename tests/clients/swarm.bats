#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker Swarm on one node: services of many containers, replaced while they run.

load swarm.bash

updated() { # SERVICE STATE
	is "$(docker service inspect --format '{{.UpdateStatus.State}}' "$1")" "$2"
}

# at_once SERVICE SINCE: the fewest and the most of its containers that ran at a time
# since then, when $3 ran in the beginning
at_once() {
	docker events --since "$2" --until "$(date +%s.%N)" --filter type=container \
		--filter event=start --filter event=die \
		--filter "label=com.docker.swarm.service.name=$1" \
		--format '{{.Action}}' | awk -v n="$3" '
			BEGIN { min = max = n }
			{ n += $1 == "start" ? 1 : -1 }
			n < min { min = n }
			n > max { max = n }
			END { print min, max }'
}

said() { # SERVICE LINES: what all its tasks logged, sorted, on one line
	is "$(docker service logs --raw "$1" | sort | tr '\n' ' ')" "$2"
}

# bats test_tags=quick
@test "a service of 5 replicas runs, and what ends is replaced" {
	local killed
	service five --replicas 5 box sleep 1000
	until_true 150 runs five 5
	killed=$(first five)
	docker kill "$killed"
	until_true 150 gone "$killed"
	until_true 150 all_have five 'sleep 1000' 5
	ended five Failed 1
}

@test "rolling update two at a time, and rollback" {
	local since before
	service rolled --replicas 4 --update-parallelism 2 --update-delay 0s \
		box sleep 1000
	until_true 150 runs rolled 4
	before=$(docker ps -q --no-trunc | sort)
	since=$(date +%s.%N)
	update rolled --args 'sleep 2000'
	until_true 200 updated rolled completed
	until_true 60 all_have rolled 'sleep 2000' 4
	is "$(at_once rolled "$since" 4)" '2 4'
	is "$(comm -12 <(echo "$before") <(docker ps -q --no-trunc | sort))" ''
	docker service rollback --detach --quiet rolled
	until_true 200 updated rolled rollback_completed
	until_true 60 all_have rolled 'sleep 1000' 4
}

@test "rolling update one at a time, the new one first" {
	local since
	service rolled --replicas 3 --update-parallelism 1 --update-order start-first \
		box sleep 1000
	until_true 150 runs rolled 3
	since=$(date +%s.%N)
	update rolled --args 'sleep 2000'
	until_true 200 updated rolled completed
	until_true 60 all_have rolled 'sleep 2000' 3
	until_true 60 containers_are 3
	# never less than asked for; the next may begin while those before it end
	matches "$(at_once rolled "$since" 3)" '^3 [456]$'
}

@test "an update that cannot start goes back by itself" {
	service broken --replicas 2 --update-failure-action rollback \
		--update-monitor 5s --restart-condition none box sleep 1000
	until_true 150 runs broken 2
	update broken --args /nothing
	until_true 200 updated broken rollback_completed
	until_true 60 all_have broken 'sleep 1000' 2
	matches "$(docker service ps --no-trunc --format '{{.Error}}' broken)" \
		'no such file or directory'
}

@test "scale to 20 and back to 1" {
	service many box sleep 1000
	until_true 60 runs many 1
	docker service scale --detach many=20 >/dev/null
	until_true 200 runs many 20
	all_have many 'sleep 1000' 20
	docker service scale --detach many=1 >/dev/null
	until_true 200 runs many 1
	until_true 60 containers_are 1
}

@test "drain takes all from a node, active brings them back" {
	local node
	node=$(docker node ls -q)
	service drained --replicas 3 box sleep 1000
	until_true 150 runs drained 3
	docker node update --availability drain "$node"
	until_true 60 containers_are 0
	runs drained 0
	docker node update --availability active "$node"
	until_true 150 runs drained 3
	containers_are 3
}

@test "limits, read-only, tmpfs, init, user, env and mounts of a service" {
	local one
	service full --limit-memory 64M --limit-pids 30 --limit-cpu 0.5 --read-only \
		--init --mount type=tmpfs,dst=/scratch \
		--mount type=volume,src=kept,dst=/data --user 1000 --env A=b \
		--hostname here --cap-drop all --cap-add NET_ADMIN \
		--ulimit nofile=100:200 --sysctl net.ipv4.ip_forward=0 box sleep 1000
	until_true 60 runs full 1
	one=$(first full)
	is "$(docker exec "$one" cat /sys/fs/cgroup/memory.max)" 67108864
	is "$(docker exec "$one" cat /sys/fs/cgroup/pids.max)" 30
	is "$(docker exec "$one" cat /sys/fs/cgroup/cpu.max)" '50000 100000'
	is "$(docker exec "$one" sh -c 'echo $(id -u) $A $(hostname) $(ulimit -n)')" \
		'1000 b here 100'
	is "$(docker exec "$one" grep CapBnd /proc/self/status | cut -f2)" \
		0000000000001000
	is "$(docker exec "$one" cat /proc/sys/net/ipv4/ip_forward)" 0
	exits 1 docker exec --user 0 "$one" touch /srv/x
	exits 0 docker exec --user 0 "$one" touch /scratch/x /data/x
	matches "$(docker exec "$one" cat /proc/1/comm)" docker-init
}

@test "limits of a service are changed: new tasks have them" {
	service limited --limit-memory 64M box sleep 1000
	until_true 60 runs limited 1
	update limited --limit-memory 32M --limit-pids 20
	until_true 200 updated limited completed
	until_true 60 runs limited 1
	is "$(docker exec "$(first limited)" cat /sys/fs/cgroup/memory.max)" 33554432
	is "$(docker exec "$(first limited)" cat /sys/fs/cgroup/pids.max)" 20
}

@test "a secret and a config are files of a service" {
	local one
	echo hidden | docker secret create told - >/dev/null
	echo shown | docker config create set - >/dev/null
	service reads --secret source=told,mode=0440,uid=1000 \
		--config source=set,target=/srv/set,mode=0400 box sleep 1000
	until_true 60 runs reads 1
	one=$(first reads)
	is "$(docker exec "$one" cat /run/secrets/told)" hidden
	is "$(docker exec "$one" stat -c '%a %u' /run/secrets/told)" '440 1000'
	is "$(docker exec "$one" cat /srv/set)" shown
	is "$(docker exec "$one" stat -c %a /srv/set)" 400
	exits 1 docker exec "$one" touch /run/secrets/told
	docker service rm reads
	docker secret rm told
	docker config rm set
}

@test "a job of the swarm runs to its end, as often as was asked for" {
	service job --mode replicated-job --replicas 6 --max-concurrent 3 \
		--restart-condition none box sh -c 'echo done'
	until_true 200 ended job Complete 6
	containers_are 0
	is "$(docker ps -aq --filter status=exited --filter exited=0 | wc -l)" 6
}

@test "restart conditions: none, on-failure with a limit, any" {
	service never --restart-condition none box sh -c 'exit 3'
	service fails --restart-condition on-failure --restart-max-attempts 2 \
		--restart-delay 0s box sh -c 'exit 4'
	service works --restart-condition on-failure box true
	service again --restart-condition any --restart-delay 0s box true
	until_true 150 ended fails Failed 3
	until_true 60 ended never Failed 1
	until_true 60 ended works Complete 1
	until_true 60 eval '[ "$(docker service ps again --format "{{.CurrentState}}" |
		grep -c ^Complete)" -ge 2 ]'
	ended fails Failed 3
	ended never Failed 1
	matches "$(docker service ps --no-trunc --format '{{.Error}}' never)" \
		'non-zero exit \(3\)'
}

@test "a global service has one task on the node" {
	service everywhere --mode global box sleep 1000
	until_true 60 runs everywhere 1
	containers_are 1
	docker kill "$(first everywhere)"
	until_true 150 ended everywhere Failed 1
	until_true 150 runs everywhere 1
	exits 1 docker service scale everywhere=2
}

@test "health of a task: an unwell one is replaced" {
	local sick
	service sick --health-cmd 'test ! -e /srv/sick' --health-interval 1s \
		--health-retries 1 box sleep 1000
	until_true 60 runs sick 1
	sick=$(first sick)
	docker exec "$sick" touch /srv/sick
	until_true 150 gone "$sick"
	until_true 150 runs sick 1
	is "$(of "$(first sick)" .State.Health.Status)" healthy
}

@test "logs of a service come from all its tasks" {
	service talks --replicas 3 --hostname 'task-{{.Task.Slot}}' box \
		sh -c 'echo "I am $(hostname)"; exec sleep 1000'
	until_true 150 runs talks 3
	until_true 30 said talks 'I am task-1 I am task-2 I am task-3 '
}

@test "a stack of two services that talk is deployed from a file, and removed" {
	cat >"$T/stack.yml" <<-'END'
		version: "3.8"
		services:
		  store:
		    image: box
		    command: httpd -f -p 127.0.0.1:8077 -h /data
		    networks: [ plain ]
		    configs: [ { source: row, target: /data/row } ]
		    deploy: { endpoint_mode: dnsrr }
		  front:
		    image: box
		    command: >
		      sh -c 'until wget -q -O /srv/got http://127.0.0.1:8077/row;
		      do sleep 0.2; done; exec sleep 1000'
		    networks: [ plain ]
		    secrets: [ word ]
		    deploy:
		      replicas: 2
		      endpoint_mode: dnsrr
		      resources: { limits: { memory: 32M } }
		configs: { row: { file: ./row } }
		secrets: { word: { file: ./word } }
		networks:
		  plain: { external: true, name: host }
	END
	echo stored >"$T/row"
	echo hidden >"$T/word"
	docker stack deploy --resolve-image never -c "$T/stack.yml" both
	until_true 150 runs both_front 2
	until_true 150 runs both_store 1
	until_true 60 docker exec "$(first both_front)" test -s /srv/got
	is "$(docker exec "$(first both_front)" cat /srv/got /run/secrets/word)" \
		$'stored\nhidden'
	is "$(docker exec "$(first both_front)" cat /sys/fs/cgroup/memory.max)" 33554432
	docker stack rm both
	until_true 60 containers_are 0
	is "$(docker service ls -q)$(docker secret ls -q)$(docker config ls -q)" ''
}

# the last one: it leaves no swarm
@test "leaving the swarm ends all services, and leaves nothing" {
	echo hidden | docker secret create told - >/dev/null
	service one --replicas 3 --secret told box sleep 1000
	until_true 150 runs one 3
	docker swarm leave --force
	until_true 60 containers_are 0
	until_true 60 eval '[ -z "$(docker ps -aq)" ]'
	is "$(docker info --format '{{.Swarm.LocalNodeState}}')" inactive
	exits 1 docker service ls
	is "$(docker network ls -q --filter driver=overlay)" ''
	until_true 120 eval '[ -z "$(ls /run/docker/netns | grep -E "^1-|ingress")" ]'
	is "$(docker run --rm box echo alone)" alone
}
