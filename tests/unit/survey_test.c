/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What aril check makes of releases and of ranges of ids */
#include "src/survey.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/str.h"
#include "tests/unit/check.h"

static void test_release(void)
{
	static const struct {
		const char *text;
		uint64_t major, minor;
		bool old;
	} cases[] = {
		{ "6.1.0-18-amd64", 6, 1, false },
		{ "5.14", 5, 14, false },
		{ "5.13.19", 5, 13, true },
		{ "4.18.0-500.el8", 4, 18, true },
		{ "5.14-rc1", 5, 14, false },
		{ "7", 0, 0, true },
		{ "", 0, 0, true },
		{ "x.y", 0, 0, true },
		{ "10.0", 10, 0, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct survey s = { .release = cases[i].text };

		survey_release(cases[i].text, &s.major, &s.minor);
		CHECK(s.major == cases[i].major && s.minor == cases[i].minor,
		      "release %s", cases[i].text);
		CHECK(survey_since(&s, 5, 14) != cases[i].old, "5.14 or later: %s",
		      cases[i].text);
	}
}

static void test_kernel(void)
{
	struct facts facts = { .euid = 1000 };
	struct arena a = check_arena();
	struct survey s = { .arena = &a, .facts = &facts, .release = "5.10.0" };
	struct finding f = { .name = "kernel" };

	survey_release(s.release, &s.major, &s.minor);
	survey_kernel(&s, NULL, &f);
	CHECK(f.lacking, "an old kernel is missing something");
	CHECK_STR(f.text, "Linux 5.10.0 is older than 5.14", "and it is said what");
	arena_done(&a);
}

static void test_free_id(void)
{
	static const struct {
		const char *text;
		uint64_t first;
	} cases[] = {
		{ "", 100000 },
		{ "a:100000:65536\n", 165536 },
		{ "a:100000:65536\nb:165536:65536", 231072 },
		{ "b:165536:65536\na:100000:65536\n", 231072 },
		{ "a:1:10\n", 100000 },
		{ "# none\na\na:b:c\n:::\n", 100000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK(survey_free_id(cases[i].text) == cases[i].first,
		      "the first free id of case %zu", i);
}

/* What a user types is behind sudo, what root types is not */
static void test_mend(void)
{
	struct facts facts = { .euid = 1000, .user = "me" };
	struct arena a = check_arena();
	struct survey s = { .arena = &a, .facts = &facts };

	CHECK_STR(survey_as_root(&s, "sysctl -w %s=1", "x"), "sudo sysctl -w x=1",
		  "a user's");
	facts.euid = 0;
	CHECK_STR(survey_as_root(&s, "sysctl -w %s=1", "x"), "sysctl -w x=1", "root's");
	arena_done(&a);
}

static void test_cgroups(void)
{
	struct facts facts = { .euid = 1000, .cgroups = CGROUPS_UNIFIED };
	struct arena a = check_arena();
	struct survey s = { .arena = &a, .facts = &facts };
	struct finding f = { .name = "x" };
	static char *const names[] = { "cpu", "cpuset", "io", "memory", "pids" };

	facts.cgroup_mount = "/sys/fs/cgroup";
	facts.cgroup_writable = true;
	survey_cgroups(&s, NULL, &f);
	CHECK(!f.lacking, "version 2 alone is fine: %s", f.text);
	survey_delegation(&s, NULL, &f);
	CHECK(!f.lacking, "and so is a place for cgroups: %s", f.text);
	survey_controllers(&s, NULL, &f);
	CHECK(f.lacking, "no controllers are missing: %s", f.text);
	for (size_t i = 0; i < ARRAY_LEN(names) - 1; i++)
		strings_add(&a, &facts.controllers, names[i]);
	survey_controllers(&s, NULL, &f);
	CHECK_STR(f.text, "there are no limits for: pids", "one is");
	strings_add(&a, &facts.controllers, names[4]);
	f = (struct finding){ .name = "x" };
	survey_controllers(&s, NULL, &f);
	CHECK(!f.lacking, "all are there: %s", f.text);
	facts.cgroups = CGROUPS_HYBRID;
	survey_cgroups(&s, NULL, &f);
	CHECK(f.lacking, "version 1 beside it limits: %s", f.text);
	arena_done(&a);
}

/* The page explains each row */
static void test_page(void)
{
	const char *source = getenv("ARIL_SOURCE"), *name;
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	char *page;

	if (!source) {
		CHECK_SKIP("ARIL_SOURCE does not name the source tree");
		return;
	}
	page = file_read(&a, AT_FDCWD, arena_fmt(&a, "%s/man/aril-check.8", source),
			 1 << 20, NULL, &e);
	for (size_t i = 0; page && (name = survey_name(i)) != NULL; i++) {
		if (str_starts(name, "namespace-"))
			name = "namespace-KIND";
		CHECK(strstr(page, arena_fmt(&a, "\n.It Cm %s\n", name)),
		      "the page explains %s", name);
	}
	CHECK(page, "there is a page");
	arena_done(&a);
}

int main(void)
{
	test_page();
	test_release();
	test_kernel();
	test_free_id();
	test_mend();
	test_cgroups();
	return check_done();
}
