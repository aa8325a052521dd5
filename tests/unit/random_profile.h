/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Profiles at random, the same for the same seed: all actions, all operators, several
 * rules for one call, names of all kinds, several architectures.
 */
#ifndef TESTS_UNIT_RANDOM_PROFILE_H
#define TESTS_UNIT_RANDOM_PROFILE_H

#include <seccomp.h>
#include <stdlib.h>

#include "seccomp/profile.h"
#include "tests/unit/bpf.h"

static char *random_item(uint64_t *seed, const char *const *words, size_t n)
{
	return (char *)words[bpf_random(seed, (uint32_t)n)];
}
#define ANY_OF(seed, words) random_item(seed, words, ARRAY_LEN(words))

static uint64_t random_value(uint64_t *seed)
{
	static const uint64_t values[] = { 0,		1,	    5,
					   0x80000000,	0xffffffff, 0x100000000,
					   0x500000005, UINT64_MAX, 0x7e020000 };
	uint64_t near = values[bpf_random(seed, ARRAY_LEN(values))];

	switch (bpf_random(seed, 4)) {
	case 0:
		return near + bpf_random(seed, 8);
	case 1:
		return (uint64_t)bpf_random(seed, UINT32_MAX) << 32 |
		       bpf_random(seed, UINT32_MAX);
	default:
		return near;
	}
}

static void random_args(struct profile_call *call, uint64_t *seed, struct arena *a)
{
	static const char *const ops[] = { "SCMP_CMP_NE", "SCMP_CMP_LT",
					   "SCMP_CMP_LE", "SCMP_CMP_EQ",
					   "SCMP_CMP_GE", "SCMP_CMP_GT",
					   "SCMP_CMP_EQ", "SCMP_CMP_MASKED_EQ" };

	for (uint32_t n = bpf_random(seed, 3) + 1; n; n--)
		*list_add(a, &call->args) = (struct profile_arg){
			.index = bpf_random(seed, 6),
			.value = random_value(seed),
			.value_two = random_value(seed),
			.op = ANY_OF(seed, ops),
		};
}

static void random_call(struct profile *p, uint64_t *seed, struct arena *a)
{
	static const char *const actions[] = {
		"SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_ERRNO",
		"SCMP_ACT_KILL",  "SCMP_ACT_LOG",   "SCMP_ACT_TRACE",
		"SCMP_ACT_TRAP",  "SCMP_ACT_ALLOW", "SCMP_ACT_KILL_PROCESS",
		"SCMP_ACT_NOTIFY"
	};
	static const char *const through[] = {
		"socket", "send",	"recvmmsg", "accept4",	  "semop",
		"shmat",  "semctl",	"accept",   "semtimedop", "no_call_",
		"ipc",	  "socketcall", "oldstat",  "mmap2",	  "arm_sync_file_range"
	};
	struct profile_call *call = list_add(a, &p->syscalls);
	bool conditions = bpf_random(seed, 3) == 0;
	uint32_t n = bpf_random(seed, conditions ? 4 : 150) + 1;

	call->action = ANY_OF(seed, actions);
	if (!strcmp(call->action, "SCMP_ACT_ERRNO"))
		call->errno_ret = (struct opt_u64){ true, bpf_random(seed, 4) * 30 };
	if (conditions)
		random_args(call, seed, a);
	if (bpf_random(seed, 3) == 0)
		*list_add(a, &call->names) = ANY_OF(seed, through);
	while (n--) {
		/* few numbers, so that some have several rules */
		int nr = (int)bpf_random(seed, conditions ? 12 : 460);
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, nr);

		if (name)
			*list_add(a, &call->names) = arena_strdup(a, name);
		free(name);
	}
}

__attribute__((unused)) static struct profile *random_profile(uint64_t *seed,
							      struct arena *a)
{
	static const char *const defaults[] = { "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO",
						"SCMP_ACT_ERRNO", "SCMP_ACT_KILL",
						"SCMP_ACT_LOG",	  "SCMP_ACT_TRACE" };
	static const char *const arches[] = {
		"SCMP_ARCH_X86_64",  "SCMP_ARCH_X86",	     "SCMP_ARCH_X32",
		"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM",	     "SCMP_ARCH_MIPSEL",
		"SCMP_ARCH_PPC64LE", "SCMP_ARCH_MIPSEL64N32"
	};
	struct profile *p = arena_new(a, struct profile);

	p->default_action = ANY_OF(seed, defaults);
	for (uint32_t n = bpf_random(seed, 3); n; n--)
		*list_add(a, &p->architectures) = ANY_OF(seed, arches);
	for (uint32_t n = bpf_random(seed, 8); n; n--)
		random_call(p, seed, a);
	return p;
}

#endif
