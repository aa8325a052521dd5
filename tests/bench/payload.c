/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The program that a measured container runs, without a libc, so that its own start costs
 * as little as a program's can: ntrue ends at once with 0; npause (-DPAUSE) waits for a
 * signal. Runs inside the container, under its seccomp filter.
 */
#include "base/sys.h"

void start_c(long *sp);

SYS_START;

void start_c(long *sp)
{
	(void)sp;
#ifdef PAUSE
	for (;;)
		sys_ppoll(NULL, 0, NULL);
#endif
	sys_exit(0);
}
