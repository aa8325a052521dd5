/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The faults that need not be answered well, each with its reason. They are counted and
 * printed. What they excuse is the message and the exit status; a fault that leaves
 * something behind, or hangs, is never excused.
 */
#include "tests/walk/walk.h"

#include <errno.h>
#include <sys/syscall.h>

static const struct {
	long nr;
	const char *why;
} sure[] = {
	{ SYS_exit, "exit cannot fail" },
	{ SYS_exit_group, "exit_group cannot fail" },
	{ SYS_rt_sigreturn, "rt_sigreturn cannot fail" },
	{ SYS_restart_syscall, "the kernel makes it" },
};

const char *excuse_find(const struct call *c, unsigned first, int error)
{
	if (error == FAULT_KILL)
		return NULL;
	if (c->process == 0 && c->number < first)
		return "before main: the C library's start";
	for (size_t i = 0; i < ARRAY_LEN(sure); i++)
		if (sure[i].nr == c->nr)
			return sure[i].why;
	return NULL;
}
