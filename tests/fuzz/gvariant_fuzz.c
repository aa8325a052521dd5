/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as the value of an annotation org.systemd.property.*. What is refused has a
 * sentence; what is accepted has a type that a property can have, and values for it.
 */
#include <stdlib.h>
#include <string.h>

#include "cgroups/unit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claim(bool ok)
{
	if (!ok)
		abort();
}

/* How many values make one element; 0: it is no such type */
static size_t type_width(const char *type)
{
	size_t n, array = type[0] == 'a', is_struct = array && type[1] == '(';

	type += array + is_struct;
	n = strspn(type, "ybnqiuxtdsog");
	if (strcmp(type + n, is_struct ? ")" : "") != 0 || (n != 1) != is_struct)
		return 0;
	return n;
}

static void claim_property(const struct unit_property *p)
{
	size_t width = type_width(p->type);

	claim(width > 0);
	if (p->type[0] != 'a')
		claim(p->values.n == 1);
	else if (strcmp(p->type, "ay") != 0)
		claim(p->values.n % width == 0);
	else
		claim(p->values.n == 1 && strlen(p->values.items[0]) % 2 == 0 &&
		      strspn(p->values.items[0], "0123456789abcdef") ==
			      strlen(p->values.items[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "org.systemd.property.Foo",
					    "org.systemd.property.FooSec" };
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	char *text;

	if (arena_open(&a, false, &e) < 0)
		abort();
	text = arena_strndup(&a, (const char *)data, size);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct unit_property p;
		int ret;

		e = (struct err)ERR_NONE;
		ret = unit_property_parse(keys[i], text, &a, &p, &e);
		if (ret == 1)
			claim_property(&p);
		else
			claim(ret == -1 && e.num == EINVAL && e.text[0]);
	}
	arena_done(&a);
	return 0;
}
