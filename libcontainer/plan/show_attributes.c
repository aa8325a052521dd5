/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of a plan's text that is about attributes.h. Runs in the program; pure. */
#include "libcontainer/plan/show_text.h"

static void show_scheduler(struct text *t, const struct plan_scheduler *s)
{
	if (!s)
		return;
	text_add(t, "scheduler: %s, nice %d, priority %u", s->name, s->nice, s->priority);
	if (s->flags)
		text_add(t, ", flags 0x%lx", (unsigned long)s->flags);
	if (s->runtime || s->deadline || s->period)
		text_add(t, ", %lu of %lu in %lu ns", (unsigned long)s->runtime,
			 (unsigned long)s->deadline, (unsigned long)s->period);
	text_add(t, "\n");
}

static void show_numbers(struct text *t, const char *name, const struct plan_numbers *n)
{
	if (!n)
		return;
	text_add(t, "%s: ", name);
	if (n->text)
		text_quote(t, n->text);
	else
		text_add(t, "all of the cgroup");
	text_add(t, "\n");
}

void show_attributes(struct text *t, const struct plan_attributes *a)
{
	show_scheduler(t, a->scheduler);
	if (a->io_priority)
		text_add(t, "io priority: %s, priority %d\n", a->io_priority->name,
			 a->io_priority->priority);
	if (a->by_host && (a->scheduler || a->io_priority))
		text_add(t, "set by the host: what is about scheduling\n");
	show_numbers(t, "CPUs before it is in its cgroup", a->cpus_before);
	show_numbers(t, "CPUs", a->cpus);
	if (a->memory) {
		text_add(t, "memory policy: %s (0x%x)", a->memory->name, a->memory->mode);
		if (a->memory->nodes.n) {
			text_add(t, " of nodes ");
			text_quote(t, a->memory->nodes.text);
		}
		text_add(t, "\n");
	}
	if (a->has_personality)
		text_add(t, "personality: %s\n", a->personality_name);
}
