/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aril-systemd against a systemd of our own (systemd_mock.h): what it says, and how it
 * takes the answers. Against the true one: systemd_live_test.c.
 */
#include <poll.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/sys.h"
#include "tests/unit/systemd_fixture.h"

/* The helper's, too */
static const char *own_cgroup(struct fixture *f)
{
	struct err e = ERR_NONE;
	char *text = file_read(&f->a, AT_FDCWD, "/proc/self/cgroup", 65536, NULL, &e);
	char *line = text ? strstr(text, "0::/") : NULL;

	return line ? arena_strndup(&f->a, line + 3, strcspn(line + 3, "\n")) : "";
}

static void test_start(struct fixture *f)
{
	struct unit u = unit_of(f, "web.scope");
	struct err e = ERR_NONE;
	struct unit_hold h = UNIT_HOLD_NONE;

	u.slice = "user.slice";
	CHECK(unit_start(&u, NULL, "a web server", &f->a, &h, &e) == 0 && h.pid > 0,
	      "a scope starts (%s)", e.text);
	CHECK_STR(h.cgroup, own_cgroup(f), "its cgroup is asked for");
	CHECK_STR(h.invocation, MOCK_INVOCATION, "and its InvocationID");
	CHECK_STR(said(f),
		  "StartTransientUnit(web.scope replace ["
		  "(Description <a web server>) (Slice <user.slice>) "
		  "(Delegate <b1>) (DefaultDependencies <b0>) (CPUAccounting <b1>) "
		  "(IOAccounting <b1>) (MemoryAccounting <b1>) (TasksAccounting <b1>) "
		  "(PIDs <[u0]>)] [])\n"
		  "Get(org.freedesktop.systemd1.Unit InvocationID)\n"
		  "Get(org.freedesktop.systemd1.Scope ControlGroup)\n",
		  "this is said");
	CHECK(waitpid(h.pid, NULL, WNOHANG) == 0, "the helper stays");
	CHECK(unit_release(&h, &e) == 0, "until it is let go (%s)", e.text);
	unit_hold_done(&h);
	CHECK_STR(said(f),
		  MOCK_INVOCATION ".Stop(replace)\n" MOCK_INVOCATION ".ResetFailed()\n",
		  "one that is not kept is stopped, and no other of its name");
	u = unit_of(f, "a-b.slice");
	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0 && h.pid == 0,
	      "a slice starts, without a helper (%s)", e.text);
	h.keep = true;
	CHECK_STR(said(f),
		  "Get(org.freedesktop.systemd1.Unit ActiveState)\n"
		  "StartTransientUnit(a-b.slice replace [(DefaultDependencies <b0>) "
		  "(CPUAccounting <b1>) (IOAccounting <b1>) (MemoryAccounting <b1>) "
		  "(TasksAccounting <b1>)] [])\n"
		  "Get(org.freedesktop.systemd1.Unit InactiveExitTimestamp)\n"
		  "Get(org.freedesktop.systemd1.Unit InvocationID)\n"
		  "Get(org.freedesktop.systemd1.Slice ControlGroup)\n",
		  "without PIDs and Delegate");
	unit_hold_done(&h);
}

/* The helper, while it is in the container's cgroup */
static void test_helper(struct fixture *f)
{
	struct unit u = unit_of(f, "early.scope");
	struct err e = ERR_NONE;
	struct unit_hold h = UNIT_HOLD_NONE;
	char path[64], *status;
	struct stat st;
	int fds = 0;

	h.keep = true;
	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0,
	      "a job that is done before we know of it (%s)", e.text);
	h.keep = true;
	snprintf(path, sizeof(path), "/proc/%d/status", h.pid);
	status = file_read(&f->a, AT_FDCWD, path, 65536, NULL, &e);
	CHECK(status && strstr(status, "NoNewPrivs:\t1"), "no new privileges");
	snprintf(path, sizeof(path), "/proc/%d/fd", h.pid);
	if (geteuid() != 0)
		CHECK(stat(path, &st) == 0 && st.st_uid == 0 && access(path, R_OK) < 0,
		      "not dumpable: its /proc is root's");
	else
		CHECK(stat(path, &st) == 0, "it is there");
	for (int fd = 3; geteuid() == 0 && fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", h.pid, fd);
		fds += lstat(path, &st) == 0;
	}
	CHECK(fds == 0, "no fd but the first three, no connection");
	CHECK(unit_release(&h, &e) == 0, "it ends (%s)", e.text);
	unit_hold_done(&h);
	said(f);
}

/* Its parent's death ends it */
static void test_orphan(struct fixture *f)
{
	int told[2];
	pid_t child, helper = 0;
	struct pollfd p = { .events = POLLIN };

	if (pipe2(told, O_CLOEXEC) < 0)
		return;
	child = fork();
	if (child == 0) {
		struct unit u = unit_of(f, "orphan.scope");
		struct err e = ERR_NONE;
		struct unit_hold h = UNIT_HOLD_NONE;

		if (unit_start(&u, NULL, NULL, &f->a, &h, &e) < 0 ||
		    write(told[1], &h.pid, sizeof(h.pid)) < 0)
			_exit(1);
		for (;;)
			pause();
	}
	close(told[1]);
	CHECK(read(told[0], &helper, sizeof(helper)) == sizeof(helper), "a helper");
	p.fd = (int)sys_pidfd_open(helper, 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK(p.fd >= 0 && poll(&p, 1, 10000) == 1, "ends when its parent is killed");
	close(p.fd);
	close(told[0]);
	said(f);
}

static void test_again(struct fixture *f)
{
	struct unit u = unit_of(f, "again.scope");
	struct err e = ERR_NONE;
	struct unit_hold h = UNIT_HOLD_NONE;
	const char *log;

	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0 && e.num == 0,
	      "a unit that failed before starts (%s)", e.text);
	h.keep = true;
	log = said(f);
	CHECK(log && strstr(log, ".Unit ActiveState)\nResetFailedUnit(again.scope)\n"
				 "StartTransientUnit(again.scope"),
	      "after its failure was forgotten");
	unit_hold_done(&h);
}

/* Each ends with this error */
static void test_bad(struct fixture *f)
{
	static const struct {
		const char *unit;
		int num;
		const char *text;
	} bad[] = {
		{ "active.scope", EEXIST,
		  "active.scope is active: start active.scope: Unit active.scope was "
		  "already loaded (org.freedesktop.systemd1.UnitExists)" },
		{ "broken.scope", EEXIST, "start broken.scope: Unit broken.scope was" },
		{ "denied.scope", EACCES,
		  "start denied.scope: Access denied "
		  "(org.freedesktop.DBus.Error.AccessDenied)" },
		{ "failed.scope", EIO, "systemd's job ended with \"failed\"" },
		{ "canceled.scope", ECANCELED, "ended with \"canceled\"" },
		{ "timeout.scope", ETIMEDOUT, "ended with \"timeout\"" },
		{ "dependency.scope", EAGAIN, "ended with \"dependency\"" },
		{ "empty.scope", EIO, "start empty.scope: it has no cgroup" },
		{ "endless.scope", ETIMEDOUT,
		  "start endless.scope: wait for systemd's job /org/freedesktop/" },
		{ "mute.scope", ETIMEDOUT, "start mute.scope" },
		{ "noid.scope", ENOENT, "ask systemd for InvocationID of noid.scope" },
		{ "elsewhere.scope", EXDEV,
		  "start elsewhere.scope: its cgroup is /Scope.slice/elsewhere.scope for "
		  "systemd and /" },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct unit u = unit_of(f, bad[i].unit);
		struct unit_hold h = UNIT_HOLD_NONE;
		int64_t begin = clock_ms();
		struct err e = ERR_NONE;

		u.timeout_ms = 500;
		CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == -1 &&
			      e.num == bad[i].num && strstr(e.text, bad[i].text),
		      "%s: %s", bad[i].unit, e.text);
		CHECK(clock_ms() - begin < 2500, "in time");
		CHECK(h.pid == 0 && !h.unit, "nothing is held");
	}
	said(f);
}

/* A slice that is there already is somebody's, and one whose start fails is not left */
static void test_slices(struct fixture *f)
{
	static const struct {
		const char *unit;
		int num;
		const char *text;
		bool started, stopped;
	} bad[] = {
		{ "active.slice", EEXIST, "start active.slice: it is active", false,
		  false },
		{ "leaving.slice", EEXIST, "it is deactivating", false, false },
		{ "raced.slice", EEXIST, "somebody else has started it", true, false },
		{ "endless.slice", ETIMEDOUT, "wait for systemd's job", true, true },
		{ "timeout.slice", ETIMEDOUT, "ended with \"timeout\"", true, true },
		{ "failed.slice", EIO, "ended with \"failed\"", true, true },
		{ "empty.slice", EIO, "it has no cgroup", true, true },
		{ "noid.slice", ENOENT, "InvocationID of noid.slice", true, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct unit u = unit_of(f, bad[i].unit);
		struct unit_hold h = UNIT_HOLD_NONE;
		struct err e = ERR_NONE;
		const char *log;

		u.timeout_ms = 500;
		CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == -1 &&
			      e.num == bad[i].num && strstr(e.text, bad[i].text),
		      "%s: %s", bad[i].unit, e.text);
		CHECK(!h.unit, "is not held");
		unit_hold_done(&h);
		log = said(f);
		CHECK(!strstr(log, "StartTransientUnit") == !bad[i].started &&
			      !strstr(log, "Stop") == !bad[i].stopped,
		      "what was said about it: %s", log);
	}
}

/* The unit that was started, and none that has its name since */
static void test_stop_own(struct fixture *f)
{
	static const char other[] = "ffeeddccbbaa99887766554433221100";
	struct unit u = unit_of(f, "web.slice");
	struct err e = ERR_NONE;

	CHECK(unit_stop(&u, MOCK_INVOCATION, &e) == 0, "ours (%s)", e.text);
	CHECK_STR(said(f),
		  MOCK_INVOCATION ".Stop(replace)\n" MOCK_INVOCATION ".ResetFailed()\n",
		  "by its InvocationID");
	CHECK(unit_stop(&u, other, &e) == 0, "another's: ours is gone (%s)", e.text);
	CHECK_STR(said(f), "ffeeddccbbaa99887766554433221100.Stop(replace)\n",
		  "and its name is never said");
	CHECK(unit_stop(&u, "x", &e) == -1 && e.num == EPROTO, "none is one: %s", e.text);
	CHECK_STR(said(f), "", "that is not sent");
}

static void test_others(struct fixture *f)
{
	struct unit u = unit_of(f, "web.scope");
	struct err e = ERR_NONE;

	CHECK(unit_version(&u, &e) == 252, "the version (%s)", e.text);
	CHECK_STR(said(f), "Get(org.freedesktop.systemd1.Manager Version)\n", "is asked");
	CHECK(unit_attach(&u, "", 42, &e) == 0 && unit_attach(&u, "/a/b", 43, &e) == 0,
	      "attach (%s)", e.text);
	CHECK_STR(said(f),
		  "AttachProcessesToUnit(web.scope  [u42])\n"
		  "AttachProcessesToUnit(web.scope /a/b [u43])\n",
		  "these processes");
	CHECK(unit_stop(&u, NULL, &e) == 0, "stop (%s)", e.text);
	said(f);
	u.name = "absent.scope";
	CHECK(unit_stop(&u, NULL, &e) == 0, "stop what is not there (%s)", e.text);
	CHECK_STR(said(f), "StopUnit(absent.scope replace)\n", "is nothing to wait for");
	CHECK(unit_attach(&u, "", 42, &e) == -1 && e.num == ENOENT,
	      "but there is no moving into it: %s", e.text);
	e = (struct err)ERR_NONE;
	u.name = "endless.scope";
	u.timeout_ms = 300;
	CHECK(unit_stop(&u, NULL, &e) == -1 && e.num == ETIMEDOUT &&
		      strstr(e.text, "stop endless.scope: wait for systemd's job"),
	      "stop one that does not end: %s", e.text);
	said(f);
}

/* Every type that annotations and limits can have */
static void test_types(struct fixture *f)
{
	static const struct {
		const char *value, *said; /* NULL: EINVAL */
	} rows[] = {
		{ "'x y\n'", "x y\n" },
		{ "''", "" },
		{ "true", "b1" },
		{ "false", "b0" },
		{ "byte 255", "y255" },
		{ "int16 -32768", "n-32768" },
		{ "uint16 65535", "q65535" },
		{ "-2147483648", "i-2147483648" },
		{ "uint32 4294967295", "u4294967295" },
		{ "int64 -9223372036854775808", "x-9223372036854775808" },
		{ "uint64 9223372036854775807", "t9223372036854775807" },
		{ "1.5", "1.5" },
		{ "objectpath '/a'", "/a" },
		{ "['a', 'b c']", "[a b c]" },
		{ "@as []", "[]" },
		{ "[byte 0, 255]", "[y0 y255]" },
		{ "@ay []", "[]" },
		{ "[uint64 1, 2]", "[t1 t2]" },
		{ "[('/dev/null', 'rw'), ('x', 'm')]", "[(/dev/null rw) (x m)]" },
		{ "[('/dev/null', uint64 5)]", "[(/dev/null t5)]" },
		{ "@a(st) []", "[]" },
		{ "1.5.5", NULL },
		{ "objectpath 'x'", NULL },
		{ "'\xff'", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct unit u = unit_of(f, "web.scope");
		struct unit_property p;
		unit_properties_t all = { &p, 1 };
		struct err e = ERR_NONE;
		int ret = unit_property_parse("org.systemd.property.Foo", rows[i].value,
					      &f->a, &p, &e);

		CHECK(ret == 1, "%s is read (%s)", rows[i].value, e.text);
		ret = unit_set(&u, &all, &e);
		if (rows[i].said)
			CHECK_STR(said(f),
				  arena_fmt(&f->a,
					    "SetUnitProperties(web.scope b1 [(Foo "
					    "<%s>)])\n",
					    rows[i].said),
				  "and said (%s)", e.text);
		else
			CHECK(ret == -1 && e.num == EINVAL &&
				      strstr(e.text, "give web.scope its property Foo"),
			      "and not said: %s", e.text);
	}
}

static void test_many(struct fixture *f)
{
	struct unit u = unit_of(f, "web.scope");
	struct unit_property two[2] = { { "MemoryMax", "t", { NULL, 0 } },
					{ "AllowedCPUs", "ay", { NULL, 0 } } };
	unit_properties_t all = { two, 2 };
	struct err e = ERR_NONE;

	strings_add(&f->a, &two[0].values, "18446744073709551615");
	strings_add(&f->a, &two[1].values, "0f80");
	CHECK(unit_set(&u, &all, &e) == 0, "several properties (%s)", e.text);
	CHECK_STR(said(f),
		  "SetUnitProperties(web.scope b1 [(MemoryMax <t-1>) "
		  "(AllowedCPUs <[y15 y128]>)])\n",
		  "in one call");
	two[1].values.items[0] = "0f8";
	CHECK(unit_set(&u, &all, &e) == -1 && e.num == EINVAL, "half a byte: %s", e.text);
}

static void test_absent(struct fixture *f)
{
	struct unit u = unit_of(f, "web.scope");
	struct err e = ERR_NONE;

	u.runtime_dir = "/nowhere";
	CHECK(unit_version(&u, &e) == 0 && e.num == ENOENT &&
		      strstr(e.text, "connect to systemd at unix:path=/nowhere/bus"),
	      "no systemd: %s", e.text);
	u.runtime_dir = f->dir;
	e = (struct err)ERR_NONE;
	u.name = "gone.scope";
	mock_start(f);
	CHECK(unit_stop(&u, NULL, &e) == 0, "there is one (%s)", e.text);

	struct unit_hold h = UNIT_HOLD_NONE;

	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == -1 && e.num != ETIMEDOUT &&
		      e.num != 0,
	      "it dies meanwhile: %s", e.text);
	mock_end(f);
	said(f);
}

/* A listening socket that nobody serves */
static void test_deaf(struct fixture *f)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct unit u = unit_of(f, "web.scope");
	struct err e = ERR_NONE;
	int64_t begin = clock_ms();

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/systemd/private", f->dir);
	unlink(at.sun_path);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(listener, 16) < 0)
		return;
	u.timeout_ms = 400;
	CHECK(unit_stop(&u, NULL, &e) == -1 && e.num == ETIMEDOUT &&
		      strstr(e.text, "connect to systemd at unix:path=/"),
	      "a systemd that does not answer: %s", e.text);
	CHECK(clock_ms() - begin < 2300, "in time, and by the helper's own clock");
	close(listener);
	unlink(at.sun_path);
}

int main(void)
{
	struct fixture f = fixture_open();

	mock_start(&f);
	test_start(&f);
	test_helper(&f);
	test_orphan(&f);
	test_again(&f);
	test_slices(&f);
	test_stop_own(&f);
	test_others(&f);
	test_types(&f);
	test_many(&f);
	test_bad(&f);
	mock_end(&f);
	test_absent(&f);
	test_deaf(&f);
	fixture_done(&f);
	return check_done();
}
