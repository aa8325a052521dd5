/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes as the command line gives them: 512m, 2GiB, 100. Runs in the program; pure. */
#ifndef SRC_SIZE_H
#define SRC_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A whole number of bytes, or of k, m, g, t, p (1024 each; behind it "b" or "ib"; capital
 * letters are the same), of at most max bytes. false when it is none. */
bool size_parse(const char *text, uint64_t max, uint64_t *v);

/* The value of an option; "none" leaves *v at UINT64_MAX. EINVAL (plain). */
int size_read(const char *option, const char *text, uint64_t *v, struct err *e);

#endif
