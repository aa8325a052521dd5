/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Labels of the security modules: what init writes, and where, in a false /proc/PID/attr;
 * and that the step itself takes no false one. Needs no privilege and no such module.
 */
#include "libcontainer/init/labels.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/check.h"

static char dir[] = "/tmp/labels_test.XXXXXX";
static int proc;

static void make_file(const char *path)
{
	int fd = openat(proc, path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		abort();
	close(fd);
}

static const char *content(const char *path)
{
	static char text[128];
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? "(none)" : text;
}

/* An attr directory as a kernel with all of them has it, anew */
static void tree(bool apparmor)
{
	unlinkat(proc, "7/attr/apparmor/exec", 0);
	unlinkat(proc, "7/attr/apparmor", AT_REMOVEDIR);
	unlinkat(proc, "7/attr/exec", 0);
	mkdirat(proc, "7", 0700);
	mkdirat(proc, "7/attr", 0700);
	make_file("7/attr/exec");
	make_file("7/attr/keycreate");
	if (apparmor && mkdirat(proc, "7/attr/apparmor", 0700) == 0)
		make_file("7/attr/apparmor/exec");
}

static void test_files(void)
{
	const struct plan_process none = { .uid = 0 };
	const struct plan_process apparmor = { .apparmor = "exec web" };
	const struct plan_process selinux = { .selinux = "u:r:t:s0:c1,c2" };
	struct err e = ERR_NONE;

	tree(true);
	CHECK(labels_exec(proc, "7", &none, &e) == 0 &&
		      labels_key(proc, "7", &none, &e) == 0,
	      "nothing to do");
	CHECK_STR(content("7/attr/exec"), "", "nothing is written");
	CHECK(labels_exec(proc, "7", &apparmor, &e) == 0, "a profile");
	CHECK_STR(content("7/attr/apparmor/exec"), "exec web", "AppArmor's own file");
	CHECK_STR(content("7/attr/exec"), "", "and no other one");
	CHECK(labels_key(proc, "7", &apparmor, &e) == 0, "AppArmor labels no keys");
	CHECK_STR(content("7/attr/keycreate"), "", "keycreate is left alone");
	CHECK(labels_exec(proc, "7", &selinux, &e) == 0 &&
		      labels_key(proc, "7", &selinux, &e) == 0,
	      "a label");
	CHECK_STR(content("7/attr/exec"), "u:r:t:s0:c1,c2", "of the process");
	CHECK_STR(content("7/attr/keycreate"), "u:r:t:s0:c1,c2", "of its keyring");
	tree(false);
	CHECK(labels_exec(proc, "7", &apparmor, &e) == 0, "an older kernel");
	CHECK_STR(content("7/attr/exec"), "exec web", "the file that all modules share");
}

/* podman takes what is between the backticks for the place of the failure */
static void test_errors(void)
{
	const struct plan_process apparmor = { .apparmor = "exec web" };
	const struct plan_process selinux = { .selinux = "l" };
	struct err e = ERR_NONE;

	CHECK(labels_exec(proc, "8", &apparmor, &e) < 0 && e.num == ENOENT,
	      "no such file");
	CHECK_STR(e.text, "process.apparmorProfile: open `/proc/self/attr/exec`",
		  "which");
	tree(true);
	unlinkat(proc, "7/attr/apparmor/exec", 0);
	if (symlinkat("../exec", proc, "7/attr/apparmor/exec") < 0)
		abort();
	e = (struct err)ERR_NONE;
	CHECK(labels_exec(proc, "7", &apparmor, &e) < 0 && e.num == ELOOP, "a link");
	CHECK_STR(e.text, "process.apparmorProfile: open `/proc/self/attr/apparmor/exec`",
		  "is not followed, nor passed over");
	CHECK_STR(content("7/attr/exec"), "", "nothing was written");
	tree(true);
	unlinkat(proc, "7/attr/keycreate", 0);
	e = (struct err)ERR_NONE;
	CHECK(labels_key(proc, "7", &selinux, &e) < 0, "no keycreate");
	CHECK_STR(e.text, "process.selinuxLabel: open `/proc/self/attr/keycreate`",
		  "is told");
}

/* What the kernel says of the text itself */
static void test_refused(void)
{
	const struct plan_process selinux = { .selinux = "no such label" };
	int true_proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct err e = ERR_NONE;
	char self[16] = "";

	if (readlinkat(true_proc, "self", self, sizeof(self) - 1) < 0)
		abort();
	CHECK(labels_exec(true_proc, self, &selinux, &e) < 0 &&
		      strstr(e.text, "`/proc/self/attr/exec`"),
	      "no module takes that: %s", e.text);
	close(true_proc);
}

static void test_steps(void)
{
	struct plan plan = { .process = { .apparmor = "exec web", .selinux = "l" } };
	struct inside in = { .plan = &plan, .proc = proc };
	struct err e = ERR_NONE;

	tree(true);
	if (symlinkat("7", proc, "self") < 0)
		abort();
	CHECK(step_LABELS(&in, &e) < 0 && strstr(e.text, "is not a procfs"),
	      "a false /proc is seen: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(labels_keyring(&in, &e) < 0 && strstr(e.text, "is not a procfs"),
	      "also for the keyring");
	e = (struct err)ERR_NONE;
	CHECK(labels_early(&in, &e) < 0 && strstr(e.text, "is not a procfs"),
	      "also for an exec");
	CHECK_STR(content("7/attr/apparmor/exec"), "", "nothing was written");
	in.proc = -1;
	plan.enter = true;
	plan.steps = STEP_BIT(STEP_JOIN) | STEP_BIT(STEP_LABELS);
	CHECK(step_LABELS(&in, &e) == 0 && labels_keyring(&in, &e) == 0,
	      "an exec has done it before it joined");
}

static int delete_one(const char *path, const struct stat *st, int kind, struct FTW *f)
{
	(void)st;
	(void)kind;
	(void)f;
	return remove(path);
}

int main(void)
{
	if (!mkdtemp(dir))
		abort();
	proc = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	test_files();
	test_errors();
	test_refused();
	test_steps();
	close(proc);
	nftw(dir, delete_one, 8, FTW_DEPTH | FTW_PHYS);
	return check_done();
}
