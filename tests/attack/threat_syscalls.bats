#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The threat table, 47 to 49, 51 to 59, 61 and 62: system calls.
# shellcheck disable=SC2016 # jq's variables

load threat.bash

@test "47-58: calls that change the machine, keys, namespaces of one's own" {
	denied calls
}

@test "47, 48, 58: without the filter, capabilities alone hold what is the machine's" {
	cfg 'del(.linux.seccomp)'
	# shellcheck disable=SC2046 # words
	denied calls $(for_all) userfaultfd perf personality.norandom \
		personality.exec vmsplice unshare.user clone.user clone3.user key.user \
		key.session key.read key.request fanotify
}

@test "51, 61, 62: sockets of other families, other ABIs, arguments that are cut" {
	denied sockets
}

@test "59: a set-uid program gains nothing with no_new_privs" {
	need_ids
	chmod 4755 rootfs/probe
	cfg '.process.noNewPrivileges = true | .process.user = { uid: 1000, gid: 1000 }
		| .process.capabilities = {}'
	args /probe status
	go
	[ "$status" -eq 0 ]
	want_like 'Uid=1000.1000.1000.1000' || through 'a set-uid program'
}

@test "62: a rule on a masked argument is not passed by by its upper half" {
	# personality(READ_IMPLIES_EXEC | 1 << 40): the kernel takes 32 bits
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures:
		[ "SCMP_ARCH_X86_64" ], syscalls: [ { names: [ "personality" ], action:
		"SCMP_ACT_ERRNO", errnoRet: 1, args: [ { index: 0, value: 4194304,
		valueTwo: 4194304, op: "SCMP_CMP_MASKED_EQ" } ] } ] }'
	[ "$(uname -m)" = x86_64 ] || cfg 'del(.linux.seccomp.architectures)'
	attempts wide.personality
	args /probe "${words[@]}"
	go
	judge
}

@test "51: a filter for one architecture kills or refuses the calls of others" {
	[ "$(uname -m)" = x86_64 ] || skip 'is about x86_64'
	cfg '.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", architectures:
		[ "SCMP_ARCH_X86_64" ], syscalls: [ { names: [ "keyctl", "personality" ],
		action: "SCMP_ACT_ERRNO" } ] }'
	attempts sockets
	args /probe "${words[@]}"
	go
	[ "$status" -eq 0 ]
	! grep '^i386.*=ALLOWED' <<<"$output" || through 'the 32-bit entry'
	! grep '^x32.*=ALLOWED' <<<"$output" || through 'the x32 bit'
}
