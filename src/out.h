/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log: what is said when something goes wrong. Clients parse it, so its rules are
 * theirs (libpod, conmon, containerd's go-runc):
 *
 *	a failure is exactly one line, and the only one at the default level;
 *	with --log FILE, it is appended there, and told on stderr as plain text, too;
 *	without, it is on stderr, as text or as JSON.
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

struct out {
	const char *log; /* path; NULL: stderr */
	bool json;
	enum out_level level;
	const char *phase; /* "options", "create" ... */
};

/* Tell a failure; advice may be NULL. What cannot be written to the log is told on
 * stderr. */
void out_failure(const struct out *o, const struct err *e, const char *advice)
	__attribute__((cold));

/* Tell a warning in the log, or on stderr without one, if the level wants it. `out` is
 * a const struct out *: the form of launch.h's callback. */
void out_warning(void *out, const char *text) __attribute__((cold));

/* The kind of failure as one stable word: "container-not-found", "exec-not-found" ...;
 * "failed" when the text is none of the known ones */
const char *out_code(const struct err *e);

/* If text begins with a place in config.json ("mounts[3].type: ...", after file names),
 * its JSON pointer ("/mounts/3/type") in buf: true */
bool out_pointer(const char *text, char *buf, size_t size);

#endif
