/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as state.json. What is read is written and read again, the same; and each
 * status of it can be printed. What is refused has a message.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json_write.h"
#include "libcontainer/box/parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claim(bool ok)
{
	if (!ok)
		abort();
}

static char *write_text(const struct box_state *s, struct arena *a, size_t *len)
{
	autojson j = JSON_WRITER_NONE;
	struct err e = ERR_NONE;
	const char *text;

	json_start(&j, NULL);
	json_write(&j, &box_state_shape, s);
	text = json_text(&j, len, &e);
	claim(text && !e.num);
	return arena_strndup(a, text, *len);
}

static void print_each(struct box *b)
{
	for (enum box_status s = BOX_CREATING; s <= BOX_STOPPED; s++) {
		char *text = box_state_json(b, s, s % 2);

		claim(text && text[0] == '{' && strstr(text, box_status_names[s]));
	}
}

static void read_state(const char *text, size_t len, struct arena *a)
{
	struct box_state second = { .pid = 0 };
	struct box b = BOX_NONE;
	struct err e = ERR_NONE;
	size_t n1 = 0, n2 = 0;
	char *t1, *t2;

	b.arena = a;
	if (json_read(text, len, &box_state_shape, &b.state, a, &e) < 0) {
		claim(e.num && e.text[0]);
		return;
	}
	t1 = write_text(&b.state, a, &n1);
	if (n1 > JSON_SIZE_MAX)
		return;
	claim(json_read(t1, n1, &box_state_shape, &second, a, &e) == 0);
	t2 = write_text(&second, a, &n2);
	claim(n1 == n2 && memcmp(t1, t2, n1) == 0);
	print_each(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	claim(arena_open(&a, false, &e) == 0);
	read_state((const char *)data, size, &a);
	arena_done(&a);
	return 0;
}
