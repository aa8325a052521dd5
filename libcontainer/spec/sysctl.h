/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of kernel settings (linux.sysctl): from either spelling to a path below
 * /proc/sys. Pure; for the checks and the plan, which must not differ.
 */
#ifndef SPEC_SYSCTL_H
#define SPEC_SYSCTL_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that a path may have, the NUL included */
#define SYSCTL_PATH_MAX 256

/*
 * "net.ipv4.conf.eth0/100.forwarding" and "net/ipv4/conf/eth0.100/forwarding" both give
 * "net/ipv4/conf/eth0.100/forwarding": whichever of '.' and '/' comes first separates,
 * and the other one stands for itself or, among dots, for a dot (sysctl.d(5)). false when
 * the result does not fit or has a part that is empty, "." or "..": it would lead
 * elsewhere.
 */
bool sysctl_path(const char *name, char *path, size_t size);

/* The type of namespace ("network") that keeps the setting of a path made so; NULL: none
 * does, it is the host's, or not known here */
const char *sysctl_space(const char *path);

#endif
