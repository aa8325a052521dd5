/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Protocol buffers, written and read; runs in the program */
#include "libcontainer/host/criu_wire.h"

/* Wire types */
enum { VARINT, FIXED64, TEXT, FIXED32 = 5 };

static void add_byte(struct wire *w, unsigned v)
{
	*list_add(w->arena, &w->bytes) = (unsigned char)v;
}

static void add_varint(struct wire *w, uint64_t v)
{
	while (v >= 0x80) {
		add_byte(w, 0x80 | (v & 0x7f));
		v >>= 7;
	}
	add_byte(w, (unsigned)v);
}

static void add_bytes(struct wire *w, unsigned field, const unsigned char *s, size_t len)
{
	add_varint(w, ((uint64_t)field << 3) | TEXT);
	add_varint(w, len);
	for (size_t i = 0; i < len; i++)
		add_byte(w, s[i]);
}

void wire_number(struct wire *w, unsigned field, int64_t v)
{
	add_varint(w, ((uint64_t)field << 3) | VARINT);
	add_varint(w, (uint64_t)v);
}

void wire_text(struct wire *w, unsigned field, const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	add_bytes(w, field, (const unsigned char *)text, len);
}

void wire_message(struct wire *w, unsigned field, const struct wire *inner)
{
	add_bytes(w, field, inner->bytes.items, inner->bytes.n);
}

static bool take_varint(struct wire_in *in, uint64_t *v)
{
	*v = 0;
	for (unsigned shift = 0; shift < 64 && in->at < in->end; shift += 7) {
		unsigned char byte = *in->at++;

		*v |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

static bool take_bytes(struct wire_in *in, uint64_t len, struct wire_field *f)
{
	if (len > (uint64_t)(in->end - in->at))
		return false;
	f->s = in->at;
	f->len = (size_t)len;
	in->at += len;
	return true;
}

/* 1: a field that the caller wants; 0: one that is skipped; -1: nonsense */
static int take_field(struct wire_in *in, struct wire_field *f)
{
	uint64_t tag, len;

	*f = (struct wire_field){ .s = NULL };
	if (!take_varint(in, &tag) || tag >> 3 == 0 || tag >> 3 > UINT32_MAX >> 3)
		return -1;
	f->field = (unsigned)(tag >> 3);
	switch (tag & 7) {
	case VARINT:
		return take_varint(in, &f->number) ? 1 : -1;
	case TEXT:
		return take_varint(in, &len) && take_bytes(in, len, f) ? 1 : -1;
	case FIXED64:
		return take_bytes(in, 8, f) ? 0 : -1;
	case FIXED32:
		return take_bytes(in, 4, f) ? 0 : -1;
	default:
		return -1;
	}
}

int wire_next(struct wire_in *in, struct wire_field *f)
{
	int ret = 0;

	while (ret == 0) {
		if (in->at >= in->end)
			return 0;
		ret = take_field(in, f);
	}
	return ret;
}

struct wire_in wire_inner(const struct wire_field *f)
{
	return (struct wire_in){ f->s, f->s ? f->s + f->len : NULL };
}

char *wire_string(const struct wire_field *f, struct arena *a)
{
	return f->s ? arena_strndup(a, (const char *)f->s, f->len) : NULL;
}
