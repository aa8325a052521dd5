/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the log is kept: a file, the journal of systemd, syslog. Runs in the program. */
#ifndef SRC_OUT_STORE_H
#define SRC_OUT_STORE_H

#include <sys/types.h>

#include "src/out.h"
#include "src/out_keys.h"
#include "src/out_line.h"

struct out_entry {
	const char *level;	 /* "error", "warning" */
	const char *msg;	 /* plain, one line */
	const struct line *line; /* the same in the format of the log, with a newline */
	struct out_keys keys;	 /* code NULL: no failure */
};

/* Put one entry where o->place says */
int out_store(const struct out *o, const struct out_entry *entry, struct err *e);

/* The datagrams, for name's log; the time is that of the machine's zone */
void out_journal_text(const char *name, const struct out_entry *entry, struct line *l);
void out_syslog_text(const char *name, const struct out_entry *entry, bool json,
		     struct line *l);

/* Send to a socket of datagrams or, for syslogs that listen so, of a stream (the text
 * then ends in NUL). ETIMEDOUT when its owner takes nothing for so long. */
int out_send(const char *path, const struct line *l, int timeout_ms, struct err *e);

#endif
