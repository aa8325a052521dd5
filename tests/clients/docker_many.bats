#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# A hundred containers of Docker at once, or CLIENT_MANY.

load docker.bash

count=${CLIENT_MANY:-100} at_once=10
# user-mode Linux has one processor for all of them
export BATS_TEST_TIMEOUT=900

# each_of COMMAND...: for the numbers 1 to $count, so many at a time; {} is the number
each_of() {
	seq "$count" | xargs -P $at_once -I '{}' "$@" >/dev/null 3>&-
}

# so_many COUNT OPTION...: containers, as docker ps with these options lists them
so_many() {
	local want=$1
	shift
	is "$(docker ps -q --no-trunc "$@" | wc -l)" "$want"
}

# pids: the first process of each container
pids() {
	docker ps -q | xargs docker inspect --format '{{.State.Pid}}' | sort -n
}

@test "a hundred containers at once: all run, are reached, and are killed" {
	local i list
	each_of docker run -d --name 'many-{}' --hostname 'host-{}' box sleep 1000
	so_many "$count"
	list=$(pids)
	is "$(uniq <<<"$list" | wc -l)" "$count"
	is "$(xargs -I '{}' readlink '/proc/{}/ns/pid' <<<"$list" | sort -u | wc -l)" \
		"$count"
	is "$(xargs -I '{}' cat '/proc/{}/cgroup' <<<"$list" | sort -u | wc -l)" "$count"
	for i in 1 $((count / 2)) "$count"; do
		is "$(docker exec "many-$i" hostname)" "host-$i"
	done
	docker ps -q | xargs docker kill >/dev/null
	until_true 120 so_many 0
	so_many "$count" --all --filter exited=137
	for i in $list; do
		[ ! -e "/proc/$i" ]
	done
	docker ps -aq | xargs docker rm >/dev/null
	so_many 0 --all
}

@test "a hundred containers at once: stopped together, started again, removed by force" {
	local first
	each_of docker run -d --name 'many-{}' box sh -c \
		'trap "exit 3" TERM; while :; do sleep 5 & wait; done'
	so_many "$count"
	first=$(pids)
	docker ps -q | xargs -n 10 -P $at_once docker stop -t 100 >/dev/null
	so_many "$count" --all --filter exited=3
	each_of docker start 'many-{}'
	so_many "$count"
	is "$(comm -12 <(sort <<<"$first") <(pids | sort) | wc -l)" 0
	docker ps -aq | xargs docker rm -f >/dev/null
	so_many 0 --all
}
