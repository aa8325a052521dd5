/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The systemd driver's side that asks; runs in the program */
#include "cgroups/unit.h"

#include <string.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "base/words.h"
#include "cgroups/unit_call.h"

/* What a unit has unless the caller's properties say otherwise */
static void property_default(struct arena *a, unit_properties_t *all, const char *name,
			     const char *type, const char *value)
{
	struct unit_property *p;

	if (unit_property_find(all, name))
		return;
	p = list_add(a, all);
	p->name = name;
	p->type = type;
	strings_add(a, &p->values, arena_strdup(a, value));
}

/*
 * Delegate: the cgroup and all below it are ours, systemd leaves their files alone
 * (systemd's CGROUP_DELEGATION.md; a slice cannot be delegated). DefaultDependencies
 * would end the unit when the system goes down, before the engine could. A slice is where
 * its name says; a scope needs its slice, and systemd starts it.
 */
static unit_properties_t start_properties(const struct unit *u,
					  const unit_properties_t *properties,
					  const char *description, struct arena *a)
{
	static const char *const accounting[] = { "CPUAccounting", "IOAccounting",
						  "MemoryAccounting", "TasksAccounting" };
	unit_properties_t all = { NULL, 0 };

	if (properties)
		LIST_EACH (p, properties)
			*list_add(a, &all) = *p;
	if (description)
		property_default(a, &all, "Description", "s", description);
	if (!str_empty(u->slice))
		property_default(a, &all, "Slice", "s", u->slice);
	if (!str_ends(u->name, ".slice"))
		property_default(a, &all, "Delegate", "b", "true");
	property_default(a, &all, "DefaultDependencies", "b", "false");
	for (size_t i = 0; i < ARRAY_LEN(accounting); i++)
		property_default(a, &all, accounting[i], "b", "true");
	return all;
}

int unit_start(const struct unit *u, const unit_properties_t *properties,
	       const char *description, struct arena *a, struct unit_hold *h,
	       struct err *e)
{
	unit_properties_t all = start_properties(u, properties, description, a);
	autocall c = CALL_NONE;

	*h = (struct unit_hold)UNIT_HOLD_NONE;
	if (call_open(&c, u, "start", a, e) < 0)
		return -1;
	call_properties(&c, &all);
	if (call_ask(&c, "cgroup", e) < 0)
		return -1;
	h->unit = u;
	h->cgroup = c.answer;
	h->invocation = c.invocation;
	if (str_ends(u->name, ".slice"))
		return 0;
	h->pid = c.helper.pid;
	h->pidfd = fd_take(&c.helper.pidfd);
	h->sock = fd_take(&c.helper.sock);
	c.helper.pid = 0;
	return 0;
}

int unit_release(struct unit_hold *h, struct err *e)
{
	struct unit_call c = CALL_NONE;

	if (h->pid == 0)
		return 0;
	call_take(&c, h);
	return call_end(&c, e);
}

void unit_hold_done(struct unit_hold *h)
{
	struct err ignored = ERR_NONE;

	unit_release(h, &ignored);
	ignored = (struct err)ERR_NONE;
	if (h->unit && !h->keep)
		unit_stop(h->unit, h->invocation, &ignored);
	h->unit = NULL;
}

int unit_attach(const struct unit *u, const char *sub, pid_t pid, struct err *e)
{
	autoarena a = ARENA_NONE;
	autocall c = CALL_NONE;
	char text[16];

	if (arena_open(&a, false, e) < 0 || call_open(&c, u, "attach", &a, e) < 0)
		return -1;
	fmt_text(text, sizeof(text), "%d", pid);
	words_add(&c.lines, "process", text);
	if (!str_empty(sub))
		words_add(&c.lines, "below", sub);
	return call_ask(&c, "done", e);
}

/* systemd takes these when a unit is made, and never after */
static bool is_for_start(const char *name)
{
	return strcmp(name, "OOMPolicy") == 0;
}

int unit_set(const struct unit *u, const unit_properties_t *properties, struct err *e)
{
	autoarena a = ARENA_NONE;
	autocall c = CALL_NONE;
	unit_properties_t some = { NULL, 0 };

	if (arena_open(&a, false, e) < 0)
		return -1;
	LIST_EACH (p, properties)
		if (!is_for_start(p->name))
			*list_add(&a, &some) = *p;
	if (some.n == 0)
		return 0;
	if (call_open(&c, u, "set", &a, e) < 0)
		return -1;
	call_properties(&c, &some);
	return call_ask(&c, "done", e);
}

int unit_stop(const struct unit *u, const char *invocation, struct err *e)
{
	autoarena a = ARENA_NONE;
	autocall c = CALL_NONE;

	if (!invocation && str_ends(u->name, ".slice"))
		return 0;
	if (arena_open(&a, false, e) < 0 || call_open(&c, u, "stop", &a, e) < 0)
		return -1;
	if (invocation)
		words_add(&c.lines, "invocation", invocation);
	return call_ask(&c, "done", e);
}

int unit_version(const struct unit *u, struct err *e)
{
	autoarena a = ARENA_NONE;
	autocall c = CALL_NONE;
	uint64_t version;

	if (arena_open(&a, false, e) < 0 || call_open(&c, u, "version", &a, e) < 0 ||
	    call_ask(&c, "version", e) < 0)
		return 0;
	if (str_u64(c.answer, INT32_MAX, &version) && version > 0)
		return (int)version;
	err_set(e, EPROTO, "ask systemd for its version: \"%s\"", c.answer);
	return 0;
}
