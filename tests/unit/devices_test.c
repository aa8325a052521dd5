/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The device filter: real opens by a process in a cgroup with the filter. Needs root, a
 * cgroup2 tree and BPF; makes the cgroup aril-test-PID and removes it.
 */
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/sys.h"
#include "cgroups/devices.h"
#include "tests/unit/cgroup_tree.h"
#include "tests/unit/check.h"

#define DENY "{\"allow\":false,\"access\":\"rwm\"}"
#define RULE(allow, numbers, access)                                                     \
	"{\"allow\":" allow ",\"type\":\"c\"," numbers "\"access\":\"" access "\"}"
#define KMSG "\"major\":1,\"minor\":11,"

struct
try {
	const char *rules, *path;
	int flags;
	bool want;
};

static const struct try tries[] = {
	{ NULL, "/dev/null", O_RDWR, true },
	{ NULL, "/dev/kmsg", O_RDONLY, false },
	{ DENY, "/dev/null", O_RDWR, true },
	{ DENY, "/dev/urandom", O_RDONLY, true },
	{ DENY, "/dev/kmsg", O_RDONLY, false },
	{ DENY, "/dev/kmsg", O_WRONLY, false },
	{ DENY, "/etc/passwd", O_RDONLY, true },
	{ DENY "," RULE("true", KMSG, "r"), "/dev/kmsg", O_RDONLY, true },
	{ DENY "," RULE("true", KMSG, "r"), "/dev/kmsg", O_WRONLY, false },
	{ DENY "," RULE("true", KMSG, "r"), "/dev/kmsg", O_RDWR, false },
	{ DENY "," RULE("true", KMSG, "r") "," RULE("true", KMSG, "w"), "/dev/kmsg",
	  O_RDWR, true },
	{ DENY "," RULE("true", "\"major\":1,", "rw"), "/dev/kmsg", O_RDWR, true },
	{ DENY "," RULE("true", "\"major\":1,\"minor\":-1,", "rw"), "/dev/kmsg", O_RDWR,
	  true },
	{ DENY "," RULE("true", "\"minor\":11,", "rw"), "/dev/kmsg", O_RDWR, true },
	{ DENY "," RULE("true", "\"major\":2,\"minor\":11,", "rw"), "/dev/kmsg", O_RDWR,
	  false },
	{ DENY "," RULE("true", "\"major\":4294967295,", "rw"), "/dev/kmsg", O_RDWR,
	  false },
	{ RULE("true", KMSG, "rw") "," DENY, "/dev/kmsg", O_RDONLY, false },
	{ "{\"allow\":true}", "/dev/kmsg", O_RDWR, true },
	{ "{\"allow\":true}," RULE("false", KMSG, "w"), "/dev/kmsg", O_RDONLY, true },
	{ "{\"allow\":true}," RULE("false", KMSG, "w"), "/dev/kmsg", O_WRONLY, false },
	{ "{\"allow\":true}," RULE("false", KMSG, "w"), "/dev/kmsg", O_RDWR, false },
	{ "{\"allow\":true}," RULE("false", KMSG, "m"), "/dev/kmsg", O_RDWR, true },
	{ "{\"allow\":true,\"type\":\"b\"}", "/dev/kmsg", O_RDONLY, false },
	{ DENY ",{\"allow\":true},{\"allow\":false,\"access\":\"w\"}", "/dev/kmsg",
	  O_RDONLY, true },
	{ RULE("false", "\"major\":1,\"minor\":3,", "rwm"), "/dev/null", O_RDONLY, true },
};

static struct resources *rules_of(const char *rules, struct arena *a)
{
	struct resources *r = arena_new(a, struct resources);
	struct err e = ERR_NONE;
	const char *json = arena_fmt(a, "{\"devices\":[%s]}", rules ? rules : "");

	CHECK(json_read(json, strlen(json), &resources_shape, r, a, &e) == 0,
	      "rules %s%s", rules ? rules : "none", e.text);
	return r;
}

/* In a child that is born in the cgroup: 0 could open, else the errno value */
static int open_inside(const struct cgroup *c, const char *path, int flags)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)c->fd };
	pid_t pid = (pid_t)sys_clone3(&args);
	int status = -1;

	if (pid == 0)
		_exit(open(path, flags | O_CLOEXEC | O_NONBLOCK) < 0 ? errno : 0);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_opens(const char *mount, struct arena *a)
{
	const char *path = arena_fmt(a, "/aril-test-%d", getpid());

	for (size_t i = 0; i < ARRAY_LEN(tries); i++) {
		const struct try *t = &tries[i];
		struct resources *r = rules_of(t->rules, a);
		struct err e = ERR_NONE;
		autocgroup c = CGROUP_NONE_OPEN;
		int got;

		if (!CHECK(cgroup_make(&c, mount, path, a, &e) == 0 &&
				   devices_apply(&c, r, &e) == 0,
			   "they are applied %s", e.text))
			continue;
		got = open_inside(&c, t->path, t->flags);
		CHECK(got == (t->want ? 0 : EPERM), "%s (flags %d) is %s: %s", t->path,
		      t->flags, t->want ? "allowed" : "denied", err_name(got));
	}
	CHECK(access(arena_fmt(a, "%s%s", mount, path), F_OK) < 0, "nothing is left");
}

static int make_inside(const struct cgroup *c, const char *path)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)c->fd };
	pid_t pid = (pid_t)sys_clone3(&args);
	int status = -1;

	if (pid == 0)
		_exit(mknod(path, S_IFCHR | 0600, makedev(1, 11)) < 0 ? errno : 0);
	waitpid(pid, &status, 0);
	unlink(path);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_many(const char *mount, struct arena *a)
{
	struct resources *r = rules_of(NULL, a);
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;
	char node[64];

	for (int i = 0; i < 990; i++)
		*list_add(a, &r->devices) =
			(struct res_device){ .allow = i % 2 == 0,
					     .type = (char *)"c",
					     .major = { true, 1 },
					     .minor = { true, i % 20 },
					     .access = (char *)"r" };
	cgroup_make(&c, mount, arena_fmt(a, "/aril-test-%d", getpid()), a, &e);
	CHECK(devices_apply(&c, r, &e) == 0, "990 rules are taken (%s)", e.text);
	CHECK(open_inside(&c, "/dev/kmsg", O_RDONLY) == EPERM, "and hold");
	snprintf(node, sizeof(node), "/tmp/aril-test-node-%d", getpid());
	CHECK(make_inside(&c, node) == 0, "nodes of any device can be made");
	*list_add(a, &r->devices) = (struct res_device){ .allow = true };
	CHECK(devices_apply(&c, r, &e) == -1 && e.num == E2BIG, "991 are too many: %s",
	      e.text);
}

/* What is beside the default devices is none of them */
static void test_near(const char *mount, struct arena *a)
{
	static const struct {
		mode_t type;
		unsigned major, minor;
		bool want;
	} nodes[] = {
		{ S_IFCHR, 1, 3, true },    { S_IFCHR, 1, 9, true },
		{ S_IFCHR, 5, 0, true },    { S_IFCHR, 5, 2, true },
		{ S_IFCHR, 136, 99, true }, { S_IFCHR, 1, 4, false },
		{ S_IFCHR, 1, 35, false },  { S_IFCHR, 1, 259, false },
		{ S_IFCHR, 5, 1, false },   { S_IFCHR, 5, 34, false },
		{ S_IFCHR, 2, 3, false },   { S_IFCHR, 137, 0, false },
		{ S_IFBLK, 1, 3, false },   { S_IFBLK, 136, 1, false },
	};
	struct resources *r =
		rules_of(DENY "," RULE("true", "\"major\":1,\"minor\":3,", "rwm"), a);
	char *node = arena_fmt(a, "/tmp/aril-test-node-%d", getpid());
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;

	cgroup_make(&c, mount, arena_fmt(a, "/aril-test-%d", getpid()), a, &e);
	CHECK(devices_apply(&c, r, &e) == 0, "a rule repeats a default %s", e.text);
	for (size_t i = 0; i < ARRAY_LEN(nodes); i++) {
		dev_t number = makedev(nodes[i].major, nodes[i].minor);
		int got;

		mknod(node, nodes[i].type | 0600, number);
		got = open_inside(&c, node, O_RDONLY | O_NOCTTY);
		unlink(node);
		/* one that is allowed need not be there */
		CHECK((got != EPERM) == nodes[i].want, "%s %u:%u: %s",
		      S_ISBLK(nodes[i].type) ? "block" : "character", nodes[i].major,
		      nodes[i].minor, err_name(got));
	}
}

/* The kernel attaches 64 programs to one cgroup */
static void test_again(const char *mount, struct arena *a)
{
	char *path = arena_fmt(a, "/aril-test-%d", getpid());
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;
	int bad = 0;

	cgroup_make(&c, mount, path, a, &e);
	for (int i = 0; i < 70; i++) {
		autocgroup again = CGROUP_NONE_OPEN;

		bad += cgroup_make(&again, mount, path, a, &e) < 0 ||
		       devices_apply(&again, NULL, &e) < 0;
	}
	CHECK(bad == 0, "70 containers that fail leave no filter (%s)", e.text);
	CHECK(open_inside(&c, "/dev/kmsg", O_RDONLY) == 0, "on a cgroup of others");
	for (int i = 0; i < 70; i++) {
		autocgroup again = CGROUP_NONE_OPEN;

		bad += cgroup_make(&again, mount, path, a, &e) < 0 ||
		       devices_apply(&again, NULL, &e) < 0;
		again.keep = true;
		if (i == 0)
			CHECK(open_inside(&c, "/dev/kmsg", O_RDONLY) == EPERM,
			      "one that is kept holds");
		devices_drop(&c, getpid() + 1);
		if (i == 0)
			CHECK(open_inside(&c, "/dev/kmsg", O_RDONLY) == EPERM,
			      "whoever else is deleted");
		devices_drop(&c, getpid());
	}
	CHECK(bad == 0, "70 that are deleted leave none (%s)", e.text);
	CHECK(open_inside(&c, "/dev/kmsg", O_RDONLY) == 0, "really");
}

/* Another process replaces the rules of a container that we made. Its exit status: 0 */
static int replace_elsewhere(const struct cgroup *c, const struct resources *r)
{
	pid_t creator = getpid(), pid = fork();
	struct err e = ERR_NONE;
	int status = -1;

	if (pid == 0)
		_exit(devices_replace(c, creator, r, &e) < 0 ? e.num : 0);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_replace(const char *mount, struct arena *a)
{
	struct resources *kmsg = rules_of(DENY "," RULE("true", KMSG, "r"), a);
	struct resources *none = rules_of(DENY, a), *many = rules_of(NULL, a);
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;
	int bad = 0;

	cgroup_make(&c, mount, arena_fmt(a, "/aril-test-%d", getpid()), a, &e);
	CHECK(replace_elsewhere(&c, none) == 0 &&
		      open_inside(&c, "/dev/kmsg", O_RDONLY) == EPERM,
	      "where there is no filter, one is attached");
	CHECK(replace_elsewhere(&c, kmsg) == 0 &&
		      open_inside(&c, "/dev/kmsg", O_RDONLY) == 0 &&
		      open_inside(&c, "/dev/kmsg", O_WRONLY) == EPERM,
	      "rules are replaced, and allow more");
	for (int i = 0; i < 70; i++)
		bad += replace_elsewhere(&c, none) != 0;
	CHECK(bad == 0 && open_inside(&c, "/dev/kmsg", O_RDONLY) == EPERM,
	      "70 times, and allow less");
	for (int i = 0; i < 991; i++)
		list_add(a, &many->devices)->allow = true;
	CHECK(devices_replace(&c, getpid(), many, &e) == -1 && e.num == E2BIG &&
		      open_inside(&c, "/dev/kmsg", O_RDONLY) == EPERM,
	      "after a mistake the old ones hold: %s", e.text);
	devices_drop(&c, getpid());
	CHECK(open_inside(&c, "/dev/kmsg", O_RDONLY) == 0,
	      "they go by the name of the creator");
}

/* Opens until it may (0), or until the file `stop` is there (99) */
static pid_t try_inside(const struct cgroup *c, const char *path, const char *stop)
{
	struct clone_args args = { .flags = CLONE_INTO_CGROUP,
				   .exit_signal = SIGCHLD,
				   .cgroup = (uint64_t)c->fd };
	pid_t pid = (pid_t)sys_clone3(&args);

	if (pid == 0) {
		while (access(stop, F_OK) < 0)
			if (open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) >= 0)
				_exit(0);
		_exit(99);
	}
	return pid;
}

static void test_no_gap(const char *mount, struct arena *a)
{
	struct resources *none = rules_of(DENY, a);
	const char *stop = arena_fmt(a, "/tmp/aril-test-stop-%d", getpid());
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;
	int bad = 0, status = -1;
	pid_t pid;

	cgroup_make(&c, mount, arena_fmt(a, "/aril-test-%d", getpid()), a, &e);
	devices_apply(&c, none, &e);
	pid = try_inside(&c, "/dev/kmsg", stop);
	for (int i = 0; i < 200; i++)
		bad += devices_replace(&c, getpid(), none, &e) < 0;
	close(open(stop, O_CREAT | O_RDONLY | O_CLOEXEC, 0600));
	waitpid(pid, &status, 0);
	unlink(stop);
	CHECK(bad == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 99,
	      "nothing slips through while rules are replaced (%s)", e.text);
}

static void test_mistakes(struct arena *a)
{
	static const char *const bad[] = {
		"{\"allow\":true,\"type\":\"x\"}",
		"{\"allow\":true,\"access\":\"rx\"}",
		"{\"allow\":true,\"major\":-2}",
		"{\"allow\":true,\"minor\":4294967296}",
		"{\"allow\":true,\"type\":\"cb\"}",
	};
	struct cgroup none = CGROUP_NONE_OPEN;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_NONE;

		CHECK(devices_apply(&none, rules_of(bad[i], a), &e) == -1 &&
			      e.num == EINVAL &&
			      strstr(e.text, "linux.resources.devices[0]"),
		      "are refused: %s", e.text);
	}
	CHECK(devices_allow_all(rules_of(DENY ",{\"allow\":true}", a)),
	      "allow everything");
	CHECK(!devices_allow_all(
		      rules_of("{\"allow\":true}," RULE("false", "", "m"), a)) &&
		      !devices_allow_all(rules_of(DENY, a)) && !devices_allow_all(NULL),
	      "don't");
}

int main(void)
{
	const char *mount = cgroup_tree();
	struct err e = ERR_NONE;
	struct arena a;

	if (arena_open(&a, false, &e) < 0)
		return 99;
	test_mistakes(&a);
	if (geteuid() != 0 || !mount) {
		CHECK_SKIP("device filters: needs root and a cgroup2 tree");
	} else if (access("/dev/kmsg", R_OK) < 0) {
		CHECK_SKIP("device filters: there is no /dev/kmsg to open");
	} else {
		test_opens(mount, &a);
		test_near(mount, &a);
		test_many(mount, &a);
		test_again(mount, &a);
		test_replace(mount, &a);
		test_no_gap(mount, &a);
	}
	arena_done(&a);
	return check_done();
}
