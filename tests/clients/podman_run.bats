#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman run: what comes out, with which status, what the container is given, and that
# nothing is left.

load podman.bash

# bats test_tags=quick
@test "run prints what the container prints" {
	exits 0 pod run --rm box echo hello
	is "$output" hello
}

# bats test_tags=quick
@test "run ends with the container's status" {
	exits 7 no_net box sh -c 'exit 7'
	exits 143 no_net --init box sh -c 'kill -TERM $$'
	exits 137 no_net --init box sh -c 'kill -KILL $$'
}

@test "run of what is not there is 127, of what is no program is 126" {
	exits 127 no_net box /bin/nothing
	matches "$output" '[Nn]o such file or directory'
	exits 127 no_net box nothing
	matches "$output" 'not found in|[Nn]o such file or directory'
	exits 126 no_net box /srv
	exits 126 no_net box /srv/data
	matches "$output" '[Pp]ermission denied'
	exits 126 no_net --workdir /srv/data box true
	exits 125 pod run --rm --no-such-option box true
	is "$(pod ps -aq)" ''
}

@test "run -it has a terminal, and passes on what is typed and its size" {
	in_terminal "${pod[@]}" run --rm -it --network none box tty
	matches "$output" /dev/pts/0
	cat >"$T/sized" <<-END
		stty rows 33 cols 44
		exec ${pod[*]} run --rm -it --network none box sh -c \
			'until stty size | grep "33 44"; do sleep 0.1; done
			test -t 0 && test -t 1 && test -t 2 && echo all three'
	END
	in_terminal sh "$T/sized"
	matches "$output" '33 44'
	matches "$output" 'all three'
	output=$(echo 'echo $((6 * 7)); exit 5' | script -qefc \
		"${pod[*]} run --rm -it --network none box sh" /dev/null) || status=$?
	is "${status:-0}" 5 status
	matches "$output" 42
}

@test "run -i passes stdin on, and its end" {
	is "$(seq 1 20000 | no_net -i box sh -c 'wc -l; echo end')" $'20000\nend'
	is "$(seq 1 20000 | no_net box wc -l)" 0
	no_net box sh -c 'echo out; echo err >&2' >"$T/out" 2>"$T/err"
	is "$(cat "$T/out") $(cat "$T/err")" 'out err'
	no_net box sh -c 'head -c 3000000 /dev/zero' | wc -c >"$T/count"
	is "$(cat "$T/count")" 3000000
}

@test "run -d goes on: ps, logs, wait, rm" {
	pod run -d --name one --network none box sh -c 'echo first; echo second >&2
		until test -e /go; do sleep 0.1; done; exit 9'
	is "$(pod ps --format '{{.Names}}')" one
	until_true 20 said one second
	is "$(pod logs --tail 1 one 2>&1)" second
	is "$(pod logs one 2>/dev/null)" first
	exits 2 pod rm one
	pod exec one touch /go
	is "$(pod wait one)" 9
	told_is one .State.Status exited
	told_is one .State.ExitCode 9
	pod rm one
	exits 1 pod container exists one
}

@test "logs -f ends with the container; other log drivers" {
	pod run -d --name one --network none --log-driver k8s-file box \
		sh -c 'for i in 1 2 3; do echo line $i; sleep 0.2; done'
	is "$(pod logs -f one)" $'line 1\nline 2\nline 3'
	pod run --name two --network none --log-driver none box echo not kept
	exits 125 pod logs two
	pod run -d --name three --network none --log-driver passthrough box \
		echo passed >"$T/out"
	pod wait three
	is "$(cat "$T/out")" passed
}

@test "attach to one that runs, and start -a of a created one" {
	pod run -d -i --name one --network none box \
		sh -c 'read word; echo "got $word"; exit 4'
	is "$(echo hello | pod attach one)" 'got hello'
	is "$(pod wait one)" 4
	pod create --name two --network none box sh -c 'echo two; exit 3'
	told_is two .State.Status created
	exits 3 pod start -a two
	is "$output" two
	exits 3 pod start -a two
}

@test "init makes it, start starts it" {
	pod create --name one --network none box sh -c 'echo started; sleep 1000'
	pod init one
	told_is one .State.Status initialized
	is "$(pod logs one)" ''
	pod start one
	until_true 20 said one started
	told_is one .State.Status running
	pod create --name two --network none box true
	pod init two
	pod rm two
}

@test "environment, directory, user, name, entry point" {
	local out
	out=$(no_net --env 'A=b c' --env B= --env-file <(echo C=d) --workdir /home/box \
		--user box --hostname there box sh -c \
		'echo "$A,$B,$C,$HOME,$PWD,$(id -un),$(id -gn),$(id -G),$(hostname)"')
	is "$out" 'b c,,d,/home/box,/home/box,box,box,1000 1234,there'
	is "$(no_net --user 77:88 --group-add 1234 box sh -c 'id -u; id -g; id -G' |
		tr '\n' ,)" '77,88,88 1234,'
	is "$(no_net --entrypoint '["echo", "a b"]' box c)" 'a b c'
	is "$(no_net --umask 0027 box sh -c umask)" 0027
	is "$(no_net --unsetenv container box sh -c 'echo "$container"')" ''
	is "$(no_net box sh -c 'echo "$container"')" podman
	exits 126 no_net --user nobody-knows box true
}

@test "--cidfile, --pidfile, --label, --annotation, --timeout" {
	pod run -d --name one --network none --cidfile "$T/cid" --pidfile "$T/pid" \
		--label a=b --annotation org.example.c=d box sleep 1000
	told_is one .Id "$(cat "$T/cid")"
	told_is one .State.Pid "$(cat "$T/pid")"
	told_is one 'index .Config.Labels "a"' b
	told_is one 'index .Config.Annotations "org.example.c"' d
	# later ones replace it
	[ "$(podman --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 5 ] ||
		exits 125 pod run --rm --cidfile "$T/cid" box true
	pod run --name two --network none --timeout 1 box sleep 1000 && return 1
	told_is two .State.Status exited
}

@test "--sdnotify: the container says when it is ready" {
	"$ARIL_PROBE" manager "$T/manager.sock" "$T/listening" 30000 \
		>"$T/told" 2>&1 3>&- &
	"$ARIL_PROBE" wait-file "$T/listening" 5000
	NOTIFY_SOCKET=$T/manager.sock "${pod[@]}" run -d --name one --network none \
		--sdnotify container box /probe notify 'READY=1' , pause /srv/running \
		>/dev/null 3>&-
	until_true 20 grep -q 'READY=1' "$T/told"
	until_true 20 grep -q 'MAINPID=' "$T/told"
	cat "$T/told"
	kill $! && wait $! || :
}

@test "--preserve-fds gives descriptors, and no others come along" {
	echo from outside >"$T/file"
	exec 4<"$T/file"
	is "$("${pod[@]}" run --rm --network none --preserve-fds 1 box \
		cat /proc/self/fd/3 3<"$T/file")" 'from outside'
	is "$("${pod[@]}" run --rm --network none --preserve-fds 2 box sh -c 'cat <&4' \
		3</dev/null 4<"$T/file")" 'from outside'
	is "$(no_net box /probe fds | grep -c ^fd)" 3
	exec 4<&-
}

@test "--init: a small init reaps, and passes signals on" {
	up one --network none --init
	matches "$(pod exec one sh -c 'tr "\0" " " </proc/1/cmdline')" 'init|catatonit'
	orphan_reaped one
	pod stop -t 60 one >/dev/null
	told_is one .State.ExitCode 143
}

@test "--rootfs: a directory instead of an image" {
	mkdir "$T/root"
	tar -xf "$ROOTFS" -C "$T/root"
	exits 0 pod run --rm --network none --rootfs "$T/root" \
		sh -c 'touch /srv/new; cat /srv/file'
	is "$output" 'from the image'
	[ -e "$T/root/srv/new" ]
}

@test "hooks of the engine are run, with the state on their stdin" {
	mkdir "$T/hooks.d"
	cat >"$T/hook" <<-END
		#!/bin/sh
		exec cat >$T/state.\$1
	END
	chmod +x "$T/hook"
	for stage in prestart createRuntime poststart poststop; do
		cat >"$T/hooks.d/$stage.json" <<-END
			{"version": "1.0.0", "when": {"always": true},
			 "stages": ["$stage"],
			 "hook": {"path": "$T/hook", "args": ["h", "$stage"]}}
		END
	done
	"${pod[@]}" --hooks-dir "$T/hooks.d" run --rm --network none --annotation a=b \
		box true 3>&-
	matches "$(jq -r '.status + .annotations.a' "$T/state.createRuntime")" \
		'^creat(ing|ed)b$'
	is "$(jq -r .status "$T/state.poststop")" stopped
	jq -e '.pid > 0' "$T/state.poststart" "$T/state.prestart"
}
