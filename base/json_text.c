/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The encoding of a JSON text; runs in the program */
#include "base/json_text.h"

#include "base/str.h"

struct json_place json_place(const char *text, size_t at)
{
	struct json_place p = { .line = 1, .column = 1 };

	for (size_t i = 0; i < at; i++) {
		p.column++;
		if (text[i] == '\n') {
			p.line++;
			p.column = 1;
		}
	}
	return p;
}

/* The sequences of RFC 3629, section 4: the first byte decides about the second */
static const struct sequence {
	unsigned char first, last; /* range of the first byte */
	unsigned char low, high;   /* range of the second byte */
	unsigned char more;	   /* bytes after the second, each 80 to BF */
} sequences[] = {
	{ 0xc2, 0xdf, 0x80, 0xbf, 0 }, { 0xe0, 0xe0, 0xa0, 0xbf, 1 },
	{ 0xe1, 0xec, 0x80, 0xbf, 1 }, { 0xed, 0xed, 0x80, 0x9f, 1 },
	{ 0xee, 0xef, 0x80, 0xbf, 1 }, { 0xf0, 0xf0, 0x90, 0xbf, 2 },
	{ 0xf1, 0xf3, 0x80, 0xbf, 2 }, { 0xf4, 0xf4, 0x80, 0x8f, 2 },
};

size_t json_utf8_len(const char *text, size_t left)
{
	const unsigned char *s = (const unsigned char *)text;
	const struct sequence *q = sequences;
	const struct sequence *end = q + sizeof(sequences) / sizeof(*sequences);

	if (s[0] < 0x80)
		return 1;
	while (q < end && (s[0] < q->first || s[0] > q->last))
		q++;
	if (q == end || left < (size_t)q->more + 2 || s[1] < q->low || s[1] > q->high)
		return 0;
	for (size_t i = 0; i < q->more; i++)
		if ((s[i + 2] & 0xc0) != 0x80)
			return 0;
	return (size_t)q->more + 2;
}

void json_shown(char *out, size_t size, const char *text, size_t len)
{
	size_t n = len < size ? len : size - 1;

	while (n < len && n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
		n--; /* not through the middle of a character */
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		out[i] = c < 0x20 || c == 0x7f ? '?' : text[i];
	}
	out[n] = '\0';
}

/* The unit of "\uXXXX" at s, or -1 */
static int escaped_unit(const char *s, size_t left)
{
	int unit = 0;

	if (left < 6 || s[0] != '\\' || s[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = str_hex(s[i]);

		if (digit < 0)
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* Bytes of the escape at s (a backslash); 0 for half a pair. Whether it is an
 * escape at all is the parser's business. */
static size_t escape_len(const char *s, size_t left)
{
	int unit = escaped_unit(s, left), second;

	if (unit < 0)
		return left < 2 || (unsigned char)s[1] >= 0x80 ? 1 : 2;
	if (unit < 0xd800 || unit > 0xdfff)
		return 6;
	second = escaped_unit(s + 6, left - 6);
	return unit < 0xdc00 && second >= 0xdc00 && second <= 0xdfff ? 12 : 0;
}

int json_text_check(const char *text, size_t len, struct err *e)
{
	struct json_place p;
	size_t at = 0, n;

	while (at < len) {
		if ((unsigned char)text[at] < 0x80 && text[at] != '\\') {
			at++; /* nearly always: worth no call */
			continue;
		}
		if (text[at] == '\\')
			n = escape_len(text + at, len - at);
		else
			n = json_utf8_len(text + at, len - at);
		if (n == 0) {
			p = json_place(text, at);
			return err_plain(e, EINVAL, "line %zu, column %zu: is not UTF-8",
					 p.line, p.column);
		}
		at += n;
	}
	return 0;
}
