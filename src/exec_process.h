/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The OCI process object of an exec, from the command line. Runs in the program; no
 * system calls but reading the file of --process. */
#ifndef SRC_EXEC_PROCESS_H
#define SRC_EXEC_PROCESS_H

#include "base/arena.h"
#include "base/err.h"
#include "libcontainer/spec/spec.h"

/* What the options of exec say about the process */
struct exec_process {
	const char *file; /* process.json, in place of the container's own process */
	const char *cwd, *user;
	strings_t env, groups, caps;
	strings_t args; /* empty with a file */
	const char *apparmor, *label;
	bool tty, no_new_privs;
};

/*
 * The process to run. `own` is the container's process (NULL: it has none): the base of
 * one that the command line gives; its terminal is not taken over. Fails for what is
 * not exactly what it should be: an id that is no number (crun's CVE-2026-30892 took it
 * for root), an unknown capability, no arguments.
 *
 * Capabilities are added to the bounding, permitted and effective sets only:
 * inheritable and ambient ones would outlive a change of user (CVE-2022-24769).
 */
int exec_process_make(const struct exec_process *o, const struct spec_process *own,
		      struct arena *a, struct spec_process *out, struct err *e);

/* The value of --cgroup as a path below the container's cgroup: "/a/b", or "/" for this
 * itself, in the arena; NULL when there is no such option. EINVAL: it is empty, has "..",
 * or names controllers of cgroup v1. */
int exec_cgroup(const char *text, struct arena *a, const char **path, struct err *e);

#endif
