#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# docker build: the older builder, whose RUN is a container as any other, and BuildKit,
# which asks no configuration: it runs the first "runc" of the daemon's PATH.

load docker.bash

# A directory at the front of the daemon's PATH has a runc that writes down its calls.
bin=/run/aril-clients
calls=$bin/calls

engine_begin() {
	mkdir -p $bin /run/systemd/system/docker.service.d
	printf '#!/bin/bash\necho "$*" >>%s\nexec -a runc %s "$@"\n' $calls \
		"$CLIENT_RUNTIME" >$bin/runc
	chmod 755 $bin/runc
	printf '[Service]\nEnvironment=PATH=%s:/usr/sbin:/usr/bin:/sbin:/bin\n' $bin \
		>/run/systemd/system/docker.service.d/path.conf
	docker_config
	docker_start
	docker image inspect box >/dev/null 2>&1 || docker import "$ROOTFS" box >/dev/null
	docker run --rm box true
}

engine_end() {
	docker_stop
	rm -rf $bin /run/systemd/system/docker.service.d/path.conf
}

engine_clean() {
	local list
	mapfile -t list < <(docker ps -aq)
	[ ${#list[@]} -eq 0 ] || docker rm -f -v "${list[@]}" >/dev/null
	! docker image inspect built >/dev/null 2>&1 || docker rmi -f built >/dev/null
	: >$calls
}

# buildkit OPTION...: docker build through it
buildkit() {
	DOCKER_BUILDKIT=1 docker build --progress plain --no-cache "$@"
}

needs_buildkit() {
	local said
	said=$(buildkit --help 2>&1) || skip "$said"
	! [[ $said =~ 'buildx component is missing' ]] ||
		skip 'the package has no client for BuildKit (buildx)'
}

@test "build: RUN, COPY, WORKDIR, USER and ENTRYPOINT" {
	mkdir "$T/context"
	echo data >"$T/context/data"
	cat >"$T/context/Dockerfile" <<-'FILE'
		FROM box
		ARG WORD=none
		ENV KEPT=$WORD
		WORKDIR /srv/work
		COPY data .
		RUN cat data >copy && test "$(pwd)" = /srv/work && chown box copy
		USER box
		RUN id -un >/tmp/who
		HEALTHCHECK CMD true
		ENTRYPOINT ["/bin/sh", "-c", "cat copy /tmp/who; echo $KEPT"]
	FILE
	exits 0 docker build --no-cache --build-arg WORD=given -t built "$T/context"
	is "$(docker run --rm built | tr '\n' ' ')" 'data box given '
}

@test "build: a RUN that fails tells the status, and leaves nothing" {
	printf 'FROM box\nRUN exit 42\n' >"$T/Dockerfile"
	exits 42 docker build --no-cache --force-rm -t broken -f "$T/Dockerfile" "$T"
	matches "$output" 'non-zero code: 42'
	is "$(docker ps -aq)" ''
	exits 1 docker image inspect broken
}

@test "build: options for its RUN: memory, shm-size, ulimit, network, add-host" {
	cat >"$T/Dockerfile" <<-'FILE'
		FROM box
		RUN cat /sys/fs/cgroup/memory.max >/srv/seen
		RUN df -k /dev/shm | awk 'END { print $2 }' >>/srv/seen
		RUN ulimit -n >>/srv/seen
		RUN ls /sys/class/net | tr -d '\n' >>/srv/seen && echo >>/srv/seen
		RUN grep -c there /etc/hosts >>/srv/seen
	FILE
	exits 0 docker build --no-cache --memory 64m --shm-size 3m --ulimit nofile=99 \
		--network none --add-host there:10.1.2.3 -t built "$T"
	is "$(docker run --rm built cat /srv/seen | tr '\n' ' ')" '67108864 3072 99 lo 1 '
}

@test "BuildKit: RUN in the runtime that is called runc" {
	needs_buildkit
	cat >"$T/Dockerfile" <<-'FILE'
		FROM box
		WORKDIR /srv/work
		RUN echo data >copy && ls /sys/class/net >net && chown box copy
		RUN --mount=type=tmpfs,target=/data \
			touch /data/x && stat -f -c %T /data >type
		USER box
		ENTRYPOINT ["/bin/sh", "-c", "cat copy type; grep -c eth0 net"]
	FILE
	sed -i '1i # syntax is built in' "$T/Dockerfile"
	exits 0 buildkit -t built "$T"
	is "$(docker run --rm built | tr '\n' ' ')" 'data tmpfs 1 '
	is "$(grep -cw 'run' $calls)" 2
}

@test "BuildKit: no network, the host's, a status, a program that is not there" {
	needs_buildkit
	printf 'FROM box\nRUN ls /sys/class/net >/srv/net\n' >"$T/Dockerfile"
	exits 0 buildkit --network none -t built "$T"
	is "$(docker run --rm built cat /srv/net)" lo
	exits 0 buildkit --network host -t built "$T"
	is "$(docker run --rm built grep -c docker0 /srv/net)" 1
	printf 'FROM box\nRUN exit 42\n' >"$T/Dockerfile"
	exits 1 buildkit "$T"
	matches "$output" 'exit code: 42'
	printf 'FROM box\nRUN ["/nothing"]\n' >"$T/Dockerfile"
	exits 1 buildkit "$T"
	matches "$output" 'no such file or directory'
}

@test "BuildKit: a build that is interrupted leaves no process" {
	local pid
	needs_buildkit
	printf 'FROM box\nRUN echo begun; sleep 1000\n' >"$T/Dockerfile"
	DOCKER_BUILDKIT=1 docker build --progress plain --no-cache "$T" >"$T/log" 2>&1 \
		3>&- &
	pid=$!
	until_true 60 grep -q 'begun$' "$T/log"
	kill -INT $pid
	wait $pid || :
	until_true 30 eval '! pgrep -x -f "sleep 1000"'
}
