/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a seccomp profile. What compiles is a program that ends with a verdict
 * for whatever call, and decides what libseccomp's own does; what does not has a message.
 * Cache keys of equal profiles are equal.
 */
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seccomp/cache.h"
#include "tests/unit/bpf.h"
#include "tests/unit/oracle.h"

#define SIZE_MAX_IN 8192 /* libseccomp takes long for large ones */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* Its compiler loses memory of rules that contradict each other, which is not aril's */
const char *__lsan_default_suppressions(void)
{
	return "leak:libseccomp";
}

static void claim(bool ok)
{
	if (!ok)
		abort();
}

static void run_calls(const struct filter *f)
{
	static const uint32_t arches[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,
					   AUDIT_ARCH_AARCH64, 0 };

	for (size_t i = 0; i < ARRAY_LEN(arches); i++)
		for (int nr = -2; nr < 480; nr++) {
			struct seccomp_data d = { .nr = nr,
						  .arch = arches[i],
						  .args = { 1, (uint64_t)nr << 32 | 1 } };

			claim(bpf_run(f->code, f->n, &d) != BPF_BAD);
		}
}

static void compare_keys(const struct profile *p, const char *text, size_t len,
			 struct arena *a)
{
	struct profile *again = arena_new(a, struct profile);
	struct cache_key one, two;
	struct err e = ERR_NONE;

	claim(json_read(text, len, &profile_shape, again, a, &e) == 0);
	cache_key_make(&one, p, 0);
	cache_key_make(&two, again, 0);
	claim(memcmp(one.digest, two.digest, sizeof(one.digest)) == 0);
}

static void compare_verdicts(const struct profile *p, struct arena *a)
{
	struct same same = { .calls = 0 };
	struct err e = ERR_NONE;

	claim(filters_same(p, NULL, a, &same, &e) != SAME_OWN_FAILS);
	if (same.difference)
		fprintf(stderr, "%s\n", same.difference);
	claim(same.calls > 0 && !same.difference);
}

static void compile(const char *text, size_t len, struct arena *a)
{
	struct profile *p = arena_new(a, struct profile);
	strings_t unknown = { NULL, 0 };
	struct err e = ERR_NONE;
	struct filter f;

	if (json_read(text, len, &profile_shape, p, a, &e) < 0)
		return;
	compare_keys(p, text, len, a);
	if (filter_compile(p, NULL, a, &f, &unknown, &e) < 0) {
		claim(e.num > 0 && strstr(e.text, "linux.seccomp"));
		return;
	}
	claim(e.num == 0 && f.code && f.n > 0 && f.n <= BPF_MAXINSNS);
	run_calls(&f);
	compare_verdicts(p, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	if (size > SIZE_MAX_IN)
		return 0;
	claim(arena_open(&a, false, &e) == 0);
	compile((const char *)data, size, &a);
	arena_done(&a);
	return 0;
}
