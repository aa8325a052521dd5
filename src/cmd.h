/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verbs: a table, one row for each. A verb is a file cmd_NAME.c with its options, its
 * struct verb, and a function that does it. Runs in the program.
 */
#ifndef SRC_CMD_H
#define SRC_CMD_H

#include "src/call.h"
#include "src/opt.h"

#define CMD_ANY ((size_t)-1)

struct verb {
	const char *name;
	const char *words;   /* what follows the options: "ID [SIGNAL]" */
	const char *summary; /* for the list of verbs and for --help */
	size_t min, max;     /* how many words */
	bool no_root;	     /* it has nothing to do with containers that exist */
	size_t own;	     /* options end behind so many words; 0: they never do */
	struct opt_table options;
	size_t size; /* of the struct that the options fill */
	/* `options` is that struct. Returns the exit status, or -1. */
	int (*run)(struct call *c, const void *options, struct err *e);
	const char *failing; /* begins the text of errors of run; NULL: nothing */
	int failed;	     /* exit status when run fails; 0 means 1 */
	bool failed_early;   /* also when its options or words are wrong */
};

extern const struct verb verb_check, verb_completion;
extern const struct verb verb_checkpoint, verb_restore;
extern const struct verb verb_create, verb_delete, verb_events, verb_exec, verb_features;
extern const struct verb verb_kill, verb_list, verb_pause, verb_plan, verb_ps;
extern const struct verb verb_resume, verb_run, verb_spec, verb_start, verb_state;
extern const struct verb verb_mounts, verb_sandbox, verb_update;

extern const struct opt_table cmd_globals; /* of struct globals */

/* The verb in row i of the table, or NULL behind its end */
const struct verb *cmd_at(size_t i);

/* The verb of that name. Unknown: NULL, and the error names the nearest one. */
const struct verb *cmd_find(const char *name, struct err *e);

/* Do the words fit the verb? */
int cmd_check_words(const struct verb *v, const strings_t *words, struct err *e);

/* The text of `aril --help`, and of `aril VERB --help`, in the arena */
char *cmd_usage(struct arena *a);
char *cmd_usage_line(struct arena *a); /* the short form, behind a mistake */
char *cmd_help(const struct verb *v, struct arena *a);

/* The text of --version, in the arena */
char *cmd_version(enum out_as as, struct arena *a);

#endif
