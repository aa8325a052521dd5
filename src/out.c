/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log; runs in the program */
#include "src/out.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/file.h"
#include "src/out_line.h"

/* What clients look for in the text, as one word for machines. The first row that
 * fits. */
static const struct {
	const char *needle, *code;
} codes[] = {
	{ "container does not exist", "container-not-found" },
	{ "container with given ID already exists", "container-exists" },
	{ "container not running", "container-not-running" },
	{ "cannot exec in a stopped container", "container-not-running" },
	{ "that is not stopped", "container-not-stopped" },
	{ "cannot start a", "container-not-created" },
	{ "invalid container ID", "invalid-id" },
	{ "executable file not found in $PATH", "exec-not-found" },
	{ "no such file or directory", "exec-not-found" },
	{ "permission denied", "exec-denied" },
	{ "exec format error", "exec-format" },
	{ "does not have it yet", "not-implemented" },
	{ " hook #", "hook" },
	{ "unknown option", "usage" },
};

const char *out_code(const struct err *e)
{
	char pointer[256];

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (strstr(e->text, codes[i].needle))
			return codes[i].code;
	return out_pointer(e->text, pointer, sizeof(pointer)) ? "config" : "failed";
}

static bool is_member(const char *text)
{
	static const char *const members[] = { "annotations", "domainname", "hooks",
					       "hostname",    "linux",	    "mounts",
					       "ociVersion",  "process",    "root" };

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		size_t n = strlen(members[i]);

		if (strncmp(text, members[i], n) == 0 && strchr(".[: ", text[n]) &&
		    text[n])
			return true;
	}
	return false;
}

bool out_pointer(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	/* "/b/config.json: mounts[3] /proc: mount proc" */
	while (!is_member(text)) {
		text = strstr(text, ": ");
		if (!text)
			return false;
		text += 2;
	}
	buf[n++] = '/';
	for (; *text && *text != ' ' && *text != ':' && n + 1 < size; text++) {
		if (*text == '.' || *text == '[')
			buf[n++] = '/';
		else if (*text != ']')
			buf[n++] = *text;
	}
	buf[n] = '\0';
	return n > 1;
}

/* The file that the text is about: its first word that begins with a slash */
static bool first_path(const char *text, char *buf, size_t size)
{
	const char *at = text[0] == '/' ? text : strstr(text, " /");
	size_t n;

	if (!at)
		return false;
	at += *at == ' ';
	n = strcspn(at, " :,\"");
	if (n == 0 || n >= size)
		return false;
	memcpy(buf, at, n);
	buf[n] = '\0';
	return true;
}

static void add_key(struct line *l, const char *key, const char *value)
{
	line_add(l, l->n > 1 ? "," : "");
	line_quote(l, key);
	line_add(l, ":");
	line_quote(l, value);
}

static void start_json(const char *level, const char *msg, struct line *l)
{
	struct line now = { .n = 0 };

	line_time(&now, time(NULL));
	line_add(l, "{");
	add_key(l, "level", level);
	add_key(l, "msg", msg);
	add_key(l, "time", now.text);
}

static void add_keys(const struct out *o, const struct err *e, struct line *l)
{
	const char *code = out_code(e);
	char found[256];

	if (strcmp(code, "failed") == 0 && o->phase && strcmp(o->phase, "options") == 0)
		code = "usage";
	add_key(l, "code", code);
	if (e->num)
		add_key(l, "errno", err_name(e->num));
	if (o->phase)
		add_key(l, "phase", o->phase);
	if (first_path(e->text, found, sizeof(found)))
		add_key(l, "path", found);
	if (out_pointer(e->text, found, sizeof(found)))
		add_key(l, "config", found);
}

/* e: NULL for what is no failure */
static void make(const struct out *o, const char *level, const struct err *e,
		 const char *msg, struct line *l)
{
	if (o->json) {
		start_json(level, msg, l);
		if (e)
			add_keys(o, e, l);
		line_add(l, "}\n");
		return;
	}
	line_add(l, "time=\"");
	line_time(l, time(NULL));
	line_add(l, "\" level=");
	line_add(l, level);
	line_add(l, " msg=");
	line_quote(l, msg);
	line_add(l, "\n");
}

/* One line of plain text, whatever a path in it or an image's hook may say: nothing that
 * a terminal takes as a command. C2 80 to C2 9F are U+0080 to U+009F: some are, too. */
static void flatten(struct line *l)
{
	for (unsigned char *p = (unsigned char *)l->text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = ' ';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = ' ';
	}
}

static void write_line(int fd, const struct line *l, struct err *e)
{
	fd_write_all(fd, l->text, l->n, e);
}

static void tell(const char *kind, const char *msg)
{
	struct err ignored = ERR_NONE;
	struct line l = { .n = 0 };

	line_add(&l, "aril: ");
	line_add(&l, kind);
	line_add(&l, msg);
	line_add(&l, "\n");
	write_line(STDERR_FILENO, &l, &ignored);
}

static void append(const struct out *o, const struct line *l)
{
	autofd fd =
		open(o->log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
	struct err e = ERR_NONE;

	if (fd < 0)
		err_sys(&e, "open log %s", o->log);
	else
		write_line(fd, l, &e);
	if (e.num) {
		err_wrap(&e, "%s", err_name(e.num));
		tell("", e.text);
	}
}

void out_failure(const struct out *o, const struct err *e, const char *advice)
{
	struct line msg = { .n = 0 }, l = { .n = 0 };
	struct err ignored = ERR_NONE;

	line_add(&msg, e->text);
	if (e->num && !e->plain) {
		line_add(&msg, ": ");
		line_add(&msg, err_name(e->num));
	}
	if (advice) {
		line_add(&msg, ": ");
		line_add(&msg, advice);
	}
	flatten(&msg);
	make(o, "error", e, msg.text, &l);
	if (o->log)
		append(o, &l);
	if (o->log || !o->json)
		tell("", msg.text);
	else
		write_line(STDERR_FILENO, &l, &ignored);
}

void out_warning(void *out, const char *text)
{
	struct line msg = { .n = 0 }, l = { .n = 0 };
	struct err ignored = ERR_NONE;
	const struct out *o = out;

	if (o->level < OUT_WARNING)
		return;
	line_add(&msg, text);
	flatten(&msg);
	make(o, "warning", NULL, msg.text, &l);
	if (o->log)
		append(o, &l);
	else if (o->json)
		write_line(STDERR_FILENO, &l, &ignored);
	else
		tell("warning: ", msg.text);
}
