/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of aril-systemd; runs in the program */
#include "cgroups/unit_call.h"

#include <string.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "base/words.h"
#include "cgroups/unit_words.h"

#define ARIL_SYSTEMD ARIL_LIBEXECDIR "/aril-systemd"
/* the helper's own deadline comes first: it knows what it waited for */
#define GRACE_MS     2000

static const struct helper_kind systemd_kind = {
	.name = "aril-systemd",
	.missing = "which speaks with systemd (it is installed with aril if aril was "
		   "built where libsystemd is)",
	.library = "libsystemd.so.0",
};

/* --- the request ------------------------------------------------------------------- */

/* In a D-Bus address all but these is escaped (its specification, "Server Addresses") */
static const char *address_of(struct arena *a, const char *dir, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.\\";
	struct text t = TEXT(a);

	text_add(&t, "unix:path=");
	while (*dir) {
		int n = (int)strspn(dir, plain);

		text_add(&t, "%.*s", n, dir);
		dir += n;
		if (*dir)
			text_add(&t, "%%%02x", (unsigned char)*dir++);
	}
	text_add(&t, "%s", path);
	return t.s;
}

/*
 * The manager's own socket first: nobody is between, it answers when the bus is stuck.
 * The system's is root's only.
 *
 * DBUS_SESSION_BUS_ADDRESS may be a list, and may name a program to run (unixexec:): of
 * that only sockets are taken.
 */
static int call_addresses(struct unit_call *c, struct arena *a, struct err *e)
{
	const struct unit *u = c->unit;
	strings_t buses;

	if (!u->user) {
		words_add(&c->lines, "manager", "unix:path=/run/systemd/private");
		words_add(&c->lines, "bus", "unix:path=/run/dbus/system_bus_socket");
		return 0;
	}
	if (!str_empty(u->runtime_dir))
		words_add(&c->lines, "manager",
			  address_of(a, u->runtime_dir, "/systemd/private"));
	if (!str_empty(u->bus)) {
		buses = str_split(a, u->bus, ';');
		LIST_EACH (bus, &buses)
			if (str_starts(*bus, "unix:"))
				words_add(&c->lines, "bus", *bus);
	}
	if (!str_empty(u->runtime_dir))
		words_add(&c->lines, "bus", address_of(a, u->runtime_dir, "/bus"));
	if (!c->lines.s)
		return err_plain(e, ENOENT,
				 "the user's service manager cannot be found: neither "
				 "XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set");
	return 0;
}

static int timeout_of(const struct unit *u)
{
	return u->timeout_ms > 0 ? u->timeout_ms : UNIT_MS;
}

int call_open(struct unit_call *c, const struct unit *u, const char *verb,
	      struct arena *a, struct err *e)
{
	char ms[16];

	*c = (struct unit_call)CALL_NONE;
	c->unit = u;
	c->verb = verb;
	c->lines = (struct text)TEXT(a);
	c->helper.what = arena_fmt(a, "%s %s", verb, u->name ? u->name : "");
	if (call_addresses(c, a, e) < 0)
		return -1;
	fmt_text(ms, sizeof(ms), "%d", timeout_of(u));
	words_add(&c->lines, "timeout", ms);
	return 0;
}

void call_properties(struct unit_call *c, const unit_properties_t *properties)
{
	LIST_EACH (p, properties) {
		words_add(&c->lines, "property",
			  arena_fmt(c->lines.arena, "%s %s", p->name, p->type));
		LIST_EACH (value, &p->values)
			words_add(&c->lines, "value", *value);
	}
}

void call_take(struct unit_call *c, struct unit_hold *h)
{
	c->helper = (struct helper){ .kind = &systemd_kind,
				     .what = "start",
				     .pid = h->pid,
				     .pidfd = fd_take(&h->pidfd),
				     .sock = fd_take(&h->sock),
				     .left_ms = HELPER_END_MS };
	h->pid = 0;
}

int call_end(struct unit_call *c, struct err *e)
{
	return helper_end(&c->helper, e);
}

void call_done(struct unit_call *c)
{
	helper_done(&c->helper);
}

/* --- the talk ---------------------------------------------------------------------- */

#define INVOCATION "invocation "

/* The last line of an answer; "invocation" is one before it */
static const char *last_line(const char *said)
{
	const char *newline = str_starts(said, INVOCATION) ? strchr(said, '\n') : NULL;

	return newline ? newline + 1 : said;
}

static bool is_whole(const char *said)
{
	return strchr(last_line(said), '\n') != NULL;
}

/* Before "cgroup", and nowhere else: whose cgroup that is */
static bool talk_invocation(struct unit_call *c, const char *said, const char *last,
			    const char *word)
{
	size_t head = strlen(INVOCATION), n = (size_t)(last - said);

	if (strcmp(word, "cgroup") != 0)
		return n == 0;
	if (n != head + INVOCATION_LEN + 1 ||
	    strspn(said + head, "0123456789abcdef") != INVOCATION_LEN)
		return false;
	c->invocation = arena_strndup(c->lines.arena, said + head, INVOCATION_LEN);
	return true;
}

static int start(struct unit_call *c, struct err *e)
{
	const char *path = c->unit->helper ? c->unit->helper : ARIL_SYSTEMD;
	char *argv[] = { (char *)systemd_kind.name, (char *)c->verb,
			 (char *)c->unit->name, NULL };

	c->helper.kind = &systemd_kind;
	return helper_start(&c->helper, path, argv, -1, e);
}

int call_ask(struct unit_call *c, const char *word, struct err *e)
{
	char *whole, *line, *newline, *said, *text;
	const char *last;

	words_add(&c->lines, "end", NULL);
	if (start(c, e) < 0 ||
	    helper_ask(&c->helper, &c->lines, GRACE_MS + timeout_of(c->unit), is_whole,
		       &whole, e) < 0)
		return -1;
	last = last_line(whole);
	line = arena_strdup(c->lines.arena, last);
	newline = strchr(line, '\n');
	if (!newline || newline[1])
		return helper_strange(&c->helper, whole, e);
	*newline = '\0';
	if (!words_split(line, &said, &text))
		return helper_strange(&c->helper, whole, e);
	if (strcmp(said, "error") == 0)
		return helper_error(&c->helper, text, whole, e);
	if (strcmp(said, word) != 0 || !talk_invocation(c, whole, last, word))
		return helper_strange(&c->helper, whole, e);
	c->answer = text;
	return 0;
}
