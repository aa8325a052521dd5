/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the options of exec to the process: what is taken over, added, refused */
#include "src/exec_process.h"

#include "base/str.h"
#include "tests/unit/check.h"

/* The container's own process */
static struct spec_process *own_process(struct arena *a)
{
	struct spec_process *p = arena_new(a, struct spec_process);

	p->terminal = true;
	p->args = str_split(a, "init", ',');
	p->env = str_split(a, "PATH=/bin,HOME=/root", ',');
	p->cwd = arena_strdup(a, "/srv");
	p->user = arena_new(a, struct spec_user);
	p->user->uid = 1;
	p->user->gid = 2;
	p->capabilities = arena_new(a, struct spec_caps);
	p->capabilities->bounding = str_split(a, "CAP_KILL", ',');
	p->capabilities->inheritable = str_split(a, "CAP_KILL", ',');
	return p;
}

static void test_base(struct arena *a)
{
	struct exec_process o = { .args = str_split(a, "ls,-l", ',') };
	struct spec_process *own = own_process(a), p;
	struct err e = ERR_NONE;

	CHECK(exec_process_make(&o, own, a, &p, &e) == 0, "a command is enough");
	CHECK(p.args.n == 2 && !p.terminal,
	      "its words, and no terminal unless asked for");
	CHECK_STR(p.cwd, "/srv", "the container's directory");
	CHECK(p.env.n == 2 && p.user->uid == 1, "its environment and user");
	o.tty = o.no_new_privs = true;
	o.apparmor = "web";
	o.label = "u:r:t:s0";
	o.cwd = "/tmp";
	o.env = str_split(a, "A=1", ',');
	CHECK(exec_process_make(&o, own, a, &p, &e) == 0 && p.terminal &&
		      p.no_new_privileges,
	      "flags are set");
	CHECK_STR(p.apparmor_profile, "web", "--apparmor");
	CHECK_STR(p.selinux_label, "u:r:t:s0", "--process-label");
	CHECK_STR(p.cwd, "/tmp", "another directory");
	CHECK(p.env.n == 3 && own->env.n == 2, "variables are added to a copy");
	CHECK(exec_process_make(&o, NULL, a, &p, &e) == 0 && !p.user,
	      "a container without a process has no base");
}

static void test_users(struct arena *a)
{
	static const struct {
		const char *text;
		bool good;
		uint64_t uid, gid;
	} users[] = {
		{ "0", true, 0, 2 },
		{ "1000:1001", true, 1000, 1001 },
		{ "4294967294:4294967294", true, 4294967294, 4294967294 },
		{ "4294967295", false, 0, 0 },
		{ "1:4294967295", false, 0, 0 },
		{ "", false, 0, 0 },
		{ ":", false, 0, 0 },
		{ "1:", false, 0, 0 },
		{ ":1", false, 0, 0 },
		{ "1:2:3", false, 0, 0 },
		{ "root", false, 0, 0 },
		{ "1x", false, 0, 0 },
		{ " 1", false, 0, 0 },
		{ "-1", false, 0, 0 },
		{ "+1", false, 0, 0 },
		{ "0x1", false, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		struct exec_process o = { .args = str_split(a, "id", ','),
					  .user = users[i].text };
		struct spec_process *own = own_process(a), p;
		struct err e = ERR_NONE;
		int ret = exec_process_make(&o, own, a, &p, &e);

		CHECK((ret == 0) == users[i].good && (ret == 0 || e.num == EINVAL),
		      "user \"%s\" is %s", users[i].text,
		      users[i].good ? "taken" : "refused");
		if (ret == 0)
			CHECK(p.user->uid == users[i].uid &&
				      p.user->gid == users[i].gid && own->user->uid == 1,
			      "user \"%s\" is that, in a copy", users[i].text);
	}
}

static void test_groups(struct arena *a)
{
	struct exec_process o = { .args = str_split(a, "id", ','),
				  .groups = str_split(a, "5,6", ',') };
	struct spec_process *own = own_process(a), p;
	struct err e = ERR_NONE;

	*list_add(a, &own->user->additional_gids) = 4;
	CHECK(exec_process_make(&o, own, a, &p, &e) == 0 &&
		      p.user->additional_gids.n == 3 &&
		      p.user->additional_gids.items[2] == 6,
	      "groups are added");
	CHECK(own->user->additional_gids.n == 1, "to a copy");
	o.groups = str_split(a, "audio", ',');
	CHECK(exec_process_make(&o, own, a, &p, &e) < 0, "a name is no group");
}

static void test_caps(struct arena *a)
{
	struct exec_process o = { .args = str_split(a, "id", ','),
				  .caps = str_split(a, "NET_RAW,CAP_KILL", ',') };
	struct spec_process *own = own_process(a), p;
	struct err e = ERR_NONE;

	CHECK(exec_process_make(&o, own, a, &p, &e) == 0, "capabilities are added");
	CHECK(p.capabilities->bounding.n == 2 && p.capabilities->permitted.n == 2 &&
		      p.capabilities->effective.n == 2,
	      "to bounding, permitted and effective, each once");
	CHECK(p.capabilities->inheritable.n == 1 && p.capabilities->ambient.n == 0,
	      "never to inheritable and ambient (CVE-2022-24769)");
	CHECK(own->capabilities->bounding.n == 1, "in a copy");
	own->capabilities = NULL;
	CHECK(exec_process_make(&o, own, a, &p, &e) == 0 && !p.capabilities,
	      "a process that nothing limits stays so");
	o.caps = str_split(a, "CAP_NONSENSE", ',');
	CHECK(exec_process_make(&o, own, a, &p, &e) < 0, "an unknown one is refused");
}

static void test_mistakes(struct arena *a)
{
	struct exec_process none = { .cwd = NULL };
	struct exec_process both = { .file = "/dev/null",
				     .args = str_split(a, "id", ',') };
	struct exec_process relative = { .cwd = "tmp", .args = str_split(a, "id", ',') };
	struct exec_process empty = { .file = "/dev/null" };
	struct spec_process *own = own_process(a), p;
	struct err e = ERR_NONE;

	CHECK(exec_process_make(&none, own, a, &p, &e) < 0, "no command");
	CHECK_STR(e.text, "args must not be empty", "as clients know it");
	CHECK(exec_process_make(&both, own, a, &p, &e) < 0, "a file and a command");
	CHECK(exec_process_make(&relative, own, a, &p, &e) < 0, "a relative directory");
	CHECK_STR(e.text, "Cwd must be an absolute path", "as clients know it");
	CHECK(exec_process_make(&empty, own, a, &p, &e) < 0, "a file that is no object");
}

static void test_cgroup(struct arena *a)
{
	static const struct {
		const char *given, *path; /* NULL: refused */
	} rows[] = {
		{ "sub", "/sub" },	 { "/", "/" },
		{ "/a/b/", "/a/b" },	 { "./a//b", "/a/b" },
		{ "/a:b", "/a:b" },	 { "a/b:c", "/a/b:c" },
		{ "", NULL },		 { "..", NULL },
		{ "/a/../b", NULL },	 { "../x", NULL },
		{ "cpu:/a", NULL },	 { "cpu,memory:a", NULL },
		{ ":/a", NULL },	 { "a..b/..c", "/a..b/..c" },
	};
	const char *path;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = ERR_NONE;
		int ret = exec_cgroup(rows[i].given, a, &path, &e);

		CHECK((ret == 0) == (rows[i].path != NULL), "--cgroup %s", rows[i].given);
		if (ret == 0)
			CHECK_STR(path, rows[i].path, "%s", rows[i].given);
		else
			CHECK(strstr(e.text, "option --cgroup"), "says what it is about");
	}
	CHECK(exec_cgroup(NULL, a, &path, &(struct err)ERR_NONE) == 0 && !path,
	      "no option, no path");
}

int main(void)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	if (arena_open(&a, false, &e) < 0)
		return 99;
	test_base(&a);
	test_users(&a);
	test_groups(&a);
	test_caps(&a);
	test_mistakes(&a);
	test_cgroup(&a);
	arena_done(&a);
	return check_done();
}
