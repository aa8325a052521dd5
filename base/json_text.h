/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Places in a JSON text, and the one thing about encoding that its parser is too kind
 * for; and texts made fit to be shown. For the JSON reader and writer, and for those who
 * show what a document says. Runs in the program. No parsing here.
 */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <stddef.h>

#include "base/err.h"

/* Where a byte is, both counted from 1; the column in bytes */
struct json_place {
	size_t line, column;
};
struct json_place json_place(const char *text, size_t at);

/* Bytes of the UTF-8 character at s, of which `left` (not 0) bytes are there; 0 when it
 * is none */
size_t json_utf8_len(const char *s, size_t left);

/* What a document says, fit to be shown in a message: as much as fits into `size` bytes
 * with the NUL, no half character, '?' for control characters */
void json_shown(char *out, size_t size, const char *text, size_t len);

/*
 * Is the text UTF-8 as RFC 3629 has it (nothing overlong, no surrogates, nothing above
 * U+10FFFF), and are escaped surrogates (\ud83d\ude00) in pairs? Fails with EINVAL and
 * the place. yajl checks neither: it takes overlong bytes and turns a lone surrogate
 * into '?', so that two different names may become one.
 */
int json_text_check(const char *text, size_t len, struct err *e);

#endif
