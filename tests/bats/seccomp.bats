#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The filter's decisions, as a container sees them.

load ../lib/bundle.bash

prepare() {
	[ "$(uname -m)" = x86_64 ] || skip 'has numbers of x86_64'
}

# A profile as it was written before Linux 4.11, of which getrandom (318) is the newest
old_profile() { # DEFAULT
	local names='read write close fstat newfstatat lseek mmap mprotect munmap brk open
		openat ioctl pread64 writev access execve exit exit_group arch_prctl uname
		set_tid_address set_robust_list rt_sigaction rt_sigprocmask prlimit64
		readlink readlinkat fcntl getpid prctl capset getrandom sendmsg'
	# shellcheck disable=SC2016 # jq's variables
	cfg '.linux.seccomp = { architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
		syscalls: [{ action: "SCMP_ACT_ALLOW",
			names: ($names | gsub("\\s+"; " ") | split(" ")) }] }' \
		--arg names "$names"
	cfg ".linux.seccomp += $1"
}

@test "calls that are newer than the profile: ENOSYS, others: its default" {
	not_crun 'has the default for all'
	old_profile '{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1 }'
	for nr in 319 332 334 425 435 437 439 462 1000; do
		probe call number $nr # memfd_create statx rseq .. clone3 openat2 ..
		want call.number=ENOSYS
	done
	for nr in 39 83 165 250 317; do # getpid mkdir mount keyctl seccomp
		probe call number $nr
		[ $nr = 39 ] || want call.number=EPERM
	done
}

@test "a default that is ENOSYS, and one that is no number, are kept" {
	old_profile '{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 38 }'
	probe call number 250
	want call.number=ENOSYS
	old_profile '{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 22 }'
	probe call number 250
	want call.number=EINVAL
	not_runc 'has ENOSYS for newer calls here, too'
	old_profile '{ defaultAction: "SCMP_ACT_LOG" }'
	probe call number 435
	want call.number=E2BIG # of the kernel
}

@test "the same container twice: what is kept of the filter is as good" {
	only_aril 'has its own cache'
	old_profile '{ defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 1 }'
	probe call number 435
	want call.number=ENOSYS
	[ "$(find "$STATE/.cache/seccomp" -type f | wc -l)" -eq 1 ]
	probe call number 435
	want call.number=ENOSYS
	[ "$(find "$STATE/.cache/seccomp" -type f | wc -l)" -eq 1 ]
}
