/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host's side of setting up; runs in the program */
#include "libcontainer/host/tasks.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/memfd.h"
#include "base/socket.h"
#include "libcontainer/init/hook.h"
#include "libcontainer/init/sched.h"
#include "libcontainer/spec/annotations.h"
#include "libcontainer/spec/numbers.h"

#define SOCKET_MS 10000 /* that the reader of a socket that gets an fd may take */

/* Not blocking, should it be a fifo that nobody reads */
static int open_output(const pairs_t *annotations, enum annotation which, int *fd,
		       struct err *e)
{
	const char *path = annotation_get(annotations, which);

	if (!path)
		return 0;
	*fd = open(path,
		   O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		   0600);
	if (*fd < 0 || fcntl(*fd, F_SETFL, O_APPEND) < 0)
		return err_sys(e, "annotations.%s: open %s", annotation_rows[which].name,
			       path);
	return 0;
}

int hook_files_open(const pairs_t *annotations, int *out, int *err, struct err *e)
{
	if (open_output(annotations, ANNOTATION_HOOKS_STDOUT, out, e) < 0)
		return -1;
	return open_output(annotations, ANNOTATION_HOOKS_STDERR, err, e);
}

int host_hooks(const plan_hooks_t *hooks, const char *state, const pairs_t *annotations,
	       struct err *e)
{
	autofd fd = -1, out = -1, err = -1;

	if (hooks->n == 0)
		return 0;
	fd = memfd_text("aril-state", state, strlen(state), e);
	if (fd < 0 || hook_files_open(annotations, &out, &err, e) < 0)
		return -1;
	return hooks_run(hooks, &(struct hook_fds){ fd, out, err }, e);
}

void host_hooks_all(const plan_hooks_t *hooks, const char *state,
		    const pairs_t *annotations, void (*warn)(void *to, const char *text),
		    void *to)
{
	struct err no_file = ERR_NONE;
	autofd out = -1, err = -1;

	if (hooks->n && hook_files_open(annotations, &out, &err, &no_file) < 0 && warn)
		warn(to, no_file.text);
	LIST_EACH (hook, hooks) {
		struct err e = ERR_NONE;
		autofd fd = memfd_text("aril-state", state, strlen(state), &e);

		if ((fd < 0 ||
		     hook_run(hook, &(struct hook_fds){ fd, out, err }, &e) < 0) &&
		    warn)
			warn(to, e.text);
	}
}

int rlimits_set(const struct plan_process *p, pid_t pid, struct err *e)
{
	if (!p->rlimits_by_host)
		return 0;
	LIST_EACH (limit, &p->rlimits) {
		struct rlimit64 r = { limit->soft, limit->hard };

		if (prlimit64(pid, (enum __rlimit_resource)limit->what, &r, NULL) < 0)
			return err_sys(e, "process.rlimits: set %s to %llu:%llu",
				       limit->name, (unsigned long long)limit->soft,
				       (unsigned long long)limit->hard);
	}
	return 0;
}

int sched_set(const struct plan_process *p, pid_t pid, struct err *e)
{
	const struct plan_attributes *a = &p->attributes;

	if (!a->by_host)
		return 0;
	if (scheduler_set(a->scheduler, pid, e) < 0)
		return -1;
	return io_priority_set(a->io_priority, pid, e);
}

int cpus_take(const struct plan_process *p, struct err *e)
{
	const struct plan_numbers *before = p->attributes.cpus_before;
	uint64_t all[NUMBERS_WORDS(NUMBERS_CPUS)];

	if (before)
		return cpus_set(before, "process.execCPUAffinity.initial", e);
	memset(all, 0xff, sizeof(all));
	sys_sched_setaffinity(0, sizeof(all), all);
	return 0;
}

int oom_score_set(const struct plan_process *p, pid_t pid, struct err *e)
{
	char path[48];
	struct err why = ERR_NONE;

	if (!p->oom_score_adj)
		return 0;
	fmt_text(path, sizeof(path), "/proc/%d/oom_score_adj", pid);
	if (file_put(AT_FDCWD, path, p->oom_score_adj, &why) == 0)
		return 0;
	if ((why.num == EACCES || why.num == EPERM) && p->oom_may_fail)
		return 0;
	*e = why;
	return err_wrap(e, "process.oomScoreAdj");
}

int console_send(const char *path, int master, struct err *e)
{
	autofd sock = socket_connect(path, SOCK_STREAM, SOCKET_MS, "console socket", e);

	if (sock < 0)
		return -1;
	if (socket_send_fd(sock, "/dev/ptmx", master) < 0)
		return err_sys(e, "send the terminal to console socket %s", path);
	return 0;
}

int pidfd_send(const char *path, const char *payload, int pidfd, struct err *e)
{
	autofd sock = socket_connect(path, SOCK_STREAM, SOCKET_MS, "pidfd socket", e);

	if (sock < 0)
		return -1;
	if (socket_send_fd(sock, payload, pidfd) < 0)
		return err_sys(e, "send the pidfd to pidfd socket %s", path);
	return 0;
}

/* A file without a name until it is whole: who is killed meanwhile leaves nothing. False
 * where the file system has none such, or where there is one to be replaced. */
static bool link_new(const char *path, const char *text, size_t n)
{
	const char *slash = strrchr(path, '/');
	struct err ignored = ERR_NONE;
	char dir[4096], self[40];
	autofd fd = -1;

	if (fmt_text(dir, sizeof(dir), "%.*s.", slash ? (int)(slash - path) + 1 : 0,
		     path) >= sizeof(dir))
		return false;
	fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0 || fd_write_all(fd, text, n, &ignored) < 0)
		return false;
	fmt_text(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0;
}

int pid_file_write(const char *path, pid_t pid, struct err *e)
{
	char text[16];
	size_t n = fmt_text(text, sizeof(text), "%d", pid);

	if (link_new(path, text, n))
		return 0;
	if (file_replace(AT_FDCWD, path, 0644, text, n, e) < 0)
		return err_wrap(e, "pid file");
	return 0;
}
