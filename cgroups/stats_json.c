/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Statistics as JSON. The names, and which zeros are written, are those of runc's
 * types/events.go ("omitempty"). Runs in the program.
 */
#include "cgroups/stats.h"

/* Left out when it is 0 */
static void put_some(struct json_writer *j, const char *key, uint64_t v)
{
	if (v)
		json_put_uint(j, key, v);
}

static void put_map(struct json_writer *j, const char *key)
{
	json_key(j, key);
	json_map_begin(j);
}

static void put_psi_line(struct json_writer *j, const char *key, const struct psi_line *p)
{
	put_map(j, key);
	json_put_hundredths(j, "avg10", p->avg10);
	json_put_hundredths(j, "avg60", p->avg60);
	json_put_hundredths(j, "avg300", p->avg300);
	json_put_uint(j, "total", p->total);
	json_map_end(j);
}

static void put_psi(struct json_writer *j, const struct psi *p)
{
	if (!p->set)
		return;
	put_map(j, "psi");
	put_psi_line(j, "some", &p->some);
	put_psi_line(j, "full", &p->full);
	json_map_end(j);
}

static void put_cpu(struct json_writer *j, const struct cpu_stats *c)
{
	put_map(j, "cpu");
	put_map(j, "usage");
	put_some(j, "total", c->total);
	json_put_uint(j, "kernel", c->kernel);
	json_put_uint(j, "user", c->user);
	json_map_end(j);
	put_map(j, "throttling");
	put_some(j, "periods", c->periods);
	put_some(j, "throttledPeriods", c->throttled_periods);
	put_some(j, "throttledTime", c->throttled);
	json_map_end(j);
	put_psi(j, &c->psi);
	json_map_end(j);
}

static void put_list(struct json_writer *j, const char *key, const uints_t *list)
{
	if (list->n == 0)
		return;
	json_key(j, key);
	json_list_begin(j);
	LIST_EACH (v, list)
		json_uint(j, *v);
	json_list_end(j);
}

/* The flags are those of cgroup v1 */
static void put_cpuset(struct json_writer *j, const struct cgroup_stats *s)
{
	static const char *const flags[] = {
		"mem_hardwall",	      "mem_exclusive",
		"memory_migrate",     "memory_spread_page",
		"memory_spread_slab", "memory_pressure",
		"sched_load_balance", "sched_relax_domain_level",
	};

	put_map(j, "cpuset");
	put_list(j, "cpus", &s->cpus);
	json_put_uint(j, "cpu_exclusive", 0);
	put_list(j, "mems", &s->mems);
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		json_put_uint(j, flags[i], 0);
	json_map_end(j);
}

static void put_usage(struct json_writer *j, const char *key,
		      const struct memory_usage *m)
{
	put_map(j, key);
	json_put_uint(j, "limit", m->limit);
	put_some(j, "usage", m->usage);
	put_some(j, "max", m->max);
	json_put_uint(j, "failcnt", 0);
	json_map_end(j);
}

/* cgroup v2 counts the kernel's memory with the rest */
static void put_memory(struct json_writer *j, const struct memory_stats *m)
{
	static const struct memory_usage none;

	put_map(j, "memory");
	put_some(j, "cache", m->cache);
	put_usage(j, "usage", &m->memory);
	put_usage(j, "swap", &m->swap);
	put_usage(j, "kernel", &none);
	put_usage(j, "kernelTCP", &none);
	if (m->raw.n) {
		put_map(j, "raw");
		LIST_EACH (count, &m->raw)
			json_put_uint(j, count->key, count->v);
		json_map_end(j);
	}
	put_psi(j, &m->psi);
	json_map_end(j);
}

static void put_io(struct json_writer *j, const char *key, const io_counts_t *list)
{
	if (list->n == 0)
		return;
	json_key(j, key);
	json_list_begin(j);
	LIST_EACH (count, list) {
		json_map_begin(j);
		put_some(j, "major", count->major);
		put_some(j, "minor", count->minor);
		json_put_str(j, "op", count->op);
		put_some(j, "value", count->v);
		json_map_end(j);
	}
	json_list_end(j);
}

static void put_rdma(struct json_writer *j, const char *key, const rdma_list_t *list)
{
	json_key(j, key);
	json_list_begin(j);
	LIST_EACH (device, list) {
		json_map_begin(j);
		json_put_str(j, "device", device->device);
		json_put_uint(j, "hca_handles", device->handles);
		json_put_uint(j, "hca_objects", device->objects);
		json_map_end(j);
	}
	json_list_end(j);
}

void stats_json(struct json_writer *j, const struct cgroup_stats *s)
{
	put_cpu(j, &s->cpu);
	put_cpuset(j, s);
	put_memory(j, &s->memory);
	put_map(j, "pids");
	put_some(j, "current", s->pids.current);
	put_some(j, "limit", s->pids.limit);
	json_map_end(j);
	put_map(j, "blkio");
	put_io(j, "ioServiceBytesRecursive", &s->io.bytes);
	put_io(j, "ioServicedRecursive", &s->io.operations);
	put_psi(j, &s->io.psi);
	json_map_end(j);
	put_map(j, "hugetlb");
	LIST_EACH (h, &s->huge) {
		put_map(j, h->size);
		put_some(j, "usage", h->usage);
		json_put_uint(j, "failcnt", h->failures);
		json_map_end(j);
	}
	json_map_end(j);
	if (s->rdma_current.n == 0 && s->rdma_limit.n == 0)
		return;
	put_map(j, "rdma");
	put_rdma(j, "current", &s->rdma_current);
	put_rdma(j, "limit", &s->rdma_limit);
	json_map_end(j);
}
