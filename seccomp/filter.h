/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a seccomp profile to the bytes of a BPF program, with libseccomp, and the cache of
 * such programs. Runs in the program on the host's side; init only loads the bytes.
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
 * Errors have the JSON path: "linux.seccomp.syscalls[3].action: ...".
 *
 * cache_dir: an absolute path of a directory for compiled programs, made when missing
 * (0700); NULL: no cache. An entry holds the whole profile that it was made from, and
 * is used only when that is the same byte for byte; a directory or an entry that is not
 * ours alone (owner, mode) is not trusted, and a cache that does not work is no error.
 */
int filter_compile(const struct profile *p, const char *cache_dir, struct arena *a,
		   struct filter *out, strings_t *unknown, struct err *e);

/* "2.5.4": the library's version, for --version and features */
const char *filter_library_version(void);

/* Words that this build handles, each list ending in NULL, for `features` */
extern const char *const filter_actions[];
extern const char *const filter_operators[];
extern const char *const filter_arches[];
extern const char *const filter_known_flags[];
/* Those flags that library and kernel support: a list in the arena */
strings_t filter_supported_flags(struct arena *a);

#endif
