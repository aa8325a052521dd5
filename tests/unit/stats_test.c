/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a cgroup uses, as JSON; and counters that are watched. The files are those of real
 * cgroups (Linux 6.12, Debian 12), copied into a directory; the watch also meets a real
 * cgroup where there is one to be made.
 */
#include "cgroups/stats.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "cgroups/watch.h"
#include "netns/counters.h"
#include "tests/unit/cgroup_tree.h"
#include "tests/unit/check.h"

struct file {
	const char *name, *text;
};

static const struct file whole[] = {
	{ "cpu.stat", "usage_usec 14354646\nuser_usec 9261814\nsystem_usec 5092831\n"
		      "nice_usec 0\ncore_sched.force_idle_usec 0\nnr_periods 120\n"
		      "nr_throttled 31\nthrottled_usec 2718281\nnr_bursts 0\n"
		      "burst_usec 0\n" },
	{ "cpu.pressure", "some avg10=1.57 avg60=4.46 avg300=17.90 total=4472742383\n"
			  "full avg10=0.00 avg60=0.05 avg300=100.00 total=3\n" },
	{ "cpuset.cpus.effective", "0-2,7\n" },
	{ "cpuset.mems.effective", "0\n" },
	{ "memory.stat", "anon 4096\nfile 8192\nkernel 12288\nslab 0\n"
			 "workingset_refault_anon 0\n" },
	{ "memory.current", "24576\n" },
	{ "memory.max", "67108864\n" },
	{ "memory.peak", "33554432\n" },
	{ "memory.swap.current", "1024\n" },
	{ "memory.swap.max", "1048576\n" },
	{ "memory.events", "low 0\nhigh 0\nmax 12\noom 1\noom_kill 2\n"
			   "oom_group_kill 0\n" },
	{ "memory.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
			     "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n" },
	{ "pids.current", "5\n" },
	{ "pids.max", "100\n" },
	{ "io.stat", "259:0 rbytes=90112 wbytes=4096 rios=22 wios=1 dbytes=0 dios=0\n"
		     "8:16 8:0 rbytes=512 wbytes=0 rios=1 wios=0 dbytes=0 dios=0 "
		     "cost.usage=1.2\n7:0 \n" },
	{ "io.pressure", "some avg10=0.01 avg60=0.26 avg300=0.84 total=134821283\n"
			 "full avg10=0.01 avg60=0.21 avg300=0.68 total=63725468\n" },
	{ "hugetlb.2MB.current", "2097152\n" },
	{ "hugetlb.2MB.rsvd.current", "4194304\n" },
	{ "hugetlb.2MB.events", "max 3\n" },
	{ "hugetlb.2MB.max", "max\n" },
	{ "hugetlb.1GB.current", "0\n" },
	{ "hugetlb.1GB.events", "max 0\n" },
	{ "rdma.current", "mlx4_0 hca_handle=2 hca_object=2000\n" },
	{ "rdma.max", "mlx4_0 hca_handle=max hca_object=4000\n" },
};

#define ZERO_PSI "{\"avg10\":0,\"avg60\":0,\"avg300\":0,\"total\":0}"
#define CPUSET_FLAGS                                                                     \
	"\"mem_hardwall\":0,\"mem_exclusive\":0,\"memory_migrate\":0,"                   \
	"\"memory_spread_page\":0,\"memory_spread_slab\":0,\"memory_pressure\":0,"       \
	"\"sched_load_balance\":0,\"sched_relax_domain_level\":0}"
#define NO_KERNEL                                                                        \
	"\"kernel\":{\"limit\":0,\"failcnt\":0},"                                        \
	"\"kernelTCP\":{\"limit\":0,\"failcnt\":0}"

static const char whole_json[] =
	"{\"cpu\":{\"usage\":{\"total\":14354646000,\"kernel\":5092831000,"
	"\"user\":9261814000},\"throttling\":{\"periods\":120,\"throttledPeriods\":31,"
	"\"throttledTime\":2718281000},\"psi\":{\"some\":{\"avg10\":1.57,"
	"\"avg60\":4.46,\"avg300\":17.9,\"total\":4472742383},\"full\":{\"avg10\":0,"
	"\"avg60\":0.05,\"avg300\":100,\"total\":3}}},"
	"\"cpuset\":{\"cpus\":[0,1,2,7],\"cpu_exclusive\":0,\"mems\":[0]," CPUSET_FLAGS
	",\"memory\":{\"cache\":8192,\"usage\":{\"limit\":67108864,\"usage\":24576,"
	"\"max\":33554432,\"failcnt\":0},\"swap\":{\"limit\":68157440,\"usage\":25600,"
	"\"failcnt\":0}," NO_KERNEL ",\"raw\":{\"anon\":4096,\"file\":8192,"
	"\"kernel\":12288,\"slab\":0,\"workingset_refault_anon\":0},"
	"\"psi\":{\"some\":" ZERO_PSI ",\"full\":" ZERO_PSI "}},"
	"\"pids\":{\"current\":5,\"limit\":100},"
	"\"blkio\":{\"ioServiceBytesRecursive\":["
	"{\"major\":259,\"op\":\"Read\",\"value\":90112},"
	"{\"major\":259,\"op\":\"Write\",\"value\":4096},"
	"{\"major\":8,\"op\":\"Read\",\"value\":512},{\"major\":8,\"op\":\"Write\"}],"
	"\"ioServicedRecursive\":[{\"major\":259,\"op\":\"Read\",\"value\":22},"
	"{\"major\":259,\"op\":\"Write\",\"value\":1},"
	"{\"major\":8,\"op\":\"Read\",\"value\":1},{\"major\":8,\"op\":\"Write\"}],"
	"\"psi\":{\"some\":{\"avg10\":0.01,\"avg60\":0.26,\"avg300\":0.84,"
	"\"total\":134821283},\"full\":{\"avg10\":0.01,\"avg60\":0.21,\"avg300\":0.68,"
	"\"total\":63725468}}},"
	"\"hugetlb\":{\"1GB\":{\"failcnt\":0},"
	"\"2MB\":{\"usage\":4194304,\"failcnt\":3}},"
	"\"rdma\":{\"current\":[{\"device\":\"mlx4_0\",\"hca_handles\":2,"
	"\"hca_objects\":2000}],\"limit\":[{\"device\":\"mlx4_0\","
	"\"hca_handles\":4294967295,\"hca_objects\":4000}]}}";

static const char nothing_json[] =
	"{\"cpu\":{\"usage\":{\"kernel\":0,\"user\":0},\"throttling\":{}},"
	"\"cpuset\":{\"cpu_exclusive\":0," CPUSET_FLAGS
	",\"memory\":{\"usage\":{\"limit\":0,\"failcnt\":0},"
	"\"swap\":{\"limit\":0,\"failcnt\":0}," NO_KERNEL "},"
	"\"pids\":{},\"blkio\":{},\"hugetlb\":{}}";

struct fixture {
	struct arena a;
	char top[64];
	struct cgroup c; /* a directory that passes for one */
};

static void put(struct fixture *f, const char *name, const char *text)
{
	struct err e = ERR_NONE;

	if (file_replace(f->c.fd, name, 0600, text, strlen(text), &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
}

static void begin(struct fixture *f)
{
	f->a = check_arena();
	snprintf(f->top, sizeof(f->top), "/tmp/aril-stats-XXXXXX");
	if (!mkdtemp(f->top))
		exit(99);
	f->c = (struct cgroup)CGROUP_NONE_OPEN;
	f->c.keep = true;
	f->c.path = f->top;
	f->c.fd = open(f->top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void end(struct fixture *f)
{
	struct err e = ERR_NONE;

	CHECK(dir_remove_all(AT_FDCWD, f->top, &e) == 0, "cleaned up (%s)", e.text);
	cgroup_done(&f->c);
	arena_done(&f->a);
}

/* Read and written; "" when reading failed */
static char *as_json(struct fixture *f, struct err *e)
{
	autojson j = JSON_WRITER_NONE;
	struct cgroup_stats s;
	const char *text;

	if (stats_read(&f->c, &f->a, &s, e) < 0)
		return arena_strdup(&f->a, "");
	json_start(&j, NULL);
	json_map_begin(&j);
	stats_json(&j, &s);
	json_map_end(&j);
	text = json_text(&j, NULL, e);
	return arena_strdup(&f->a, text ? text : "");
}

static void test_whole(void)
{
	struct err e = ERR_NONE;
	struct fixture f;

	begin(&f);
	CHECK_STR(as_json(&f, &e), nothing_json, "no files, no parts (%s)", e.text);
	for (size_t i = 0; i < ARRAY_LEN(whole); i++)
		put(&f, whole[i].name, whole[i].text);
	CHECK_STR(as_json(&f, &e), whole_json, "all files (%s)", e.text);
	fd_close(&f.c.fd);
	CHECK_STR(as_json(&f, &e), nothing_json, "no cgroup (%s)", e.text);
	end(&f);
}

static void test_memory(void)
{
	static const struct {
		const char *max, *swap_current, *swap_max;
		uint64_t limit, swap_usage, swap_limit;
	} cases[] = {
		{ "max\n", NULL, NULL, UINT64_MAX, 4096, UINT64_MAX },
		{ "8192\n", NULL, NULL, 8192, 4096, 8192 },
		{ "8192\n", "0\n", "0\n", 8192, 4096, 8192 },
		{ "8192\n", "1\n", "max\n", 8192, 4097, UINT64_MAX },
		{ "max\n", "1\n", "4096\n", UINT64_MAX, 4097, UINT64_MAX },
		{ "max\n", "1\n", "max\n", UINT64_MAX, 4097, UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_NONE;
		struct cgroup_stats s;
		struct fixture f;

		begin(&f);
		put(&f, "memory.current", "4096\n");
		put(&f, "memory.max", cases[i].max);
		if (cases[i].swap_max) {
			put(&f, "memory.swap.current", cases[i].swap_current);
			put(&f, "memory.swap.max", cases[i].swap_max);
		}
		CHECK(stats_read(&f.c, &f.a, &s, &e) == 0 &&
			      s.memory.memory.limit == cases[i].limit &&
			      s.memory.memory.usage == 4096 && s.memory.memory.max == 0 &&
			      s.memory.swap.usage == cases[i].swap_usage &&
			      s.memory.swap.limit == cases[i].swap_limit,
		      "memory and swap together, case %zu (%s)", i, e.text);
		end(&f);
	}
}

static void test_wrong(void)
{
	static const struct file wrong[] = {
		{ "cpu.stat", "usage_usec many\n" },
		{ "cpu.stat", "usage_usec\n" },
		{ "cpu.stat", "usage_usec 18446744073709551616\n" },
		{ "cpu.pressure", "some avg10=1 avg60=0.00 avg300=0.00 total=0\n" },
		{ "cpu.pressure", "some avg10=0.00 avg60=.00 avg300=0.00 total=0\n" },
		{ "io.pressure", "some avg10=0.00 avg60=0.00 avg300=0.00 total=\n" },
		{ "cpuset.cpus.effective", "0-\n" },
		{ "cpuset.cpus.effective", "0,,1\n" },
		{ "cpuset.mems.effective", "0-99999999\n" },
		{ "memory.current", "\n" },
		{ "memory.stat", "anon\n" },
		{ "pids.max", "Max\n" },
		{ "io.stat", "x:0 rbytes=1\n" },
		{ "io.stat", "8:0 rbytes=\n" },
		{ "hugetlb.2MB.current", "-1\n" },
		{ "rdma.current", "mlx4_0 hca_handle=two\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct err e = ERR_NONE;
		struct cgroup_stats s;
		struct fixture f;

		begin(&f);
		put(&f, wrong[i].name, wrong[i].text);
		CHECK(stats_read(&f.c, &f.a, &s, &e) == -1 && e.num == EINVAL &&
			      strstr(e.text, wrong[i].name) && strstr(e.text, f.top),
		      "refused: %s", e.text);
		end(&f);
	}
}

static void test_odd(void)
{
	static const struct file odd[] = {
		{ "cpu.stat", "" },
		{ "cpu.pressure", "" },
		{ "cpuset.cpus.effective", "\n" },
		{ "memory.stat", "\n" },
		{ "io.stat", "\n" },
		{ "rdma.current", "" },
	};
	struct err e = ERR_NONE;
	struct cgroup_stats s;
	struct fixture f;

	begin(&f);
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		put(&f, odd[i].name, odd[i].text);
	CHECK(stats_read(&f.c, &f.a, &s, &e) == 0 && s.cpus.n == 0 && s.memory.raw.n == 0,
	      "empty files (%s)", e.text);
	put(&f, "cpu.pressure", "some avg10=0.10 avg60=0.00 avg300=0.00 total=1\n");
	CHECK(stats_read(&f.c, &f.a, &s, &e) == 0 && s.cpu.psi.set &&
		      s.cpu.psi.some.avg10 == 10 && s.cpu.psi.full.total == 0,
	      "kernels before 5.13 have no full line for the CPU (%s)", e.text);
	put(&f, "memory.stat", "anon 1\nhugetlb 2\n");
	put(&f, "hugetlb.numa", "x\n");
	CHECK(stats_read(&f.c, &f.a, &s, &e) == 0 && s.huge.n == 0 &&
		      s.memory.raw.n == 2 && s.memory.memory.limit == 0,
	      "memory.stat alone (%s)", e.text);
	end(&f);
}

static void test_watch(void)
{
	struct watch w = WATCH_NONE;
	struct err e = ERR_NONE;
	struct fixture f;
	uint64_t n = 7;

	begin(&f);
	CHECK(watch_open(&w, &f.c, "memory.events", "oom_kill", &e) == 0 && w.fd == -1,
	      "without the file there is nothing to watch (%s)", e.text);
	CHECK(cgroup_oom_kills(&f.c, &n) == -1, "and kills cannot be counted");
	put(&f, "memory.events", "low 0\noom 3\noom_kill 2\noom_group_kill 9\n");
	CHECK(cgroup_oom_kills(&f.c, &n) == 0 && n == 2, "kills are counted");
	CHECK(watch_open(&w, &f.c, "memory.events", "oom_kill", &e) == 0 && w.fd >= 0,
	      "watched (%s)", e.text);
	CHECK(watch_risen(&w) == 0, "kills of before do not count");
	/* not replaced: the same file says something else */
	CHECK(file_put(f.c.fd, "memory.events", "low 0\noom 5\noom_kill 2\n", &e) == 0 &&
		      watch_risen(&w) == 0,
	      "another counter is not meant (%s)", e.text);
	file_put(f.c.fd, "memory.events", "low 0\noom 5\noom_kill 5\n", &e);
	CHECK(watch_risen(&w) == 3, "three more");
	CHECK(watch_risen(&w) == 0, "are told once");
	watch_done(&w);
	CHECK(watch_open(&w, &f.c, "memory.events", "kill", &e) == 0 && w.fd == -1,
	      "a key is a whole word");
	fd_close(&f.c.fd);
	CHECK(watch_open(&w, &f.c, "memory.events", "oom_kill", &e) == 0 && w.fd == -1 &&
		      cgroup_oom_kills(&f.c, &n) == -1,
	      "no cgroup (%s)", e.text);
	end(&f);
}

static bool is_ready(const struct watch *w, int timeout_ms)
{
	struct pollfd p = { .fd = w->fd, .events = POLLPRI };

	return poll(&p, 1, timeout_ms) == 1 && p.revents & POLLPRI;
}

/* The kernel's part: a file that changes in the same way as memory.events */
static void test_real(const char *tree)
{
	autocgroup c = CGROUP_NONE_OPEN;
	struct arena a = check_arena();
	struct watch w = WATCH_NONE;
	struct err e = ERR_NONE;
	struct cgroup_stats s;
	char path[64];

	snprintf(path, sizeof(path), "/aril-stats-%d", getpid());
	if (!CHECK(cgroup_make(&c, tree, path, &a, &e) == 0, "a cgroup (%s)", e.text))
		return;
	CHECK(stats_read(&c, &a, &s, &e) == 0 && s.cpu.total == 0 &&
		      s.cpu.psi.set == (faccessat(c.fd, "cpu.pressure", F_OK, 0) == 0),
	      "its statistics (%s)", e.text);
	CHECK(watch_open(&w, &c, "cgroup.events", "frozen", &e) == 0 && w.fd >= 0,
	      "it is watched (%s)", e.text);
	CHECK(!is_ready(&w, 20) && watch_risen(&w) == 0, "nothing has happened");
	CHECK(file_put(c.fd, "cgroup.freeze", "1", &e) == 0 && is_ready(&w, 5000),
	      "a change wakes us (%s)", e.text);
	CHECK(watch_risen(&w) == 1 && !is_ready(&w, 20), "and is told once");
	CHECK(file_put(c.fd, "cgroup.freeze", "0", &e) == 0 && is_ready(&w, 5000) &&
		      watch_risen(&w) == 0,
	      "a counter that falls has not risen (%s)", e.text);
	CHECK(cgroup_remove(&c, 5000, &e) == 0 && watch_risen(&w) == 0 && w.fd == -1,
	      "when the cgroup is gone, so is the watch (%s)", e.text);
	watch_done(&w);
	arena_done(&a);
}

#define HEAD                                                                             \
	"Inter-|   Receive                                                |  Transmit\n" \
	" face |bytes    packets errs drop fifo frame compressed multicast|bytes    "    \
	"packets errs drop fifo colls carrier compressed\n"

static void test_network(void)
{
	static const char *const wrong[] = { HEAD "eth0 1 2\n", HEAD "eth0: 1 2\n",
					     HEAD ": 1 2 3 4 5 6 7 8 1 2 3 4 5 6 7 8\n",
					     HEAD "e:1 2 x 4 5 6 7 8 1 2 3 4 5 6 7 8\n" };
	struct arena a = check_arena();
	net_counters_t list = { NULL, 0 };
	struct err e = ERR_NONE;

	CHECK(net_counters_parse(HEAD
				 "    lo:    6586      59    0    0    0     0 "
				 "         0         0     6586      59    0    0    0"
				 "     0       0          0\n"
				 "  eth0: 1820089716   37025    1    2    0     0 "
				 "         0         0  1781307   21474    3    4    0"
				 "     0       0          0\n"
				 "b\377d\303\251:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 "
				 "16\n",
				 &a, &list, &e) == 0 &&
		      list.n == 3,
	      "three devices (%s)", e.text);
	CHECK_STR(list.items[0].name, "lo", "the first by its name, whatever that is");
	CHECK(list.items[0].received.bytes == 6586, "and its counters");
	CHECK_STR(list.items[1].name, "eth0", "the second");
	CHECK(list.items[1].received.bytes == 1820089716 &&
		      list.items[1].received.packets == 37025 &&
		      list.items[1].received.errors == 1 &&
		      list.items[1].received.dropped == 2 &&
		      list.items[1].sent.bytes == 1781307 &&
		      list.items[1].sent.packets == 21474 &&
		      list.items[1].sent.errors == 3 && list.items[1].sent.dropped == 4,
	      "and its counters");
	CHECK_STR(list.items[2].name, "b?d\303\251", "a name that is not UTF-8");
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct err why = ERR_NONE;

		CHECK(net_counters_parse(wrong[i], &a, &list, &why) == -1 &&
			      why.num == EINVAL,
		      "refused: %s", why.text);
	}
	CHECK(net_counters_read(getpid(), &a, &list, &e) == 0, "our own (%s)", e.text);
	CHECK(net_counters_read(INT32_MAX, &a, &list, &e) == 0 && list.n == 0,
	      "those of no process (%s)", e.text);
	arena_done(&a);
}

int main(void)
{
	const char *tree = cgroup_tree();

	test_whole();
	test_memory();
	test_wrong();
	test_odd();
	test_watch();
	test_network();
	if (geteuid() == 0 && tree)
		test_real(tree);
	else
		CHECK_SKIP("a real cgroup: needs root and a cgroup2 tree");
	return check_done();
}
