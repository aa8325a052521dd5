/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See newer.h. Runs in the program. */
#include "seccomp/newer.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>

#include "seccomp/program.h"
#include "seccomp/words.h"

#define X32_BIT 0x40000000U /* of the numbers of x32, on the same architecture */
#define BLOCK	6	    /* instructions for one architecture */

static bool wants(const struct profile *p)
{
	bool is_errno =
		p->default_action && strcmp(p->default_action, "SCMP_ACT_ERRNO") == 0;

	return is_errno &&
	       !(p->default_errno_ret.set && p->default_errno_ret.v == ENOSYS);
}

/* The greatest number that a name of the profile has there; -1: none has one */
static int newest(const struct profile *p, uint32_t token)
{
	int max = -1;

	LIST_EACH (call, &p->syscalls) {
		for (size_t i = 0; i < call->names.n; i++) {
			/* negative: unknown, or not there */
			int nr = seccomp_syscall_resolve_name_arch(token,
								   call->names.items[i]);

			if (nr > max)
				max = nr;
		}
	}
	return max;
}

/* If the architecture is that, and the number in that range: ENOSYS. Else go on. */
static void put_block(struct sock_filter *to, uint32_t arch, uint32_t first,
		      uint32_t last)
{
	const struct sock_filter block[BLOCK] = {
		BPF_STMT(PROGRAM_LOAD, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, arch, 0, 4),
		BPF_STMT(PROGRAM_LOAD, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};

	memcpy(to, block, sizeof(block));
}

static size_t put_arch(const struct profile *p, uint32_t token, struct sock_filter *to)
{
	int max = newest(p, token);
	uint32_t arch = token, last = INT32_MAX;

	if (max < 0)
		return 0;
	if (token == SCMP_ARCH_X32)
		arch = AUDIT_ARCH_X86_64;
	else if (token == SCMP_ARCH_X86_64)
		last = X32_BIT - 1;
	put_block(to, arch, (uint32_t)max + 1, last);
	return BLOCK;
}

void newer_enosys(const struct profile *p, struct filter *f, struct arena *a)
{
	size_t most = (p->architectures.n + 1) * BLOCK + f->n, n;
	struct sock_filter *code;

	if (!wants(p))
		return;
	code = arena_array(a, struct sock_filter, most);
	n = put_arch(p, seccomp_arch_native(), code);
	for (size_t i = 0; i < p->architectures.n; i++) {
		uint32_t token;

		if (word_arch(p->architectures.items[i], &token) &&
		    token != seccomp_arch_native() && n + f->n < UINT16_MAX - BLOCK)
			n += put_arch(p, token, code + n);
	}
	memcpy(code + n, f->code, f->n * sizeof(*code));
	f->code = code;
	f->n = (uint16_t)(f->n + n);
}
