/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril kill: a signal to a container; runs in the program */
#include <signal.h>

#include "libcontainer/spec/words.h"
#include "src/cmd.h"

struct kill_options {
	bool all;
};

static const struct opt rows[] = {
	OPT_ROW(FLAG, struct kill_options, all, "all", 'a', NULL,
		"send it to all processes of the container"),
};

static int kill_run(struct call *c, const void *options, struct err *e)
{
	const struct kill_options *o = options;
	const char *word = c->words.n > 1 ? c->words.items[1] : "SIGTERM";
	int sig = signal_find(word);
	autobox b = BOX_NONE;
	enum box_status status;

	if (sig < 0)
		return err_plain(e, EINVAL, "unknown signal \"%s\"", word);
	if (call_box(c, false, &b, e) < 0)
		return -1;
	status = box_status(&b);
	/* with --all, what is left of a container whose init is gone is meant, too */
	if (status == BOX_CREATING || (status == BOX_STOPPED && !o->all))
		return err_plain(e, ESRCH, "container not running");
	return launch_kill(&b, sig, o->all, e);
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
