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

# Little-endian instructions: CODE JT JF K, as numbers
bpf() { # "CODE JT JF K"...
	local code yes no k text=
	for instruction; do
		read -r code yes no k <<<"$instruction"
		printf -v text "%s$(printf '\\\\x%%02x%.0s' {1..8})" "$text" \
			$((code & 255)) $((code >> 8)) "$yes" "$no" \
			$((k & 255)) $((k >> 8 & 255)) $((k >> 16 & 255)) $((k >> 24))
	done
	# shellcheck disable=SC2059 # they are all escapes
	printf "$text" | base64 -w 0
}

@test "run.oci.seccomp_bpf_data: a filter that is compiled, in place of the profile" {
	not_runc 'is not crun'
	# EXDEV for mkdir, the rest is allowed; the profile would deny everything else
	cfg '.annotations["run.oci.seccomp_bpf_data"] = $b |
		.linux.seccomp = { defaultAction: "SCMP_ACT_KILL_PROCESS" }' --arg b "$(
		bpf '0x20 0 0 0' '0x15 0 1 83' '0x06 0 0 0x50012' '0x06 0 0 0x7fff0000'
	)"
	probe call mkdir
	want call.mkdir=EXDEV
	args /probe pause
	created
	start
	run aril exec "$ID" /probe call mkdir </dev/null
	want call.mkdir=EXDEV
	aril delete -f "$ID"
	only_aril 'says it'
	cfg '.annotations["run.oci.seccomp_bpf_data"] = "A?=="'
	create_refused annotations.run.oci.seccomp_bpf_data 'is not base64'
	cfg '.annotations["run.oci.seccomp_bpf_data"] = "AAAAAAAA"'
	create_refused '6 bytes are not 1 to 4096 instructions of 8 bytes'
	# no program: it does not return
	cfg '.annotations["run.oci.seccomp_bpf_data"] = $b' --arg b "$(bpf '0x20 0 0 0')"
	go
	fails EINVAL
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
