#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# podman stop, kill, restart, pause, wait, health checks and events: how a container lives
# and ends.

load podman.bash

# waits NAME [OPTION...]: a container that says "ready", and ends with 3 when asked to
waits() {
	local name=$1
	shift
	pod run -d --name "$name" --network none "$@" box sh -c \
		'trap "exit 3" TERM; echo ready; while :; do sleep 0.1; done' >/dev/null
	until_true 20 said "$name" ready
}

restarted() { # NAME COUNT
	[ "$(told "$1" .RestartCount)" -ge "$2" ]
}

@test "stop sends TERM, and KILL when that is not heard" {
	waits hears
	exits 0 pod stop -t 60 hears
	told_is hears .State.ExitCode 3
	told_is hears .State.Status exited
	pod run -d --name deaf --network none box \
		sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
	until_true 20 said deaf ready
	exits 0 pod stop -t 1 deaf
	told_is deaf .State.ExitCode 137
	exits 0 pod stop deaf
	exits 125 pod stop nobody
}

@test "kill sends the signal that it is told; --stop-signal, --stop-timeout" {
	pod run -d --name one --network none --stop-signal USR1 --stop-timeout 60 box \
		sh -c 'trap "echo usr1; exit 11" USR1; trap "echo hup" HUP; echo ready
		while :; do sleep 0.1; done'
	until_true 20 said one ready
	pod kill --signal HUP one
	until_true 20 said one hup
	pod stop one
	told_is one .State.ExitCode 11
	exits 125 pod kill one
	waits two
	exits 0 pod kill two
	is "$(pod wait two)" 137
	waits three
	exits 125 pod kill --signal NOTHING three
	exits 0 pod kill --signal 15 three
	is "$(pod wait three)" 3
}

@test "pause stops what runs, unpause lets it go on" {
	local count
	pod run -d --name one --network none box \
		sh -c 'while :; do echo x; sleep 0.1; done'
	until_true 20 said one x
	exits 0 pod pause one
	told_is one .State.Status paused
	count=$(pod logs one | wc -l)
	exits 125 pod pause one
	is "$(pod logs one | wc -l)" "$count"
	exits 0 pod unpause one
	told_is one .State.Status running
	until_true 20 eval "[ \$(pod logs one | wc -l) -gt $count ]"
	pod pause one
	exits 0 pod rm -f -t 0 one
}

@test "restart gives a new process, and keeps the container" {
	local pid
	waits one
	pod exec one sh -c 'echo kept >/srv/kept'
	pid=$(told one .State.Pid)
	exits 0 pod restart -t 60 one
	told_is one .State.Status running
	[ "$(told one .State.Pid)" -ne "$pid" ]
	is "$(pod exec one cat /srv/kept)" kept
	pod stop -t 60 one
	exits 0 pod start one
	is "$(pod exec one cat /srv/kept)" kept
	exits 0 pod restart -t 0 --all
	told_is one .State.Status running
}

@test "restart policies: on-failure with a limit, always, unless-stopped, no" {
	pod run -d --name fails --network none --restart on-failure:2 box \
		sh -c 'echo again; exit 4'
	until_true 30 restarted fails 2
	until_true 30 told_is fails .State.Status exited
	is "$(pod logs fails | grep -c again)" 3
	told_is fails .State.ExitCode 4
	pod run -d --name fine --network none --restart on-failure:2 box true
	is "$(pod wait fine)" 0
	told_is fine .RestartCount 0
	pod run -d --name ever --network none --restart always box true
	until_true 30 restarted ever 2
	pod rm -f -t 0 ever
	pod run -d --name also --network none --restart unless-stopped box \
		sh -c 'sleep 0.2; exit 1'
	until_true 30 restarted also 1
	exits 0 pod stop -t 0 also
	pod run -d --name never --network none --restart no box false
	is "$(pod wait never)" 1
	told_is never .RestartCount 0
}

@test "a container that is killed from outside is seen to end" {
	up one --network none
	kill -KILL "$(told one .State.Pid)"
	is "$(pod wait one)" 137
	told_is one .State.Status exited
	exits 0 pod start one
	told_is one .State.Status running
}

@test "wait --condition; several at once" {
	pod create --name one --network none box sh -c \
		'while [ ! -e /srv/go ]; do sleep 0.1; done; exit 5'
	pod wait --condition running one >"$T/running" &
	pod start one
	wait $!
	pod exec one touch /srv/go
	is "$(pod wait --condition stopped,exited one)" 5
	up two --network none
	up three --network none
	pod kill two three >/dev/null
	is "$(pod wait two three | tr '\n' ,)" 137,137,
}

@test "health checks: starting, healthy, unhealthy" {
	up one --network none --health-cmd 'test -e /srv/well' --health-interval disable \
		--health-retries 2
	told_is one .State.Health.Status starting
	exits 1 pod healthcheck run one
	exits 1 pod healthcheck run one
	told_is one .State.Health.Status unhealthy
	pod exec one touch /srv/well
	exits 0 pod healthcheck run one
	told_is one .State.Health.Status healthy
	up none --network none
	exits 125 pod healthcheck run none
}

@test "a health check runs by itself, through systemd's timer" {
	up one --network none --health-cmd 'test -e /srv/file' --health-interval 1s \
		--health-retries 1
	until_true 60 told_is one .State.Health.Status healthy
	pod exec one rm /srv/file
	until_true 60 told_is one .State.Health.Status unhealthy
	pod rm -f -t 0 one
}

@test "--timeout ends it" {
	local got=0
	pod run --name one --timeout 1 --network none box sleep 1000 || got=$?
	# conmon tells; which of the two depends on who is faster
	matches $got '^(137|255)$'
	told_is one .State.Status exited
}

@test "--init: orphans are reaped, signals are passed on" {
	pod run -d --name one --network none --init box sh -c \
		'trap "exit 12" TERM; echo ready; while :; do sleep 0.1; done'
	until_true 20 said one ready
	orphan_reaped one
	is "$(pod exec one cat /proc/1/comm)" \
		"$(pod exec one cat /proc/1/cmdline | tr '\0' '\n' | head -n 1 |
			sed 's,.*/,,')"
	exits 0 pod stop -t 60 one
	told_is one .State.ExitCode 12
}

@test "events: create, init, start, exec, pause, died, remove, in this order" {
	local since events
	since=$(date +%s)
	waits one
	pod exec one true
	pod pause one
	pod unpause one
	pod stop -t 60 one
	pod rm one
	events=$(podman events --since "$since" --stream=false --filter container=one \
		--format '{{.Status}}' | tr '\n' ' ')
	matches "$events" 'create .*init .*start .*exec .*pause .*unpause .*died .*remove'
}

@test "the states that inspect tells, from the first to the last" {
	pod create --name one --network none box sleep 1000
	told_is one .State.Status created
	pod init one
	told_is one .State.Status initialized
	is "$(told one .State.Pid)" "$(cat "$(told one .PidFile)")"
	pod start one
	told_is one .State.Running true
	pod pause one
	told_is one .State.Paused true
	pod unpause one
	pod kill --signal KILL one
	is "$(pod wait one)" 137
	told_is one .State.Running false
	told_is one .State.Pid 0
	exits 0 pod container cleanup one
	exits 0 pod rm one
}
