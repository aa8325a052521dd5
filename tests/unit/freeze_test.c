/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Freezing: processes stop and go on; one that cannot stop, signals while it waits, and a
 * cgroup above that is frozen. Needs root and a cgroup2 tree; makes the cgroup
 * aril-test-PID and removes it.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"
#include "cgroups/cgroup.h"
#include "cgroups/freeze.h"
#include "tests/unit/cgroup_tree.h"
#include "tests/unit/check.h"
#include "tests/unit/stuck.h"

enum {
	COUNTERS = 20,
	WAIT_MS = 5000,
	CROWD = 17000, /* cgroups; 256 MiB were enough for 16000 */
	CROWD_MS = 20000
};

struct fixture {
	struct arena a;
	const char *mount;
	char top[64];
	volatile unsigned *counters; /* shared with our children */
};

static const char *path_of(struct fixture *f, const char *tail)
{
	return arena_fmt(&f->a, "/%s%s", f->top, tail);
}

static pid_t clone_into(const struct cgroup *c)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)c->fd };

	return (pid_t)sys_clone3(&args);
}

static void count(struct fixture *f, int i)
{
	for (;;) {
		f->counters[i]++;
		poll(NULL, 0, 1);
	}
}

/* Do all of them count from now on, within the time? */
static bool all_count(struct fixture *f, int ms)
{
	unsigned before[COUNTERS];
	int64_t end = clock_ms() + ms;
	int going = 0;

	for (int i = 0; i < COUNTERS; i++)
		before[i] = f->counters[i];
	while (going < COUNTERS && clock_ms() < end) {
		poll(NULL, 0, 1);
		going = 0;
		for (int i = 0; i < COUNTERS; i++)
			going += f->counters[i] != before[i];
	}
	return going == COUNTERS;
}

static bool none_counts(struct fixture *f, int ms)
{
	unsigned before[COUNTERS];
	int going = 0;

	for (int i = 0; i < COUNTERS; i++)
		before[i] = f->counters[i];
	poll(NULL, 0, ms);
	for (int i = 0; i < COUNTERS; i++)
		going += f->counters[i] != before[i];
	return going == 0;
}

static void test_stop_and_go(struct fixture *f)
{
	autocgroup c = CGROUP_NONE_OPEN, below = CGROUP_NONE_OPEN;
	struct err e = ERR_NONE;
	const char *path = path_of(f, "/x");

	cgroup_make(&c, f->mount, path, &f->a, &e);
	cgroup_make(&below, f->mount, path_of(f, "/x/below"), &f->a, &e);
	for (int i = 0; i < COUNTERS; i++)
		if (clone_into(i % 2 ? &c : &below) == 0)
			count(f, i);
	CHECK(all_count(f, WAIT_MS), "%d processes count", COUNTERS);
	CHECK(cgroup_freezing(&c, &e) == 0, "nobody freezes them (%s)", e.text);
	CHECK(cgroup_freeze(&c, WAIT_MS, &e) == 0, "they are frozen (%s)", e.text);
	CHECK(cgroup_path_frozen(f->mount, path) && cgroup_freezing(&c, &e) == 1,
	      "which can be seen");
	CHECK(none_counts(f, 100), "none counts any more");
	CHECK(cgroup_freeze(&c, WAIT_MS, &e) == 0, "once more is fine (%s)", e.text);
	CHECK(cgroup_thaw(&c, WAIT_MS, &e) == 0, "they are let go (%s)", e.text);
	CHECK(!cgroup_path_frozen(f->mount, path) && cgroup_freezing(&c, &e) == 0 &&
		      all_count(f, WAIT_MS),
	      "and count on");
	CHECK(cgroup_freeze(&c, WAIT_MS, &e) == 0 && cgroup_kill(&c, &e) == 0 &&
		      cgroup_wait_empty(&c, WAIT_MS, &e) == 0,
	      "frozen ones die of a SIGKILL (%s)", e.text);
	for (int i = 0; i < COUNTERS; i++)
		wait(NULL);
	CHECK(cgroup_freeze(&c, WAIT_MS, &e) == 0, "an empty one can be frozen (%s)",
	      e.text);
}

static void test_above(struct fixture *f)
{
	autocgroup c = CGROUP_NONE_OPEN, below = CGROUP_NONE_OPEN;
	struct err e = ERR_NONE;

	cgroup_make(&c, f->mount, path_of(f, "/up"), &f->a, &e);
	cgroup_make(&below, f->mount, path_of(f, "/up/down"), &f->a, &e);
	CHECK(cgroup_freeze(&c, WAIT_MS, &e) == 0 &&
		      cgroup_path_frozen(f->mount, path_of(f, "/up/down")),
	      "what is below is frozen, too (%s)", e.text);
	CHECK(cgroup_thaw(&below, 30, &e) == -1 && e.num == ETIMEDOUT &&
		      strstr(e.text, "a cgroup above it is frozen"),
	      "and is not thawed alone: %s", e.text);
}

static bool freezing_soon(const struct cgroup *c)
{
	int64_t end = clock_ms() + WAIT_MS;
	struct err e = ERR_NONE;

	while (cgroup_freezing(c, &e) == 0 && clock_ms() < end)
		poll(NULL, 0, 1);
	return cgroup_freezing(c, &e) == 1;
}

/* Who waits for somebody else's resume */
static void test_wait(struct fixture *f)
{
	autocgroup c = CGROUP_NONE_OPEN;
	struct err e = ERR_NONE;
	autofd pidfd = -1;
	pid_t pid;

	cgroup_make(&c, f->mount, path_of(f, "/wait"), &f->a, &e);
	CHECK(cgroup_wait_thawed(&c, -1, &e) == 0, "nothing to wait for (%s)", e.text);
	cgroup_freeze(&c, WAIT_MS, &e);
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 30);
		_exit(cgroup_thaw(&c, WAIT_MS, &e) < 0);
	}
	alarm(WAIT_MS / 1000);
	CHECK(cgroup_wait_thawed(&c, -1, &e) == 0 && cgroup_freezing(&c, &e) == 0,
	      "until another thaws it (%s)", e.text);
	waitpid(pid, NULL, 0);
	cgroup_freeze(&c, WAIT_MS, &e);
	pid = fork();
	if (pid == 0)
		_exit(0);
	pidfd = (int)sys_pidfd_open(pid, 0);
	CHECK(cgroup_wait_thawed(&c, pidfd, &e) == 0 && cgroup_freezing(&c, &e) == 1,
	      "or the process has ended (%s)", e.text);
	alarm(0);
	waitpid(pid, NULL, 0);
}

static void test_late(const struct cgroup *c, const struct stuck *s)
{
	struct err e = ERR_NONE;
	char name[32];

	snprintf(name, sizeof(name), ": %d (D", s->pid);
	CHECK(cgroup_freeze(c, 100, &e) == -1 && e.num == ETIMEDOUT &&
		      strstr(e.text, "1 process(es) go on") && strstr(e.text, name),
	      "it does not stop: %s", e.text);
	CHECK(cgroup_freezing(c, &e) == 0, "and nothing stays frozen");
}

/* In a child: an arena that is full would end us */
static int ask_crowded(const struct cgroup *c, const char *name)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	pids_t pids;

	if (cgroup_freeze(c, 100, &e) == 0 || e.num != ETIMEDOUT || !strstr(e.text, name))
		return 2;
	if (cgroup_wait_empty(c, 0, &e) == 0 || e.num != ETIMEDOUT ||
	    !strstr(e.text, name))
		return 3;
	if (cgroup_pids(c, &a, &pids, &e) < 0 || pids.n != 1)
		return 4;
	return cgroup_signal(c, 0, &a, &e) < 0 ? 5 : 0;
}

/* The stuck one is in one of many cgroups: the kernel calls one frozen as soon as all
 * below it are, whatever its own processes do */
static void test_crowd(const struct cgroup *c, const struct stuck *s)
{
	int64_t end = clock_ms() + CROWD_MS;
	struct err e = ERR_NONE;
	int status = 0, n = 0;
	char name[32];
	pid_t pid;

	for (bool ok = true; ok && n < CROWD && clock_ms() < end; n += ok) {
		snprintf(name, sizeof(name), "crowd-%d", n);
		ok = mkdirat(c->fd, name, 0755) == 0;
	}
	snprintf(name, sizeof(name), ": %d (D", s->pid);
	pid = fork();
	if (pid == 0)
		_exit(ask_crowded(c, name));
	waitpid(pid, &status, 0);
	if (n < CROWD)
		CHECK_SKIP("only %d cgroups could be made in %d ms", n, CROWD_MS);
	CHECK(status == 0, "it is found among %d cgroups: status %#x", n, status);
	CHECK(cgroup_freezing(c, &e) == 0, "and nothing stays frozen (%s)", e.text);
	file_put(c->fd, "cgroup.freeze", "0", &e);
	while (n-- > 0) {
		snprintf(name, sizeof(name), "crowd-%d", n);
		unlinkat(c->fd, name, AT_REMOVEDIR);
	}
}

/* A child that sends us a signal as soon as we wait */
static pid_t poke_later(const struct cgroup *c, int sig)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (freezing_soon(c))
			kill(getppid(), sig);
		_exit(0);
	}
	return pid;
}

static volatile sig_atomic_t freezing_in_handler = -1;
static const struct cgroup *handled;

static void on_signal(int sig)
{
	struct err e = ERR_NONE;

	(void)sig;
	freezing_in_handler = cgroup_freezing(handled, &e);
}

static void test_signals(const struct cgroup *c)
{
	struct sigaction catch = { .sa_handler = on_signal };
	struct err e = ERR_NONE;
	int64_t start = clock_ms();
	pid_t pid;

	handled = c;
	sigaction(SIGUSR1, &catch, NULL);
	pid = poke_later(c, SIGUSR1);
	CHECK(cgroup_freeze(c, WAIT_MS, &e) == -1 && e.num == EINTR &&
		      clock_ms() - start < WAIT_MS,
	      "a signal ends the wait: %s", e.text);
	CHECK(freezing_in_handler == 0, "and comes when nothing is frozen any more");
	waitpid(pid, NULL, 0);
	signal(SIGHUP, SIG_IGN);
	pid = poke_later(c, SIGHUP);
	e = (struct err)ERR_NONE;
	CHECK(cgroup_freeze(c, 200, &e) == -1 && e.num == ETIMEDOUT,
	      "an ignored one does not: %s", e.text);
	waitpid(pid, NULL, 0);
}

static void test_terminated(const struct cgroup *c)
{
	struct err e = ERR_NONE;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(cgroup_freeze(c, WAIT_MS, &e) < 0);
	CHECK(freezing_soon(c), "another freezes it");
	kill(pid, SIGTERM);
	CHECK(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
		      WTERMSIG(status) == SIGTERM,
	      "SIGTERM ends that one");
	CHECK(cgroup_freezing(c, &e) == 0, "which leaves nothing frozen");
}

/* It came into a frozen cgroup: the kernel tells nobody when that is thawed */
static void test_no_event(const struct cgroup *c)
{
	struct err e = ERR_NONE;
	pid_t pid;

	file_put(c->fd, "cgroup.freeze", "1", &e);
	pid = fork();
	if (pid == 0) {
		poll(NULL, 0, 30);
		_exit(cgroup_thaw(c, WAIT_MS, &e) < 0);
	}
	alarm(WAIT_MS / 1000);
	CHECK(cgroup_wait_thawed(c, -1, &e) == 0 && cgroup_freezing(c, &e) == 0,
	      "half frozen is not thawed (%s)", e.text);
	alarm(0);
	waitpid(pid, NULL, 0);
}

/* What `delete -f` says of it */
static void test_undead(const struct cgroup *c, struct stuck *s)
{
	struct err e = ERR_NONE;
	char name[32];

	snprintf(name, sizeof(name), ": %d (D", s->pid);
	CHECK(cgroup_kill(c, &e) == 0 && cgroup_wait_empty(c, 100, &e) == -1 &&
		      strstr(e.text, "1 process(es) left") && strstr(e.text, name),
	      "it does not die: %s", e.text);
	stuck_end(s);
	e = (struct err)ERR_NONE;
	CHECK(cgroup_wait_empty(c, WAIT_MS, &e) == 0,
	      "but when its server does, it does (%s)", e.text);
}

static void test_stuck(struct fixture *f)
{
	autocgroup up = CGROUP_NONE_OPEN, c = CGROUP_NONE_OPEN;
	struct err e = ERR_NONE;
	struct stuck s;

	cgroup_make(&up, f->mount, path_of(f, "/up"), &f->a, &e);
	cgroup_make(&c, f->mount, path_of(f, "/up/stuck"), &f->a, &e);
	if (!stuck_begin(&s, c.fd)) {
		CHECK_SKIP("a process that is stuck: there is no FUSE");
		return;
	}
	test_late(&c, &s);
	test_crowd(&up, &s);
	test_signals(&c);
	test_terminated(&c);
	test_no_event(&c);
	test_undead(&c, &s);
}

int main(void)
{
	struct fixture f = { .mount = cgroup_tree() };
	struct err e = ERR_NONE;

	if (arena_open(&f.a, false, &e) < 0)
		return 99;
	f.counters = mmap(NULL, COUNTERS * sizeof(*f.counters), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	snprintf(f.top, sizeof(f.top), "aril-test-%d", getpid());
	if (geteuid() != 0 || !f.mount) {
		CHECK_SKIP("freezing: needs root and a cgroup2 tree");
	} else {
		test_stop_and_go(&f);
		test_above(&f);
		test_wait(&f);
		test_stuck(&f);
		CHECK(access(arena_fmt(&f.a, "%s/%s", f.mount, f.top), F_OK) < 0,
		      "nothing is left");
	}
	arena_done(&f.a);
	return check_done();
}
