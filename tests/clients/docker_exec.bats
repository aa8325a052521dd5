#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# docker exec: further processes in a container that runs.

load docker.bash

# bats test_tags=quick
@test "exec prints, takes stdin, and ends with the process's status" {
	box one
	exits 0 docker exec one echo hello
	is "$output" hello
	exits 9 docker exec one sh -c 'exit 9'
	exits 137 docker exec one sh -c 'kill -KILL $$'
	is "$(seq 1 500 | docker exec -i one wc -l)" 500
}

@test "exec of what is not there is 127, of what is no program is 126" {
	local missing=127
	box one
	# older ones tell 126 of both
	since 27 || missing=126
	exits $missing docker exec one /bin/nothing
	matches "$output" 'no such file or directory'
	exits $missing docker exec one nothing
	matches "$output" 'executable file not found in \$PATH'
	exits 126 docker exec one /srv/data
	exits 126 docker exec one /srv
	exits 126 docker exec --user nobody-knows one true || exits 1 docker exec \
		--user nobody-knows one true
	docker stop -t 0 one
	exits 1 docker exec one true
}

@test "exec --user, --workdir, --env, --privileged" {
	box one
	matches "$(docker exec --user 1000:1234 one id)" 'uid=1000\(box\) gid=1234'
	matches "$(docker exec --user box one id)" 'uid=1000.*1234\(extra\)'
	is "$(docker exec --workdir /srv one pwd)" /srv
	is "$(docker exec --env A=b one sh -c 'echo $A')" b
	exits 1 docker exec one mount -t tmpfs none /mnt
	matches "$(docker exec --privileged one grep CapBnd /proc/self/status)" \
		'(0000003f|000001ff)ffffffff'
}

@test "exec -it has a terminal of its own" {
	box one
	in_terminal docker exec -it one sh -c 'tty; test -t 0 && echo it is'
	matches "$output" /dev/pts/
	matches "$output" 'it is'
}

@test "exec -d goes on without us, and ends with the container" {
	local pid
	box one
	docker exec -d one sh -c 'echo here >/srv/mark; exec sleep 1000'
	until_true 20 docker exec one test -e /srv/mark
	matches "$(docker top one -eo pid,args)" 'sleep 1000'
	is "$(of one 'len .ExecIDs')" 1
	pid=$(docker top one -eo pid,args | awk '/sleep 1000/ { print $1 }')
	docker kill one
	until_true 20 is_state one exited
	[ ! -e "/proc/$pid" ]
}

@test "exec ten times at once" {
	local i status pids=()
	box one
	for i in 1 2 3 4 5 6 7 8 9 10; do
		docker exec one sh -c "echo $i; exit $i" >"$T/out.$i" 3>&- &
		pids[i]=$!
	done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		status=0
		wait "${pids[i]}" || status=$?
		is $status $i
		is "$(cat "$T/out.$i")" $i
	done
}

@test "exec is bound by the container's limits, capabilities and filter" {
	box one --pids-limit 40 --cap-drop all --security-opt no-new-privileges
	is "$(docker exec one grep CapEff /proc/self/status | cut -f2)" \
		0000000000000000
	is "$(docker exec one grep NoNewPrivs /proc/self/status | cut -f2)" 1
	is "$(docker exec one grep Seccomp: /proc/self/status | cut -f2)" 2
	is "$(docker exec one cat /sys/fs/cgroup/pids.max)" 40
	exits 1 docker exec one chown 1:1 /srv/file
}

@test "top shows what runs inside, with ps's options" {
	box one
	docker exec -d one sleep 4321
	until_true 20 eval 'docker top one -eo pid,args | grep -q "sleep 4321"'
	matches "$(docker top one -eo pid,user,args)" 'USER.*root.*trap'
}
