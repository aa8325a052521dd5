/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Word tables: the names that documents and command lines use, and the kernel's numbers.
 * The words of the seccomp section are in seccomp/. Pure data and lookups.
 */
#ifndef SPEC_WORDS_H
#define SPEC_WORDS_H

#include <stddef.h>

struct word {
	const char *name;
	long value;
};

struct words {
	const struct word *items;
	size_t n;
};

/* In the order in which lists of them are shown */
extern const struct words words_namespaces; /* "pid" -> CLONE_NEWPID ...; all eight */
extern const struct words words_caps;	    /* "CAP_CHOWN" -> 0 ...; all 41 */
extern const struct words words_rlimits;    /* "RLIMIT_CORE" -> RLIMIT_CORE ... */
extern const struct words words_propagation; /* "rprivate" -> MS_PRIVATE|MS_REC ... */
extern const struct words words_device_types; /* "c", "u", "b", "p" -> S_IFCHR ... */
extern const struct words words_signals;      /* "SIGHUP" -> 1 ...; no real-time ones */
extern const struct words words_schedulers;   /* "SCHED_OTHER" -> policy number */
extern const struct words words_sched_flags;  /* "SCHED_FLAG_RECLAIM" -> bit */
extern const struct words words_io_classes;   /* "IOPRIO_CLASS_RT" -> 1 ... */
extern const struct words words_mempolicies;  /* "MPOL_BIND" -> mode number */
extern const struct words words_mempolicy_flags; /* "MPOL_F_STATIC_NODES" -> bit */
extern const struct words words_personalities;	 /* "LINUX", "LINUX32" -> PER_LINUX ... */
extern const struct words words_clocks;		 /* "monotonic", "boottime" -> CLOCK_* */

/* The number of a word, exactly as written, or -1 */
long word_find(const struct words *w, const char *name) __attribute__((nonnull));

/* The first word with that number, or NULL */
const char *word_name(const struct words *w, long value) __attribute__((nonnull));

/* All words as "a, b, c" for a message; cut when buf is too small. Returns buf. */
char *word_list(const struct words *w, char *buf, size_t size) __attribute__((nonnull));

/*
 * The number of a signal: "9", "KILL", "SIGKILL", "sigkill", "RTMIN", "SIGRTMIN+3",
 * "RTMAX-1"; -1 for anything else, also for numbers outside 1 to 64. "0" gives 0: kill(2)
 * then only asks whether the process is there. Real-time numbers are those of the
 * kernel's users' libc (RTMIN = 34), not the kernel's (32).
 */
int signal_find(const char *text) __attribute__((nonnull));

#endif
