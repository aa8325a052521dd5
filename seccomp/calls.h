/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers of system calls: what a rule's name stands for on an architecture. Part of
 * seccomp/; runs in the program.
 *
 * Theory. libseccomp has a number for each name on each architecture, or a negative one
 * where there is no such call. On a few architectures calls of sockets and of System V
 * IPC go, or went, through one call, socketcall(2) or ipc(2), whose first argument tells
 * which: a rule for such a name is one for both ways, as with libseccomp. Its condition
 * on the first argument is left out there, as that is the call; its others stay, though
 * what they look at is not what the name's call has there.
 */
#ifndef SECCOMP_CALLS_H
#define SECCOMP_CALLS_H

#include <stdint.h>

struct call_numbers {
	int64_t direct;	   /* -1: there is none */
	int64_t through;   /* socketcall or ipc; -1: not through one */
	uint32_t selector; /* its first argument */
};

/* arch: SCMP_ARCH_* */
struct call_numbers call_find(uint32_t arch, const char *name);

#endif
