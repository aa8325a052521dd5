/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcontainer/host/rdt: comparing schemata, and groups in an ordinary directory, which
 * are there already. Needs no privilege. */
#include "libcontainer/host/rdt.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "tests/unit/check.h"

static const char present[] = "    MB:0= 100;1=  50\n"
			      "    L3:0=00ff;1=7FF\n"
			      "L3CODE:0=f;1=0";

static void test_agrees(void)
{
	static const struct {
		const char *line;
		bool agrees;
	} lines[] = {
		{ "L3:0=ff;1=7ff", true },  { "L3:1=7ff", true },
		{ "L3:1=7FF;0=0ff", true }, { " L3: 0 = ff ", true },
		{ "L3:0=ff;", true },	    { "MB:0=100", true },
		{ "MB:1=050;0=100", true }, { "L3CODE:1=0", true },
		{ "L3CODE:1=000", true },   { "L3:0=fe", false },
		{ "L3:0=ff;1=ff", false },  { "L3:2=ff", false },
		{ "L3:0=f", false },	    { "L3:0", false },
		{ "L3:0=ff;x", false },	    { "L2:0=ff", false },
		{ "L3COD:0=f", false },	    { "MB:1=100", false },
		{ "no schema", false },	    { "", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CHECK(rdt_agrees(present, lines[i].line) == lines[i].agrees, "\"%s\" %s",
		      lines[i].line, lines[i].agrees ? "agrees" : "does not agree");
	CHECK(!rdt_agrees("", "L3:0=ff"), "nothing agrees with nothing");
}

static char top[] = "/tmp/aril-rdt-XXXXXX";

static void put(const char *path, const char *text)
{
	struct err e = ERR_NONE;

	if (file_replace(AT_FDCWD, path, 0644, text, strlen(text), &e) < 0)
		printf("Bail out! %s\n", e.text), exit(1);
}

static const char *get(const char *path)
{
	static char text[256];
	struct err e = ERR_NONE;

	return file_get(AT_FDCWD, path, text, sizeof(text), &e) < 0 ? "?" : text;
}

/* "web", which is there already, with a file system that may be any */
static int make(struct rdt *r, const struct plan_rdt *plan, struct err *e)
{
	struct arena a = check_arena(); /* lives as long as r */

	*e = (struct err)ERR_NONE;
	*r = (struct rdt)RDT_NONE;
	put("web/schemata", "L3:0=f\n");
	return rdt_open(r, top, false, e) < 0 ? -1 : rdt_make(r, plan, &a, e);
}

static void test_there(struct arena *a)
{
	struct plan_rdt plan = { .group = "web", .make = true, .compare = true };
	struct rdt r;
	struct err e;

	strings_add(a, &plan.lines, "L3:0=f");
	CHECK(make(&r, &plan, &e) == 0 && !r.made && !r.wrote,
	      "it agrees, and nothing is written");
	CHECK(!rdt_missing(&r, &plan), "it is there");
	CHECK(rdt_add(&r, 123, &e) == 0, "a task");
	CHECK_STR(get("web/tasks"), "123", "is written");
	rdt_done(&r);
	CHECK(access("web", F_OK) == 0, "what was there stays");
	plan.lines.items[0] = "L3:0=7";
	CHECK(make(&r, &plan, &e) < 0 &&
		      strstr(e.text, "does not have the schema \"L3:0=7\""),
	      "it does not agree: %s", e.text);
	rdt_done(&r);
}

static void test_written(struct arena *a)
{
	struct plan_rdt plan = { .group = "web", .make = true };
	struct rdt r;
	struct err e;

	strings_add(a, &plan.lines, "L3:0=7");
	CHECK(make(&r, &plan, &e) == 0, "not to be compared");
	CHECK_STR(get("web/schemata"), "L3:0=7", "it is written");
	rdt_done(&r);
	CHECK_STR(get("web/schemata"), "L3:0=f", "and given back");
	CHECK(make(&r, &plan, &e) == 0, "once more");
	r.keep = true;
	rdt_done(&r);
	CHECK_STR(get("web/schemata"), "L3:0=7", "unless it is kept");
}

static void test_missing(void)
{
	struct plan_rdt plan = { .group = "gone" };
	struct rdt r = RDT_NONE;
	struct err e = ERR_NONE;

	CHECK(make(&r, &plan, &e) < 0 && e.num == ENOENT && !rdt_missing(&r, &plan),
	      "a group that must be there: %s", e.text);
	rdt_done(&r);
	CHECK(access("gone", F_OK) < 0, "is not made");
	e = (struct err)ERR_NONE;
	CHECK(rdt_open(&r, top, true, &e) < 0 && e.num == EINVAL &&
		      str_ends(e.text, "is not a resctrl file system"),
	      "another file system is none: %s", e.text);
	rdt_done(&r);
}

int main(void)
{
	struct arena a = check_arena();

	test_agrees();
	if (!mkdtemp(top) || chdir(top) < 0 || mkdir("web", 0755) < 0)
		printf("Bail out! no directory\n"), exit(1);
	put("web/tasks", "");
	test_there(&a);
	test_written(&a);
	test_missing();
	unlink("web/schemata");
	unlink("web/tasks");
	rmdir("web");
	CHECK(chdir("/") == 0 && rmdir(top) == 0, "nothing else is left");
	arena_done(&a);
	return check_done();
}
