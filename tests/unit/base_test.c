/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/: formatting, errors, numbers, arenas and files. TAP; needs no privilege. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "tests/unit/check.h"

/* fmt_text() must agree with the libc where both know the directive */
#define SAME(fmt, ...)                                                                   \
	fmt_same(#__VA_ARGS__, snprintf(want, sizeof(want), fmt, __VA_ARGS__), want,     \
		 fmt_text(got, sizeof(got), fmt, __VA_ARGS__), got)

static void fmt_same(const char *what, int n, const char *want, size_t m, const char *got)
{
	CHECK((size_t)n == m && !strcmp(want, got), "fmt_text(%s) gives \"%s\"", what,
	      want);
}

static void test_fmt(void)
{
	char want[128], got[128], small[8];

	SAME("%d", 0);
	SAME("%d", -2147483647 - 1);
	SAME("%ld", -9223372036854775807L - 1);
	SAME("%lu", 18446744073709551615UL);
	SAME("%zu|%llx|%#o", (size_t)7, 255ULL, 420U);
	SAME("%5d|%-5d|%05d", 42, 42, 42);
	SAME("%s|%10s|%-10s|%.2s|%.*s", "abc", "abc", "abc", "abc", 1, "abc");
	SAME("%c%%", 'x');
	SAME("%p", (void *)0x1234);
	CHECK(fmt_text(small, sizeof(small), "%s", "0123456789") == 10,
	      "the whole length");
	CHECK(!strcmp(small, "0123456"), "a text that is too long is cut");
	CHECK(fmt_text(NULL, 0, "%d", 12345) == 5, "no buffer: only the length");
}

static void test_err(void)
{
	char longer[2 * ERR_TEXT];
	struct err e = ERR_NONE;

	CHECK(err_set(&e, ENOENT, "open %s", "/x") == -1, "err_set returns -1");
	CHECK(e.num == ENOENT && !strcmp(e.text, "open /x"), "number and text");
	CHECK(err_wrap(&e, "mounts[%d]", 3) == -1, "err_wrap returns -1");
	CHECK(!strcmp(e.text, "mounts[3]: open /x") && e.num == ENOENT,
	      "context in front");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	err_set(&e, EIO, "%s", longer);
	CHECK(strlen(e.text) == ERR_TEXT - 1, "a text that is too long is cut");
	err_wrap(&e, "%s", longer);
	CHECK(strlen(e.text) == ERR_TEXT - 1, "also when it is wrapped");
	CHECK(!strcmp(err_name(ENOENT), "ENOENT"), "symbols of errno values");
	CHECK(!strcmp(err_name(0), "E?") && !strcmp(err_name(9999), "E?"),
	      "unknown ones");
}

static void test_numbers(void)
{
	static const char *const bad[] = { "",
					   "+1",
					   "-1",
					   " 1",
					   "1 ",
					   "1x",
					   "0x1",
					   "1.0",
					   "1e3",
					   "18446744073709551616",
					   "99999999999999999999" };
	uint64_t u = 7;

	for (size_t k = 0; k < ARRAY_LEN(bad); k++)
		CHECK(!str_u64(bad[k], UINT64_MAX, &u), "\"%s\" is no number", bad[k]);
	CHECK(u == 7, "a refused text changes nothing");
	CHECK(str_u64("18446744073709551615", UINT64_MAX, &u) && u == UINT64_MAX,
	      "u64 max");
	CHECK(!str_u64("256", 255, &u), "above the caller's maximum");
	CHECK(str_hex('0') == 0 && str_hex('9') == 9 && str_hex('a') == 10 &&
		      str_hex('F') == 15,
	      "hexadecimal digits");
	CHECK(str_hex('g') < 0 && str_hex('\0') < 0 && str_hex('@') < 0 &&
		      str_hex('`') < 0 && str_hex('/') < 0 && str_hex(':') < 0,
	      "and none");
}

static void test_durations(void)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{ "5s", 5000000000 },
		{ "500ms", 500000000 },
		{ "1m30s", 90000000000 },
		{ "1.5h", 5400000000000 },
		{ "1h0.5m3us", 3630000003000 },
		{ ".25s", 250000000 },
		{ "2.s", 2000000000 },
		{ "7\302\265s1ns", 7001 },
		{ "7\316\274s", 7000 },
		{ "0.0000000019s", 1 },
		{ "60", 60000000000 },
		{ "0", 0 },
		{ "-1s", -1000000000 },
		{ "-2", -2000000000 },
		{ "9223372036s", 9223372036000000000 },
	};
	static const char *const bad[] = { "",	  "-",	 "s",	     ".s",	  "5x",
					   "5 s", "1s5", "--1s",     "1..s",	  "1.5",
					   "+1s", "5S",	 "2562048h", "9223372037" };
	int64_t ns;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		ns = -1;
		CHECK(clock_duration(good[i].text, &ns) && ns == good[i].ns,
		      "\"%s\" is %lld ns", good[i].text, (long long)ns);
	}
	ns = 7;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!clock_duration(bad[i], &ns) && ns == 7, "\"%s\" is no duration",
		      bad[i]);
}

static void test_arena(void)
{
	struct arena a = ARENA_NONE, b = ARENA_NONE;
	LIST(int) list = { NULL, 0 };
	struct err e = ERR_NONE;
	bool right = true;
	char *view;

	CHECK(arena_open(&a, false, &e) == 0, "open a private arena");
	for (int k = 0; k < 1000; k++)
		*list_add(&a, &list) = k;
	for (int k = 0; k < 1000; k++)
		right &= list.items[k] == k;
	CHECK(right && list.n == 1000, "a list keeps its items while it grows");
	CHECK(!strcmp(arena_fmt(&a, "%s-%d", "x", 5), "x-5"), "formatted text");
	arena_done(&a);
	CHECK(arena_open(&a, true, &e) == 0, "open a shared arena");
	CHECK((unsigned long)a.base == ARENA_ADDR, "it lies at its address");
	CHECK(arena_open(&b, true, &e) < 0, "a second shared one is refused");
	arena_strdup(&a, "before");
	CHECK(arena_seal(&a, &e) == 0, "seal it");
	CHECK(write(a.fd, "x", 1) < 0 && errno == EPERM, "sealed: write(2) is refused");
	CHECK(mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, a.fd, 0) == MAP_FAILED,
	      "sealed: no new writable mapping");
	view = mmap(NULL, 4096, PROT_READ, MAP_SHARED, a.fd, 0);
	CHECK(view != MAP_FAILED && !strcmp(view, "before"), "others read what is in it");
	munmap(view, 4096);
	arena_done(&a);
}

static void test_files(const char *top)
{
	autofd dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	struct stat st;
	char buf[16];
	size_t len;
	char *text;

	CHECK(arena_open(&a, false, &e) == 0, "open an arena");
	CHECK(file_replace(dir, "f", 0640, "one\n", 4, &e) == 0, "make a file");
	CHECK(file_replace(dir, "f", 0640, "two\n", 4, &e) == 0, "replace it");
	text = file_read(&a, dir, "f", 100, &len, &e);
	CHECK(text && len == 4 && !strcmp(text, "two\n"), "read it");
	CHECK(file_get(dir, "f", buf, sizeof(buf), &e) == 3 && !strcmp(buf, "two"),
	      "read it without its newline");
	CHECK(!file_read(&a, dir, "f", 3, &len, &e) && e.num == EFBIG, "too long: EFBIG");
	CHECK(!file_read(&a, dir, "none", 3, &len, &e) && e.num == ENOENT,
	      "missing: ENOENT");
	CHECK(file_put(dir, "none", "x", &e) < 0 && e.num == ENOENT,
	      "file_put makes nothing");
	CHECK(file_replace(dir, "no/f", 0600, "x", 1, &e) < 0, "no directory: an error");
	CHECK(symlinkat("/etc/passwd", dir, "link") == 0 &&
		      file_put(dir, "link", "x", &e) < 0,
	      "file_put follows no link");
	CHECK(dir_make_all(dir, "a/b/c", 0755, &e) == 0, "make directories");
	CHECK(dir_make_all(dir, "a/b/c", 0755, &e) == 0, "again");
	CHECK(dir_make_all(dir, "f/x", 0755, &e) < 0 && e.num == ENOTDIR,
	      "below a file: ENOTDIR");
	CHECK(symlinkat("/", dir, "a/b/root") == 0, "a link to / in the tree");
	CHECK(dir_remove_all(dir, "a", &e) == 0 && fstatat(dir, "a", &st, 0) < 0,
	      "remove a tree");
	CHECK(fstatat(AT_FDCWD, "/etc/passwd", &st, 0) == 0, "and nothing outside");
	CHECK(dir_remove_all(dir, "a", &e) == 0, "what is not there is removed");
	arena_done(&a);
}

int main(void)
{
	char top[] = "/tmp/aril-base-XXXXXX";
	struct err e = ERR_NONE;

	test_fmt();
	test_err();
	test_numbers();
	test_durations();
	test_arena();
	CHECK(mkdtemp(top) != NULL, "make a directory");
	test_files(top);
	CHECK(dir_remove_all(AT_FDCWD, top, &e) == 0, "remove the directory");
	return check_done();
}
