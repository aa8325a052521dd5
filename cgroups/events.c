/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking, waiting for and killing what is in a cgroup. Runs in the program. */
#include "cgroups/events.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "cgroups/cgroup.h"
#include "cgroups/left.h"

int events_again(int fd, struct cgroup_events *now, struct err *e)
{
	char text[256];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return err_sys(e, "read cgroup.events");
	text[n] = '\0';
	now->populated = strstr(text, "populated 1") != NULL;
	now->frozen = strstr(text, "frozen 1") != NULL;
	return 0;
}

int events_read(int dir, struct cgroup_events *now, struct err *e)
{
	autofd fd = openat(dir, "cgroup.events", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "open cgroup.events");
	return events_again(fd, now, e);
}

int cgroup_populated(const struct cgroup *c, struct err *e)
{
	struct cgroup_events now;

	if (events_read(c->fd, &now, e) == 0)
		return now.populated;
	if (e->num != ENOENT && e->num != ENODEV)
		return err_wrap(e, "cgroup %s", c->path);
	*e = (struct err)ERR_NONE; /* it was removed: systemd does that by itself */
	return 0;
}

bool cgroup_path_frozen(const char *mount, const char *path)
{
	struct err ignored = ERR_NONE;
	struct cgroup_events now;
	char name[4096];

	if (fmt_text(name, sizeof(name), "%s/%s/cgroup.events", mount,
		     path + strspn(path, "/")) >= sizeof(name))
		return false;

	autofd fd = open(name, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && events_again(fd, &now, &ignored) == 0 && now.frozen;
}

int cgroup_kill(const struct cgroup *c, struct err *e)
{
	if (file_put(c->fd, "cgroup.kill", "1", e) == 0)
		return 0;
	if (e->num == ENOENT || e->num == ENODEV) { /* it was removed: nobody is left */
		*e = (struct err)ERR_NONE;
		return 0;
	}
	return err_wrap(e, "kill all in cgroup %s", c->path);
}

/* With what they are waiting for: a process that cannot die is stuck in the kernel */
static int names_of_left(const struct cgroup *c, struct err *e)
{
	char text[LEFT_TEXT];
	size_t n = left_names(c, LEFT_ALL, text);

	return err_set(e, ETIMEDOUT,
		       "wait until cgroup %s is empty: %zu process(es) left:%s", c->path,
		       n, text);
}

int cgroup_wait_empty(const struct cgroup *c, int timeout_ms, struct err *e)
{
	autofd fd = openat(c->fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	int64_t end = clock_ms() + timeout_ms;
	struct pollfd p = { .fd = fd, .events = POLLPRI };
	struct cgroup_events now;

	if (fd < 0 && (errno == ENOENT || errno == ENODEV))
		return 0;
	if (fd < 0)
		return err_sys(e, "open cgroup.events of %s", c->path);
	for (;;) {
		int64_t left;

		if (events_again(fd, &now, e) < 0) {
			if (e->num != ENODEV) /* removed meanwhile */
				return err_wrap(e, "cgroup %s", c->path);
			*e = (struct err)ERR_NONE;
			return 0;
		}
		if (!now.populated)
			return 0;
		left = end - clock_ms();
		if (left <= 0)
			return names_of_left(c, e);
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return err_sys(e, "wait for cgroup %s", c->path);
	}
}
