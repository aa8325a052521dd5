/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of box/ share; runs in the program; nobody else includes it */
#ifndef BOX_PARTS_H
#define BOX_PARTS_H

#include "libcontainer/box/box.h"

/* Lock ROOT/ID/lock, made when missing, within 10 s; sets b->lock. EBUSY: "container ID
 * is busy"; ENOENT when the box was removed while this waited. */
int box_lock(struct box *b, struct err *e);

/* Whether another process holds the lock of b, which does not hold it itself */
bool box_locked(const struct box *b);

/* The table of state.json */
extern const struct json_shape box_state_shape;

/* Read state.json, of b->dir or, when that is not open, below b->path */
int box_load(struct box *b, struct err *e);

/* Set b->pidfd if the process of b->state lives */
void box_find(struct box *b);

/* The time in UTC: "2026-01-02T15:04:05.123456789Z" */
char *box_now(struct arena *a);

/* The id: the last part of the path */
const char *box_id(const struct box *b);

#endif
