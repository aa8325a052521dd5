/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log: one line for a failure, in both formats, whatever the text holds */
#include "src/out.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "src/out_keys.h"
#include "src/out_line.h"
#include "src/out_store.h"
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
		const char *text;
		int num;
		bool plain;
		const char *phase, *code;
	} codes[] = {
		{ "container does not exist", ENOENT, true, "state",
		  "container-not-found" },
		{ "container does not exist: no /x/state.json", ENOENT, true, "state",
		  "container-not-found" },
		{ "exec failed: exec: \"x\": executable file not found in $PATH", ENOENT,
		  true, "exec", "exec-not-found" },
		{ "container not running", ESRCH, true, "kill", "container-not-running" },
		{ "linux.uidMappings: empty", EINVAL, true, "create", "config" },
		{ "mounts[1] /proc: mount proc", EPERM, false, "create",
		  "config-refused" },
		{ "/b/config.json: line 3, column 4: parse error", EINVAL, true, "run",
		  "config" },
		{ "clone into new namespaces", EPERM, false, "run", "denied" },
		{ "clone into new namespaces", ENOSPC, false, "run", "limit" },
		{ "open /x", ENOTDIR, false, "run", "system" },
		{ "something else", 0, true, "run", "failed" },
		{ "unknown signal \"x\"", EINVAL, true, "kill", "usage" },
		{ "no command is given", EINVAL, true, "options", "usage" },
		{ "x must belong to user 0, and nobody else may write to it", EPERM,
		  false, "list", "root-unsafe" },
		{ "error running createRuntime hook #0: exit status 1, stderr: "
		  "permission denied",
		  ECANCELED, true, "create", "hook" },
		{ "--net user: neither pasta nor slirp4netns is installed: install the "
		  "package passt",
		  ENOENT, true, "run", "helper-missing" },
		{ "--net user: slirp4netns cannot publish port 80/tcp: x", EADDRINUSE,
		  true, "run", "network" },
		{ "--net user: pasta: x", EIO, true, "run", "network" },
		{ "--net: \"x\" is none of none, host", EINVAL, true, "run", "usage" },
		{ "linux.intelRdt: the resctrl file system is not mounted", ENOENT, true,
		  "run", "unsupported" },
		/* a path is no reason */
		{ "mounts[0] /x: look at /run/systemd", ENOENT, false, "create",
		  "config-refused" },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct err e = ERR_NONE;

		err_set(&e, codes[i].num, "%s", codes[i].text);
		e.plain = codes[i].plain;
		CHECK_STR(out_code(&e, codes[i].phase), codes[i].code, "code of \"%s\"",
			  codes[i].text);
	}
}

/* The page and the table name the same codes, in the same order, with the same meaning */
static void test_page(void)
{
	const char *source = getenv("ARIL_SOURCE"), *at;
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	char *page, item[256];

	if (!source) {
		CHECK_SKIP("ARIL_SOURCE does not name the source tree");
		return;
	}
	page = file_read(&a, AT_FDCWD, arena_fmt(&a, "%s/man/aril.8", source), 1 << 20,
			 NULL, &e);
	at = page ? strstr(page, "\n.Sh ERRORS\n") : NULL;
	CHECK(at, "aril.8 has a section about errors");
	for (size_t i = 0; at && i < out_codes_n; i++) {
		snprintf(item, sizeof(item), "\n.It Cm %s\n%s\n", out_codes[i].name,
			 out_codes[i].meaning);
		at = strstr(at, item);
		CHECK(at, "it explains %s, in this order", out_codes[i].name);
		at += at ? strlen(item) - 1 : 0;
	}
	CHECK(at && strncmp(at, "\n.El\n", 5) == 0, "and no others: %.20s", at ? at : "");
	arena_done(&a);
}

static void test_places(void)
{
	static const struct {
		const char *text;
		enum out_place place;
		const char *log;
	} places[] = {
		{ NULL, OUT_FILE, NULL },
		{ "", OUT_FILE, NULL },
		{ "file:", OUT_FILE, NULL },
		{ "/x", OUT_FILE, "/x" },
		{ "file:/x", OUT_FILE, "/x" },
		{ "file:file:x", OUT_FILE, "file:x" },
		{ "journald:ab", OUT_JOURNAL, "ab" },
		{ "journald:", OUT_JOURNAL, "aril" },
		{ "syslog:a:b", OUT_SYSLOG, "a:b" },
		{ "syslogd:x", OUT_FILE, "syslogd:x" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct out o = { .place = OUT_SYSLOG };

		out_log_to(&o, places[i].text);
		CHECK(o.place == places[i].place, "--log %s: its place",
		      places[i].text ? places[i].text : "(none)");
		CHECK_STR(o.log, places[i].log, "and its name");
	}
}

static void test_datagrams(void)
{
	struct line json = { .n = 0 }, l = { .n = 0 };
	struct out_entry entry = { .level = "error", .msg = "a b", .line = &json };

	line_add(&json, "{\"msg\":\"a b\"}\n");
	entry.keys = (struct out_keys){ .code = "config", .num = EPERM, .phase = "run" };
	snprintf(entry.keys.path, sizeof(entry.keys.path), "/x\nMESSAGE=y");
	snprintf(entry.keys.config, sizeof(entry.keys.config), "/mounts/0");
	out_journal_text("me\nPRIORITY=0", &entry, &l);
	CHECK_STR(l.text,
		  "PRIORITY=3\nSYSLOG_IDENTIFIER=me PRIORITY=0\nERRNO=1\n"
		  "ARIL_CODE=config\nARIL_PHASE=run\nARIL_PATH=/x MESSAGE=y\n"
		  "ARIL_CONFIG=/mounts/0\nMESSAGE=a b\n",
		  "fields of the journal, each on its own line");
	l.n = 0;
	out_syslog_text("me", &entry, false, &l);
	CHECK(strncmp(l.text, "<11>", 4) == 0 && l.text[7] == ' ' &&
		      strstr(l.text, " me[") && strstr(l.text, "]: a b") &&
		      !strstr(l.text, "{"),
	      "syslog: %s", l.text);
	l.n = 0;
	entry.level = "warning";
	out_syslog_text("me", &entry, true, &l);
	CHECK(strncmp(l.text, "<12>", 4) == 0 && strstr(l.text, "]: {\"msg\":\"a b\"}") &&
		      l.text[l.n - 1] == '}',
	      "syslog with JSON: %s", l.text);
}

/* A logger that takes nothing, one that has gone, and none */
static void test_send(void)
{
	char dir[] = "/tmp/aril-out-XXXXXX", path[64], long_path[200];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct line l = { .n = 0 };
	struct err e = ERR_NONE;
	int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), tries = 0;

	line_add(&l, "text");
	if (!CHECK(mkdtemp(dir) && s >= 0, "a place for a socket"))
		return;
	snprintf(path, sizeof(path), "%s/s", dir);
	CHECK(out_send(path, &l, 50, &e) < 0 && e.num == ENOENT && strstr(e.text, path),
	      "no logger is an error: %s", e.text);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	CHECK(out_send(long_path, &l, 50, &e) < 0 && e.num == ENAMETOOLONG,
	      "a path that is too long for a socket");
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	CHECK(bind(s, (struct sockaddr *)&at, sizeof(at)) == 0, "a logger");
	while (tries < 100000 && out_send(path, &l, 50, &e) == 0)
		tries++;
	CHECK(tries > 0 && tries < 100000 && e.num == ETIMEDOUT,
	      "it takes %d entries, and is not waited for long: %s", tries,
	      err_name(e.num));
	close(s);
	CHECK(out_send(path, &l, 50, &e) < 0 && e.num == ECONNREFUSED, "it has gone: %s",
	      err_name(e.num));
	unlink(path);
	rmdir(dir);
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
	CHECK_STR(
		log,
		"{\"level\":\"error\",\"msg\":\"mounts[3] /proc: mount \\\"p q\\\": "
		"EPERM: try\","
		"\"time\":\"TTTTTTTTTTTTTTTTTTTT\",\"code\":\"config-refused\",\"errno\":"
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
	test_page();
	test_failure();
	test_places();
	test_datagrams();
	test_send();
	return check_done();
}
