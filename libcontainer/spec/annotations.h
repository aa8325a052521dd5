/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Annotations of the document that mean something to a runtime: those that crun
 * knows and engines set. One table: the rules, the planner, `features` and the manual
 * (aril-annotations(7)) go by it. What is in no row is data of somebody else, and is
 * ignored (runtime-spec, config.md, "Annotations"). Runs in the program; pure.
 */
#ifndef SPEC_ANNOTATIONS_H
#define SPEC_ANNOTATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json_read.h"

enum annotation {
	ANNOTATION_KEEP_GROUPS,
	ANNOTATION_PIDFD_RECEIVER,
	ANNOTATION_HOOKS_STDOUT,
	ANNOTATION_HOOKS_STDERR,
	ANNOTATION_SUBGROUP,
	ANNOTATION_DELEGATE,
	ANNOTATION_FORCE_CGROUP_V1,
	ANNOTATION_HANDLER,
	ANNOTATION_SECCOMP_RECEIVER,
	ANNOTATION_SECCOMP_PLUGINS,
	ANNOTATION_SECCOMP_UNKNOWN,
	ANNOTATION_SECCOMP_DATA,
	ANNOTATION_MOUNT_CONTEXT,
	ANNOTATION_CRIU,
	ANNOTATION_SYSTEMD_PROPERTY,
	ANNOTATION_NET,
	ANNOTATION_PUBLISH,
	ANNOTATION_ROOT,
	ANNOTATION_FILE,
	ANNOTATION_INIT,
	ANNOTATION_LANDLOCK,
	ANNOTATION_KRUN,
	ANNOTATION_WASM_IMAGE,
	ANNOTATION_CRI_TYPE,
	ANNOTATION_COUNT
};

enum annotation_way {
	ANNOTATION_APPLIED,
	ANNOTATION_IGNORED, /* it says nothing that a runtime without that part must do */
	ANNOTATION_REFUSED, /* to go on without it would not be what was asked for */
};

/* What the value must be */
enum annotation_value {
	ANNOTATION_ANY,
	ANNOTATION_PATH, /* absolute */
	ANNOTATION_NAME, /* of a cgroup: one component; empty: as if it were not there */
	ANNOTATION_FLAG, /* "1" or "true"; "0" or "false" is as if it were not there */
};

struct annotation_row {
	const char *name; /* one that ends in '.' is the beginning of all such names */
	enum annotation_way way;
	enum annotation_value value;
	const char *why; /* refused: the reason, and what to do instead */
};
extern const struct annotation_row annotation_rows[ANNOTATION_COUNT];

/* The value that a document, or a box, has for it; NULL: none. Not for rows of a
 * beginning. */
const char *annotation_get(const pairs_t *all, enum annotation which);

/* Whether one that is a flag is there and says yes */
bool annotation_is_set(const pairs_t *all, enum annotation which);

/* What a flag says: 1, 0, or -1 for something else */
int annotation_flag(const char *value);

/* The row that an annotation's name belongs to; NULL: none */
const struct annotation_row *annotation_find(const char *name);

#endif
