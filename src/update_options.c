/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of update, each with its member of linux.resources: runs in the program */
#include "src/update_options.h"

#include <string.h>

#include "base/str.h"
#include "src/size.h"

/* A kind of value: its reader, which stores it and is false for what it should not be,
 * and what an error says that it takes */
struct kind {
	bool (*read)(const char *text, void *to);
	const char *takes;
};

static bool read_count(const char *text, void *to)
{
	struct opt_u64 *number = to;

	number->set = str_u64(text, UINT64_MAX, &number->v);
	return number->set;
}

/* 0 in the document is how engines say "leave it": not what is meant here */
static bool read_positive(const char *text, void *to)
{
	struct opt_u64 *number = to;

	return read_count(text, to) && number->v > 0;
}

static bool read_weight(const char *text, void *to)
{
	struct opt_u64 *number = to;

	return read_count(text, to) && number->v >= 10 && number->v <= 1000;
}

static bool read_signed(const char *text, void *to)
{
	struct opt_i64 *number = to;
	uint64_t v = 0;

	number->set = str_eq(text, "-1") || str_u64(text, INT64_MAX, &v);
	number->v = str_eq(text, "-1") ? -1 : (int64_t)v;
	return number->set;
}

static bool read_quota(const char *text, void *to)
{
	struct opt_i64 *number = to;

	return read_signed(text, to) && number->v != 0;
}

static bool read_switch(const char *text, void *to)
{
	struct opt_i64 *number = to;

	return read_signed(text, to) && (number->v == 0 || number->v == 1);
}

static bool read_size(const char *text, void *to)
{
	struct opt_i64 *number = to;
	uint64_t v;

	if (str_eq(text, "-1"))
		return read_signed(text, to);
	if (!size_parse(text, INT64_MAX, &v))
		return false;
	*number = (struct opt_i64){ .set = true, .v = (int64_t)v };
	return true;
}

static bool read_limit(const char *text, void *to)
{
	struct opt_i64 *number = to;

	return read_size(text, to) && number->v != 0;
}

static bool read_list(const char *text, void *to)
{
	char **list = to;

	*list = (char *)text; /* argv outlives us */
	return *text && strspn(text, "0123456789,-") == strlen(text);
}

#define NO_LIMIT ", or -1 for no limit"
static const struct kind kind_count = { read_count, "a whole number" };
static const struct kind kind_positive = { read_positive, "a whole number above 0" };
static const struct kind kind_weight = { read_weight, "a whole number from 10 to 1000" };
static const struct kind kind_signed = { read_signed, "a whole number" NO_LIMIT };
static const struct kind kind_quota = { read_quota, "a whole number above 0" NO_LIMIT };
static const struct kind kind_switch = { read_switch, "0 or 1" };
static const struct kind kind_size = { read_size, "a size like 512m" NO_LIMIT };
static const struct kind kind_limit = { read_limit, "a size like 512m" NO_LIMIT };
static const struct kind kind_list = { read_list, "a list like 0-3,7" };

/* An option, and the member of an object of struct resources that it sets */
struct flag {
	const char *name;
	size_t from; /* in struct update_options */
	const struct kind *kind;
	size_t object, object_size; /* the pointer to it, in struct resources */
	size_t to;		    /* in it */
};
#define FLAG(name_, from_, type_, object_, to_)                                          \
	{                                                                                \
		.name = (name_), .from = offsetof(struct update_options, from_),         \
		.kind = &kind_##type_, .object = offsetof(struct resources, object_),    \
		.object_size = sizeof(struct res_##object_),                             \
		.to = offsetof(struct res_##object_, to_)                                \
	}
static const struct flag flags[] = {
	FLAG("blkio-weight", blkio_weight, weight, block_io, weight),
	FLAG("cpu-period", cpu_period, positive, cpu, period),
	FLAG("cpu-quota", cpu_quota, quota, cpu, quota),
	FLAG("cpu-burst", cpu_burst, count, cpu, burst),
	FLAG("cpu-share", cpu_share, positive, cpu, shares),
	FLAG("cpu-idle", cpu_idle, switch, cpu, idle),
	FLAG("cpu-rt-period", cpu_rt_period, count, cpu, rt_period),
	FLAG("cpu-rt-runtime", cpu_rt_runtime, signed, cpu, rt_runtime),
	FLAG("cpuset-cpus", cpuset_cpus, list, cpu, cpus),
	FLAG("cpuset-mems", cpuset_mems, list, cpu, mems),
	FLAG("memory", memory, limit, memory, limit),
	FLAG("memory-reservation", memory_reservation, limit, memory, reservation),
	FLAG("memory-swap", memory_swap, limit, memory, swap),
	FLAG("kernel-memory", kernel_memory, size, memory, kernel),
	FLAG("kernel-memory-tcp", kernel_memory_tcp, size, memory, kernel_tcp),
	FLAG("pids-limit", pids_limit, signed, pids, limit),
};

static int mistake(const char *name, const char *takes, const char *text, struct err *e)
{
	return err_plain(e, EINVAL, "option --%s takes %s, not \"%s\"", name, takes,
			 text);
}

static int alone(const struct update_options *o, const char *name, struct err *e)
{
	if (!o->resources)
		return 0;
	return err_plain(e, EINVAL, "options --resources and --%s exclude each other",
			 name);
}

static int set_flag(const struct flag *f, const struct update_options *o, struct arena *a,
		    struct resources *r, struct err *e)
{
	const char *text;
	char *object;

	memcpy(&text, (const char *)o + f->from, sizeof(text));
	if (!text)
		return 0;
	if (alone(o, f->name, e) < 0)
		return -1;
	memcpy(&object, (char *)r + f->object, sizeof(object));
	if (!object)
		object = arena_get(a, f->object_size);
	memcpy((char *)r + f->object, &object, sizeof(object));
	if (!f->kind->read(text, object + f->to))
		return mistake(f->name, f->kind->takes, text, e);
	return 0;
}

/* An option that the document has no member for: a file of the cgroup */
static int set_file(const char *name, const char *text, const char *file,
		    const struct update_options *o, struct arena *a, struct resources *r,
		    struct err *e)
{
	struct opt_i64 bytes;
	struct pair *pair;

	if (!text)
		return 0;
	if (alone(o, name, e) < 0)
		return -1;
	if (!read_size(text, &bytes))
		return mistake(name, kind_size.takes, text, e);
	pair = list_add(a, &r->unified);
	pair->key = arena_strdup(a, file);
	pair->value = bytes.v < 0 ? arena_strdup(a, "max")
				  : arena_fmt(a, "%lld", (long long)bytes.v);
	return 0;
}

/* "10" or "*", which is -1 as in the document */
static bool read_number(const char *text, size_t len, struct opt_i64 *number)
{
	uint64_t v = 0;
	bool any = len == 1 && *text == '*';

	number->set = true;
	if (!any && !str_u64n(text, len, UINT32_MAX, &v))
		return false;
	number->v = any ? -1 : (int64_t)v;
	return true;
}

/* "c 10:200 rwm" */
static bool read_rule(const char *text, struct arena *a, struct res_device *rule)
{
	strings_t words = str_split(a, text, ' ');
	const char *numbers, *colon;

	if (words.n != 3)
		return false;
	numbers = words.items[1];
	colon = strchr(numbers, ':');
	*rule = (struct res_device){ .allow = true,
				     .type = words.items[0],
				     .access = words.items[2] };
	return colon && strchr("abc", rule->type[0]) && strlen(rule->type) == 1 &&
	       read_number(numbers, (size_t)(colon - numbers), &rule->major) &&
	       read_number(colon + 1, strlen(colon + 1), &rule->minor) && *rule->access &&
	       strlen(rule->access) <= 3 &&
	       strspn(rule->access, "rwm") == strlen(rule->access);
}

static int add_rules(const struct update_options *o, struct arena *a, struct resources *r,
		     struct err *e)
{
	LIST_EACH (text, &o->device_rules) {
		struct res_device rule;

		if (alone(o, "device-cgroup-rule", e) < 0)
			return -1;
		if (!read_rule(*text, a, &rule))
			return mistake("device-cgroup-rule", "a rule like c 10:200 rwm",
				       *text, e);
		*list_add(a, &r->devices) = rule;
	}
	return 0;
}

int update_resources(const struct update_options *o, struct arena *a, struct resources *r,
		     struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(flags); i++)
		if (set_flag(&flags[i], o, a, r, e) < 0)
			return -1;
	if (set_file("memory-high", o->memory_high, "memory.high", o, a, r, e) < 0 ||
	    set_file("memory-low", o->memory_low, "memory.low", o, a, r, e) < 0)
		return -1;
	return add_rules(o, a, r, e);
}
