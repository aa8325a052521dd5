/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups: made, entered, waited for, killed, removed; and which limits need a
 * controller. Works in a cgroup of its own (aril-test-PID) at the root of the cgroup2
 * tree; without root or without such a tree only the pure part runs.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"
#include "cgroups/cgroup.h"
#include "tests/unit/cgroup_tree.h"
#include "tests/unit/check.h"

struct fixture {
	struct arena a;
	const char *mount;
	char top[64];
};

static bool there(struct fixture *f, const char *path)
{
	char name[256];

	snprintf(name, sizeof(name), "%s%s", f->mount, path);
	return access(name, F_OK) == 0;
}

static const char *path_of(struct fixture *f, const char *tail)
{
	return arena_fmt(&f->a, "/%s%s", f->top, tail);
}

/* A process born in the cgroup, which waits to be killed */
static pid_t born_in(const struct cgroup *c)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)c->fd };
	pid_t pid = (pid_t)sys_clone3(&args);

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void test_paths(struct fixture *f)
{
	static const char *const bad[] = { "",	     "/",    "..", "/a/../b",
					   "/a/./b", "a//b", "/.", "//" };
	struct err e = ERR_NONE;
	struct cgroup c;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK(cgroup_make(&c, f->mount, bad[i], &f->a, &e) == -1 &&
			      e.num == EINVAL && c.fd < 0,
		      "path \"%s\" is refused", bad[i]);
		CHECK(cgroup_open(&c, f->mount, bad[i], &f->a, &e) == -1,
		      "and not opened");
	}
	CHECK(!there(f, "/a"), "nothing was made");
}

static void test_make(struct fixture *f)
{
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;
	autocgroup again = CGROUP_NONE_OPEN;

	CHECK(cgroup_make(&c, f->mount, path_of(f, "/a/b"), &f->a, &e) == 0, "made (%s)",
	      e.text);
	CHECK_STR(c.made, path_of(f, ""), "the topmost that was made is known");
	CHECK(cgroup_populated(&c, &e) == 0 &&
		      !cgroup_path_frozen(f->mount, path_of(f, "/a/b")),
	      "empty, not frozen");
	CHECK(cgroup_make(&again, f->mount, path_of(f, "/a/b"), &f->a, &e) == 0 &&
		      !again.made,
	      "an empty one that is there is taken (%s)", e.text);
	cgroup_done(&again);
	CHECK(there(f, path_of(f, "/a/b")), "and is not removed by who did not make it");
	CHECK(cgroup_make(&again, f->mount, path_of(f, "/a/c/d/"), &f->a, &e) == 0,
	      "a sibling");
	CHECK_STR(again.made, path_of(f, "/a/c"), "only what it made itself is its own");
	cgroup_done(&again);
	CHECK(!there(f, path_of(f, "/a/c")) && there(f, path_of(f, "/a")),
	      "and goes with it");
	cgroup_done(&c);
	CHECK(!there(f, path_of(f, "")), "at the end all is gone");
	CHECK(cgroup_open(&again, f->mount, path_of(f, ""), &f->a, &e) == -1 &&
		      e.num == ENOENT,
	      "and cannot be opened");
}

static void test_life(struct fixture *f)
{
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN, below = CGROUP_NONE_OPEN,
		   other = CGROUP_NONE_OPEN;
	pid_t one, two;
	pids_t pids;

	cgroup_make(&c, f->mount, path_of(f, "/x"), &f->a, &e);
	cgroup_make(&below, f->mount, path_of(f, "/x/y/z"), &f->a, &e);
	one = born_in(&c);
	two = born_in(&below);
	CHECK(one > 0 && two > 0, "two processes are born in it and below it");
	CHECK(cgroup_populated(&c, &e) == 1, "it is populated");
	CHECK(cgroup_pids(&c, &f->a, &pids, &e) == 0 && pids.n == 2 &&
		      (pids.items[0] == one || pids.items[1] == one) &&
		      (pids.items[0] == two || pids.items[1] == two),
	      "both are found");
	CHECK(cgroup_make(&other, f->mount, path_of(f, "/x"), &f->a, &e) == -1 &&
		      e.num == EBUSY &&
		      strstr(e.text,
			     "container's cgroup is not empty: 2 process(es) found"),
	      "no container is put beside them: %s", e.text);
	CHECK(cgroup_wait_empty(&c, 30, &e) == -1 && e.num == ETIMEDOUT,
	      "a wait ends: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(cgroup_remove(&c, 30, &e) == -1 && e.num, "a removal does, too: %s",
	      e.text);
	e = (struct err)ERR_NONE;
	CHECK(cgroup_kill(&c, &e) == 0, "all are killed (%s)", e.text);
	CHECK(cgroup_wait_empty(&c, 5000, &e) == 0, "and gone (%s)", e.text);
	CHECK(cgroup_remove(&c, 5000, &e) == 0 && !there(f, path_of(f, "")),
	      "it is removed with what is below and its parents (%s)", e.text);
	CHECK(cgroup_remove(&below, 100, &e) == 0, "removed before is fine (%s)", e.text);
	int status;

	CHECK(waitpid(one, &status, 0) == one && WIFSIGNALED(status) &&
		      WTERMSIG(status) == SIGKILL && waitpid(two, &status, 0) == two,
	      "they died of SIGKILL");
}

/* The removal meets processes that are just dying */
static void test_dying(struct fixture *f)
{
	struct err e = ERR_NONE;
	int bad = 0;

	for (int i = 0; i < 20; i++) {
		autocgroup c = CGROUP_NONE_OPEN;
		pid_t pid;

		cgroup_make(&c, f->mount, path_of(f, "/dying"), &f->a, &e);
		pid = born_in(&c);
		cgroup_kill(&c, &e);
		bad += cgroup_remove(&c, 5000, &e) != 0;
		waitpid(pid, NULL, 0);
	}
	CHECK(bad == 0 && !there(f, path_of(f, "")),
	      "20 removals right behind the kill (%s)", e.text);
}

static void test_frozen(struct fixture *f)
{
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN, other = CGROUP_NONE_OPEN;
	const char *path = path_of(f, "/cold");

	cgroup_make(&c, f->mount, path, &f->a, &e);
	CHECK(!cgroup_path_frozen(f->mount, path), "it is not frozen");
	CHECK(file_put(c.fd, "cgroup.freeze", "1", &e) == 0, "it is frozen now (%s)",
	      e.text);
	CHECK(cgroup_path_frozen(f->mount, path) &&
		      cgroup_path_frozen(f->mount, path + 1),
	      "and says so");
	CHECK(cgroup_make(&other, f->mount, path, &f->a, &e) == -1 && e.num == EBUSY &&
		      strstr(e.text, "container's cgroup unexpectedly frozen"),
	      "no container is put into it: %s", e.text);
	pid_t pid = born_in(&c);

	CHECK(cgroup_kill(&c, &e) == 0 && cgroup_wait_empty(&c, 5000, &e) == 0,
	      "what is frozen can be killed (%s)", e.text);
	waitpid(pid, NULL, 0);
	CHECK(!cgroup_path_frozen(f->mount, "/no/such/cgroup"),
	      "one that isn't is not frozen");
}

static void test_threaded(struct fixture *f)
{
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN, t = CGROUP_NONE_OPEN;
	pids_t pids;

	cgroup_make(&c, f->mount, path_of(f, "/dom"), &f->a, &e);
	cgroup_make(&t, f->mount, path_of(f, "/dom/threads"), &f->a, &e);
	CHECK(file_put(t.fd, "cgroup.type", "threaded", &e) == 0,
	      "a threaded cgroup (%s)", e.text);
	pid_t pid = born_in(&t);

	CHECK(cgroup_pids(&t, &f->a, &pids, &e) == 0 && pids.n == 1 &&
		      pids.items[0] == pid,
	      "its thread is found (%s)", e.text);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

enum { DEEP = 150, WIDE = 40, MANY = 130 };

/* What a container can make of a writable cgroup mount */
static void test_deep(struct fixture *f)
{
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN, bottom = CGROUP_NONE_OPEN;
	bool found = false;
	pids_t pids;
	pid_t pid;

	cgroup_make(&c, f->mount, path_of(f, "/deep"), &f->a, &e);
	bottom.fd = openat(c.fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bottom.keep = true;
	for (int i = 0; i < DEEP; i++) {
		char name[16];
		int next;

		for (int j = 0; j < WIDE && i < 2; j++) {
			snprintf(name, sizeof(name), "side-%d", j);
			mkdirat(bottom.fd, name, 0755);
		}
		mkdirat(bottom.fd, "d", 0755);
		next = openat(bottom.fd, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		fd_close(&bottom.fd);
		bottom.fd = next;
	}
	pid = born_in(&bottom);
	CHECK(bottom.fd >= 0 && pid > 0, "a process %d cgroups below", DEEP);
	found = cgroup_pids(&c, &f->a, &pids, &e) == 0 && pids.n == 1 &&
		pids.items[0] == pid;
	CHECK(found, "is found (%s)", e.text);
	CHECK(cgroup_remove(&c, 50, &e) == -1, "holds them: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(cgroup_kill(&c, &e) == 0 && cgroup_remove(&c, 5000, &e) == 0,
	      "and they go when it has ended (%s)", e.text);
	waitpid(pid, NULL, 0);
	CHECK(!there(f, path_of(f, "")), "all of them");
}

static void test_signal(struct fixture *f)
{
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN, below = CGROUP_NONE_OPEN;
	int status, killed = 0;
	pid_t pids[MANY];

	cgroup_make(&c, f->mount, path_of(f, "/many"), &f->a, &e);
	cgroup_make(&below, f->mount, path_of(f, "/many/below"), &f->a, &e);
	for (int i = 0; i < MANY; i++)
		pids[i] = born_in(i % 2 ? &c : &below);
	CHECK(cgroup_signal(&c, SIGUSR1, &f->a, &e) == 0, "a signal to %d (%s)", MANY,
	      e.text);
	for (int i = 0; i < MANY; i++)
		killed += waitpid(pids[i], &status, 0) == pids[i] &&
			  WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1;
	CHECK(killed == MANY, "reaches %d", killed);
	CHECK(cgroup_signal(&c, SIGUSR1, &f->a, &e) == 0, "and nobody else (%s)", e.text);
}

struct need_case {
	const char *json, *path, *controller; /* path NULL: needs nothing */
};

static void test_needs(struct arena *a)
{
	static const struct need_case cases[] = {
		{ "{}", NULL, NULL },
		{ "{\"memory\":{},\"cpu\":{},\"pids\":{},\"blockIO\":{},\"network\":{}}",
		  NULL, NULL },
		{ "{\"memory\":{\"limit\":0,\"swap\":-1,\"disableOOMKiller\":false}}",
		  NULL, NULL },
		{ "{\"memory\":{\"swappiness\":18446744073709551615}}", NULL, NULL },
		{ "{\"cpu\":{\"shares\":0,\"quota\":-1,\"period\":100000,\"cpus\":\"\"}}",
		  NULL, NULL },
		{ "{\"cpu\":{\"shares\":1024}}", NULL, NULL },
		{ "{\"pids\":{\"limit\":-1}}", NULL, NULL },
		{ "{\"blockIO\":{\"weight\":0,\"throttleReadBpsDevice\":[]}}", NULL,
		  NULL },
		{ "{\"hugepageLimits\":[],\"rdma\":{},\"unified\":{}}", NULL, NULL },
		{ "{\"devices\":[{\"allow\":false,\"access\":\"rwm\"}]}", NULL, NULL },
		{ "{\"memory\":{\"limit\":1}}", "memory.limit", "memory" },
		{ "{\"memory\":{\"swappiness\":0}}", "memory.swappiness", "memory" },
		{ "{\"memory\":{\"kernelTCP\":9}}", "memory.kernelTCP", "memory" },
		{ "{\"cpu\":{\"shares\":2}}", "cpu.shares", "cpu" },
		{ "{\"cpu\":{\"quota\":1000}}", "cpu.quota", "cpu" },
		{ "{\"cpu\":{\"mems\":\"0\"}}", "cpu.mems", "cpuset" },
		{ "{\"pids\":{\"limit\":0}}", "pids.limit", "pids" },
		{ "{\"blockIO\":{\"weight\":10}}", "blockIO.weight", "io" },
		{ "{\"blockIO\":{\"throttleWriteIOPSDevice\":[{\"major\":1,\"minor\":2,"
		  "\"rate\":3}]}}",
		  "blockIO.throttleWriteIOPSDevice", "io" },
		{ "{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":0}]}",
		  "hugepageLimits", "hugetlb" },
		{ "{\"network\":{\"classID\":5}}", "network.classID", "net_cls" },
		{ "{\"network\":{\"priorities\":[{\"name\":\"lo\",\"priority\":0}]}}",
		  "network.priorities", "net_prio" },
		{ "{\"rdma\":{\"mlx\":{\"hcaHandles\":3}}}", "rdma", "rdma" },
		{ "{\"unified\":{\"memory.high\":\"1\"}}", "unified", "memory" },
		{ "{\"unified\":{\"cgroup.max.depth\":\"1\",\"odd.file\":\"1\"}}",
		  "unified", "odd.file" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct resources *r = arena_new(a, struct resources);
		struct limit_need need = { NULL, NULL };
		const struct need_case *c = &cases[i];
		struct err e = ERR_NONE;
		bool any;

		CHECK(json_read(c->json, strlen(c->json), &resources_shape, r, a, &e) ==
			      0,
		      "%s%s", c->json, e.text);
		any = resources_need(r, 0, &need);
		CHECK(any == (c->path != NULL), "needs %s",
		      c->path ? c->path : "nothing");
		CHECK_STR(need.path, c->path, "by its path");
		CHECK_STR(need.controller, c->controller, "and its controller");
		CHECK(!resources_need(r, 1, &need), "and nothing else");
	}
	CHECK(!resources_need(NULL, 0, &(struct limit_need){ NULL, NULL }),
	      "no limits, no needs");
}

static void test_need_order(struct arena *a)
{
	static const char json[] = "{\"unified\":{\"io.max\":\"x\",\"cpu.weight\":\"1\"},"
				   "\"pids\":{\"limit\":5},\"memory\":{\"limit\":5}}";
	static const char *const want[] = { "memory", "pids", "io", "cpu" };
	struct resources *r = arena_new(a, struct resources);
	struct limit_need need;
	struct err e = ERR_NONE;
	size_t n = 0;

	CHECK(json_read(json, strlen(json), &resources_shape, r, a, &e) == 0,
	      "four limits");
	while (n < 9 && resources_need(r, n, &need)) {
		CHECK_STR(need.controller, n < 4 ? want[n] : NULL, "number %zu", n);
		n++;
	}
	CHECK(n == 4, "are all found by their number");
}

int main(void)
{
	struct fixture f = { .mount = cgroup_tree() };
	struct err e = ERR_NONE;

	if (arena_open(&f.a, false, &e) < 0)
		return 99;
	test_needs(&f.a);
	test_need_order(&f.a);
	snprintf(f.top, sizeof(f.top), "aril-test-%d", getpid());
	if (geteuid() != 0 || !f.mount) {
		CHECK_SKIP("cgroups: needs root and a cgroup2 tree");
	} else {
		test_paths(&f);
		test_make(&f);
		test_life(&f);
		test_dying(&f);
		test_frozen(&f);
		test_threaded(&f);
		test_deep(&f);
		test_signal(&f);
		CHECK(!there(&f, path_of(&f, "")), "nothing is left");
	}
	arena_done(&f.a);
	return check_done();
}
