/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of passwd(5) on good and hostile files. Needs no privilege. */
#include "libcontainer/init/passwd.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/check.h"

static int file_of(const char *text, size_t n)
{
	int fd = memfd_create("passwd", MFD_CLOEXEC);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	return fd;
}

static void expect_n(const char *text, size_t n, uint32_t uid, const char *want,
		     const char *claim)
{
	char home[32];
	int fd = file_of(text, n);

	passwd_home(fd, uid, home, sizeof(home));
	CHECK_STR(home, want, "%s", claim);
	close(fd);
}

static void expect(const char *text, uint32_t uid, const char *want, const char *claim)
{
	expect_n(text, strlen(text), uid, want, claim);
}

static void test_good(void)
{
	static const char two[] = "root:x:0:0:root:/root:/bin/sh\n"
				  "user:x:1000:1000:A,B:/home/user:/bin/sh\n"
				  "last:x:4294967295:1::/last";

	expect(two, 0, "/root", "the first line");
	expect(two, 1000, "/home/user", "a line in the middle");
	expect(two, UINT32_MAX, "/last", "the last line, without an end and a shell");
	expect(two, 7, "/", "a user who is not there");
	expect("a:x:5:5::/one:\nb:x:5:5::/two:\n", 5, "/one",
	       "the first line of a uid counts");
	expect("", 0, "/", "an empty file");
}

static void test_hostile(void)
{
	char home[32];
	char *big;

	passwd_home(-1, 0, home, sizeof(home));
	CHECK_STR(home, "/", "no file");
	expect("root:x:0:0:root\n", 0, "/", "too few fields");
	expect(":x:0:0::/x:\n", 0, "/", "no name");
	expect("u:x::0::/x:\n", 0, "/", "an empty uid is not 0");
	expect("u:x:0x0:0::/x:\n", 0, "/", "hexadecimal");
	expect("u:x: 0:0::/x:\n", 0, "/", "a blank before the number");
	expect("u:x:-0:0::/x:\n", 0, "/", "a sign");
	expect("u:x:0abc:0::/x:\n", 0, "/", "letters behind the number (CVE-2026-30892)");
	expect("u:x:4294967296:0::/x:\n", 0, "/", "2^32 is not 0");
	expect("u:x:18446744073709551616:0::/x:\n", 0, "/", "2^64 is not 0");
	expect("u:x:0:0::relative:\n", 0, "/", "a relative home");
	expect("u:x:0:0:::\n", 0, "/", "an empty home");
	expect("u:x:0:0::/0123456789012345678901234567890:\n", 0, "/",
	       "a home that does not fit");
	expect("u:x:0:0::/012345678901234567890123456789:\n", 0,
	       "/012345678901234567890123456789", "a home that just fits");
	expect_n("u:x:0:0::/a\0b:\n", 15, 0, "/", "a NUL in a line");

	big = malloc(4096);
	memset(big, 'x', 4096);
	memcpy(big, "u:x:0:0:", 8);
	memcpy(big + 3000, ":/long:\nv:x:0:0::/next:\n", 24);
	expect_n(big, 3024, 0, "/next",
		 "a long line is passed over, the next one is read");
	memcpy(big + 2000, "\nw:x:9:9::/w:\n", 14);
	expect_n(big, 2014, 9, "/w", "a line after a long one");
	free(big);
}

/* Lines that lie across the borders of what is read at once */
static void test_borders(void)
{
	char text[8192], want[32];
	bool ok = true;

	for (int i = 0; i < 40; i++) {
		size_t n = 0;
		char home[32];
		int fd;

		for (int k = 0; k < 60; k++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
					      "user%0*d:x:%d:0::/home/%d:/bin/sh\n",
					      i + 1, k, k, k);
		fd = file_of(text, n);
		passwd_home(fd, 37, home, sizeof(home));
		snprintf(want, sizeof(want), "/home/%d", 37);
		ok = ok && !strcmp(home, want);
		close(fd);
	}
	CHECK(ok, "lines of 40 lengths are found across buffer borders");
}

int main(void)
{
	test_good();
	test_hostile();
	test_borders();
	return check_done();
}
