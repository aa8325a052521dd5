/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Device rules as a program: linux.resources.devices -> instructions -> the kernel.
 * devices.h says what the rules mean. Internal to cgroups/; runs in the program.
 */
#ifndef CGROUPS_DEVICES_PROGRAM_H
#define CGROUPS_DEVICES_PROGRAM_H

#include <linux/bpf.h>
#include <stdint.h>

#include "base/err.h"
#include "cgroups/resources.h"

/* Instructions; the room is the caller's */
struct code {
	struct bpf_insn *insns;
	uint32_t n;
};

/* Add one. op: BPF_ALU64 | BPF_MOV | BPF_K ..., dst and src: BPF_REG_*. */
void code_put(struct code *c, int op, int dst, int src, int off, uint32_t imm);

/*
 * Load a device program. name: at most 15 letters, digits, "_" and "."; bpftool(8) shows
 * it. Returns its fd, which the caller owns. Fails as bpf(2) does: EPERM where the caller
 * may not load programs.
 */
int code_load(const struct code *c, const char *name, struct err *e);

/* The program of these rules, loaded; r NULL: the default devices only. Returns its fd;
 * fails as devices_apply(). */
int program_load(const struct resources *r, const char *name, struct err *e);

#endif
