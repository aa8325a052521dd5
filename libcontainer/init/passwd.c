/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small, strict reader of passwd(5). Runs in init, before it gives up its privileges;
 * the file is hostile. Bounded: at most 1 MiB is read, lines of more than 1023 bytes are
 * passed over, a number is decimal digits only and at most 2^32 - 1.
 */
#include "libcontainer/init/passwd.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/sys.h"

#define LINE	 1024
#define MAX_READ (1L << 20)

enum {
	FIELD_NAME,
	FIELD_PASSWORD,
	FIELD_UID,
	FIELD_GID,
	FIELD_GECOS,
	FIELD_HOME,
	FIELDS
};

static bool is_number(const char *text, size_t n, uint32_t want)
{
	uint64_t v = 0;

	if (!n || n > 10)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (uint64_t)(text[i] - '0');
	}
	return v == want;
}

/* Whether the line is uid's; then its home is in *home, *len bytes */
static bool line_home(const char *line, size_t n, uint32_t uid, const char **home,
		      size_t *len)
{
	const char *field[FIELDS];
	size_t length[FIELDS] = { 0 };
	size_t k = 0;

	field[0] = line;
	for (size_t i = 0; i < n && k < FIELDS; i++) {
		if (line[i] == '\0')
			return false;
		if (line[i] == ':') {
			if (++k < FIELDS)
				field[k] = line + i + 1;
		} else {
			length[k]++;
		}
	}
	if (k < FIELD_HOME || !length[FIELD_NAME] ||
	    !is_number(field[FIELD_UID], length[FIELD_UID], uid))
		return false;
	*home = field[FIELD_HOME];
	*len = length[FIELD_HOME];
	return true;
}

/* Copy it when it can be a home; the first line of a uid decides, as in getpwuid(3) */
static void take(char *home, size_t size, const char *text, size_t n)
{
	if (n == 0 || n >= size || text[0] != '/')
		return;
	memcpy(home, text, n);
	home[n] = '\0';
}

void passwd_home(int fd, uint32_t uid, char *home, size_t size)
{
	char line[LINE];
	const char *text;
	bool skip = false;
	size_t used = 0, start, len;
	long n, total = 0;

	memcpy(home, "/", 2);
	while (fd >= 0 && total < MAX_READ) {
		n = sys_read(fd, line + used, sizeof(line) - used);
		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;
		total += n;
		start = 0;
		for (size_t i = used; i < used + (size_t)n; i++) {
			if (line[i] != '\n')
				continue;
			if (!skip &&
			    line_home(line + start, i - start, uid, &text, &len)) {
				take(home, size, text, len);
				return;
			}
			skip = false;
			start = i + 1;
		}
		used = used + (size_t)n - start;
		memmove(line, line + start, used);
		if (used == sizeof(line)) {
			skip = true; /* the rest of a line that is too long */
			used = 0;
		}
	}
	if (!skip && used && line_home(line, used, uid, &text, &len))
		take(home, size, text, len);
}
