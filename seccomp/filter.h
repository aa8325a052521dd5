/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a seccomp profile to the bytes of a BPF program, and the cache of such programs.
 * libseccomp has the names and numbers of system calls and architectures. Runs in the
 * program on the host's side; init only loads the bytes.
 */
#ifndef SECCOMP_FILTER_H
#define SECCOMP_FILTER_H

#include <linux/filter.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "seccomp/profile.h"

struct filter {
	struct sock_filter *code; /* in the arena */
	uint16_t n;		  /* instructions, at most BPF_MAXINSNS (4096) */
	uint32_t flags;		  /* SECCOMP_FILTER_FLAG_* for seccomp(2) */
};

/*
 * Compile a profile that has passed the checks. Names of system calls that libseccomp
 * does not know are left out, as all runtimes do, and listed in *unknown (may be NULL).
 * Of several rules that hold for a call the first wins; those whose action is the default
 * one do not count. Errors have the JSON path: "linux.seccomp.syscalls[3].action: ...".
 *
 * cache_dir: an absolute path of a directory for compiled programs, made when missing
 * (0700); NULL: no cache. An entry is found by a strong hash of all that it was made
 * from; a directory or an entry that is not ours alone (owner, mode) is not trusted, and
 * a cache that does not work is no error.
 */
int filter_compile(const struct profile *p, const char *cache_dir, struct arena *a,
		   struct filter *out, strings_t *unknown, struct err *e);

/* Whether the filter, which is filter_compile()'s, lets a system call of the native
 * architecture through, whatever its arguments are */
bool filter_allows(const struct filter *f, uint32_t nr);

/* "2.5.4": the library's version, for --version and features */
const char *filter_library_version(void);

/* For `features`, as lists in the arena: the actions that this build applies, the
 * architectures that its libseccomp knows, and the flags that the kernel takes. All
 * operators and flags of profile.h are known. */
strings_t filter_actions(struct arena *a);
strings_t filter_arches(struct arena *a);
strings_t filter_supported_flags(struct arena *a);

#endif
