/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.resources, which has the values of cgroup v1, as writes to the files of v2. Runs
 * in the program; pure.
 *
 * Nothing is taken over unseen: limits may come from `update`, which has no other check
 * before this one. What means "no limit" may miss its file, and is left out for a new
 * cgroup: a host without that controller can do without it.
 */
#include "cgroups/limits.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "cgroups/weight.h"

#define PERIOD_DEFAULT 100000
#define PIDS_MOST      (4 << 20) /* the kernel's PID_MAX_LIMIT: pids.max takes no more */
#define MAJOR_MAX      4095	 /* of the kernel's dev_t */
#define MINOR_MAX      1048575

struct maker {
	const struct resources *r;
	const struct limits_now *now; /* NULL: a new cgroup */
	struct arena *a;
	limits_t *out;
	struct err *e;
};

#define REFUSE(m, where, fmt, ...)                                                       \
	err_plain((m)->e, EINVAL, "linux.resources.%s: " fmt, (where), ##__VA_ARGS__)

static struct limit *add(struct maker *m, const char *where, const char *controller,
			 const char *file, const char *text)
{
	struct limit *l = list_add(m->a, m->out);

	*l = (struct limit){
		.where = where, .controller = controller, .file = file, .text = text
	};
	return l;
}

/* A text that is no limit: a new cgroup has none, and an old one without the file too */
static void add_none(struct maker *m, const char *where, const char *controller,
		     const char *file, const char *text)
{
	if (m->now)
		add(m, where, controller, file, text)->may_miss = true;
}

static char *number(struct maker *m, int64_t v)
{
	return arena_fmt(m->a, "%ld", (long)v);
}

/* -1 is no limit; what is below it is a mistake */
static bool in_range(struct maker *m, const char *where, struct opt_i64 v)
{
	if (!v.set || v.v >= -1)
		return true;
	REFUSE(m, where, "%ld is below -1 (which means no limit)", (long)v.v);
	return false;
}

static int make_pids(struct maker *m)
{
	static const char where[] = "pids.limit";
	const struct res_pids *p = m->r->pids;

	if (!p || !p->limit.set)
		return 0;
	if (!in_range(m, where, p->limit))
		return -1;
	if (p->limit.v < 0 || p->limit.v > PIDS_MOST)
		add_none(m, where, "pids", "pids.max", "max");
	else /* 0 forbids to fork, but the container is a process itself */
		add(m, where, "pids", "pids.max", number(m, p->limit.v ? p->limit.v : 1));
	return 0;
}

/* v1 has one limit for memory and swap together, v2 one for each. A new memory limit
 * alone leaves the swap as it is, as runc has it, unless it is none. */
static int make_swap(struct maker *m, const struct res_memory *mem)
{
	static const char where[] = "memory.swap", file[] = "memory.swap.max";
	int64_t limit = mem->limit.v, swap = mem->swap.v;

	if (swap < 0 || (swap == 0 && limit < 0))
		add_none(m, where, "memory", file, "max");
	if (swap <= 0)
		return 0;
	if (limit == 0 && m->now)
		limit = m->now->memory.v;
	if (limit == 0)
		return REFUSE(m, where, "unable to set swap limit without memory limit");
	if (limit > swap)
		return REFUSE(m, where,
			      "memory+swap limit should be >= memory limit: %ld < %ld",
			      (long)swap, (long)limit);
	if (limit < 0)
		limit = 0;
	/* a kernel that does not count swap has no such file */
	add(m, where, "memory", file, number(m, swap - limit))->may_miss = swap == limit;
	return 0;
}

static int make_memory(struct maker *m)
{
	const struct res_memory *mem = m->r->memory;

	if (!mem)
		return 0;
	if (!in_range(m, "memory.limit", mem->limit) ||
	    !in_range(m, "memory.reservation", mem->reservation) ||
	    !in_range(m, "memory.swap", mem->swap) || make_swap(m, mem) < 0)
		return -1;
	if (mem->limit.v > 0)
		add(m, "memory.limit", "memory", "memory.max", number(m, mem->limit.v));
	else if (mem->limit.v < 0)
		add_none(m, "memory.limit", "memory", "memory.max", "max");
	/* in v1 "unlimited" means nothing is asked for; memory.low "max" would be all */
	if (mem->reservation.v > 0)
		add(m, "memory.reservation", "memory", "memory.low",
		    number(m, mem->reservation.v));
	else if (mem->reservation.v < 0)
		add_none(m, "memory.reservation", "memory", "memory.low", "0");
	return 0;
}

static int check_device(struct maker *m, const char *where, int64_t major, int64_t minor)
{
	if (major >= 0 && major <= MAJOR_MAX && minor >= 0 && minor <= MINOR_MAX)
		return 0;
	return REFUSE(m, where, "%ld:%ld are no numbers of a device", (long)major,
		      (long)minor);
}

/* BFQ has the weights of v1; io.weight belongs to the I/O cost model. `device`: "8:0 ",
 * or "" for all. 0 is how engines say "not set". */
static int add_io_weight(struct maker *m, const char *where, const char *device,
			 struct opt_u64 weight)
{
	struct limit *l;

	if (weight.v == 0)
		return 0;
	if (weight.v < 10 || weight.v > 1000)
		return REFUSE(m, where, "%lu is not within 10 to 1000",
			      (unsigned long)weight.v);
	l = add(m, where, "io", "io.bfq.weight",
		arena_fmt(m->a, "%s%lu", device, (unsigned long)weight.v));
	l->or_file = "io.weight";
	l->or_text = arena_fmt(m->a, "%s%lu", device,
			       (unsigned long)weight_of_blkio(weight.v));
	return 0;
}

/* The kernel takes one device for each write */
static int add_throttles(struct maker *m, const char *name, const char *key,
			 const res_throttles_t *devices)
{
	LIST_EACH (d, devices) {
		char *where = arena_fmt(m->a, "blockIO.%s[%zu]", name,
					(size_t)(d - devices->items));

		if (check_device(m, where, d->major, d->minor) < 0)
			return -1;
		if (d->rate)
			add(m, where, "io", "io.max",
			    arena_fmt(m->a, "%ld:%ld %s=%lu", (long)d->major,
				      (long)d->minor, key, (unsigned long)d->rate));
		else
			add_none(m, where, "io", "io.max",
				 arena_fmt(m->a, "%ld:%ld %s=max", (long)d->major,
					   (long)d->minor, key));
	}
	return 0;
}

static int make_io(struct maker *m)
{
	const struct res_block_io *io = m->r->block_io;

	if (!io)
		return 0;
	if (add_io_weight(m, "blockIO.weight", "", io->weight) < 0)
		return -1;
	LIST_EACH (d, &io->weight_device) {
		char *where = arena_fmt(m->a, "blockIO.weightDevice[%zu]",
					(size_t)(d - io->weight_device.items));
		char *device =
			arena_fmt(m->a, "%ld:%ld ", (long)d->major, (long)d->minor);

		if (check_device(m, where, d->major, d->minor) < 0 ||
		    add_io_weight(m, where, device, d->weight) < 0)
			return -1;
	}
	if (add_throttles(m, "throttleReadBpsDevice", "rbps", &io->read_bps) < 0 ||
	    add_throttles(m, "throttleWriteBpsDevice", "wbps", &io->write_bps) < 0 ||
	    add_throttles(m, "throttleReadIOPSDevice", "riops", &io->read_iops) < 0)
		return -1;
	return add_throttles(m, "throttleWriteIOPSDevice", "wiops", &io->write_iops);
}

/* An idle cgroup has no weight: the kernel refuses one (EINVAL) */
static void add_cpu_weight(struct maker *m, const struct res_cpu *cpu)
{
	const struct opt_i64 *idle =
		m->now && !cpu->idle.set ? &m->now->idle : &cpu->idle;
	uint64_t weight = weight_of_shares(cpu->shares.v);

	if (cpu->shares.v == 0 || (idle->set && idle->v == 1))
		return;
	if (m->now || weight != 100)
		add(m, "cpu.shares", "cpu", "cpu.weight", number(m, (int64_t)weight));
}

/* Quota and period are one line; a period alone limits nothing */
static void add_cpu_max(struct maker *m, const struct res_cpu *cpu)
{
	const struct limits_now none = { .quota = { .set = false } };
	const struct limits_now *now = m->now ? m->now : &none;
	const char *where = cpu->quota.v ? "cpu.quota" : "cpu.period";
	int64_t quota = cpu->quota.v ? cpu->quota.v : now->quota.v;
	uint64_t period = cpu->period.v ? cpu->period.v : now->period.v;
	struct limit *l;

	if (period == 0)
		period = PERIOD_DEFAULT;
	if (cpu->quota.v == 0 && cpu->period.v == 0)
		return;
	if (quota > 0) {
		add(m, where, "cpu", "cpu.max",
		    arena_fmt(m->a, "%ld %lu", (long)quota, (unsigned long)period));
	} else if (m->now || period != PERIOD_DEFAULT) {
		l = add(m, where, "cpu", "cpu.max",
			arena_fmt(m->a, "max %lu", (unsigned long)period));
		l->may_miss = true;
	}
}

static int make_cpu(struct maker *m)
{
	const struct res_cpu *cpu = m->r->cpu;

	if (!cpu)
		return 0;
	if (!in_range(m, "cpu.quota", cpu->quota))
		return -1;
	if (cpu->idle.v != 0 && cpu->idle.v != 1)
		return REFUSE(m, "cpu.idle", "%ld is not 0 or 1", (long)cpu->idle.v);
	if (cpu->idle.set && cpu->idle.v)
		add(m, "cpu.idle", "cpu", "cpu.idle", "1");
	else if (cpu->idle.set)
		add_none(m, "cpu.idle", "cpu", "cpu.idle", "0");
	add_cpu_weight(m, cpu);
	/* before the quota, which may become lower than the burst that is in force */
	if (cpu->burst.v)
		add(m, "cpu.burst", "cpu", "cpu.max.burst",
		    arena_fmt(m->a, "%lu", (unsigned long)cpu->burst.v))
			->again = true;
	else if (cpu->burst.set)
		add_none(m, "cpu.burst", "cpu", "cpu.max.burst", "0");
	add_cpu_max(m, cpu);
	return 0;
}

static int make_cpuset(struct maker *m)
{
	const struct res_cpu *cpu = m->r->cpu;

	if (cpu && !str_empty(cpu->cpus))
		add(m, "cpu.cpus", "cpuset", "cpuset.cpus", cpu->cpus);
	if (cpu && !str_empty(cpu->mems))
		add(m, "cpu.mems", "cpuset", "cpuset.mems", cpu->mems);
	return 0;
}

/* "2MB": it becomes part of a file's name */
static bool is_page_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && text[0] != '0' && text[digits] && strchr("KMG", text[digits]) &&
	       strcmp(text + digits + 1, "B") == 0;
}

/* Both ways of counting: a page when it is used, and (Linux 5.7, hugetlb.SIZE.rsvd) when
 * it is reserved, so that the program hears of it by ENOMEM and not by SIGBUS */
static int make_hugetlb(struct maker *m)
{
	LIST_EACH (h, &m->r->hugepage_limits) {
		char *where = arena_fmt(m->a, "hugepageLimits[%zu]",
					(size_t)(h - m->r->hugepage_limits.items));
		char *limit = arena_fmt(m->a, "%lu", (unsigned long)h->limit);

		if (str_empty(h->page_size) || !is_page_size(h->page_size))
			return REFUSE(m, where,
				      "\"%s\" is not a size like 64KB, 2MB, 1GB",
				      h->page_size ? h->page_size : "");
		add(m, where, "hugetlb", arena_fmt(m->a, "hugetlb.%s.max", h->page_size),
		    limit);
		add(m, where, "hugetlb",
		    arena_fmt(m->a, "hugetlb.%s.rsvd.max", h->page_size), limit)
			->may_miss = true;
	}
	return 0;
}

/* The kernel's numbers are int; the largest is its "max" */
static const char *rdma_max(struct maker *m, struct opt_u64 v)
{
	return v.set && v.v < INT32_MAX ? number(m, (int64_t)v.v) : "max";
}

static int make_rdma(struct maker *m)
{
	LIST_EACH (d, &m->r->rdma) {
		char *where = arena_fmt(m->a, "rdma.%s", d->key);

		if (str_empty(d->key) || strpbrk(d->key, " \t\n"))
			return REFUSE(m, where, "is not the name of a device");
		if (!d->hca_handles.set && !d->hca_objects.set)
			return REFUSE(m, where, "has neither hcaHandles nor hcaObjects");
		add(m, where, "rdma", "rdma.max",
		    arena_fmt(m->a, "%s hca_handle=%s hca_object=%s", d->key,
			      rdma_max(m, d->hca_handles), rdma_max(m, d->hca_objects)));
	}
	return 0;
}

/* Files of the core by which a container would get out of our hands */
static bool is_ours(const char *file)
{
	static const char *const ours[] = { "cgroup.freeze",  "cgroup.kill",
					    "cgroup.procs",   "cgroup.subtree_control",
					    "cgroup.threads", "cgroup.type" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (strcmp(file, ours[i]) == 0)
			return true;
	return false;
}

/* One write for each line; a text without any is written as an empty one: "cpuset.cpus"
 * is reset by that */
static void add_lines(struct maker *m, const char *where, const char *controller,
		      const char *file, const char *lines)
{
	size_t before = m->out->n;

	while (*lines) {
		size_t n = strcspn(lines, "\n");

		if (n)
			add(m, where, controller, file, arena_strndup(m->a, lines, n));
		lines += n + (lines[n] == '\n');
	}
	if (m->out->n == before)
		add(m, where, controller, file, "\n");
}

static int make_unified(struct maker *m)
{
	LIST_EACH (u, &m->r->unified) {
		char *where = arena_fmt(m->a, "unified.%s", u->key);
		size_t dot = strcspn(u->key, ".");
		char *controller = arena_strndup(m->a, u->key, dot);

		if (strchr(u->key, '/'))
			return REFUSE(m, where,
				      "unified resource \"%s\" must be a file name (no "
				      "slashes)",
				      u->key);
		if (dot == 0 || u->key[dot] == '\0' || u->key[dot + 1] == '\0')
			return REFUSE(m, where,
				      "unified resource \"%s\" must be in the form "
				      "CONTROLLER.PARAMETER",
				      u->key);
		if (is_ours(u->key))
			return REFUSE(m, where, "is not the container's to set");
		add_lines(m, where, strcmp(controller, "cgroup") ? controller : NULL,
			  u->key, u->value);
	}
	return 0;
}

int limits_make(const struct resources *r, const struct limits_now *now, struct arena *a,
		limits_t *out, struct err *e)
{
	/* runc's order; unified is last, so that it wins */
	static int (*const parts[])(struct maker * m) = {
		make_pids,   make_memory,  make_io,   make_cpu,
		make_cpuset, make_hugetlb, make_rdma, make_unified,
	};
	struct maker m = { r, now, a, out, e };

	*out = (limits_t){ NULL, 0 };
	for (size_t i = 0; r && i < ARRAY_LEN(parts); i++)
		if (parts[i](&m) < 0)
			return -1;
	return 0;
}
