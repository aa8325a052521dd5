/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a host allows: one table of things to look at (survey.c), each with a function
 * that looks, how much its absence matters, and the command that mends it. For `aril
 * check`. Everything is read; nothing is changed or tried out. Runs in the program.
 */
#ifndef SRC_SURVEY_H
#define SRC_SURVEY_H

#include <stdbool.h>

#include "libcontainer/launch.h"
#include "src/call.h"

/* How much it matters that something is not there */
enum survey_weight {
	SURVEY_NEVER,	  /* it is not looked at for this caller */
	SURVEY_EXTRA,	  /* only containers that ask for it miss it */
	SURVEY_LIMITS,	  /* containers run, but with less than they could have */
	SURVEY_ESSENTIAL, /* no container runs */
};

struct finding {
	const char *name; /* "cgroup-mode"; of a bundle: "bundle" */
	bool lacking;
	enum survey_weight weight; /* of the row; a look may make it less */
	const char *text;	   /* what was found */
	const char *mend;  /* a command, to be typed as it is; NULL: none is known */
	const char *place; /* in the document, as a JSON pointer; NULL: none */
};
typedef LIST(struct finding) findings_t;

struct survey {
	struct arena *arena;
	const struct facts *facts;
	const struct environment *env;
	const char *release; /* of the kernel: "6.1.0-18-amd64" */
	uint64_t major, minor;
	bool root; /* of the host: needs no user namespace */
};

/* A thing to look at; arg is the row's */
typedef void survey_fn(const struct survey *s, const char *arg, struct finding *f);

survey_fn survey_kernel, survey_namespace, survey_userns, survey_capabilities,
	survey_proc, survey_seccomp, survey_notify, survey_landlock, survey_idmap,
	survey_overlay, survey_lsm, survey_memfd;
survey_fn survey_mapper, survey_subids, survey_cgroups, survey_delegation,
	survey_controllers, survey_manager, survey_helper, survey_tun, survey_program;

/* What was found: all is well, or it is not, and this mends it. The formats are those of
 * fmt.h. */
void survey_fine(const struct survey *s, struct finding *f, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void survey_lacks(const struct survey *s, struct finding *f, const char *mend,
		  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The text of a small file without the newline at its end; "": there is none */
const char *survey_file(const struct survey *s, const char *path);
bool survey_exists(const char *path);

/* A command that only root may give, as this caller types it: behind sudo, or as it is */
const char *survey_as_root(const struct survey *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The command that installs a package of this distribution: with apt it has the first
 * name, with others the second. NULL: it is not known how. */
const char *survey_install(const struct survey *s, const char *apt, const char *others);

/* Is it Linux major.minor or later? */
bool survey_since(const struct survey *s, unsigned major, unsigned minor);

/* Two numbers of a release: "6.1.0-18-amd64" is 6 and 1; others are 0 and 0 */
void survey_release(const char *release, uint64_t *major, uint64_t *minor);

/* The first id from 100000 on that no range of /etc/subuid's text has or is above */
uint64_t survey_free_id(const char *text);

/* The name of row i; NULL behind the last. For the test of the page. */
const char *survey_name(size_t i);

/* All rows of the table that are about this caller */
int survey_host(const struct call *c, findings_t *out, struct err *e);

/* The document of a bundle: each mistake with its place, and whether it can be planned
 * here. Fails only when there is no document to look at. */
int survey_bundle(const struct call *c, const struct launch *how, findings_t *out,
		  struct err *e);

#endif
