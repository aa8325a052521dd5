/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and writing the limits of a cgroup. Runs in the program, on the host's side. */
#include <string.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/controllers.h"
#include "cgroups/limits.h"

/* "max" is -1 */
static struct opt_i64 limit_of(const char *text, size_t len)
{
	uint64_t v;

	if (len == 3 && memcmp(text, "max", 3) == 0)
		return (struct opt_i64){ true, -1 };
	if (str_u64n(text, len, INT64_MAX, &v))
		return (struct opt_i64){ true, (int64_t)v };
	return (struct opt_i64){ false, 0 };
}

static struct opt_i64 limit_get(const struct cgroup *c, const char *file)
{
	struct err ignored = ERR_NONE;
	char text[64];
	int n = file_get(c->fd, file, text, sizeof(text), &ignored);

	return n < 0 ? (struct opt_i64){ false, 0 } : limit_of(text, (size_t)n);
}

void limits_read(const struct cgroup *c, struct limits_now *now)
{
	struct err ignored = ERR_NONE;
	char text[64];

	*now = (struct limits_now){
		.memory = limit_get(c, "memory.max"),
		.swap = limit_get(c, "memory.swap.max"),
		.idle = limit_get(c, "cpu.idle"),
	};
	if (file_get(c->fd, "cpu.max", text, sizeof(text), &ignored) > 0) {
		size_t n = strcspn(text, " ");

		now->quota = limit_of(text, n);
		now->period.set =
			text[n] && str_u64(text + n + 1, UINT64_MAX, &now->period.v);
	}
}

/* The reason why a file is not there */
static int missing_file(const struct cgroup *c, const struct limit *l, struct err *e)
{
	if (l->controller && controllers_need(c, l->controller, e) < 0)
		return -1;
	return err_plain(e, ENOENT, "cgroup %s has no file %s%s%s: not in this kernel",
			 c->path, l->file, l->or_file ? " or " : "",
			 l->or_file ? l->or_file : "");
}

/* io.bfq.weight is there for all devices as soon as one has BFQ (EOPNOTSUPP) */
static int limit_put(const struct cgroup *c, const struct limit *l, struct err *e)
{
	struct err second = ERR_NONE;

	if (file_put(c->fd, l->file, l->text, e) == 0)
		return 0;
	if (l->or_file && (e->num == ENOENT || e->num == EOPNOTSUPP)) {
		if (file_put(c->fd, l->or_file, l->or_text, &second) == 0) {
			*e = (struct err)ERR_NONE;
			return 0;
		}
		if (second.num != ENOENT)
			*e = second;
	}
	if (e->num != ENOENT)
		return err_wrap(e, "linux.resources.%s: cgroup %s", l->where, c->path);
	if (l->may_miss) {
		*e = (struct err)ERR_NONE;
		return 0;
	}
	missing_file(c, l, e);
	return err_wrap(e, "linux.resources.%s", l->where);
}

int limits_apply(const struct cgroup *c, const limits_t *limits, struct err *e)
{
	bool again = false;

	LIST_EACH (l, limits) {
		if (limit_put(c, l, e) == 0)
			continue;
		if (e->num != EINVAL || !l->again)
			return -1;
		*e = (struct err)ERR_NONE;
		again = true;
	}
	if (!again)
		return 0;
	/* all of them: one that was taken is taken once more */
	LIST_EACH (l, limits)
		if (l->again && limit_put(c, l, e) < 0)
			return -1;
	return 0;
}

int limits_fit(const struct cgroup *c, const struct resources *r, struct err *e)
{
	const struct res_memory *m = r ? r->memory : NULL;
	struct opt_i64 used, swapped;

	if (!m || !m->check_before_update.v || (m->limit.v <= 0 && m->swap.v <= 0))
		return 0;
	used = limit_get(c, "memory.current");
	if (!used.set)
		return 0;
	if (m->limit.v > 0 && m->limit.v <= used.v)
		return err_plain(e, EBUSY, "rejecting memory limit %ld <= usage %ld",
				 (long)m->limit.v, (long)used.v);
	swapped = limit_get(c, "memory.swap.current");
	if (m->swap.v > 0 && m->swap.v - used.v <= swapped.v)
		return err_plain(e, EBUSY, "rejecting memory+swap limit %ld <= usage %ld",
				 (long)m->swap.v, (long)(used.v + swapped.v));
	return 0;
}
