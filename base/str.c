/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings and numbers; runs in the program only */
#include "base/str.h"

#include <string.h>

bool str_u64n(const char *text, size_t len, uint64_t max, uint64_t *v)
{
	uint64_t n = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(text[i] - '0');

		if (digit > 9 || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (n > max)
		return false;
	*v = n;
	return true;
}

bool str_u64(const char *text, uint64_t max, uint64_t *v)
{
	return text && str_u64n(text, strlen(text), max, v);
}

int str_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_starts(const char *text, const char *head)
{
	return strncmp(text, head, strlen(head)) == 0;
}

bool str_ends(const char *text, const char *tail)
{
	size_t n = strlen(text), t = strlen(tail);

	return n >= t && memcmp(text + n - t, tail, t) == 0;
}

bool str_eq(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

strings_t str_split(struct arena *a, const char *text, char separator)
{
	strings_t parts = { NULL, 0 };

	for (;;) {
		const char *end = strchr(text, separator);
		size_t n = end ? (size_t)(end - text) : strlen(text);

		strings_add(a, &parts, arena_strndup(a, text, n));
		if (!end)
			return parts;
		text = end + 1;
	}
}

void strings_add(struct arena *a, strings_t *list, char *text)
{
	*list_add(a, list) = text;
}

bool strings_has(const strings_t *list, const char *text)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->items[i], text) == 0)
			return true;
	return false;
}

char **strings_vector(struct arena *a, const strings_t *list)
{
	char **v = arena_array(a, char *, list->n + 1);

	if (list->n)
		memcpy(v, list->items, list->n * sizeof(*v));
	return v;
}

const char *env_get(const strings_t *env, const char *name)
{
	const char *value = NULL;
	size_t n = strlen(name);

	for (size_t i = 0; i < env->n; i++) {
		if (!strncmp(env->items[i], name, n) && env->items[i][n] == '=')
			value = env->items[i] + n + 1;
	}
	return value;
}
