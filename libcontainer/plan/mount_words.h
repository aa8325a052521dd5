/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of a mount's options, as the runtime specification lists them, and what each
 * changes. All other options are the file system's own.
 */
#ifndef PLAN_MOUNT_WORDS_H
#define PLAN_MOUNT_WORDS_H

#include "libcontainer/plan/draft.h"

/* What the options of one mount come to */
struct mount_wish {
	bool bind, recursive, remount, copy_up;
	bool keep_source;	     /* of a link: the link itself, not what it names */
	bool keep_target;	     /* the same for the destination */
	bool copy_link;		     /* a link is made anew, not mounted */
	bool idmap, idmap_recursive;
	const char *idmap_text;	     /* "uids=0-1000-1;gids=0-1000-1"; NULL: not given */
	uint64_t attr_set, attr_clr; /* MOUNT_ATTR_* of the mount */
	uint64_t rec_set, rec_clr;   /* and of all that is below it */
	uint64_t propagation;	     /* MS_PRIVATE ..., MS_REC; 0: not given */
	bool only_propagation;	     /* no other word was given */
	strings_t flags;	     /* of the super block */
	strings_t data;		     /* options of the file system */
};

/* Read the options of a mount, later words over earlier ones. Warns of words that
 * Linux has nothing for any more. */
void mount_wish_read(struct draft *d, const char *where, const strings_t *options,
		     struct mount_wish *w);

#endif
