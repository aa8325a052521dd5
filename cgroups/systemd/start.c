/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aril-systemd: start. A scope begins with this process in it, which stays until the
 * other side lets it go, so that systemd does not find the scope empty and end it.
 */
#include <string.h>

#include "base/str.h"
#include "cgroups/systemd/message.h"
#include "cgroups/systemd/verbs.h"

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
	if (!state || (strcmp(state, "failed") != 0 && strcmp(state, "inactive") != 0))
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

int verb_start(struct manager *m, struct arena *a, struct err *e)
{
	const char *unit = m->request->unit, *result = NULL, *what, *path;
	automessage *reply = NULL;

	what = arena_fmt(a, "start %s", unit);
	if (manager_hear_jobs(m, e) < 0 || start_unit(m, what, &reply, a, e) < 0)
		return -1;
	if (manager_wait_job(m, reply, what, &result, e) < 0)
		return -1;
	if (strcmp(result, "done") != 0) {
		unit_forget_failure(m);
		return job_error(what, result, e);
	}
	path = manager_text(m, str_ends(unit, ".slice") ? "Slice" : "Scope",
			    "ControlGroup", a, e);
	if (!path)
		return -1;
	if (path[0] != '/')
		return err_set(e, EIO, "%s: it has no cgroup", what);
	m->word = "cgroup";
	m->text = path;
	return 0;
}
