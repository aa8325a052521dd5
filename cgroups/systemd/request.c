/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What aril-systemd is asked, and its answers. Runs in it. */
#include "cgroups/systemd/request.h"

#include <string.h>

#include "base/asked.h"
#include "base/clock.h"
#include "base/str.h"
#include "cgroups/unit_words.h"

#define READ_MS 10000

static bool line_manager(struct request *r, struct arena *a, char *text)
{
	*list_add(a, &r->addresses) = (struct address){ text, true };
	return str_starts(text, "unix:");
}

/* Never unixexec: and the like */
static bool line_bus(struct request *r, struct arena *a, char *text)
{
	*list_add(a, &r->addresses) = (struct address){ text, false };
	return str_starts(text, "unix:");
}

static bool line_timeout(struct request *r, struct arena *a, char *text)
{
	uint64_t ms;

	(void)a;
	if (!str_u64(text, INT32_MAX, &ms))
		return false;
	r->end = clock_ms() + (int64_t)ms;
	return true;
}

static bool line_property(struct request *r, struct arena *a, char *text)
{
	char *type = strchr(text, ' ');

	if (!type)
		return false;
	*type++ = '\0';
	*list_add(a, &r->properties) = (struct property){ .name = text, .type = type };
	return true;
}

static bool line_value(struct request *r, struct arena *a, char *text)
{
	if (r->properties.n == 0)
		return false;
	strings_add(a, &r->properties.items[r->properties.n - 1].values, text);
	return true;
}

static bool line_process(struct request *r, struct arena *a, char *text)
{
	(void)a;
	return str_u64(text, INT32_MAX, &r->process);
}

static bool line_below(struct request *r, struct arena *a, char *text)
{
	(void)a;
	r->below = text;
	return true;
}

static bool line_invocation(struct request *r, struct arena *a, char *text)
{
	(void)a;
	r->invocation = text;
	return strlen(text) == INVOCATION_LEN &&
	       strspn(text, "0123456789abcdef") == INVOCATION_LEN;
}

static const struct {
	const char *word;
	bool (*take)(struct request *r, struct arena *a, char *text);
} words[] = {
	{ "manager", line_manager }, { "bus", line_bus },
	{ "timeout", line_timeout }, { "property", line_property },
	{ "value", line_value },     { "process", line_process },
	{ "below", line_below },     { "invocation", line_invocation },
};

static bool take_line(void *to, struct arena *a, const char *word, char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].take(to, a, text);
	return false;
}

int request_read(struct request *r, struct arena *a, struct err *e)
{
	r->below = "";
	r->end = clock_ms() + READ_MS;
	return asked_read(r->sock, a, take_line, r, e);
}
