/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The steps in which init talks to the host: hooks, ready, start. Runs in init. The
 * ladder is in plan/sync.h.
 *
 * From READY on a container may wait for days, so nothing is kept for it: only the
 * socket on which the start comes is open, besides what the user's program will get.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/hook.h"
#include "libcontainer/plan/sync.h"

#define START_MS 10000
#define NET_MS	 60000 /* more than aril-net is given */

int step_NET(struct inside *in, struct err *e)
{
	if (sync_send(in->sync, SYNC_NET, -1, 0, e) < 0)
		return -1;
	return sync_expect(in->sync, SYNC_GO, NET_MS, NULL, NULL, e);
}

int step_HOOKS(struct inside *in, struct err *e)
{
	autofd state = -1;
	struct hook_fds fds;
	int r;

	if (sync_send(in->sync, SYNC_MOUNTED, -1, 0, e) < 0)
		return -1;
	/* hooks of the host may run long; when the host ends, the socket does */
	if (sync_expect(in->sync, SYNC_GO, -1, &state, NULL, e) < 0)
		return -1;
	umask_restore(in);
	fds = (struct hook_fds){ state, in->kit->hook_out, in->kit->hook_err };
	r = hooks_run(&in->plan->hooks[HOOK_CREATE_CONTAINER], &fds, e);
	umask_clear(in);
	return r;
}

int step_READY(struct inside *in, struct err *e)
{
	const struct plan *p = in->plan;
	bool hooks = plan_wants(p, STEP_START_HOOKS);
	const int keep[] = { in->sync, p->hold ? in->kit->start : -1, in->kit->life,
			     hooks ? in->kit->hook_out : -1,
			     hooks ? in->kit->hook_err : -1 };
	long r = fd_close_others(3 + p->process.preserve_fds, keep, ARRAY_LEN(keep));

	if (r < 0)
		return err_set(e, (int)-r, "close the files of the host");
	in->root = -1;
	in->proc = -1;
	if (sync_send(in->sync, SYNC_READY, -1, 0, e) < 0)
		return -1;
	/* held: the host has remembered us. When it ends before, nobody else can end
	 * us. */
	return sync_expect(in->sync, SYNC_GO, -1, &in->state, NULL, e);
}

/*
 * The one that starts us connects, sends GO and waits for the end of file. Who connects
 * and says nothing, or not that, is not the one: it is hung up on. The socket is in a
 * directory of the runtime that only its user can enter.
 */
int step_HOLD(struct inside *in, struct err *e)
{
	int start = in->kit->start;
	long conn;

	if (!in->plan->hold)
		return 0;
	fd_close(&in->sync);
	for (;;) {
		conn = sys_accept4(start, SOCK_CLOEXEC);
		if (conn == -EINTR || conn == -ECONNABORTED)
			continue;
		if (conn < 0)
			return err_set(e, (int)-conn, "accept");
		if (sync_expect((int)conn, SYNC_GO, START_MS, &in->state, NULL, e) == 0)
			break;
		sys_close((int)conn);
	}
	in->sync = (int)conn;
	fd_close(&start);
	return 0;
}

int step_BEGIN(struct inside *in, struct err *e)
{
	return sync_send(in->sync, SYNC_BEGIN, -1, 0, e);
}

int step_START_HOOKS(struct inside *in, struct err *e)
{
	const struct kit *k = in->kit;
	const struct hook_fds fds = { in->state, k->hook_out, k->hook_err };

	return hooks_run(&in->plan->hooks[HOOK_START_CONTAINER], &fds, e);
}
