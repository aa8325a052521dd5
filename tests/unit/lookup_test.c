/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PATH lookup and the phrases that engines look for. Needs no privilege. */
#include "libcontainer/init/lookup.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/check.h"

static char dir[] = "/tmp/lookup_test.XXXXXX";
static const char *const files[] = { "a/tool", "b/tool", "b/plain", "b/only", "a/only" };

static void make(const char *name, mode_t mode)
{
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, mode);

	if (fd < 0 || fchmod(fd, mode) < 0)
		abort();
	close(fd);
}

static void found(const char *name, const char *path, const char *want, const char *claim)
{
	struct err e = ERR_NONE;
	char buf[256];

	CHECK_STR(lookup_program(name, path, buf, sizeof(buf), &e), want, "%s", claim);
	CHECK(e.num == 0, "%s: no error", claim);
}

static void missing(const char *name, const char *path, int num, const char *text,
		    const char *claim)
{
	struct err e = ERR_NONE;
	char buf[256];

	CHECK(!lookup_program(name, path, buf, sizeof(buf), &e), "%s", claim);
	CHECK(e.num == num && e.plain, "%s: number %d, plain", claim, e.num);
	CHECK_STR(e.text, text, "%s: text", claim);
}

static void test_path(void)
{
	char path[128], want[128];

	snprintf(path, sizeof(path), "%s/none:%s/a:%s/b", dir, dir, dir);
	snprintf(want, sizeof(want), "%s/a/tool", dir);
	found("tool", path, want, "the first directory that has it");
	snprintf(want, sizeof(want), "%s/b/only", dir);
	found("only", path, want, "a file that is not executable is passed over");
	missing("plain", path, ENOENT,
		"exec: \"plain\": executable file not found in $PATH",
		"only one that is not executable");
	missing("nope", path, ENOENT,
		"exec: \"nope\": executable file not found in $PATH", "nowhere");
	missing("tool", NULL, ENOENT,
		"exec: \"tool\": executable file not found in $PATH", "no PATH");
	missing("tool", "", ENOENT, "exec: \"tool\": executable file not found in $PATH",
		"an empty PATH");
	missing("", path, ENOENT, "exec: \"\": executable file not found in $PATH",
		"an empty name");
	missing("tool", ":a::./a:a/:", ENOENT,
		"exec: \"tool\": executable file not found in $PATH",
		"empty and relative directories do not count");
}

static void test_slash(void)
{
	char name[128], text[512];

	snprintf(name, sizeof(name), "%s/a/tool", dir);
	found(name, "/none", name, "an absolute name");
	found("a/tool", "/none", "a/tool", "a relative name with a slash");
	missing("/nonexistent/foo", NULL, ENOENT,
		"exec: \"/nonexistent/foo\": stat /nonexistent/foo: no such file or "
		"directory",
		"an absolute name that is not there");
	missing("/", NULL, EISDIR, "exec: \"/\": is a directory: permission denied",
		"a directory");
	snprintf(name, sizeof(name), "%s/b/plain", dir);
	snprintf(text, sizeof(text), "exec: \"%s\": permission denied", name);
	missing(name, NULL, EACCES, text, "a file that is not executable");
	snprintf(name, sizeof(name), "%s/b/plain/x", dir);
	snprintf(text, sizeof(text), "exec: \"%s\": stat %s: not a directory", name,
		 name);
	missing(name, NULL, ENOTDIR, text, "below a file");
}

static void test_exec_errors(void)
{
	struct err e = ERR_NONE;

	CHECK(lookup_exec_error("foo", "/bin/foo", ENOEXEC, &e) == -1 && e.plain,
	      "ENOEXEC");
	CHECK_STR(e.text, "exec /bin/foo: exec format error", "ENOEXEC");
	lookup_exec_error("/foo", "/foo", EACCES, &e);
	CHECK_STR(e.text, "exec: \"/foo\": permission denied", "EACCES");
	lookup_exec_error("/foo", "/foo", ENOENT, &e);
	CHECK_STR(e.text,
		  "exec: \"/foo\": no such file or directory (/foo is gone, or the "
		  "interpreter or loader that it names is missing)",
		  "a missing interpreter");
	lookup_exec_error("foo", "/foo", EIO, &e);
	CHECK(e.num == EIO && !e.plain, "another errno is told by its symbol");
}

int main(void)
{
	if (!mkdtemp(dir) || chdir(dir) < 0 || mkdir("a", 0755) < 0 ||
	    mkdir("b", 0755) < 0)
		return 99;
	make("a/tool", 0755);
	make("b/tool", 0755);
	make("b/plain", 0644);
	make("a/only", 0644);
	make("b/only", 0755);
	test_path();
	test_slash();
	test_exec_errors();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("a");
	rmdir("b");
	if (chdir("/") < 0)
		return 99;
	rmdir(dir);
	return check_done();
}
