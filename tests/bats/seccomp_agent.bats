#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Filters that ask an agent (SCMP_ACT_NOTIFY): what is sent to it, and by whom; that no
# profile can stop that; what happens where there is no agent.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

prepare() {
	only_aril 'has listeners only in some builds'
}

# An agent at $T/agent for COUNT listeners; what it sees is printed by `answered`
agent() { # [COUNT]
	"$ARIL_PROBE" agent "$T/agent" "$T/agent.ready" 15000 "${1:-1}" \
		>"$T/agent.log" 2>&1 3>&- &
	agent=$!
	children+=("$agent")
	"$ARIL_PROBE" wait-file "$T/agent.ready" 5000
}
answered() {
	wait "$agent"
	output=$(cat "$T/agent.log")
	echo "$output"
	want agent=done
	want_none connection=open
}
undo() {
	[ ! -e "$T/agent.log" ] || sed 's/^/agent: /' "$T/agent.log"
}
# The document's filter asks the agent about these
notifies() { # CALL...
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		listenerPath: $path, listenerMetadata: "of the test",
		syscalls: [{ names: ($calls | split(" ")),
			action: "SCMP_ACT_NOTIFY" }] }' \
		--arg path "$T/agent" --arg calls "$*"
}
# A member of what came with the listener number N
told() { # N FILTER
	sed -n 's/^message=//p' "$T/agent.log" | sed -n "${1}p" | jq -r "$2"
}

@test "run: the agent answers mkdir and mount" {
	agent
	notifies mkdir mkdirat mount
	mkdir -m 777 "$T/tell"
	bind "$T/tell" /tell
	args /probe call-mkdir /tell/fake , call-mkdir /tell/other , \
		call-mkdir /tell/no , call-mount good /tell , call-mount bad /tell
	go
	[ "$status" -eq 0 ]
	want mkdir./tell/fake=ok mkdir./tell/other=ok mkdir./tell/no=EDOM \
		mount.good=ok mount.bad=EBADE
	[ "$(ls "$T/tell")" = other.of-the-agent ]
	answered
	want fds=1 mkdir=/tell/fake mkdir=/tell/other mkdir=/tell/no mount=good mount=bad
}

@test "create and start: the state says created, exec: running; all as specified" {
	agent 2
	notifies mkdir mkdirat
	cfg '.annotations = { a: "b" }'
	running
	aril exec --pid-file "$T/exec.pid" "$ID" /probe call-mkdir /fake >"$T/exec.out"
	output=$(cat "$T/exec.out")
	want mkdir./fake=ok
	aril delete -f "$ID"
	answered
	[ "$(told 1 .state.status)" = created ]
	[ "$(told 1 .pid)" = "$(pid)" ]
	[ "$(told 1 .state.pid)" = "$(pid)" ]
	[ "$(told 2 .state.status)" = running ]
	[ "$(told 2 .pid)" = "$(cat "$T/exec.pid")" ]
	[ "$(told 2 .state.pid)" = "$(pid)" ]
	for n in 1 2; do
		[ "$(told $n '.fds | tojson')" = '["seccompFd"]' ]
		[ "$(told $n .metadata)" = 'of the test' ]
		[ "$(told $n .state.id)" = "$ID" ]
		[ "$(told $n .state.bundle)" = "$B" ]
		[ "$(told $n .state.annotations.a)" = b ]
		[[ $(told $n .ociVersion) == 1.* ]]
		[[ $(told $n .state.ociVersion) == 1.* ]]
	done
}

# With these the filter would stop the way of its own listener
@test "profiles about what a runtime does itself do not stop it" {
	agent 7
	for call in sendmsg sendto write close execve capset; do
		notifies "$call"
		probe say "hello $call"
		want "hello $call"
	done
	# all at once, and for an exec
	notifies sendmsg sendmmsg sendto write writev close execve execveat capset futex \
		recvmsg ppoll poll exit ioctl read
	probe say 'hello all'
	want 'hello all'
	answered
}

@test "a profile that asks about everything" {
	agent
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_NOTIFY", listenerPath: $path }' \
		--arg path "$T/agent"
	probe say hello
	want hello
	answered
}

@test "a profile that denies sendmsg, or kills for it; for exec, too" {
	agent 4
	for action in SCMP_ACT_ERRNO SCMP_ACT_KILL_PROCESS; do
		notifies mkdir mkdirat
		cfg '.linux.seccomp.syscalls += [{ action: $action,
			names: ["sendmsg", "sendto", "futex", "userfaultfd"] }]' \
			--arg action "$action"
		running
		aril exec "$ID" /probe call-mkdir /fake >"$T/exec.out"
		output=$(cat "$T/exec.out")
		want mkdir./fake=ok
		aril delete -f "$ID"
		rm -rf "$T/tell"
		mount_drop /tell
	done
	answered
}

@test "the thread that sends is gone, and no child is left behind" {
	agent
	notifies sendmsg
	probe status , fds , read /proc/self/task/1/children
	want Threads=1 /proc/self/task/1/children=
	[ "$(grep -c '^fd\.' <<<"$output")" -eq 3 ]
	answered
}

@test "every flag: TSYNC, LOG, WAIT_KILLABLE_RECV" {
	agent
	notifies mkdir mkdirat sendmsg
	cfg '.linux.seccomp.flags = (["TSYNC", "LOG", "SPEC_ALLOW", "WAIT_KILLABLE_RECV"]
		| map("SECCOMP_FILTER_FLAG_" + .))'
	probe call-mkdir /fake
	want mkdir./fake=ok
	answered
}

@test "no agent: run fails, and start leaves the container as it was" {
	notifies mkdir
	args /probe say no
	go
	refused linux.seccomp.listenerPath "$T/agent" ENOENT
	want_none no
	created
	start
	fails linux.seccomp.listenerPath "$T/agent" ENOENT
	[ "$(status_of)" = created ]
	agent
	start
	[ "$status" -eq 0 ]
	answered
	aril delete -f "$ID"
}

@test "no agent: exec fails, and nothing of it is left" {
	agent
	notifies mkdir
	running
	rm "$T/agent"
	run aril exec "$ID" /probe say no </dev/null
	[ "$status" -eq 255 ]
	[[ $output == *"linux.seccomp.listenerPath: connect to the seccomp agent at "* ]]
	[[ $output == *"$T/agent: ENOENT"* ]]
	[[ $output != *no$'\n'* ]]
	[ "$(status_of)" = running ]
	aril delete -f "$ID"
	answered
}

@test "an agent that takes nobody: an error when its time is over" {
	"$ARIL_PROBE" queue "$T/agent" "$T/agent.ready" 3>&- &
	children+=($!)
	"$ARIL_PROBE" wait-file "$T/agent.ready" 5000
	notifies mkdir
	# the first is taken into the queue, which is full then
	probe say hello
	want hello
	args /probe say no
	create
	[ "$status" -eq 0 ]
	start
	fails linux.seccomp.listenerPath "$T/agent" 'accepts nobody for 10 s' ETIMEDOUT
	[ "$(status_of)" = created ]
}

@test "listenerPath without a call to listen to is ignored" {
	notifies mkdir
	cfg '.linux.seccomp.syscalls = []'
	probe say hello
	want hello
}

@test "the agent's path as an annotation, and in the environment" {
	agent 3
	notifies mkdir mkdirat
	cfg 'del(.linux.seccomp.listenerPath, .linux.seccomp.listenerMetadata)'
	args /probe call-mkdir /fake
	go
	fails 'linux.seccomp.listenerPath: is missing, SCMP_ACT_NOTIFY needs it'
	RUN_OCI_SECCOMP_RECEIVER=relative go
	fails '"relative" is not an absolute path'
	RUN_OCI_SECCOMP_RECEIVER=$T/agent go
	want mkdir./fake=ok
	RUN_OCI_SECCOMP_RECEIVER=$T/agent running
	# the container's own, whatever the caller of exec has
	run aril exec "$ID" /probe call-mkdir /fake </dev/null
	want mkdir./fake=ok
	aril delete -f "$ID"
	answered
	[ "$(told 1 'has("metadata")')" = false ]
	rm "$T/agent.ready"
	agent
	cfg '.annotations["run.oci.seccomp.receiver"] = $path' --arg path "$T/agent"
	probe call-mkdir /fake
	want mkdir./fake=ok
	answered
}

@test "names that libseccomp does not know are told, or refused if that is wanted" {
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW",
		syscalls: [{ names: ["no_such_call", "mkdir"],
			action: "SCMP_ACT_ERRNO" }] }'
	args /probe say hello
	run aril --log-level warning run -b "$B" "$ID" </dev/null
	[ "$status" -eq 0 ]
	[[ $output == *'left out, as libseccomp '*'does not know them: no_such_call'* ]]
	probe say quiet
	[ "$output" = quiet ]
	cfg '.annotations["run.oci.seccomp_fail_unknown_syscall"] = "1"'
	create_refused linux.seccomp.syscalls no_such_call
}
