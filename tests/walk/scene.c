/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verbs, and what must hold after each fault. Runs on the host.
 *
 * A scene is made without faults (`before`), then the verb has its fault. Then either it
 * succeeded, and what it promises holds: the program inside reports what it sees, which
 * is compared with what it saw without a fault; or it failed with one line, and what is
 * left can be cleaned. In the end nothing is there that was not there before.
 */
#include "tests/walk/walk.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "walk"

typedef const char *const words_t[16];

const char *const verdict_names[VERDICTS] = {
	[REFUSED] = "refused",
	[IGNORED] = "ignored",
	[KILLED] = "killed",
	[EXCUSED] = "excused",
	[MISSED] = "not met",
	[LEFT] = "LEFT BEHIND",
	[HUNG] = "HUNG",
	[BAD_MESSAGE] = "BAD MESSAGE",
	[BAD_STATUS] = "BAD STATUS",
	[BAD_STATE] = "BAD STATE",
};

/* What is there when the verb has failed */
enum failed { NOTHING, CONTAINER, PARTS };

struct scene {
	const char *name;
	const char *bundle; /* report/: its program reports and ends; wait/: it waits */
	words_t before[3];
	words_t verb;
	int good, bad; /* exit statuses */
	enum failed failed;
	bool traces_init; /* that of the container that waits */
	/* after success: NULL, or what is wrong; leaves a container or none */
	const char *(*holds)(struct walk *w);
};

static const words_t start_words = { "start", ID };
static const words_t delete_words = { "delete", ID };
static const words_t force_words = { "delete", "--force", ID };

/* --- what holds --------------------------------------------------------------------- */

/* What the program inside said, and aril did, without a fault; numbers are all alike, and
 * so are the blanks before them */
static struct text wanted;

static void flatten(const char *from, struct text *to)
{
	to->n = 0;
	for (; *from && to->n < sizeof(to->s) - 1; from++) {
		bool digit = isdigit((unsigned char)*from);

		char as = digit ? '#' : *from;

		if ((digit || as == ' ') && to->n && to->s[to->n - 1] == as)
			continue;
		to->s[to->n++] = as;
	}
	to->s[to->n] = '\0';
}

/* A user whose name cannot be read is a number, as ps(1) shows it */
static void number_users(struct text *t)
{
	for (char *at; (at = strstr(t->s, "root ")) != NULL; t->n -= 3) {
		*at = '#';
		memmove(at + 1, at + 4, strlen(at + 4) + 1);
	}
}

static const char *output_holds(struct walk *w)
{
	static char why[600];
	static struct text got;
	size_t at = 0, begin;

	flatten(output_read(w), &got);
	number_users(&got);
	if (!wanted.n)
		wanted = got;
	if (strcmp(got.s, wanted.s) == 0)
		return NULL;
	while (got.s[at] && got.s[at] == wanted.s[at])
		at++;
	for (begin = at; begin > 0 && got.s[begin - 1] != '\n'; begin--)
		;
	snprintf(why, sizeof(why), "it says \"%.*s\", not \"%.*s\"",
		 (int)strcspn(got.s + begin, "\n"), got.s + begin,
		 (int)strcspn(wanted.s + begin, "\n"), wanted.s + begin);
	return why;
}

static const char *program_ended(struct walk *w)
{
	return children_gone(w, 0, RUN_MS) ? NULL : "the container does not end";
}

static const char *started_holds(struct walk *w)
{
	const char *why = program_ended(w);

	return why ? why : output_holds(w);
}

static const char *created_holds(struct walk *w)
{
	if (child_count() == 0) /* with --net user it is not alone */
		return "there is no process";
	if (command_aril(w, NULL, start_words) != 0)
		return "it cannot be started";
	return started_holds(w);
}

static const char *deleted_holds(struct walk *w)
{
	(void)w;
	return child_count() == 0 ? NULL : "a process lives";
}

static const char *frozen_holds(struct walk *w)
{
	(void)w;
	return cgroup_reads(child_first(), "cgroup.events", "frozen 1")
		       ? NULL
		       : "it is not frozen";
}

static const char *thawed_holds(struct walk *w)
{
	(void)w;
	return cgroup_reads(child_first(), "cgroup.events", "frozen 0")
		       ? NULL
		       : "it is not thawed";
}

/* update.want: the name of a file and what it reads now */
static const char *updated_holds(struct walk *w)
{
	char path[4200], file[128] = "", want[128] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/update.want", w->bundles);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%127s %127s", file, want) != 2)
		return "there is no update.want";
	fclose(f);
	return cgroup_reads(child_first(), file, want) ? NULL : "the limit is not set";
}

/* --- the scenes --------------------------------------------------------------------- */

#define CREATE                                                                           \
	{                                                                                \
		"create", ID                                                             \
	}
#define START                                                                            \
	{                                                                                \
		"start", ID                                                              \
	}
#define PAUSE                                                                            \
	{                                                                                \
		"pause", ID                                                              \
	}
#define RUNNING                                                                          \
	{                                                                                \
		CREATE, START                                                            \
	}

static const struct scene scenes[] = {
	{ .name = "create",
	  .bundle = "report",
	  .verb = { "create", "--pid-file", "../pid", ID },
	  .bad = 1,
	  .holds = created_holds },
	{ .name = "run",
	  .bundle = "report",
	  .verb = { "run", ID },
	  .good = 3,
	  .bad = 1,
	  .holds = started_holds },
	{ .name = "start",
	  .bundle = "report",
	  .before = { CREATE },
	  .verb = START,
	  .bad = 1,
	  .failed = CONTAINER,
	  .traces_init = true,
	  .holds = started_holds },
	{ .name = "exec",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "exec", ID, "/probe", "status", ",", "fds", ",", "umask", ",",
		    "mountinfo", ",", "exit", "4" },
	  .good = 4,
	  .bad = 255,
	  .failed = CONTAINER,
	  .holds = output_holds },
	{ .name = "kill",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "kill", ID, "KILL" },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = program_ended },
	{ .name = "delete",
	  .bundle = "report",
	  .before = { { "run", "--keep", ID } },
	  .verb = { "delete", ID },
	  .bad = 1,
	  .failed = PARTS,
	  .holds = deleted_holds },
	{ .name = "delete-force",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "delete", "--force", ID },
	  .bad = 1,
	  .failed = PARTS,
	  .holds = deleted_holds },
	{ .name = "update",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "update", "-r", "../update.json", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = updated_holds },
	{ .name = "pause",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = PAUSE,
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = frozen_holds },
	{ .name = "resume",
	  .bundle = "wait",
	  .before = { CREATE, START, PAUSE },
	  .verb = { "resume", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = thawed_holds },
	{ .name = "state",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "state", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = output_holds },
	{ .name = "ps",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "ps", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = output_holds },
	{ .name = "list",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "list" },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = output_holds },
};

const struct scene *scene_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(scenes); i++)
		if (strcmp(scenes[i].name, name) == 0)
			return &scenes[i];
	return NULL;
}

const struct scene *scene_at(size_t i)
{
	return i < ARRAY_LEN(scenes) ? &scenes[i] : NULL;
}

const char *scene_name(const struct scene *s)
{
	return s->name;
}

/* --- the way ------------------------------------------------------------------------ */

static bool make_before(struct walk *w, const struct scene *s, char *why, size_t size)
{
	int status;

	output_reset(w);
	for (size_t i = 0; i < ARRAY_LEN(s->before) && s->before[i][0]; i++) {
		status = command_aril(w, s->bundle, s->before[i]);
		if (status == 0 || (status == 3 && strcmp(s->before[i][0], "run") == 0))
			continue;
		snprintf(why, size, "without a fault, %s: status %d: %s", s->before[i][0],
			 status, error_read(w));
		return false;
	}
	output_reset(w);
	return true;
}

static int make_verb(struct walk *w, const struct scene *s, const struct fault *f)
{
	int status;

	tracer_begin(&w->tracer, f);
	if (s->traces_init) {
		/* it is process 1, aril is process 0 */
		w->tracer.processes = 1;
		tracer_seize(&w->tracer, child_first(), true);
		w->tracer.processes = 0;
	}
	status = command_aril(w, s->bundle, s->verb);
	/* init is on its way when `start` has ended */
	if (s->traces_init && status == s->good)
		children_gone(w, 0, RUN_MS);
	tracer_end(&w->tracer);
	return status;
}

static bool has_line(const char *text, char *why, size_t size)
{
	size_t n = strcspn(text, "\n");
	const char *rest = text + 6;

	snprintf(why, size, "%.*s", (int)n, text);
	if (strncmp(text, "aril: ", 6) != 0)
		return false;
	/* one line, which is more than the name of an error */
	rest += strspn(rest, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 :");
	return text[n] == '\n' && text[n + 1] == '\0' && *rest != '\n';
}

/* The end of every way: nothing is left. `why` keeps its text when that is so. */
static bool is_clean(struct walk *w, char *why, size_t size)
{
	char left[4096];

	if (!children_gone(w, 0, SETTLE_MS)) {
		snprintf(why, size, "%d processes", child_count());
		return false;
	}
	if (!snapshot_differs(w, left, sizeof(left)))
		return true;
	snprintf(why, size, "%s", left);
	return false;
}

static void pid_file_drop(struct walk *w)
{
	char path[4200];

	snprintf(path, sizeof(path), "%s/pid", w->bundles);
	unlink(path);
}

static bool says_not_there(struct walk *w)
{
	return strstr(error_read(w), "does not exist") != NULL;
}

/* delete, with what it may say */
static enum verdict clean_with(struct walk *w, const words_t words, enum verdict good,
			       char *why, size_t size)
{
	int status;

	if (ftruncate(w->err, 0) < 0)
		return BAD_STATUS;
	status = command_aril(w, NULL, words);
	pid_file_drop(w);
	if (status == COMMAND_HUNG) {
		snprintf(why, size, "then %s hangs", words[0]);
		return HUNG;
	}
	if (status != 0 && !says_not_there(w)) {
		snprintf(why, size, "then %s %s: status %d: %s", words[0], words[1],
			 status, error_read(w));
		return BAD_STATE;
	}
	return is_clean(w, why, size) ? good : LEFT;
}

static enum verdict after_success(struct walk *w, const struct scene *s, char *why,
				  size_t size)
{
	const char *wrong;

	if (*error_read(w) && strncmp(error_read(w), "aril: warning: ", 15) != 0) {
		snprintf(why, size, "success, but: %s", error_read(w));
		return BAD_MESSAGE;
	}
	wrong = s->holds(w);
	if (wrong) {
		snprintf(why, size, "success, but %s", wrong);
		return BAD_STATE;
	}
	if (s->failed == NOTHING && s->good != 0) /* run: it is deleted */
		return is_clean(w, why, size) ? IGNORED : LEFT;
	if (s->failed == PARTS)
		return is_clean(w, why, size) ? IGNORED : LEFT;
	return clean_with(w, child_count() ? force_words : delete_words, IGNORED, why,
			  size);
}

static enum verdict after_failure(struct walk *w, const struct scene *s, char *why,
				  size_t size)
{
	bool good = has_line(error_read(w), why, size);
	enum verdict v = good ? REFUSED : BAD_MESSAGE;

	if (s->failed == NOTHING)
		return is_clean(w, why, size) ? v : LEFT;
	if (s->failed == PARTS)
		return clean_with(w, s->verb, v, why, size);
	return clean_with(w, force_words, v, why, size);
}

int scene_reference(struct walk *w, const struct scene *s, struct call *calls, char *why,
		    size_t size)
{
	static const struct fault none = { .error = FAULT_NONE };
	enum verdict v;
	int status;

	wanted.n = 0;
	if (!make_before(w, s, why, size))
		return -1;
	w->tracer.calls = calls;
	status = make_verb(w, s, &none);
	snprintf(why, size, "status %d: %s", status, error_read(w));
	if (status != s->good)
		return -1;
	v = after_success(w, s, why, size);
	return v == IGNORED ? (int)w->tracer.n_calls : -1;
}

static enum verdict judge(struct walk *w, const struct scene *s, const struct fault *f,
			  int status, char *why, size_t size)
{
	if (status == COMMAND_HUNG || status == COMMAND_LOST) {
		snprintf(why, size, "hangs, having said: %s", error_read(w));
		return HUNG;
	}
	if (w->tracer.hit && f->error == FAULT_KILL && f->process == 0)
		return clean_with(w, force_words, KILLED, why, size);
	if (status == s->good)
		return after_success(w, s, why, size);
	/* 1: the verb was not read yet */
	if (status == s->bad || status == 1)
		return after_failure(w, s, why, size);
	snprintf(why, size, "status %d: %s", status, error_read(w));
	return BAD_STATUS;
}

enum verdict scene_fault(struct walk *w, const struct scene *s, const struct fault *f,
			 char *why, size_t size)
{
	enum verdict v;
	int status;

	*why = '\0';
	if (!make_before(w, s, why, size)) {
		host_wipe(w);
		return BAD_STATE;
	}
	status = make_verb(w, s, f);
	v = judge(w, s, f, status, why, size);
	pid_file_drop(w);
	if (v >= LEFT) {
		char ignored[512];

		/* what went wrong must not reach the next one */
		command_aril(w, NULL, force_words);
		pid_file_drop(w);
		if (!is_clean(w, ignored, sizeof(ignored)))
			host_wipe(w);
	} else if (!w->tracer.hit) {
		v = MISSED;
	}
	return v;
}
