/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct call: one run of the program, as main.c read it from the command line and the
 * environment; and what several verbs do with it. Runs in the program.
 */
#ifndef SRC_CALL_H
#define SRC_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_write.h"
#include "libcontainer/launch.h"
#include "src/out.h"

/* Options that stand before the verb */
struct globals {
	const char *root, *log, *log_format, *log_level;
	const char *cgroup_manager, *rootless;
	bool debug, systemd_cgroup, strict, version, usage;
	const char *ignored;
};

/* The environment, as far as aril reads it; NULL: not set */
struct environment {
	const char *runtime_dir; /* XDG_RUNTIME_DIR */
	const char *bus;	 /* DBUS_SESSION_BUS_ADDRESS */
	const char *helpers;	 /* ARIL_LIBEXEC, if absolute */
	const char *resctrl;	 /* ARIL_RESCTRL, if absolute */
	const char *path;	 /* PATH */
	const char *user;	 /* USER */
	const char *notify;	 /* NOTIFY_SOCKET, if it is an address of a manager */
	const char *listen_fds, *listen_pid, *listen_names;
	const char *seccomp_receiver; /* RUN_OCI_SECCOMP_RECEIVER, crun's */
};

struct call {
	struct globals global;
	struct environment env;
	struct out out;
	struct arena *arena;
	const char *root; /* directory of all containers, absolute */
	bool only_words;  /* `--` stood before them, or among them */
	strings_t words;  /* of the verb, without options: the ID ... */
};

/* Fill what every use of launch.h needs: root, warnings, the way to the user's systemd */
void call_environment(const struct call *c, struct launch *how);

/* Fill what a launch needs whatever the verb: call_environment(); --rootless, --strict,
 * --cgroup-manager, LISTEN_FDS, --preserve-fds (checked: each of the fds must be open) */
int call_launch(const struct call *c, const struct opt_u64 *preserve_fds,
		struct launch *how, struct err *e);

/* Open the box that the first word names */
int call_box(const struct call *c, bool lock, struct box *b, struct err *e);

/* Write text to stdout, all of it. EPIPE and others are errors: a client must not take
 * half an answer for a whole one. */
int call_print(const char *text, struct err *e);

/* The finished text of a writer to stdout; a newline is added to a text on one line */
int call_print_json(struct json_writer *j, struct err *e);

#endif
