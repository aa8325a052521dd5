/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where containers are remembered: the directory of --root, or the default one. Runs in
 * the program.
 */
#ifndef SRC_ROOTDIR_H
#define SRC_ROOTDIR_H

#include "src/call.h"

/*
 * The absolute directory, in c->arena; it is not made here. The default: /run/aril; or
 * $XDG_RUNTIME_DIR/aril, if that is set, for an ordinary user and for the root of a
 * user namespace that was entered by one ($USER is not root); else /tmp/aril-UID, which
 * is made at once and refused if it is not ours alone. Fails for "/" (EINVAL).
 */
const char *rootdir_find(const struct call *c, struct err *e);

#endif
