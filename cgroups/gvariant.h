/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values in GVariant's text form (GLib reference manual, "GVariant Text Format Strings"),
 * of the types that properties of units have: basic ones, arrays of these, arrays of
 * structs of these. Pure; runs in the program.
 */
#ifndef CGROUPS_GVARIANT_H
#define CGROUPS_GVARIANT_H

#include "base/arena.h"
#include "cgroups/unit.h"

/* Read `text` as the type and the values of a property; strings in the arena. NULL: good;
 * else what is wrong, for an error. */
const char *gvariant_read(const char *text, struct arena *a, struct unit_property *out);

#endif
