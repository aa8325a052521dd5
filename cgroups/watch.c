/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters that rise; runs in the program */
#include "cgroups/watch.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"

/* Reading from the start is also what makes the next poll(2) wait for the next change */
static bool look(int fd, const char *key, uint64_t *v)
{
	size_t len = strlen(key);
	char text[1024];
	ssize_t n = TEMP_FAILURE_RETRY(pread(fd, text, sizeof(text) - 1, 0));

	if (n < 0)
		return false;
	text[n] = '\0';
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n')
		if (strncmp(at, key, len) == 0 && at[len] == ' ') {
			at += len + 1;
			return str_u64n(at, strcspn(at, "\n"), UINT64_MAX, v);
		}
	return false;
}

int watch_open(struct watch *w, const struct cgroup *c, const char *file, const char *key,
	       struct err *e)
{
	*w = (struct watch){ .fd = -1, .key = key };
	if (c->fd < 0)
		return 0;
	w->fd = openat(c->fd, file, O_RDONLY | O_CLOEXEC);
	if (w->fd < 0 && errno != ENOENT && errno != ENODEV)
		return err_sys(e, "open %s of cgroup %s", file, c->path);
	if (w->fd >= 0 && !look(w->fd, key, &w->last))
		fd_close(&w->fd);
	return 0;
}

void watch_done(struct watch *w)
{
	fd_close(&w->fd);
}

uint64_t watch_risen(struct watch *w)
{
	uint64_t now = 0, risen;

	if (w->fd < 0)
		return 0;
	if (!look(w->fd, w->key, &now)) {
		fd_close(&w->fd);
		return 0;
	}
	risen = now > w->last ? now - w->last : 0;
	w->last = now;
	return risen;
}

int cgroup_oom_kills(const struct cgroup *c, uint64_t *n)
{
	struct err ignored = ERR_NONE;
	struct watch w = WATCH_NONE;
	int ret;

	ret = watch_open(&w, c, "memory.events", "oom_kill", &ignored);
	if (w.fd < 0)
		ret = -1;
	*n = w.last;
	watch_done(&w);
	return ret;
}
