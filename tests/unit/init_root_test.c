/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names inside a hostile root: the tree has links that lead out of it by every way there
 * is, and beside it lies what they want. Needs no privilege.
 */
#include "libcontainer/init/root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/check.h"

static char dir[] = "/tmp/root_test.XXXXXX";
static int root;

static void file(const char *name)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	if (fd < 0)
		abort();
	close(fd);
}

static void link_to(const char *text, const char *name)
{
	if (symlink(text, name) < 0)
		abort();
}

static void tree(void)
{
	char up[128];

	if (mkdir("outside", 0755) < 0 || mkdir("r", 0755) < 0 ||
	    mkdir("r/dir", 0755) < 0)
		abort();
	file("outside/secret");
	file("r/dir/file");
	snprintf(up, sizeof(up), "%s/outside", dir);
	link_to(up, "r/abs");
	link_to("../outside", "r/rel");
	link_to("../../../../../../..", "r/dir/up");
	link_to("dir", "r/good");
	link_to("/dir", "r/good_abs");
	link_to("missing/deep", "r/dangling");
	link_to("/run/stub", "r/dangling_abs");
	link_to("loop2", "r/loop1");
	link_to("loop1", "r/loop2");
	snprintf(up, sizeof(up), "/proc/%d/cwd", (int)getpid());
	link_to(up, "r/magic");
}

/* Whether fd is the file of that name (relative to the test's directory) */
static bool is_file(int fd, const char *name)
{
	struct stat a, b;

	return fd >= 0 && fstat(fd, &a) == 0 && stat(name, &b) == 0 &&
	       a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

static bool exists(const char *name)
{
	struct stat st;

	return lstat(name, &st) == 0;
}

static void test_open(void)
{
	struct err e = ERR_NONE;
	int fd;

	fd = root_open(root, "/dir/file", O_PATH, 0, &e);
	CHECK(is_file(fd, "r/dir/file"), "an absolute name starts at the root");
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC, "the fd is close-on-exec");
	close(fd);
	fd = root_open(root, "good_abs/file", O_PATH, 0, &e);
	CHECK(is_file(fd, "r/dir/file"), "an absolute link starts at the root");
	close(fd);
	fd = root_open(root, "../../../../dir/../dir/file", O_PATH, 0, &e);
	CHECK(is_file(fd, "r/dir/file"), "dots stop at the root");
	close(fd);
	fd = root_open(root, "dir/up", O_PATH, 0, &e);
	CHECK(is_file(fd, "r"), "so do dots in a link");
	close(fd);
	CHECK(root_try(root, "abs/secret", O_PATH, 0) == -ENOENT,
	      "an absolute link stays in");
	CHECK(root_try(root, "rel/secret", O_PATH, 0) == -ENOENT,
	      "a relative link stays in");
	CHECK(root_try(root, "loop1", O_PATH, 0) == -ELOOP, "a loop of links ends");
	CHECK(root_try(root, "good/file", O_PATH, RESOLVE_NO_SYMLINKS) == -ELOOP,
	      "no link where none may be");
	CHECK(root_open(root, "nothing", O_PATH, 0, &e) == -1 && e.num == ENOENT,
	      "what is missing is an error: %s", e.text);
}

static void test_magic(void)
{
	char name[64];
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	snprintf(name, sizeof(name), "/%d/cwd", (int)getpid());
	CHECK(root_try(proc, name, O_PATH, 0) == -ELOOP, "a magic link is not followed");
	snprintf(name, sizeof(name), "/%d/fd/%d", (int)getpid(), root);
	CHECK(root_try(proc, name, O_PATH, 0) == -ELOOP, "nor one of an fd");
	CHECK(root_try(root, "magic/outside", O_PATH, 0) == -ENOENT,
	      "nor by way of a link");
	close(proc);
}

static void make(const char *path, enum root_kind kind, const char *want,
		 const char *claim)
{
	struct err e = ERR_NONE;
	int fd = root_make(root, path, kind, 0, &e);

	CHECK(is_file(fd, want), "%s: %s%s", claim, path, e.text);
	if (fd >= 0)
		close(fd);
}

static void refuse(const char *path, uint64_t resolve, int num, const char *claim)
{
	struct err e = ERR_NONE;
	int fd = root_make(root, path, ROOT_DIR, resolve, &e);

	CHECK(fd == -1 && e.num == num, "%s: %s gives %d", claim, path, e.num);
	if (fd >= 0)
		close(fd);
}

static void test_make(void)
{
	struct stat st;
	char name[128];

	make("/dir", ROOT_DIR, "r/dir", "what is there");
	make("/a/b//c/", ROOT_DIR, "r/a/b/c", "directories");
	CHECK(stat("r/a/b", &st) == 0 && (st.st_mode & 07777) == 0755, "with mode 0755");
	make("/a/x/file", ROOT_FILE, "r/a/x/file", "a file");
	CHECK(stat("r/a/x/file", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0,
	      "an empty one");
	make("/good/new", ROOT_DIR, "r/dir/new", "through a link");
	make("/a/../../b2/./c", ROOT_DIR, "r/b2/c", "dots in what is missing");
	make("/dangling", ROOT_FILE, "r/missing/deep", "where a dangling link leads");
	make("/dangling_abs", ROOT_FILE, "r/run/stub", "the same, absolute");
	CHECK(!exists("/run/stub"), "not outside");
	snprintf(name, sizeof(name), "r%s/outside/evil", dir);
	make("/abs/evil", ROOT_FILE, name, "an absolute link out, made inside");
	CHECK(exists(name) && !exists("outside/evil"), "below the root, not beside it");
	make("/rel/evil", ROOT_DIR, "r/outside/evil", "a relative link out, made inside");
	make("/dir/up/evil", ROOT_DIR, "r/evil", "dots in a link");
	CHECK(!exists("outside/evil"), "nothing was made outside");
}

static void test_refuse(void)
{
	refuse("/good/x", RESOLVE_NO_SYMLINKS, ELOOP, "a link where none may be");
	refuse("/dangling/x", RESOLVE_NO_SYMLINKS, ELOOP,
	       "a dangling link where none may be");
	refuse("/loop1/x", 0, ELOOP, "a loop");
	refuse("/dir/file/x", 0, ENOTDIR, "below a file");
}

static void test_parent(void)
{
	struct err e = ERR_NONE;
	const char *name = NULL;
	int fd;

	fd = root_parent(root, "/dev/net/tun", RESOLVE_NO_SYMLINKS, &name, &e);
	CHECK(is_file(fd, "r/dev/net"), "the parent is made");
	CHECK_STR(name, "tun", "the name is the last part");
	close(fd);
	fd = root_parent(root, "/null", 0, &name, &e);
	CHECK(is_file(fd, "r"), "the root is a parent");
	CHECK_STR(name, "null", "of a name");
	close(fd);
	CHECK(root_parent(root, "/dev/..", 0, &name, &e) == -1 && e.num == EINVAL,
	      "dots are no name");
	CHECK(root_parent(root, "/dev/", 0, &name, &e) == -1 && e.num == EINVAL,
	      "nothing is no name");
	CHECK(root_parent(root, "/good/null", RESOLVE_NO_SYMLINKS, &name, &e) == -1 &&
		      e.num == ELOOP,
	      "an image whose /dev is a link is refused (CVE-2026-41579)");
}

int main(void)
{
	char remove[64];

	umask(022);
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 99;
	tree();
	root = open("r", O_PATH | O_DIRECTORY | O_CLOEXEC);
	test_open();
	test_magic();
	test_make();
	test_refuse();
	test_parent();
	close(root);
	if (chdir("/") < 0)
		return 99;
	snprintf(remove, sizeof(remove), "rm -rf %s", dir);
	CHECK(system(remove) == 0, "clean up");
	return check_done();
}
