/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of box/ share; runs in the program; nobody else includes it */
#ifndef BOX_PARTS_H
#define BOX_PARTS_H

#include <string.h>

#include "libcontainer/box/box.h"

/* Lock the file "lock" of b->dir, made when missing; waits for it up to 10 s, or not at
 * all; sets b->lock. EBUSY: "container ID is busy"; ENOENT when the box was removed
 * meanwhile. */
int box_lock(struct box *b, bool wait, struct err *e);

/* EPERM: the file at path belongs to another user than us, or others may write to it */
int box_owner_check(int fd, const char *path, struct err *e);

/* 1 if b->name is still the name of b->dir, 0 if not: another box may have got it */
int box_in_place(const struct box *b, struct err *e);

/* Whether another process holds the lock of b, which does not hold it itself */
bool box_locked(const struct box *b);

/* The table of state.json */
extern const struct json_shape box_state_shape;

/* That of one process in it */
extern const struct json_shape box_process_shape;

/* Read state.json, of b->dir or, when that is not open, below b->path */
int box_load(struct box *b, struct err *e);

/* Set b->pidfd if the process of b->state lives; fails when that cannot be known */
int box_find(struct box *b, struct err *e);

/* The time in UTC: "2026-01-02T15:04:05.123456789Z" */
char *box_now(struct arena *a);

/* The id: the last part of the path */
static inline const char *box_id(const struct box *b)
{
	return strrchr(b->path, '/') + 1;
}

#endif
