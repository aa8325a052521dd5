/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux.resources as writes to files: each member, for a new cgroup and for one that is
 * there; what is refused; what cgroup v2 cannot do. Pure.
 */
#include <math.h>

#include "base/text.h"
#include "cgroups/limits.h"
#include "cgroups/weight.h"
#include "tests/unit/check.h"

#define DEVICE(value) "[{\"major\":8,\"minor\":16," value "}]"

/* FILE=TEXT, behind it "/FILE=TEXT" for the second choice, "?" for one that may miss, "+"
 * for one that is tried again */
struct limits_case {
	const char *json, *want;
};

static struct resources *resources_of(const char *json, struct arena *a)
{
	struct resources *r = arena_new(a, struct resources);
	struct err e = ERR_NONE;

	if (json_read(json, strlen(json), &resources_shape, r, a, &e) < 0)
		CHECK(false, "%s is read: %s", json, e.text);
	return r;
}

static const char *shown(const limits_t *limits, struct arena *a)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", "");
	LIST_EACH (l, limits) {
		text_add(&t, "%s%s=%s", l == limits->items ? "" : "; ", l->file, l->text);
		if (l->or_file)
			text_add(&t, "/%s=%s", l->or_file, l->or_text);
		text_add(&t, "%s%s", l->may_miss ? "?" : "", l->again ? "+" : "");
	}
	return t.s;
}

static void check_cases(const struct limits_case *cases, size_t n,
			const struct limits_now *now, const char *what)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = check_arena();
		struct err e = ERR_NONE;
		limits_t got;

		if (limits_make(resources_of(cases[i].json, &a), now, &a, &got, &e) < 0)
			CHECK(false, "%s: %s", cases[i].json, e.text);
		else
			CHECK_STR(shown(&got, &a), cases[i].want, "%s: %s", what,
				  cases[i].json);
		CHECK(e.num == 0, "without an error");
		arena_done(&a);
	}
}

static const struct limits_case new_cases[] = {
	{ "{}", "" },
	/* pids */
	{ "{\"pids\":{}}", "" },
	{ "{\"pids\":{\"limit\":7}}", "pids.max=7" },
	{ "{\"pids\":{\"limit\":0}}", "pids.max=1" },
	{ "{\"pids\":{\"limit\":-1}}", "" },
	{ "{\"pids\":{\"limit\":4194304}}", "pids.max=4194304" },
	{ "{\"pids\":{\"limit\":9223372036854775807}}", "" },
	/* memory */
	{ "{\"memory\":{\"limit\":4096}}", "memory.max=4096" },
	{ "{\"memory\":{\"limit\":0,\"swap\":0,\"reservation\":0}}", "" },
	{ "{\"memory\":{\"limit\":-1,\"swap\":-1,\"reservation\":-1}}", "" },
	{ "{\"memory\":{\"reservation\":4096}}", "memory.low=4096" },
	{ "{\"memory\":{\"limit\":4096,\"swap\":12288}}",
	  "memory.swap.max=8192; memory.max=4096" },
	{ "{\"memory\":{\"limit\":4096,\"swap\":4096}}",
	  "memory.swap.max=0?; memory.max=4096" },
	{ "{\"memory\":{\"limit\":4096,\"swap\":-1}}", "memory.max=4096" },
	{ "{\"memory\":{\"limit\":-1,\"swap\":12288}}", "memory.swap.max=12288" },
	{ "{\"memory\":{\"limit\":9223372036854775807}}",
	  "memory.max=9223372036854775807" },
	{ "{\"memory\":{\"useHierarchy\":true,\"checkBeforeUpdate\":true}}", "" },
	/* blockIO */
	{ "{\"blockIO\":{\"weight\":0}}", "" },
	{ "{\"blockIO\":{\"weight\":10}}", "io.bfq.weight=10/io.weight=1" },
	{ "{\"blockIO\":{\"weight\":500}}", "io.bfq.weight=500/io.weight=4950" },
	{ "{\"blockIO\":{\"weight\":1000}}", "io.bfq.weight=1000/io.weight=10000" },
	{ "{\"blockIO\":{\"weightDevice\":" DEVICE("\"weight\":10") "}}",
	  "io.bfq.weight=8:16 10/io.weight=8:16 1" },
	{ "{\"blockIO\":{\"weightDevice\":" DEVICE("\"leafWeight\":10") "}}", "" },
	{ "{\"blockIO\":{\"throttleReadBpsDevice\":" DEVICE("\"rate\":5") "}}",
	  "io.max=8:16 rbps=5" },
	{ "{\"blockIO\":{\"throttleWriteBpsDevice\":" DEVICE("\"rate\":5") "}}",
	  "io.max=8:16 wbps=5" },
	{ "{\"blockIO\":{\"throttleReadIOPSDevice\":" DEVICE("\"rate\":5") "}}",
	  "io.max=8:16 riops=5" },
	{ "{\"blockIO\":{\"throttleWriteIOPSDevice\":" DEVICE(
		  "\"rate\":18446744073709551615") "}}",
	  "io.max=8:16 wiops=18446744073709551615" },
	{ "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,"
	  "\"rate\":1},{\"major\":253,\"minor\":1048575,\"rate\":2},{\"major\":4095,"
	  "\"minor\":0,\"rate\":0}]}}",
	  "io.max=8:0 rbps=1; io.max=253:1048575 rbps=2" },
	/* cpu */
	{ "{\"cpu\":{\"shares\":0}}", "" },
	{ "{\"cpu\":{\"shares\":1024}}", "" },
	{ "{\"cpu\":{\"shares\":2}}", "cpu.weight=1" },
	{ "{\"cpu\":{\"shares\":1}}", "cpu.weight=1" },
	{ "{\"cpu\":{\"shares\":512}}", "cpu.weight=59" },
	{ "{\"cpu\":{\"shares\":18446744073709551615}}", "cpu.weight=10000" },
	{ "{\"cpu\":{\"idle\":1,\"shares\":2}}", "cpu.idle=1" },
	{ "{\"cpu\":{\"idle\":0,\"shares\":2}}", "cpu.weight=1" },
	{ "{\"cpu\":{\"quota\":5000}}", "cpu.max=5000 100000" },
	{ "{\"cpu\":{\"quota\":5000,\"period\":0}}", "cpu.max=5000 100000" },
	{ "{\"cpu\":{\"quota\":5000,\"period\":10000}}", "cpu.max=5000 10000" },
	{ "{\"cpu\":{\"quota\":-1,\"period\":100000}}", "" },
	{ "{\"cpu\":{\"quota\":0,\"period\":0}}", "" },
	{ "{\"cpu\":{\"period\":50000}}", "cpu.max=max 50000?" },
	{ "{\"cpu\":{\"burst\":100,\"quota\":5000}}",
	  "cpu.max.burst=100+; cpu.max=5000 100000" },
	{ "{\"cpu\":{\"burst\":0}}", "" },
	{ "{\"cpu\":{\"cpus\":\"0-3,7\",\"mems\":\"0\"}}",
	  "cpuset.cpus=0-3,7; cpuset.mems=0" },
	{ "{\"cpu\":{\"cpus\":\"\",\"mems\":\"\"}}", "" },
	/* hugepageLimits, rdma */
	{ "{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":0},{\"pageSize\":"
	  "\"1GB\",\"limit\":18446744073709551615}]}",
	  "hugetlb.2MB.max=0; hugetlb.2MB.rsvd.max=0?; "
	  "hugetlb.1GB.max=18446744073709551615; "
	  "hugetlb.1GB.rsvd.max=18446744073709551615?" },
	{ "{\"rdma\":{\"mlx5_1\":{\"hcaHandles\":3,\"hcaObjects\":10000},"
	  "\"mlx4_0\":{\"hcaObjects\":0},\"b\":{\"hcaHandles\":4294967295}}}",
	  "rdma.max=mlx5_1 hca_handle=3 hca_object=10000; "
	  "rdma.max=mlx4_0 hca_handle=max hca_object=0; "
	  "rdma.max=b hca_handle=max hca_object=max" },
	/* unified */
	{ "{\"unified\":{\"io.max\":\"8:0 rbps=1\\n8:16 wbps=2\\n\",\"odd.file\":\"x\","
	  "\"cgroup.max.depth\":\"3\",\"cpuset.cpus\":\"\",\"memory.max\":\"\\n\"}}",
	  "io.max=8:0 rbps=1; io.max=8:16 wbps=2; odd.file=x; cgroup.max.depth=3; "
	  "cpuset.cpus=\n; memory.max=\n" },
	/* the order */
	{ "{\"unified\":{\"pids.max\":\"9\"},\"rdma\":{\"d\":{\"hcaHandles\":1}},"
	  "\"hugepageLimits\":[{\"pageSize\":\"64KB\",\"limit\":1}],"
	  "\"cpu\":{\"mems\":\"1\",\"quota\":1,\"burst\":1,\"shares\":2},"
	  "\"blockIO\":{\"weight\":10},\"memory\":{\"limit\":1,\"swap\":2,"
	  "\"reservation\":1},\"pids\":{\"limit\":1}}",
	  "pids.max=1; memory.swap.max=1; memory.max=1; memory.low=1; "
	  "io.bfq.weight=10/io.weight=1; cpu.weight=1; cpu.max.burst=1+; "
	  "cpu.max=1 100000; cpuset.mems=1; hugetlb.64KB.max=1; "
	  "hugetlb.64KB.rsvd.max=1?; rdma.max=d hca_handle=1 hca_object=max; "
	  "pids.max=9" },
};

static const struct limits_case old_cases[] = {
	{ "{}", "" },
	{ "{\"pids\":{\"limit\":-1}}", "pids.max=max?" },
	{ "{\"pids\":{\"limit\":0}}", "pids.max=1" },
	{ "{\"memory\":{\"limit\":-1}}", "memory.swap.max=max?; memory.max=max?" },
	{ "{\"memory\":{\"limit\":4096}}", "memory.max=4096" },
	{ "{\"memory\":{\"swap\":-1}}", "memory.swap.max=max?" },
	{ "{\"memory\":{\"swap\":10000}}", "memory.swap.max=2000" },
	{ "{\"memory\":{\"swap\":8000}}", "memory.swap.max=0?" },
	{ "{\"memory\":{\"swap\":10000,\"limit\":9000}}",
	  "memory.swap.max=1000; memory.max=9000" },
	{ "{\"memory\":{\"reservation\":-1}}", "memory.low=0?" },
	{ "{\"blockIO\":{\"throttleReadBpsDevice\":" DEVICE("\"rate\":0") "}}",
	  "io.max=8:16 rbps=max?" },
	{ "{\"cpu\":{\"shares\":1024}}", "" }, /* it is idle */
	{ "{\"cpu\":{\"shares\":1024,\"idle\":0}}", "cpu.idle=0?; cpu.weight=100" },
	{ "{\"cpu\":{\"quota\":7000}}", "cpu.max=7000 50000" },
	{ "{\"cpu\":{\"quota\":-1}}", "cpu.max=max 50000?" },
	{ "{\"cpu\":{\"period\":20000}}", "cpu.max=3000 20000" },
	{ "{\"cpu\":{\"period\":20000,\"quota\":-1}}", "cpu.max=max 20000?" },
	{ "{\"cpu\":{\"burst\":0}}", "cpu.max.burst=0?" },
};

/* Of a cgroup that could not be read */
static const struct limits_case blind_cases[] = {
	{ "{\"cpu\":{\"quota\":7000}}", "cpu.max=7000 100000" },
	{ "{\"cpu\":{\"quota\":-1}}", "cpu.max=max 100000?" },
	{ "{\"cpu\":{\"period\":20000}}", "cpu.max=max 20000?" },
	{ "{\"cpu\":{\"shares\":1024}}", "cpu.weight=100" },
	{ "{\"memory\":{\"swap\":10000,\"limit\":9000}}",
	  "memory.swap.max=1000; memory.max=9000" },
};

static const struct limits_now old_now = {
	.memory = { true, 8000 },
	.swap = { true, 100 },
	.quota = { true, 3000 },
	.period = { true, 50000 },
	.idle = { true, 1 },
};
static const struct limits_now unlimited_now = {
	.memory = { true, -1 },
	.swap = { true, -1 },
	.quota = { true, -1 },
	.period = { true, 100000 },
	.idle = { true, 0 },
};
static const struct limits_now blind_now = { .memory = { false, 0 } };

/* json -> the error, without "linux.resources." in front */
static const struct limits_case bad_cases[] = {
	{ "{\"pids\":{\"limit\":-2}}",
	  "pids.limit: -2 is below -1 (which means no limit)" },
	{ "{\"memory\":{\"limit\":-2}}",
	  "memory.limit: -2 is below -1 (which means no limit)" },
	{ "{\"memory\":{\"reservation\":-9223372036854775808}}",
	  "memory.reservation: -9223372036854775808 is below -1 (which means no limit)" },
	{ "{\"memory\":{\"swap\":-3}}",
	  "memory.swap: -3 is below -1 (which means no limit)" },
	{ "{\"memory\":{\"swap\":5}}",
	  "memory.swap: unable to set swap limit without memory limit" },
	{ "{\"memory\":{\"swap\":5,\"limit\":6}}",
	  "memory.swap: memory+swap limit should be >= memory limit: 5 < 6" },
	{ "{\"cpu\":{\"quota\":-2}}",
	  "cpu.quota: -2 is below -1 (which means no limit)" },
	{ "{\"cpu\":{\"idle\":2}}", "cpu.idle: 2 is not 0 or 1" },
	{ "{\"blockIO\":{\"weight\":9}}", "blockIO.weight: 9 is not within 10 to 1000" },
	{ "{\"blockIO\":{\"weight\":1001}}",
	  "blockIO.weight: 1001 is not within 10 to 1000" },
	{ "{\"blockIO\":{\"weightDevice\":" DEVICE("\"weight\":1") "}}",
	  "blockIO.weightDevice[0]: 1 is not within 10 to 1000" },
	{ "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":-1,\"weight\":10}]}}",
	  "blockIO.weightDevice[0]: 8:-1 are no numbers of a device" },
	{ "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":0,\"rate\":1},"
	  "{\"major\":4294967304,\"minor\":0,\"rate\":1}]}}",
	  "blockIO.throttleReadBpsDevice[1]: 4294967304:0 are no numbers of a device" },
	{ "{\"blockIO\":{\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":1048576,"
	  "\"rate\":1}]}}",
	  "blockIO.throttleWriteIOPSDevice[0]: 8:1048576 are no numbers of a device" },
	{ "{\"hugepageLimits\":[{\"pageSize\":\"2MB/../x\",\"limit\":1}]}",
	  "hugepageLimits[0]: \"2MB/../x\" is not a size like 64KB, 2MB, 1GB" },
	{ "{\"hugepageLimits\":[{\"pageSize\":\"\",\"limit\":1}]}",
	  "hugepageLimits[0]: \"\" is not a size like 64KB, 2MB, 1GB" },
	{ "{\"rdma\":{\"mlx\":{}}}", "rdma.mlx: has neither hcaHandles nor hcaObjects" },
	{ "{\"rdma\":{\"a b\":{\"hcaHandles\":1}}}",
	  "rdma.a b: is not the name of a device" },
	{ "{\"unified\":{\"../memory.max\":\"1\"}}",
	  "unified.../memory.max: unified resource \"../memory.max\" must be a file name "
	  "(no slashes)" },
	{ "{\"unified\":{\"memory\":\"1\"}}",
	  "unified.memory: unified resource \"memory\" must be in the form "
	  "CONTROLLER.PARAMETER" },
	{ "{\"unified\":{\".max\":\"1\"}}",
	  "unified..max: unified resource \".max\" must be in the form "
	  "CONTROLLER.PARAMETER" },
	{ "{\"unified\":{\"memory.\":\"1\"}}",
	  "unified.memory.: unified resource \"memory.\" must be in the form "
	  "CONTROLLER.PARAMETER" },
	{ "{\"unified\":{\"\":\"1\"}}",
	  "unified.: unified resource \"\" must be in the form CONTROLLER.PARAMETER" },
	{ "{\"unified\":{\"cgroup.procs\":\"1\"}}",
	  "unified.cgroup.procs: is not the container's to set" },
	{ "{\"unified\":{\"cgroup.threads\":\"1\"}}",
	  "unified.cgroup.threads: is not the container's to set" },
	{ "{\"unified\":{\"cgroup.kill\":\"1\"}}",
	  "unified.cgroup.kill: is not the container's to set" },
	{ "{\"unified\":{\"cgroup.freeze\":\"1\"}}",
	  "unified.cgroup.freeze: is not the container's to set" },
	{ "{\"unified\":{\"cgroup.subtree_control\":\"+io\"}}",
	  "unified.cgroup.subtree_control: is not the container's to set" },
	{ "{\"unified\":{\"cgroup.type\":\"threaded\"}}",
	  "unified.cgroup.type: is not the container's to set" },
};

static void test_bad(const struct limits_now *now, const struct limits_case *cases,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct arena a = check_arena();
		struct err e = ERR_NONE;
		limits_t got;
		int ret = limits_make(resources_of(cases[i].json, &a), now, &a, &got, &e);

		CHECK(ret == -1 && e.num == EINVAL && e.plain, "%s is refused",
		      cases[i].json);
		CHECK_STR(e.text, arena_fmt(&a, "linux.resources.%s", cases[i].want),
			  "with these words");
		arena_done(&a);
	}
}

/* Where each write comes from, and what it needs */
#define DEVICE_WEIGHT DEVICE("\"weight\":10")
#define DEVICE_RATE   DEVICE("\"rate\":1")
static const char all_members[] =
	"{\"pids\":{\"limit\":1},"
	"\"memory\":{\"limit\":1,\"swap\":2,\"reservation\":1},"
	"\"blockIO\":{\"weight\":10,\"weightDevice\":" DEVICE_WEIGHT ","
	"\"throttleReadIOPSDevice\":" DEVICE_RATE "},"
	"\"cpu\":{\"shares\":2,\"quota\":1,\"burst\":1,\"cpus\":\"0\",\"mems\":\"0\"},"
	"\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":1}],"
	"\"rdma\":{\"d\":{\"hcaHandles\":1}},"
	"\"unified\":{\"io.max\":\"x\",\"cgroup.max.depth\":\"1\"}}";
static const char *const all_wants[][2] = {
	{ "pids.limit", "pids" },
	{ "memory.swap", "memory" },
	{ "memory.limit", "memory" },
	{ "memory.reservation", "memory" },
	{ "blockIO.weight", "io" },
	{ "blockIO.weightDevice[0]", "io" },
	{ "blockIO.throttleReadIOPSDevice[0]", "io" },
	{ "cpu.shares", "cpu" },
	{ "cpu.burst", "cpu" },
	{ "cpu.quota", "cpu" },
	{ "cpu.cpus", "cpuset" },
	{ "cpu.mems", "cpuset" },
	{ "hugepageLimits[0]", "hugetlb" },
	{ "hugepageLimits[0]", "hugetlb" },
	{ "rdma.d", "rdma" },
	{ "unified.io.max", "io" },
	{ "unified.cgroup.max.depth", NULL },
};

static void test_names(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	limits_t got;

	CHECK(limits_make(resources_of(all_members, &a), NULL, &a, &got, &e) == 0 &&
		      got.n == ARRAY_LEN(all_wants),
	      "all members: %zu writes%s", got.n, e.text);
	for (size_t i = 0; i < got.n && i < ARRAY_LEN(all_wants); i++) {
		CHECK_STR(got.items[i].where, all_wants[i][0], "write %zu is for", i);
		CHECK_STR(got.items[i].controller, all_wants[i][1], "and needs");
	}
	CHECK(limits_make(NULL, NULL, &a, &got, &e) == 0 && got.n == 0,
	      "no resources, no writes");
	arena_done(&a);
}

/* The same in the arithmetic of libm, with 64 bits instead of 53 where there are more */
static uint64_t formula(uint64_t shares)
{
	long double l = log2l((long double)shares);

	if (shares == 2 || shares == 1024 || shares == 262144) /* 10^0, 10^2, 10^4 */
		return shares == 2 ? 1 : shares == 1024 ? 100 : 10000;
	return (uint64_t)ceill(powl(10, (l * l + 125 * l) / 612 - 7.0L / 34));
}

static void test_weights(void)
{
	uint64_t wrong = 0, falls = 0, first = 0;

	for (uint64_t s = 2; s <= 262144; s++) {
		if (weight_of_shares(s) != formula(s) && wrong++ == 0)
			first = s;
		falls += weight_of_shares(s) < weight_of_shares(s - 1);
	}
	CHECK(wrong == 0,
	      "all shares have the weight of the formula (%lu wrong, from %lu)",
	      (unsigned long)wrong, (unsigned long)first);
	CHECK(falls == 0, "more shares are never less weight");
	CHECK(weight_of_shares(0) == 1 && weight_of_shares(1) == 1 &&
		      weight_of_shares(1024) == 100 &&
		      weight_of_shares(262145) == 10000 &&
		      weight_of_shares(UINT64_MAX) == 10000,
	      "also at the borders");
	falls = 0;
	for (uint64_t w = 11; w <= 1000; w++)
		falls += weight_of_blkio(w) != 1 + (w - 10) * 9999 / 990 ||
			 weight_of_blkio(w) <= weight_of_blkio(w - 1);
	CHECK(falls == 0 && weight_of_blkio(10) == 1 && weight_of_blkio(1000) == 10000,
	      "blkio.weight becomes io.weight");
	CHECK(weight_of_blkio(0) == 1 && weight_of_blkio(9) == 1 &&
		      weight_of_blkio(UINT64_MAX) == 10000,
	      "and does not wrap around outside");
}

static const struct limits_case lost_cases[] = {
	{ "{\"memory\":{\"kernel\":5}}",
	  "memory.kernel: cgroup v2 counts kernel memory as memory" },
	{ "{\"memory\":{\"kernelTCP\":5}}",
	  "memory.kernelTCP: cgroup v2 counts socket buffers as memory" },
	{ "{\"memory\":{\"swappiness\":0}}",
	  "memory.swappiness: cgroup v2 has no swappiness" },
	{ "{\"memory\":{\"disableOOMKiller\":true}}",
	  "memory.disableOOMKiller: cgroup v2 cannot disable the OOM killer" },
	{ "{\"cpu\":{\"realtimeRuntime\":5}}",
	  "cpu.realtimeRuntime: cgroup v2 has no realtime limits" },
	{ "{\"cpu\":{\"realtimePeriod\":5}}",
	  "cpu.realtimePeriod: cgroup v2 has no realtime limits" },
	{ "{\"blockIO\":{\"leafWeight\":10}}",
	  "blockIO.leafWeight: cgroup v2 has no leaf weights" },
	{ "{\"blockIO\":{\"weightDevice\":" DEVICE(
		  "\"weight\":10,\"leafWeight\":10") "}}",
	  "blockIO.weightDevice[0].leafWeight: cgroup v2 has no leaf weights" },
	{ "{\"network\":{\"classID\":5}}",
	  "network.classID: cgroup v2 has no network classes" },
	{ "{\"network\":{\"priorities\":[{\"name\":\"lo\",\"priority\":0}]}}",
	  "network.priorities: cgroup v2 has no network priorities" },
	{ "{}", NULL },
	{ "{\"memory\":{\"kernel\":-1,\"kernelTCP\":0,\"swappiness\":"
	  "18446744073709551615,"
	  "\"disableOOMKiller\":false,\"useHierarchy\":true,\"limit\":5}}",
	  NULL },
	{ "{\"cpu\":{\"realtimeRuntime\":0,\"realtimePeriod\":0,\"shares\":5}}", NULL },
	{ "{\"cpu\":{\"realtimeRuntime\":-1}}", NULL },
	{ "{\"blockIO\":{\"leafWeight\":0,\"weight\":10,\"weightDevice\":" DEVICE(
		  "\"weight\":10,\"leafWeight\":0") "}}",
	  NULL },
	{ "{\"network\":{\"classID\":0,\"priorities\":[]}}", NULL },
};

static void test_lost(void)
{
	for (size_t i = 0; i < ARRAY_LEN(lost_cases); i++) {
		const struct limits_case *c = &lost_cases[i];
		struct arena a = check_arena();
		strings_t lost = limits_lost(resources_of(c->json, &a), &a);
		const char *want =
			c->want ? arena_fmt(&a, "linux.resources.%s", c->want) : NULL;

		CHECK(lost.n == (c->want ? 1 : 0), "%s: %zu cannot be done", c->json,
		      lost.n);
		CHECK_STR(lost.n ? lost.items[0] : NULL, want, "and that is said");
		arena_done(&a);
	}
	CHECK(limits_lost(NULL, NULL).n == 0, "nothing is lost of nothing");
}

int main(void)
{
	static const struct limits_case swap_alone[] = {
		{ "{\"memory\":{\"swap\":10000}}", "memory.swap.max=10000" }
	};
	static const struct limits_case swap_below[] = {
		{ "{\"memory\":{\"swap\":7999}}", "memory.swap: memory+swap limit should "
						  "be >= memory limit: 7999 < 8000" }
	};

	check_cases(new_cases, ARRAY_LEN(new_cases), NULL, "new");
	check_cases(old_cases, ARRAY_LEN(old_cases), &old_now, "update");
	check_cases(swap_alone, 1, &unlimited_now, "without a memory limit");
	check_cases(blind_cases, ARRAY_LEN(blind_cases), &blind_now, "unread");
	test_bad(NULL, bad_cases, ARRAY_LEN(bad_cases));
	test_bad(&blind_now, bad_cases, ARRAY_LEN(bad_cases));
	test_bad(&old_now, swap_below, 1);
	test_names();
	test_weights();
	test_lost();
	return check_done();
}
