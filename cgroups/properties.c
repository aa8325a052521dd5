/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits as properties of a systemd unit; pure, runs in the program.
 *
 * The files are written as well. systemd must know the same values: at a daemon-reload,
 * and whenever it changes a cgroup, it writes what it knows over what is there. What it
 * cannot be told (hugetlb, rdma ...), or would refuse, it leaves alone.
 */
#include <string.h>

#include "base/str.h"
#include "cgroups/unit.h"

#define UNLIMITED	"18446744073709551615" /* "infinity" and "not set" of systemd */
#define USEC_PER_SEC	1000000UL
#define USEC_PER_MSEC	1000UL
#define USEC_PER_PERIOD 100000UL /* the kernel's default */
#define CPUS_MAX	8192UL

struct draft {
	struct arena *a;
	unit_properties_t *out;
	int version;
	bool idle;    /* CPUWeight is said by cpu.idle */
	bool too_far; /* beyond what systemd counts */
};

struct row {
	const char *file, *property;
	int since; /* version of systemd */
	/* text is the value for this file. May replace it by what systemd would write. */
	void (*put)(struct draft *d, const struct row *row, const char **text);
	uint64_t min, max; /* that systemd takes; max 0: any */
};

struct unit_property *unit_property_find(const unit_properties_t *all, const char *name)
{
	LIST_EACH (p, all)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

/* The property of that name, without values; a later limit replaces an earlier one */
static struct unit_property *draft_property(struct draft *d, const char *name,
					    const char *type)
{
	struct unit_property *p = unit_property_find(d->out, name);

	if (!p)
		p = list_add(d->a, d->out);
	*p = (struct unit_property){ .name = name, .type = type };
	return p;
}

static void draft_text(struct draft *d, const char *name, const char *type,
		       const char *value)
{
	struct unit_property *p = draft_property(d, name, type);

	strings_add(d->a, &p->values, arena_strdup(d->a, value));
}

static void draft_number(struct draft *d, const char *name, uint64_t value)
{
	draft_text(d, name, "t", arena_fmt(d->a, "%lu", value));
}

static bool is_max(const char *text)
{
	return strcmp(text, "max") == 0;
}

/* A number as the kernel's memparse() takes it: "512M" */
static bool number_parse(const char *text, uint64_t *v)
{
	static const char units[] = "KMGTPE";
	size_t n = strspn(text, "0123456789");
	const char *unit = text[n] ? strchr(units, text[n] & ~0x20) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;

	if (!str_u64n(text, n, UINT64_MAX, v) || (text[n] && (!unit || text[n + 1])))
		return false;
	if (*v > UINT64_MAX >> shift)
		return false;
	*v <<= shift;
	return true;
}

static void put_limit(struct draft *d, const struct row *row, const char **text)
{
	uint64_t v;

	if (is_max(*text))
		draft_text(d, row->property, "t", UNLIMITED);
	else if (number_parse(*text, &v) && v >= row->min)
		draft_number(d, row->property, v);
}

/* systemd has no limit of 0; with the container's init in it, 1 says the same: no fork */
static void put_pids(struct draft *d, const struct row *row, const char **text)
{
	const char *one = strcmp(*text, "0") == 0 ? "1" : *text;

	put_limit(d, row, &one);
}

static void put_cpu_weight(struct draft *d, const struct row *row, const char **text)
{
	uint64_t v;

	if (!d->idle && str_u64(*text, row->max, &v) && v >= row->min)
		draft_number(d, row->property, v);
}

/* CPUWeight=idle is its weight 0. Not idle: the weight that the kernel falls back to, if
 * no other is given. */
static void put_cpu_idle(struct draft *d, const struct row *row, const char **text)
{
	d->idle = strcmp(*text, "1") == 0;
	if (d->idle)
		draft_number(d, row->property, 0);
	else if (strcmp(*text, "0") == 0)
		draft_text(d, row->property, "t", UNLIMITED);
}

/* "QUOTA [PERIOD]" in microseconds; quota 0: "max" */
static bool cpu_max_parse(const char *text, uint64_t *quota, uint64_t *period)
{
	size_t n = strcspn(text, " ");

	*quota = 0;
	*period = USEC_PER_PERIOD;
	if (!(n == 3 && strncmp(text, "max", 3) == 0) &&
	    (!str_u64n(text, n, UINT64_MAX / USEC_PER_SEC / 2, quota) || *quota == 0))
		return false;
	if (!text[n])
		return true;
	return str_u64(text + n + 1, USEC_PER_SEC, period) && *period > 0;
}

/* The period that systemd makes of one: at least 1 ms, and so long that the quota is 1 ms
 * too; at most 1 s (systemd, cgroup_cpu_adjust_period()). Always 100 ms before 242. */
static uint64_t cpu_period(int version, uint64_t period, uint64_t per_sec)
{
	uint64_t least = USEC_PER_MSEC * USEC_PER_SEC / per_sec;

	if (version < 242)
		period = USEC_PER_PERIOD;
	if (period < USEC_PER_MSEC)
		period = USEC_PER_MSEC;
	if (period < least)
		period = least;
	return period < USEC_PER_SEC ? period : USEC_PER_SEC;
}

/* systemd counts in whole percents: what a daemon-reload reads is a drop-in file that
 * says "CPUQuota=12%". The file of the cgroup gets what it would then write. */
static void put_cpu_max(struct draft *d, const struct row *row, const char **text)
{
	uint64_t quota, period, per_sec;

	if (!cpu_max_parse(*text, &quota, &period))
		return;
	if (d->version >= 242)
		draft_number(d, "CPUQuotaPeriodUSec", period);
	if (quota == 0) {
		draft_text(d, row->property, "t", UNLIMITED);
		return;
	}
	per_sec = quota * USEC_PER_SEC / period;
	per_sec = (per_sec + 9999) / 10000 * 10000;
	period = cpu_period(d->version, period, per_sec);
	if (__builtin_mul_overflow(per_sec, period, &quota)) {
		d->too_far = true;
		return;
	}
	draft_number(d, row->property, per_sec);
	quota /= USEC_PER_SEC;
	*text = arena_fmt(d->a, "%lu %lu", quota > USEC_PER_MSEC ? quota : USEC_PER_MSEC,
			  period);
}

/* "0-3,7" as bits, the first byte's lowest first; the number of bytes. 0: the kernel may
 * know what it is. */
static size_t bits_parse(struct draft *d, const char *text,
			 unsigned char bits[CPUS_MAX / 8])
{
	size_t bytes = 0;

	while (*text) {
		size_t n = strcspn(text, ",\n");
		const char *dash = memchr(text, '-', n);
		size_t head = dash ? (size_t)(dash - text) : n;
		uint64_t from, to;

		if (!str_u64n(text, head, UINT32_MAX, &from))
			return 0;
		to = from;
		if (dash && !str_u64n(dash + 1, n - head - 1, UINT32_MAX, &to))
			return 0;
		d->too_far |= to >= CPUS_MAX;
		if (to < from || to >= CPUS_MAX)
			return 0;
		for (uint64_t i = from; i <= to; i++)
			bits[i / 8] |= (unsigned char)(1U << i % 8);
		if (to / 8 + 1 > bytes)
			bytes = to / 8 + 1;
		text += n + (text[n] != '\0');
	}
	return bytes;
}

static void put_set(struct draft *d, const struct row *row, const char **text)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bits[CPUS_MAX / 8] = { 0 };
	size_t bytes = bits_parse(d, *text, bits);
	char *hex = arena_get(d->a, 2 * bytes + 1);

	if (bytes == 0 && **text)
		return;
	for (size_t i = 0; i < bytes; i++) {
		hex[2 * i] = digits[bits[i] >> 4];
		hex[2 * i + 1] = digits[bits[i] & 15];
	}
	draft_text(d, row->property, "ay", hex);
}

static void put_oom_group(struct draft *d, const struct row *row, const char **text)
{
	draft_text(d, row->property, "s", strcmp(*text, "1") == 0 ? "kill" : "continue");
}

/* Add (device, value) to a property of pairs; a later value for a device replaces an
 * earlier one there, too */
static void draft_device(struct draft *d, const char *name, const char *device, size_t n,
			 const char *value)
{
	struct unit_property *p = unit_property_find(d->out, name);

	if (!p)
		p = draft_property(d, name, "a(st)");
	strings_add(d->a, &p->values, arena_fmt(d->a, "/dev/block/%.*s", (int)n, device));
	strings_add(d->a, &p->values, (char *)value);
}

/* "8:0": the length of it, with a blank behind; 0: it is none */
static size_t device_length(const char *text)
{
	size_t major = strspn(text, "0123456789"), minor;

	if (major == 0 || text[major] != ':')
		return 0;
	minor = strspn(text + major + 1, "0123456789");
	return minor > 0 && text[major + 1 + minor] == ' ' ? major + 1 + minor : 0;
}

/* "100", "default 100", "8:0 100" */
static void put_io_weight(struct draft *d, const struct row *row, const char **text)
{
	size_t device = device_length(*text);
	const char *number = *text + (device ? device + 1 : 0);
	uint64_t v;

	if (str_starts(number, "default "))
		number += strlen("default ");
	if (device && strcmp(number, "default") == 0)
		draft_device(d, "IODeviceWeight", *text, device, UNLIMITED);
	else if (!str_u64(number, row->max, &v) || v < row->min)
		return;
	else if (device)
		draft_device(d, "IODeviceWeight", *text, device, number);
	else
		draft_number(d, row->property, v);
}

static const struct {
	const char *word, *property;
} io_words[] = {
	{ "rbps=", "IOReadBandwidthMax" },
	{ "wbps=", "IOWriteBandwidthMax" },
	{ "riops=", "IOReadIOPSMax" },
	{ "wiops=", "IOWriteIOPSMax" },
};

/* "8:0 rbps=1048576 wiops=max", a property for each word; row is io.max's */
static void put_io_max(struct draft *d, const struct row *row, const char **text)
{
	size_t device = device_length(*text);
	strings_t words;

	if (!device)
		return;
	words = str_split(d->a, *text + device + 1, ' ');
	LIST_EACH (word, &words)
		for (size_t i = 0; i < ARRAY_LEN(io_words); i++) {
			const char *v = *word + strlen(io_words[i].word);
			uint64_t number;

			if (!str_starts(*word, io_words[i].word))
				continue;
			if (is_max(v))
				v = UNLIMITED;
			if (str_u64(v, UINT64_MAX, &number) && number >= row->min)
				draft_device(d, io_words[i].property, *text, device, v);
		}
}

static const struct row rows[] = {
	{ "memory.max", "MemoryMax", 0, put_limit, 1, 0 },
	{ "memory.high", "MemoryHigh", 0, put_limit, 1, 0 },
	{ "memory.low", "MemoryLow", 0, put_limit, 0, 0 },
	{ "memory.min", "MemoryMin", 0, put_limit, 0, 0 },
	{ "memory.swap.max", "MemorySwapMax", 0, put_limit, 0, 0 },
	{ "memory.zswap.max", "MemoryZSwapMax", 253, put_limit, 0, 0 },
	{ "memory.oom.group", "OOMPolicy", 253, put_oom_group, 0, 0 },
	{ "pids.max", "TasksMax", 0, put_pids, 1, 0 },
	{ "cpu.weight", "CPUWeight", 0, put_cpu_weight, 1, 10000 },
	{ "cpu.idle", "CPUWeight", 252, put_cpu_idle, 0, 1 },
	{ "cpu.max", "CPUQuotaPerSecUSec", 0, put_cpu_max, 0, 0 },
	{ "cpuset.cpus", "AllowedCPUs", 244, put_set, 0, 0 },
	{ "cpuset.mems", "AllowedMemoryNodes", 244, put_set, 0, 0 },
	{ "io.weight", "IOWeight", 0, put_io_weight, 1, 10000 },
	{ "io.max", NULL, 0, put_io_max, 1, 0 },
};

static const struct row *row_find(const char *file)
{
	for (size_t i = 0; file && i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].file, file) == 0)
			return &rows[i];
	return NULL;
}

/* Those that say more than one limit, and those of cgroup v1, which systemd still takes
 * for their successors */
static const char *const other_limits[] = {
	"CPUQuotaPeriodUSec", "IODeviceWeight",	      "CPUShares",
	"MemoryLimit",	      "BlockIOWeight",	      "BlockIODeviceWeight",
	"DisableControllers", "BlockIOReadBandwidth", "BlockIOWriteBandwidth",
};

/* Whether it is that one, or one of its kind: "StartupCPUWeight", "MemoryMaxScale" */
static bool is_kind_of(const char *name, const char *property)
{
	size_t n = strlen(property);

	if (str_starts(name, "Startup"))
		name += strlen("Startup");
	else if (str_starts(name, "Default"))
		name += strlen("Default");
	return strncmp(name, property, n) == 0 &&
	       (!name[n] || strcmp(name + n, "Scale") == 0);
}

bool unit_property_is_limit(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].property && is_kind_of(name, rows[i].property))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(io_words); i++)
		if (is_kind_of(name, io_words[i].property))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(other_limits); i++)
		if (is_kind_of(name, other_limits[i]))
			return true;
	return false;
}

bool unit_properties_vary(const limits_t *limits)
{
	LIST_EACH (limit, limits) {
		const struct row *row = row_find(limit->file);

		if (row && row->since > UNIT_OLDEST)
			return true;
	}
	return false;
}

int unit_properties(limits_t *limits, int version, struct arena *a,
		    unit_properties_t *out, struct err *e)
{
	struct draft d = { .a = a, .out = out, .version = version };

	*out = (unit_properties_t){ NULL, 0 };
	LIST_EACH (limit, limits) {
		const struct row *row = row_find(limit->file);
		bool other = !row && (row = row_find(limit->or_file));

		if (row && version >= row->since)
			row->put(&d, row, other ? &limit->or_text : &limit->text);
		if (d.too_far)
			return err_set(e, ERANGE, "tell systemd %s \"%s\"", limit->file,
				       limit->text);
	}
	return 0;
}
