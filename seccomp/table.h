/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a filter does with each number of a system call, on one architecture. Part of
 * seccomp/; runs in the program.
 *
 * Theory: calls that are newer than a profile. C libraries try a new system call and go
 * back to an old one when the kernel says ENOSYS. A profile that was written before the
 * call says EPERM instead, as for all that it does not name, and programs break that ran
 * on an older kernel. So what has a greater number than all calls that the profile names,
 * on that architecture, fails with ENOSYS (runc does the same; runtime-spec does not
 * forbid it), if the default is SCMP_ACT_ERRNO with another number. What the profile
 * could have named and did not is denied as before.
 */
#ifndef SECCOMP_TABLE_H
#define SECCOMP_TABLE_H

#include "seccomp/chain.h"
#include "seccomp/rules.h"

/* Numbers that come to the same goal */
struct cell {
	uint32_t first, last;
	struct goal goal;
};
typedef LIST(struct cell) cells_t;

struct machine {
	uint32_t arch;	  /* AUDIT_ARCH_*, as the kernel has it in seccomp_data */
	uint32_t abis[2]; /* SCMP_ARCH_*: x86_64 and x32 are one architecture */
	size_t n;
};

/* What calls get whose architecture the profile does not name: libseccomp's answer */
#define VERDICT_FOREIGN SECCOMP_RET_KILL_THREAD

/* All numbers from 0 to UINT32_MAX, in order. Names that have no number there are left
 * out. */
cells_t table_make(const struct rules *r, const struct machine *machine, struct chains *c,
		   struct arena *a);

#endif
