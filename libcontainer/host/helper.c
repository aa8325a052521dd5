/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs of the host, run for a moment; runs in the program */
#include "libcontainer/host/helper.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/memfd.h"
#include "base/program.h"
#include "libcontainer/host/spawn.h"
#include "libcontainer/plan/facts_users.h"

#define HELPER_MS 20000

static int start(const char *path, char *const *argv, int out, pid_t *pid, struct err *e)
{
	const struct program_file files[] = { { -1, 0 }, { out, 1 }, { out, 2 } };
	int ret = program_start(path, argv, files, ARRAY_LEN(files), false, pid);

	return ret ? err_set(e, ret, "run %s", path) : 0;
}

/* What it wrote, on one line, short */
static void first_line(int out, char *buf, size_t size)
{
	ssize_t n = pread(out, buf, size - 1, 0);

	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

int helper_run(const char *name, char *const *argv, struct err *e)
{
	autofd out = memfd_open("aril-helper", false, e);
	char path[64], said[256];
	autochild c = CHILD_NONE;
	struct pollfd end = { .events = POLLIN };
	int status, ready;

	if (out < 0)
		return -1;
	if (!helper_find(name, path, sizeof(path)))
		return err_set(e, ENOENT, "find %s", name);
	if (start(path, argv, out, &c.pid, e) < 0)
		return -1;
	c.pidfd = (int)sys_pidfd_open(c.pid, 0);
	if (c.pidfd < 0)
		return err_set(e, -c.pidfd, "open a pidfd of %s", name);
	end.fd = c.pidfd;
	ready = TEMP_FAILURE_RETRY(poll(&end, 1, HELPER_MS));
	if (ready == 0)
		return err_set(e, ETIMEDOUT, "wait for %s", path);
	status = child_wait(c.pidfd, e);
	c.keep = true;
	if (status < 0)
		return -1;
	first_line(out, said, sizeof(said));
	if (status != 0)
		return err_set(e, EPERM, "run %s: exit status %d: %s", path, status,
			       said);
	return 0;
}
