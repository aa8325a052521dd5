/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as criu's answer: they are an answer or EPROTO. A message that can be read is
 * written again from its fields, and read the same. What we ask criu with texts of the
 * input is a message with those texts in it.
 */
#include "base/str.h"
#include "libcontainer/host/criu_msg.h"
#include "tests/fuzz/fuzz.h"

static struct wire_in whole(const struct wire *w)
{
	return (struct wire_in){ w->bytes.items, w->bytes.items + w->bytes.n };
}

static void write_field(struct wire *w, const struct wire_field *f, struct arena *a)
{
	struct wire inner = WIRE(a);

	if (!f->s) {
		wire_number(w, f->field, (int64_t)f->number);
		return;
	}
	for (size_t i = 0; i < f->len; i++)
		*list_add(a, &inner.bytes) = f->s[i];
	wire_message(w, f->field, &inner);
}

static bool same_field(const struct wire_field *a, const struct wire_field *b)
{
	return a->field == b->field && a->number == b->number && a->len == b->len &&
	       !a->s == !b->s && (!a->len || memcmp(a->s, b->s, a->len) == 0);
}

static void claim_round(struct wire_in in, struct arena *a)
{
	struct wire_in from = in, again;
	struct wire w = WIRE(a);
	struct wire_field f, g;
	int ret;

	while ((ret = wire_next(&from, &f)) > 0) {
		claim(f.field > 0 && from.at > in.at && from.at <= in.end);
		claim(!f.s || (f.s >= in.at && f.s + f.len <= in.end));
		write_field(&w, &f, a);
	}
	claim(from.at <= in.end);
	if (ret < 0 || w.bytes.n == 0)
		return;
	again = whole(&w);
	while (wire_next(&in, &f) > 0)
		claim(wire_next(&again, &g) == 1 && same_field(&f, &g));
	claim(wire_next(&again, &g) == 0);
}

/* What is said of a process is on the wire as it is: no part of a larger number */
static void claim_numbers(const uint8_t *data, size_t size, const struct criu_answer *out)
{
	struct wire_in in = { data, data + size }, inner;
	struct wire_field f, g;

	while (wire_next(&in, &f) > 0) {
		claim(f.field != 1 || f.number <= INT32_MAX ||
		      out->type != (int)f.number);
		if (f.field != 4)
			continue;
		inner = wire_inner(&f);
		while (wire_next(&inner, &g) > 0)
			claim(g.field != 1 || (int64_t)g.number <= INT32_MAX);
	}
}

static void read_answer(const uint8_t *data, size_t size, struct arena *a)
{
	struct err e = ERR_NONE;
	struct criu_answer answer;

	if (criu_answer_read(data, size, a, &answer, &e) < 0) {
		claim(e.num == EPROTO && e.text[0]);
		return;
	}
	claim(e.num == 0 && answer.type >= 0);
	claim_numbers(data, size, &answer);
}

/* How often the message, or one in it, has that text */
static size_t count_text(struct wire_in in, unsigned field, const char *text)
{
	struct wire_field f;
	size_t n = 0;

	while (wire_next(&in, &f) > 0)
		n += f.field == field && f.len == strlen(text) &&
		     (f.len == 0 || memcmp(f.s, text, f.len) == 0);
	return n;
}

static void ask(char *text, struct arena *a)
{
	struct criu_opts o = CRIU_OPTS_NONE;
	struct wire_field f;
	struct wire_in in;
	struct wire w;
	char *line;

	o.root = fuzz_line(&text);
	o.parent = fuzz_line(&text);
	o.page_address = fuzz_line(&text);
	o.page_port = o.page_address ? (int)strlen(o.page_address) : -1;
	while ((line = fuzz_line(&text))) {
		strings_add(a, &o.external, line);
		*list_add(a, &o.mounts) = (struct criu_pair){ line, o.root };
		*list_add(a, &o.joins) = (struct criu_pair){ o.root, line };
		*list_add(a, &o.inherits) = (struct criu_inherit){ line, -1 };
	}
	w = criu_ask_with(CRIU_RESTORE, &o, a);
	in = whole(&w);
	claim(wire_next(&in, &f) == 1 && f.field == 1 && f.number == CRIU_RESTORE);
	claim(wire_next(&in, &f) == 1 && f.field == 2);
	claim(wire_next(&in, &(struct wire_field){ .s = NULL }) == 0);
	claim_round(wire_inner(&f), a);
	LIST_EACH (external, &o.external)
		claim(count_text(wire_inner(&f), 37, *external) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;

	fuzz_arena(&a, false);
	if (size)
		claim_round((struct wire_in){ data, data + size }, &a);
	read_answer(data, size, &a);
	ask(fuzz_text(&a, data, size), &a);
	return 0;
}
