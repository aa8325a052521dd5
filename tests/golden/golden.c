/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Golden tests of the planner: NAME.config.json and the faked host NAME.facts give the
 * text of `aril plan`, which must be NAME.plan. With NAME.process.json it is the plan of
 * an exec into that container, with NAME.mounts.json that of mounts added to it. A plan
 * that is refused gives its error. A difference is either a mistake or a change of
 * behaviour, to be read in the diff and then accepted with `golden --update`.
 *
 * golden [--update] [NAME ...], in the folder of the cases or with ARIL_SOURCE set.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "tests/golden/facts_read.h"
#include "tests/unit/check.h"

#define CONFIG	 ".config.json"
#define FILE_MAX (1UL << 20)

/* The text of NAME and a suffix; NULL when there is no such file */
static char *case_file(struct arena *a, int dir, const char *name, const char *suffix)
{
	struct err e = ERR_NONE;

	return file_read(a, dir, arena_fmt(a, "%s%s", name, suffix), FILE_MAX, NULL, &e);
}

static int make_plan(const char *config, const char *process, const char *added,
		     struct fake *fake, struct arena *a, struct plan **plan,
		     struct err *e)
{
	struct spec_process *p;
	struct spec *spec, *mounts;

	if (fake_spec(config, &fake->request, a, &spec, e) < 0)
		return -1;
	fake->enter.spec = spec;
	if (added) {
		if (spec_mounts_read(added, strlen(added), a, &mounts, e) < 0)
			return -1;
		return plan_enter_mounts(mounts, &fake->enter, &fake->facts,
					 &fake->request, a, plan, e);
	}
	if (!process)
		return plan_build(spec, &fake->facts, &fake->request, a, plan, e);
	if (spec_process_read(process, strlen(process), a, &p, e) < 0)
		return -1;
	return plan_enter(p, &fake->enter, &fake->facts, &fake->request, a, plan, e);
}

/* What the case gives: a plan or the error */
static char *case_text(struct arena *a, int dir, const char *name)
{
	char *config = case_file(a, dir, name, CONFIG);
	char *facts = case_file(a, dir, name, ".facts");
	struct err e = ERR_NONE;
	struct fake fake;
	struct plan *plan;

	if (!config || !facts)
		return arena_fmt(a, "no %s" CONFIG " or no %s.facts\n", name, name);
	if (fake_read(&fake, facts, a, &e) < 0 ||
	    make_plan(config, case_file(a, dir, name, ".process.json"),
		      case_file(a, dir, name, ".mounts.json"), &fake, a, &plan, &e) < 0)
		return arena_fmt(a, "error: %s [%s]\n", e.text, err_name(e.num));
	return plan_show(plan, a);
}

/* The lines that differ, as a patch has them: enough for texts that are nearly equal */
static void show_difference(struct arena *a, const char *got, const char *want)
{
	strings_t g = str_split(a, got, '\n'), w = str_split(a, want, '\n');
	size_t i = 0, k = 0;

	while (i < g.n || k < w.n) {
		size_t ahead = k;

		if (i < g.n && k < w.n && strcmp(g.items[i], w.items[k]) == 0) {
			i++;
			k++;
			continue;
		}
		while (i < g.n && ahead < w.n && strcmp(g.items[i], w.items[ahead]) != 0)
			ahead++;
		if (i < g.n && ahead < w.n)
			while (k < ahead)
				printf("# -%s\n", w.items[k++]);
		else if (i < g.n)
			printf("# +%s\n", g.items[i++]);
		else
			printf("# -%s\n", w.items[k++]);
	}
}

static void run_case(int dir, const char *name, bool update)
{
	__attribute__((cleanup(arena_done))) struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	const char *got, *want;

	if (arena_open(&a, false, &e) < 0) {
		CHECK(false, "%s: %s", name, e.text);
		return;
	}
	got = case_text(&a, dir, name);
	if (update) {
		int ret = file_replace(dir, arena_fmt(&a, "%s.plan", name), 0644, got,
				       strlen(got), &e);

		CHECK(ret == 0, "%s: written %s", name, e.text);
		return;
	}
	want = case_file(&a, dir, name, ".plan");
	if (!want)
		want = "";
	if (!CHECK(strcmp(got, want) == 0, "the plan of %s is as in %s.plan", name, name))
		show_difference(&a, got, want);
}

static int is_case(const struct dirent *entry)
{
	return str_ends(entry->d_name, CONFIG);
}

static void run_all(int dir, bool update)
{
	struct dirent **entries = NULL;
	int n = scandirat(dir, ".", &entries, is_case, alphasort);

	CHECK(n > 0, "there are cases");
	for (int i = 0; i < n; i++) {
		entries[i]->d_name[strlen(entries[i]->d_name) - strlen(CONFIG)] = '\0';
		run_case(dir, entries[i]->d_name, update);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	const char *source = getenv("ARIL_SOURCE");
	bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
	int first = update ? 2 : 1;
	char path[4096];
	autofd dir = -1;

	snprintf(path, sizeof(path), "%s", ".");
	if (source)
		snprintf(path, sizeof(path), "%s/tests/golden", source);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!CHECK(dir >= 0, "%s can be opened", path))
		return check_done();
	if (first >= argc)
		run_all(dir, update);
	for (int i = first; i < argc; i++)
		run_case(dir, argv[i], update);
	return check_done();
}
