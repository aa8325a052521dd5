/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* base64 to instructions; runs in the program on the host's side */
#include "seccomp/raw.h"

#include <string.h>
#include <sys/types.h>

static int digit_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Four digits to three bytes; how many bytes: fewer where the last digits are '='. 0: it
 * is no such group; also where bits are left over that are not 0 (RFC 4648, 3.5). */
static size_t decode_group(const char *text, unsigned char bytes[3])
{
	size_t n = text[3] != '=' ? 4 : text[2] != '=' ? 3 : 2;
	uint32_t bits = 0;

	for (size_t i = 0; i < 4; i++) {
		int digit = i < n ? digit_of(text[i]) : 0;

		if (digit < 0)
			return 0;
		bits = bits << 6 | (uint32_t)digit;
	}
	if (n < 4 && bits & (n == 3 ? 0xffU : 0xffffU))
		return 0;
	bytes[0] = (unsigned char)(bits >> 16);
	bytes[1] = (unsigned char)(bits >> 8);
	bytes[2] = (unsigned char)bits;
	return n - 1;
}

/* How many bytes; -1: it is no base64 */
static ssize_t decode(const char *text, unsigned char *out)
{
	size_t length = strlen(text), size = 0, got = 3;

	if (length % 4 != 0)
		return -1;
	for (size_t i = 0; i < length; i += 4) {
		unsigned char bytes[3];

		/* only the last group may be shorter */
		if (got != 3)
			return -1;
		got = decode_group(text + i, bytes);
		if (got == 0)
			return -1;
		memcpy(out + size, bytes, got);
		size += got;
	}
	return (ssize_t)size;
}

int filter_raw(const char *base64, struct arena *a, struct filter *out, struct err *e)
{
	unsigned char *bytes = arena_array(a, unsigned char, strlen(base64) / 4 * 3 + 1);
	ssize_t size = decode(base64, bytes);
	size_t n;

	if (size < 0)
		return err_plain(e, EINVAL, "is not base64");
	n = (size_t)size / sizeof(struct sock_filter);
	if (n == 0 || n > BPF_MAXINSNS || (size_t)size % sizeof(struct sock_filter) != 0)
		return err_plain(e, EINVAL,
				 "%zd bytes are not 1 to %d instructions of %zu bytes",
				 size, BPF_MAXINSNS, sizeof(struct sock_filter));
	out->code = arena_array(a, struct sock_filter, n);
	memcpy(out->code, bytes, (size_t)size);
	out->n = (uint16_t)n;
	out->flags = 0;
	return 0;
}
