/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words between the program (cgroups/unit_call.c) and aril-systemd
 * (cgroups/systemd/), which is run as `aril-systemd VERB [UNIT]` with a stream socket as
 * its stdin, and nothing else: no environment, no other fd.
 *
 * Both sides speak in lines: a word, and behind one blank a text, in which control
 * characters and '%' are written as %XX. A request, in this order:
 *
 *	manager ADDRESS		D-Bus addresses that are tried in order: of the service
 *	bus ADDRESS		manager itself, or of a bus that it is on
 *	timeout MS		for all together
 *	property NAME TYPE	see struct unit_property
 *	value TEXT		of the last property, any number of times
 *	process PID		for attach
 *	below CGROUP		for attach, below the unit's own
 *	invocation ID		for stop: none but this one; 32 hexadecimal digits
 *	end
 *
 * An answer is one of
 *
 *	cgroup PATH		to start: it is active; a scope has the helper in it
 *	version N		to version
 *	done			to the others
 *	error NUM TEXT		an errno value
 *
 * and before "cgroup" is a line "invocation ID".
 *
 * After the answer the helper ends; but the one that started a scope stays until its
 * socket has an end of file, at most UNIT_HOLD_MS.
 */
#ifndef CGROUPS_UNIT_WORDS_H
#define CGROUPS_UNIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define UNIT_HOLD_MS	120000
#define UNIT_LINES_MAX	(1UL << 20) /* bytes of a request */
#define UNIT_ANSWER_MAX 8192	    /* bytes of an answer */
#define INVOCATION_LEN	32	    /* digits */

/* Add a line of a word and a text; text may be NULL */
void words_add(struct text *t, const char *word, const char *text);

/* Split a line (without its newline) in place into word and text ("": none). false when
 * its escapes are broken. */
bool words_split(char *line, char **word, char **text);

#endif
