/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Faked facts and requests as text, for golden tests: one "name value ..." per line, '#'
 * begins a comment. Names that are not given are as on a host with nothing.
 */
#ifndef TESTS_GOLDEN_FACTS_READ_H
#define TESTS_GOLDEN_FACTS_READ_H

#include "libcontainer/plan/build.h"

struct fake {
	struct facts facts;
	struct request request;
	struct enter enter; /* without its spec */
};

/* Fails with the line that is not understood */
int fake_read(struct fake *fake, const char *text, struct arena *a, struct err *e);

/* The document that is planned for a request: read, with its network, and checked. Fails
 * with the first mistake. */
int fake_spec(const char *text, const struct request *r, struct arena *a,
	      struct spec **spec, struct err *e);

#endif
