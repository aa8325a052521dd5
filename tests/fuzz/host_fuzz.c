/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as what the host says: mountinfo, resolv.conf, schemata of resctrl, the
 * request of a helper. It is cut at its lines, nothing of it is read twice, and a group
 * of resctrl agrees with its own lines.
 */
#include <sys/socket.h>
#include <unistd.h>

#include "base/asked.h"
#include "base/fd.h"
#include "base/mountinfo.h"
#include "base/str.h"
#include "libcontainer/host/rdt.h"
#include "libcontainer/plan/facts.h"
#include "tests/fuzz/fuzz.h"

static void read_mounts(struct arena *a, const char *all)
{
	size_t len = strlen(all);
	char *text = arena_strdup(a, all), *end = text + len, *before = text;
	struct mount_row row;

	while (mountinfo_next(&text, &row)) {
		claim(text > before && text <= end);
		claim(row.id >= before && row.type < end && *row.type);
		claim(row.root >= row.id && row.point >= row.root &&
		      row.type >= row.point);
		claim(!strpbrk(row.type, " \n"));
		before = text;
	}
}

static void read_resolvers(struct arena *a, const char *text)
{
	strings_t list = { NULL, 0 };

	resolvers_parse(text, a, &list);
	LIST_EACH (item, &list)
		claim(**item && !strpbrk(*item, " \t\n") && strstr(text, *item));
}

static void read_schemata(struct arena *a, const char *all)
{
	char *text = arena_strdup(a, all), *line;

	while ((line = fuzz_line(&text))) {
		bool agrees = rdt_agrees(all, line);

		/* what names no resource, or has no part, says nothing */
		claim(!agrees || strchr(line, ':'));
		rdt_agrees(line, all);
	}
}

struct taken {
	size_t lines;
};

static bool take(void *to, struct arena *a, const char *word, char *text)
{
	struct taken *t = to;

	(void)a;
	claim(!strchr(word, ' ') && !strchr(word, '\n'));
	(void)text;
	t->lines++;
	return *word != '!';
}

/* As a program of libexec reads what it is asked */
static void read_request(const uint8_t *data, size_t size, struct arena *a)
{
	struct taken t = { 0 };
	struct err e = ERR_NONE;
	int s[2];

	claim(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	if (size > 16384) /* what a socket takes at once */
		size = 16384;
	claim(size == 0 || write(s[0], data, size) == (ssize_t)size);
	close(s[0]);
	if (asked_read(s[1], a, take, &t, &e) < 0)
		claim_refusal(&e);
	else
		claim(e.num == 0 && memmem(data, size, "end", 3));
	close(s[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;
	const char *text;

	fuzz_arena(&a, false);
	text = fuzz_text(&a, data, size);
	read_mounts(&a, text);
	read_resolvers(&a, text);
	read_schemata(&a, text);
	read_request(data, size, &a);
	return 0;
}
