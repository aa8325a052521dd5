/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the log: quoting and time; runs in the program */
#include "src/out_line.h"

#include <stdbool.h>
#include <string.h>

#include "base/fmt.h"

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

/* The length of the UTF-8 sequence that starts at s; 0 if it is none (RFC 3629) */
static size_t sequence(const unsigned char *s)
{
	size_t n = s[0] < 0x80		   ? 1
		   : (s[0] & 0xe0) == 0xc0 ? 2
		   : (s[0] & 0xf0) == 0xe0 ? 3
		   : (s[0] & 0xf8) == 0xf0 ? 4
					   : 0;
	uint32_t rune = n == 1 ? s[0] : s[0] & (0xffU >> (n + 1));
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		rune = rune << 6 | (s[i] & 0x3f);
	}
	if (n > 1 &&
	    (rune < least[n] || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)))
		return 0;
	return n;
}

void line_quote(struct line *l, const char *text)
{
	char code[8];

	line_add(l, "\"");
	while (*text) {
		size_t n = sequence((const unsigned char *)text);

		if (n == 0) {
			line_add(l, "\\ufffd");
			n = 1;
		} else if (*text == '"' || *text == '\\') {
			line_add(l, *text == '"' ? "\\\"" : "\\\\");
		} else if ((unsigned char)*text < 0x20) {
			fmt_text(code, sizeof(code), "\\u%04x", (unsigned)*text);
			line_add(l, *text == '\n' ? "\\n" : *text == '\t' ? "\\t" : code);
		} else {
			add_bytes(l, text, n);
		}
		text += n;
	}
	line_add(l, "\"");
}

/* By hand: gmtime() reads the time zone files. Days are counted from 1 March of year 0,
 * so that the odd day is a year's last. */
void line_time(struct line *l, int64_t seconds)
{
	int64_t days = seconds / 86400 + 719468;
	unsigned rest = (unsigned)(seconds % 86400);
	int64_t era = days / 146097;
	unsigned day = (unsigned)(days % 146097);
	unsigned year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	unsigned of_year = day - (365 * year + year / 4 - year / 100);
	unsigned month = (5 * of_year + 2) / 153; /* 0: March */
	char text[40];

	day = of_year - (153 * month + 2) / 5 + 1;
	fmt_text(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ",
		 (unsigned)(era * 400) + year + (month >= 10),
		 month < 10 ? month + 3 : month - 9, day, rest / 3600, rest / 60 % 60,
		 rest % 60);
	line_add(l, text);
}
