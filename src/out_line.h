/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line in the making, for the log. It is cut when full, never overrun. Runs in the
 * program. */
#ifndef SRC_OUT_LINE_H
#define SRC_OUT_LINE_H

#include <stddef.h>
#include <stdint.h>

struct line {
	size_t n;
	char text[8192];
};

/* Add a text as it stands */
void line_add(struct line *l, const char *text);

/* The text in double quotes, escaped as JSON wants it; bytes that are not UTF-8 become
 * U+FFFD */
void line_quote(struct line *l, const char *text);

/* One line of plain text, whatever a path in it or an image's hook may say: nothing that
 * a terminal takes as a command */
void line_flatten(struct line *l);

/* The time now as RFC 3339, in UTC: "2026-01-02T15:04:05Z" */
void line_time(struct line *l, int64_t seconds);

#endif
