/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What aril-systemd is asked, and its answers. Runs in it. */
#include "cgroups/systemd/request.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/unit_words.h"

#define READ_MS 10000

/* --- lines ------------------------------------------------------------------------- */

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

static int take_line(struct request *r, struct arena *a, char *line, struct err *e)
{
	char *word, *text;

	if (words_split(line, &word, &text))
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			if (strcmp(words[i].word, word) == 0 && words[i].take(r, a, text))
				return 0;
	return err_set(e, EPROTO, "read the request: a line of no meaning: \"%.100s\"",
		       line);
}

/* --- the socket -------------------------------------------------------------------- */

/* Whether the text's last line is "end" */
static bool is_whole(const char *text, size_t n)
{
	static const char last[] = "end\n";
	size_t len = strlen(last);

	return n >= len && memcmp(text + n - len, last, len) == 0 &&
	       (n == len || text[n - len - 1] == '\n');
}

static char *read_all(const struct request *r, struct arena *a, struct err *e)
{
	struct pollfd p = { .fd = r->sock, .events = POLLIN };
	char *text = arena_get(a, UNIT_LINES_MAX + 1);
	int64_t end = clock_ms() + READ_MS;
	size_t n = 0;

	while (!is_whole(text, n)) {
		int64_t left = end - clock_ms();
		ssize_t got = 0;

		if (left <= 0 || poll(&p, 1, (int)left) == 0) {
			err_set(e, ETIMEDOUT, "wait for the request");
			return NULL;
		}
		if (n < UNIT_LINES_MAX)
			got = recv(r->sock, text + n, UNIT_LINES_MAX - n, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0) {
			err_set(e, EPROTO, "read the request: it has no end");
			return NULL;
		}
		n += (size_t)got;
	}
	if (memchr(text, '\0', n)) {
		err_set(e, EPROTO, "read the request: it is no text");
		return NULL;
	}
	text[n - strlen("end\n")] = '\0';
	return text;
}

int request_read(struct request *r, struct arena *a, struct err *e)
{
	char *line = read_all(r, a, e);

	r->end = clock_ms() + READ_MS;
	r->below = "";
	if (!line)
		return -1;
	while (*line) {
		char *next = line + strcspn(line, "\n");

		*next++ = '\0';
		if (take_line(r, a, line, e) < 0)
			return -1;
		line = next;
	}
	return 0;
}

void request_answer(const struct request *r, const char *word, const char *text)
{
	struct err ignored = ERR_NONE;
	autoarena a = ARENA_NONE;
	struct text line = TEXT(&a);

	if (arena_open(&a, false, &ignored) < 0)
		return;
	words_add(&line, word, text);
	send(r->sock, line.s, line.n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void request_answer_error(const struct request *r, const struct err *e)
{
	char text[ERR_TEXT + 16];

	fmt_text(text, sizeof(text), "%d %s", e->num, e->text);
	request_answer(r, "error", text);
}

void request_wait_end(const struct request *r, int ms)
{
	struct pollfd p = { .fd = r->sock, .events = POLLRDHUP };
	int64_t end = clock_ms() + ms, left;

	while ((left = end - clock_ms()) > 0 && poll(&p, 1, (int)left) < 0 &&
	       errno == EINTR)
		;
}
