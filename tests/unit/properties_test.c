/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits as properties of a systemd unit */
#include "base/text.h"
#include "cgroups/unit.h"
#include "tests/unit/check.h"

struct row {
	int version;
	const char *limits; /* "FILE=TEXT;FILE=TEXT" */
	const char *properties;
	const char *limits_after; /* NULL: as before */
};

static const char max[] = "18446744073709551615";

static limits_t limits_of(struct arena *a, const char *text)
{
	limits_t limits = { NULL, 0 };

	while (*text) {
		size_t n = strcspn(text, ";"), name = strcspn(text, "=");
		struct limit *l = list_add(a, &limits);

		l->where = "x";
		l->file = arena_strndup(a, text, name);
		l->text = arena_strndup(a, text + name + 1, n - name - 1);
		text += n + (text[n] == ';');
	}
	return limits;
}

static char *limits_text(struct arena *a, const limits_t *limits)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", "");
	LIST_EACH (l, limits)
		text_add(&t, "%s%s=%s", l == limits->items ? "" : ";", l->file, l->text);
	return t.s;
}

/* "NAME TYPE VALUE,VALUE;..." with MAX for UINT64_MAX */
static char *properties_text(struct arena *a, const unit_properties_t *all)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", "");
	LIST_EACH (p, all) {
		text_add(&t, "%s%s %s ", p == all->items ? "" : ";", p->name, p->type);
		LIST_EACH (v, &p->values)
			text_add(&t, "%s%s", v == p->values.items ? "" : ",",
				 strcmp(*v, max) == 0 ? "MAX" : *v);
	}
	return t.s ? t.s : arena_strdup(a, "");
}

static const struct row rows[] = {
	{ 252, "", "", NULL },
	{ 252, "hugetlb.2MB.max=5;rdma.max=x;cgroup.max.depth=5", "", NULL },
	/* memory */
	{ 252,
	  "memory.max=67108864;memory.high=max;memory.low=0;memory.min=4096;"
	  "memory.swap.max=0",
	  "MemoryMax t 67108864;MemoryHigh t MAX;MemoryLow t 0;MemoryMin t 4096;"
	  "MemorySwapMax t 0",
	  NULL },
	{ 252, "memory.high=64M;memory.max=1g",
	  "MemoryHigh t 67108864;MemoryMax t 1073741824", NULL },
	{ 252, "memory.max=0;memory.high=0", "", NULL },
	{ 252, "memory.max=17E;memory.high=5x;memory.low=5MM;memory.min=", "", NULL },
	{ 252, "memory.max=5;memory.max=7", "MemoryMax t 7", NULL },
	{ 252, "memory.zswap.max=5;memory.oom.group=1", "", NULL },
	{ 253, "memory.zswap.max=5;memory.oom.group=1",
	  "MemoryZSwapMax t 5;OOMPolicy s kill", NULL },
	{ 253, "memory.oom.group=0", "OOMPolicy s continue", NULL },
	/* pids */
	{ 252, "pids.max=max", "TasksMax t MAX", NULL },
	{ 252, "pids.max=100", "TasksMax t 100", NULL },
	{ 252, "pids.max=0", "TasksMax t 1", NULL },
	/* cpu */
	{ 252, "cpu.weight=1", "CPUWeight t 1", NULL },
	{ 252, "cpu.weight=10000", "CPUWeight t 10000", NULL },
	{ 252, "cpu.weight=0", "", NULL },
	{ 252, "cpu.weight=10001", "", NULL },
	{ 252, "cpu.idle=1", "CPUWeight t 0", NULL },
	{ 252, "cpu.idle=1;cpu.weight=100", "CPUWeight t 0", NULL },
	{ 252, "cpu.idle=0", "CPUWeight t MAX", NULL },
	{ 252, "cpu.idle=0;cpu.weight=5", "CPUWeight t 5", NULL },
	{ 251, "cpu.idle=1;cpu.weight=5", "CPUWeight t 5", NULL },
	{ 252, "cpu.max=50000 100000",
	  "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t 500000", NULL },
	{ 252, "cpu.max=max 100000",
	  "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t MAX", NULL },
	{ 252, "cpu.max=max", "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t MAX",
	  NULL },
	{ 252, "cpu.max=20000", "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t 200000",
	  "cpu.max=20000 100000" },
	/* whole percents, rounded up */
	{ 252, "cpu.max=33333 100000",
	  "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t 340000",
	  "cpu.max=34000 100000" },
	{ 252, "cpu.max=1 100000",
	  "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t 10000",
	  "cpu.max=1000 100000" },
	{ 252, "cpu.max=100 1000000",
	  "CPUQuotaPeriodUSec t 1000000;CPUQuotaPerSecUSec t 10000",
	  "cpu.max=10000 1000000" },
	/* a quota of less than 1 ms: a longer period */
	{ 252, "cpu.max=1000 10000",
	  "CPUQuotaPeriodUSec t 10000;CPUQuotaPerSecUSec t 100000", NULL },
	{ 252, "cpu.max=500 10000",
	  "CPUQuotaPeriodUSec t 10000;CPUQuotaPerSecUSec t 50000", "cpu.max=1000 20000" },
	{ 252, "cpu.max=400000 100000",
	  "CPUQuotaPeriodUSec t 100000;CPUQuotaPerSecUSec t 4000000", NULL },
	{ 252, "cpu.max=9200000000000 1000",
	  "CPUQuotaPeriodUSec t 1000;CPUQuotaPerSecUSec t 9200000000000000", NULL },
	{ 252, "cpu.max=18446744073709 1", "", NULL },
	{ 241, "cpu.max=5000 50000", "CPUQuotaPerSecUSec t 100000",
	  "cpu.max=10000 100000" },
	{ 252, "cpu.max=0 100000;cpu.max=5 0;cpu.max=x;cpu.max=5 5 5", "", NULL },
	{ 252, "cpu.max.burst=5", "", NULL },
	/* sets */
	{ 252, "cpuset.cpus=0-3,7;cpuset.mems=0",
	  "AllowedCPUs ay 8f;AllowedMemoryNodes ay 01", NULL },
	{ 252, "cpuset.cpus=8,15", "AllowedCPUs ay 0081", NULL },
	{ 252, "cpuset.cpus=", "AllowedCPUs ay ", NULL },
	{ 252, "cpuset.cpus=0-7:2/4", "", NULL },
	{ 252, "cpuset.cpus=all", "", NULL },
	{ 252, "cpuset.cpus=3-1", "", NULL },
	{ 243, "cpuset.cpus=0", "", NULL },
	/* io */
	{ 252, "io.weight=100", "IOWeight t 100", NULL },
	{ 252, "io.weight=default 200", "IOWeight t 200", NULL },
	{ 252, "io.weight=8:0 300;io.weight=8:16 400",
	  "IODeviceWeight a(st) /dev/block/8:0,300,/dev/block/8:16,400", NULL },
	{ 252, "io.weight=8:0 default", "IODeviceWeight a(st) /dev/block/8:0,MAX", NULL },
	{ 252, "io.weight=0;io.weight=8:0;io.weight=8: 5;io.weight=:0 5", "", NULL },
	{ 252, "io.max=8:0 rbps=1048576;io.max=8:0 wiops=max;io.max=8:16 rbps=5",
	  "IOReadBandwidthMax a(st) /dev/block/8:0,1048576,/dev/block/8:16,5;"
	  "IOWriteIOPSMax a(st) /dev/block/8:0,MAX",
	  NULL },
	{ 252, "io.max=8:0 wbps=1 riops=2",
	  "IOWriteBandwidthMax a(st) /dev/block/8:0,1;"
	  "IOReadIOPSMax a(st) /dev/block/8:0,2",
	  NULL },
	{ 252, "io.max=8:0 rbps=0 xbps=5 rbps=", "", NULL },
};

static void test_row(const struct row *row)
{
	struct arena a = check_arena();
	limits_t limits = limits_of(&a, row->limits);
	unit_properties_t got;
	struct err e = ERR_NONE;

	CHECK(unit_properties(&limits, row->version, &a, &got, &e) == 0, "%s",
	      row->limits);
	CHECK_STR(properties_text(&a, &got), row->properties, "%s for systemd %d",
		  row->limits, row->version);
	CHECK_STR(limits_text(&a, &limits),
		  row->limits_after ? row->limits_after : row->limits, "the files of %s",
		  row->limits);
	arena_done(&a);
}

/* bfq's file where it exists; systemd writes that too, from io.weight's value */
static void test_other_file(void)
{
	struct arena a = check_arena();
	struct limit limit = { .where = "blockIO.weight",
			       .file = "io.bfq.weight",
			       .text = "500",
			       .or_file = "io.weight",
			       .or_text = "4950" };
	limits_t limits = { &limit, 1 };
	unit_properties_t got;
	struct err e = ERR_NONE;

	unit_properties(&limits, 252, &a, &got, &e);
	CHECK_STR(properties_text(&a, &got), "IOWeight t 4950", "the other file's value");
	arena_done(&a);
}

static void test_too_far(void)
{
	struct arena a = check_arena();
	limits_t limits = limits_of(&a, "cpuset.cpus=0,8192");
	unit_properties_t got;
	struct err e = ERR_NONE;

	CHECK(unit_properties(&limits, 252, &a, &got, &e) == -1 && e.num == ERANGE,
	      "a CPU that systemd cannot know");
	CHECK_STR(e.text, "tell systemd cpuset.cpus \"0,8192\"", "is named");
	limits = limits_of(&a, "cpuset.cpus=8191");
	e = (struct err)ERR_NONE;
	CHECK(unit_properties(&limits, 252, &a, &got, &e) == 0 && got.n == 1 &&
		      strlen(got.items[0].values.items[0]) == 2048,
	      "the last one");
	arena_done(&a);
}

/* Not a small number because a large one did not fit */
static void test_much_cpu(void)
{
	struct arena a = check_arena();
	limits_t limits = limits_of(&a, "cpu.max=9200000000000 1");
	unit_properties_t got;
	struct err e = ERR_NONE;

	CHECK(unit_properties(&limits, 252, &a, &got, &e) == -1 && e.num == ERANGE,
	      "more CPU time than 64 bits hold");
	CHECK_STR(e.text, "tell systemd cpu.max \"9200000000000 1\"", "is named");
	arena_done(&a);
}

static void test_vary(void)
{
	static const struct {
		const char *limits;
		bool want;
	} cases[] = {
		{ "", false },
		{ "memory.max=5;pids.max=1;cpu.max=5 100000;cpuset.cpus=0", false },
		{ "hugetlb.2MB.max=5", false },
		{ "cpu.idle=1", true },
		{ "memory.max=5;memory.oom.group=1", true },
		{ "memory.zswap.max=5", true },
	};
	struct arena a = check_arena();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		limits_t limits = limits_of(&a, cases[i].limits);

		CHECK(unit_properties_vary(&limits) == cases[i].want,
		      "\"%s\": the version is %s", cases[i].limits,
		      cases[i].want ? "asked for" : "of no interest");
	}
	arena_done(&a);
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_row(&rows[i]);
	test_other_file();
	test_too_far();
	test_much_cpu();
	test_vary();
	return check_done();
}
