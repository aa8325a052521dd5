# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# swarm.bash: a swarm of Docker with one node, for the scenarios of services.

# shellcheck source=tests/clients/docker.bash disable=SC1091
source "$(dirname "${BASH_SOURCE[0]}")/docker.bash"

# all of a rolling update is a lot for the one processor of user-mode Linux
export BATS_TEST_TIMEOUT=300

# service NAME OPTION... IMAGE COMMAND...: found by its name only, for an address of its
# own needs a firewall
service() {
	local name=$1
	shift
	docker service create --detach --quiet --no-resolve-image --name "$name" \
		--stop-grace-period 1s --endpoint-mode dnsrr "$@" >/dev/null
}

# update NAME OPTION...
update() {
	local name=$1
	shift
	docker service update --detach --quiet --no-resolve-image "$@" "$name"
}

runs() { # SERVICE COUNT
	is "$(docker service ps --filter desired-state=running \
		--format '{{.CurrentState}}' "$1" | grep -c ^Running)" "$2"
}

containers_are() { # COUNT: that run
	is "$(docker ps -q | wc -l)" "$1"
}

# first SERVICE: a running container of it
first() {
	docker ps -q --no-trunc --filter "label=com.docker.swarm.service.name=$1" |
		head -n 1
}

# all_have SERVICE WORD COUNT: so many containers of the service run with that command
all_have() {
	is "$(docker ps --no-trunc --filter "label=com.docker.swarm.service.name=$1" \
		--format '{{.Command}}' | grep -c "$2")" "$3"
}

# ended SERVICE STATE COUNT: so many tasks of it ended so
ended() {
	is "$(docker service ps --format '{{.CurrentState}}' "$1" | grep -c "^$2")" "$3"
}

gone() { # CONTAINER
	! docker ps -q --no-trunc | grep -q "$1"
}

swarm_begin() {
	engine_begin
	docker swarm init --advertise-addr 127.0.0.1 >/dev/null
	until_true 60 docker node inspect self
	# what comes with the first services, and stays: bridges and namespaces
	service warm box sleep 1000
	service warmer --network host box sleep 1000
	until_true 60 runs warm 1
	until_true 60 runs warmer 1
	services_end
}

services_end() {
	docker stack ls --format '{{.Name}}' | xargs -r docker stack rm >/dev/null
	docker service ls -q | xargs -r docker service rm >/dev/null
	until_true 60 eval '[ -z "$(docker ps -aq)" ]'
}

setup_file() {
	swarm_begin
}

teardown_file() {
	docker swarm leave --force >/dev/null 2>&1
	engine_end
}

teardown() {
	services_end
	engine_clean
	client_left
}
