/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: one line for a failure, in both formats, whatever the text holds */
#include "src/out.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "src/out_line.h"
#include "tests/unit/check.h"

static void test_time(void)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} times[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 951868799, "2000-02-29T23:59:59Z" },
		{ 951868800, "2000-03-01T00:00:00Z" },
		{ 1767225599, "2025-12-31T23:59:59Z" },
		{ 1767225600, "2026-01-01T00:00:00Z" },
		{ 4107542400, "2100-03-01T00:00:00Z" },
	};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		struct line l = { .n = 0 };

		line_time(&l, times[i].seconds);
		CHECK_STR(l.text, times[i].text, "%lld seconds",
			  (long long)times[i].seconds);
	}
}

static void test_quote(void)
{
	static const struct {
		const char *text, *want;
	} quotes[] = {
		{ "", "\"\"" },
		{ "a \"b\" \\", "\"a \\\"b\\\" \\\\\"" },
		{ "\n\t\x1b\x7f", "\"\\n\\t\\u001b\\u007f\"" },
		{ "gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\"" },
		{ "\xf0\x9f\x8c\xb1", "\"\xf0\x9f\x8c\xb1\"" },
		{ "\xff", "\"\\ufffd\"" },
		{ "\xc3", "\"\\ufffd\"" },
		{ "\xc0\x80", "\"\\ufffd\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
	};
	struct line full = { .n = 0 };
	char large[sizeof(full.text) * 2];

	for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++) {
		struct line l = { .n = 0 };

		line_quote(&l, quotes[i].text);
		CHECK_STR(l.text, quotes[i].want, "quoted text %zu", i);
	}
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	line_quote(&full, large);
	CHECK(full.n == sizeof(full.text) - 1 && !full.text[full.n],
	      "a line is cut, not overrun");
}

static void test_pointer(void)
{
	static const struct {
		const char *text, *want;
	} places[] = {
		{ "mounts[3] /proc: mount proc", "/mounts/3" },
		{ "/b/config.json: linux.namespaces[0].type: unknown",
		  "/linux/namespaces/0/type" },
		{ "exec failed: process.user.uid: too large", "/process/user/uid" },
		{ "root: missing", "/root" },
		{ "rootless: no", NULL },
		{ "container does not exist", NULL },
		{ "", NULL },
		{ "mounts", NULL },
	};
	char buf[64];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		bool found = out_pointer(places[i].text, buf, sizeof(buf));

		CHECK_STR(found ? buf : NULL, places[i].want, "place of \"%s\"",
			  places[i].text);
	}
	CHECK(out_pointer("mounts[12345678].x: y", buf, 8) && strlen(buf) < 8,
	      "a pointer is cut to its buffer");
}

static void test_code(void)
{
	static const struct {
		const char *text, *code;
	} codes[] = {
		{ "container does not exist", "container-not-found" },
		{ "exec failed: exec: \"x\": executable file not found in $PATH",
		  "exec-not-found" },
		{ "container not running", "container-not-running" },
		{ "linux.uidMappings: empty", "config" },
		{ "clone into new namespaces", "failed" },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct err e = ERR_NONE;

		err_set(&e, EINVAL, "%s", codes[i].text);
		CHECK_STR(out_code(&e), codes[i].code, "code of \"%s\"", codes[i].text);
	}
}

/* What a failure writes to the log, without the time, and to stderr */
static void log_failure(struct out *o, const struct err *e, const char *advice, char *log,
			char *told, size_t size)
{
	char name[] = "/tmp/aril-out-XXXXXX", *time;
	int fd = mkstemp(name), err[2], saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	ssize_t n = 0, m = 0;

	if (fd >= 0 && pipe(err) == 0) {
		o->log = name;
		dup3(err[1], STDERR_FILENO, 0);
		out_failure(o, e, advice);
		dup3(saved, STDERR_FILENO, 0);
		close(err[1]);
		n = pread(fd, log, size - 1, 0);
		m = read(err[0], told, size - 1);
		close(err[0]);
	}
	log[n > 0 ? n : 0] = told[m > 0 ? m : 0] = '\0';
	time = strstr(log, "20");
	if (time && strlen(time) > 20)
		memset(time, 'T', 20);
	unlink(name);
	close(fd);
	close(saved);
}

static void test_failure(void)
{
	struct out o = { .json = true, .phase = "create" };
	struct err e = ERR_NONE;
	char log[2048], told[2048];

	err_set(&e, EPERM, "mounts[3] /proc: mount \"p\nq\"");
	log_failure(&o, &e, "try", log, told, sizeof(log));
	CHECK_STR(log,
		  "{\"level\":\"error\",\"msg\":\"mounts[3] /proc: mount \\\"p q\\\": "
		  "EPERM: try\","
		  "\"time\":\"TTTTTTTTTTTTTTTTTTTT\",\"code\":\"config\",\"errno\":"
		  "\"EPERM\","
		  "\"phase\":\"create\",\"path\":\"/proc\",\"config\":\"/mounts/3\"}\n",
		  "a failure is one JSON object on one line");
	CHECK_STR(told, "aril: mounts[3] /proc: mount \"p q\": EPERM: try\n",
		  "and plain text on stderr");
	err_set(&e, 0,
		"a\x1b[2Jb\x07\x7f"
		"c\td\xc2\x9b"
		"e\xc2\xa0\xc3\xa9");
	log_failure(&o, &e, NULL, log, told, sizeof(log));
	CHECK_STR(told, "aril: a [2Jb  c d  e\xc2\xa0\xc3\xa9\n",
		  "a terminal gets no commands, and all else as it is");
	o.json = false;
	err_plain(&e, ENOENT, "container does not exist");
	log_failure(&o, &e, NULL, log, told, sizeof(log));
	CHECK_STR(log,
		  "time=\"TTTTTTTTTTTTTTTTTTTT\" level=error msg=\"container does not "
		  "exist\"\n",
		  "as text, and a whole sentence gets no errno");
	CHECK_STR(told, "aril: container does not exist\n", "also on stderr");
}

int main(void)
{
	test_time();
	test_quote();
	test_pointer();
	test_code();
	test_failure();
	return check_done();
}
