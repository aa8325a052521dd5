/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One error: an errno value and a sentence that says what was being done.
 *
 * A function that can fail returns an int (0 or an fd; -1 on failure) or a pointer
 * (NULL on failure) and takes `struct err *e` last. The return value is the truth, the
 * object is the text: untouched on success, set exactly once on failure. It lives on
 * the caller's stack and owns nothing, and the same 512 bytes cross the sync socket.
 *
 * The text has no capital, no full stop, no "failed to" and no strerror() prose: the
 * printer in src/ adds the symbolic errno and a hint. Only the exec of the user's own
 * program uses the phrases that engines look for (see err_plain()).
 *
 * err.c runs in the program and in the freestanding init alike: no libc.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <errno.h>

#define ERR_TEXT 504

struct err {
	int num;	     /* an errno value; 0 while nothing has failed */
	int plain;	     /* the text is complete: print no errno behind it */
	char text[ERR_TEXT]; /* outermost context first */
};
_Static_assert(sizeof(struct err) == 512, "struct err travels over the wire");

#define ERR_NONE                                                                         \
	{                                                                                \
		.num = 0                                                                 \
	}

/* Set e to `num` (an errno value, positive) and the formatted text. Returns -1.
 * The formats are those of fmt.h. A text that is too long is cut. */
int err_set(struct err *e, int num, const char *fmt, ...)
	__attribute__((cold, nonnull(1, 3), format(printf, 3, 4)));

/* As err_set(), but the text is a whole sentence: the printer adds no errno */
int err_plain(struct err *e, int num, const char *fmt, ...)
	__attribute__((cold, nonnull(1, 3), format(printf, 3, 4)));

/* Put "fmt: " in front of the text of an error that is set. Returns -1. */
int err_wrap(struct err *e, const char *fmt, ...)
	__attribute__((cold, nonnull(1, 2), format(printf, 2, 3)));

/* As err_set() with libc's errno; not for code that calls sys_*() */
#define err_sys(e, ...) err_set((e), errno, __VA_ARGS__)

/* The symbol of an errno value ("ENOENT"), or "E?" for an unknown one; static */
const char *err_name(int num);

#endif
