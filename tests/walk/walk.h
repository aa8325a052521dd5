/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The error walk: what its files share. walk.c: options, and the list of all faults;
 * scene.c: the verbs, and what must hold after each fault; trace.c: ptrace, and the
 * fault; command.c: to run aril and to wait with a deadline; host.c: what is left behind.
 * Runs on the host, as the reaper of all that it starts.
 */
#ifndef TESTS_WALK_WALK_H
#define TESTS_WALK_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define MAX_TRACEES 64
#define MAX_CALLS   8192
#define MAX_TEXT    65536
#define MAX_WORDS   64
#define RUN_MS	    10000 /* a command that takes longer hangs */
#define SETTLE_MS   3000  /* what is killed may take so long to be gone */

/* `error`: an errno value, or one of these */
enum { FAULT_NONE = -1, FAULT_KILL = 0 };

/* The call-th system call (from 1) of the process-th process (0 is aril, the others as
 * they are born) fails with `error` without being made; or the process is killed in its
 * stead. */
struct fault {
	int process;
	unsigned call;
	int error;
};

/* One call of the way without faults */
struct call {
	int process;
	unsigned number;
	long nr;
};

struct tracee {
	pid_t pid;
	int process;
	unsigned calls;
	int execs;
	bool counts;	/* aril runs, no longer what starts it */
	bool next_init; /* what it executes next is init */
	bool is_init;
	bool hit; /* its call has been replaced by none: set the result */
};

struct tracer {
	struct tracee list[MAX_TRACEES];
	size_t n;
	int processes; /* numbers given */
	bool active;   /* else whatever stops is let go */
	bool helpers;  /* what executes another program is traced further */
	bool waiting;  /* init has come to accept4(2) */
	struct fault fault;
	/* what was hit */
	bool hit;
	long nr;
	const char *role;
	/* where to write down all calls, or NULL */
	struct call *calls;
	size_t n_calls;
};

struct text {
	char s[MAX_TEXT];
	size_t n;
};

/* What can be left behind, one thing a line, sorted */
struct snapshot {
	char *lines[16384];
	size_t n;
};

struct walk {
	char *const *prefix; /* how aril is called, with its global options */
	int execs; /* aril is the program that the first process executes then */
	const char *bundles; /* the directory with report/ and wait/, update.json ... */
	const char *watched[16];
	size_t n_watched;
	const char *only_id;
	bool verbose;
	struct tracer tracer;
	struct call last_word; /* of init, in the way without faults */
	int console, agent;    /* listening */
	int out, err; /* memory files: what aril and the container write */
	struct text err_text, out_text;
	struct snapshot base, now;
	long deadline;
};

/* --- command.c */

/* The exit status of a command; 128 + signal; or one of these */
enum { COMMAND_HUNG = 1000, COMMAND_LOST = 1001 };

long clock_ms(void);
void command_init(struct walk *w);

/* Run aril with these words (NULL ends) in the bundle; traced if the tracer is active */
int command_aril(struct walk *w, const char *bundle, const char *const *words);

/* Empty the files; read them */
void output_reset(struct walk *w);
const char *error_read(struct walk *w);
const char *output_read(struct walk *w);

/* Until no child is left, or only `but`; false at the deadline */
bool children_gone(struct walk *w, pid_t but, long ms);

/* The first child that lives, or 0 */
pid_t child_first(void);
int child_count(void);
void children_kill(struct walk *w);

/* Until init waits for its start, or had its fault, or is gone */
void tracer_follow(struct walk *w);

/* --- peers.c: those that aril sends terminals and listeners to */

void peers_listen(struct walk *w);

/* Add what was written to the terminals that came to `out`; forget all that came */
void peers_take(struct walk *w);
void peers_drop(struct walk *w);

/* --- trace.c */

void tracer_begin(struct tracer *t, const struct fault *f);
void tracer_end(struct tracer *t);

/* Trace a process that is stopped by nothing; what: it waits for the first stop */
bool tracer_seize(struct tracer *t, pid_t pid, bool is_init);
void tracer_stopped(struct tracer *t, pid_t pid, int status, int execs);
void tracer_gone(struct tracer *t, pid_t pid);
const char *call_name(long nr);

/* --- host.c */

void snapshot_take(struct walk *w, struct snapshot *s);

/* What is there now and was not before, or the other way round, as "+LINE -LINE ...";
 * false if nothing */
bool snapshot_differs(struct walk *w, char *text, size_t size);

/* Remove by force what should not be there */
void host_wipe(struct walk *w);

/* The container's cgroup, from /proc/PID/cgroup; false: none */
bool cgroup_of(pid_t pid, char *path, size_t size);
bool cgroup_reads(pid_t pid, const char *file, const char *want);

/* --- scene.c */

enum verdict {
	REFUSED,
	IGNORED,
	KILLED,
	EXCUSED,
	ENDED, /* in init, when create had said success: stopped, and start says so */
	MISSED,
	LEFT,
	HUNG,
	BAD_MESSAGE,
	BAD_STATUS,
	BAD_STATE,
	VERDICTS
};
extern const char *const verdict_names[VERDICTS];

struct scene;
const struct scene *scene_find(const char *name);
const struct scene *scene_at(size_t i);
const char *scene_name(const struct scene *s);

/* The way without a fault: all its calls (at most MAX_CALLS), and what success looks
 * like. -1, and why in `why`. */
int scene_reference(struct walk *w, const struct scene *s, struct call *calls, char *why,
		    size_t size);

/* The way with it; `why` says what was wrong, or what aril said */
enum verdict scene_fault(struct walk *w, const struct scene *s, const struct fault *f,
			 char *why, size_t size);

/* --- excuse.c */

/* Why this fault need not be answered well, or NULL. `first`: the number of aril's first
 * call of its own, after those of the C library's start. */
const char *excuse_find(const struct call *c, unsigned first, int error);

#endif
