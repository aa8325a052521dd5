#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# docker stop, kill, pause, restart policies, health and events.

load docker.bash

restarts_are() { # NAME COUNT
	[ "$(of "$1" .RestartCount)" -ge "$2" ]
}

is_health() { # NAME STATE
	is "$(of "$1" .State.Health.Status)" "$2"
}

# bats test_tags=quick
@test "stop sends TERM, and KILL when that is not heard" {
	box hears
	exits 0 docker stop -t 60 hears
	is "$(of hears .State.ExitCode)" 3
	docker run -d --name deaf box sh -c 'trap "" TERM; echo ready; sleep 1000'
	until_true 20 has_logged deaf ready
	exits 0 docker stop -t 1 deaf
	is "$(of deaf .State.ExitCode)" 137
}

@test "kill sends the signal that it is told; --stop-signal and --stop-timeout" {
	docker run -d --name one --stop-signal USR1 box sh -c \
		'trap "echo usr1; exit 11" USR1; trap "echo hup" HUP; echo ready
		while :; do sleep 0.1; done'
	until_true 20 has_logged one ready
	exits 0 docker kill --signal HUP one
	until_true 20 has_logged one hup
	exits 0 docker stop -t 60 one
	is "$(of one .State.ExitCode)" 11
	exits 1 docker kill one
	box two
	exits 0 docker kill two
	until_true 20 is_state two exited
	is "$(of two .State.ExitCode)" 137
}

@test "pause stops what runs, unpause lets it go on" {
	local count
	docker run -d --name one box sh -c 'while :; do echo x; sleep 0.1; done'
	until_true 20 has_logged one x
	exits 0 docker pause one
	is_state one paused
	count=$(docker logs one | wc -l)
	exits 1 docker exec one true
	is "$(docker logs one | wc -l)" "$count"
	exits 0 docker unpause one
	is_state one running
	until_true 20 eval "[ \$(docker logs one | wc -l) -gt $count ]"
	docker pause one
	exits 0 docker rm -f one
}

@test "restart policies: on-failure with a limit, always, no" {
	docker run -d --name fails --restart on-failure:2 box sh -c 'exit 1'
	docker run -d --name works --restart on-failure:2 box true
	docker run -d --name goes-on --restart always box sh -c 'exit 0'
	until_true 60 is_state fails exited
	until_true 60 restarts_are goes-on 1
	is "$(of fails .RestartCount)" 2
	is "$(of works .RestartCount)" 0
	# between two lives there is nothing to update
	until_true 60 docker update --restart no goes-on
	until_true 60 is_state goes-on exited
}

@test "restart keeps what was written, and gives a new process" {
	local pid
	box one
	pid=$(of one .State.Pid)
	docker exec one touch /srv/kept
	exits 0 docker restart -t 10 one
	is_state one running
	[ "$(of one .State.Pid)" != "$pid" ]
	exits 0 docker exec one test -e /srv/kept
	[ ! -e "/proc/$pid" ]
}

@test "signals to the client reach the process, unless they are not to" {
	local client status=0
	docker run --name one box sh -c 'trap "echo usr1" USR1; trap "exit 12" TERM
		echo ready; while :; do sleep 0.1; done' 3>&- >"$T/out" 2>&1 &
	client=$!
	until_true 30 grep ready "$T/out"
	kill -USR1 $client
	until_true 30 grep usr1 "$T/out"
	kill -TERM $client
	wait $client || status=$?
	is $status 12
	docker run --name two --sig-proxy=false box sh -c 'echo ready; exec sleep 1000' \
		3>&- >"$T/two" 2>&1 &
	client=$!
	until_true 30 grep ready "$T/two"
	kill -TERM $client
	wait $client || :
	is_state two running
}

@test "a health check runs, and tells both results" {
	docker run -d --name one --health-cmd 'test -e /srv/well' --health-interval 1s \
		--health-retries 1 --health-timeout 20s box sleep 1000
	until_true 60 is_health one unhealthy
	docker exec one touch /srv/well
	until_true 60 is_health one healthy
}

@test "events tells of each step, with the status" {
	local since
	since=$(date +%s.%N)
	docker run --name one box sh -c 'exit 5' || :
	until_true 20 event_seen 'create one.*start one.*die one' "$since"
	matches "$(docker events --since "$since" --until "$(date +%s.%N)" \
		--filter event=die --format '{{.Actor.Attributes.exitCode}}')" 5
}

@test "inspect tells the truth about a container that runs" {
	local pid in=(-u)
	[ "$(id -u)" -eq 0 ] || in=(-U --preserve-credentials -u)
	box one --hostname there
	pid=$(of one .State.Pid)
	is "$(nsenter -t "$pid" "${in[@]}" hostname)" there
	is_state one running
	matches "$(cat "/proc/$pid/cgroup")" "$(of one .Id)"
}

@test "stats has memory and processes of a container" {
	box one
	matches "$(docker stats --no-stream --format '{{.Name}} {{.MemUsage}} {{.PIDs}}' \
		one)" 'one [1-9][0-9.]*[KM]iB / .* [1-9]'
}

@test "rename, port of nothing, and ps with filters" {
	box one --label kind=test
	docker rename one other
	is "$(docker ps --filter label=kind=test --format '{{.Names}}')" other
	is "$(docker ps --filter status=exited -q)" ''
	is "$(docker port other)" ''
}

@test "ten containers at once, and all of them end" {
	local i pids=()
	for i in $(seq 10); do
		docker run -d --name "many-$i" box sleep 1000 >/dev/null 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
	is "$(docker ps -q | wc -l)" 10
	exits 0 docker exec many-10 echo here
	docker ps -q | xargs docker kill >/dev/null
	until_true 60 eval '[ "$(docker ps -q | wc -l)" -eq 0 ]'
	docker ps -aq | xargs docker rm >/dev/null
}

@test "system prune leaves nothing of what has ended" {
	docker run --name ended -v kept:/data box true
	docker network create unused >/dev/null
	exits 0 docker system prune --force --volumes
	is "$(docker ps -aq)" ''
	is "$(docker network ls --filter name=unused -q)" ''
	exits 0 docker run --rm box true
}
