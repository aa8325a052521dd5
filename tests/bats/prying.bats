#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Who looks into init while it is on its way, or ends one side of it at a bad time. What
# init holds for a moment is more than what a container may have.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

@test "exec: after the join there is no way out, and no spare capability" {
	need_root
	only_aril 'is about its init'
	need strace
	running
	# the first thing that it does in the container takes long
	strace -f -qq -o "$T/trace" -e trace=setsid -e inject=setsid:delay_enter=1500000 \
		"$ARIL" --root "$STATE" exec "$ID" /probe say hi \
		>"$T/said" 2>&1 </dev/null 3>&- &
	children+=($!)
	home=$(readlink "/proc/$(pid)/ns/pid") found=''
	for ((try = 0; try < 3000 && !${#found}; try++)); do
		for dir in /proc/[0-9]*; do
			# it is younger: few have to be looked at
			[ "${dir#/proc/}" -gt "${children[-1]}" ] || continue
			[ "$(readlink "$dir/ns/pid")" = "$home" ] || continue
			[[ $(readlink "$dir/exe") == *aril-init* ]] && found=$dir
		done 2>/dev/null
	done
	[ -n "$found" ]
	ls -l "$found/fd"
	# its standard files, the sync socket, and the container's root
	run ! grep -vE '(-> (/dev/null|socket:.*|/|.*/said)|^total .*)$' \
		<<<"$(ls -l "$found/fd")"
	effective=$((16#$(awk '$1 == "CapEff:" { print $2 }' "$found/status")))
	bounding=$((16#$(awk '$1 == "CapBnd:" { print $2 }' "/proc/$(pid)/status")))
	# CHOWN, SETGID, SETUID, SETPCAP; SYS_ADMIN for the filter
	[ $((effective & ~(bounding | 0x2001c1))) -eq 0 ]
	wait "${children[-1]}"
	grep -q hi "$T/said"
}

@test "root of the host without capabilities cannot look into an init" {
	need_root
	only_aril 'is about its init'
	need setpriv
	cfg '.linux.namespaces += [{ type: "user" }] | .linux.uidMappings = [
		{ containerID: 0, hostID: 0, size: 1000 }] |
		.linux.gidMappings = .linux.uidMappings'
	created --pid-file "$T/pid"
	readlink "/proc/$(pid)/exe"
	run ! setpriv --bounding-set=-all --inh-caps=-all readlink "/proc/$(pid)/exe"
	run ! setpriv --bounding-set=-all --inh-caps=-all readlink "/proc/$(pid)/root"
}

@test "a create that is killed leaves an init that ends by itself" {
	only_aril 'is about its init'
	need strace
	for when in recvmsg:signal=KILL:when=1 renameat:signal=KILL:when=2 \
		renameat:signal=KILL:when=3 sendmsg:signal=KILL:when=1; do
		run strace -f -qq -o "$T/trace" -e trace="${when%%:*}" -e inject="$when" \
			"$ARIL" --root "$STATE" --cgroup-manager disabled create -b "$B" \
			"$ID" </dev/null 3>&-
		echo "$when: $status $output"
		aril delete -f "$ID"
	done
	# that nothing is left is what teardown looks for
}

@test "start: a container that is killed before its program begins is no success" {
	only_aril 'says that it started'
	mkfifo "$B/rootfs/wait"
	chmod 666 "$B/rootfs/wait"
	cfg '.hooks.startContainer = [{ path: "/bin/busybox",
		args: ["busybox", "cat", "/wait"] }]'
	create
	[ "$status" -eq 0 ]
	timeout 20 "$ARIL" --root "$STATE" start "$ID" >"$T/said" 2>&1 </dev/null 3>&- &
	start=$!
	exec 5>"$B/rootfs/wait" # opens when the hook does
	aril kill "$ID" KILL
	exec 5>&-
	status=0
	wait "$start" || status=$?
	cat "$T/said"
	[ "$status" -eq 1 ]
	grep -q 'init ended before it ran the program' "$T/said"
}

@test "files that the caller closed lead nowhere, also without a /dev/null" {
	need_root
	only_aril 'opens them itself'
	args /probe fds
	cfg 'del(.linux.maskedPaths)'
	run unshare -m sh -c 'mount -t tmpfs none /dev && exec timeout 20 "$@" <&-' sh \
		"$ARIL" --root "$STATE" run -b "$B" "$ID" 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	want_like 'fd\.0=/memfd:aril-null.*'
}

@test "create: an init that is killed is an error that says so" {
	only_aril 'says how it ended'
	cat >"$T/hook" <<-'END'
		#!/bin/sh
		kill -9 "$(/bin/busybox sed 's/.*"pid": *\([0-9]*\).*/\1/')"
	END
	chmod 755 "$T/hook"
	cfg '.hooks.createRuntime = [{ path: $hook }]' --arg hook "$T/hook"
	create
	[ "$status" -eq 1 ]
	[[ $output == *'init was ended by signal 9'* ]]
}
