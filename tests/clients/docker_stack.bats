#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A stack as compose makes it, by hand: services with labels on a network and a volume of
# their own, one that waits until the other is well, scaled, replaced and taken down.

load docker.bash

project=shop

# service NAME NUMBER [OPTION...] IMAGE COMMAND...
service() {
	local name=$1 number=$2
	shift 2
	docker run -d --name "$project-$name-$number" --hostname "$name-$number" \
		--label project=$project --label service="$name" \
		--network $project --network-alias "$name" "$@" >/dev/null
}

of_service() { # [NAME]: its containers, or all of the stack
	docker ps -aq --no-trunc --filter label=project=$project \
		${1:+--filter label=service="$1"}
}

address() { # CONTAINER
	of "$1" ".NetworkSettings.Networks.$project.IPAddress"
}

is_well() { # CONTAINER
	is "$(of "$1" .State.Health.Status)" healthy
}

# get CONTAINER PATH: what it serves, asked from the host, with patience for 5 s
get() {
	timeout 5 bash -c 'exec 4<>/dev/tcp/$0/80 && printf "GET /%s HTTP/1.0\r\n\r\n" \
		"$1" >&4 && sed "1,/^\r$/d" <&4' "$(address "$1")" "$2"
}

answers() { # CONTAINER PATH TEXT
	is "$(get "$1" "$2")" "$3"
}

# The store writes its file late: it is not well before; the front shows what the store
# has, with its own name
up() {
	docker network create --subnet 10.79.0.0/24 $project >/dev/null
	docker volume create --label project=$project $project-data >/dev/null
	service store 1 --volume $project-data:/data --restart always --health-cmd \
		'wget -q -O - http://127.0.0.1/row' --health-interval 1s \
		--health-retries 60 --memory 64m box sh -c \
		'until test -e /data/go; do sleep 0.1; done
		echo stored >/data/row; exec httpd -f -p 80 -h /data'
}

front() { # NUMBER
	service front "$1" --volume $project-data:/data:ro --env "NUMBER=$1" \
		--env "STORE=$(address $project-store-1)" --restart on-failure box sh -c \
		'mkdir -p /www && wget -q -O /www/row "http://$STORE/row" || exit 1
		echo "$NUMBER $(hostname)" >/www/who
		exec httpd -f -p 80 -h /www'
}

down() {
	of_service | xargs -r docker stop -t 1 >/dev/null
	of_service | xargs -r docker rm >/dev/null
	docker volume rm $project-data >/dev/null
	docker network rm $project >/dev/null
}

scale() { # COUNT, of the front
	local i have
	have=$(of_service front | wc -l)
	for ((i = have + 1; i <= $1; i++)); do
		front "$i"
	done
	for ((i = have; i > $1; i--)); do
		docker stop -t 1 "$project-front-$i"
		docker rm "$project-front-$i"
	done >/dev/null
}

all_up() {
	up
	docker exec $project-store-1 touch /data/go
	until_true 60 is_well $project-store-1
	front 1
	until_true 60 answers $project-front-1 row stored
}

@test "a stack comes up in its order, talks, and goes down" {
	up
	is "$(of $project-store-1 .State.Health.Status)" starting
	docker exec $project-store-1 touch /data/go
	until_true 60 is_well $project-store-1
	front 1
	until_true 60 answers $project-front-1 row stored
	answers $project-front-1 who '1 front-1'
	is "$(docker exec $project-front-1 cat /data/row)" stored
	exits 1 docker exec $project-front-1 touch /data/x
	is "$(of_service | wc -l)" 2
	down
	is "$(of_service)" ''
	is "$(docker volume ls -q --filter label=project=$project)" ''
	is "$(docker network ls -q --filter name=$project)" ''
}

@test "a stack is scaled to 5 and back to 2" {
	local i
	all_up
	scale 5
	for i in 1 2 3 4 5; do
		until_true 60 answers $project-front-$i who "$i front-$i"
	done
	is "$(docker network inspect --format '{{len .Containers}}' $project)" 6
	scale 2
	is "$(of_service front | wc -l)" 2
	is "$(docker network inspect --format '{{len .Containers}}' $project)" 3
	answers $project-front-2 row stored
	down
}

@test "a store that is killed comes back with its data" {
	local pid
	all_up
	pid=$(of $project-store-1 .State.Pid)
	kill -KILL "$pid"
	until_true 60 eval "[ \$(of $project-store-1 .RestartCount) -eq 1 ]"
	until_true 60 is_well $project-store-1
	until_true 60 answers $project-store-1 row stored
	docker exec $project-store-1 sh -c 'echo other >/data/row'
	docker restart -t 1 $project-front-1
	until_true 60 answers $project-front-1 row other
	down
}

@test "a service is replaced by a newer one on the same address and volume" {
	local where
	all_up
	where=$(address $project-store-1)
	docker stop -t 1 $project-store-1
	docker rename $project-store-1 $project-store-old
	service store 1 --ip "$where" --volume $project-data:/data --env NEW=yes \
		box sh -c 'exec httpd -f -p 80 -h /data'
	docker rm $project-store-old
	until_true 60 answers $project-store-1 row stored
	is "$(docker exec $project-store-1 sh -c 'echo $NEW')" yes
	docker restart -t 1 $project-front-1
	until_true 60 answers $project-front-1 row stored
	down
}

@test "pause of all the stack, and all go on" {
	local id
	all_up
	of_service | xargs docker pause
	is "$(of_service | xargs docker inspect --format '{{.State.Status}}' | sort -u)" \
		paused
	exits 124 get $project-front-1 who
	of_service | xargs docker unpause
	for id in $(of_service); do
		is_state "$id" running
	done
	until_true 60 answers $project-front-1 who '1 front-1'
	down
}

@test "services find each other by their names" {
	has_firewall || skip "Docker's resolver needs a firewall, which is not here"
	all_up
	is "$(docker exec $project-front-1 wget -q -O - http://store/row)" stored
	scale 3
	is "$(docker exec $project-store-1 nslookup front | grep -c '^Address.*10.79')" 3
	down
}
