/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril state: the OCI's state document of one container; runs in the program */
#include <string.h>

#include "src/cmd.h"

static int state_run(struct call *c, const void *options, struct err *e)
{
	autobox b = BOX_NONE;
	const char *text;

	(void)options;
	if (box_peek(&b, c->root, c->words.items[0], c->arena, e) < 0)
		return -1;
	text = box_state_json(&b, box_status(&b), true);
	if (text[0] && text[strlen(text) - 1] != '\n')
		text = arena_fmt(c->arena, "%s\n", text);
	return call_print(text, e);
}

const struct verb verb_state = {
	.name = "state",
	.words = "ID",
	.summary = "show the state of a container",
	.min = 1,
	.max = 1,
	.run = state_run,
};
