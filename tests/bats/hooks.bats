#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The six kinds of hooks: order, namespaces, state on stdin, environment, failure,
# timeout.
# shellcheck disable=SC2016 # jq's and the hooks' own variables

load ../lib/bundle.bash

# Hooks write to $T/log, which is bound to /log for those that run in the container.
# KIND in the argument tells which it was.
prepare() {
	bare
	mkdir -m 777 "$T/log"
	chmod 777 "$T/log"
	bind "$T/log" /log
	cp /bin/busybox "$T/busybox"
	cp "$T/busybox" rootfs/hook-shell
	chmod 755 "$T/busybox"
}

kinds='prestart createRuntime createContainer startContainer poststart poststop'

# Where a hook of this kind finds the log and a shell
hook_dir() {
	if [ "$1" = startContainer ]; then echo /log; else echo "$T/log"; fi
}
hook_shell() {
	if [ "$1" = startContainer ]; then echo /bin/busybox; else echo "$T/busybox"; fi
}

# Add a hook that runs a shell script; $dir is the log, $kind its kind
hook() { # KIND SCRIPT [JQ-FILTER of the hook object]
	cfg '.hooks[$kind] += [{ path: $shell, args: ["sh", "-c", $script],
		env: ["dir=" + $dir, "kind=" + $kind] } | '"${3:-.}"']' --arg kind "$1" \
		--arg script "$2" --arg shell "$(hook_shell "$1")" \
		--arg dir "$(hook_dir "$1")"
}

@test "hooks run in their order, and the program between them" {
	not_runc 'runs poststart hooks in create'
	local kind
	for kind in $kinds; do
		hook "$kind" 'echo $kind one >>$dir/log'
		hook "$kind" 'echo $kind two >>$dir/log'
	done
	args /bin/sh -c 'echo program >>/log/log'
	created --pid-file "$T/pid"
	[ "$(tr '\n' , <"$T/log/log")" = "$(
		for kind in prestart createRuntime createContainer; do
			printf '%s one,%s two,' "$kind" "$kind"
		done
	)" ]
	start
	[ "$status" -eq 0 ]
	ended
	aril delete "$ID"
	cat "$T/log/log"
	# the program may be faster or slower than the poststart hooks
	[ "$(grep -v program "$T/log/log" | tr '\n' ,)" = "$(for kind in $kinds; do
		printf '%s one,%s two,' "$kind" "$kind"
	done)" ]
	[ "$(grep -c program "$T/log/log")" -eq 1 ]
	[ "$(sed -n '/program/=' "$T/log/log")" -gt 8 ]
}

@test "each kind gets the state on stdin, with its status" {
	not_runc 'tells pids and states otherwise'
	local kind
	for kind in $kinds; do
		hook "$kind" '/bin/busybox cat >$dir/$kind.json'
	done
	cfg '.annotations = { "org.example.key": "value" }'
	args /probe pause
	created --pid-file "$T/pid"
	start
	aril delete -f "$ID"
	for kind in $kinds; do
		echo "$kind: $(cat "$T/log/$kind.json")"
		jq -e --arg id "$ID" --arg b "$B" '.id == $id and .bundle == $b and
			.annotations["org.example.key"] == "value" and
			(.ociVersion | type) == "string"' "$T/log/$kind.json"
	done
	pids=$(jq -r .pid "$T/log/prestart.json" "$T/log/createRuntime.json" \
		"$T/log/poststart.json" | sort -u)
	[ "$pids" = "$(pid)" ]
	[ "$(jq -r .status "$T/log/prestart.json" "$T/log/createRuntime.json" \
		"$T/log/createContainer.json" | sort -u)" = creating ]
	[ "$(jq -r .status "$T/log/startContainer.json")" = created ] || ! is_aril
	[ "$(jq -r .status "$T/log/poststart.json")" = running ]
	[ "$(jq -r .status "$T/log/poststop.json")" = stopped ]
}

@test "the namespaces in which they run" {
	local kind type
	for kind in $kinds; do
		hook "$kind" 'for t in mnt net uts ipc; do
			echo $t $(/bin/busybox readlink /proc/self/ns/$t)
		done >$dir/$kind.ns'
	done
	args /probe pause
	created --pid-file "$T/pid"
	start
	for type in mnt net uts ipc; do
		echo "$type $(readlink "/proc/$(pid)/ns/$type")"
	done >"$T/inside"
	for type in mnt net uts ipc; do
		echo "$type $(readlink "/proc/self/ns/$type")"
	done >"$T/outside"
	aril delete -f "$ID"
	for kind in prestart createRuntime poststart poststop; do
		diff "$T/outside" "$T/log/$kind.ns"
	done
	for kind in createContainer startContainer; do
		diff "$T/inside" "$T/log/$kind.ns"
	done
}

@test "createContainer comes before the root is entered, startContainer after it" {
	hook createContainer 'test -e '"$T/log"' && test ! -e /hook-shell &&
		echo yes >$dir/a'
	hook startContainer 'test -e /hook-shell && echo yes >$dir/b'
	probe say hello
	[ "$(cat "$T/log/a" "$T/log/b")" = $'yes\nyes' ]
}

@test "a hook has its own environment and nothing else" {
	local kind
	for kind in $kinds; do
		hook "$kind" '/bin/busybox env >$dir/$kind.env'
	done
	args /probe say hello
	LEAK=1 go
	for kind in $kinds; do
		# what the shell adds by itself
		env=$(grep -vE '^(PWD|SHLVL|_|OLDPWD|PATH)=' "$T/log/$kind.env" | sort)
		[ "$(tr '\n' ' ' <<<"$env")" = \
			"dir=$(hook_dir "$kind") kind=$kind " ]
	done
}

@test "a hook without env has an empty environment" {
	only_aril 'passes its own on'
	hook createRuntime "/bin/busybox env >$T/log/env" 'del(.env)'
	LEAK=1 probe say hello
	run ! grep -vE '^(PWD|SHLVL|_|OLDPWD|PATH)=' "$T/log/env"
}

@test "args are the whole argv" {
	cat >"$T/hook" <<-END
		#!$T/busybox sh
		echo "\$0 \$#: \$*" >$T/log/argv
	END
	chmod 755 "$T/hook"
	cfg '.hooks.createRuntime = [{ path: $p, args: ["name", "a b", "", "c"] }]' \
		--arg p "$T/hook"
	probe say hello
	[ "$(cat "$T/log/argv")" = "$T/hook 3: a b  c" ]
}

@test "a hook has no file of the runtime's open" {
	not_runc 'leaves some open'
	for kind in createRuntime createContainer poststart poststop; do
		hook "$kind" '/bin/busybox ls -l /proc/self/fd >$dir/$kind.fds'
	done
	args /probe say hello
	go
	for kind in createRuntime createContainer poststart poststop; do
		cat "$T/log/$kind.fds"
		# ls itself has its directory open
		[ "$(grep -c ' -> ' "$T/log/$kind.fds")" -le 4 ]
	done
}

# A failing hook of this kind ends the container, runs poststop hooks and leaves nothing
failing() { # KIND SCRIPT
	hook "$1" "$2"
	hook poststop 'echo stopped >>$dir/poststop'
	mkdir "$T/tell" && chmod 777 "$T/tell"
	bind "$T/tell" /tell
	args /probe pause /tell/ready
}

@test "prestart, createRuntime and createContainer hooks that fail: create fails" {
	local kind
	for kind in prestart createRuntime createContainer; do
		cfg 'del(.hooks)'
		rm -rf "$T/tell" "$T/log/poststop"
		failing "$kind" 'echo told >&2; exit 3'
		create
		if is_aril; then refused "$kind"; else refused; fi
		[ ! -e "$T/tell/ready" ]
		! is_aril || [[ $output == *3* ]]
		! is_aril || [ "$(cat "$T/log/poststop")" = stopped ]
	done
}

@test "a startContainer hook that fails: start fails, and the program never runs" {
	failing startContainer 'exit 4'
	created --pid-file "$T/pid"
	is_aril || only_aril 'start has returned before'
	start
	fails startContainer
	ended
	[ ! -e "$T/tell/ready" ]
}

@test "a poststart hook that fails: start fails, and the container is stopped" {
	only_aril 'is of an older specification'
	failing poststart 'exit 5'
	created --pid-file "$T/pid"
	start
	fails poststart
	ended
}

@test "a poststop hook that fails is a warning, and the next one runs" {
	not_runc 'stops at the first'
	hook poststop 'exit 6'
	hook poststop 'echo second >>$dir/second'
	args /probe say hello
	go
	[ "$status" -eq 0 ]
	[ "$(cat "$T/log/second")" = second ]
	nothing_left
	only_aril 'warns in its own words'
	rm "$T/log/second"
	created --pid-file "$T/pid"
	run aril --log-level warning delete --force "$ID"
	[ "$status" -eq 0 ]
	[[ $output == *'warning: error running poststop hook #0: exit status 6'* ]]
	[ "$(cat "$T/log/second")" = second ]
}

@test "a hook that does not end in time is killed, and is an error" {
	not_runc 'waits for ever'
	mkfifo -m 666 "$T/log/fifo"
	hook createRuntime '/bin/busybox cat $dir/fifo & /bin/busybox cat $dir/fifo' \
		'.timeout = 1'
	args /probe say hello
	create
	refused createRuntime
}

@test "each kind of hook has a timeout" {
	local kind
	not_runc 'waits for ever'
	only_aril 'waits for poststop hooks'
	mkfifo -m 666 "$T/log/fifo"
	for kind in $kinds; do
		cfg 'del(.hooks)'
		rm -f "$T/pid"
		hook "$kind" '/bin/busybox cat $dir/fifo' '.timeout = 1'
		args /probe pause
		case $kind in
		poststop)
			args /probe exit 0
			run aril --log-level warning run -b "$B" "$ID" </dev/null
			echo "$output"
			[ "$status" -eq 0 ]
			[[ $output == *poststop*timeout* ]]
			;;
		*)
			go
			refused "$kind" timeout
			;;
		esac
	done
}

@test "a hook that is fast enough is not disturbed by its timeout" {
	hook createRuntime 'echo done >$dir/done' '.timeout = 10'
	probe say hello
	[ "$(cat "$T/log/done")" = 'done' ]
}

@test "a timeout must be positive, a path absolute" {
	only_aril 'does not look'
	hook createRuntime true '.timeout = 0'
	create_refused 'hooks.createRuntime[0].timeout'
	cfg '.hooks.createRuntime[0] = { path: "bin/true" }'
	create_refused 'hooks.createRuntime[0].path'
}

@test "a hook that does not exist is an error that names it" {
	cfg '.hooks.createRuntime = [{ path: "/no/such/hook" }]'
	create
	if is_aril; then refused createRuntime; else refused; fi
	# the words that engines take for a missing program of the user's
	! is_aril || [[ $output != *'no such file or directory'* ]]
}

@test "a hook may look into the container's network by its pid" {
	hook createRuntime 'read -r state; pid=${state##*\"pid\":}; pid=${pid%%[,\}]*}
		/bin/busybox readlink /proc/${pid# }/ns/net >$dir/net'
	args /probe ns
	go
	want "ns.net=$(cat "$T/log/net")"
}

@test "a hook that reads nothing and one that closes stdin do not stop create" {
	hook createRuntime 'exec <&-; exit 0'
	hook createContainer 'exit 0'
	# more than a pipe holds
	cfg '.annotations = { big: ("x" * 200000) }'
	probe say hello
	want hello
}
