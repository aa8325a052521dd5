/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.seccomp of the OCI document, 1:1, and its JSON table. Words (actions, operators,
 * architectures, flags) stay strings here; the lists below name those that the
 * specification knows.
 */
#ifndef SECCOMP_PROFILE_H
#define SECCOMP_PROFILE_H

#include "base/arena.h"
#include "base/json_read.h"

struct profile_arg {
	uint64_t index;	    /* of the argument, 0 to 5 */
	uint64_t value;	    /* SCMP_CMP_MASKED_EQ: the mask */
	uint64_t value_two; /* SCMP_CMP_MASKED_EQ: what the masked argument must be */
	char *op;	    /* "SCMP_CMP_EQ" */
};

struct profile_call {
	strings_t names;
	char *action; /* "SCMP_ACT_ALLOW" */
	struct opt_u64 errno_ret;
	LIST(struct profile_arg) args;
};

struct profile {
	char *default_action;
	struct opt_u64 default_errno_ret;
	strings_t flags; /* items == NULL: absent, which is not the same as [] */
	char *listener_path, *listener_metadata;
	strings_t architectures; /* "SCMP_ARCH_X86_64"; the native one is always in */
	LIST(struct profile_call) syscalls;
};

extern const struct json_shape profile_shape;

/* The words of runtime-spec 1.3 behind their prefixes SCMP_CMP_, SCMP_ARCH_ and
 * SECCOMP_FILTER_FLAG_, for tables with a row for each */
#define PROFILE_OPERATORS(WORD)                                                          \
	WORD(NE) WORD(LT) WORD(LE) WORD(EQ) WORD(GE) WORD(GT) WORD(MASKED_EQ)
#define PROFILE_ARCHES(WORD)                                                             \
	WORD(X86) WORD(X86_64) WORD(X32) WORD(ARM) WORD(AARCH64) WORD(LOONGARCH64)       \
	WORD(M68K) WORD(MIPS) WORD(MIPS64) WORD(MIPS64N32) WORD(MIPSEL) WORD(MIPSEL64)   \
	WORD(MIPSEL64N32) WORD(PPC) WORD(PPC64) WORD(PPC64LE) WORD(S390) WORD(S390X)     \
	WORD(SH) WORD(SHEB) WORD(PARISC) WORD(PARISC64) WORD(RISCV64)
#define PROFILE_FLAGS(WORD)                                                              \
	WORD(TSYNC) WORD(LOG) WORD(SPEC_ALLOW) WORD(WAIT_KILLABLE_RECV)

/* The same whole, as strings; each list ends in NULL */
extern const char *const profile_actions[];
extern const char *const profile_operators[];
extern const char *const profile_arches[];
extern const char *const profile_flags[];

/* The largest number that an action takes beside it (errnoRet): for an errno the
 * kernel's MAX_ERRNO, for a tracer the 16 bits of SECCOMP_RET_DATA; 0: it takes none, or
 * is NULL. */
unsigned profile_errno_max(const char *action);

/* Whether any rule or the default asks a listener (SCMP_ACT_NOTIFY) */
bool profile_notifies(const struct profile *p) __attribute__((nonnull));

#endif
