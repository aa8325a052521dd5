/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cache of compiled filters: one file for each profile, named by a hash of all that
 * the filter depends on. Part of seccomp/; runs in the program.
 *
 * Theory. Whoever can write an entry decides what a container may do, so the directory
 * and the file must belong to us, be closed to all others, and be what they seem (no
 * links). The hash is a strong one (SHA-256): nobody can make a profile that gets
 * another's filter. Entries are renamed into place, so a reader sees whole ones, and two
 * writers do not meet; a checksum finds what a full disk or a crash left. Nothing here is
 * an error: what is not good is not used, and made anew.
 */
#ifndef SECCOMP_CACHE_H
#define SECCOMP_CACHE_H

#include "seccomp/filter.h"

/* The directory holds no more: the oldest entries go */
#define CACHE_ENTRIES_MAX 64
#define CACHE_BYTES_MAX	  (1UL << 20)

/* SHA-256 of all that a program depends on: the profile, this generator's version,
 * libseccomp's, the machine, and the flags for this kernel (SECCOMP_FILTER_FLAG_*).
 * Lengths go before texts, so that no two profiles have one key. */
struct cache_key {
	unsigned char digest[32];
};
void cache_key_make(struct cache_key *key, const struct profile *p, uint32_t flags);

/* Find a program; the names that were left out of it, too. false: not there, or not
 * good. */
bool cache_find(const char *dir, const struct cache_key *key, struct arena *a,
		struct filter *out, strings_t *unknown);

/* Keep a program */
void cache_keep(const char *dir, const struct cache_key *key, const struct filter *f,
		const strings_t *unknown, struct arena *a);

#endif
