/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts whose ids are mapped: which ids become which, and who makes the map */
#ifndef PLAN_MOUNT_IDMAP_H
#define PLAN_MOUNT_IDMAP_H

#include "libcontainer/plan/mount_words.h"

/*
 * Decide m->idmap and what belongs to it; m is decided otherwise. Mappings of the
 * document (or of the text of idmap=) count; without any those of the container's user
 * namespace. Fails (EINVAL) when there are none, when a mapping is wrong, or when host
 * ids are not in the container's user namespace, in which init has to make the mount.
 */
int mount_idmap(struct draft *d, const struct spec_mount *from,
		const struct mount_wish *w, struct plan_mount *m, struct err *e);

#endif
