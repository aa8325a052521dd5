/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules for linux.resources that need no host. What a limit becomes in cgroup v2, and
 * whether the host can apply it, is for cgroups/ and the plan. Runs in the program; pure.
 */
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/check_rules.h"

#define AT "linux.resources."

static void rule_devices(const struct check *c, const char *path)
{
	static const char *const types[] = { "a", "b", "c", NULL };
	const struct resources *res = c->linux->resources;
	size_t i = 0;

	if (!res)
		return;
	LIST_EACH (d, &res->devices) {
		if (!str_empty(d->type) && (d->type[1] || !strchr("abc", d->type[0])))
			check_name(c, check_at(c->r, "%s[%zu].type", path, i), d->type,
				   types);
		if ((d->major.set && d->major.v < -1) ||
		    (d->minor.set && d->minor.v < -1))
			check_error(c->r, check_at(c->r, "%s[%zu]", path, i),
				    "a device number is below -1 (which means any)");
		if (d->access && strspn(d->access, "rwm") != strlen(d->access))
			check_error(c->r, check_at(c->r, "%s[%zu].access", path, i),
				    "\"%s\" has other letters than r, w, m",
				    check_shown(c->r, d->access));
		i++;
	}
}

static void check_limit(const struct check *c, const char *path, struct opt_i64 v)
{
	if (v.set && v.v < -1)
		check_error(c->r, path, "%ld is below -1 (which means no limit)",
			    (long)v.v);
}

static void rule_memory(const struct check *c, const char *path)
{
	const struct resources *res = c->linux->resources;
	const struct res_memory *m = res ? res->memory : NULL;

	(void)path;
	if (!m)
		return;
	check_limit(c, AT "memory.limit", m->limit);
	check_limit(c, AT "memory.reservation", m->reservation);
	check_limit(c, AT "memory.swap", m->swap);
	check_limit(c, AT "memory.kernel", m->kernel);
	check_limit(c, AT "memory.kernelTCP", m->kernel_tcp);
	if (m->limit.v > 0 && m->swap.v > 0 && m->swap.v < m->limit.v)
		check_error(
			c->r, AT "memory.swap",
			"is memory and swap together: must not be less than the limit");
	if (m->swappiness.v > 100)
		check_error(c->r, AT "memory.swappiness", "%lu is more than 100",
			    (unsigned long)m->swappiness.v);
}

/* Of several lines the kernel would take the first one, and say nothing */
static void check_list(const struct check *c, const char *path, const char *text)
{
	const char *line = text ? strchr(text, '\n') : NULL;

	if (text && (!check_digits(text, ",- \n") || (line && line[1])))
		check_error(c->r, path, "\"%s\" is not a list like 0-3,7",
			    check_shown(c->r, text));
}

static void rule_cpu(const struct check *c, const char *path)
{
	const struct resources *res = c->linux->resources;
	const struct res_cpu *cpu = res ? res->cpu : NULL;

	(void)path;
	if (!cpu)
		return;
	check_limit(c, AT "cpu.quota", cpu->quota);
	check_limit(c, AT "cpu.realtimeRuntime", cpu->rt_runtime);
	if (cpu->quota.v > 0 && cpu->burst.v > (uint64_t)cpu->quota.v)
		check_error(c->r, AT "cpu.burst", "is more than the quota");
	if (cpu->idle.set && cpu->idle.v != 0 && cpu->idle.v != 1)
		check_error(c->r, AT "cpu.idle", "%ld is not 0 or 1", (long)cpu->idle.v);
	check_list(c, AT "cpu.cpus", cpu->cpus);
	check_list(c, AT "cpu.mems", cpu->mems);
}

/* blkio.weight took 10 to 1000; 0 is how engines say "not set" */
static bool weight_is_bad(struct opt_u64 w)
{
	return w.v != 0 && (w.v < 10 || w.v > 1000);
}

static void rule_block_io(const struct check *c, const char *path)
{
	const struct resources *res = c->linux->resources;
	const struct res_block_io *io = res ? res->block_io : NULL;
	size_t i = 0;

	if (!io)
		return;
	if (weight_is_bad(io->weight) || weight_is_bad(io->leaf_weight))
		check_error(c->r, path, "a weight is not within 10 to 1000");
	LIST_EACH (d, &io->weight_device) {
		if (!d->weight.set && !d->leaf_weight.set)
			check_error(c->r, check_at(c->r, "%s.weightDevice[%zu]", path, i),
				    "has neither weight nor leafWeight");
		if (weight_is_bad(d->weight) || weight_is_bad(d->leaf_weight))
			check_error(c->r, check_at(c->r, "%s.weightDevice[%zu]", path, i),
				    "a weight is not within 10 to 1000");
		i++;
	}
}

/* ^[1-9][0-9]*[KMG]B$ of the schema: as in the names of the hugetlb controller's files */
static bool is_page_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && text[0] != '0' && text[digits] && strchr("KMG", text[digits]) &&
	       strcmp(text + digits + 1, "B") == 0;
}

/* Sizes of huge pages are few on any machine */
#define PAGE_SIZES_MAX 64

static void rule_hugepages(const struct check *c, const char *path)
{
	const struct resources *res = c->linux->resources;
	size_t n = res ? res->hugepage_limits.n : 0;

	if (n > PAGE_SIZES_MAX) {
		check_error(c->r, path, "has %zu sizes, more than %d", n, PAGE_SIZES_MAX);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const char *size = res->hugepage_limits.items[i].page_size;

		if (!is_page_size(size))
			check_error(c->r, check_at(c->r, "%s[%zu].pageSize", path, i),
				    "\"%s\" is not a size like 64KB, 2MB, 1GB",
				    check_shown(c->r, size));
		for (size_t k = 0; k < i; k++)
			if (strcmp(res->hugepage_limits.items[k].page_size, size) == 0)
				check_error(c->r,
					    check_at(c->r, "%s[%zu].pageSize", path, i),
					    "%s is given twice", check_shown(c->r, size));
	}
}

static void rule_rest(const struct check *c, const char *path)
{
	const struct resources *res = c->linux->resources;
	size_t i = 0;

	(void)path;
	if (!res)
		return;
	if (res->pids)
		check_limit(c, AT "pids.limit", res->pids->limit);
	LIST_EACH (r, &res->rdma)
		if (!r->hca_handles.set && !r->hca_objects.set)
			check_error(
				c->r,
				check_at(c->r, AT "rdma.%s", check_shown(c->r, r->key)),
				"has neither hcaHandles nor hcaObjects");
	if (!res->network)
		return;
	LIST_EACH (p, &res->network->priorities) {
		if (netdev_name_mistake(p->name, false))
			check_error(c->r,
				    check_at(c->r, AT "network.priorities[%zu].name", i),
				    "is not the name of a network device");
		i++;
	}
}

static void rule_unified(const struct check *c, const char *path)
{
	const struct resources *res = c->linux->resources;

	if (!res)
		return;
	LIST_EACH (p, &res->unified) {
		const char *name = p->key;

		if (name[0] == '\0' || strchr(name, '/') || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0)
			check_error(c->r, path,
				    "unified resource \"%s\" must be a file name (no "
				    "slashes)",
				    check_shown(c->r, name));
	}
}

static const struct check_rule resource_rules[] = {
	{ AT "devices", rule_devices },
	{ AT "memory", rule_memory },
	{ AT "cpu", rule_cpu },
	{ AT "blockIO", rule_block_io },
	{ AT "hugepageLimits", rule_hugepages },
	{ AT "pids", rule_rest },
	{ AT "unified", rule_unified },
};
const struct check_rules check_resource_rules = CHECK_RULES(resource_rules);
