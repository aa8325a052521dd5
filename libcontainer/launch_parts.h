/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parts that the launch files share: launch.c (making), launch_end.c (starting, ending),
 * launch_pause.c, launch_update.c; and src/watched.c. Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_PARTS_H
#define LIBCONTAINER_LAUNCH_PARTS_H

#include "cgroups/cgroup.h"
#include "libcontainer/launch.h"

/* A shared arena with the handoff at its start. It lives in itself, until the process
 * ends. */
int launch_arena(struct arena **out, struct err *e);

/* The result of a check: warnings go to how->warn, mistakes to e */
int launch_report(const struct check_report *r, const struct launch *how, struct err *e);

/* Check a document: all mistakes in one error; warnings go to how->warn */
int launch_check(const struct spec *spec, struct arena *a, const struct launch *how,
		 struct err *e);
int launch_check_process(const struct spec_process *process, struct arena *a,
			 const struct launch *how, struct err *e);
int launch_check_resources(const struct resources *res, struct arena *a,
			   const struct launch *how, struct err *e);

/* 2 and 3 of libcontainer/README.md: the document of the bundle, read and checked; *text
 * is the file */
int launch_bundle(const struct launch *how, struct arena *a, struct spec **spec,
		  char **text, size_t *len, struct err *e);

/* What must be known of the host for this document, and for `process`, which is executed
 * in its container, or NULL: only then the helper of --net user is looked for. All of it
 * is in the arena, which must outlive `f`. Fails as facts_read() does. */
int launch_facts(const struct spec *spec, const struct spec_process *process,
		 const struct request *r, struct arena *a, struct facts *f,
		 struct err *e);

/* The plan's warnings, to how->warn */
void launch_warn(const struct plan *p, const struct launch *how);

/* The directory for compiled filters below the root of all containers, in the arena */
char *launch_cache(const char *root, struct arena *a);

/* The box's copy of the document, read into an arena of choice */
int launch_spec_in(struct box *b, struct arena *a, struct spec **spec, struct err *e);

/* SYNC_GO to an init, or an exec, that others may see in the PID namespace it joined:
 * they get to know nobody (base/unseen.h). fd is lent, -1: none. */
int go_unseen(int sock, int fd, struct err *e);

/* The same if the plan says that it joins one */
int go_send(const struct plan *p, int sock, int fd, struct err *e);

/* Fill a new box's state with what is known before the clone */
void box_fill(struct box *b, const struct spec *spec, const struct plan *p,
	      const struct facts *f, const struct request *r);

#endif
