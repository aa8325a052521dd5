/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What aril-systemd does for start. Runs in it. A scope begins with this process in it,
 * which stays until the other side lets it go, so that systemd does not find the scope
 * empty and end it.
 */
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "cgroups/systemd/message.h"
#include "cgroups/systemd/verbs.h"

#define UNDO_MS 1500 /* less than the other side waits for us behind the deadline */

static bool is_inactive(const char *state)
{
	return strcmp(state, "inactive") == 0 || strcmp(state, "failed") == 0;
}

/* A scope that is there is refused by systemd itself. A slice that no file makes is not:
 * it may be active with all that is in it, and to start it would take it over. */
static int is_free(struct manager *m, const char *what, struct arena *a, struct err *e)
{
	const char *state = manager_text(m, "Unit", "ActiveState", a, e);

	if (!state)
		return -1;
	if (is_inactive(state))
		return 0;
	return err_plain(e, EEXIST, "%s: it is %s: somebody else's, with all in it", what,
			 state);
}

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Somebody may have started the slice between is_free() and our start, which then did
 * nothing: it is not ours if it was active before we asked. (Not CLOCK_MONOTONIC, which
 * may be another one in a time namespace.) */
static int is_ours(struct manager *m, const char *what, uint64_t asked, struct arena *a,
		   struct err *e)
{
	uint64_t began;

	if (manager_time(m, "InactiveExitTimestamp", &began, a, e) < 0)
		return -1;
	if (began >= asked)
		return 0;
	return err_plain(e, EEXIST, "%s: somebody else has started it", what);
}

/* Ask for the unit's start. "replace": if its slice is just being stopped, that ends. */
static int start_call(struct manager *m, const char *what, sd_bus_message **reply,
		      struct err *e)
{
	const struct request *r = m->request;
	automessage *message = manager_message(m, "StartTransientUnit", e);
	int ret;

	if (!message)
		return -1;
	ret = sd_bus_message_append(message, "ss", r->unit, "replace");
	if (ret < 0)
		return err_set(e, -ret, "%s", what);
	if (message_properties(message, r, str_ends(r->unit, ".scope"), e) < 0)
		return -1;
	ret = sd_bus_message_append(message, "a(sa(sv))", 0);
	if (ret < 0)
		return err_set(e, -ret, "%s", what);
	return manager_call(m, message, reply, what, e);
}

/*
 * A unit that failed keeps its name until somebody forgets it; so does one that has just
 * ended, for a moment. Any other is somebody's. The error that is returned is the first
 * one.
 */
static int start_unit(struct manager *m, const char *what, sd_bus_message **reply,
		      struct arena *a, struct err *e)
{
	struct err other = ERR_NONE;
	const char *state;

	if (start_call(m, what, reply, e) == 0)
		return 0;
	if (e->num != EEXIST)
		return -1;
	state = manager_text(m, "Unit", "ActiveState", a, &other);
	if (!state || !is_inactive(state))
		return state ? err_wrap(e, "%s is %s", m->request->unit, state) : -1;
	unit_forget_failure(m);
	other = (struct err)ERR_NONE;
	if (start_call(m, what, reply, &other) < 0)
		return -1;
	*e = (struct err)ERR_NONE;
	return 0;
}

static int job_error(const char *what, const char *result, struct err *e)
{
	static const struct {
		const char *result;
		int num;
	} results[] = {
		{ "canceled", ECANCELED },     { "timeout", ETIMEDOUT },
		{ "dependency", EAGAIN },      { "assert", EPERM },
		{ "unsupported", EOPNOTSUPP },
	};
	int num = EIO;

	for (size_t i = 0; i < ARRAY_LEN(results); i++)
		if (strcmp(results[i].result, result) == 0)
			num = results[i].num;
	return err_set(e, num, "%s: systemd's job ended with \"%s\" (see journalctl)",
		       what, result);
}

/* We are in the new scope: that must be so in our eyes, too, or the other side would take
 * another cgroup for it */
static int check_own(const char *what, const char *cgroup, struct arena *a, struct err *e)
{
	char *text = file_read(a, AT_FDCWD, "/proc/self/cgroup", 65536, NULL, e), *line;

	if (!text)
		return -1;
	line = str_starts(text, "0::/") ? text : strstr(text, "\n0::/");
	if (line) {
		line += strcspn(line, "/");
		line[strcspn(line, "\n")] = '\0';
	}
	if (str_eq(line, cgroup))
		return 0;
	return err_plain(e, EXDEV,
			 "%s: its cgroup is %s for systemd and %s here: this is another "
			 "cgroup namespace than systemd's",
			 what, cgroup, line ? line : "none");
}

/* The rest of a start: the job is on its way */
static int finish(struct manager *m, const char *what, sd_bus_message *reply,
		  uint64_t asked, struct arena *a, struct err *e)
{
	bool slice = str_ends(m->request->unit, ".slice");
	const char *result = NULL;

	if (manager_wait_job(m, reply, what, &result, e) < 0)
		return -1;
	if (strcmp(result, "done") != 0)
		return job_error(what, result, e);
	if (slice && is_ours(m, what, asked, a, e) < 0)
		return -1;
	m->invocation = manager_invocation(m, a, e);
	if (!m->invocation)
		return -1;
	m->text = manager_text(m, slice ? "Slice" : "Scope", "ControlGroup", a, e);
	if (!m->text)
		return -1;
	if (m->text[0] != '/')
		return err_set(e, EIO, "%s: it has no cgroup", what);
	m->word = "cgroup";
	return slice ? 0 : check_own(what, m->text, a, e);
}

/* Stop what was begun, without waiting for it; the time is over perhaps. A start that is
 * still to come is given up by that, too. Not a slice that is active and not ours. */
static void undo(struct manager *m, const char *what, uint64_t asked, struct arena *a)
{
	struct err ignored = ERR_NONE;
	automessage *reply = NULL;
	const char *state;

	m->end = clock_ms() + UNDO_MS;
	state = manager_text(m, "Unit", "ActiveState", a, &ignored);
	ignored = (struct err)ERR_NONE;
	if (str_ends(m->request->unit, ".slice") &&
	    (!state || (!is_inactive(state) && is_ours(m, what, asked, a, &ignored) < 0)))
		return;
	unit_stop_call(m, what, &reply, &ignored);
	unit_forget_failure(m);
}

int verb_start(struct manager *m, struct arena *a, struct err *e)
{
	const char *unit = m->request->unit, *what = arena_fmt(a, "start %s", unit);
	automessage *reply = NULL;
	uint64_t asked;

	if (manager_hear_jobs(m, e) < 0 ||
	    (str_ends(unit, ".slice") && is_free(m, what, a, e) < 0))
		return -1;
	asked = now_usec();
	if (start_unit(m, what, &reply, a, e) < 0)
		return -1;
	if (finish(m, what, reply, asked, a, e) == 0)
		return 0;
	undo(m, what, asked, a);
	return -1;
}
