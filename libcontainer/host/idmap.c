/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps; runs in the program */
#include "libcontainer/host/idmap.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "libcontainer/host/helper.h"

/* user_namespaces(7): a map has at most 340 lines (Linux 4.15) and less than a page */
#define MAP_LINES 340
#define PAGE	  4096

struct maps {
	const struct plan_map *items;
	size_t n;
};

static int write_map(int proc, const char *file, const struct maps *m, struct err *e)
{
	char text[PAGE];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < m->n; i++) {
		const struct plan_map *line = &m->items[i];

		n += fmt_text(text + n, sizeof(text) - n, "%u %u %u\n", line->inside,
			      line->outside, line->size);
		if (n >= sizeof(text))
			return err_set(e, E2BIG,
				       "%s: the map is longer than the kernel takes",
				       file);
	}
	return file_put(proc, file, text, e);
}

static int write_maps(const struct plan_ids *ids, pid_t pid, struct err *e)
{
	struct maps uids = { ids->uids.items, ids->uids.n };
	struct maps gids = { ids->gids.items, ids->gids.n };
	char path[32];
	autofd proc = -1;

	fmt_text(path, sizeof(path), "/proc/%d", pid);
	proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return err_sys(e, "open %s", path);
	if (ids->deny_setgroups && file_put(proc, "setgroups", "deny", e) < 0)
		return -1;
	if (write_map(proc, "gid_map", &gids, e) < 0)
		return -1;
	return write_map(proc, "uid_map", &uids, e);
}

/* newuidmap PID INSIDE OUTSIDE SIZE... */
static int call_helper(const char *name, const struct maps *m, pid_t pid, struct err *e)
{
	static const size_t width = 11; /* of a 32-bit number, with its NUL */
	char words[(3 * MAP_LINES + 1) * 11];
	char *argv[3 * MAP_LINES + 3];
	char *at = words;
	size_t n = 0;

	if (m->n > MAP_LINES)
		return err_set(e, E2BIG, "%s: more than %d lines", name, MAP_LINES);
	argv[n++] = (char *)name;
	fmt_text(at, width, "%d", pid);
	argv[n++] = at;
	for (size_t i = 0; i < m->n; i++) {
		const uint32_t line[] = { m->items[i].inside, m->items[i].outside,
					  m->items[i].size };

		for (size_t j = 0; j < 3; j++) {
			at += width;
			fmt_text(at, width, "%u", line[j]);
			argv[n++] = at;
		}
	}
	argv[n] = NULL;
	return helper_run(name, argv, e);
}

int idmap_write(const struct plan_ids *ids, pid_t pid, struct err *e)
{
	struct maps uids = { ids->uids.items, ids->uids.n };
	struct maps gids = { ids->gids.items, ids->gids.n };

	if (ids->way == MAP_NONE)
		return 0;
	if (ids->way == MAP_WRITE)
		return write_maps(ids, pid, e);
	if (call_helper("newgidmap", &gids, pid, e) < 0)
		return -1;
	return call_helper("newuidmap", &uids, pid, e);
}
