/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules as a program: linux.resources.devices -> instructions -> the kernel.
 * devices.h says what the rules mean. Internal to cgroups/; runs in the program.
 */
#ifndef CGROUPS_DEVICES_PROGRAM_H
#define CGROUPS_DEVICES_PROGRAM_H

#include "base/err.h"
#include "cgroups/resources.h"

/* The program of these rules, loaded; r NULL: the default devices only. name: at most 15
 * letters, digits, "_" and "."; bpftool(8) shows it. Returns its fd, which the caller
 * owns; fails as devices_apply(). */
int program_load(const struct resources *r, const char *name, struct err *e);

#endif
