#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Docker and terminals: their size, which changes while a process looks on; their keys.

load docker.bash
# script(1) gives it our commands, as bash quotes them
export SHELL=/bin/bash

# has FILE REGEX
has() {
	grep -qE -- "$2" "$1"
}

# terminal COMMAND...: with a terminal of its own, in the background: its name comes to
# be in $T/tty, what it shows in $T/shown, its status in $T/status. Keys are written to
# descriptor 7.
terminal() {
	mkfifo "$T/keys"
	{
		local status=0
		script -qefc "tty >$T/tty; stty rows 24 cols 80
			exec $(printf '%q ' "$@")" /dev/null <"$T/keys" >"$T/shown" \
			2>&1 || status=$?
		echo $status >"$T/status.new"
		mv "$T/status.new" "$T/status"
	} 3>&- &
	exec 7>"$T/keys"
}

# ended STATUS: the terminal's command has
ended() {
	until_true 60 test -e "$T/status" || {
		cat "$T/shown"
		return 1
	}
	exec 7>&-
	is "$(cat "$T/status")" "$1"
}

watch_size='stty size; until [ "$(stty size)" = "41 99" ]; do sleep 0.1; done; echo seen'

@test "run -it: the size of the terminal at its start, and a change from outside" {
	# the client tells the size after the process has begun
	terminal docker run --rm -it box sh -c \
		"until stty size | grep '24 80'; do sleep 0.1; done; $watch_size; exit 5"
	until_true 60 has "$T/shown" '^24 80'
	stty -F "$(cat "$T/tty")" rows 41 cols 99
	ended 5
	has "$T/shown" '^seen'
}

@test "exec -it: the size of the terminal at its start, and a change from outside" {
	box one
	terminal docker exec -it one sh -c \
		"until stty size | grep '24 80'; do sleep 0.1; done; $watch_size; exit 6"
	until_true 60 has "$T/shown" '^24 80'
	stty -F "$(cat "$T/tty")" rows 41 cols 99
	ended 6
	has "$T/shown" '^seen'
}

@test "a process that waits is told of the change with SIGWINCH" {
	terminal docker run --rm -it box sh -c \
		'trap "stty size" WINCH; echo ready; while :; do sleep 0.1; done'
	until_true 60 has "$T/shown" '^ready'
	stty -F "$(cat "$T/tty")" rows 41 cols 99
	until_true 60 has "$T/shown" '^41 99'
	printf '\003' >&7
	ended 130
}

@test "the keys of run -it: an interrupt, the end of input" {
	terminal docker run --rm -it box sh -c 'trap "echo int; exit 11" INT; echo ready
		while :; do sleep 0.1; done'
	until_true 60 has "$T/shown" '^ready'
	printf '\003' >&7
	ended 11
	has "$T/shown" '^(\^C)?int'
	rm "$T/keys" "$T/status" "$T/shown"
	terminal docker run --rm -it box sh -c 'echo ready; cat; echo the end'
	until_true 60 has "$T/shown" '^ready'
	printf 'line\n\004' >&7
	ended 0
	has "$T/shown" '^the end'
}

@test "detach with its keys, and attach again" {
	terminal docker run --name one -it --detach-keys ctrl-x,x box sh -c 'echo ready
		read -r word; echo "heard $word"; exit 7'
	until_true 60 has "$T/shown" '^ready'
	printf '\030x' >&7
	ended 0
	is_state one running
	rm "$T/keys" "$T/status"
	terminal docker attach one
	printf 'word\n' >&7
	ended 7
	has "$T/shown" '^heard word'
}

@test "a terminal of run belongs to the user, and /dev/console is it" {
	in_terminal docker run --rm -it --user 1000 box sh -c 'stat -c "%u %a" "$(tty)"
		echo to the console >/dev/console && readlink /proc/self/fd/0'
	matches "$output" '1000 6[02]0'
	matches "$output" 'to the console'
	matches "$output" /dev/pts/0
}
