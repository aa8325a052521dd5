#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What docker events tells of a container, in which order, with which statuses.

load docker.bash

# seen SINCE NAME: the actions of a container on one line, with signals and statuses
seen() {
	docker events --since "$1" --until "$(date +%s.%N)" --filter type=container \
		--filter "container=$2" --format "{{.Action}}$(printf \
		'{{with .Actor.Attributes.%s}}={{.}}{{end}}' signal exitCode)" |
		sed '/^exec_/s/: [^=]*//' | tr '\n' ' '
}

was_seen() { # SINCE NAME EXACTLY
	is "$(seen "$1" "$2")" "$3 "
}

has_seen() { # SINCE NAME REGEX
	matches "$(seen "$1" "$2")" "$3"
}

setup() {
	client_setup
	since=$(date +%s.%N)
}

@test "events: a run to its end, with the status, and rm" {
	exits 5 docker run --name one box sh -c 'exit 5'
	until_true 20 was_seen "$since" one 'create attach start die=5'
	docker rm one
	until_true 20 was_seen "$since" one 'create attach start die=5 destroy'
	exits 127 docker run --rm --name two box /nothing
	until_true 20 has_seen "$since" two '^create attach .*destroy'
	exits 1 eval "seen $since two | grep -w start"
}

@test "events: signals, stop, start, restart, kill" {
	box one
	docker kill --signal HUP one
	docker stop -t 60 one
	# the older one tells of the stop after the end
	until_true 20 has_seen "$since" one \
		'^create start kill=1 kill=15 (die=3 stop|stop die=3) $'
	since=$(date +%s.%N)
	docker start one
	docker restart -t 60 one
	until_true 20 has_seen "$since" one \
		'^start kill=15 (die=3 stop|stop die=3) start restart $'
	since=$(date +%s.%N)
	docker kill one
	until_true 20 was_seen "$since" one 'kill=9 die=137'
	since=$(date +%s.%N)
	box two
	docker rm -f two
	until_true 20 was_seen "$since" two 'create start kill=9 die=137 destroy'
}

@test "events: pause, unpause, rename, update, resize of the terminal" {
	local id
	id=$(docker run -dt --name one box sleep 1000)
	docker pause one
	docker unpause one
	docker update --pids-limit 40 one
	docker rename one other
	until_true 20 has_seen "$since" "$id" \
		'^create start (resize )*pause unpause update rename $'
}

@test "events: an exec is made, starts, and ends with a status" {
	box one
	since=$(date +%s.%N)
	exits 9 docker exec one sh -c 'exit 9'
	until_true 20 was_seen "$since" one 'exec_create exec_start exec_die=9'
	since=$(date +%s.%N)
	exits 137 docker exec one sh -c 'kill -KILL $$'
	until_true 20 was_seen "$since" one 'exec_create exec_start exec_die=137'
	since=$(date +%s.%N)
	docker exec -d one sh -c 'exit 4'
	until_true 20 was_seen "$since" one 'exec_create exec_start exec_die=4'
}

@test "events: health goes from bad to good, by execs" {
	docker run -d --name one --health-cmd 'test -e /srv/well' --health-interval 1s \
		--health-retries 1 --health-timeout 20s box sleep 1000
	until_true 60 has_seen "$since" one \
		'start .*exec_start exec_die=1 .*health_status: unhealthy'
	docker exec one touch /srv/well
	until_true 60 has_seen "$since" one \
		'unhealthy .*exec_die=0 .*health_status: healthy'
}

@test "events: a restart policy is a start after each end" {
	docker run -d --name one --restart on-failure:2 box sh -c 'exit 6'
	until_true 60 was_seen "$since" one \
		'create start die=6 start die=6 start die=6'
}
