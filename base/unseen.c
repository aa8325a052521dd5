/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See unseen.h. Runs in the program, and in a child that borrows its memory. */
#include "base/unseen.h"

#include <sched.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/sys.h"

#define STACK_SIZE 16384

struct unseen {
	long (*fn)(void *arg);
	void *arg;
	int keep[2], dir; /* the files that it keeps; -1: none */
	long ret;
};

static int in_child(void *arg)
{
	struct unseen *u = arg;
	long r = u->dir >= 0 ? SYS_(__NR_fchdir, u->dir, 0, 0, 0, 0, 0) : 0;

	if (r == 0)
		r = fd_close_others(0, u->keep, ARRAY_LEN(u->keep));
	if (r == 0)
		r = u->fn(u->arg);
	u->ret = r; /* only now: one that is killed before has not succeeded */
	return 0;
}

/* In a child of its own on the processor that we leave to it: to wake another one that
 * sleeps takes longer than all else here */
static long run_beside(struct unseen *u, struct clone_args *args)
{
	cpu_set_t all, one;
	long pid;
	int cpu = sched_getcpu();
	bool kept = cpu >= 0 && cpu < CPU_SETSIZE &&
		    sched_getaffinity(0, sizeof(all), &all) == 0;

	if (kept) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		kept = sched_setaffinity(0, sizeof(one), &one) == 0;
	}
	pid = sys_clone3_call(args, sizeof(*args), in_child, u);
	if (pid > 0)
		while (waitpid((pid_t)pid, NULL, __WCLONE) < 0 && errno == EINTR)
			;
	if (kept && sched_setaffinity(0, sizeof(all), &all) < 0)
		return -errno;
	return pid < 0 ? pid : u->ret;
}

long unseen(long (*fn)(void *arg), void *arg, int sock, int fd, int dir)
{
	__attribute__((aligned(16))) char stack[STACK_SIZE];
	struct unseen u = {
		.fn = fn, .arg = arg, .keep = { sock, fd }, .dir = dir, .ret = -ECHILD
	};
	/* no signal tells of its end: nobody but us waits for it */
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND,
		.stack = (uintptr_t)stack,
		.stack_size = sizeof(stack),
	};

	return run_beside(&u, &args);
}
