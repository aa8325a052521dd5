/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd's manager over sd-bus. Runs in aril-systemd.
 *
 * sd-bus sends no uid when it says who it is ("EXTERNAL" without one), so the other side
 * takes what the kernel tells: in a user namespace, where we are uid 0, that is the user
 * outside. Each call and each wait gets what is left of the request's time.
 */
#include "cgroups/systemd/manager.h"

#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"

#define SERVICE	  "org.freedesktop.systemd1"
#define PATH	  "/org/freedesktop/systemd1"
#define INTERFACE SERVICE ".Manager"
#define ERROR	  SERVICE "."
#define DBUS	  "org.freedesktop.DBus.Error."

static uint64_t left_usec(const struct manager *m)
{
	int64_t left = m->request->end - clock_ms();

	return left > 0 ? (uint64_t)left * 1000 : 1;
}

/* --- errors ------------------------------------------------------------------------ */

static int error_num(const sd_bus_error *error)
{
	static const struct {
		const char *name;
		int num;
	} names[] = {
		{ ERROR "UnitExists", EEXIST },
		{ ERROR "NoSuchUnit", ENOENT },
		{ ERROR "NoSuchProcess", ESRCH },
		{ ERROR "UnitMasked", EPERM },
		{ ERROR "UnitInactive", ENOENT },
		{ ERROR "BadUnitSetting", EINVAL },
		{ ERROR "LoadFailed", EIO },
		{ ERROR "JobFailed", EIO },
		{ ERROR "TransactionIsDestructive", EBUSY },
		{ ERROR "TransactionJobsConflicting", EBUSY },
		{ ERROR "OnlyByDependency", EPERM },
		{ ERROR "ShuttingDown", EBUSY },
		{ DBUS "InteractiveAuthorizationRequired", EACCES },
		{ DBUS "PropertyReadOnly", EINVAL },
		{ DBUS "UnknownProperty", EOPNOTSUPP },
		{ DBUS "UnknownMethod", EOPNOTSUPP },
		{ DBUS "ServiceUnknown", ENOTCONN },
		{ DBUS "NameHasNoOwner", ENOTCONN },
		{ DBUS "Disconnected", ENOTCONN },
		{ DBUS "NoReply", ETIMEDOUT },
		{ DBUS "LimitsExceeded", ENOBUFS },
	};
	int num;

	for (size_t i = 0; error->name && i < ARRAY_LEN(names); i++)
		if (strcmp(error->name, names[i].name) == 0)
			return names[i].num;
	num = sd_bus_error_get_errno(error);
	return num > 0 ? num : EIO;
}

/* What the other side says, without the full stop; and the name, for there is a manual */
static int error_take(struct err *e, const sd_bus_error *error, const char *what)
{
	const char *text = error->message ? error->message : "";
	size_t n = strlen(text);

	n -= n > 0 && text[n - 1] == '.';
	return err_set(e, error_num(error), "%s: %.*s (%s)", what, (int)n, text,
		       error->name ? error->name : "no name");
}

/* --- the connection ---------------------------------------------------------------- */

/* Let sd-bus work once, or wait until it can. 1: something was done */
static int manager_step(struct manager *m)
{
	struct pollfd p = { .fd = sd_bus_get_fd(m->bus) };
	int ret = sd_bus_process(m->bus, NULL), events;
	uint64_t left = left_usec(m);

	if (ret != 0)
		return ret;
	if (left <= 1)
		return -ETIMEDOUT;
	events = sd_bus_get_events(m->bus);
	if (events < 0)
		return events;
	p.events = (short)events;
	ret = poll(&p, 1, (int)(left / 1000));
	return ret < 0 && errno != EINTR ? -errno : 0;
}

static int connect_to(struct manager *m, const struct address *address)
{
	int ret = sd_bus_new(&m->bus);

	m->is_direct = address->is_manager;
	if (ret >= 0)
		ret = sd_bus_set_address(m->bus, address->text);
	if (ret >= 0)
		ret = sd_bus_set_bus_client(m->bus, !address->is_manager);
	/* no fd is ever sent to us */
	if (ret >= 0)
		ret = sd_bus_negotiate_fds(m->bus, false);
	if (ret >= 0)
		ret = sd_bus_start(m->bus);
	while (ret >= 0 && (ret = sd_bus_is_ready(m->bus)) == 0)
		ret = manager_step(m);
	return ret < 0 ? ret : 0;
}

int manager_open(struct manager *m, const struct request *r, struct err *e)
{
	int ret = -EPROTO;

	*m = (struct manager){ .request = r };
	LIST_EACH (address, &r->addresses) {
		ret = connect_to(m, address);
		if (ret == 0)
			return 0;
		*e = (struct err)ERR_NONE;
		err_set(e, -ret, "connect to systemd at %s", address->text);
		manager_done(m);
		if (ret == -ETIMEDOUT)
			return -1;
	}
	return r->addresses.n > 0 ? -1 : err_set(e, EPROTO, "no address of systemd");
}

void manager_done(struct manager *m)
{
	m->bus = sd_bus_close_unref(m->bus);
}

/* --- calls ------------------------------------------------------------------------- */

sd_bus_message *manager_message(struct manager *m, const char *method, struct err *e)
{
	sd_bus_message *message = NULL;
	int ret = sd_bus_message_new_method_call(m->bus, &message, SERVICE, PATH,
						 INTERFACE, method);

	if (ret >= 0)
		ret = sd_bus_message_set_auto_start(message, false);
	if (ret >= 0)
		return message;
	sd_bus_message_unref(message);
	err_set(e, -ret, "make the message %s", method);
	return NULL;
}

int manager_call(struct manager *m, sd_bus_message *message, sd_bus_message **reply,
		 const char *what, struct err *e)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	int ret = sd_bus_call(m->bus, message, left_usec(m), &error, reply);

	if (ret >= 0)
		return 0;
	if (sd_bus_error_is_set(&error))
		error_take(e, &error, what);
	else
		err_set(e, -ret, "%s", what);
	sd_bus_error_free(&error);
	return -1;
}

static int message_get(struct manager *m, const char *interface, const char *property,
		       sd_bus_message **message)
{
	char *path = NULL, full[64];
	int ret = 0;

	if (strcmp(interface, "Manager") != 0)
		ret = sd_bus_path_encode(PATH "/unit", m->request->unit, &path);
	if (ret >= 0)
		ret = sd_bus_message_new_method_call(
			m->bus, message, SERVICE, path ? path : PATH,
			"org.freedesktop.DBus.Properties", "Get");
	mem_free(&path);
	fmt_text(full, sizeof(full), SERVICE ".%s", interface);
	if (ret >= 0)
		ret = sd_bus_message_set_auto_start(*message, false);
	if (ret >= 0)
		ret = sd_bus_message_append(*message, "ss", full, property);
	return ret;
}

char *manager_text(struct manager *m, const char *interface, const char *property,
		   struct arena *a, struct err *e)
{
	const char *unit = m->request->unit, *text = NULL, *what;
	automessage *message = NULL, *reply = NULL;
	int ret = message_get(m, interface, property, &message);

	what = arena_fmt(a, "ask systemd for %s of %s", property, unit ? unit : "itself");
	if (ret >= 0 && manager_call(m, message, &reply, what, e) < 0)
		return NULL;
	if (ret >= 0)
		ret = sd_bus_message_read(reply, "v", "s", &text);
	if (ret >= 0)
		return arena_strdup(a, text);
	err_set(e, -ret, "%s", what);
	return NULL;
}

/* --- jobs -------------------------------------------------------------------------- */

static int job_removed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
	struct manager *m = userdata;
	const char *job, *unit, *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(signal, "uoss", &id, &job, &unit, &result) >= 0 &&
	    m->job && strcmp(job, m->job) == 0)
		fmt_text(m->result, sizeof(m->result), "%s", result);
	return 0;
}

/* What comes before the call's reply is kept until manager_wait_job(). Over a bus only
 * who has subscribed is told. */
int manager_hear_jobs(struct manager *m, struct err *e)
{
	automessage *subscribe = NULL;
	int ret = sd_bus_match_signal(m->bus, NULL, SERVICE, PATH, INTERFACE,
				      "JobRemoved", job_removed, m);

	if (ret < 0)
		return err_set(e, -ret, "listen to the jobs of systemd");
	if (m->is_direct)
		return 0;
	subscribe = manager_message(m, "Subscribe", e);
	if (!subscribe)
		return -1;
	return manager_call(m, subscribe, NULL, "subscribe to systemd's jobs", e);
}

int manager_wait_job(struct manager *m, sd_bus_message *reply, const char *what,
		     const char **result, struct err *e)
{
	int ret = sd_bus_message_read(reply, "o", &m->job);

	m->result[0] = '\0';
	while (ret >= 0 && !m->result[0])
		ret = manager_step(m);
	*result = m->result;
	if (ret == -ETIMEDOUT)
		return err_set(e, ETIMEDOUT, "%s: wait for systemd's job %s", what,
			       m->job);
	if (ret < 0)
		return err_set(e, -ret, "%s: wait for systemd's job", what);
	m->job = NULL;
	return 0;
}
