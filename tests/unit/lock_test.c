/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The lock of a box: who waits gets it, learns that the box has gone, or gives up after
 * 10 s. Who removes late removes no other box; what died is swept away. Needs no
 * privileges. Runs in a directory of its own below /tmp.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "libcontainer/box/box.h"
#include "tests/unit/check.h"

struct fixture {
	char dir[64], root[96];
	struct arena a;
};

static enum box_status reader_sees(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;

	if (box_open(&b, f->root, "locked", false, false, &f->a, &e) < 0)
		return BOX_STOPPED;
	return box_status(&b);
}

/* A child takes the lock and keeps it until told, then maybe removes the box */
static pid_t hold_lock(struct fixture *f, const char *id, int ready, int go, bool remove)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct err e = ERR_NONE;
		struct box b;
		char byte;

		if (box_open(&b, f->root, id, true, false, &f->a, &e) < 0)
			_exit(1);
		if (write(ready, "", 1) != 1 || read(go, &byte, 1) != 1)
			_exit(2);
		/* the other is in flock() by now, or will be: both must do */
		if (remove && box_remove(&b, &e) < 0)
			_exit(3);
		_exit(0);
	}
	return pid;
}

static void test_lock(struct fixture *f, bool remove)
{
	struct err e = ERR_NONE;
	autobox made = BOX_NONE, b = BOX_NONE;
	int ready[2], go[2], status, ret;
	char byte;
	pid_t pid;

	box_make(&made, f->root, "locked", &f->a, &e);
	box_save(&made, &e);
	box_unlock(&made);
	CHECK(pipe(ready) == 0 && pipe(go) == 0, "pipes");
	pid = hold_lock(f, "locked", ready[1], go[0], remove);
	CHECK(read(ready[0], &byte, 1) == 1 && reader_sees(f) == BOX_CREATING,
	      "another process holds the lock, which hinders no reader");
	CHECK(write(go[1], "", 1) == 1, "it lets go soon");
	ret = box_open(&b, f->root, "locked", true, false, &f->a, &e);
	if (remove)
		CHECK(ret == -1 && e.num == ENOENT,
		      "who waited learns that it is gone: %s", e.text);
	else
		CHECK(ret == 0, "who waited gets it (%s)", e.text);
	waitpid(pid, &status, 0);
	CHECK(status == 0, "the other did its work");
	made.keep = remove;
	for (int i = 0; i < 2; i++) {
		close(ready[i]);
		close(go[i]);
	}
}

static bool there(struct fixture *f, const char *name)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", f->root, name);
	return access(path, F_OK) == 0;
}

/* A delete that opened the box before another one removed it, and a third made it anew */
static void test_late_remove(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox old = BOX_NONE, late = BOX_NONE, fresh = BOX_NONE;
	struct stat before, after;

	box_make(&old, f->root, "again", &f->a, &e);
	box_save(&old, &e);
	CHECK(box_open(&late, f->root, "again", false, true, &f->a, &e) == 0,
	      "a box is open (%s)", e.text);
	CHECK(box_remove(&old, &e) == 0, "and removed by another (%s)", e.text);
	CHECK(box_make(&fresh, f->root, "again", &f->a, &e) == 0 &&
		      box_save(&fresh, &e) == 0,
	      "its id is free (%s)", e.text);
	fstat(fresh.dir, &before);
	CHECK(box_remove(&late, &e) == 0, "it is removed once more (%s)", e.text);
	CHECK(fstatat(fresh.root, "again", &after, 0) == 0 &&
		      after.st_ino == before.st_ino &&
		      faccessat(fresh.dir, "state.json", F_OK, 0) == 0 &&
		      faccessat(fresh.dir, "lock", F_OK, 0) == 0,
	      "the new one is left alone");
}

/* What died is swept away, what is being made is not */
static void test_sweep(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox b = BOX_NONE;
	autofd lock = -1;
	char path[128];

	snprintf(path, sizeof(path), "%s/.tmp", f->root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.tmp/1.2", f->root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.tmp/1.2/state.json", f->root);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	snprintf(path, sizeof(path), "%s/.tmp/3.4", f->root);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/.tmp/3.4/lock", f->root);
	lock = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	CHECK(flock(lock, LOCK_EX) == 0, "one of two hidden boxes is held");
	CHECK(box_make(&b, f->root, "sweeper", &f->a, &e) == 0, "a box is made (%s)",
	      e.text);
	CHECK(!there(f, ".tmp/1.2"), "the other one goes");
	CHECK(there(f, ".tmp/3.4"), "this one stays");
	fd_close(&lock);
	box_done(&b);
	CHECK(!there(f, ".tmp/3.4"), "as long as it is held");
}

/* The deadline: ten real seconds, so only when asked for */
static void test_busy(struct fixture *f)
{
	struct err e = ERR_NONE;
	autobox made = BOX_NONE;
	struct timespec t0, t1;
	struct box b;

	if (!getenv("ARIL_TESTS_SLOW")) {
		CHECK_SKIP("the lock's deadline takes 10 s: set ARIL_TESTS_SLOW");
		return;
	}
	box_make(&made, f->root, "busy", &f->a, &e);
	box_save(&made, &e);
	clock_gettime(CLOCK_MONOTONIC, &t0);
	CHECK(box_open(&b, f->root, "busy", true, false, &f->a, &e) == -1 &&
		      e.num == EBUSY,
	      "a lock that is never given up: %s", e.text);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	CHECK(t1.tv_sec - t0.tv_sec >= 9 && t1.tv_sec - t0.tv_sec <= 12, "after 10 s");
}

int main(void)
{
	struct fixture f = { .dir = "/tmp/aril-lock-test.XXXXXX" };
	struct err e = ERR_NONE;

	if (!mkdtemp(f.dir) || arena_open(&f.a, false, &e) < 0)
		return 99;
	snprintf(f.root, sizeof(f.root), "%s/root", f.dir);
	test_lock(&f, false);
	test_lock(&f, true);
	test_late_remove(&f);
	test_sweep(&f);
	test_busy(&f);
	CHECK(dir_remove_all(AT_FDCWD, f.dir, &e) == 0, "nothing is left");
	arena_done(&f.a);
	return check_done();
}
