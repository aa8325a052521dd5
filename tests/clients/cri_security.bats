#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What a pod's configuration says about users, rights, mounts and devices.

load cri.bash

secure() { # FILTER-OF-THE-SECURITY-CONTEXT
	echo ".config.linux.security_context |= ($1)"
}

@test "run_as_user, run_as_group, supplemental groups" {
	run_pod one
	is "$(ran one number "$(secure '.run_as_user.value = 1000 |
		.run_as_group.value = 1234 | .supplemental_groups = [ 77 ]')" \
		sh -c 'id -u; id -g; id -G' | tr '\n' '|')" '1000|1234|1234 77|'
	is "$(ran one name "$(secure '.run_as_username = "box"')" \
		sh -c 'id -un; id -g' | tr '\n' '|')" 'box|1000|'
	exits 1 create_in one nobody "$(secure '.run_as_username = "none"')" id
	matches "$output" 'none|user'
}

@test "a user that is not root has no capabilities" {
	run_pod one
	is "$(ran one box "$(secure '.run_as_user.value = 1000')" \
		grep -E 'Cap(Prm|Eff|Amb)' /proc/self/status | cut -f2 | sort -u)" \
		0000000000000000
}

@test "capabilities: the usual, more, less, none, all" {
	local show=(awk '/CapEff/ { print $2 }' /proc/self/status)
	run_pod one
	is "$(ran one usual '' "${show[@]}")" 00000000a80425fb
	is "$(ran one more \
		"$(secure '.capabilities.add_capabilities = [ "NET_ADMIN" ]')" \
		"${show[@]}")" 00000000a80435fb
	is "$(ran one less "$(secure '.capabilities.drop_capabilities = [ "CHOWN" ]')" \
		"${show[@]}")" 00000000a80425fa
	is "$(ran one none "$(secure '.capabilities.drop_capabilities = [ "ALL" ]')" \
		"${show[@]}")" 0000000000000000
	is "$(ran one all "$(secure '.capabilities.add_capabilities = [ "ALL" ]')" \
		"${show[@]}")" "$("${show[@]}")"
}

@test "privileged: every capability, /sys to write, all devices, nothing masked" {
	run_pod one '.linux.security_context.privileged = true'
	output=$(ran one box "$(secure '.privileged = true')" sh -c '
		awk "/CapEff/ { print \$2 }" /proc/self/status
		awk "\$2 == \"/sys\" { print \$4 }" /proc/mounts
		ls /dev/kmsg; awk "/Seccomp:/ { print \$2 }" /proc/self/status
		grep -c " /proc/" /proc/mounts; true')
	is "${output//$'\n'/|}" "$(awk '/CapEff/ { print $2 }' /proc/self/status
		)|rw,nosuid,nodev,noexec,relatime|/dev/kmsg|0|0"
	run_pod two
	exits 1 create_in two box "$(secure '.privileged = true')" true
	matches "$output" 'no privileged container allowed in sandbox'
}

@test "readonly_rootfs and no_new_privs" {
	run_pod one
	exits 1 ran one box "$(secure '.readonly_rootfs = true')" touch /srv/x
	matches "$output" 'Read-only file system'
	is "$(ran one yes "$(secure '.no_new_privs = true')" \
		awk '/NoNewPrivs/ { print $2 }' /proc/self/status)" 1
	is "$(ran one no '' awk '/NoNewPrivs/ { print $2 }' /proc/self/status)" 0
}

@test "seccomp: the default, none, and a file of the machine" {
	local show=(awk '/Seccomp:/ { print $2 }' /proc/self/status)
	run_pod one
	is "$(ran one default "$(secure '.seccomp.profile_type = "RuntimeDefault"')" \
		"${show[@]}")" 2
	is "$(ran one none "$(secure '.seccomp.profile_type = "Unconfined"')" \
		"${show[@]}")" 0
	jq -n '{ defaultAction: "SCMP_ACT_ALLOW", syscalls: [ {
		names: [ "mkdir", "mkdirat" ], action: "SCMP_ACT_ERRNO", errnoRet: 95
		} ] }' >"$T/profile.json"
	exits 1 ran one file "$(secure '.seccomp = { profile_type: "Localhost",
		localhost_ref: "'"$T/profile.json"'" }')" mkdir /srv/x
	matches "$output" 'not supported'
}

@test "masked and read-only paths" {
	run_pod one
	output=$(ran one box "$(secure '.masked_paths = [ "/srv/volume", "/srv/file" ] |
		.readonly_paths = [ "/home" ]')" sh -c '
		ls -A /srv/volume | wc -l; wc -c </srv/file
		touch /home/x 2>&1; touch /srv/y && echo written')
	is "${output//$'\n'/|}" '0|0|touch: /home/x: Read-only file system|written'
}

@test "mounts: to write, to read, a file, a link to a directory" {
	run_pod one
	mkdir "$T/dir" && echo host >"$T/dir/file" && ln -s dir "$T/link"
	is "$(ran one write ".config.mounts = [ { host_path: \"$T/link\",
		container_path: \"/new/place\" }, { host_path: \"$T/dir/file\",
		container_path: \"/srv/file\", readonly: true } ]" sh -c '
		cat /new/place/file /srv/file; echo more >/new/place/more
		(echo x >/srv/file) 2>&1 | sed "s/.*: //"' | tr '\n' '|')" \
		'host|host|Read-only file system|'
	is "$(cat "$T/dir/more")" more
	exits 1 ran one read ".config.mounts = [ { host_path: \"$T/dir\",
		container_path: \"/new\", readonly: true } ]" touch /new/x
	matches "$output" 'Read-only file system'
}

@test "mount propagation: private, from the host, both ways" {
	mkdir "$T/dir" && mount -t tmpfs none "$T/dir" && mount --make-shared "$T/dir"
	mkdir "$T/dir/"{a,b}
	run_pod one '.linux.security_context.privileged = true'
	volume() {
		echo ".config.mounts = [ { host_path: \"$T/dir\",
			container_path: \"/new\", propagation: \"PROPAGATION_$1\" } ] |
			.config.linux.security_context.privileged = true"
	}
	run_in one private "$(volume PRIVATE)" sleep 1000 >"$T/private"
	run_in one slave "$(volume HOST_TO_CONTAINER)" sleep 1000 >"$T/slave"
	run_in one shared "$(volume BIDIRECTIONAL)" sleep 1000 >"$T/shared"
	mount -t tmpfs none "$T/dir/a"
	touch "$T/dir/a/seen"
	exits 1 sync_in "$(cat "$T/private")" test -e /new/a/seen
	exits 0 sync_in "$(cat "$T/slave")" test -e /new/a/seen
	exits 0 sync_in "$(cat "$T/shared")" test -e /new/a/seen
	exits 0 sync_in "$(cat "$T/shared")" mount -t tmpfs none /new/b
	grep -q " $T/dir/b " /proc/mounts
	exits 0 sync_in "$(cat "$T/slave")" grep ' /new/b ' /proc/mounts
	exits 1 sync_in "$(cat "$T/private")" grep ' /new/b ' /proc/mounts
	umount "$T/dir/a" "$T/dir/b"
	engine_clean
	umount "$T/dir"
}

@test "devices, and what may be done to them" {
	run_pod one
	output=$(ran one box '.config.devices = [ { host_path: "/dev/null",
		container_path: "/dev/mine", permissions: "rw" },
		{ host_path: "/dev/kmsg", container_path: "/dev/read",
		permissions: "r" } ]' sh -c '
		echo x >/dev/mine && echo written; stat -c "%t %T" /dev/mine
		(echo x >/dev/read) 2>&1 | sed "s/.*: //"
		dd if=/dev/read bs=8192 count=1 2>/dev/null | grep -q . && echo read
		ls /dev/kmsg 2>&1; true')
	is "${output//$'\n'/|}" "written|1 3|Operation not permitted|read|ls: $(
		)/dev/kmsg: No such file or directory"
}

@test "two containers share a directory of the pod" {
	run_pod one
	mkdir "$T/dir"
	run_in one writer ".config.mounts = [ { host_path: \"$T/dir\",
		container_path: \"/shared\" } ]" sh -c 'mkfifo /shared/queue
		echo sent >/shared/queue; exec sleep 1000'
	until_true 30 test -p "$T/dir/queue"
	is "$(ran one reader ".config.mounts = [ { host_path: \"$T/dir\",
		container_path: \"/shared\" } ]" cat /shared/queue)" sent
}
