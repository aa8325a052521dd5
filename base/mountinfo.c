/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See mountinfo.h. Runs in the program. */
#include "base/mountinfo.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/str.h"

#define MOUNTS_MAX (64UL << 20)

char *mountinfo_read(const char *path, struct arena *a, struct err *e)
{
	return file_read(a, AT_FDCWD, path, MOUNTS_MAX, NULL, e);
}

/* Three digits of a byte that is not NUL */
static bool is_octal(const char *p)
{
	return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' &&
	       p[2] <= '7' && (p[0] != '0' || p[1] != '0' || p[2] != '0');
}

/* The kernel writes blanks and backslashes as \040 and \134 */
static const char *unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p; to++) {
		if (*p == '\\' && is_octal(p + 1)) {
			*to = (char)((p[1] - '0') << 6 | (p[2] - '0') << 3 |
				     (p[3] - '0'));
			p += 4;
		} else {
			*to = *p++;
		}
	}
	*to = '\0';
	return text;
}

/* Cut the word at *at off; *at goes behind the blank */
static char *next_word(char **at)
{
	char *word = *at;

	*at += strcspn(word, " ");
	if (**at)
		*(*at)++ = '\0';
	return word;
}

bool mountinfo_next(char **text, struct mount_row *row)
{
	char *at = *text, *end = at + strcspn(at, "\n");
	bool last = *end == '\0';

	if (at == end)
		return false;
	*end = '\0';
	*text = end + !last;
	row->id = next_word(&at);
	next_word(&at); /* the parent's id */
	next_word(&at); /* the device */
	row->root = unescape(next_word(&at));
	row->point = unescape(next_word(&at));
	/* options, and fields of a number that is not fixed */
	while (*at && !str_eq(next_word(&at), "-"))
		;
	row->type = next_word(&at);
	return *row->type != '\0';
}
