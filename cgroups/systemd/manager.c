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
#include "cgroups/unit_words.h"

#define SERVICE	  "org.freedesktop.systemd1"
#define PATH	  "/org/freedesktop/systemd1"
#define INTERFACE SERVICE ".Manager"
#define ERROR	  SERVICE "."
#define DBUS	  "org.freedesktop.DBus.Error."

static uint64_t left_usec(const struct manager *m)
{
	int64_t left = m->end - clock_ms();

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
		{ ERROR "NoUnitForInvocationID", ENOENT },
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

	*m = (struct manager){ .request = r, .end = r->end };
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
	return r->addresses.n > 0 ? -1
				  : err_set(e, EPROTO, "connect to systemd: no address");
}

void manager_done(struct manager *m)
{
	m->bus = sd_bus_close_unref(m->bus);
}

/* --- calls ------------------------------------------------------------------------- */

static sd_bus_message *new_message(struct manager *m, const char *path,
				   const char *interface, const char *method,
				   struct err *e)
{
	sd_bus_message *message = NULL;
	int ret = sd_bus_message_new_method_call(m->bus, &message, SERVICE, path,
						 interface, method);

	if (ret >= 0)
		ret = sd_bus_message_set_auto_start(message, false);
	if (ret >= 0)
		return message;
	sd_bus_message_unref(message);
	err_set(e, -ret, "make the message %s", method);
	return NULL;
}

sd_bus_message *manager_message(struct manager *m, const char *method, struct err *e)
{
	return new_message(m, PATH, INTERFACE, method, e);
}

/* interface: of the unit, or all units' if NULL */
static sd_bus_message *object_message(struct manager *m, const char *unit,
				      const char *interface, const char *method,
				      struct err *e)
{
	sd_bus_message *message = NULL;
	char *path = NULL;
	int ret = sd_bus_path_encode(PATH "/unit", unit, &path);

	if (ret >= 0)
		message = new_message(m, path, interface, method, e);
	else
		err_set(e, -ret, "make the message %s to %s", method, unit);
	mem_free(&path);
	return message;
}

sd_bus_message *manager_unit_message(struct manager *m, const char *unit,
				     const char *method, struct err *e)
{
	return object_message(m, unit, SERVICE ".Unit", method, e);
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

/* The reply to a question for a property; what: the question, for errors */
static sd_bus_message *get(struct manager *m, const char *interface, const char *property,
			   const char *what, struct err *e)
{
	static const char properties[] = "org.freedesktop.DBus.Properties";
	bool manager = strcmp(interface, "Manager") == 0;
	automessage *message = NULL;
	sd_bus_message *reply = NULL;
	char full[64];
	int ret;

	fmt_text(full, sizeof(full), SERVICE ".%s", interface);
	message = manager ? new_message(m, PATH, properties, "Get", e)
			  : object_message(m, m->request->unit, properties, "Get", e);
	if (!message)
		return NULL;
	ret = sd_bus_message_append(message, "ss", full, property);
	if (ret >= 0 && manager_call(m, message, &reply, what, e) == 0)
		return reply;
	if (ret < 0)
		err_set(e, -ret, "%s", what);
	return NULL;
}

static char *question(const struct manager *m, const char *property, struct arena *a)
{
	const char *unit = m->request->unit;

	return arena_fmt(a, "ask systemd for %s of %s", property, unit ? unit : "itself");
}

char *manager_text(struct manager *m, const char *interface, const char *property,
		   struct arena *a, struct err *e)
{
	const char *what = question(m, property, a), *text = NULL;
	automessage *reply = get(m, interface, property, what, e);
	int ret;

	if (!reply)
		return NULL;
	ret = sd_bus_message_read(reply, "v", "s", &text);
	if (ret >= 0)
		return arena_strdup(a, text);
	err_set(e, -ret, "%s", what);
	return NULL;
}

int manager_time(struct manager *m, const char *property, uint64_t *usec, struct arena *a,
		 struct err *e)
{
	const char *what = question(m, property, a);
	automessage *reply = get(m, "Unit", property, what, e);
	int ret;

	if (!reply)
		return -1;
	ret = sd_bus_message_read(reply, "v", "t", usec);
	return ret < 0 ? err_set(e, -ret, "%s", what) : 0;
}

char *manager_invocation(struct manager *m, struct arena *a, struct err *e)
{
	const char *what = question(m, "InvocationID", a);
	automessage *reply = get(m, "Unit", "InvocationID", what, e);
	char *text = arena_get(a, INVOCATION_LEN + 1);
	const void *bytes = NULL;
	size_t n = 0;
	int ret;

	if (!reply)
		return NULL;
	ret = sd_bus_message_enter_container(reply, 'v', "ay");
	if (ret >= 0)
		ret = sd_bus_message_read_array(reply, 'y', &bytes, &n);
	if (ret >= 0 && n != INVOCATION_LEN / 2)
		ret = -ENOENT;
	if (ret < 0) {
		err_set(e, -ret, "%s", what);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		fmt_text(text + 2 * i, 3, "%02x", ((const unsigned char *)bytes)[i]);
	return text;
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
