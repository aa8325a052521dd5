/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a profile's filter must decide, told by others than seccomp/: libseccomp's own
 * compiler, and a model that goes through the rules one by one. Both are slow.
 */
#ifndef TESTS_UNIT_ORACLE_H
#define TESTS_UNIT_ORACLE_H

#include "seccomp/filter.h"

/* Architectures instead of the profile's, SCMP_ARCH_*, all of one byte order, which may
 * be another than this machine's; NULL: the profile's and the native one */
struct oracle_arches {
	const uint32_t *items;
	size_t n;
};

/* A rule that libseccomp takes for a contradiction of those before it, and leaves out, on
 * all architectures: which of syscalls[], which name, and which of args[], if they are
 * rules of their own */
struct oracle_lost {
	const struct profile_call *call;
	const char *name;
	size_t arg;
};
typedef LIST(struct oracle_lost) lost_t;

/* libseccomp's program. Fails as it does, also when the program is too long for the
 * kernel (E2BIG). */
int oracle_compile(const struct profile *p, const struct oracle_arches *arches,
		   struct arena *a, struct filter *out, lost_t *lost, struct err *e);

/* Both programs of a profile, aril's and libseccomp's, for all calls that may differ:
 * each number from 0 to 600, the same of x32, those with rules and those beside them, the
 * ends of all ranges; each architecture of the profile and others; for numbers with
 * conditions arguments around all constants. aril's must decide what the model says, and
 * libseccomp's the same. Where rules contradict each other (seccomp/generate.h tells
 * how), or meet in libseccomp's tree of conditions, which is then not always right, it is
 * asked about each rule alone, of which the first counts. Of newer calls
 * (seccomp/table.h) it knows nothing. */
struct same {
	unsigned long calls;	/* asked */
	unsigned long alone;	/* of them, those where it is asked rule by rule */
	size_t own, other;	/* instructions */
	const char *difference; /* NULL: there is none */
};
enum same_end {
	SAME_ASKED,
	SAME_OWN_FAILS,	  /* aril does not compile it: e says why */
	SAME_OTHER_FAILS, /* libseccomp does not: only the model was asked */
};
enum same_end filters_same(const struct profile *p, const struct oracle_arches *arches,
			   struct arena *a, struct same *out, struct err *e);

#endif
