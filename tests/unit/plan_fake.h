/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the planner: a document as JSON, faked facts and a request, and the plan
 * or the error that they give. One arena for all that a test makes.
 */
#ifndef TESTS_UNIT_PLAN_FAKE_H
#define TESTS_UNIT_PLAN_FAKE_H

#include <stdlib.h>

#include "base/str.h"
#include "libcontainer/plan/build.h"
#include "tests/unit/check.h"

struct fake {
	struct arena a;
	struct facts facts;
	struct request request;
	struct plan *plan; /* of the last fake_plan(); NULL: refused */
	struct err err;	   /* why */
};

/* Root of a host with a unified cgroup tree, `aril run web` */
static inline void fake_open(struct fake *k)
{
	static char *controllers[] = { "memory", "pids" };
	struct err e = ERR_NONE;

	*k = (struct fake){ .a = ARENA_NONE };
	if (arena_open(&k->a, false, &e) < 0) {
		printf("Bail out! %s\n", e.text);
		exit(1);
	}
	k->facts = (struct facts){ .user = "root",
				   .can_mount = true,
				   .can_raise = true,
				   .caps = (1ULL << 41) - 1,
				   .cgroups = CGROUPS_UNIFIED,
				   .cgroup_mount = "/sys/fs/cgroup",
				   .cgroup_own = "/system.slice/engine.service",
				   .cgroup_writable = true,
				   .controllers = { controllers, 2 } };
	k->request = (struct request){ .id = "web", .bundle = "/bundle" };
}

/* An ordinary user with one range of ids and a delegated cgroup */
static inline void fake_open_user(struct fake *k)
{
	fake_open(k);
	k->facts.euid = k->facts.egid = 1000;
	k->facts.user = "eve";
	k->facts.can_mount = false;
	k->facts.can_raise = false;
	k->facts.has_newuidmap = k->facts.has_newgidmap = true;
	*list_add(&k->a, &k->facts.subuids) = (struct id_range){ 100000, 65536 };
	*list_add(&k->a, &k->facts.subgids) = (struct id_range){ 100000, 65536 };
	k->facts.cgroup_own = "/user.slice/app.slice/run.scope";
	k->request.rootless = true;
}

/* Plan a document, in which ' stands for ". True when there is a plan. */
static inline bool fake_plan(struct fake *k, const char *json)
{
	char *text = arena_strdup(&k->a, json);
	struct spec *spec;

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	k->plan = NULL;
	k->err = (struct err)ERR_NONE;
	if (spec_read(text, strlen(text), &k->a, &spec, &k->err) < 0)
		return false;
	if (plan_build(spec, &k->facts, &k->request, &k->a, &k->plan, &k->err) < 0)
		k->plan = NULL;
	return k->plan != NULL;
}

/* clang-format off */
/* The parts that nearly every document has */
#define DOC(members) "{'ociVersion':'1.3.0','root':{'path':'rootfs'}," members "}"
#define DOC_NS(types, members) DOC("'linux':{'namespaces':[" types "]}" members)
#define MNT "{'type':'mount'}"
#define ALL_NS                                                                           \
	MNT ",{'type':'pid'},{'type':'network'},{'type':'ipc'},{'type':'uts'},"          \
	    "{'type':'cgroup'}"
#define DOC_MOUNT(mount) DOC_NS(ALL_NS, ",'mounts':[" mount "]")
#define DOC_PROCESS(members)                                                             \
	DOC_NS(ALL_NS, ",'process':{'cwd':'/','args':['sh']," members "}")
/* clang-format on */

/* CHECK that the document gives a plan; says the error when it doesn't */
#define PLAN_OK(k, json)                                                                 \
	(fake_plan((k), (json)) || (CHECK(false, "%s: %s", (json), (k)->err.text), false))

/* CHECK that it is refused with an error that has `part` in it */
#define PLAN_NO(k, json, part)                                                           \
	do {                                                                             \
		bool planned = fake_plan((k), (json));                                   \
		CHECK(!planned && strstr((k)->err.text, (part)), "refused: %s (%s)",     \
		      (part), planned ? "planned" : (k)->err.text);                      \
	} while (0)

static inline bool fake_warned(const struct fake *k, const char *part)
{
	for (size_t i = 0; k->plan && i < k->plan->warnings.n; i++)
		if (strstr(k->plan->warnings.items[i], part))
			return true;
	return false;
}

/* Plan a document and return its first mount; NULL when there is none */
static inline const struct plan_mount *fake_mount(struct fake *k, const char *json)
{
	return PLAN_OK(k, json) && k->plan->mounts.n ? &k->plan->mounts.items[0] : NULL;
}

/* Strings, each with '|' behind it */
static inline char *fake_joined(struct fake *k, const strings_t *list)
{
	char *text = "";

	for (size_t i = 0; i < list->n; i++)
		text = arena_fmt(&k->a, "%s%s|", text, list->items[i]);
	return text;
}

#endif
