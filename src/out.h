/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log: what is said when something goes wrong. Clients parse it, so its rules are
 * theirs (libpod, conmon, containerd's go-runc):
 *
 *	a failure is exactly one line, and the only one at the default level;
 *	with --log, it is put there, and told on stderr as plain text, too;
 *	without, it is on stderr, as text or as JSON.
 *
 * Called as runc, what it tells has no "aril: " before it, and without --log is a line
 * of the log; called as crun, it has none either, and a log of text is these words only.
 *
 * JSON: {"level":"error","msg":"...","time":"RFC 3339", ...} and for machines: "code"
 * (a word for the kind of failure), "errno" (its symbol), "phase" (what aril was
 * doing), "path" (a file that the text names first), "config" (JSON pointer into
 * config.json).
 *
 * Runs in the program. Only main.c calls out_failure().
 */
#ifndef SRC_OUT_H
#define SRC_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum out_level { OUT_ERROR, OUT_WARNING, OUT_INFO, OUT_DEBUG };

/* By which name aril was called: it logs as the program that had this name */
enum out_as { OUT_AS_ARIL, OUT_AS_RUNC, OUT_AS_CRUN };

/* Where a log is kept */
enum out_place { OUT_FILE, OUT_JOURNAL, OUT_SYSLOG };

struct out {
	enum out_as as;
	enum out_place place;
	const char *log; /* path, or the name to log under; NULL: stderr */
	bool json;
	enum out_level level;
	const char *phase; /* "options", "create" ... */
};

/* The name in argv[0], without directories; argv0 may be NULL */
enum out_as out_as_called(const char *argv0);

/* What --log was given: PATH, file:PATH, journald:IDENT or syslog:IDENT (crun's forms).
 * An empty path is stderr, an empty name is "aril". The text is lent. */
void out_log_to(struct out *o, const char *text);

/* Tell a failure; advice may be NULL. What cannot be written to the log is told on
 * stderr. */
void out_failure(const struct out *o, const struct err *e, const char *advice)
	__attribute__((cold));

/* Tell who sits before the program something that is no error, on stderr */
void out_remark(const struct out *o, const char *text) __attribute__((cold));

/* Tell a warning in the log, or on stderr without one, if the level wants it. `out` is
 * a const struct out *: the form of launch.h's callback. */
void out_warning(void *out, const char *text) __attribute__((cold));

#endif
