/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A filter that somebody else has compiled. Runs in the program on the host's side. */
#ifndef SECCOMP_RAW_H
#define SECCOMP_RAW_H

#include "base/arena.h"
#include "base/err.h"
#include "seccomp/filter.h"

/*
 * The instructions of a filter from base64 (RFC 4648, with its padding, nothing else in
 * it): struct sock_filter after struct sock_filter, in the machine's byte order, as
 * crun's annotation has them. Whether they are a sound program is the kernel's to say,
 * when they are loaded. No flags, no cache. EINVAL: it is not base64, no whole number of
 * instructions, none, or more than BPF_MAXINSNS (4096).
 */
int filter_raw(const char *base64, struct arena *a, struct filter *out, struct err *e);

#endif
