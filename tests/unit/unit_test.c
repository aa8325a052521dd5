/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The side that asks aril-systemd: its lines, and what it makes of helpers that are slow,
 * dumb or dead. The helper is this program itself: the unit's name says how it behaves.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/text.h"
#include "cgroups/unit.h"
#include "cgroups/unit_words.h"
#include "tests/unit/check.h"

/* --- the helper -------------------------------------------------------------------- */

static void say(const char *text)
{
	send(0, text, strlen(text), MSG_NOSIGNAL);
}

static void read_request(char *buf, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size - 1 && (n < 4 || memcmp(buf + n - 4, "end\n", 4) != 0) &&
	       (got = read(0, buf + n, size - 1 - n)) > 0)
		n += (size_t)got;
	buf[n] = '\0';
}

/* The request as the text of an error */
static void helper_echo(char *request)
{
	char text[2048];

	for (char *p = request; *p; p++)
		*p = *p == '\n' ? '|' : *p == '%' ? '^' : *p;
	snprintf(text, sizeof(text), "error 22 %s\n", request);
	say(text);
}

static void helper_hang(char *request)
{
	(void)request;
	for (;;)
		pause();
}

#define ID "00112233445566778899aabbccddeeff"

/* Until it is let go, as the true one */
static void helper_start(char *request)
{
	char byte;

	(void)request;
	say("invocation " ID "\ncgroup /a.slice/a");
	poll(NULL, 0, 20);
	say(" b%0a.scope\n");
	if (read(0, &byte, 1) == 0)
		_exit(0);
	_exit(1);
}

static void helper_stubborn(char *request)
{
	(void)request;
	say("invocation " ID "\n");
	poll(NULL, 0, 20);
	say("cgroup /x\n");
	helper_hang(request);
}

static void helper_pieces(char *request)
{
	(void)request;
	say("do");
	poll(NULL, 0, 20);
	say("ne");
	poll(NULL, 0, 20);
	say("\n");
}

/* How many fds there are that survive an exec */
static int open_fds(void)
{
	int n = 0;

	for (int fd = 3; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) == 0;
	return n;
}

/* Its environment, session and signals, and how many fds it has */
static void helper_surroundings(char *request)
{
	char text[256];
	sigset_t blocked;

	(void)request;
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	snprintf(text, sizeof(text),
		 "error 22 env=%s session=%d usr1=%d chld=%d fds=%d\n",
		 environ[0] ? environ[0] : "", getsid(0) == getpid(),
		 sigismember(&blocked, SIGUSR1), signal(SIGCHLD, SIG_DFL) == SIG_DFL,
		 open_fds());
	say(text);
}

static void helper_crash(char *request)
{
	(void)request;
	kill(getpid(), SIGKILL);
}

static void helper_says(char *request)
{
	(void)request;
}

static const struct helper {
	const char *unit, *says;
	void (*behave)(char *request);
	bool deaf; /* does not read the request */
} helpers[] = {
	{ "echo.scope", NULL, helper_echo, false },
	{ "hang.scope", NULL, helper_hang, false },
	{ "deaf.scope", NULL, helper_hang, true },
	{ "start.scope", NULL, helper_start, false },
	{ "start.slice", "invocation " ID "\ncgroup /start.slice\n", helper_says, false },
	{ "noid.slice", "cgroup /start.slice\n", helper_says, false },
	{ "shortid.slice", "invocation 0011\ncgroup /start.slice\n", helper_says, false },
	{ "badid.slice", "invocation g" ID "\ncgroup /x\n", helper_says, false },
	{ "idonly.slice", "invocation " ID "\n", helper_says, false },
	{ "id.scope", "invocation " ID "\ndone\n", helper_says, false },
	{ "stubborn.scope", NULL, helper_stubborn, false },
	{ "pieces.scope", NULL, helper_pieces, false },
	{ "around.scope", NULL, helper_surroundings, false },
	{ "crash.scope", NULL, helper_crash, false },
	{ "silent.scope", NULL, helper_says, false },
	{ "done.scope", "done\n", helper_says, false },
	{ "early.scope", "error 13 go away\n", helper_says, true },
	{ "exists.scope", "error 17 start x: it is there (UnitExists)\n", helper_says,
	  false },
	{ "other.scope", "version 5\n", helper_says, false },
	{ "two.scope", "done\ndone\n", helper_says, false },
	{ "half.scope", "don", helper_says, false },
	{ "escape.scope", "done %4\n", helper_says, false },
	{ "zero.scope", "error 0 x\n", helper_says, false },
	{ "nonum.scope", "error x\n", helper_says, false },
	{ "252", "version 252\n", helper_says, false },
	{ "v0", "version 0\n", helper_says, false },
	{ "vx", "version 25x\n", helper_says, false },
};

static int helper_main(int argc, char **argv)
{
	static char request[1 << 21];

	for (size_t i = 0; argc == 3 && i < ARRAY_LEN(helpers); i++) {
		if (strcmp(helpers[i].unit, argv[2]) != 0)
			continue;
		if (!helpers[i].deaf)
			read_request(request, sizeof(request));
		if (helpers[i].says)
			say(helpers[i].says);
		helpers[i].behave(request);
		return 0;
	}
	return 127;
}

/* --- the tests --------------------------------------------------------------------- */

#define UNIT(name_)                                                                      \
	{                                                                                \
		.name = (name_), .helper = "/proc/self/exe", .timeout_ms = 5000          \
	}

static bool has_children(void)
{
	return waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
}

static void test_lines(void)
{
	struct arena a = check_arena();
	struct unit u = UNIT("echo.scope");
	struct unit_property property = { "Foo", "as", { NULL, 0 } };
	unit_properties_t all = { &property, 1 };
	struct err e = ERR_NONE;

	CHECK(unit_attach(&u, "a/b", 42, &e) == -1 && e.num == EINVAL, "attach");
	CHECK_STR(e.text,
		  "manager unix:path=/run/systemd/private|"
		  "bus unix:path=/run/dbus/system_bus_socket|timeout 5000|process 42|"
		  "below a/b|end|",
		  "its lines");
	u.user = true;
	u.runtime_dir = "/run/us\xc3\xa9r,1";
	u.bus = "unixexec:path=/bin/false;unix:path=/x;tcp:host=y";
	e = (struct err)ERR_NONE;
	unit_stop(&u, NULL, &e);
	CHECK_STR(e.text,
		  "manager unix:path=/run/us^25c3^25a9r^252c1/systemd/private|"
		  "bus unix:path=/x|bus unix:path=/run/us^25c3^25a9r^252c1/bus|"
		  "timeout 5000|end|",
		  "a user's addresses: escaped, and sockets only");
	u.user = false;
	e = (struct err)ERR_NONE;
	unit_stop(&u, ID, &e);
	CHECK(strstr(e.text, "|timeout 5000|invocation " ID "|end|"),
	      "whose stop is asked for: %s", e.text);
	strings_add(&a, &property.values, "a b");
	strings_add(&a, &property.values, "c\nd%\x7f");
	strings_add(&a, &property.values, "");
	e = (struct err)ERR_NONE;
	unit_set(&u, &all, &e);
	CHECK(strstr(e.text, "|property Foo as|value a b|value c^0ad^25^7f|value |end|"),
	      "properties: %s", e.text);
	property.name = "OOMPolicy";
	e = (struct err)ERR_NONE;
	CHECK(unit_set(&u, &all, &e) == 0,
	      "what systemd takes at the start only is left out");
	u.user = true;
	u.runtime_dir = "";
	u.bus = NULL;
	e = (struct err)ERR_NONE;
	CHECK(unit_stop(&u, NULL, &e) == -1 && e.num == ENOENT &&
		      strstr(e.text, "XDG_RUNTIME_DIR"),
	      "without an environment there is no user's manager: %s", e.text);
	arena_done(&a);
}

static void test_start_lines(void)
{
	struct arena a = check_arena();
	struct unit u = UNIT("echo.scope");
	struct unit_property property = { "CPUAccounting", "b", { NULL, 0 } };
	unit_properties_t all = { &property, 1 };
	struct err e = ERR_NONE;
	struct unit_hold h = UNIT_HOLD_NONE;

	u.slice = "a.slice";
	strings_add(&a, &property.values, "false");
	CHECK(unit_start(&u, &all, "web", &a, &h, &e) == -1 && h.pid == 0 && !h.unit,
	      "start");
	CHECK(strstr(e.text, "|property CPUAccounting b|value false|"
			     "property Description s|value web|"
			     "property Slice s|value a.slice|"
			     "property Delegate b|value true|"
			     "property DefaultDependencies b|value false|"
			     "property IOAccounting b|value true|"
			     "property MemoryAccounting b|value true|"
			     "property TasksAccounting b|value true|end|"),
	      "a scope's properties; the caller's stand: %s", e.text);
	unit_hold_done(&h);
	arena_done(&a);
}

static void test_hold(void)
{
	struct arena a = check_arena();
	struct unit u = UNIT("start.scope");
	struct err e = ERR_NONE;
	struct unit_hold h = UNIT_HOLD_NONE;

	CHECK(unit_start(&u, NULL, NULL, &a, &h, &e) == 0, "started (%s)", e.text);
	CHECK_STR(h.cgroup, "/a.slice/a b\n.scope", "the cgroup is told");
	CHECK_STR(h.invocation, ID, "and what tells it from others of its name");
	CHECK(h.pid > 0 && kill(h.pid, 0) == 0 && waitpid(h.pid, NULL, WNOHANG) == 0,
	      "the helper stays");
	CHECK(unit_release(&h, &e) == 0 && h.pid == 0 && !has_children(),
	      "until it is let go, and is reaped (%s)", e.text);
	CHECK(unit_release(&h, &e) == 0, "once more is nothing");
	h.keep = true;
	unit_hold_done(&h);
	CHECK(!h.unit && h.sock == -1 && h.pidfd == -1, "done");
	u.name = "start.slice";
	CHECK(unit_start(&u, NULL, NULL, &a, &h, &e) == 0 && h.pid == 0 && h.unit == &u,
	      "for a slice none stays (%s)", e.text);
	CHECK(!has_children(), "it is reaped");
	h.keep = true;
	unit_hold_done(&h);
	arena_done(&a);
}

/* Without its InvocationID a slice may be anybody's */
static void test_whose(void)
{
	static const char *const bad[] = { "noid.slice", "shortid.slice", "badid.slice",
					   "idonly.slice" };
	struct arena a = check_arena();
	struct unit u = UNIT("crash.slice");
	struct err e = ERR_NONE;

	CHECK(unit_stop(&u, NULL, &e) == 0 && e.num == 0,
	      "one that is not known to be ours is not stopped: nobody is asked (%s)",
	      e.text);
	CHECK(unit_stop(&u, ID, &e) == -1 && e.num == EPIPE, "else somebody is: %s",
	      e.text);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct unit_hold h = UNIT_HOLD_NONE;

		e = (struct err)ERR_NONE;
		u.name = bad[i];
		CHECK(unit_start(&u, NULL, NULL, &a, &h, &e) == -1 && e.num == EPROTO &&
			      !h.unit,
		      "%s: none that could be stopped again is taken: %s", bad[i],
		      e.text);
	}
	arena_done(&a);
}

/* Each of them: which error, how its text begins or what it has in it, at most when */
static void test_bad(void)
{
	static const struct {
		const char *unit;
		int num;
		const char *text;
	} bad[] = {
		{ "early.scope", EACCES, "go away" },
		{ "exists.scope", EEXIST, "start x: it is there (UnitExists)" },
		{ "other.scope", EPROTO, "a strange answer: \"version 5\"" },
		{ "two.scope", EPROTO, "a strange answer: \"done\"" },
		{ "half.scope", EPROTO, "a strange answer: \"don\"" },
		{ "id.scope", EPROTO, "a strange answer: \"invocation 0011" },
		{ "escape.scope", EPROTO, "a strange answer: \"done" },
		{ "zero.scope", EPROTO, "a strange answer: \"error 0 x\"" },
		{ "nonum.scope", EPROTO, "a strange answer: \"error x\"" },
		{ "silent.scope", EPIPE, "without an answer, with exit status 0" },
		{ "crash.scope", EPIPE, "without an answer, with signal 9" },
		{ "nobody.scope", EPIPE, "is libsystemd.so.0 installed?" },
		{ "hang.scope", ETIMEDOUT,
		  "wait for the answer of aril-systemd (stop hang" },
		{ "deaf.scope", ETIMEDOUT,
		  "wait for the answer of aril-systemd (stop deaf" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct unit u = UNIT(bad[i].unit);
		int64_t begin = clock_ms();
		struct err e = ERR_NONE;

		u.timeout_ms = 200;
		CHECK(unit_stop(&u, NULL, &e) == -1 && e.num == bad[i].num &&
			      strstr(e.text, bad[i].text),
		      "%s: %s", bad[i].unit, e.text);
		CHECK(clock_ms() - begin < 8000, "in time");
		CHECK(!has_children(), "and nothing is left");
	}
}

static void test_large(void)
{
	struct arena a = check_arena();
	struct unit u = UNIT("done.scope");
	struct unit_property property = { "Foo", "as", { NULL, 0 } };
	unit_properties_t all = { &property, 1 };
	struct err e = ERR_NONE;
	char *text = arena_get(&a, 300001);

	memset(text, 'x', 300000);
	for (int i = 0; i < 3; i++)
		strings_add(&a, &property.values, text);
	CHECK(unit_set(&u, &all, &e) == 0, "a request beyond the socket's buffer (%s)",
	      e.text);
	u.name = "deaf.scope";
	u.timeout_ms = 200;
	CHECK(unit_set(&u, &all, &e) == -1 && e.num == ETIMEDOUT, "and nobody reads it");
	u.name = "early.scope";
	e = (struct err)ERR_NONE;
	CHECK(unit_set(&u, &all, &e) == -1 && e.num == EACCES,
	      "an answer before it was read: %s", e.text);
	arena_done(&a);
}

static void test_stubborn(void)
{
	struct arena a = check_arena();
	struct unit u = UNIT("stubborn.scope");
	struct err e = ERR_NONE;
	struct unit_hold h = UNIT_HOLD_NONE;
	int64_t begin = clock_ms();

	CHECK(unit_start(&u, NULL, NULL, &a, &h, &e) == 0, "started (%s)", e.text);
	CHECK(unit_release(&h, &e) == 0 && !has_children() && clock_ms() - begin < 20000,
	      "one that does not go is killed (%s)", e.text);
	arena_done(&a);
}

static void test_surroundings(void)
{
	struct unit u = UNIT("around.scope");
	struct err e = ERR_NONE;
	char want[64];
	sigset_t some;

	sigemptyset(&some);
	sigaddset(&some, SIGUSR1);
	sigprocmask(SIG_BLOCK, &some, NULL);
	CHECK(unit_stop(&u, NULL, &e) == -1, "asked");
	sigprocmask(SIG_UNBLOCK, &some, NULL);
	snprintf(want, sizeof(want), "env= session=1 usr1=0 chld=1 fds=%d", open_fds());
	CHECK_STR(e.text, want,
		  "no environment, a session, plain signals, no fds of ours");
}

static void test_version(void)
{
	static const struct {
		const char *name;
		int want;
	} rows[] = { { "252", 252 }, { "v0", 0 }, { "vx", 0 } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct unit u = UNIT(rows[i].name);
		struct err e = ERR_NONE;

		CHECK(unit_version(&u, &e) == rows[i].want &&
			      (e.num == 0) == (rows[i].want > 0),
		      "version %s (%s)", rows[i].name, e.text);
	}
}

static void test_absent(void)
{
	struct unit u = UNIT("x.scope");
	struct err e = ERR_NONE;

	u.helper = "/nowhere/aril-systemd";
	CHECK(unit_stop(&u, NULL, &e) == -1 && e.num == ENOENT &&
		      strstr(e.text, "/nowhere/aril-systemd") &&
		      strstr(e.text, "built where libsystemd is"),
	      "no helper: %s", e.text);
}

int main(int argc, char **argv)
{
	struct unit u = UNIT("pieces.scope");
	struct err e = ERR_NONE;

	if (argc > 1)
		return helper_main(argc, argv);
	test_lines();
	test_start_lines();
	test_hold();
	test_whose();
	test_bad();
	test_large();
	test_stubborn();
	test_surroundings();
	test_version();
	test_absent();
	CHECK(unit_stop(&u, NULL, &e) == 0, "an answer in pieces (%s)", e.text);
	CHECK(!has_children(), "no process is left");
	return check_done();
}
