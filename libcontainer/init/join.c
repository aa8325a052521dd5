/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Joining namespaces, and the second clone that some of them need. Runs in init: in the
 * middle process up to the clone, in the true init after it.
 *
 * Theory. setns(2) with a PID or a time namespace counts for children only, so who joins
 * one must clone. The child is made the middle process' sibling (CLONE_PARENT): the host
 * can wait for it, and nothing is left of the middle. clone3(2) wants exit_signal 0
 * then; the child gets that of the middle process.
 *
 * From the first setns on, processes of a container may see this one; it is undumpable
 * since start_c().
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/added.h"
#include "libcontainer/init/caps.h"
#include "libcontainer/init/labels.h"
#include "libcontainer/init/procfiles.h"
#include "libcontainer/plan/sync.h"

static int join_all(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	uint32_t left;
	long r;

	for (size_t i = 0; i < p->joins.n; i++) {
		const struct plan_join *j = &p->joins.items[i];

		/* with the flag the kernel checks that it is of that type */
		r = sys_setns(in->kit->joins[i], (int)j->flag);
		if (r < 0)
			return err_set(e, (int)-r, "join the %s namespace %s%s", j->name,
				       j->path, r == -EINVAL ? " (is it one?)" : "");
	}
	if (!p->enter || !p->join_flags)
		return 0;
	if (p->only_mounts && added_open(in, e) < 0)
		return -1;
	left = p->join_flags & ~(in->joined_user ? CLONE_NEWUSER : 0U);
	r = sys_setns(in->kit->pidfd, (int)left);
	if (r == -ESRCH)
		return err_set(e, ESRCH, "join the container: its init has ended");
	if (r < 0)
		return err_set(e, (int)-r, "join the container's namespaces (0x%x)",
			       p->join_flags);
	return 0;
}

/* The namespaces that must be there before the clone. A new user namespace makes us
 * dumpable where fs.suid_dumpable says so. */
static int make_early(struct inside *in, int *clocks, struct err *e)
{
	const struct plan *p = in->plan;
	long r;

	if (!p->early_flags)
		return 0;
	r = sys_unshare(p->early_flags);
	if (r < 0)
		return err_set(e, (int)-r, "unshare (namespaces 0x%llx)",
			       (unsigned long long)p->early_flags);
	if (dumpable_set(false, e) < 0 || clocks_write(in, *clocks, e) < 0)
		return -1;
	fd_close(clocks);
	return 0;
}

/*
 * The other end of a socketpair(2) belongs to who made it, and getsockopt(SO_PEERPIDFD)
 * gives whoever holds one end a pidfd of that process, with which CAP_SYS_PTRACE gets at
 * all that it has open, from whatever PID namespace. So the one that goes on with us was
 * made by the middle process, which has nothing, and is gone; none of the runtime's own
 * sockets is in the child, not even for a moment.
 */
static int change_line(struct inside *in, struct err *e)
{
	int pair[2], ret;
	long r = sys_socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, pair);

	if (r < 0)
		return err_set(e, (int)-r, "make the sync socket");
	ret = sync_send(in->sync, SYNC_LINE, pair[0], 0, e);
	sys_close(pair[0]);
	if (ret < 0) {
		sys_close(pair[1]);
		return -1;
	}
	sys_close(in->sync);
	in->sync = pair[1];
	return 0;
}

/* In the child: the host sees from the pidfd who we are */
static int introduce(const struct inside *in, struct err *e)
{
	autofd self = (int)sys_pidfd_open((int)sys_getpid(), 0);

	if (self < 0)
		return err_set(e, -self, "open a pidfd of init");
	return sync_send(in->sync, SYNC_PID, self, 0, e);
}

/* Returns in the child only, or with an error in the middle process */
static int clone_again(struct inside *in, struct err *e)
{
	uint64_t flags = in->plan->clone_flags & ~in->plan->early_flags;
	struct clone_args args = { .flags = flags | CLONE_PARENT };
	long pid;

	if (change_line(in, e) < 0)
		return -1;
	/* see start.c: the child inherits it. It must be so from the start, for the host
	 * writes the maps as soon as we are gone. */
	if (plan_needs_dumpable(in->plan) && dumpable_set(true, e) < 0)
		return -1;
	pid = sys_clone3(&args);
	if (pid < 0)
		return err_set(e, (int)-pid, "clone (namespaces 0x%llx)",
			       (unsigned long long)flags);
	if (pid > 0)
		sys_exit(0);
	return introduce(in, e);
}

static bool keeps_proc(const struct plan *p)
{
	LIST_EACH (m, &p->mounts)
		if (p->only_mounts && m->idmap != IDMAP_NONE && !m->by_host)
			return true;
	return false;
}

/*
 * Whoever has CAP_SYS_PTRACE in the container may look into the process that comes
 * next, undumpable or not, and take its fds and its capabilities. So it gets no fd
 * that leads out of the container, and only the capabilities that an exec still
 * needs.
 */
static int disarm(struct inside *in, struct err *e)
{
	const struct plan_caps *c = &in->plan->process.caps;
	uint64_t keep = c->bounding | c->permitted | c->effective | c->inheritable;
	uint64_t now;
	long r;

	/* a child of mapped.c needs it; the planner sees to it that the container does
	 * not see us then */
	if (!keeps_proc(in->plan))
		fd_close(&in->proc);
	if (in->kit->pidfd >= 0)
		sys_close(in->kit->pidfd);
	for (size_t i = 0; i < in->plan->joins.n; i++)
		sys_close(in->kit->joins[i]);
	if (!c->given)
		return 0;
	keep |= 1ULL << CAP_SETUID | 1ULL << CAP_SETGID | 1ULL << CAP_SETPCAP |
		1ULL << CAP_CHOWN;
	if (plan_wants(in->plan, STEP_FILTER))
		keep |= 1ULL << CAP_SYS_ADMIN;
	if (caps_permitted(&now, e) < 0)
		return -1;
	keep &= now;
	r = caps_set(keep, keep, keep & c->inheritable);
	return r < 0 ? err_set(e, (int)-r, "let go of capabilities") : 0;
}

int step_JOIN(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	autofd clocks = -1;

	/* while our privileges are those of the runtime: nobody inside a user namespace
	 * may lower it, or even open the file of an undumpable process from outside */
	if (plan_wants(p, STEP_PROC_FILES) && oom_write(in, e) < 0)
		return -1;
	if (p->enter && plan_wants(p, STEP_LABELS) && labels_early(in, e) < 0)
		return -1;
	if (clocks_open(in, &clocks, e) < 0 || join_all(in, e) < 0)
		return -1;
	if (make_early(in, &clocks, e) < 0)
		return -1;
	if (p->enter && disarm(in, e) < 0)
		return -1;
	if (p->shape == SHAPE_JOIN && clone_again(in, e) < 0)
		return -1;
	if (!p->enter)
		return 0;
	in->root = (int)sys_openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	if (in->root < 0)
		return err_set(e, -in->root, "open the container's root");
	return 0;
}

int step_CGROUP_NS(struct inside *in, struct err *e)
{
	long r = sys_unshare(CLONE_NEWCGROUP);

	(void)in;
	return r < 0 ? err_set(e, (int)-r, "unshare") : 0;
}
