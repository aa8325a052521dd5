/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cgroups: made, entered, waited for, killed, removed. Works in a cgroup of its own
 * (aril-test-PID) at the root of the cgroup2 tree; needs root and such a tree.
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
	CHECK(cgroup_populated(&below, &e) == 0, "in a removed one is nobody (%s)",
	      e.text);
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

int main(void)
{
	struct fixture f = { .mount = cgroup_tree() };
	struct err e = ERR_NONE;

	if (arena_open(&f.a, false, &e) < 0)
		return 99;
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
