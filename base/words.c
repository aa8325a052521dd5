/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines between the program and its helpers; runs in both */
#include "base/words.h"

#include <string.h>

#include "base/str.h"

static bool is_plain(unsigned char c)
{
	return c >= ' ' && c != 0x7f && c != '%';
}

void words_add(struct text *t, const char *word, const char *text)
{
	text_add(t, text ? "%s " : "%s", word);
	while (text && *text) {
		size_t n = 0;

		while (is_plain((unsigned char)text[n]))
			n++;
		text_add(t, "%.*s", (int)n, text);
		text += n;
		if (*text)
			text_add(t, "%%%02x", (unsigned char)*text++);
	}
	text_add(t, "\n");
}

bool words_split(char *line, char **word, char **text)
{
	char *out;

	*word = line;
	line += strcspn(line, " ");
	if (*line)
		*line++ = '\0';
	*text = out = line;
	while (*line) {
		int c = (unsigned char)*line++;

		if (c == '%') {
			int high = str_hex(line[0]);
			int low = high < 0 ? -1 : str_hex(line[1]);

			c = high * 16 + low;
			if (low < 0 || c == 0)
				return false;
			line += 2;
		}
		*out++ = (char)c;
	}
	*out = '\0';
	return true;
}
