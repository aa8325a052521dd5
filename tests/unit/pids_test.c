/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes of a cgroup, listed and signalled, in directories that look like cgroups:
 * what a container may fill them with, little memory, and a clock that runs as we like.
 * The kernel's own cgroups are cgroup_test.c's and freeze_test.c's.
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/sys.h"
#include "cgroups/cgroup.h"
#include "cgroups/left.h"
#include "tests/unit/check.h"

enum {
	NOBODY = 1 << 30, /* pids from here on are larger than the kernel's largest */
	CHILDREN = 100,	  /* cgroups below it */
	ROOM = 1 << 20,
	PIDS_MAX = 4 << 20
};

struct fixture {
	char dir[32];
	struct cgroup c;
};

int64_t __real_clock_ms(void);
int64_t __wrap_clock_ms(void);

static int64_t clock_step, clock_now; /* step 0: the true clock */

int64_t __wrap_clock_ms(void)
{
	if (!clock_step)
		return __real_clock_ms();
	clock_now += clock_step;
	return clock_now;
}

static void begin(struct fixture *f)
{
	struct err e = ERR_NONE;

	*f = (struct fixture){ .dir = "/tmp/aril-pids-XXXXXX", .c = CGROUP_NONE_OPEN };
	if (!mkdtemp(f->dir)) {
		printf("Bail out! %s\n", f->dir);
		exit(1);
	}
	f->c.fd = open(f->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	f->c.path = f->dir;
	for (int i = 0; i < CHILDREN; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d", i);
		mkdirat(f->c.fd, name, 0755);
		snprintf(name, sizeof(name), "%d/cgroup.procs", i);
		file_replace(f->c.fd, name, 0644, "", 0, &e);
	}
}

static void end(struct fixture *f)
{
	struct err e = ERR_NONE;

	fd_close(&f->c.fd);
	CHECK(dir_remove_all(AT_FDCWD, f->dir, &e) == 0, "removed (%s)", e.text);
}

static void put(struct fixture *f, const char *text, size_t len)
{
	struct err e = ERR_NONE;

	if (file_replace(f->c.fd, "cgroup.procs", 0644, text, len, &e) < 0)
		printf("Bail out! %s\n", e.text);
}

/* `n` processes that there are none of, but at some places */
static void put_pids(struct fixture *f, size_t n, const size_t *places, const pid_t *pids,
		     size_t some)
{
	char *text = malloc(n * 12), *at = text;

	for (size_t i = 0; i < n; i++) {
		pid_t pid = NOBODY + (pid_t)i;

		for (size_t j = 0; j < some; j++)
			if (places[j] == i)
				pid = pids[j];
		at += sprintf(at, "%d\n", pid);
	}
	put(f, text, (size_t)(at - text));
	free(text);
}

/* What is read in pieces: numbers of all lengths, some of them cut */
static void test_pieces(struct fixture *f)
{
	struct arena a = check_arena();
	char text[40000], *at = text;
	struct err e = ERR_NONE;
	size_t wrong = 0;
	pids_t pids;
	int ret;

	for (int i = 1; i <= 5000; i++)
		at += sprintf(at, i % 100 ? "%d\n" : "%d\n0\n", i * (i % 2 ? 1 : 7919));
	put(f, text, (size_t)(at - text - 1));
	ret = cgroup_pids(&f->c, &a, &pids, &e);
	CHECK(ret == 0 && pids.n == 5000, "%zu processes in %zu bytes (%s)", pids.n,
	      (size_t)(at - text), e.text);
	for (int i = 1; i <= 5000 && pids.n == 5000; i++)
		wrong += pids.items[i - 1] != i * (i % 2 ? 1 : 7919);
	CHECK(wrong == 0, "each as it was written");
	arena_done(&a);
}

static void test_wrong(struct fixture *f)
{
	static const char *const wrong[] = {
		"12x\n", "\n",	  "1\n\n2\n",	  "-1\n",
		" 1\n",	 "1 2\n", "2147483648\n", "99999999999999999999999999\n"
	};
	struct arena a = check_arena();
	pids_t pids;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct err e = ERR_NONE;

		put(f, wrong[i], strlen(wrong[i]));
		CHECK(cgroup_pids(&f->c, &a, &pids, &e) == -1 && e.num == EINVAL,
		      "refused: %s", e.text);
	}
	arena_done(&a);
}

/* In a child: what runs out of an arena ends the process. 0, or what failed */
static int in_little_room(struct fixture *f)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	pids_t pids;

	a.used = ARENA_RESERVE - ROOM;
	if (cgroup_pids(&f->c, &a, &pids, &e) < 0 || pids.n != 1300)
		return 2;
	for (int i = 0; i < 20; i++)
		if (cgroup_signal(&f->c, 0, &a, &e) < 0)
			return 3;
	return 0;
}

static void test_room(struct fixture *f)
{
	pid_t us = getpid();
	int status = 0;
	pid_t pid;

	put_pids(f, 1300, (size_t[]){ 1299 }, &us, 1);
	pid = fork();
	if (pid == 0)
		_exit(in_little_room(f));
	CHECK(waitpid(pid, &status, 0) == pid && status == 0,
	      "%d cgroups and %d processes in %d bytes: status %#x", CHILDREN, 1300, ROOM,
	      status);
}

static void test_too_many(struct fixture *f)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	char text[8 * 512 + 1];
	autofd fd = -1;
	pids_t pids;
	size_t n = 0;
	int ret;

	for (size_t i = 0; i < sizeof(text) - 1; i += 8)
		memcpy(text + i, "5000000\n", 9);
	put(f, "1\n", 2);
	fd = openat(f->c.fd, "cgroup.procs", O_WRONLY | O_APPEND | O_CLOEXEC);
	while (n < PIDS_MAX && fd_write_all(fd, text, sizeof(text) - 1, &e) == 0)
		n += 512;
	ret = cgroup_pids(&f->c, &a, &pids, &e);
	CHECK(ret == -1 && e.num == E2BIG && pids.n == PIDS_MAX && a.used < (64UL << 20),
	      "%zu are too many, in %zu MiB: %s", n + 1, a.used >> 20, e.text);
	arena_done(&a);
}

static int see_first(void *to, pid_t pid, struct err *e)
{
	(void)e;
	*(pid_t *)to = pid;
	return 1;
}

static int see_none(void *to, pid_t pid, struct err *e)
{
	(void)to;
	return err_set(e, EPERM, "look at %d", pid);
}

static void test_each(struct fixture *f)
{
	struct err e = ERR_NONE;
	pid_t first = 0;

	put(f, "12\n13\n", 6);
	CHECK(cgroup_each(&f->c, 5000, see_first, &first, &e) == 1 && first == 12,
	      "no more than is wanted (%s)", e.text);
	CHECK(cgroup_each(&f->c, 5000, see_none, NULL, &e) == -1 && e.num == EPERM &&
		      strstr(e.text, "look at 12"),
	      "what goes wrong is told: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(cgroup_each(&f->c, -1, see_first, &first, &e) == -1 && e.num == ETIMEDOUT,
	      "a time that is over: %s", e.text);
}

enum { VICTIMS = 3 };

static void victims_begin(pid_t pids[VICTIMS])
{
	for (int i = 0; i < VICTIMS; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			for (;;)
				pause();
	}
}

/* How many of the first have died of the signal; the others are killed */
static int victims_end(const pid_t pids[VICTIMS], int sig, int want)
{
	int status, n = 0;

	for (int i = 0; i < VICTIMS; i++) {
		if (i >= want)
			kill(pids[i], SIGKILL);
		n += waitpid(pids[i], &status, 0) == pids[i] && WIFSIGNALED(status) &&
		     WTERMSIG(status) == sig;
	}
	return n;
}

/* The clock runs 4 s for each 1000 processes that are listed */
static void test_deadline(struct fixture *f)
{
	static const size_t places[VICTIMS] = { 0, 700, 1199 };
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	pid_t pids[VICTIMS];
	int64_t start;
	int ret;

	victims_begin(pids);
	put_pids(f, 1200, places, pids, VICTIMS);
	start = clock_now = 1000;
	clock_step = 4;
	ret = cgroup_signal(&f->c, SIGUSR1, &a, &e);
	clock_step = 0;
	CHECK(ret == -1 && e.num == ETIMEDOUT && clock_now - start < 10100,
	      "one deadline for all of it, after %lld ms: %s",
	      (long long)(clock_now - start), e.text);
	CHECK(victims_end(pids, SIGUSR1, 2) == 2, "those before it have got the signal");
	arena_done(&a);
}

/* The list ends at half of the time: those that are on it are not left out */
static void test_late_list(struct fixture *f)
{
	static const size_t places[VICTIMS] = { 0, 10, 1999 };
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	pid_t pids[VICTIMS];
	int ret;

	victims_begin(pids);
	put_pids(f, 2000, places, pids, VICTIMS);
	clock_step = 4;
	ret = cgroup_signal(&f->c, SIGUSR2, &a, &e);
	clock_step = 0;
	CHECK(ret == -1 && e.num == ETIMEDOUT, "not all can be listed: %s", e.text);
	CHECK(victims_end(pids, SIGUSR2, 2) == 2, "who is listed has got the signal");
	arena_done(&a);
}

/* In errors */
static void test_names(struct fixture *f)
{
	pid_t us[] = { getpid(), 1 };
	char text[LEFT_TEXT], want[32];
	size_t n;

	put_pids(f, 2, (size_t[]){ 0, 1 }, us, 2);
	n = left_names(&f->c, LEFT_ALL, text);
	snprintf(want, sizeof(want), " %d (R", us[0]);
	CHECK(n == 2 && strstr(text, want) && !strstr(text, "..."), "two are left:%s",
	      text);
	put_pids(f, 1300, (size_t[]){ 0, 1 }, us, 2);
	n = left_names(&f->c, LEFT_ALL, text);
	CHECK(n == 1300 && strstr(text, want) == text && strstr(text, " ..."),
	      "%zu are left:%s", n, text);
	clock_step = 10;
	n = left_names(&f->c, LEFT_ALL, text);
	clock_step = 0;
	CHECK(n > 100 && n < 300 && strstr(text, want) == text && strstr(text, " ..."),
	      "%zu have been seen in 2 s:%s", n, text);
}

int main(void)
{
	struct fixture f;

	begin(&f);
	test_pieces(&f);
	test_wrong(&f);
	test_room(&f);
	test_too_many(&f);
	test_each(&f);
	test_deadline(&f);
	test_late_list(&f);
	test_names(&f);
	end(&f);
	return check_done();
}
