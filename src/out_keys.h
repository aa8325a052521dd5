/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What machines are told of a failure; runs in the program */
#ifndef SRC_OUT_KEYS_H
#define SRC_OUT_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* The words for kinds of failures, in the order of the page aril(8), section ERRORS. They
 * are stable: programs compare them. */
struct out_code {
	const char *name, *meaning;
};
extern const struct out_code out_codes[];
extern const size_t out_codes_n;

struct out_keys {
	const char *code;  /* one of out_codes */
	int num;	   /* errno; 0: none */
	const char *phase; /* may be NULL */
	char path[256];	   /* a file that the text names first; "": none */
	char config[256];  /* the place in config.json as a JSON pointer; "": none */
};

/* All of them, from the number of the error and what its text begins with; phase, which
 * may be NULL, is lent */
void out_keys_find(struct out_keys *k, const struct err *e, const char *phase);

/* The kind of failure; "options" as the phase is the command line. Static. */
const char *out_code(const struct err *e, const char *phase);

/* If text begins with a place in config.json ("mounts[3].type: ...", after file names),
 * its JSON pointer ("/mounts/3/type") in buf: true */
bool out_pointer(const char *text, char *buf, size_t size);

#endif
