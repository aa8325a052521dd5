/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The cache of compiled filters: one file for each profile, named by a hash of it. Part
 * of seccomp/; runs in the program.
 *
 * Theory. Whoever can write an entry decides what a container may do, so the directory
 * and the file must belong to us, be closed to all others, and be what they seem (no
 * links). Hashes may collide, so an entry holds its key, which is all that the program
 * was made from, and the key is compared whole. Entries are renamed into place, so a
 * reader sees whole ones; a checksum finds what a full disk or a crash left. Nothing
 * here is an error: what is not good is not used, and made anew.
 */
#ifndef SECCOMP_CACHE_H
#define SECCOMP_CACHE_H

#include "seccomp/filter.h"

/* All that a program depends on: the profile, this generator's version, libseccomp's,
 * the machine. Lengths go before texts, so that two profiles cannot have one key. */
struct cache_key {
	char *text; /* from the heap */
	size_t len, size;
	uint64_t hash;
};
void cache_key_make(struct cache_key *key, const struct profile *p);
void cache_key_done(struct cache_key *key);
#define autokey __attribute__((cleanup(cache_key_done))) struct cache_key

/* Find a program; the names that were left out of it, too. false: not there, or not
 * good. */
bool cache_find(const char *dir, const struct cache_key *key, struct arena *a,
		struct filter *out, strings_t *unknown);

/* Keep a program; the oldest goes when there are too many */
void cache_keep(const char *dir, const struct cache_key *key, const struct filter *f,
		const strings_t *unknown, struct arena *a);

#endif
