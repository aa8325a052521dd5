/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The writer, over yajl_gen. Runs in the program.
 *
 * An opening bracket is held back until something follows: yajl's indented form of an
 * empty object takes three lines, and "{}" can only be had from it as a number.
 */
#include "base/json_write.h"

#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "base/fmt.h"
#include "base/json_text.h"

static void note(struct json_writer *j, yajl_gen_status status)
{
	if (j->status == yajl_gen_status_ok)
		j->status = (int)status;
}

void json_start(struct json_writer *j, const char *indent)
{
	*j = (struct json_writer){ .gen = yajl_gen_alloc(NULL) };
	if (!j->gen)
		abort();
	if (indent) {
		yajl_gen_config(j->gen, yajl_gen_beautify, 1);
		yajl_gen_config(j->gen, yajl_gen_indent_string, indent);
	}
}

void json_done(struct json_writer *j)
{
	if (j->gen)
		yajl_gen_free(j->gen);
	j->gen = NULL;
}

/* Write the bracket that was held back */
static void flush(struct json_writer *j)
{
	char pending = j->pending;

	j->pending = 0;
	if (pending == '{')
		note(j, yajl_gen_map_open(j->gen));
	else if (pending == '[')
		note(j, yajl_gen_array_open(j->gen));
}

static void open_bracket(struct json_writer *j, char bracket)
{
	flush(j);
	j->pending = bracket;
	j->depth++;
}

/* Close what `bracket` opened; anything else that is open is the caller's mistake */
static void close_bracket(struct json_writer *j, char bracket)
{
	const char *empty = bracket == '{' ? "{}" : "[]";

	if (j->depth-- <= 0) {
		note(j, yajl_gen_in_error_state);
	} else if (j->pending == bracket) {
		j->pending = 0;
		note(j, yajl_gen_number(j->gen, empty, 2));
	} else if (j->pending) {
		note(j, yajl_gen_in_error_state);
	} else {
		note(j, bracket == '{' ? yajl_gen_map_close(j->gen)
				       : yajl_gen_array_close(j->gen));
	}
}

void json_map_begin(struct json_writer *j)
{
	open_bracket(j, '{');
}

void json_map_end(struct json_writer *j)
{
	close_bracket(j, '{');
}

void json_list_begin(struct json_writer *j)
{
	open_bracket(j, '[');
}

void json_list_end(struct json_writer *j)
{
	close_bracket(j, '[');
}

void json_key(struct json_writer *j, const char *key)
{
	json_str(j, key);
}

/* yajl's own look at UTF-8 lets overlong bytes and surrogates through */
static bool is_utf8(const char *text, size_t len)
{
	for (size_t at = 0, n; at < len; at += n) {
		n = json_utf8_len(text + at, len - at);
		if (n == 0)
			return false;
	}
	return true;
}

void json_str(struct json_writer *j, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	flush(j);
	if (!text)
		note(j, yajl_gen_null(j->gen));
	else if (is_utf8(text, len))
		note(j, yajl_gen_string(j->gen, (const unsigned char *)text, len));
	else
		note(j, yajl_gen_invalid_string);
}

void json_int(struct json_writer *j, int64_t v)
{
	flush(j);
	note(j, yajl_gen_integer(j->gen, v));
}

void json_uint(struct json_writer *j, uint64_t v)
{
	char digits[24];
	size_t n = fmt_text(digits, sizeof(digits), "%lu", (unsigned long)v);

	flush(j);
	note(j, yajl_gen_number(j->gen, digits, n));
}

void json_hundredths(struct json_writer *j, uint64_t v)
{
	char digits[32];
	size_t n = fmt_text(digits, sizeof(digits), "%lu.%02lu", (unsigned long)v / 100,
			    (unsigned long)v % 100);

	while (digits[n - 1] == '0')
		n--;
	n -= digits[n - 1] == '.';
	flush(j);
	note(j, yajl_gen_number(j->gen, digits, n));
}

void json_number(struct json_writer *j, const char *text)
{
	flush(j);
	note(j, yajl_gen_number(j->gen, text, strlen(text)));
}

void json_bool(struct json_writer *j, bool v)
{
	flush(j);
	note(j, yajl_gen_bool(j->gen, v));
}

void json_put_str(struct json_writer *j, const char *key, const char *text)
{
	json_key(j, key);
	json_str(j, text);
}

void json_put_int(struct json_writer *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void json_put_uint(struct json_writer *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

void json_put_hundredths(struct json_writer *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_hundredths(j, v);
}

void json_put_bool(struct json_writer *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

void json_strs(struct json_writer *j, const strings_t *list)
{
	json_list_begin(j);
	LIST_EACH (text, list)
		json_str(j, *text);
	json_list_end(j);
}

void json_pairs(struct json_writer *j, const pairs_t *map)
{
	json_map_begin(j);
	LIST_EACH (p, map)
		json_put_str(j, p->key, p->value);
	json_map_end(j);
}

/* Is there anything to write for a member? */
static bool member_given(const struct json_member *m, const void *at)
{
	switch (m->kind) {
	case JSON_BOOL:
		return *(const bool *)at || m->required;
	case JSON_OPT_BOOL:
		return ((const struct opt_bool *)at)->set;
	case JSON_OPT_INT:
		return ((const struct opt_i64 *)at)->set;
	case JSON_OPT_UINT:
		return ((const struct opt_u64 *)at)->set;
	case JSON_INT:
	case JSON_UINT:
		return true;
	case JSON_STR:
	case JSON_OBJ:
		return *(char *const *)at != NULL;
	default:
		return ((const struct list_any *)at)->items != NULL;
	}
}

/* A list of structs, or a map of them by their first member */
static void write_objects(struct json_writer *j, const struct json_member *m,
			  const struct list_any *list)
{
	const char *item = list->items;
	bool map = m->kind == JSON_MAP_OBJS;

	open_bracket(j, map ? '{' : '[');
	for (size_t i = 0; i < list->n; i++, item += m->shape->size) {
		if (map)
			json_key(j, *(char *const *)(const void *)item);
		json_write(j, m->shape, item);
	}
	close_bracket(j, map ? '{' : '[');
}

static void write_numbers(struct json_writer *j, enum json_kind kind, const void *at)
{
	json_list_begin(j);
	if (kind == JSON_INTS)
		LIST_EACH (v, (const ints_t *)at)
			json_int(j, *v);
	else
		LIST_EACH (u, (const uints_t *)at)
			json_uint(j, *u);
	json_list_end(j);
}

static void write_list(struct json_writer *j, const struct json_member *m, const void *at)
{
	if (m->kind == JSON_STRS)
		json_strs(j, at);
	else if (m->kind == JSON_MAP)
		json_pairs(j, at);
	else if (m->kind == JSON_INTS || m->kind == JSON_UINTS)
		write_numbers(j, m->kind, at);
	else
		write_objects(j, m, at);
}

static void write_value(struct json_writer *j, const struct json_member *m,
			const void *at)
{
	switch (m->kind) {
	case JSON_BOOL:
		json_bool(j, *(const bool *)at);
		return;
	case JSON_OPT_BOOL:
		json_bool(j, ((const struct opt_bool *)at)->v);
		return;
	case JSON_INT:
		json_int(j, *(const int64_t *)at);
		return;
	case JSON_OPT_INT:
		json_int(j, ((const struct opt_i64 *)at)->v);
		return;
	case JSON_UINT:
		json_uint(j, *(const uint64_t *)at);
		return;
	case JSON_OPT_UINT:
		json_uint(j, ((const struct opt_u64 *)at)->v);
		return;
	case JSON_STR:
		json_str(j, *(char *const *)at);
		return;
	case JSON_OBJ:
		json_write(j, m->shape, *(void *const *)at);
		return;
	default:
		write_list(j, m, at);
	}
}

void json_write(struct json_writer *j, const struct json_shape *shape, const void *object)
{
	json_map_begin(j);
	for (size_t i = 0; i < shape->n; i++) {
		const struct json_member *m = &shape->members[i];
		const void *at = (const char *)object + m->at;

		if (!member_given(m, at))
			continue;
		json_key(j, m->key);
		write_value(j, m, at);
	}
	json_map_end(j);
}

const char *json_text(struct json_writer *j, size_t *len, struct err *e)
{
	const unsigned char *text;
	size_t n;

	if (j->depth == 0 && !j->pending)
		note(j, yajl_gen_get_buf(j->gen, &text, &n));
	if (j->status == yajl_gen_invalid_string) {
		err_set(e, EINVAL, "write JSON: a text is not UTF-8");
		return NULL;
	}
	if (j->status != yajl_gen_status_ok || j->depth != 0) {
		err_set(e, EINVAL, "write JSON (yajl_gen status %d, depth %d)", j->status,
			j->depth);
		return NULL;
	}
	if (len)
		*len = n;
	return (const char *)text;
}
