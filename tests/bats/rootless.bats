#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Ordinary users: with subordinate ids and with a single one, with and without a user
# namespace in the document, without a cgroup of their own.
# shellcheck disable=SC2016 # jq's variables

load ../lib/bundle.bash

@test "the podman-like bundle of an ordinary user" {
	need_user
	probe status , ids , mounts , process
	want Uid='0 0 0 0' Seccomp=2
	want_like 'mount./sys=sysfs .*' 'mount./dev/pts=devpts .*'
}

@test "without a user namespace in the document there is one all the same" {
	need_user
	only_aril 'does not make one by itself'
	namespace_drop user
	cfg 'del(.linux.uidMappings, .linux.gidMappings)'
	[ "$BED_MODE" = user ] ||
		cfg '.mounts |= map(.options -= ["gid=5"])'
	probe status , ids
	want Uid='0 0 0 0'
	[ "$(value uid_map | tr -s ' ' | cut -d'|' -f1)" = " 0 $(id -u) 1" ]
	if [ "$BED_MODE" = user ]; then
		[ "$(value uid_map | tr -s ' ' | cut -d'|' -f2)" = \
			" 1 $(subids)" ]
	fi
}

@test "other ids of the container are subordinate ids outside" {
	local first
	need_user
	need_ids
	mkdir -m 777 rootfs/opt/all
	chmod 777 rootfs/opt/all
	cfg '.process.user = { uid: 1000, gid: 1000 }'
	probe create /opt/all/file , status
	want Uid='1000 1000 1000 1000'
	first=$(subids)
	first=${first% *}
	[ "$(stat -c %u:%g rootfs/opt/all/file)" = "$((first + 999)):$((first + 999))" ]
}

@test "an id without a map is an error" {
	need_user
	[ "$BED_MODE" = solo ] || cfg '.linux.uidMappings |= .[:1]'
	cfg '.process.user = { uid: 1000, gid: 0 }'
	create
	refused
	! is_aril || [[ $output == *process.user.uid* || $output == *EINVAL* ]]
}

@test "a single id, without newuidmap" {
	need_user
	cfg '.linux.uidMappings = [{ containerID: 0, hostID: $u, size: 1 }] |
		.linux.gidMappings = [{ containerID: 0, hostID: $g, size: 1 }] |
		.mounts |= map(.options -= ["gid=5"])' --argjson u "$(id -u)" \
		--argjson g "$(id -g)"
	run env -i "$ARIL" --root "$STATE" run -b "$B" "$ID" </dev/null 3>&-
	echo "$output"
	[ "$status" -eq 0 ]
	want Uid='0 0 0 0'
}

@test "a single id that is not 0 inside" {
	need_user
	cfg '.linux.uidMappings = [{ containerID: 1000, hostID: $u, size: 1 }] |
		.linux.gidMappings = [{ containerID: 1000, hostID: $g, size: 1 }] |
		.process.user = { uid: 1000, gid: 1000 } |
		del(.linux.sysctl) |
		.mounts |= map(.options -= ["gid=5"])' --argjson u "$(id -u)" \
		--argjson g "$(id -g)"
	is_aril || skip 'not aril: wants root in the container'
	args /probe status
	go
	if [ "$status" -ne 0 ]; then
		refused linux.uidMappings
		skip 'refused: id 0 must be mapped'
	fi
	want Uid='1000 1000 1000 1000' Gid='1000 1000 1000 1000'
}

@test "without a cgroup the container runs, and a limit is an error that says why" {
	need_user
	only_aril 'does without'
	probe say hello
	[ ! -w "/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/cgroup.procs" ] ||
		skip 'this user has a cgroup to divide'
	cfg '.linux.resources = { pids: { limit: 10 } }'
	create
	refused pids
}

@test "additional groups where setgroups is denied are an error, not a surprise" {
	[ "$BED_MODE" = solo ] || skip 'is about a single id'
	cfg '.process.user.additionalGids = [5]'
	create
	refused
}

@test "the state directory is the user's own, by XDG_RUNTIME_DIR" {
	need_user
	[ -n "${XDG_RUNTIME_DIR:-}" ] || skip 'no XDG_RUNTIME_DIR'
	args /probe pause
	"$ARIL" create -b "$B" --pid-file "$T/pid" "$ID" </dev/null >"$T/out" 2>&1 3>&-
	find "$XDG_RUNTIME_DIR" -name "$ID" | grep .
	"$ARIL" state "$ID" | jq -e '.status == "created"'
	"$ARIL" delete -f "$ID"
	# nothing else of it: others of this user may live there
	rm -rf "${XDG_RUNTIME_DIR:?}/${ARIL##*/}"
}

@test "exec, kill and delete of an ordinary user's container" {
	need_user
	running
	run aril exec "$ID" /probe status </dev/null
	want Uid='0 0 0 0' Seccomp=2
	aril kill "$ID" KILL
	ended
	aril delete "$ID"
	nothing_left
}

@test "files that the container made can be deleted by delete --force of the bundle" {
	need_user
	probe create /opt/file
	rm rootfs/opt/file
}
