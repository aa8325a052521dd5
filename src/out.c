/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log; runs in the program */
#include "src/out.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fd.h"
#include "base/str.h"
#include "src/out_keys.h"
#include "src/out_line.h"
#include "src/out_store.h"

enum out_as out_as_called(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
	const char *name = slash ? slash + 1 : argv0;

	if (name && str_eq(name, "runc"))
		return OUT_AS_RUNC;
	return name && str_eq(name, "crun") ? OUT_AS_CRUN : OUT_AS_ARIL;
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
	struct out_keys k;

	out_keys_find(&k, e, o->phase);
	add_key(l, "code", k.code);
	if (k.num)
		add_key(l, "errno", err_name(k.num));
	if (k.phase)
		add_key(l, "phase", k.phase);
	if (*k.path)
		add_key(l, "path", k.path);
	if (*k.config)
		add_key(l, "config", k.config);
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
	if (o->as == OUT_AS_CRUN) {
		line_add(l, msg);
		line_add(l, "\n");
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

static void write_line(int fd, const struct line *l, struct err *e)
{
	fd_write_all(fd, l->text, l->n, e);
}

static void tell(const struct out *o, const char *kind, const char *msg)
{
	struct err ignored = ERR_NONE;
	struct line l = { .n = 0 };

	line_add(&l, o->as == OUT_AS_ARIL ? "aril: " : "");
	line_add(&l, kind);
	line_add(&l, msg);
	line_add(&l, "\n");
	write_line(STDERR_FILENO, &l, &ignored);
}

/* e: NULL for what is no failure */
static void append(const struct out *o, const char *level, const struct err *why,
		   const struct line *msg, const struct line *l)
{
	struct out_entry entry = { .level = level, .msg = msg->text, .line = l };
	struct line told = { .n = 0 };
	struct err e = ERR_NONE;

	if (why)
		out_keys_find(&entry.keys, why, o->phase);
	if (out_store(o, &entry, &e) == 0)
		return;
	line_add(&told, e.text);
	if (e.num && !e.plain) {
		line_add(&told, ": ");
		line_add(&told, err_name(e.num));
	}
	tell(o, "", told.text);
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
	line_flatten(&msg);
	make(o, "error", e, msg.text, &l);
	if (o->log)
		append(o, "error", e, &msg, &l);
	if (o->log || !(o->json || o->as == OUT_AS_RUNC))
		tell(o, "", msg.text);
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
	line_flatten(&msg);
	make(o, "warning", NULL, msg.text, &l);
	if (o->log)
		append(o, "warning", NULL, &msg, &l);
	else if (o->json || o->as == OUT_AS_RUNC)
		write_line(STDERR_FILENO, &l, &ignored);
	else
		tell(o, "warning: ", msg.text);
}

void out_remark(const struct out *o, const char *text)
{
	struct line msg = { .n = 0 };

	line_add(&msg, text);
	line_flatten(&msg);
	tell(o, "", msg.text);
}
