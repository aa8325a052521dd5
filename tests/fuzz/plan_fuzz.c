/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any document on any host: faked facts (as in tests/golden/), config.json, and then, it
 * may be, the process of an exec or mounts to be added, with lines "---" between them.
 * What the rules let through is planned or refused with a sentence; the plan is one that
 * init can believe (plan_claim.h), is the same when it is made again, and can be printed.
 */
#include <linux/sched.h>

#include "base/str.h"
#include "libcontainer/box/box.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/plan_claim.h"
#include "tests/golden/facts_read.h"

static bool is_inside(const char *path)
{
	return path && path[0] == '/' && !path_climbs(path);
}

/* What facts_read() and the command line never give */
static void mend_facts(struct facts *f)
{
	if (!f->cgroup_mount || f->cgroups == CGROUPS_NONE) {
		f->cgroup_mount = NULL;
		f->cgroups = CGROUPS_NONE;
	}
	if (!is_inside(f->cgroup_own))
		f->cgroup_own = NULL;
	LIST_EACH (range, &f->subuids)
		range->size %= UINT32_MAX - range->first;
	LIST_EACH (range, &f->subgids)
		range->size %= UINT32_MAX - range->first;
}

static void mend_request(struct request *r)
{
	if (str_empty(r->bundle) || r->bundle[0] != '/')
		r->bundle = "/bundle";
	if (box_check_id(r->id, &(struct err)ERR_NONE) < 0)
		r->id = "web";
	if (!r->box || r->box[0] != '/')
		r->box = "/run/aril/web";
	r->preserve_fds %= 65537;
	r->listen_fds %= 1024;
}

/* A container always has a mount namespace of its own */
static void mend_enter(struct enter *in)
{
	in->ns_flags |= CLONE_NEWNS;
	if (!in->cgroup_mount || !is_inside(in->cgroup_path))
		in->cgroup_mount = in->cgroup_path = NULL;
}

/* Mounts to be taken away; their numbers are not looked at here */
static int detach(const struct fake *f, const char *text, struct arena *a,
		  struct plan **plan, struct err *e)
{
	strings_t list = { NULL, 0 };
	struct enter_detach *mounts;

	if (spec_destinations_read(text, strlen(text), a, &list, e) < 0)
		return -1;
	mounts = arena_array(a, struct enter_detach, list.n);
	for (size_t i = 0; i < list.n; i++)
		mounts[i] =
			(struct enter_detach){ path_clean(a, "/", list.items[i]), i + 1 };
	return plan_enter_detach(mounts, list.n, &f->enter, &f->facts, &f->request, a,
				 plan, e);
}

/* "[" begins mounts, "-" those to be taken away, all else is a process */
static int build(const struct fake *f, const char *more, struct arena *a,
		 struct plan **plan, struct err *e)
{
	struct check_report report = CHECK_REPORT(a);
	struct spec_process *p;
	struct spec *mounts;

	if (!more)
		return plan_build(f->enter.spec, &f->facts, &f->request, a, plan, e);
	if (*more == '-')
		return detach(f, more + 1, a, plan, e);
	if (*more == '[') {
		if (spec_mounts_read(more, strlen(more), a, &mounts, e) < 0)
			return -1;
		spec_check_mounts(mounts, f->enter.spec->linux, &report);
		if (check_result(&report, e) < 0)
			return -1;
		return plan_enter_mounts(mounts, &f->enter, &f->facts, &f->request, a,
					 plan, e);
	}
	if (spec_process_read(more, strlen(more), a, &p, e) < 0)
		return -1;
	spec_check_process(p, &report);
	if (check_result(&report, e) < 0)
		return -1;
	return plan_enter(p, &f->enter, &f->facts, &f->request, a, plan, e);
}

static void build_twice(const struct fake *f, const char *more, struct arena *a)
{
	struct err e = ERR_NONE, e2 = ERR_NONE;
	struct plan *one, *two;
	int ret = build(f, more, a, &one, &e);

	claim(build(f, more, a, &two, &e2) == ret);
	if (ret < 0) {
		claim_refusal(&e);
		claim(strcmp(e.text, e2.text) == 0);
		return;
	}
	claim(e.num == 0);
	plan_claim(one, a);
	claim(strcmp(plan_show(one, a), plan_show(two, a)) == 0);
}

static void plan_parts(char *text, struct arena *a, struct arena *facts)
{
	char *head = fuzz_part(&text), *config = fuzz_part(&text), *more;
	struct err e = ERR_NONE;
	struct spec *spec;
	struct fake f;

	if (!head || !config || fake_read(&f, head, facts, &e) < 0)
		return;
	mend_facts(&f.facts);
	mend_request(&f.request);
	mend_enter(&f.enter);
	if (fake_spec(config, &f.request, a, &spec, &e) < 0) {
		claim_refusal(&e);
		return;
	}
	f.enter.spec = spec;
	build_twice(&f, NULL, a);
	more = fuzz_part(&text);
	if (more)
		build_twice(&f, more, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE, facts = ARENA_NONE;

	fuzz_arena(&a, true); /* as for a container: init sees nothing but this */
	fuzz_arena(&facts, false);
	plan_parts(fuzz_text(&facts, data, size), &a, &facts);
	return 0;
}
