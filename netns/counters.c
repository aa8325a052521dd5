/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading /proc/PID/net/dev; runs in the program */
#include "netns/counters.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/json_text.h"
#include "base/str.h"

#define TEXT_MAX (4UL << 20)
enum { HEAD_LINES = 2, COLUMNS = 16 };

static const char *next_line(const char *at)
{
	at += strcspn(at, "\n");
	return at + (*at == '\n');
}

/* A name may be any bytes but "/", ":" and blanks; a JSON text may not */
static char *readable(struct arena *a, const char *name, size_t len)
{
	char *copy = arena_strndup(a, name, len);

	for (size_t i = 0; i < len;) {
		size_t n = json_utf8_len(copy + i, len - i);

		if (n == 0)
			copy[i] = '?';
		i += n ? n : 1;
	}
	return copy;
}

static int parse_line(const char *line, struct arena *a, net_counters_t *list,
		      struct err *e)
{
	const char *name = line + strspn(line, " "), *at = name + strcspn(name, ":\n");
	uint64_t v[COLUMNS];
	size_t n = (size_t)(at - name);
	struct net_counters *c;

	if (*at != ':' || n == 0)
		return err_set(e, EINVAL, "read net/dev: \"%.*s\"",
			       (int)strcspn(line, "\n"), line);
	at++;
	for (size_t i = 0; i < COLUMNS; i++) {
		size_t len;

		at += strspn(at, " ");
		len = strcspn(at, " \n");
		if (!str_u64n(at, len, UINT64_MAX, &v[i]))
			return err_set(e, EINVAL, "read net/dev: \"%.*s\"", (int)len, at);
		at += len;
	}
	c = list_add(a, list);
	*c = (struct net_counters){ readable(a, name, n),
				    { v[0], v[1], v[2], v[3] },
				    { v[8], v[9], v[10], v[11] } };
	return 0;
}

int net_counters_parse(const char *text, struct arena *a, net_counters_t *list,
		       struct err *e)
{
	for (int i = 0; i < HEAD_LINES; i++)
		text = next_line(text);
	for (; *text; text = next_line(text))
		if (parse_line(text, a, list, e) < 0)
			return -1;
	return 0;
}

int net_counters_read(pid_t pid, struct arena *a, net_counters_t *list, struct err *e)
{
	struct err why = ERR_NONE;
	char path[40], *text;

	*list = (net_counters_t){ NULL, 0 };
	fmt_text(path, sizeof(path), "/proc/%d/net/dev", pid);
	text = file_read(a, AT_FDCWD, path, TEXT_MAX, NULL, &why);
	if (text)
		return net_counters_parse(text, a, list, e);
	/* a process that is ending has no namespace any more: EINVAL */
	if (why.num == ENOENT || why.num == ESRCH || why.num == EINVAL)
		return 0;
	*e = why;
	return -1;
}
