/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * criu's messages. A table has the number of each option; those that are repeated or
 * have parts of their own are written one by one. Runs in the program.
 */
#include "libcontainer/host/criu_msg.h"

#include <stddef.h>

enum kind { NUMBER, FLAG, STRING };

struct row {
	unsigned field;
	enum kind kind;
	size_t at;
};
#define ROW(field, kind, member)                                                         \
	{                                                                                \
		field, kind, offsetof(struct criu_opts, member)                          \
	}

static const struct row rows[] = {
	ROW(1, NUMBER, images_fd),	   ROW(2, NUMBER, pid),
	ROW(3, FLAG, leave_running),	   ROW(4, FLAG, ext_unix_sk),
	ROW(5, FLAG, tcp_established),	   ROW(6, FLAG, evasive_devices),
	ROW(7, FLAG, shell_job),	   ROW(8, FLAG, file_locks),
	ROW(9, NUMBER, log_level),	   ROW(10, STRING, log_file),
	ROW(12, FLAG, notify_scripts),	   ROW(13, STRING, root),
	ROW(14, STRING, parent),	   ROW(15, FLAG, track_mem),
	ROW(16, FLAG, auto_dedup),	   ROW(17, NUMBER, work_fd),
	ROW(18, FLAG, link_remap),	   ROW(24, FLAG, manage_cgroups),
	ROW(26, FLAG, rst_sibling),	   ROW(29, FLAG, ext_sharing),
	ROW(30, FLAG, ext_masters),	   ROW(34, NUMBER, manage_cgroups_mode),
	ROW(38, NUMBER, empty_ns),	   ROW(44, STRING, freeze_cgroup),
	ROW(46, FLAG, tcp_skip_in_flight), ROW(48, FLAG, lazy_pages),
	ROW(49, NUMBER, status_fd),	   ROW(50, FLAG, orphan_pts_master),
	ROW(51, STRING, config_file),	   ROW(52, FLAG, tcp_close),
	ROW(53, STRING, lsm_profile),	   ROW(63, STRING, lsm_mount_context),
	ROW(64, NUMBER, network_lock),
};

static void put_row(struct wire *w, const struct row *row, const struct criu_opts *o)
{
	const void *at = (const char *)o + row->at;

	if (row->kind == NUMBER && *(const int *)at >= 0)
		wire_number(w, row->field, *(const int *)at);
	if (row->kind == FLAG && *(const bool *)at)
		wire_number(w, row->field, 1);
	if (row->kind == STRING && *(const char *const *)at)
		wire_text(w, row->field, *(const char *const *)at);
}

static void put_pairs(struct wire *w, unsigned field, const criu_pairs_t *pairs)
{
	LIST_EACH (pair, pairs) {
		struct wire inner = WIRE(w->arena);

		wire_text(&inner, 1, pair->key);
		wire_text(&inner, 2, pair->value);
		wire_message(w, field, &inner);
	}
}

static void put_inherits(struct wire *w, unsigned field, const criu_inherits_t *inherits)
{
	LIST_EACH (inherit, inherits) {
		struct wire inner = WIRE(w->arena);

		wire_text(&inner, 1, inherit->key);
		wire_number(&inner, 2, inherit->fd);
		wire_message(w, field, &inner);
	}
}

static void put_page_server(struct wire *w, const struct criu_opts *o)
{
	struct wire inner = WIRE(w->arena);

	if (o->page_port < 0)
		return;
	if (o->page_address)
		wire_text(&inner, 1, o->page_address);
	wire_number(&inner, 2, o->page_port);
	wire_message(w, 11, &inner);
}

static struct wire opts_wire(const struct criu_opts *o, struct arena *a)
{
	struct wire w = WIRE(a);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		put_row(&w, &rows[i], o);
	put_page_server(&w, o);
	put_pairs(&w, 23, &o->mounts);
	put_pairs(&w, 25, &o->cgroup_roots);
	put_inherits(&w, 27, &o->inherits);
	LIST_EACH (text, &o->external)
		wire_text(&w, 37, *text);
	put_pairs(&w, 39, &o->joins);
	return w;
}

struct wire criu_ask(enum criu_type type, bool keep_open, struct arena *a)
{
	struct wire w = WIRE(a);

	wire_number(&w, 1, type);
	if (keep_open)
		wire_number(&w, 4, 1);
	return w;
}

struct wire criu_ask_feature(enum criu_feature feature, struct arena *a)
{
	struct wire w = criu_ask(CRIU_FEATURE_CHECK, true, a);
	struct wire inner = WIRE(a);

	wire_number(&inner, feature, 1);
	wire_message(&w, 5, &inner);
	return w;
}

struct wire criu_ask_with(enum criu_type type, const struct criu_opts *o, struct arena *a)
{
	struct wire w = criu_ask(type, false, a);
	struct wire inner = opts_wire(o, a);

	wire_message(&w, 2, &inner);
	return w;
}

struct wire criu_notified(bool success, struct arena *a)
{
	struct wire w = criu_ask(CRIU_NOTIFY, false, a);

	wire_number(&w, 3, success);
	return w;
}

/* --- answers ----------------------------------------------------------------------- */

typedef int (*take)(const struct wire_field *f, struct arena *a, struct criu_answer *out);

static int each_field(struct wire_in in, take fn, struct arena *a,
		      struct criu_answer *out)
{
	struct wire_field f;
	int ret;

	while ((ret = wire_next(&in, &f)) > 0)
		if (fn(&f, a, out) < 0)
			return -1;
	return ret;
}

/* An int32: a negative one has 64 bits on the wire. -1: it is none. */
static int take_int(const struct wire_field *f, int *to)
{
	*to = (int)(uint32_t)f->number;
	return (uint64_t)(int64_t)*to == f->number && !f->s ? 0 : -1;
}

static int take_restore(const struct wire_field *f, struct arena *a,
			struct criu_answer *out)
{
	(void)a;
	return f->field == 1 ? take_int(f, &out->restored_pid) : 0;
}

static int take_notify(const struct wire_field *f, struct arena *a,
		       struct criu_answer *out)
{
	if (f->field == 1)
		out->script = wire_string(f, a);
	return f->field == 2 ? take_int(f, &out->notify_pid) : 0;
}

static int take_features(const struct wire_field *f, struct arena *a,
			 struct criu_answer *out)
{
	(void)a;
	if (f->field < 32 && f->number)
		out->features |= 1U << f->field;
	return 0;
}

static int take_version(const struct wire_field *f, struct arena *a,
			struct criu_answer *out)
{
	unsigned n = f->number < 100 ? (unsigned)f->number : 99;

	(void)a;
	if (f->field == 1)
		out->version += n * 10000;
	if (f->field == 2)
		out->version += n * 100;
	if (f->field == 4)
		out->version += n;
	return 0;
}

/* Members that are messages */
static const struct {
	unsigned field;
	take fn;
} parts[] = {
	{ 4, take_restore },
	{ 5, take_notify },
	{ 8, take_features },
	{ 10, take_version },
};

static int take_member(const struct wire_field *f, struct arena *a,
		       struct criu_answer *out)
{
	if (f->field == 1 && take_int(f, &out->type) < 0)
		return -1;
	if (f->field == 2)
		out->success = f->number != 0;
	if (f->field == 7 && take_int(f, &out->num) < 0)
		return -1;
	if (f->field == 9)
		out->text = wire_string(f, a);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i].field == f->field)
			return each_field(wire_inner(f), parts[i].fn, a, out);
	return 0;
}

int criu_answer_read(const void *bytes, size_t len, struct arena *a,
		     struct criu_answer *out, struct err *e)
{
	const unsigned char *s = bytes;

	*out = (struct criu_answer){ .type = -1 };
	if (each_field((struct wire_in){ s, s + len }, take_member, a, out) < 0 ||
	    out->type < 0)
		return err_set(e, EPROTO, "read criu's answer");
	return 0;
}
