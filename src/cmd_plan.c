/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril plan: what create would do with a bundle on this host; nothing is done. Runs in
 * the program. */
#include <string.h>

#include "src/cmd.h"
#include "src/cmd_new.h"

struct plan_options {
	struct new_options new;
	bool detach;
	const char *id;
};

#define ROW(kind, member, ...) OPT_ROW(kind, struct plan_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	NEW_ROWS(struct plan_options),
	ROW(FLAG, detach, "detach", 'd', NULL, "plan for run --detach or create"),
	ROW(TEXT, id, "id", 0, "ID",
	    "of the container (default: the bundle's last name)"),
};

/* The cgroup is named by the ID. Any will do: it is only shown. */
static const char *example_id(const char *bundle)
{
	struct err ignored = ERR_NONE;
	const char *last = strrchr(bundle, '/');

	return last && box_check_id(last + 1, &ignored) == 0 ? last + 1 : "plan";
}

static int plan_run(struct call *c, const void *options, struct err *e)
{
	struct plan_options o = *(const struct plan_options *)options;
	struct launch how = { .request = { .hold = o.detach, .detach = o.detach } };
	char *text;

	if (c->words.n > 0 && o.new.bundle)
		return err_plain(e, EINVAL, "the bundle is given twice: %s and %s",
				 o.new.bundle, c->words.items[0]);
	if (c->words.n > 0)
		o.new.bundle = c->words.items[0];
	if (o.id && box_check_id(o.id, e) < 0)
		return -1;
	if (new_launch(c, &o.new, o.id, &how, e) < 0)
		return -1;
	if (!how.request.id)
		how.request.id = example_id(how.request.bundle);
	if (launch_plan(&how, c->arena, &text, e) < 0)
		return -1;
	return call_print(text, e);
}

const struct verb verb_plan = {
	.name = "plan",
	.words = "[BUNDLE]",
	.summary = "show what create would do with a bundle, and do nothing",
	.no_root = true,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct plan_options),
	.run = plan_run,
};
