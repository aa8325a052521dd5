/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any document that the reader accepts, through all rules: they must end, keep to their
 * bounds and give each mistake a place and a sentence.
 */
#include <stdlib.h>
#include <string.h>

#include "libcontainer/spec/check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void claim(bool ok)
{
	if (!ok)
		abort();
}

static void claim_report(const struct check_report *r)
{
	struct err e = ERR_NONE;
	size_t notes = r->errors + r->warnings;

	claim(r->notes.n == (notes < CHECK_NOTES_MAX ? notes : CHECK_NOTES_MAX));
	LIST_EACH (note, &r->notes) {
		claim(note->path[0] && note->what[0]);
		claim(!strpbrk(note->path, "\n\033") && !strpbrk(note->what, "\n\033"));
	}
	claim((check_result(r, &e) == 0) == (r->errors == 0));
	claim((e.num != 0) == (r->errors != 0) && memchr(e.text, '\0', sizeof(e.text)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	struct check_report r = CHECK_REPORT(&a);
	struct spec_process *p;
	struct spec *s;

	claim(arena_open(&a, false, &e) == 0);
	if (spec_read((const char *)data, size, &a, &s, &e) == 0) {
		spec_check(s, &r);
		claim_report(&r);
	}
	arena_done(&a);
	claim(arena_open(&a, false, &e) == 0);
	r = (struct check_report)CHECK_REPORT(&a);
	if (spec_process_read((const char *)data, size, &a, &p, &e) == 0) {
		spec_check_process(p, &r);
		claim_report(&r);
	}
	arena_done(&a);
	return 0;
}
