/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of one fault, and what becomes of it. Runs on the host.
 *
 * A scene is made without faults (`before`), then the verb has its fault. Then either it
 * succeeded, and what it promises holds: the program inside reports what it sees, which
 * is compared with what it saw without a fault; or it failed with one line, and what is
 * left can be cleaned. In the end nothing is there that was not there before.
 */
#include "tests/walk/scene.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const char *const verdict_names[VERDICTS] = {
	[REFUSED] = "refused",
	[IGNORED] = "ignored",
	[KILLED] = "killed",
	[EXCUSED] = "excused",
	[ENDED] = "ended after success",
	[MISSED] = "not met",
	[LEFT] = "LEFT BEHIND",
	[HUNG] = "HUNG",
	[BAD_MESSAGE] = "BAD MESSAGE",
	[BAD_STATUS] = "BAD STATUS",
	[BAD_STATE] = "BAD STATE",
};

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
		/* aril is process 0, and its children have the numbers from 1 on */
		w->tracer.processes = WAITING;
		tracer_seize(&w->tracer, child_first(), true);
		w->tracer.processes = 0;
	}
	status = command_aril(w, s->bundle, s->verb);
	if (s->waits && status == s->good)
		tracer_follow(w);
	/* init is on its way when `start` has ended */
	if (s->traces_init && status == s->good)
		children_gone(w, 0, RUN_MS);
	tracer_end(&w->tracer);
	return status;
}

bool has_line(const char *text, char *why, size_t size)
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

	peers_drop(w);
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

/* The call came after init's last word to aril, which does not wait for more */
static bool is_late(const struct walk *w, const struct fault *f)
{
	return w->tracer.hit && w->last_word.number &&
	       f->process == w->last_word.process && f->call > w->last_word.number;
}

/* It was killed between its word that it begins and the program */
static bool killed_late(const struct walk *w, const struct fault *f)
{
	return f->error == FAULT_KILL && is_late(w, f);
}

static enum verdict after_success(struct walk *w, const struct scene *s,
				  const struct fault *f, char *why, size_t size)
{
	const char *wrong;
	bool ended = false;

	if (*error_read(w) && strncmp(error_read(w), "aril: warning: ", 15) != 0) {
		snprintf(why, size, "success, but: %s", error_read(w));
		return BAD_MESSAGE;
	}
	if (s->waits && is_late(w, f)) {
		wrong = late_holds(w, &ended);
	} else if (s->traces_init && killed_late(w, f)) {
		ended = true;
		wrong = stopped_holds(w);
	} else {
		wrong = s->holds(w);
	}
	if (wrong) {
		snprintf(why, size, "success, but %s", wrong);
		return BAD_STATE;
	}
	if (ended)
		return clean_with(w, delete_words, ENDED, why, size);
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

/* The call in which init said its last word: that it is ready, or that it begins */
static void last_word_find(struct walk *w, const struct call *calls)
{
	w->last_word = (struct call){ .number = 0 };
	for (size_t i = 0; i < w->tracer.n_calls; i++)
		if (calls[i].process != 0 && calls[i].nr == SYS_sendmsg)
			w->last_word = calls[i];
}

int scene_reference(struct walk *w, const struct scene *s, struct call *calls, char *why,
		    size_t size)
{
	static const struct fault none = { .error = FAULT_NONE };
	enum verdict v;
	int status;

	wanted_reset();
	if (!make_before(w, s, why, size))
		return -1;
	w->tracer.calls = calls;
	status = make_verb(w, s, &none);
	last_word_find(w, calls);
	snprintf(why, size, "status %d: %s", status, error_read(w));
	if (status != s->good)
		return -1;
	v = after_success(w, s, &none, why, size);
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
		return after_success(w, s, f, why, size);
	/* as if the program had been killed at once */
	if (status == 128 + SIGKILL && killed_late(w, f) && !*error_read(w))
		return s->failed == NOTHING
			       ? is_clean(w, why, size) ? ENDED : LEFT
			       : clean_with(w, force_words, ENDED, why, size);
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
