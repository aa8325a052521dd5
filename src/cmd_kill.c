/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril kill: a signal to a container; runs in the program */
#include <signal.h>

#include "libcontainer/spec/words.h"
#include "src/cmd.h"
#include "src/each.h"

struct kill_options {
	bool all, regex;
	int signal;
};

static const struct opt rows[] = {
	OPT_ROW(FLAG, struct kill_options, all, "all", 'a', NULL,
		"send it to all processes of the container"),
	OPT_ROW(FLAG, struct kill_options, regex, "regex", 'r', NULL,
		"ID is a regular expression: all that it fits"),
};

static int kill_one(const struct call *c, const char *id, const void *options,
		    struct err *e)
{
	const struct kill_options *o = options;
	autobox b = BOX_NONE;
	enum box_status status;

	if (box_open(&b, c->root, id, false, false, c->arena, e) < 0)
		return -1;
	status = box_status(&b);
	/* with --all, what is left of a container whose init is gone is meant, too */
	if (status == BOX_CREATING || (status == BOX_STOPPED && !o->all))
		return err_plain(e, ESRCH, "container not running");
	return launch_kill(&b, o->signal, o->all, e);
}

static int kill_run(struct call *c, const void *options, struct err *e)
{
	struct kill_options o = *(const struct kill_options *)options;
	const char *word = c->words.n > 1 ? c->words.items[1] : "SIGTERM";
	const char *id = c->words.items[0];
	strings_t ids = { NULL, 0 };
	int n;

	o.signal = signal_find(word);
	if (o.signal < 0)
		return err_plain(e, EINVAL, "unknown signal \"%s\"", word);
	if (!o.regex)
		return kill_one(c, id, &o, e);
	n = each_matching(c, id, &ids, e);
	if (n < 0)
		return -1;
	if (n == 0)
		return err_plain(e, ENOENT,
				 "container does not exist: none matches \"%s\"", id);
	return each_id(c, &ids, kill_one, &o, e);
}

const struct verb verb_kill = {
	.name = "kill",
	.words = "ID [SIGNAL]",
	.summary = "send a signal to a container (default: TERM)",
	.min = 1,
	.max = 2,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct kill_options),
	.run = kill_run,
};
