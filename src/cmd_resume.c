/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril resume: let a paused container go on; runs in the program */
#include "src/cmd.h"

static int resume_run(struct call *c, const void *options, struct err *e)
{
	autobox b = BOX_NONE;

	(void)options;
	if (call_box(c, true, &b, e) < 0)
		return -1;
	return launch_resume(&b, e);
}

const struct verb verb_resume = {
	.name = "resume",
	.words = "ID",
	.summary = "let a paused container go on",
	.min = 1,
	.max = 1,
	.run = resume_run,
};
