/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * linux.intelRdt, by the rules of runtime-spec 1.3 (config-linux.md, Intel RDT). Runs in
 * the program; pure.
 */
#include <string.h>

#include "libcontainer/plan/draft.h"
#include "libcontainer/plan/show_text.h"

static bool is_bandwidth(const char *line)
{
	return str_starts(line, "MB:");
}

/* A bandwidth among the lines for the cache gives way to memBwSchema */
static void add_lines(struct draft *d, const struct spec_intel_rdt *from,
		      struct plan_rdt *to)
{
	bool bandwidth = !str_empty(from->mem_bw_schema);

	if (!str_empty(from->l3_cache_schema) &&
	    !(bandwidth && is_bandwidth(from->l3_cache_schema)))
		strings_add(d->a, &to->lines, from->l3_cache_schema);
	if (bandwidth)
		strings_add(d->a, &to->lines, from->mem_bw_schema);
}

static const char *group_named(struct draft *d, const char *clos_id)
{
	if (str_empty(clos_id))
		return arena_strdup(d->a, d->r->id);
	return strcmp(clos_id, "/") == 0 ? draft_keep(d, "") : clos_id;
}

void draft_rdt(struct draft *d)
{
	const struct spec_linux *l = d->spec->linux;
	const struct spec_intel_rdt *from = l ? l->intel_rdt : NULL;
	struct plan_rdt *to;
	bool named;

	if (!from)
		return;
	to = arena_new(d->a, struct plan_rdt);
	named = !str_empty(from->clos_id);
	add_lines(d, from, to);
	to->schemata = from->schemata;
	to->group = group_named(d, from->clos_id);
	to->make = *to->group && (!named || to->lines.n || to->schemata.n);
	to->compare = named;
	to->monitor = from->enable_monitoring.v ? draft_keep(d, d->r->id) : NULL;
	d->p->rdt = to;
}

void show_rdt(struct text *t, const struct plan_rdt *r)
{
	if (!r)
		return;
	text_add(t, "resctrl group: ");
	if (*r->group)
		text_quote(t, r->group);
	else
		text_add(t, "the root");
	text_add(t, "%s%s\n", r->make ? ", made if it is not there" : "",
		 r->compare && r->lines.n ? ", or as the document says" : "");
	LIST_EACH (line, &r->lines) {
		text_add(t, "schema: ");
		text_quote(t, *line);
		text_add(t, "\n");
	}
	LIST_EACH (line, &r->schemata) {
		text_add(t, "then schema: ");
		text_quote(t, *line);
		text_add(t, "\n");
	}
	if (r->monitor) {
		text_add(t, "resctrl monitoring group: ");
		text_quote(t, r->monitor);
		text_add(t, "\n");
	}
}
