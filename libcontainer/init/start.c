/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the program inside begins: it maps the plan, then runs its steps. Runs in init,
 * which the host's spawn executes as
 *
 *	aril-init <number of the plan's memfd>
 *
 * with an empty environment and with all fds of the kit open.
 *
 * Theory. Until the user's program runs, nobody in the container may look into this
 * process: its memory has the whole plan and its fds reach out of the container
 * (CVE-2016-9962). So it is undumpable first of all, which keeps out ptrace(2) and
 * /proc/PID/{fd,root,exe,mem}. There is one exception: in a new user namespace the files
 * /proc/PID/uid_map and gid_map of an undumpable process belong to the real root, and an
 * unprivileged runtime, or newuidmap(1), could not write them. There init is dumpable
 * until the maps are written (ids.c). execve(2) ends it.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/sys.h"
#include "libcontainer/init/hook.h"
#include "libcontainer/plan/sync.h"

SYS_START;

#define FIRST_FD 3U

/* A decimal number of an fd, whole, or -1 */
static int fd_number(const char *text)
{
	int n = 0;

	if (!text || !*text)
		return -1;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || n > 1000000)
			return -1;
		n = n * 10 + (*text - '0');
	}
	return n < (int)FIRST_FD ? -1 : n;
}

/* The header of the shared arena, or NULL. The kernel refuses a mapping elsewhere, and
 * pages past the end of the file are never touched. */
static const struct handoff *plan_map(int fd)
{
	const struct handoff *h;
	long at;

	at = sys_mmap((void *)ARENA_ADDR, ARENA_RESERVE, PROT_READ,
		      MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	if (at != (long)ARENA_ADDR)
		return NULL;
	h = (const struct handoff *)ARENA_ADDR;
	if (h->magic != HANDOFF_MAGIC || h->used > ARENA_RESERVE)
		return NULL;
	return h;
}

/* Nobody looks into us, and signals are as programs expect them. The host let its files
 * through our execve; hooks and the user's program never get them: a filter around us
 * that refuses this must not open a way out. */
static int seclude(const struct plan *p, struct err *e)
{
	long r;

	if ((!plan_needs_dumpable(p) || p->shape == SHAPE_JOIN) &&
	    dumpable_set(false, e) < 0)
		return -1;
	r = sys_close_range(FIRST_FD + p->process.preserve_fds, ~0U,
			    SYS_CLOSE_RANGE_CLOEXEC);
	if (r < 0)
		return err_set(e, (int)-r, "mark the files of the host (close_range)");
	r = signals_reset();
	return r < 0 ? err_set(e, (int)-r, "set signals to their defaults") : 0;
}

__attribute__((noreturn, used)) void start_c(long *sp);

/* sp: argc, argv[0], argv[1] ... NULL, as the kernel leaves it. Exit codes tell what sync
 * cannot say yet: 125 no plan, 1 an error that was sent. */
void start_c(long *sp)
{
	char **argv = (char **)(sp + 1);
	const struct handoff *h;
	struct inside in;
	struct err e = ERR_NONE;
	int fd;

	fd = sp[0] == 2 ? fd_number(argv[1]) : -1;
	h = fd < 0 ? NULL : plan_map(fd);
	if (!h)
		sys_exit(125);
	sys_close(fd);
	/* not all of it is set: a page that is not touched costs nothing */
	in.plan = h->plan;
	in.kit = h->kit;
	in.sync = h->kit->sync;
	in.proc = h->kit->proc;
	in.root = -1;
	in.early = -1;
	in.early_at = 0;
	in.state = -1;
	in.n_held = 0;
	in.umask_saved = false;
	in.in_cwd = false;
	in.caps_late = false;
	in.envp = h->plan->process.envp;
	in.program = NULL;
	if (seclude(h->plan, &e) == 0)
		init_run(&in, &e);
	sync_fail(in.sync, &e);
	sys_exit(1);
}
