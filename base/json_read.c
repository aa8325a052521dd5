/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader. Runs in the program.
 *
 * Theory: yajl calls one function per token. The stack has a frame for each object or
 * array that is open and says what it is: a struct with a table, a list or map that a
 * member owns, or something that no table names (then only its soundness is looked at).
 * Each value asks find_slot() where it goes and what it must be; the callbacks put it
 * there. The first mistake ends the parse: the callback returns 0 and the text is in
 * r->e.
 */
#include "base/json_read.h"

#include <string.h>

#include <yajl/yajl_parse.h>

#include "base/fmt.h"
#include "base/json_names.h"
#include "base/json_text.h"
#include "base/str.h"

_Static_assert(sizeof(struct pair) == 2 * sizeof(char *), "a pair is a key and a value");

enum frame_kind { FRAME_STRUCT, FRAME_LIST, FRAME_MAP, FRAME_SKIP_MAP, FRAME_SKIP_LIST };

struct frame {
	enum frame_kind kind;
	const struct json_shape *shape;	  /* of a struct */
	const struct json_member *member; /* struct: current or NULL; list, map: owner */
	char *base;			  /* of the struct, or the struct list_any */
	uint64_t seen, given;		  /* struct: members named; of these, not null */
	uint64_t object;		  /* number in r->names; 0 for none yet */
	size_t index;			  /* list: items begun; for the path */
	char name[64];			  /* map, unknown: current name; for the path */
};

struct reader {
	const struct json_shape *root;
	void *out;
	struct arena *arena;
	size_t arena_start;
	struct err *e;
	struct json_names names;
	uint64_t objects; /* numbers given away */
	int depth;	  /* frames in use */
	struct frame stack[JSON_DEPTH_MAX];
};

/* Where a value goes. kind is that of the value, an item of a list is no list. */
struct slot {
	const struct json_member *member; /* NULL: nobody wants it */
	enum json_kind kind;
	char *at;
	bool inside; /* an object that is an item: the struct itself is at `at` */
};

static const char *const kind_mistake[] = {
	[JSON_BOOL ... JSON_OPT_BOOL] = "is not true or false",
	[JSON_INT ... JSON_OPT_UINT] = "is not a number",
	[JSON_STR] = "is not a string",
	[JSON_OBJ] = "is not an object",
	[JSON_STRS ... JSON_OBJS] = "is not an array",
	[JSON_MAP ... JSON_MAP_OBJS] = "is not an object",
};

/* What an item of a list or map is */
static const enum json_kind item_kind[] = {
	[JSON_STRS] = JSON_STR, [JSON_INTS] = JSON_INT, [JSON_UINTS] = JSON_UINT,
	[JSON_OBJS] = JSON_OBJ, [JSON_MAP] = JSON_STR,	[JSON_MAP_OBJS] = JSON_OBJ,
};

static const size_t item_size[] = {
	[JSON_STRS] = sizeof(char *),
	[JSON_INTS] = sizeof(int64_t),
	[JSON_UINTS] = sizeof(uint64_t),
	[JSON_MAP] = sizeof(struct pair),
};

static struct frame *top(struct reader *r)
{
	return &r->stack[r->depth - 1];
}

/* The path of the current value, as far as it fits */
static void path_text(const struct reader *r, char *path, size_t size)
{
	size_t at = 0;

	path[0] = '\0';
	for (int i = 0; i < r->depth && at < size; i++) {
		const struct frame *f = &r->stack[i];
		const char *name = f->name;

		if (f->kind == FRAME_LIST || f->kind == FRAME_SKIP_LIST) {
			at += fmt_text(path + at, size - at, "[%zu]", f->index - 1);
			continue;
		}
		if (f->kind == FRAME_STRUCT && f->member)
			name = f->member->key;
		at += fmt_text(path + at, size - at, "%s%s", at ? "." : "", name);
	}
}

/* Refuse the current value. Returns 0, which makes yajl stop. */
static int refuse(struct reader *r, const char *what)
{
	char path[ERR_TEXT / 2];

	path_text(r, path, sizeof(path));
	err_plain(r->e, EINVAL, "%s: %s", path[0] ? path : "the document", what);
	return 0;
}

/* Will `size` more bytes be within the limit? */
static bool has_room(struct reader *r, size_t size)
{
	size_t used = r->arena->used - r->arena_start;

	if (used <= JSON_ARENA_MAX && size <= JSON_ARENA_MAX - used)
		return true;
	err_plain(r->e, E2BIG, "the document: takes more than %lu MiB of memory",
		  JSON_ARENA_MAX >> 20);
	return false;
}

static size_t owner_item_size(const struct json_member *m)
{
	return m->shape ? m->shape->size : item_size[m->kind];
}

/* Add an item to the list or map of a frame; NULL when the document is too big. The
 * list takes its next power of two at once (arena.c). */
static char *add_item(struct reader *r, struct frame *f)
{
	struct list_any *list = (struct list_any *)(void *)f->base;
	size_t size = owner_item_size(f->member);

	if ((list->n & (list->n - 1)) == 0 &&
	    !has_room(r, size * (list->n ? 2 * list->n : 1)))
		return NULL;
	return list_grow(r->arena, list, size);
}

static char *last_item(const struct frame *f)
{
	const struct list_any *list = (const struct list_any *)(const void *)f->base;

	return (char *)list->items + owner_item_size(f->member) * (list->n - 1);
}

static bool find_item_slot(struct reader *r, struct frame *f, struct slot *s)
{
	s->member = f->member;
	s->kind = item_kind[f->member->kind];
	s->inside = s->kind == JSON_OBJ;
	if (f->kind == FRAME_LIST)
		s->at = add_item(r, f);
	else /* the item came with its name */
		s->at = last_item(f) + (s->inside ? 0 : offsetof(struct pair, value));
	return s->at != NULL;
}

/* The frame of the value that comes now; NULL: refused */
static struct frame *next_value(struct reader *r)
{
	if (r->depth == 0) {
		refuse(r, "is not an object");
		return NULL;
	}
	top(r)->index++;
	return top(r);
}

/* Where does the value go that comes now? false: refused. */
static bool find_slot(struct reader *r, struct slot *s)
{
	struct frame *f = next_value(r);

	*s = (struct slot){ .member = NULL };
	if (!f)
		return false;
	if (f->kind == FRAME_LIST || f->kind == FRAME_MAP)
		return find_item_slot(r, f, s);
	if (f->kind == FRAME_STRUCT && f->member) {
		s->member = f->member;
		s->kind = f->member->kind;
		s->at = f->base + f->member->at;
		f->given |= 1ULL << (f->member - f->shape->members);
	}
	return true;
}

/* Begin an object or array; m is the member that it is or belongs to, NULL for the root
 * and for what nobody wants */
static int push(struct reader *r, enum frame_kind kind, const struct json_member *m,
		void *base)
{
	if (r->depth == JSON_DEPTH_MAX) {
		err_plain(r->e, E2BIG, "the document: is nested deeper than %d",
			  JSON_DEPTH_MAX);
		return 0;
	}
	r->stack[r->depth++] = (struct frame){ .kind = kind, .base = base };
	if (kind == FRAME_STRUCT)
		top(r)->shape = m ? m->shape : r->root;
	else
		top(r)->member = m;
	return 1;
}

static int on_null(void *ctx)
{
	struct reader *r = ctx;
	struct frame *f = next_value(r);

	if (!f)
		return 0;
	if (f->kind == FRAME_LIST || f->kind == FRAME_MAP)
		return refuse(r, "is null");
	return 1; /* a member that is null is absent */
}

static int on_boolean(void *ctx, int value)
{
	struct reader *r = ctx;
	struct slot s;

	if (!find_slot(r, &s))
		return 0;
	if (!s.member)
		return 1;
	if (s.kind == JSON_BOOL)
		*(bool *)(void *)s.at = value;
	else if (s.kind == JSON_OPT_BOOL)
		*(struct opt_bool *)(void *)s.at = (struct opt_bool){ true, value };
	else
		return refuse(r, kind_mistake[s.kind]);
	return 1;
}

static int put_uint(struct reader *r, const struct slot *s, const char *text, size_t len)
{
	uint64_t min = (uint64_t)s->member->min, v;
	uint64_t max = s->member->max ? s->member->max : UINT64_MAX;
	char what[96];

	if (!str_u64n(text, len, max, &v) || v < min) {
		fmt_text(what, sizeof(what), "is not a whole number from %lu to %lu",
			 (unsigned long)min, (unsigned long)max);
		return refuse(r, what);
	}
	if (s->kind == JSON_UINT)
		memcpy(s->at, &v, sizeof(v));
	else
		*(struct opt_u64 *)(void *)s->at = (struct opt_u64){ true, v };
	return 1;
}

static int put_int(struct reader *r, const struct slot *s, const char *text, size_t len)
{
	bool whole = s->member->min == 0 && s->member->max == 0, minus = text[0] == '-';
	int64_t min = whole ? INT64_MIN : s->member->min;
	int64_t max = whole ? INT64_MAX : (int64_t)s->member->max, v = 0;
	uint64_t digits, limit = (uint64_t)INT64_MAX + minus;
	bool ok = str_u64n(text + minus, len - minus, limit, &digits);
	char what[96];

	if (ok)
		v = minus ? (int64_t)(0 - digits) : (int64_t)digits;
	if (!ok || v < min || v > max) {
		fmt_text(what, sizeof(what), "is not a whole number from %ld to %ld",
			 (long)min, (long)max);
		return refuse(r, what);
	}
	if (s->kind == JSON_INT)
		memcpy(s->at, &v, sizeof(v));
	else
		*(struct opt_i64 *)(void *)s->at = (struct opt_i64){ true, v };
	return 1;
}

static int on_number(void *ctx, const char *text, size_t len)
{
	struct reader *r = ctx;
	struct slot s;

	if (!find_slot(r, &s))
		return 0;
	if (!s.member)
		return 1;
	if (s.kind == JSON_UINT || s.kind == JSON_OPT_UINT)
		return put_uint(r, &s, text, len);
	if (s.kind == JSON_INT || s.kind == JSON_OPT_INT)
		return put_int(r, &s, text, len);
	return refuse(r, kind_mistake[s.kind]);
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	struct reader *r = ctx;
	char *copy;
	struct slot s;

	if (!find_slot(r, &s))
		return 0;
	if (memchr(text, '\0', len))
		return refuse(r, "holds a NUL character");
	if (!s.member)
		return 1;
	if (s.kind != JSON_STR)
		return refuse(r, kind_mistake[s.kind]);
	if (!has_room(r, len + 1))
		return 0;
	copy = arena_strndup(r->arena, (const char *)text, len);
	memcpy(s.at, &copy, sizeof(copy));
	return 1;
}

static int on_start_map(void *ctx)
{
	struct reader *r = ctx;
	void *object;
	struct slot s;

	if (r->depth == 0)
		return push(r, FRAME_STRUCT, NULL, r->out);
	if (!find_slot(r, &s))
		return 0;
	if (!s.member)
		return push(r, FRAME_SKIP_MAP, NULL, NULL);
	if (s.kind == JSON_MAP || s.kind == JSON_MAP_OBJS)
		return push(r, FRAME_MAP, s.member, s.at);
	if (s.kind != JSON_OBJ)
		return refuse(r, kind_mistake[s.kind]);
	if (s.inside)
		return push(r, FRAME_STRUCT, s.member, s.at);
	if (!has_room(r, s.member->shape->size))
		return 0;
	object = arena_get(r->arena, s.member->shape->size);
	memcpy(s.at, &object, sizeof(object));
	return push(r, FRAME_STRUCT, s.member, object);
}

static int on_start_array(void *ctx)
{
	struct reader *r = ctx;
	struct slot s;

	if (!find_slot(r, &s))
		return 0;
	if (!s.member)
		return push(r, FRAME_SKIP_LIST, NULL, NULL);
	if (s.kind < JSON_STRS || s.kind > JSON_OBJS)
		return refuse(r, kind_mistake[s.kind]);
	return push(r, FRAME_LIST, s.member, s.at);
}

/* Name the current member of a struct; NULL when the table has none of that name */
static void find_member(struct frame *f, const char *name, size_t len)
{
	const struct json_member *m = f->shape->members;

	f->member = NULL;
	for (size_t i = 0; i < f->shape->n; i++, m++)
		if (strncmp(m->key, name, len) == 0 && m->key[len] == '\0') {
			f->member = m;
			return;
		}
}

static int on_name(void *ctx, const unsigned char *text, size_t len)
{
	struct reader *r = ctx;
	struct frame *f = top(r);
	const char *name = (const char *)text;
	char *item, *copy;
	uint64_t bit;

	json_shown(f->name, sizeof(f->name), name, len);
	if (f->kind == FRAME_STRUCT)
		f->member = NULL;
	if (memchr(name, '\0', len))
		return refuse(r, "the name holds a NUL character");
	if (f->kind == FRAME_STRUCT) {
		find_member(f, name, len);
		bit = f->member ? 1ULL << (f->member - f->shape->members) : 0;
		if (f->seen & bit)
			return refuse(r, "is given twice");
		f->seen |= bit;
		if (f->member)
			return 1;
	}
	if (!f->object)
		f->object = ++r->objects;
	if (!json_names_add(&r->names, f->object, name, len))
		return refuse(r, "is given twice");
	if (f->kind != FRAME_MAP)
		return 1;
	item = add_item(r, f);
	if (!item || !has_room(r, len + 1))
		return 0;
	copy = arena_strndup(r->arena, name, len);
	memcpy(item, &copy, sizeof(copy));
	return 1;
}

static int on_end(void *ctx)
{
	struct reader *r = ctx;
	struct frame *f = top(r);
	struct list_any *list;

	if (f->kind == FRAME_LIST || f->kind == FRAME_MAP) {
		list = (struct list_any *)(void *)f->base;
		if (!list->items) { /* present, though empty */
			if (!has_room(r, 1))
				return 0;
			list->items = arena_get(r->arena, 1);
		}
	}
	for (size_t i = 0; f->kind == FRAME_STRUCT && i < f->shape->n; i++) {
		f->member = &f->shape->members[i];
		if (f->member->required && !(f->given >> i & 1))
			return refuse(r, "is missing");
	}
	r->depth--;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_boolean,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_name,
	.yajl_end_map = on_end,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end,
};

/* Say where and why yajl stopped */
static int parser_mistake(yajl_handle y, const char *text, size_t at, struct err *e)
{
	struct json_place p = json_place(text, at);
	unsigned char *why;

	why = yajl_get_error(y, 0, NULL, 0);
	err_plain(e, EINVAL, "line %zu, column %zu: %.*s", p.line, p.column,
		  why ? (int)strcspn((char *)why, "\n") : 0, why ? (char *)why : "");
	if (why)
		yajl_free_error(y, why);
	return -1;
}

static int parse(struct reader *r, const char *text, size_t len)
{
	yajl_handle y = yajl_alloc(&callbacks, NULL, r);
	size_t at = len;
	yajl_status status;

	if (!y)
		return err_set(r->e, ENOMEM, "start the JSON parser");
	yajl_config(y, yajl_dont_validate_strings, 1); /* json_text_check() did */
	status = yajl_parse(y, (const unsigned char *)text, len);
	if (status == yajl_status_ok)
		status = yajl_complete_parse(y); /* finds what is missing at the end */
	else if (yajl_get_bytes_consumed(y) > 0)
		at = yajl_get_bytes_consumed(y) - 1; /* the end of the bad token */
	if (status == yajl_status_error)
		parser_mistake(y, text, at, r->e);
	yajl_free(y);
	return status == yajl_status_ok ? 0 : -1;
}

int json_read(const char *text, size_t len, const struct json_shape *shape, void *out,
	      struct arena *arena, struct err *e)
{
	struct reader r;
	int ret;

	if (len > JSON_SIZE_MAX)
		return err_plain(e, E2BIG, "the document: is larger than %lu MiB",
				 JSON_SIZE_MAX >> 20);
	if (json_text_check(text, len, e) < 0)
		return -1;
	r.root = shape;
	r.out = out;
	r.arena = arena;
	r.arena_start = arena->used;
	r.e = e;
	r.objects = 0;
	r.depth = 0;
	json_names_open(&r.names);
	ret = parse(&r, text, len);
	json_names_done(&r.names);
	return ret;
}
