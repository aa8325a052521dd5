/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A systemd of our own, in a child of systemd_test.c */
#include "tests/unit/systemd_mock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#define SERVICE	  "org.freedesktop.systemd1"
#define PATH	  "/org/freedesktop/systemd1"
#define INTERFACE SERVICE ".Manager"
#define ERROR	  SERVICE "."

struct mock {
	sd_bus *bus;
	FILE *log;
	unsigned jobs;
	bool was_reset;	  /* ResetFailedUnit was called */
	char started[64]; /* the last unit */
};

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "mock: %s: %s\n", what, strerror(-ret));
	_exit(9);
}

/* --- what was said, as text --------------------------------------------------------- */

static void log_value(struct mock *k, sd_bus_message *m);

static void log_container(struct mock *k, sd_bus_message *m, char type,
			  const char *contents)
{
	static const char *const marks[] = { "a[]", "r()", "v<>", "e{}" };
	const char *mark = "????";

	for (size_t i = 0; i < 4; i++)
		if (marks[i][0] == type)
			mark = marks[i];
	must(sd_bus_message_enter_container(m, type, contents), "enter");
	fprintf(k->log, "%c", mark[1]);
	for (bool first = true; sd_bus_message_at_end(m, false) == 0; first = false) {
		fprintf(k->log, "%s", first ? "" : " ");
		log_value(k, m);
	}
	fprintf(k->log, "%c", mark[2]);
	must(sd_bus_message_exit_container(m), "exit");
}

static void log_value(struct mock *k, sd_bus_message *m)
{
	union {
		const char *s;
		uint8_t y;
		int16_t n;
		uint16_t q;
		int32_t i; /* b, too */
		uint32_t u;
		int64_t x;
		uint64_t t;
		double d;
	} v = { NULL };
	const char *contents;
	char type;

	must(sd_bus_message_peek_type(m, &type, &contents), "peek");
	if (strchr("arve", type)) {
		log_container(k, m, type, contents);
		return;
	}
	must(sd_bus_message_read_basic(m, type, &v), "read");
	if (strchr("sog", type))
		fprintf(k->log, "%s", v.s);
	else if (type == 'd')
		fprintf(k->log, "%g", v.d);
	else
		fprintf(k->log, "%c%lld", type,
			type == 'y'		     ? (long long)v.y
			: type == 'n'		     ? (long long)v.n
			: type == 'q'		     ? (long long)v.q
			: type == 'u'		     ? (long long)v.u
			: type == 'x' || type == 't' ? (long long)v.x
						     : (long long)v.i);
}

/* "Method(argument argument)" on a line, of a unit "UNIT.Method(argument)" */
static void log_call(struct mock *k, sd_bus_message *m)
{
	char *unit = NULL;

	if (strcmp(sd_bus_message_get_member(m), "Get") != 0 &&
	    sd_bus_path_decode(sd_bus_message_get_path(m), PATH "/unit", &unit) > 0)
		fprintf(k->log, "%s.", unit);
	free(unit);
	fprintf(k->log, "%s(", sd_bus_message_get_member(m));
	for (bool first = true; sd_bus_message_at_end(m, true) == 0; first = false) {
		fprintf(k->log, "%s", first ? "" : " ");
		log_value(k, m);
	}
	fprintf(k->log, ")\n");
	fflush(k->log);
	must(sd_bus_message_rewind(m, true), "rewind");
}

/* --- methods ------------------------------------------------------------------------ */

static void job_removed(struct mock *k, const char *unit, unsigned job,
			const char *result)
{
	char path[64];
	int ret;

	snprintf(path, sizeof(path), PATH "/job/%u", job);
	ret = sd_bus_emit_signal(k->bus, PATH, INTERFACE, "JobRemoved", "uoss", job, path,
				 unit, result);
	/* who does not wait for it may be gone */
	if (ret != -ECONNRESET && ret != -EPIPE && ret != -ENOTCONN)
		must(ret, "emit");
}

static int reply_job(sd_bus_message *m, unsigned job)
{
	char path[64];

	snprintf(path, sizeof(path), PATH "/job/%u", job);
	return sd_bus_reply_method_return(m, "o", path);
}

static bool starts(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

/* How the job of a unit of that name ends; NULL: never */
static const char *job_result(const char *unit)
{
	static const char *const results[] = { "failed", "canceled", "timeout",
					       "dependency" };

	if (starts(unit, "endless"))
		return NULL;
	for (size_t i = 0; i < 4; i++)
		if (starts(unit, results[i]))
			return results[i];
	return "done";
}

static int method_start(struct mock *k, sd_bus_message *m, const char *unit)
{
	const char *result = job_result(unit);
	unsigned job = ++k->jobs;
	int ret;

	if (starts(unit, "active") || starts(unit, "broken") ||
	    (starts(unit, "again") && !k->was_reset))
		return sd_bus_reply_method_errorf(m, ERROR "UnitExists",
						  "Unit %s was already loaded.", unit);
	if (starts(unit, "denied"))
		return sd_bus_reply_method_errorf(
			m, "org.freedesktop.DBus.Error.AccessDenied", "Access denied");
	if (starts(unit, "mute"))
		return 1;
	if (starts(unit, "gone"))
		_exit(0);
	snprintf(k->started, sizeof(k->started), "%s", unit);
	/* another's job; ours, before the reply */
	job_removed(k, "other.scope", job + 1000, "failed");
	if (starts(unit, "early"))
		job_removed(k, unit, job, "done");
	ret = reply_job(m, job);
	if (result && !starts(unit, "early"))
		job_removed(k, unit, job, result);
	return ret;
}

static int method_stop(struct mock *k, sd_bus_message *m, const char *unit)
{
	const char *result = job_result(unit);
	unsigned job = ++k->jobs;
	int ret;

	if (starts(unit, "absent"))
		return sd_bus_reply_method_errorf(m, ERROR "NoSuchUnit",
						  "Unit %s not loaded.", unit);
	ret = reply_job(m, job);
	if (result)
		job_removed(k, unit, job, result);
	return ret;
}

static int method_reset(struct mock *k, sd_bus_message *m, const char *unit)
{
	k->was_reset |= starts(unit, "again");
	return sd_bus_reply_method_return(m, NULL);
}

static int method_nothing(struct mock *k, sd_bus_message *m, const char *unit)
{
	(void)k;
	if (starts(unit, "absent"))
		return sd_bus_reply_method_errorf(m, ERROR "NoSuchUnit",
						  "Unit %s not loaded.", unit);
	return sd_bus_reply_method_return(m, NULL);
}

/* The methods of a unit, which is named by its InvocationID */
static int method_unit(struct mock *k, sd_bus_message *m, const char *text)
{
	unsigned job = ++k->jobs;
	char *unit = NULL;
	int ret;

	(void)text;
	must(sd_bus_path_decode(sd_bus_message_get_path(m), PATH "/unit", &unit),
	     "decode");
	if (strcmp(unit, MOCK_INVOCATION) != 0)
		ret = sd_bus_reply_method_errorf(
			m, ERROR "NoUnitForInvocationID",
			"No unit with the specified invocation ID %s known.", unit);
	else if (strcmp(sd_bus_message_get_member(m), "Stop") != 0)
		ret = sd_bus_reply_method_return(m, NULL);
	else
		ret = reply_job(m, job);
	if (strcmp(sd_bus_message_get_member(m), "Stop") == 0)
		job_removed(k, unit, job, "done");
	free(unit);
	return ret;
}

static int reply_invocation(sd_bus_message *m, const char *unit)
{
	sd_bus_message *reply = NULL;
	unsigned char bytes[16];
	int ret;

	for (size_t i = 0; i < 16; i++)
		bytes[i] = (unsigned char)(0x11 * i);
	must(sd_bus_message_new_method_return(m, &reply), "new reply");
	must(sd_bus_message_open_container(reply, 'v', "ay"), "open");
	must(sd_bus_message_append_array(reply, 'y', bytes,
					 starts(unit, "noid") ? 0 : 16),
	     "append");
	must(sd_bus_message_close_container(reply), "close");
	ret = sd_bus_send(NULL, reply, NULL);
	sd_bus_message_unref(reply);
	return ret;
}

/* When it began: when we are asked, or long ago, by somebody else */
static int reply_time(sd_bus_message *m, const char *unit)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return sd_bus_reply_method_return(m, "v", "t",
					  starts(unit, "raced")
						  ? (uint64_t)1
						  : (uint64_t)now.tv_sec * 1000000 +
							    (uint64_t)now.tv_nsec / 1000);
}

/* The helper does not move: its cgroup is ours */
static void own_cgroup(char *text, size_t size)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (starts(line, "0::"))
			snprintf(text, size, "%s", line + 3);
	}
	if (f)
		fclose(f);
}

static void unit_state(const struct mock *k, const char *unit, char *text, size_t size)
{
	const char *state = "failed";

	if (starts(unit, "active"))
		state = "active";
	else if (starts(unit, "leaving"))
		state = "deactivating";
	else if (strcmp(unit, k->started) == 0 && !starts(unit, "endless"))
		state = "active";
	snprintf(text, size, "%s", state);
}

static int method_get(struct mock *k, sd_bus_message *m, const char *interface)
{
	const char *path = sd_bus_message_get_path(m), *property;
	char *unit = NULL, text[256];

	int ret;

	must(sd_bus_message_read(m, "ss", &interface, &property), "read Get");
	if (strcmp(path, PATH) == 0)
		return sd_bus_reply_method_return(m, "v", "s", "252.39-1~deb12u1");
	must(sd_bus_path_decode(path, PATH "/unit", &unit), "decode");
	snprintf(text, sizeof(text), "/%s.slice/%s", strrchr(interface, '.') + 1,
		 unit ? unit : "?");
	if (strcmp(property, "ActiveState") == 0)
		unit_state(k, unit, text, sizeof(text));
	else if (starts(unit, "empty"))
		text[0] = '\0';
	else if (strstr(interface, ".Scope") && !starts(unit, "elsewhere"))
		own_cgroup(text, sizeof(text));
	if (strcmp(property, "InvocationID") == 0)
		ret = reply_invocation(m, unit);
	else if (strcmp(property, "InactiveExitTimestamp") == 0)
		ret = reply_time(m, unit);
	else
		ret = sd_bus_reply_method_return(m, "v", "s", text);
	free(unit);
	return ret;
}

static const struct {
	const char *name;
	int (*reply)(struct mock *k, sd_bus_message *m, const char *text);
} methods[] = {
	{ "StartTransientUnit", method_start },
	{ "StopUnit", method_stop },
	{ "ResetFailedUnit", method_reset },
	{ "AttachProcessesToUnit", method_nothing },
	{ "SetUnitProperties", method_nothing },
	{ "Get", method_get },
	{ "Stop", method_unit },
	{ "ResetFailed", method_unit },
};

static int called(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
	struct mock *k = userdata;
	const char *name = sd_bus_message_get_member(m), *text = "";

	(void)error;
	if (!sd_bus_message_is_method_call(m, NULL, NULL))
		return 0;
	log_call(k, m);
	if (strcmp(name, "Subscribe") == 0)
		return sd_bus_reply_method_return(m, NULL);
	if (strcmp(name, "ResetFailed") != 0)
		must(sd_bus_message_read(m, "s", &text), "read");
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (strcmp(methods[i].name, name) != 0)
			continue;
		if (methods[i].reply == method_get)
			must(sd_bus_message_rewind(m, true), "rewind");
		return methods[i].reply(k, m, text);
	}
	return 0;
}

/* --- connections -------------------------------------------------------------------- */

static void serve(struct mock *k)
{
	int ret = 1;

	must(sd_bus_add_filter(k->bus, NULL, called, k), "add filter");
	while (ret >= 0) {
		ret = sd_bus_process(k->bus, NULL);
		if (ret == 0)
			ret = sd_bus_wait(k->bus, UINT64_MAX);
	}
	k->bus = sd_bus_close_unref(k->bus);
}

static FILE *log_open(const char *path)
{
	FILE *log = fopen(path, "ae");

	if (!log)
		_exit(9);
	return log;
}

void mock_serve(int listener, const char *log)
{
	struct mock k = { .log = log_open(log) };
	sd_id128_t id = SD_ID128_MAKE(01, 02, 03, 04, 05, 06, 07, 08, 09, 0a, 0b, 0c, 0d,
				      0e, 0f, 10);

	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			_exit(9);
		must(sd_bus_new(&k.bus), "new");
		must(sd_bus_set_fd(k.bus, fd, fd), "set fd");
		must(sd_bus_set_server(k.bus, true, id), "set server");
		must(sd_bus_set_sender(k.bus, SERVICE), "set sender");
		must(sd_bus_start(k.bus), "start");
		serve(&k);
	}
}

void mock_serve_bus(const char *address, int ready, const char *log)
{
	struct mock k = { .log = log_open(log) };

	must(sd_bus_new(&k.bus), "new");
	must(sd_bus_set_address(k.bus, address), "set address");
	must(sd_bus_set_bus_client(k.bus, true), "set client");
	must(sd_bus_start(k.bus), "start");
	must(sd_bus_request_name(k.bus, SERVICE, 0), "request the name");
	if (write(ready, "x", 1) != 1)
		_exit(9);
	serve(&k);
	_exit(0);
}
