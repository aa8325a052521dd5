/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcontainer/spec/check: each rule by a document that breaks it and one that just
 * doesn't. A case is a part of a document; the rest is a sound frame around it.
 */
#include <stdlib.h>

#include "base/str.h"
#include "libcontainer/spec/check.h"
#include "tests/unit/check.h"
#include "tests/unit/check_cases.h"

/* Read and check a whole text; the report is in the arena */
static struct check_report report(struct arena *a, const char *text)
{
	struct check_report r = CHECK_REPORT(a);
	struct err e = ERR_NONE;
	struct spec *s = NULL;

	if (spec_read(text, strlen(text), a, &s, &e) < 0)
		CHECK(false, "%s is read: %s", text, e.text);
	else
		spec_check(s, &r);
	return r;
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = check_arena();
		const char *const *frame = frames[cases[i].frame];
		char *text = arena_fmt(&a, "%s%s%s", frame[0], cases[i].part, frame[1]);
		struct check_report r = report(&a, text);
		const char *want = cases[i].message, *got = NULL;
		bool warning = want && want[0] == '?';

		if (r.notes.n)
			got = arena_fmt(&a, "%s: %s", r.notes.items[0].path,
					r.notes.items[0].what);
		if (!want)
			CHECK(r.errors == 0 && r.warnings == 0, "%s is fine",
			      cases[i].part);
		else
			CHECK(got && str_starts(got, want + warning) &&
				      (r.errors == 0) == warning &&
				      (r.warnings == 1) == warning,
			      "%s: %s", cases[i].part, want);
		if (got && (!want || !str_starts(got, want + warning)))
			printf("# got: %s\n", got);
		arena_done(&a);
	}
}

static void test_versions(void)
{
	static const struct {
		const char *version;
		size_t errors, warnings;
	} versions[] = {
		{ "1.0.0", 0, 0 },	{ "1.3.0", 0, 0 },
		{ "1.99.12", 0, 0 },	{ "1.0.2-dev", 0, 0 },
		{ "1.1.0+dev", 0, 0 },	{ "1.0.0-rc.1+b.2-x", 0, 0 },
		{ "0.5.0-dev", 0, 1 },	{ "2.0.0", 1, 0 },
		{ "10.0.0", 1, 0 },	{ "1.0", 1, 0 },
		{ "1", 1, 0 },		{ "", 1, 0 },
		{ "1.0.0.0", 1, 0 },	{ "v1.0.0", 1, 0 },
		{ "1.01.0", 1, 0 },	{ "1.0.0-", 1, 0 },
		{ "1.0.0-a..b", 1, 0 }, { "1.0.0+", 1, 0 },
		{ "1.0.0 ", 1, 0 },	{ "1.0.x", 1, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		struct arena a = check_arena();
		struct check_report r = report(
			&a,
			arena_fmt(&a, "{\"ociVersion\":\"%s\",\"root\":{\"path\":\"r\"}}",
				  versions[i].version));

		CHECK(r.errors == versions[i].errors &&
			      r.warnings == versions[i].warnings,
		      "version \"%s\"", versions[i].version);
		arena_done(&a);
	}
}

static void test_frame(void)
{
	static const struct {
		const char *text, *message;
	} docs[] = {
		{ "{\"ociVersion\":\"1.0.0\"}", "root: is missing" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"\"}}",
		  "root.path: is empty" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"process\":{"
		  "\"cwd\":\"a\","
		  "\"args\":[\"x\"]}}",
		  "process.cwd: \"a\" is not an absolute path" },
		{ "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"process\":{"
		  "\"cwd\":\"/\"}}",
		  "process.args: is empty" },
	};

	for (size_t i = 0; i < ARRAY_LEN(docs); i++) {
		struct arena a = check_arena();
		struct check_report r = report(&a, docs[i].text);
		struct err e = ERR_NONE;

		CHECK(check_result(&r, &e) == -1 && e.num == EINVAL && e.plain,
		      "%s is refused", docs[i].text);
		CHECK_STR(e.text, docs[i].message, "with its message");
		arena_done(&a);
	}
}

/* Mistakes are told together; too many are counted; what is shown is fit to be shown */
static void test_report(void)
{
	static const char three[] =
		"{\"ociVersion\":\"x\\u001b[1m\",\"root\":{\"path\":\"r\"},\"hostname\":"
		"\"h\","
		"\"process\":{\"cwd\":\"/"
		"\",\"args\":[\"x\"],\"capabilities\":{\"bounding\":[\"Z\"]},"
		"\"oomScoreAdj\":5000}}";
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct check_report r = report(&a, three);
	char *many, *end;

	CHECK(r.errors == 3 && r.warnings == 1 && r.notes.n == 4,
	      "all mistakes in one go");
	CHECK(check_result(&r, &e) == -1, "which is a failure");
	CHECK_STR(e.text,
		  "ociVersion: \"x?[1m\" is not a semantic version; hostname: unable to "
		  "set "
		  "hostname without a private UTS namespace; process.oomScoreAdj: 5000 "
		  "is not "
		  "within -1000 to 1000",
		  "the errors, without the warning");
	many = arena_get(&a, 300000);
	end = many +
	      sprintf(many,
		      "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"process\":{"
		      "\"cwd\":\"/\",\"args\":[\"x\"],\"env\":[\"B\"");
	for (int i = 0; i < 20000; i++)
		end += sprintf(end, ",\"B\"");
	sprintf(end, "]}}");
	r = report(&a, many);
	CHECK(r.errors == 20001 && r.notes.n == CHECK_NOTES_MAX,
	      "20001 mistakes are counted");
	e = (struct err)ERR_NONE;
	CHECK(check_result(&r, &e) == -1 && str_ends(e.text, " more"), "%s", e.text);
	r = report(&a, "{\"ociVersion\":\"0.1.0\",\"root\":{\"path\":\"r\"}}");
	CHECK(check_result(&r, &e) == 0, "warnings are no failure");
	arena_done(&a);
}

static void test_idmap_lines(void)
{
	struct arena a = check_arena();

	for (int lines = 340; lines <= 341; lines++) {
		char *text = arena_get(&a, 100000), *end = text;
		struct check_report r;

		end += sprintf(
			end,
			"{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},\"linux\":{"
			"\"namespaces\":[{\"type\":\"user\"}],\"gidMappings\":[{"
			"\"containerID\":0,\"hostID\":0,\"size\":1}],\"uidMappings\":[");
		for (int i = 0; i < lines; i++)
			end += sprintf(end,
				       "%s{\"containerID\":%d,\"hostID\":%d,\"size\":1}",
				       i ? "," : "", i, 1000 + i);
		sprintf(end, "]}}");
		r = report(&a, text);
		CHECK(r.errors == (size_t)(lines == 341), "%d lines of a mapping", lines);
	}
	arena_done(&a);
}

static void test_exec(void)
{
	static const char text[] =
		"{\"cwd\":\"x\",\"user\":{\"uid\":4294967295},\"execCPUAffinity\":"
		"{\"initial\":\"x\"}}";
	struct arena a = check_arena();
	struct check_report r = CHECK_REPORT(&a);
	struct err e = ERR_NONE;
	struct spec_process *p = NULL;

	if (!CHECK(spec_process_read(text, strlen(text), &a, &p, &e) == 0, "read: %s",
		   e.text))
		return;
	spec_check_process(p, &r);
	CHECK(check_result(&r, &e) == -1, "the process of an exec is checked");
	CHECK_STR(e.text,
		  "process.cwd: \"x\" is not an absolute path; process.args: is empty; "
		  "process.user.uid: 4294967295 is not an id (0 to 4294967294); "
		  "process.execCPUAffinity.initial: \"x\" is not a list of CPUs like "
		  "0-3,7",
		  "by the same rules");
	arena_done(&a);
}

int main(void)
{
	test_cases();
	test_versions();
	test_frame();
	test_report();
	test_idmap_lines();
	test_exec();
	return check_done();
}
