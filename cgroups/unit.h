/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The systemd driver: a container's cgroup as a transient unit of systemd, the system's
 * or the caller's own. D-Bus is spoken by libexec/aril/aril-systemd, a program of its own
 * (cgroups/systemd/), run for each request; this is the side that asks. Runs in the
 * program, on the host's side.
 *
 * Theory. systemd refuses a scope without a process. So the helper puts itself into the
 * new scope and waits; the container's init is cloned straight into the cgroup, as with
 * the cgroupfs driver, and then the helper is let go. Where the kernel does not let us
 * clone into it (an ordinary user whose own cgroup is outside of their service
 * manager's), the init is cloned beside us and systemd is asked to move it:
 * unit_attach().
 *
 * Every wait has a deadline; a helper that takes longer is killed.
 */
#ifndef CGROUPS_UNIT_H
#define CGROUPS_UNIT_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "cgroups/limits.h"

struct unit {
	const char *name;  /* "aril-web.scope", "a-b.slice" */
	const char *slice; /* "system.slice"; NULL for a slice, whose name says it */
	bool user;	   /* of the caller's service manager, not the system's */
	/* the helper program, absolute; NULL: the installed one */
	const char *helper;
	/* of the caller's environment: where the user's service manager is reached; for a
	 * `user` unit only; NULL: not set */
	const char *runtime_dir; /* XDG_RUNTIME_DIR */
	const char *bus;	 /* DBUS_SESSION_BUS_ADDRESS */
	int timeout_ms;		 /* for each call; 0: UNIT_MS */
};
#define UNIT_MS 25000

/* One property as D-Bus has it. Its type: one of "ybnqiuxtdsog", or an array of one of
 * these, or of structs of these ("a(st)"). Its values as texts, those of arrays and
 * structs in one row: numbers decimal, "true" or "false"; for "ay" one text of
 * hexadecimal digits. */
struct unit_property {
	const char *name, *type;
	strings_t values;
};
typedef LIST(struct unit_property) unit_properties_t;

/*
 * The properties that say the same as the limits (memory.max -> MemoryMax ...), for units
 * of a systemd of that version; limits that have none, and values that systemd refuses,
 * are left to the files. cpu.max is rounded up to whole percents, and its period to what
 * systemd takes, as it would do itself at a daemon-reload: `limits` gets that text. Pure,
 * in the arena. ERANGE: a CPU or memory node of a number beyond systemd's 8191, or a
 * share of CPU time beyond what 64 bits hold.
 */
int unit_properties(limits_t *limits, int version, struct arena *a,
		    unit_properties_t *out, struct err *e);

/* Whether a systemd that is newer than UNIT_OLDEST, which is that of the oldest
 * distributions that we run on, can be told more of these limits: only then is its
 * version worth a question. Pure. */
bool unit_properties_vary(const limits_t *limits);
#define UNIT_OLDEST 249

/* The property of that name; NULL: it is not in the list */
struct unit_property *unit_property_find(const unit_properties_t *all, const char *name);

/* Whether limits become that property, or say what one of theirs says */
bool unit_property_is_limit(const char *name);

/*
 * An annotation "org.systemd.property.NAME" with a value in GVariant's text form
 * ("uint64 5", "'x'", "true", "['a', 'b']", "[('/dev/null', 'rw')]"). A NAME that ends in
 * "Sec" becomes NAME with "USec", its value, seconds, becomes microseconds. 1: it is one;
 * 0: it is not such an annotation. EINVAL: the name has other characters than letters, or
 * less than three; the value cannot be read; aril has that property from another member
 * of the document. Pure, in the arena.
 */
int unit_property_parse(const char *key, const char *value, struct arena *a,
			struct unit_property *out, struct err *e);

/* A started unit, and the helper that keeps it from being empty */
struct unit_hold {
	pid_t pid;		 /* of the helper; 0: none */
	int pidfd;		 /* owned */
	int sock;		 /* owned: its end of file lets the helper go */
	char *cgroup;		 /* path below the mount of the tree, in the arena */
	char *invocation;	 /* of this start of it: 32 hex digits, in the arena */
	bool keep;		 /* unit_hold_done() does not stop the unit */
	const struct unit *unit; /* lent */
};
#define UNIT_HOLD_NONE                                                                   \
	{                                                                                \
		.pidfd = -1, .sock = -1                                                  \
	}

/* Start it with these properties (and Delegate, accounting, DefaultDependencies=no,
 * unless they say otherwise) and wait until the job is done. A failed unit of that name
 * is reset first; EEXIST when one is active, also a slice that somebody else began.
 * EXDEV: systemd's cgroup is not where we see it. Who fails leaves no unit, and h is
 * empty. For a slice no helper stays. */
int unit_start(const struct unit *u, const unit_properties_t *properties,
	       const char *description, struct arena *a, struct unit_hold *h,
	       struct err *e);

/* Let the helper go (its end is waited for: it must not be found in the container's
 * cgroup); the unit stays as long as somebody is in it */
int unit_release(struct unit_hold *h, struct err *e);

/* As unit_release(); and stop the unit unless `keep` */
void unit_hold_done(struct unit_hold *h);
#define autounit __attribute__((cleanup(unit_hold_done))) struct unit_hold

/* Move a process into the unit (sub: a cgroup below it, "" for its own) */
int unit_attach(const struct unit *u, const char *sub, pid_t pid, struct err *e);

/* Set properties of a running unit (not kept over a reboot) */
int unit_set(const struct unit *u, const unit_properties_t *properties, struct err *e);

/* Stop it, wait for the job, forget its failure. Only what that start made (unit_hold's
 * `invocation`): another unit that has the name since is left alone, as no unit at all,
 * and that is success. NULL: whatever scope has the name; but no slice, for that may be
 * somebody's, with all that is in it. */
int unit_stop(const struct unit *u, const char *invocation, struct err *e);

/* systemd's version (252); 0: it cannot be reached, and e says why */
int unit_version(const struct unit *u, struct err *e);

#endif
