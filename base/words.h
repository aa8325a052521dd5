/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lines between the program and its helpers (base/helper.h, base/asked.h): a word, and
 * behind one blank a text, in which control characters and '%' are written as %XX. Runs
 * in both.
 */
#ifndef BASE_WORDS_H
#define BASE_WORDS_H

#include <stdbool.h>

#include "base/text.h"

/* Add a line of a word and a text; text may be NULL */
void words_add(struct text *t, const char *word, const char *text);

/* Split a line (without its newline) in place into word and text ("": none). false when
 * its escapes are broken. */
bool words_split(char *line, char **word, char **text);

#endif
