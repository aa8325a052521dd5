/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril completion: a script for a shell; runs in the program */
#include "src/cmd.h"
#include "src/completion.h"

static int completion_run(struct call *c, const void *options, struct err *e)
{
	const char *shell = c->words.items[0];
	char *script = completion_script(shell, c->arena);

	(void)options;
	if (!script)
		return err_plain(e, EINVAL,
				 "unknown shell \"%s\": one of bash, zsh, fish", shell);
	return call_print(script, e);
}

const struct verb verb_completion = {
	.name = "completion",
	.words = "bash|zsh|fish",
	.summary = "write the script by which a shell completes command lines",
	.no_root = true,
	.min = 1,
	.max = 1,
	.run = completion_run,
};
