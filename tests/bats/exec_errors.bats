#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Programs that cannot be executed: who says so, in which words, and what is left. What is
# seen before the program runs is told by create, the rest by start: unlike other
# runtimes', which end with 0 then, and the container says something on its stderr.
# Engines make exit codes of these texts.
# shellcheck disable=SC2016 # $PATH in texts

load ../lib/bundle.bash

prepare() {
	only_aril 'others do not tell it at start'
}

program() { # NAME MODE TEXT: a file in the root
	printf '%s\n' "$3" >"$B/rootfs/$1"
	chmod "$2" "$B/rootfs/$1"
}
# create says TEXT, run too; and exec in a container that runs
told_early() { # TEXT ARG...
	local text=$1
	shift
	args "$@"
	create
	refused "$text"
	go
	fails "$text"
	nothing_left
	running
	run aril exec "$ID" "$@" </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"exec failed: "*"$text"* ]]
	[ "$(status_of)" = running ]
}
# start says it, and the container is stopped then; run; exec
told_late() { # TEXT ARG...
	local text=$1
	shift
	args "$@"
	created --pid-file "$T/pid"
	[ "$(status_of)" = created ]
	start
	fails "$text"
	ended
	[ "$(status_of)" = stopped ]
	start
	fails 'cannot start a container that has stopped'
	aril delete "$ID"
	nothing_left
	go
	fails "$text"
	nothing_left
	go --keep
	fails "$text"
	run aril delete "$ID"
	[ "$status" -ne 0 ]
	running
	run aril exec "$ID" "$@" </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"exec failed: "*"$text"* ]]
	run aril exec -d --pid-file "$T/exec.pid" "$ID" "$@" </dev/null
	[ "$status" -eq 255 ]
	[ ! -e "$T/exec.pid" ]
	[ "$(status_of)" = running ]
}

@test "executable file not found in \$PATH" {
	told_early 'exec: "no-such": executable file not found in $PATH' no-such
}

@test "no such file or directory" {
	told_early 'exec: "/no/such": stat /no/such: no such file or directory' /no/such
}

@test "permission denied" {
	program plain 644 text
	told_early 'exec: "/plain": permission denied' /plain
}

@test "is a directory, not a directory" {
	told_early 'exec: "/etc": is a directory: permission denied' /etc
	aril delete -f "$ID"
	rm "$T/tell/ready"
	told_early 'exec: "/probe/x": stat /probe/x: not a directory' /probe/x
}

@test "too many levels of symbolic links" {
	ln -s loop "$B/rootfs/loop"
	told_early 'exec: "/loop": stat /loop: too many levels of symbolic links' /loop
}

@test "exec format error" {
	program bad 755 'no program of any kind'
	told_late 'exec /bad: exec format error' /bad
}

@test "a missing interpreter: no such file or directory" {
	program script 755 '#!/no/interpreter'
	told_late 'exec: "/script": no such file or directory' /script
}

@test "an interpreter that is not executable: permission denied" {
	program plain 644 text
	program script 755 '#!/plain'
	told_late 'exec: "/script": permission denied' /script
}

@test "a program that is gone, or may not be executed any more, when it is started" {
	program gone 755 'text'
	args /gone
	created
	rm "$B/rootfs/gone"
	start
	fails 'exec: "/gone": no such file or directory (/gone is gone, or'
	[ "$(status_of)" = stopped ]
	aril delete "$ID"
	program gone 755 'text'
	created
	chmod 644 "$B/rootfs/gone"
	start
	fails 'exec: "/gone": permission denied'
	[ "$(status_of)" = stopped ]
}

@test "a program whose mount forbids it when it is started" {
	need_root 'changes a mount of the container'
	mkdir "$T/programs"
	chmod 755 "$T/programs"
	cp "$ARIL_PROBE" "$T/programs/probe"
	bind "$T/programs" /programs
	args /programs/probe say hello
	created --pid-file "$T/pid"
	"$ARIL_PROBE" noexec "$(pid)" /programs
	start
	fails 'exec: "/programs/probe": permission denied'
	[ "$(status_of)" = stopped ]
}

@test "a filter that denies execve: operation not permitted" {
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["execve"], action: "SCMP_ACT_ERRNO" }] }'
	args /probe say hello
	created
	start
	fails 'exec: "/probe": operation not permitted'
	[ "$(status_of)" = stopped ]
}

@test "arguments that are too long" {
	cfg '.process.args = ["/probe", "x" * 140000]'
	created
	start
	fails 'exec: "/probe": argument list too long'
	[ "$(status_of)" = stopped ]
}

# engines make 127 and 126 of them, as with other runtimes
@test "a working directory that is not there, or no directory" {
	running
	run aril exec --cwd /nowhere "$ID" /bin/true </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *'exec failed: '*'change to /nowhere: no such file or directory' ]]
	run aril exec --cwd /bin/busybox "$ID" /bin/true </dev/null
	[[ $output == *'change to /bin/busybox: not a directory' ]]
}

@test "no other errors use these words: engines would take them for a missing program" {
	local text
	cfg '.mounts += [{ destination: "/x", type: "bind", source: "/no/such",
		options: ["bind"] }]'
	create
	refused ENOENT
	for text in 'no such file' 'permission denied' 'not found'; do
		[[ ${output,,} != *"$text"* ]]
	done
}

@test "poststart hooks do not run when the program did not, poststop hooks do" {
	program bad 755 'no program of any kind'
	args /bad
	cfg 'def touch($f): [{ path: "/bin/touch", args: ["touch", $t + $f] }];
		.hooks = { poststart: touch("/begun"), poststop: touch("/stopped") }' \
		--arg t "$T"
	created
	start
	fails 'exec format error'
	[ ! -e "$T/begun" ]
	aril delete "$ID"
	[ -e "$T/stopped" ]
}
