/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Limits written to a cgroup and read from it, over a tree of ordinary files that behaves
 * like the kernel's.
 */
#include "cgroups/limits.h"
#include "tests/unit/cgroup_fake.h"

#define HEAD "linux.resources."

struct fixture {
	struct arena a;
	struct cgroup c;
};

/* /a with the controllers, and these files, "NAME=TEXT" */
static void start(struct fixture *f, const char *const *files)
{
	struct err e = ERR_NONE;

	fake_clear(false);
	fake_make("", "cpu hugetlb io memory pids rdma");
	fake_make("/a", "cpu hugetlb io memory pids rdma");
	f->a = check_arena();
	CHECK(cgroup_open(&f->c, fake_mount, "/a", &f->a, &e) == 0, "a cgroup%s", e.text);
	f->c.keep = true;
	for (; *files; files++) {
		size_t n = strcspn(*files, "=");

		fake_file(f->c.fd, arena_strndup(&f->a, *files, n), *files + n + 1);
	}
}

static void finish(struct fixture *f)
{
	cgroup_done(&f->c);
	arena_done(&f->a);
}

static struct resources *resources_of(const char *json, struct arena *a)
{
	struct resources *r = arena_new(a, struct resources);
	struct err e = ERR_NONE;

	CHECK(json_read(json, strlen(json), &resources_shape, r, a, &e) == 0, "%s%s",
	      json, e.text);
	return r;
}

static int apply(struct fixture *f, const char *json, struct err *e)
{
	struct limits_now now;
	limits_t limits;

	*e = (struct err)ERR_NONE;
	fake_log[0] = '\0';
	limits_read(&f->c, &now);
	CHECK(limits_make(resources_of(json, &f->a), &now, &f->a, &limits, e) == 0,
	      "is a list of writes%s", e->text);
	return limits_apply(&f->c, &limits, e);
}

static void test_read(void)
{
	static const char *const files[] = { "memory.max=max\n",
					     "memory.swap.max=9223372036854771712\n",
					     "cpu.max=max 50000\n", "cpu.idle=1\n",
					     NULL };
	struct limits_now now;
	struct fixture f;

	start(&f, files);
	limits_read(&f.c, &now);
	CHECK(now.memory.set && now.memory.v == -1, "memory.max");
	CHECK(now.swap.set && now.swap.v == 9223372036854771712, "memory.swap.max");
	CHECK(now.quota.set && now.quota.v == -1, "cpu.max");
	CHECK(now.period.set && now.period.v == 50000, "and its period");
	CHECK(now.idle.set && now.idle.v == 1, "cpu.idle");
	fake_file(f.c.fd, "cpu.max", "2000 10000\n");
	limits_read(&f.c, &now);
	CHECK(now.quota.v == 2000 && now.period.v == 10000, "cpu.max with a quota");
	finish(&f);
}

static void test_read_odd(void)
{
	static const char *const odd[] = { "memory.max=\n", "memory.swap.max=x\n",
					   "cpu.max=5\n", "cpu.idle=-1\n", NULL };
	static const char *const none[] = { NULL };
	struct limits_now now;
	struct fixture f;

	start(&f, odd);
	limits_read(&f.c, &now);
	CHECK(!now.memory.set && !now.swap.set && !now.idle.set, "no number: not set");
	CHECK(now.quota.v == 5 && !now.period.set, "half of cpu.max");
	finish(&f);
	start(&f, none);
	limits_read(&f.c, &now);
	CHECK(!now.memory.set && !now.swap.set && !now.idle.set && !now.quota.set &&
		      !now.period.set,
	      "no file: not set");
	finish(&f);
}

static void test_apply(void)
{
	static const char *const files[] = { "pids.max=max\n",
					     "memory.max=max\n",
					     "memory.swap.max=max\n",
					     "cpu.max=max\n",
					     "hugetlb.2MB.max=max\n",
					     "io.weight=default 100\n",
					     "io.max=",
					     "unknown.file=",
					     "cgroup.max.depth=max\n",
					     NULL };
	struct err e = ERR_NONE;
	struct fixture f;

	start(&f, files);
	CHECK(apply(&f,
		    "{\"pids\":{\"limit\":5},\"memory\":{\"limit\":4096,\"swap\":8192},"
		    "\"blockIO\":{\"weight\":1000},\"hugepageLimits\":[{\"pageSize\":"
		    "\"2MB\",\"limit\":7}],\"cpu\":{\"quota\":10,\"idle\":0},"
		    "\"unified\":{\"io.max\":\"8:0 rbps=1\\n8:16 rbps=2\","
		    "\"unknown.file\":\"x\",\"cgroup.max.depth\":\"4\"}}",
		    &e) == 0,
	      "limits are written (%s)", e.text);
	CHECK_STR(fake_log,
		  "/a/pids.max=5\n/a/memory.swap.max=4096\n/a/memory.max=4096\n"
		  "/a/io.bfq.weight=1000\n/a/io.weight=10000\n/a/cpu.idle=0\n"
		  "/a/cpu.max=10 100000\n"
		  "/a/hugetlb.2MB.max=7\n/a/hugetlb.2MB.rsvd.max=7\n"
		  "/a/io.max=8:0 rbps=1\n/a/io.max=8:16 rbps=2\n/a/unknown.file=x\n"
		  "/a/cgroup.max.depth=4\n",
		  "in order; BFQ, rsvd and idle are not there");
	finish(&f);
}

static void test_bfq(void)
{
	static const char *const files[] = { "io.bfq.weight=default 100\n",
					     "io.weight=default 100\n", NULL };
	static const char json[] = "{\"blockIO\":{\"weight\":20}}";
	struct err e = ERR_NONE;
	struct fixture f;

	start(&f, files);
	CHECK(apply(&f, json, &e) == 0, "a weight (%s)", e.text);
	CHECK_STR(fake_log, "/a/io.bfq.weight=20\n", "BFQ takes it");
	fake_refusal.path = "/a/io.bfq.weight";
	fake_refusal.num = EOPNOTSUPP;
	CHECK(apply(&f, json, &e) == 0, "the device has no BFQ (%s)", e.text);
	CHECK_STR(fake_log, "/a/io.bfq.weight=20\n/a/io.weight=102\n",
		  "the other file does");
	unlinkat(f.c.fd, "io.weight", 0);
	CHECK(apply(&f, json, &e) == -1 && e.num == EOPNOTSUPP, "or there is none: %s",
	      e.text);
	unlinkat(f.c.fd, "io.bfq.weight", 0);
	fake_refusal.path = NULL;
	CHECK(apply(&f, json, &e) == -1 && e.num == ENOENT, "neither is there");
	CHECK_STR(e.text,
		  HEAD
		  "blockIO.weight: cgroup /a has no file io.bfq.weight or io.weight: "
		  "not in this kernel",
		  "both are named");
	finish(&f);
}

/* The kernel refuses a burst above the quota, and a quota below the burst */
static void test_burst(void)
{
	static const char *const files[] = { "cpu.max=1000 100000\n", "cpu.max.burst=0\n",
					     NULL };
	struct err e = ERR_NONE;
	struct fixture f;

	start(&f, files);
	CHECK(apply(&f, "{\"cpu\":{\"burst\":2000,\"quota\":3000}}", &e) == 0,
	      "both higher (%s)", e.text);
	CHECK_STR(
		fake_log,
		"/a/cpu.max.burst=2000\n/a/cpu.max=3000 100000\n/a/cpu.max.burst=2000\n",
		"the burst is tried again after the quota");
	CHECK(apply(&f, "{\"cpu\":{\"burst\":100,\"quota\":200}}", &e) == 0,
	      "both lower (%s)", e.text);
	CHECK_STR(fake_log, "/a/cpu.max.burst=100\n/a/cpu.max=200 100000\n",
		  "the burst before the quota");
	CHECK(apply(&f, "{\"cpu\":{\"burst\":900}}", &e) == -1 && e.num == EINVAL,
	      "a burst above the quota");
	CHECK_STR(e.text, HEAD "cpu.burst: cgroup /a: write \"900\" to cpu.max.burst",
		  "is refused in the end");
	CHECK_STR(fake_log, "/a/cpu.max.burst=900\n/a/cpu.max.burst=900\n",
		  "after a second try");
	finish(&f);
}

static void test_errors(void)
{
	static const char *const files[] = { "memory.max=max\n", "pids.max=max\n", NULL };
	static const int nums[] = { EBUSY, EINVAL, EACCES };
	struct err e = ERR_NONE;
	struct fixture f;

	start(&f, files);
	for (size_t i = 0; i < ARRAY_LEN(nums); i++) {
		fake_refusal.path = "/a/pids.max";
		fake_refusal.num = nums[i];
		CHECK(apply(&f, "{\"memory\":{\"limit\":5},\"pids\":{\"limit\":5}}",
			    &e) == -1 &&
			      e.num == nums[i],
		      "the kernel says %s", err_name(nums[i]));
		CHECK_STR(e.text, HEAD "pids.limit: cgroup /a: write \"5\" to pids.max",
			  "that is told");
		CHECK_STR(fake_log, "/a/pids.max=5\n", "and it is not gone on");
	}
	fake_refusal.path = NULL;
	CHECK(apply(&f, "{\"cpu\":{\"shares\":5}}", &e) == -1 && e.num == ENOENT,
	      "no such file, though the controller is there");
	CHECK_STR(e.text,
		  HEAD "cpu.shares: cgroup /a has no file cpu.weight: not in this kernel",
		  "that is told");
	CHECK(apply(&f, "{\"memory\":{\"limit\":4096,\"swap\":4096}}", &e) == 0,
	      "no swap, where none is counted (%s)", e.text);
	CHECK(apply(&f, "{\"memory\":{\"limit\":4096,\"swap\":8192}}", &e) == -1 &&
		      e.num == ENOENT,
	      "some swap cannot be limited there: %s", e.text);
	fake_file(f.c.fd, "cgroup.controllers", "memory");
	CHECK(apply(&f, "{\"cpu\":{\"shares\":5}}", &e) == -1 && e.num == ENOENT,
	      "no such file without its controller");
	CHECK_STR(e.text,
		  HEAD "cpu.shares: controller cpu is not enabled in cgroup /a: / does "
		       "not pass it on",
		  "and where it ends is told");
	CHECK(apply(&f, "{\"unified\":{\"odd.file\":\"5\"}}", &e) == -1 &&
		      e.num == ENOENT,
	      "a file of nobody");
	CHECK_STR(e.text,
		  arena_fmt(&f.a,
			    HEAD "unified.odd.file: controller odd is not in the cgroup2 "
				 "tree %s",
			    fake_mount),
		  "has no controller");
	CHECK(apply(&f, "{\"unified\":{\"cgroup.odd\":\"5\"}}", &e) == -1 &&
		      e.num == ENOENT,
	      "a file of the core that is not there: %s", e.text);
	CHECK(apply(&f, "{\"cpu\":{\"quota\":-1},\"pids\":{\"limit\":-1}}", &e) == 0 &&
		      strcmp(fake_read(f.c.fd, "pids.max"), "max") == 0,
	      "no limit needs no file (%s)", e.text);
	finish(&f);
}

static void test_fit(void)
{
	static const struct {
		const char *json, *want;
	} cases[] = {
		{ "\"limit\":8192", "rejecting memory limit 8192 <= usage 8192" },
		{ "\"limit\":4096", "rejecting memory limit 4096 <= usage 8192" },
		{ "\"limit\":8193", NULL },
		{ "\"limit\":-1", NULL },
		{ "\"limit\":0,\"swap\":-1", NULL },
		{ "\"limit\":9000,\"swap\":9191", "rejecting memory+swap limit 9191 <= "
						  "usage 9192" },
		{ "\"limit\":9000,\"swap\":9192", "rejecting memory+swap limit 9192 <= "
						  "usage 9192" },
		{ "\"limit\":9000,\"swap\":9193", NULL },
		{ "\"swap\":9000", "rejecting memory+swap limit 9000 <= usage 9192" },
	};
	static const char *const files[] = { "memory.current=8192\n",
					     "memory.swap.current=1000\n", NULL };
	struct resources *r;
	struct fixture f;

	start(&f, files);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_NONE;
		int ret;

		r = resources_of(arena_fmt(&f.a,
					   "{\"memory\":{\"checkBeforeUpdate\":true,%s}}",
					   cases[i].json),
				 &f.a);
		ret = limits_fit(&f.c, r, &e);
		CHECK(ret == (cases[i].want ? -1 : 0) &&
			      e.num == (cases[i].want ? EBUSY : 0),
		      "%s", cases[i].want ? "is refused" : "fits");
		CHECK_STR(e.text, cases[i].want ? cases[i].want : "", "with these words");
		r->memory->check_before_update.v = false;
		e = (struct err)ERR_NONE;
		CHECK(limits_fit(&f.c, r, &e) == 0, "unless nobody asked");
	}
	r = resources_of("{\"memory\":{\"checkBeforeUpdate\":true,\"swap\":8192}}", &f.a);
	unlinkat(f.c.fd, "memory.swap.current", 0);
	CHECK(limits_fit(&f.c, r, &(struct err)ERR_NONE) == -1, "swap is not counted");
	unlinkat(f.c.fd, "memory.current", 0);
	CHECK(limits_fit(&f.c, r, &(struct err)ERR_NONE) == 0,
	      "what is used is not known: it is tried");
	CHECK(limits_fit(&f.c, NULL, &(struct err)ERR_NONE) == 0, "no resources");
	finish(&f);
}

int main(void)
{
	fake_open();
	test_read();
	test_read_odd();
	test_apply();
	test_bfq();
	test_burst();
	test_errors();
	test_fit();
	fake_clear(true);
	return check_done();
}
