/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the log: quoting and time; runs in the program */
#include "src/out_line.h"

#include <string.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/json_text.h"

static void add_bytes(struct line *l, const char *text, size_t n)
{
	if (n > sizeof(l->text) - 1 - l->n)
		n = sizeof(l->text) - 1 - l->n;
	memcpy(l->text + l->n, text, n);
	l->n += n;
	l->text[l->n] = '\0';
}

void line_add(struct line *l, const char *text)
{
	add_bytes(l, text, strlen(text));
}

void line_quote(struct line *l, const char *text)
{
	char code[8];

	line_add(l, "\"");
	while (*text) {
		size_t n = json_utf8_len(text, strnlen(text, 4));

		if (n == 0) {
			line_add(l, "\\ufffd");
			n = 1;
		} else if (*text == '"' || *text == '\\') {
			line_add(l, *text == '"' ? "\\\"" : "\\\\");
		} else if ((unsigned char)*text < 0x20 || *text == 0x7f) {
			fmt_text(code, sizeof(code), "\\u%04x", (unsigned)*text);
			line_add(l, *text == '\n' ? "\\n" : *text == '\t' ? "\\t" : code);
		} else {
			add_bytes(l, text, n);
		}
		text += n;
	}
	line_add(l, "\"");
}

void line_time(struct line *l, int64_t seconds)
{
	char text[CLOCK_UTC];

	line_add(l, clock_utc(text, seconds));
	line_add(l, "Z");
}

/* C2 80 to C2 9F are U+0080 to U+009F: some are commands, too */
void line_flatten(struct line *l)
{
	for (unsigned char *p = (unsigned char *)l->text; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = ' ';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0)
			p[0] = p[1] = ' ';
	}
}
