/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters that come as bytes. Any text as base64: what is taken, written again, is that
 * text. Any bytes as an entry of the cache, whole or as changes to a sound one (two bytes
 * of place, one of change): what is found is the program that was kept, or nothing.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "seccomp/cache.h"
#include "seccomp/raw.h"
#include "tests/fuzz/fuzz.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			     "abcdefghijklmnopqrstuvwxyz0123456789+/";

static char *encoded(struct arena *a, const uint8_t *data, size_t n)
{
	char *out = arena_get(a, n / 3 * 4 + 5), *at = out;

	for (size_t i = 0; i < n; i += 3, at += 4) {
		size_t left = n - i;
		uint32_t bits = (uint32_t)data[i] << 16 |
				(uint32_t)(left > 1 ? data[i + 1] : 0) << 8 |
				(left > 2 ? data[i + 2] : 0);

		at[0] = digits[bits >> 18];
		at[1] = digits[bits >> 12 & 63];
		at[2] = left > 1 ? digits[bits >> 6 & 63] : '=';
		at[3] = left > 2 ? digits[bits & 63] : '=';
	}
	*at = '\0';
	return out;
}

static void read_text(const char *text, struct arena *a)
{
	struct err e = ERR_NONE;
	struct filter f;

	if (filter_raw(text, a, &f, &e) < 0) {
		claim_refusal(&e);
		return;
	}
	claim(f.n > 0 && f.n <= BPF_MAXINSNS && f.flags == 0);
	claim(strcmp(encoded(a, (const void *)f.code, f.n * sizeof(*f.code)), text) == 0);
}

static void read_bytes(const uint8_t *data, size_t size, struct arena *a)
{
	struct err e = ERR_NONE;
	struct filter f;
	int ret = filter_raw(encoded(a, data, size), a, &f, &e);
	bool whole = size && size % sizeof(*f.code) == 0 &&
		     size / sizeof(*f.code) <= BPF_MAXINSNS;

	claim((ret == 0) == whole);
	claim(!whole || memcmp(f.code, data, size) == 0);
}

/* --- the cache ---------------------------------------------------------------------- */

static const struct sock_filter code[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xc000003e, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 0x7fff0000),
	BPF_STMT(BPF_RET | BPF_K, 0x00050001),
};

static bool is_kept(const struct filter *f, const strings_t *names, const strings_t *kept)
{
	if (f->n != ARRAY_LEN(code) || memcmp(f->code, code, sizeof(code)) != 0 ||
	    names->n != kept->n)
		return false;
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->items[i], kept->items[i]) != 0)
			return false;
	return true;
}

/* With the changes that the input says. False: nothing is another */
static bool change_entry(int fd, const uint8_t *data, size_t size, struct arena *a)
{
	struct stat st;
	char *text, *before;
	size_t n;

	claim(fstat(fd, &st) == 0 && st.st_size > 0);
	n = (size_t)st.st_size;
	text = arena_get(a, n);
	claim(pread(fd, text, n, 0) == (ssize_t)n);
	before = arena_strndup(a, text, n);
	for (size_t i = 0; i + 3 <= size; i += 3)
		text[(data[i] << 8 | data[i + 1]) % n] ^= (char)data[i + 2];
	claim(pwrite(fd, text, n, 0) == (ssize_t)n);
	return memcmp(text, before, n) != 0;
}

/* An entry's file has its key in hexadecimal for a name */
static char *entry_path(const char *dir, const struct cache_key *key, struct arena *a)
{
	char name[2 * sizeof(key->digest) + 1];

	for (size_t i = 0; i < sizeof(key->digest); i++)
		snprintf(name + 2 * i, 3, "%02x", key->digest[i]);
	return arena_fmt(a, "%s/%s", dir, name);
}

static void use_cache(const char *dir, const uint8_t *data, size_t size, struct arena *a)
{
	static char *names[] = { (char *)"no_such_call", (char *)"nor_this" };
	const strings_t kept = { names, ARRAY_LEN(names) };
	struct profile p = { .default_action = (char *)"SCMP_ACT_ALLOW" };
	struct filter f = { .code = (struct sock_filter *)code, .n = ARRAY_LEN(code) };
	strings_t found = { NULL, 0 };
	struct cache_key key;
	autofd fd = -1;
	bool whole = size && data[0] == '=';

	cache_key_make(&key, &p, 0);
	cache_keep(dir, &key, &f, &kept, a);
	f = (struct filter){ .code = NULL };
	claim(cache_find(dir, &key, a, &f, &found) && is_kept(&f, &found, &kept));
	fd = open(entry_path(dir, &key, a), O_RDWR | O_CLOEXEC);
	claim(fd >= 0);
	if (whole)
		claim(ftruncate(fd, 0) == 0 &&
		      pwrite(fd, data + 1, size - 1, 0) == (ssize_t)(size - 1));
	else if (!change_entry(fd, data, size, a))
		return;
	found = (strings_t){ NULL, 0 };
	claim(!cache_find(dir, &key, a, &f, &found) || is_kept(&f, &found, &kept));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/dev/shm/aril-fuzz-XXXXXX";
	autoarena a = ARENA_NONE;
	struct err e = ERR_NONE;

	fuzz_arena(&a, false);
	read_text(fuzz_text(&a, data, size), &a);
	read_bytes(data, size, &a);
	claim(mkdtemp(path) != NULL);
	use_cache(path, data, size, &a);
	claim(dir_remove_all(AT_FDCWD, path, &e) == 0);
	return 0;
}
