/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of a foreground run or restore; runs in the program */
#include "src/foreground.h"

/* The box is opened anew: while the container ran it was not locked, so that others
 * could kill or delete it */
int foreground_delete(const struct call *c, struct err *e)
{
	struct err gone = ERR_NONE;
	struct launch how = { .root = NULL };
	autobox b = BOX_NONE;

	if (box_open(&b, c->root, c->words.items[0], true, false, c->arena, &gone) < 0) {
		if (gone.num == ENOENT)
			return 0;
		*e = gone;
		return -1;
	}
	call_environment(c, &how);
	return launch_delete(&how, &b, true, e);
}
