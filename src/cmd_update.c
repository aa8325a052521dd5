/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril update: other limits for a container that runs; runs in the program */
#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "src/cmd.h"
#include "src/update_options.h"

#define ROW(kind, member, ...) OPT_ROW(kind, struct update_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	ROW(TEXT, resources, "resources", 'r', "FILE",
	    "the object linux.resources, as JSON; - is stdin"),
	ROW(TEXT, blkio_weight, "blkio-weight", 0, "N", "share of disks: 10 to 1000"),
	ROW(TEXT, cpu_period, "cpu-period", 0, "USEC", "what the quota is counted in"),
	ROW(TEXT, cpu_quota, "cpu-quota", 0, "USEC", "time on CPUs in each period"),
	ROW(TEXT, cpu_burst, "cpu-burst", 0, "USEC",
	    "unused quota that is kept for later"),
	ROW(TEXT, cpu_share, "cpu-share", 0, "N", "share of CPUs; 1024 is the usual one"),
	ROW(TEXT, cpu_rt_period, "cpu-rt-period", 0, "USEC",
	    "of cgroup v1: a warning says so"),
	ROW(TEXT, cpu_rt_runtime, "cpu-rt-runtime", 0, "USEC",
	    "of cgroup v1: a warning says so"),
	ROW(TEXT, cpuset_cpus, "cpuset-cpus", 0, "LIST", "CPUs that may be used: 0-3,7"),
	ROW(TEXT, cpuset_mems, "cpuset-mems", 0, "LIST", "memory nodes that may be used"),
	ROW(TEXT, cpu_idle, "cpu-idle", 0, "N", "1: run only when nobody else wants to"),
	ROW(TEXT, memory, "memory", 'm', "SIZE", "memory at most: 512m, 2g"),
	ROW(TEXT, memory_reservation, "memory-reservation", 0, "SIZE",
	    "memory that is not taken away while others have some"),
	ROW(TEXT, memory_swap, "memory-swap", 0, "SIZE",
	    "memory and swap together at most"),
	ROW(TEXT, memory_high, "memory-high", 0, "SIZE",
	    "memory above which processes are slowed down"),
	ROW(TEXT, memory_low, "memory-low", 0, "SIZE",
	    "the same as --memory-reservation"),
	ROW(TEXT, pids_limit, "pids-limit", 0, "N", "processes and threads at most"),
	ROW(TEXTS, device_rules, "device-cgroup-rule", 0, "RULE",
	    "a device that may be used, too: \"c 10:200 rwm\";\n"
	    "                              may be repeated"),
	/* limits of kernels that are gone: update says that they are lost */
	ROW(TEXT, kernel_memory, "kernel-memory", 0, "SIZE", NULL),
	ROW(TEXT, kernel_memory_tcp, "kernel-memory-tcp", 0, "SIZE", NULL),
	ROW(TEXT, l3_cache_schema, "l3-cache-schema", 0, "SCHEMA",
	    "parts of the L3 cache: L3:0=ff;1=ff"),
	ROW(TEXT, mem_bw_schema, "mem-bw-schema", 0, "SCHEMA",
	    "memory bandwidth: MB:0=50;1=50"),
};

/* config.json itself, or its member "linux", would be read as one without limits */
struct whole {
	char *version;
	struct resources *resources;
	struct whole *linux;
};
#define WHOLE(kind, member, key, ...)                                                    \
	JSON_ROW(kind, struct whole, member, key, ##__VA_ARGS__)
static const struct json_member linux_members[] = {
	WHOLE(OBJ, resources, "resources", .shape = &resources_shape),
};
static const struct json_shape linux_shape = JSON_SHAPE(struct whole, linux_members);
static const struct json_member whole_members[] = {
	WHOLE(STR, version, "ociVersion"),
	WHOLE(OBJ, resources, "resources", .shape = &resources_shape),
	WHOLE(OBJ, linux, "linux", .shape = &linux_shape),
};
static const struct json_shape whole_shape = JSON_SHAPE(struct whole, whole_members);

static int check_alone(const char *text, size_t len, struct arena *a, struct err *e)
{
	struct whole whole = { NULL, NULL, NULL };

	if (json_read(text, len, &whole_shape, &whole, a, e) < 0)
		return -1;
	if (!whole.version && !whole.resources && !whole.linux)
		return 0;
	return err_plain(e, EINVAL,
			 "this is a larger document: the object linux.resources alone is "
			 "wanted");
}

static int read_document(const char *path, struct arena *a, struct resources *r,
			 struct err *e)
{
	bool is_stdin = str_eq(path, "-");
	const char *what = is_stdin ? "standard input" : path;
	autofd file = -1;
	size_t len;
	char *text;

	/* also from a pipe: /dev/fd/63 of a shell */
	if (!is_stdin && (file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
		return err_sys(e, "open %s", path);
	text = file_read_fd(a, is_stdin ? STDIN_FILENO : file, what, JSON_SIZE_MAX, &len,
			    e);
	if (!text)
		return -1;
	if (json_read(text, len, &resources_shape, r, a, e) < 0 ||
	    check_alone(text, len, a, e) < 0)
		return err_wrap(e, "%s", what);
	return 0;
}

/* Rules of the command line go behind those that the container has */
static int join_rules(struct box *b, struct arena *a, res_devices_t *rules, struct err *e)
{
	res_devices_t all = { NULL, 0 }, present;

	if (launch_device_rules(b, &present, e) < 0)
		return -1;
	LIST_EACH (rule, &present)
		*list_add(a, &all) = *rule;
	LIST_EACH (rule, rules)
		*list_add(a, &all) = *rule;
	*rules = all;
	return 0;
}

static int update_run(struct call *c, const void *options, struct err *e)
{
	static const struct opt_u64 no_fds;
	const struct update_options *o = options;
	struct launch how = { .request = { .id = c->words.items[0] } };
	struct resources r = { .memory = NULL };
	autobox b = BOX_NONE;

	if (call_launch(c, &no_fds, &how, e) < 0)
		return -1;
	if (launch_schemata_check(o->l3_cache_schema, o->mem_bw_schema, e) < 0)
		return -1;
	if (update_resources(o, c->arena, &r, e) < 0)
		return -1;
	/* before the box is locked: who writes it may take their time */
	if (o->resources && read_document(o->resources, c->arena, &r, e) < 0)
		return -1;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	if (o->device_rules.n && join_rules(&b, c->arena, &r.devices, e) < 0)
		return -1;
	if (launch_update(&how, &b, &r, e) < 0)
		return -1;
	return launch_update_schemata(&how, &b, o->l3_cache_schema, o->mem_bw_schema, e);
}

const struct verb verb_update = {
	.name = "update",
	.words = "ID",
	.summary = "change the limits of a container",
	.min = 1,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct update_options),
	.run = update_run,
};
