/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What aril-systemd does for attach, set, stop and version. Runs in it. */
#include "cgroups/systemd/verbs.h"

#include <string.h>

#include "base/str.h"
#include "cgroups/systemd/message.h"

/* To the manager, with the unit's name in it; or to the unit that had that start, and no
 * other: systemd knows its units by InvocationID, too */
static sd_bus_message *unit_message(struct manager *m, const char *manager_method,
				    const char *unit_method, struct err *e)
{
	const struct request *r = m->request;
	sd_bus_message *message;
	int ret;

	if (r->invocation)
		return manager_unit_message(m, r->invocation, unit_method, e);
	message = manager_message(m, manager_method, e);
	ret = message ? sd_bus_message_append(message, "s", r->unit) : 0;
	if (ret >= 0)
		return message;
	sd_bus_message_unref(message);
	err_set(e, -ret, "%s %s", manager_method, r->unit);
	return NULL;
}

void unit_forget_failure(struct manager *m)
{
	struct err ignored = ERR_NONE;
	automessage *message =
		unit_message(m, "ResetFailedUnit", "ResetFailed", &ignored);

	if (message)
		manager_call(m, message, NULL, "forget a failure", &ignored);
}

int unit_stop_call(struct manager *m, const char *what, sd_bus_message **reply,
		   struct err *e)
{
	automessage *message = unit_message(m, "StopUnit", "Stop", e);
	int ret;

	if (!message)
		return -1;
	ret = sd_bus_message_append(message, "s", "replace");
	if (ret < 0)
		return err_set(e, -ret, "%s", what);
	return manager_call(m, message, reply, what, e);
}

int verb_attach(struct manager *m, struct arena *a, struct err *e)
{
	const struct request *r = m->request;
	automessage *message = manager_message(m, "AttachProcessesToUnit", e);
	const char *what = arena_fmt(a, "move process %lu into %s", r->process, r->unit);
	int ret;

	if (!message)
		return -1;
	ret = sd_bus_message_append(message, "ssau", r->unit, r->below, 1,
				    (uint32_t)r->process);
	if (ret < 0)
		return err_set(e, -ret, "%s", what);
	if (manager_call(m, message, NULL, what, e) < 0)
		return -1;
	m->word = "done";
	return 0;
}

int verb_set(struct manager *m, struct arena *a, struct err *e)
{
	const struct request *r = m->request;
	automessage *message = manager_message(m, "SetUnitProperties", e);
	const char *what = arena_fmt(a, "change properties of %s", r->unit);
	int ret;

	if (!message)
		return -1;
	ret = sd_bus_message_append(message, "sb", r->unit, true);
	if (ret < 0)
		return err_set(e, -ret, "%s", what);
	if (message_properties(message, r, false, e) < 0 ||
	    manager_call(m, message, NULL, what, e) < 0)
		return -1;
	m->word = "done";
	return 0;
}

/* Whether no job is to be waited for: the unit, or that start of it, is unknown */
static bool is_gone(const struct err *e)
{
	return e->num == ENOENT;
}

static int stop_unit(struct manager *m, const char *what, struct err *e)
{
	automessage *reply = NULL;
	const char *result;

	if (unit_stop_call(m, what, &reply, e) < 0 ||
	    manager_wait_job(m, reply, what, &result, e) < 0)
		return -1;
	if (strcmp(result, "done") != 0 && strcmp(result, "skipped") != 0)
		return err_set(e, EIO, "%s: systemd's job ended with \"%s\"", what,
			       result);
	return 0;
}

int verb_stop(struct manager *m, struct arena *a, struct err *e)
{
	const char *what = arena_fmt(a, "stop %s", m->request->unit);

	if (manager_hear_jobs(m, e) < 0)
		return -1;
	if (stop_unit(m, what, e) < 0 && !is_gone(e))
		return -1;
	if (!is_gone(e))
		unit_forget_failure(m);
	m->word = "done";
	return 0;
}

/* "252.39-1~deb12u1", "v257" */
int verb_version(struct manager *m, struct arena *a, struct err *e)
{
	char *text = manager_text(m, "Manager", "Version", a, e), *digits;

	if (!text)
		return -1;
	digits = text + strcspn(text, "0123456789");
	digits[strspn(digits, "0123456789")] = '\0';
	m->word = "version";
	m->text = digits;
	return 0;
}
