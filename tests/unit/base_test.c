/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/: formatting, errors, numbers, arenas and files. TAP; needs no privilege. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/mountinfo.h"
#include "base/program.h"
#include "base/socket.h"
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

/* proc(5): a tab, a blank and a backslash are written as octal numbers */
static void test_mountinfo(void)
{
	char text[] = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
		      "23 22 0:5 /a\\134b /mnt/x\\040y\\011 rw - tmpfs  rw\n"
		      "24 22 0:6 /\\9\\000 /\\777\\04 rw master:3 - resctrl r rw";
	char none[] = "24 22 0:6 / /z rw", *at = text;
	struct mount_row row;

	CHECK(mountinfo_next(&at, &row) && !strcmp(row.id, "22") &&
		      !strcmp(row.point, "/") && !strcmp(row.type, "ext4"),
	      "a mount");
	CHECK(mountinfo_next(&at, &row) && !strcmp(row.root, "/a\\b") &&
		      !strcmp(row.point, "/mnt/x y\t") && !strcmp(row.type, "tmpfs"),
	      "one with escapes, without a source and without fields: %s", row.point);
	CHECK(mountinfo_next(&at, &row) && !strcmp(row.id, "24") &&
		      !strcmp(row.type, "resctrl"),
	      "the last one, without a newline");
	CHECK(!strcmp(row.root, "/\\9\\000") && !strcmp(row.point, "/\\777\\04"),
	      "what is no escape stays as it is: %s %s", row.root, row.point);
	CHECK(!mountinfo_next(&at, &row), "the end");
	at = none;
	CHECK(!mountinfo_next(&at, &row), "a line that is none");
}

static void test_programs(const char *top)
{
	const struct program_file files[] = { { -1, 0 }, { -1, 1 }, { -1, 2 } };
	char *const argv[] = { "sh", "-c", "! read line && exit 7", NULL };
	autoarena a = ARENA_NONE;
	struct err e = ERR_NONE;
	pid_t pid = -1;
	int status = 0;
	char *sh;

	CHECK(arena_open(&a, false, &e) == 0, "open an arena");
	sh = program_find(arena_fmt(&a, "%s::bin:/usr/bin:/bin", top), "sh", &a);
	CHECK(sh && (!strcmp(sh, "/usr/bin/sh") || !strcmp(sh, "/bin/sh")),
	      "a program is found: %s", sh ? sh : "nowhere");
	CHECK(!program_find("/usr", "bin", &a), "a directory is none");
	CHECK(chdir("/usr") == 0 && !program_find("bin::./bin", "sh", &a),
	      "nor what a relative directory has");
	CHECK(program_start(sh, argv, files, ARRAY_LEN(files), true, &pid) == 0 &&
		      waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
		      WEXITSTATUS(status) == 7,
	      "it is started, and reads /dev/null");
	pid = -1;
	CHECK(program_start("/none", argv, files, 0, false, &pid) == ENOENT && pid == -1,
	      "one that is not there");
}

static void test_sockets(const char *top)
{
	char path[64], longer[200], got[4];
	struct err e = ERR_NONE;
	int pair[2];

	fmt_text(path, sizeof(path), "%s/none", top);
	CHECK(socket_connect(path, SOCK_STREAM, 100, "bell", &e) < 0 && e.num == ENOENT &&
		      !strncmp(e.text, "connect to bell /", 17),
	      "a socket that is not there: %s", e.text);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	e = (struct err)ERR_NONE;
	CHECK(socket_connect(longer, SOCK_STREAM, 100, "bell", &e) < 0 &&
		      e.num == ENAMETOOLONG,
	      "a path that no socket can have");
	CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0, "a pair");
	CHECK(socket_send_fd(pair[0], "abc", 0) == 0 && recv(pair[1], got, 4, 0) == 3 &&
		      !memcmp(got, "abc", 3),
	      "one message");
	fd_close(&pair[1]);
	CHECK(socket_send_fd(pair[0], "abc", 0) < 0 && errno == ECONNREFUSED,
	      "to nobody");
	fd_close(&pair[0]);
}

/* In a child: which of the descriptors 0 to 63, that are all open, are left? */
static uint64_t left_open(unsigned first, const int *keep, size_t n)
{
	uint64_t left = 0;

	for (int fd = 0; fd < 64; fd++)
		if (dup2(0, fd) != fd)
			return 0;
	if (fd_close_others(first, keep, n) != 0)
		return 0;
	for (int fd = 0; fd < 64; fd++)
		left |= fcntl(fd, F_GETFD) >= 0 ? 1ULL << fd : 0;
	return left;
}

static void close_check(unsigned first, const int *keep, size_t n, uint64_t want)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(left_open(first, keep, n) == want ? 0 : 1);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0,
	      "all but %zu from %u on are closed", n, first);
}

static void test_others(void)
{
	static const int mixed[] = { 40, -1, 7, 40, 2, 63, 8 }, edge[] = { 0, 3 };

	close_check(0, mixed, ARRAY_LEN(mixed),
		    1ULL << 2 | 1ULL << 7 | 1ULL << 8 | 1ULL << 40 | 1ULL << 63);
	close_check(3, mixed, ARRAY_LEN(mixed),
		    7 | 1ULL << 7 | 1ULL << 8 | 1ULL << 40 | 1ULL << 63);
	close_check(0, edge, ARRAY_LEN(edge), 1 | 1ULL << 3);
	close_check(0, NULL, 0, 0);
	close_check(5, mixed, 2, 31 | 1ULL << 40);
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
	test_mountinfo();
	test_programs(top);
	test_sockets(top);
	test_others();
	CHECK(dir_remove_all(AT_FDCWD, top, &e) == 0, "remove the directory");
	return check_done();
}
