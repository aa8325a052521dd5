#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# docker run: what comes out, with which status, and as whom the process runs.

load docker.bash

# bats test_tags=quick
@test "run prints what the container prints, and ends with its status" {
	exits 0 docker run --rm box echo hello
	is "$output" hello
	exits 7 docker run --rm box sh -c 'echo to stderr >&2; exit 7'
	is "$output" 'to stderr'
}

# bats test_tags=quick
@test "run of what is not there is 127, of what is no program is 126" {
	exits 127 docker run --rm box /bin/nothing
	matches "$output" 'no such file or directory'
	exits 127 docker run --rm box nothing
	matches "$output" 'executable file not found in \$PATH'
	exits 126 docker run --rm box /srv
	exits 126 docker run --rm box /srv/data
	matches "$output" 'permission denied'
}

@test "run of what the daemon does not take is 125" {
	exits 125 docker run --rm --memory 1 box true
	exits 125 docker run --rm --no-such-option box true
}

@test "run -i passes stdin on, to its end" {
	is "$(seq 1 1000 | docker run --rm -i box sh -c 'cat; echo end' | tail -n 1)" end
	is "$(seq 1 1000 | docker run --rm -i box wc -l)" 1000
}

@test "run -it has a terminal, and its status" {
	in_terminal docker run --rm -it box sh -c 'tty; test -t 2 && echo all of them'
	matches "$output" /dev/pts/0
	matches "$output" 'all of them'
	exits 9 script -qefc 'docker run --rm -it box sh -c "exit 9"' /dev/null
}

@test "run -d goes on, logs has both streams, wait has the status" {
	local id
	id=$(docker run -d --name one box sh -c 'echo out; echo err >&2; exit 5')
	is "$(docker wait one)" 5
	is "$(docker logs one 2>/dev/null)" out
	is "$(docker logs one 2>&1 >/dev/null)" err
	is "$(docker logs --tail 1 one 2>&1 | wc -l)" 1
	is "$(of one .Id)" "$id"
	is_state one exited
	is "$(of one .State.ExitCode)" 5
}

@test "create, start -a, and start once more" {
	docker create --name again box \
		sh -c 'echo x >>/srv/count; wc -l </srv/count; exit 4'
	is_state again created
	exits 4 docker start -a again
	is "$output" 1
	exits 4 docker start -a again
	is "$output" 2
}

@test "attach follows a container to its end" {
	docker run -d -i --name talk box sh -c 'read -r word; echo "heard $word"
		read -r word; exit 6'
	mkfifo "$T/in"
	docker attach talk <"$T/in" >"$T/out" 2>&1 3>&- &
	exec 7>"$T/in"
	echo this >&7
	until_true 30 grep 'heard this' "$T/out"
	echo that >&7
	wait $! || :
	exec 7>&-
	is "$(docker wait talk)" 6
}

@test "run --user, --group-add, --workdir, --env, --hostname" {
	is "$(docker run --rm --user 1000:1234 box id)" \
		'uid=1000(box) gid=1234(extra) groups=1234(extra)'
	matches "$(docker run --rm --user box box id)" 'uid=1000.*1234'
	matches "$(docker run --rm --user box --group-add 77 box id)" 'groups=.*77'
	is "$(docker run --rm --workdir /srv/made box pwd)" /srv/made
	is "$(docker run --rm --env 'A=b c' box sh -c 'echo "$A $HOME"')" 'b c /root'
	is "$(docker run --rm --hostname there box hostname)" there
	exits 125 docker run --rm --user nobody-knows box true
}

@test "run --entrypoint, --cidfile, --add-host, --dns, --domainname" {
	local id domain=(--domainname example.org)
	# Docker asks for a sysctl, which only root of the host may write
	[ "$(id -u)" -eq 0 ] || domain=()
	is "$(docker run --rm --entrypoint /bin/echo box a b)" 'a b'
	id=$(docker run -d --cidfile "$T/cid" --add-host there:10.1.2.3 --dns 10.9.9.9 \
		"${domain[@]}" box cat /etc/hosts /etc/resolv.conf \
		/proc/sys/kernel/domainname)
	docker wait "$id"
	is "$(cat "$T/cid")" "$id"
	matches "$(docker logs "$id")" '10.1.2.3.there.*10.9.9.9'
	[ ${#domain[@]} -eq 0 ] || matches "$(docker logs "$id")" 'example.org'
}

@test "run --init: another process is the first, and reaps" {
	is "$(docker run --rm --init box sh -c 'cat /proc/1/comm')" docker-init
	exits 143 docker run --rm --init box sh -c 'kill -TERM $$'
	is "$(docker run --rm box sh -c 'cat /proc/1/comm')" cat
}

@test "run --pid, --ipc, --uts and --cgroupns share what they name" {
	box first --ipc shareable
	matches "$(docker run --rm --pid host box ps)" dockerd
	matches "$(docker run --rm --pid container:first box ps)" 'sleep 0.1|trap'
	is "$(docker run --rm --ipc container:first box readlink /proc/self/ns/ipc)" \
		"$(docker exec first readlink /proc/self/ns/ipc)"
	is "$(docker run --rm --uts host box hostname)" "$(hostname)"
	is "$(docker run --rm --cgroupns host box readlink /proc/self/ns/cgroup)" \
		"$(readlink /proc/self/ns/cgroup)"
	is "$(docker run --rm --cgroupns private box cat /proc/self/cgroup)" 0::/
}

@test "run --privileged has all devices and capabilities, and can mount" {
	local device=/dev/kmsg
	[ "$(id -u)" -eq 0 ] || device=/dev/null # a user has none more
	exits 0 docker run --rm --privileged box sh -c "test -c $device"' &&
		mount -t tmpfs none /srv && touch /srv/x && grep CapEff /proc/self/status'
	# those that the daemon knows
	matches "$output" '(0000003f|000001ff)ffffffff'
	exits 0 docker run --rm --privileged box sh -c 'mkdir /sys/fs/cgroup/x &&
		rmdir /sys/fs/cgroup/x && ! grep " /proc/sys " /proc/self/mountinfo'
	exits 1 docker run --rm box mount -t tmpfs none /srv
}

@test "run --rm leaves nothing, also when the process cannot start" {
	exits 127 docker run --rm --name gone box /nothing
	exits 1 docker inspect gone
	exits 0 docker run --rm --name gone -v /data box true
	is "$(docker volume ls -q)" ''
}

@test "run --runtime: others by their names" {
	is "$(docker run --rm --runtime runc box echo with runc)" 'with runc'
	matches "$(docker info --format '{{.DefaultRuntime}}')" client
	exits 125 docker run --rm --runtime nobody box true
}
