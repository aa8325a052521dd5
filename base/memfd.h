/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files in memory only, as memfd_create(2) makes them: for init's program, the plan, and
 * the state that hooks read.
 */
#ifndef BASE_MEMFD_H
#define BASE_MEMFD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A sealable memory file; executable ones for init, others are not (MFD_NOEXEC_SEAL,
 * where Linux >= 6.3 has it). Returns the fd, which the caller owns. */
int memfd_open(const char *name, bool executable, struct err *e);

/* A memory file that holds text and cannot be changed (sealed), read position at its
 * start. Returns the fd. */
int memfd_text(const char *name, const void *text, size_t len, struct err *e);

#endif
