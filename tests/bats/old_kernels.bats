#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels that are too old, and containers around us whose filter answers what it does not
# know with ENOSYS (newer Docker) or EPERM (older, with libseccomp before 2.5): what is
# newer than Linux 5.14 is not needed; what is needed is named, and nothing is half done.
# shellcheck disable=SC2030,SC2031,SC2119,SC2120,SC2154 # tests; optional arguments

load ../lib/bundle.bash

prepare() {
	only_aril 'has other fallbacks'
	# a user's filter takes the power of newuidmap: one id needs none
	is_root || cfg '.linux.uidMappings = [{ containerID: 0, hostID: $u, size: 1 }] |
		.linux.gidMappings = [{ containerID: 0, hostID: $g, size: 1 }] |
		(.mounts[].options // []) -= ["gid=5"]' \
		--argjson u "$(id -u)" --argjson g "$(id -g)"
	is_root && cfg '.linux.resources.devices = [{ allow: false, access: "rwm" }]'
	args /probe pause
}

# As aril, below such a kernel
refused_call() { # ARG...
	status=0
	timeout --foreground -k 1 20 "$ARIL_PROBE" refuse "$errno" "$calls" "$ARIL" \
		--root "$STATE" "${manager[@]}" "$@" </dev/null >"$T/out" 2>"$T/err" \
		3>&"${third:--}" ||
		status=$?
	output=$(<"$T/err")
	echo "$errno $calls: $1: $status: $output"
}
# It failed with one line, which has the errno, the text, and what to do
fair() { # TEXT VERB [ARG...]
	refused_call "${@:2}"
	[ "$status" -eq 1 ] || [ "$2:$status" = exec:255 ] || return
	[ "$(grep -c . "$T/err")" -eq 1 ] || return
	[[ $output == *"$1"*": $errno: "* ]] || return
	[[ $output == *'container around aril'* || $output == *'outer /proc'* ]]
}
# Verbs with words, for a container that runs
with_words() { # VERB
	words=("$1" "$ID")
	case $1 in
	exec) words+=(/probe exit 0) ;;
	kill) words+=(0) ;;
	list) words=(list) ;;
	delete) words=(delete --force "$ID") ;;
	esac
}
# All verbs work, one behind the other
without() { # ERRNO CALLS
	local verb words
	errno=$1 calls=$2
	refused_call create -b "$B" "$ID"
	[ "$status" -eq 0 ]
	for verb in start state exec kill ps list delete; do
		with_words "$verb"
		refused_call "${words[@]}"
		[ "$status" -eq 0 ]
	done
	nothing_left
}
# There is no container without it
create_needs() { # CALL TEXT
	calls=$1
	for errno in ENOSYS EPERM; do
		fair "$2" create -b "$B" "$ID"
		[ ! -e "$STATE/$ID" ]
		nothing_left
	done
}
# A container that runs does not get the verb without it, and goes on
verb_needs() { # CALL TEXT VERB...
	local verb words
	calls=$1
	for errno in ENOSYS EPERM; do
		for verb in "${@:3}"; do
			with_words "$verb"
			fair "$2" "${words[@]}"
			[ "$(status_of)" = running ]
		done
	done
}

@test "what is newer than Linux 5.14 is not needed" {
	without ENOSYS newer
	without EPERM newer
	# Linux 6.3: MFD_NOEXEC_SEAL, MFD_EXEC; before that the flags are unknown
	without EINVAL memfd_create:1:0x18
	without EINVAL memfd_create:1:0x18,newer
}

@test "what aril can do without, though Linux 5.14 has it" {
	without ENOSYS keyctl # a kernel without keys
	without ENOSYS faccessat2
	without EPERM faccessat2
	without ENOSYS landlock_create_ruleset,io_uring_setup,userfaultfd,pidfd_getfd
	without EPERM copy_file_range,fspick,renameat2,inotify_init1,personality
}

@test "create needs them: processes and memory files" {
	create_needs clone3 'clone into new namespaces'
	create_needs execveat 'execute init'
	create_needs memfd_create 'make memory file'
	create_needs openat2 ''
}

@test "create needs them: mounts, of Linux 5.2 and 5.12" {
	create_needs open_tree 'open '
	create_needs move_mount 'attach '
	create_needs mount_setattr propagation
	create_needs fsopen 'open the file system type'
	create_needs fsconfig 'mount proc'
	create_needs fsmount 'mount proc'
}

@test "create needs them: device filters and keys" {
	need_root 'device filters are for root'
	create_needs bpf 'device filter'
	errno=EPERM calls=keyctl
	fair 'session keyring' create -b "$B" "$ID"
	[[ $output == *'use --no-new-keyring'* ]]
	without EPERM "keyctl:0:0x40000000" # not that call
	nothing_left
}

@test "the files of the host are closed, or there is no container" {
	create_needs close_range close_range
	# refused to init alone, which closes and marks from another number on
	calls=close_range:0:0xfffffffc
	for errno in ENOSYS EPERM; do
		fair 'close the files of the host' create -b "$B" "$ID"
		nothing_left
	done
	calls=close_range:0:4 third=0
	fair 'mark the files of the host' create --preserve-fds 1 -b "$B" "$ID"
	nothing_left
}

@test "what is not known to have ended is not taken for stopped" {
	running
	verb_needs pidfd_open 'open a pidfd of process' state exec kill ps list delete
	verb_needs pidfd_send_signal 'send signal' kill delete
	verb_needs clone3 'clone into new namespaces' exec
	verb_needs setns 'join the container' exec
	verb_needs close_range close_range state delete
	calls=pidfd_open errno=EPERM
	fair 'open a pidfd of process' delete "$ID"
	[ "$(status_of)" = running ]
}

@test "start: what init needs at its end" {
	calls=seccomp
	for errno in ENOSYS EPERM; do
		refused_call create -b "$B" "$ID"
		[ "$status" -eq 0 ]
		calls=pidfd_open fair 'open a pidfd of process' start "$ID"
		[ "$(status_of)" = created ]
		fair 'load the seccomp filter' start "$ID"
		[ "$(status_of)" = stopped ]
		aril delete "$ID"
		nothing_left
	done
}

@test "memory files that may not be executed: aril-init is the installed file" {
	local where dir
	need_root 'vm.memfd_noexec is a setting of a PID namespace'
	[ -e /proc/sys/vm/memfd_noexec ] || skip 'Linux 6.3 has vm.memfd_noexec'
	created --pid-file "$T/pid"
	cp "/proc/$(pid)/exe" "$T/aril-init"
	aril delete --force "$ID"
	args /probe say hello
	printf '%s\n' '#!/bin/sh' 'set -e' 'echo 2 >/proc/sys/vm/memfd_noexec' \
		'if [ -n "${1:-}" ]; then' \
		'	mount -t tmpfs aril-test "$2"' \
		"	install -D -m 755 '$T/aril-init' \"\$1\"" \
		'fi' \
		"exec '$ARIL' --root '$STATE' run -b '$B' '$ID'" >"$T/noexec"
	chmod 755 "$T/noexec"
	run timeout -k 1 20 unshare --mount --pid --fork --mount-proc --kill-child \
		"$T/noexec" </dev/null
	echo "$output"
	where=$(sed -n 's/^aril: open \(.*aril-init\) (memory files.*/\1/p' <<<"$output")
	# or it is installed on this machine
	[ "$status" -eq 0 ] ||
		fails 'may not be executed here' 'vm.memfd_noexec is 2' 'make install'
	[ -n "$where" ] || return 0
	dir=${where%/*}
	until [ -d "$dir" ]; do
		dir=${dir%/*}
	done
	run timeout -k 1 20 unshare --mount --pid --fork --mount-proc --kill-child \
		"$T/noexec" "$where" "$dir" </dev/null
	echo "$output"
	[ "$status" -eq 0 ]
	want hello
	nothing_left
}
