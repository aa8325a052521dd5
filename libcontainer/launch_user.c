/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See launch_user.h. Runs in the program. */
#include "libcontainer/launch_user.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "libcontainer/init/root.h"

#define END_MS 10000

/* --- names ----------------------------------------------------------------- */

/* As init will look for it: no link leads out of the image */
static bool image_has(const char *rootfs, const char *path)
{
	autofd root = open(rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	autofd file = root < 0 ? -1 : (int)root_try(root, path, O_PATH, 0);

	return file >= 0;
}

/* All users of the container read it, whatever our umask */
static int put_resolv_conf(const struct box *b, const char *text, struct err *e)
{
	if (file_replace(b->dir, "resolv.conf", 0600, text, strlen(text), e) < 0)
		return -1;
	if (fchmodat(b->dir, "resolv.conf", 0644, 0) < 0)
		return err_sys(e, "set the mode of %s/resolv.conf", b->path);
	return 0;
}

int launch_resolv_conf(struct plan *p, const struct box *b, const struct launch *how,
		       struct err *e)
{
	const char *text = p->net.resolv_conf;

	if (!text)
		return 0;
	if (image_has(p->rootfs, "/etc/resolv.conf"))
		return put_resolv_conf(b, text, e);
	if (how->warn)
		how->warn(how->warn_to,
			  "the image has no /etc/resolv.conf: make an empty one, or the "
			  "container does not find the nameserver of its network");
	p->net.resolv_conf = NULL;
	p->mounts.n--;
	return 0;
}

/* --- programs -------------------------------------------------------------- */

static int remember(struct box *b, pid_t pid, int pidfd, struct err *e)
{
	struct box_process *p = list_add(b->arena, &b->state.net_processes);

	if (box_process_mark(p, pid, pidfd, e) < 0)
		return -1;
	return box_save(b, e);
}

int launch_user_make(struct user_guard *g, const struct plan *p, const struct child *c,
		     struct box *b, struct err *e)
{
	const struct user_box box = {
		.path = b->path, .dir = b->dir, .pid = c->pid, .pidfd = c->pidfd
	};
	autofd program = -1;
	pid_t pid;

	if (user_net_guard(p->net.user, &box, g, e) < 0)
		return -1;
	if (remember(b, g->pid, g->pidfd, e) < 0)
		return -1;
	if (user_net_go(g, &pid, &program, e) < 0)
		return -1;
	return remember(b, pid, program, e);
}

static int end_process(const struct box_process *p, int grace_ms, struct err *e)
{
	struct pollfd end = { .events = POLLIN };
	autofd fd = -1;

	if (box_process_open(p, &fd, e) < 0)
		return -1;
	end.fd = fd;
	if (fd < 0 || TEMP_FAILURE_RETRY(poll(&end, 1, grace_ms)) > 0)
		return 0;
	sys_pidfd_send_signal(fd, SIGKILL);
	if (TEMP_FAILURE_RETRY(poll(&end, 1, END_MS)) <= 0)
		return err_set(e, ETIMEDOUT, "wait for process %lld of the network",
			       (long long)p->pid);
	return 0;
}

/* The guard is the first: it ends the program when init has ended. Whatever hinders it,
 * we do. */
int launch_user_end(const struct box *b, struct err *e)
{
	if (b->state.net_processes.n == 0 || !box_same_boot(b))
		return 0;
	for (size_t i = 0; i < b->state.net_processes.n; i++)
		if (end_process(&b->state.net_processes.items[i], i ? 0 : END_MS, e) < 0)
			return -1;
	return 0;
}
