/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Controllers passed down a tree, and a cgroup given to a user: over a tree of ordinary
 * files that behaves like the kernel's, and over the kernel's own where there is one that
 * has a controller for us.
 */
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "cgroups/controllers.h"
#include "tests/unit/cgroup_fake.h"
#include "tests/unit/cgroup_tree.h"

static struct limit memory_limit = { .where = "memory.limit", .controller = "memory" };
static struct limit some[] = {
	{ .where = "memory.limit", .controller = "memory" },
	{ .where = "unified.cgroup.max.depth" },
	{ .where = "pids.limit", .controller = "pids" },
};
static const limits_t one_limit = { &memory_limit, 1 };
static const limits_t some_limits = { some, ARRAY_LEN(some) };
static const limits_t no_limits = { NULL, 0 };

/* /a/b/c below a root with three controllers, none of them passed on */
static int make_tree(struct cgroup *c, struct arena *a)
{
	struct err e = ERR_NONE;

	fake_clear(false);
	fake_make("", "cpu memory pids");
	fake_make("/a", "");
	fake_make("/a/b", "");
	fake_make("/a/b/c", "");
	return cgroup_open(c, fake_mount, "/a/b/c/", a, &e);
}

static bool has(const struct cgroup *c, const char *name)
{
	struct err ignored = ERR_NONE;

	return controllers_need(c, name, &ignored) == 0;
}

static void fake_text(const char *path, const char *text)
{
	char name[256];

	snprintf(name, sizeof(name), "%s%s", fake_mount, path);
	fake_file(AT_FDCWD, name, text);
}

static void test_enable(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;

	CHECK(make_tree(&c, &a) == 0, "a tree of three levels");
	CHECK(controllers_enable(&c, &no_limits, false, &e) == 0 && !fake_log[0],
	      "no limits: nothing is written (%s)", e.text);
	CHECK(controllers_enable(&c, &some_limits, false, &e) == 0, "two limits: (%s)",
	      e.text);
	CHECK_STR(fake_log,
		  "/cgroup.subtree_control=+memory +pids\n"
		  "/a/cgroup.subtree_control=+memory +pids\n"
		  "/a/b/cgroup.subtree_control=+memory +pids\n",
		  "each level is written once");
	CHECK(has(&c, "memory") && has(&c, "pids") && !has(&c, "cpu") &&
		      !has(&c, "mem") && !has(&c, ""),
	      "and both arrive");
	fake_log[0] = '\0';
	CHECK(controllers_enable(&c, &some_limits, false, &e) == 0 && !fake_log[0],
	      "when all is there nothing is written (%s)", e.text);
	CHECK(controllers_enable(&c, &no_limits, true, &e) == 0, "all: (%s)", e.text);
	CHECK_STR(fake_log,
		  "/cgroup.subtree_control=+cpu\n/a/cgroup.subtree_control=+cpu\n"
		  "/a/b/cgroup.subtree_control=+cpu\n",
		  "only what is missing is written");
	fake_text("/a/b/c/cgroup.controllers", "cpu memory pids\n");
	fake_log[0] = '\0';
	CHECK(controllers_enable(&c, &some_limits, true, &e) == 0 && !fake_log[0] &&
		      has(&c, "pids"),
	      "a list ends in a newline");
	fake_text("/a/cgroup.subtree_control", "");
	CHECK(controllers_enable(&c, &some_limits, true, &e) == 0 && !fake_log[0],
	      "what has all is left alone, whatever is above it (%s)", e.text);
	c.keep = true;
	arena_done(&a);
}

/* A level in the middle that refuses */
static void test_refused(void)
{
	static const struct {
		const char *path, *why;
		int num, want;
	} cases[] = {
		{ "/a", ": it is not ours to write", EACCES, EACCES },
		{ "/a", ": it is not ours to write", EROFS, EROFS },
		{ "/a", "", EIO, EIO },
		{ "", ": it is not ours to write", EPERM, EPERM },
		{ "/a/b", ": it has processes of its own", EBUSY, EBUSY },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = check_arena();
		struct err e = ERR_NONE;
		autocgroup c = CGROUP_NONE_OPEN;

		make_tree(&c, &a);
		fake_refusal.path =
			arena_fmt(&a, "%s/cgroup.subtree_control", cases[i].path);
		fake_refusal.num = cases[i].num;
		CHECK(controllers_enable(&c, &one_limit, true, &e) == -1 &&
			      e.num == cases[i].want && e.plain == (cases[i].num != EIO),
		      "%s refuses with %s", cases[i].path, err_name(cases[i].num));
		CHECK_STR(e.text,
			  arena_fmt(&a,
				    "linux.resources.memory.limit: controller memory is "
				    "not enabled in cgroup /a/b/c: %s does not pass it "
				    "on%s",
				    *cases[i].path ? cases[i].path : "/", cases[i].why),
			  "that is told");
		e = (struct err)ERR_NONE;
		CHECK(controllers_enable(&c, &no_limits, true, &e) == 0,
		      "without limits it is no error (%s)", e.text);
		c.keep = true;
		arena_done(&a);
	}
}

static void test_levels(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;

	make_tree(&c, &a);
	fake_text("/a/cgroup.procs", "17\n");
	CHECK(controllers_enable(&c, &one_limit, true, &e) == -1 && e.num == EBUSY &&
		      strstr(e.text, "/a does not pass it on: it has processes of its"),
	      "a level with processes: %s", e.text);
	CHECK(!has(&c, "cpu") && !has(&c, "pids"),
	      "passes on nothing: cpu alone would make it a threaded domain");
	cgroup_done(&c);

	make_tree(&c, &a);
	fake_text("/cgroup.subtree_control", "cpu memory pids\n");
	fake_text("/a/cgroup.controllers", "cpu memory pids\n");
	fake_refusal.path = "/cgroup.subtree_control";
	fake_refusal.num = EACCES;
	e = (struct err)ERR_NONE;
	CHECK(controllers_enable(&c, &some_limits, true, &e) == 0 && has(&c, "memory"),
	      "a level that is not ours, but passes all on, is passed over (%s)", e.text);
	CHECK(!strstr(fake_log, "\n/cgroup.sub") && fake_log[1] == 'a',
	      "and not written");
	cgroup_done(&c);

	make_tree(&c, &a);
	some[2].controller = "odd";
	CHECK(controllers_enable(&c, &some_limits, false, &e) == -1 && e.num == ENOENT,
	      "a controller that the tree does not have");
	CHECK_STR(e.text,
		  arena_fmt(&a,
			    "linux.resources.pids.limit: controller odd is not in the "
			    "cgroup2 tree %s",
			    fake_mount),
		  "that is told");
	some[2].may_miss = true;
	e = (struct err)ERR_NONE;
	CHECK(controllers_enable(&c, &some_limits, false, &e) == 0 && has(&c, "memory"),
	      "unless the limit may miss (%s)", e.text);
	some[2] = (struct limit){ .where = "pids.limit", .controller = "pids" };
	c.keep = true;
	arena_done(&a);
}

static void test_threaded(void)
{
	static const char *const types[] = { "domain invalid\n", "threaded\n" };

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		struct arena a = check_arena();
		struct err e = ERR_NONE;
		autocgroup c = CGROUP_NONE_OPEN;

		make_tree(&c, &a);
		fake_text("/a/b/c/cgroup.type", types[i]);
		CHECK(controllers_enable(&c, &no_limits, true, &e) == -1 &&
			      e.num == ENOTSUP &&
			      strstr(e.text, "/a/b/c is in a threaded subtree"),
		      "no container in a threaded subtree: %s", e.text);
		CHECK(!fake_log[0], "nothing is written");
		fake_text("/a/b/c/cgroup.type", "domain threaded\n");
		e = (struct err)ERR_NONE;
		CHECK(controllers_enable(&c, &no_limits, true, &e) == 0,
		      "its root can have one (%s)", e.text);
		c.keep = true;
		arena_done(&a);
	}
}

static void test_need(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;

	make_tree(&c, &a);
	fake_text("/cgroup.subtree_control", "memory");
	fake_text("/a/cgroup.controllers", "memory");
	CHECK(controllers_need(&c, "memory", &e) == -1 && e.num == ENOENT,
	      "memory is missed");
	CHECK_STR(e.text,
		  "controller memory is not enabled in cgroup /a/b/c: /a does not pass "
		  "it on",
		  "it ends in the middle");
	CHECK(controllers_need(&c, "cpu", &e) == -1, "cpu is missed");
	CHECK_STR(e.text,
		  "controller cpu is not enabled in cgroup /a/b/c: / does not pass it on",
		  "it ends at the root");
	CHECK(controllers_need(&c, "io", &e) == -1, "io is missed");
	CHECK_STR(
		e.text,
		arena_fmt(&a, "controller io is not in the cgroup2 tree %s", fake_mount),
		"it is nowhere");
	fake_text("/a/b/c/cgroup.controllers", "io memory");
	e = (struct err)ERR_NONE;
	CHECK(controllers_need(&c, "memory", &e) == 0 && e.num == 0, "it is there");
	CHECK(!fake_log[0], "nothing is written");
	c.keep = true;
	arena_done(&a);
}

/* Another list of what is delegated: "" is none; NULL: the kernel's */
static const char *fake_delegate;

int __wrap_file_get(int dir, const char *path, char *buf, size_t size, struct err *e);
int __real_file_get(int dir, const char *path, char *buf, size_t size, struct err *e);

int __wrap_file_get(int dir, const char *path, char *buf, size_t size, struct err *e)
{
	if (!fake_delegate || strcmp(path, "/sys/kernel/cgroup/delegate") != 0)
		return __real_file_get(dir, path, buf, size, e);
	if (!*fake_delegate)
		return err_set(e, ENOENT, "open %s", path);
	return snprintf(buf, size, "%s", fake_delegate);
}

static bool owned(const char *path, uid_t uid)
{
	char name[256];
	struct stat st;

	snprintf(name, sizeof(name), "%s%s", fake_mount, path);
	return stat(name, &st) == 0 && st.st_uid == uid && st.st_gid == getgid();
}

static void test_give(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;
	uid_t uid = geteuid() == 0 ? 4711 : geteuid();

	make_tree(&c, &a);
	fake_text("/a/b/c/memory.max", "max");
	unlinkat(c.fd, "cgroup.procs", 0);
	fake_text("/a/b/c/cgroup.threads", "");
	CHECK(cgroup_give(&c, uid, &e) == 0,
	      "given to user %u, cgroup.procs missing (%s)", uid, e.text);
	CHECK(owned("/a/b/c", uid) && owned("/a/b/c/cgroup.subtree_control", uid) &&
		      owned("/a/b/c/cgroup.threads", uid),
	      "the directory and the files that are delegated, not the group");
	if (geteuid() == 0) {
		CHECK(owned("/a/b/c/memory.max", 0) && owned("/a/b", 0) &&
			      owned("/a/b/c/cgroup.controllers", 0),
		      "and nothing else");
	} else {
		CHECK(cgroup_give(&c, 0, &e) == -1 && e.num == EPERM, "only root can: %s",
		      e.text);
		CHECK_SKIP("what else is given: needs root");
	}
	c.keep = true;
	arena_done(&a);
}

static void test_give_listed(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN;

	if (geteuid() != 0) {
		CHECK_SKIP("what is given by other lists: needs root");
		arena_done(&a);
		return;
	}
	make_tree(&c, &a);
	fake_text("/a/b/c/cgroup.threads", "");
	fake_text("/a/b/c/memory.max", "");
	fake_delegate = "";
	CHECK(cgroup_give(&c, 4711, &e) == 0 && owned("/a/b/c/cgroup.procs", 4711) &&
		      owned("/a/b/c/cgroup.subtree_control", 4711) &&
		      owned("/a/b/c/cgroup.threads", 4711) &&
		      owned("/a/b/c/memory.max", 0),
	      "three files when the kernel has no list (%s)", e.text);
	fake_delegate = "memory.max\n../cgroup.procs\n\nother";
	CHECK(cgroup_give(&c, 4712, &e) == 0 && owned("/a/b/c/memory.max", 4712) &&
		      owned("/a/b/c", 4712) && owned("/a/b/c/cgroup.procs", 4711) &&
		      owned("/a/b/cgroup.procs", 0),
	      "what the list has, in this cgroup only (%s)", e.text);
	fake_delegate = NULL;
	c.keep = true;
	arena_done(&a);
}

/* `top` is a cgroup that has a controller of that name; it is taken for the whole tree,
 * so that nothing of the machine's is written to */
static void real_levels(const char *top, char *name, struct arena *a)
{
	struct limit limit = { .where = "unified.x", .controller = name };
	limits_t limits = { &limit, 1 };
	struct err e = ERR_NONE;
	autocgroup c = CGROUP_NONE_OPEN, busy = CGROUP_NONE_OPEN,
		   below = CGROUP_NONE_OPEN;
	pid_t pid = -1;

	CHECK(cgroup_make(&c, top, "/a/b", a, &e) == 0 && !has(&c, name) &&
		      controllers_need(&c, name, &e) == -1,
	      "the kernel's tree: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(controllers_enable(&c, &limits, false, &e) == 0 && has(&c, name),
	      "%s is passed down (%s)", name, e.text);
	CHECK(controllers_enable(&c, &limits, true, &e) == 0, "all are (%s)", e.text);
	CHECK(cgroup_make(&busy, top, "/x", a, &e) == 0 && (pid = born_in(&busy)) > 0 &&
		      cgroup_make(&below, top, "/x/y", a, &e) == 0,
	      "a cgroup with a process (%s)", e.text);
	CHECK(controllers_enable(&below, &limits, false, &e) == -1 && e.num == EBUSY &&
		      strstr(e.text, "/x does not pass it on: it has processes"),
	      "passes nothing on: %s", e.text);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

static void test_real(void)
{
	/* threaded ones can be passed on by a cgroup with processes */
	static const char *const names[] = { "memory", "io", "hugetlb" };
	struct arena a = check_arena();
	autocgroup top = CGROUP_NONE_OPEN;
	const char *mount = cgroup_tree(), *name = NULL;
	struct err e = ERR_NONE;

	if (geteuid() != 0 || !mount ||
	    cgroup_make(&top, mount, arena_fmt(&a, "/aril-test-%d", getpid()), &a, &e) <
		    0) {
		CHECK_SKIP("the kernel's tree: needs root and a cgroup2 tree");
		arena_done(&a);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (has(&top, names[i]))
			name = names[i];
	if (name)
		real_levels(arena_fmt(&a, "%s%s", mount, top.path),
			    arena_strdup(&a, name), &a);
	else
		CHECK_SKIP("the kernel's tree: its root passes no controller on to us");
	CHECK(cgroup_remove(&top, 5000, &e) == 0, "nothing is left (%s)", e.text);
	arena_done(&a);
}

int main(void)
{
	fake_open();
	test_enable();
	test_refused();
	test_levels();
	test_threaded();
	test_need();
	test_give();
	test_give_listed();
	fake_clear(true);
	test_real();
	return check_done();
}
