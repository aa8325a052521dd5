#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 18, 19 and 67 to 75: what neighbours have, and networks. And all of
# the table once more for a program that joins, and for a container with users of its own.
# shellcheck disable=SC2016 # jq's variables

load threat.bash

@test "18, 19, 67-69: sockets, shared memory, queues and files of the victim" {
	denied peers
}

@test "70, 71, 75: no network but its own" {
	denied network
}

# Users of its own, to whom the image's directories belong
own_users() {
	local dir
	find rootfs -type d -exec chown 7000000:7000000 {} +
	# they must be able to come to the bundle
	dir=$T
	while [ "$dir" != "$BED" ]; do
		chmod a+x "$dir"
		dir=${dir%/*}
	done
	cfg '.linux.namespaces += [{ type: "user" }]
		| .linux.uidMappings = [{ containerID: 0, hostID: 7000000, size: 65536 }]
		| .linux.gidMappings = .linux.uidMappings'
}

everything=(mounts files devices calls sockets peers network)

@test "all of it by a program that joins" {
	local words
	running
	attempts "${everything[@]}"
	run aril exec "$ID" /probe "${words[@]}" </dev/null
	echo "$output"
	judge
}

@test "all of it by root of a user namespace" {
	need_root
	own_users
	attempts "${everything[@]}" reads writes tasks
	args /probe "${words[@]}"
	go
	judge
}

@test "all of it by root of a user namespace, without a filter" {
	need_root
	own_users
	cfg 'del(.linux.seccomp)'
	attempts mounts files devices peers network reads writes tasks
	args /probe "${words[@]}"
	go
	# shellcheck disable=SC2046 # words
	judge userns.mount userns.overlay $(for_all)
}
