/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The end of a child that is given up: it is killed and reaped; one that is stuck in the
 * kernel keeps nobody waiting without end. Needs root and /dev/fuse for that.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "libcontainer/host/spawn.h"
#include "tests/unit/check.h"
#include "tests/unit/stuck.h"

static void test_usual(void)
{
	struct child c = CHILD_NONE;

	c.pid = fork();
	if (c.pid == 0) {
		pause();
		_exit(0);
	}
	c.pidfd = (int)sys_pidfd_open(c.pid, 0);
	child_done(&c);
	CHECK(waitpid(c.pid, NULL, WNOHANG) < 0, "a child is killed and reaped");
}

static void test_stuck(void)
{
	struct child c = CHILD_NONE;
	int64_t began;
	struct stuck s;

	if (!getenv("ARIL_TESTS_SLOW")) {
		CHECK_SKIP("a stuck one takes 10 s: set ARIL_TESTS_SLOW");
		return;
	}
	if (!stuck_begin(&s, -1)) {
		CHECK_SKIP("a stuck one needs root and /dev/fuse");
		return;
	}
	c.pid = s.pid;
	c.pidfd = (int)sys_pidfd_open(s.pid, 0);
	began = clock_ms();
	alarm(60); /* else this hangs, too */
	child_done(&c);
	CHECK(clock_ms() - began < 20000, "a stuck child is waited for 10 s");
	CHECK(waitpid(s.pid, NULL, WNOHANG) == 0, "it is still there");
	stuck_end(&s);
}

static void test_told(void)
{
	struct err e = ERR_NONE;
	struct child c = CHILD_NONE;
	struct stuck s;
	char text[64];

	if (!stuck_begin(&s, -1)) {
		CHECK_SKIP("a stuck one needs root and /dev/fuse");
		return;
	}
	c.pid = s.pid;
	c.pidfd = (int)sys_pidfd_open(s.pid, 0);
	err_set(&e, EIO, "mount it");
	alarm(60);
	CHECK(child_fail(&c, 100, &e) == -1 && e.num == EIO, "the error stays");
	snprintf(text, sizeof(text), "process %d was killed, but does not end", s.pid);
	CHECK(strncmp(e.text, text, strlen(text)) == 0, "who is left is told: %s",
	      e.text);
	child_done(&c);
	CHECK(waitpid(s.pid, NULL, WNOHANG) == 0, "it is still there");
	stuck_end(&s);
}

int main(void)
{
	test_usual();
	test_told();
	test_stuck();
	return check_done();
}
