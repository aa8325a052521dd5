/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Units of the true systemd, the system's for root, else the user's own: started, joined,
 * changed, reloaded, stopped. Their names begin with "ariltest".
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/str.h"
#include "base/sys.h"
#include "cgroups/unit.h"
#include "tests/unit/cgroup_tree.h"
#include "tests/unit/check.h"

struct fixture {
	struct arena a;
	const char *tree;
	char helper[4096], name[64];
	int version;
};

static struct unit unit_of(struct fixture *f, const char *name)
{
	return (struct unit){ .name = name,
			      .slice = geteuid() == 0 ? "system.slice" : NULL,
			      .helper = f->helper,
			      .user = geteuid() != 0,
			      .runtime_dir = getenv("XDG_RUNTIME_DIR"),
			      .bus = getenv("DBUS_SESSION_BUS_ADDRESS") };
}

/* `systemctl TEXT` for the manager that is asked */
static int systemctl(struct fixture *f, bool user, const char *text)
{
	return system(arena_fmt(&f->a, "</dev/null systemctl %s %s >/dev/null 2>&1",
				user ? "--user" : "--system", text));
}

/* A file of a cgroup; NULL: it has none, because a controller was not delegated */
static char *value(struct fixture *f, const char *cgroup, const char *file)
{
	struct err e = ERR_NONE;
	char buf[256];

	if (file_get(AT_FDCWD, arena_fmt(&f->a, "%s%s/%s", f->tree, cgroup, file), buf,
		     sizeof(buf), &e) < 0)
		return NULL;
	return arena_strdup(&f->a, buf);
}

static bool there(struct fixture *f, const char *cgroup)
{
	return access(arena_fmt(&f->a, "%s%s", f->tree, cgroup), F_OK) == 0;
}

/* The v2 cgroup of a process */
static char *cgroup_of(struct fixture *f, pid_t pid)
{
	struct err e = ERR_NONE;
	char *text = file_read(&f->a, AT_FDCWD, arena_fmt(&f->a, "/proc/%d/cgroup", pid),
			       65536, NULL, &e);
	char *at = text ? strstr(text, "0::") : NULL;

	if (!at)
		return NULL;
	return arena_strndup(&f->a, at + 3, strcspn(at + 3, "\n"));
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return pid;
}

/* At most 10 s */
static bool ends(pid_t pid)
{
	struct pollfd p = { .fd = (int)sys_pidfd_open(pid, 0), .events = POLLIN };
	bool good = p.fd < 0 || poll(&p, 1, 10000) == 1;

	if (!good)
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(p.fd);
	return good;
}

static void add_limit(struct fixture *f, limits_t *limits, const char *file,
		      const char *text)
{
	struct limit *l = list_add(&f->a, limits);

	*l = (struct limit){ .where = "x", .file = file, .text = text };
}

static void check_values(struct fixture *f, const char *cgroup, const limits_t *limits,
			 const char *when)
{
	LIST_EACH (l, limits) {
		char *now = value(f, cgroup, l->file);

		if (now)
			CHECK_STR(now, l->text, "%s %s", l->file, when);
		else
			CHECK_SKIP("%s: its controller is not delegated", l->file);
	}
}

static limits_t some_limits(struct fixture *f)
{
	limits_t limits = { NULL, 0 };

	add_limit(f, &limits, "memory.max", "67108864");
	add_limit(f, &limits, "memory.low", "4096");
	add_limit(f, &limits, "pids.max", "100");
	add_limit(f, &limits, "cpu.weight", "50");
	add_limit(f, &limits, "cpu.max", "33333 100000");
	add_limit(f, &limits, "cpuset.cpus", "0");
	return limits;
}

static void test_life(struct fixture *f)
{
	struct unit u = unit_of(f, f->name);
	limits_t limits = some_limits(f), more = { NULL, 0 };
	struct unit_hold h = UNIT_HOLD_NONE, other = UNIT_HOLD_NONE;
	unit_properties_t properties;
	struct err e = ERR_NONE;
	pid_t child = sleeper();
	int64_t begin = clock_ms();

	unit_properties(&limits, f->version, &f->a, &properties, &e);
	CHECK(unit_start(&u, &properties, "aril's test", &f->a, &h, &e) == 0,
	      "a scope starts (%s)", e.text);
	printf("# in %d ms\n", (int)(clock_ms() - begin));
	CHECK_STR(cgroup_of(f, h.pid), h.cgroup, "the helper is in it");
	check_values(f, h.cgroup, &limits, "as it was asked for");
	CHECK(unit_attach(&u, "", child, &e) == 0, "a process joins it (%s)", e.text);
	CHECK_STR(cgroup_of(f, child), h.cgroup, "it is in it");
	CHECK(unit_release(&h, &e) == 0, "the helper goes (%s)", e.text);
	CHECK_STR(cgroup_of(f, child), h.cgroup, "the scope stays");
	CHECK(unit_start(&u, NULL, NULL, &f->a, &other, &e) == -1 && e.num == EEXIST,
	      "one of that name is active: %s", e.text);
	e = (struct err)ERR_NONE;
	add_limit(f, &more, "memory.max", "134217728");
	add_limit(f, &more, "cpu.max", "500 10000");
	add_limit(f, &more, "pids.max", "max");
	unit_properties(&more, f->version, &f->a, &properties, &e);
	CHECK(unit_set(&u, &properties, &e) == 0, "its properties are changed (%s)",
	      e.text);
	check_values(f, h.cgroup, &more, "changed");
	CHECK(systemctl(f, u.user, "daemon-reload") == 0, "systemd reloads");
	check_values(f, h.cgroup, &more, "after a reload");
	CHECK(mkdir(arena_fmt(&f->a, "%s%s/sub", f->tree, h.cgroup), 0755) == 0 &&
		      there(f, arena_fmt(&f->a, "%s/sub", h.cgroup)),
	      "it is delegated: a cgroup below it");
	CHECK(unit_attach(&u, "/sub", child, &e) == 0, "a process joins that (%s)",
	      e.text);
	CHECK_STR(cgroup_of(f, child), arena_fmt(&f->a, "%s/sub", h.cgroup),
		  "it is in it");
	CHECK(unit_stop(&u, NULL, &e) == 0, "the scope stops (%s)", e.text);
	CHECK(ends(child), "the process is ended");
	CHECK(!there(f, h.cgroup), "and the cgroup is gone");
	CHECK(unit_stop(&u, NULL, &e) == 0, "once more is nothing (%s)", e.text);
	CHECK(unit_attach(&u, "", getpid(), &e) == -1 && e.num == ENOENT,
	      "nobody joins it: %s", e.text);
}

/* What systemd says that it was told, whatever controllers there are */
static void test_shown(struct fixture *f)
{
	static const struct {
		const char *file, *text, *shown; /* as `systemctl show` has it */
		int since;
	} rows[] = {
		{ "memory.high", "33554432", "MemoryHigh=33554432", 0 },
		{ "memory.swap.max", "0", "MemorySwapMax=0", 0 },
		{ "pids.max", "0", "TasksMax=1", 0 },
		{ "cpu.idle", "1", "CPUWeight=idle", 252 },
		{ "cpu.max", "33333 100000", "CPUQuotaPerSecUSec=340ms", 0 },
		{ "cpu.max", "30000 50000", "CPUQuotaPeriodUSec=50ms", 242 },
		{ "cpuset.cpus", "0-3,9", "AllowedCPUs=0-3 9", 244 },
		{ "cpuset.mems", "0", "AllowedMemoryNodes=0", 244 },
		{ "io.weight", "200", "IOWeight=200", 0 },
		{ "io.weight", "7:0 300", "IODeviceWeight=/dev/block/7:0 300", 0 },
		{ "io.max", "7:0 rbps=1048576",
		  "IOReadBandwidthMax=/dev/block/7:0 1048576", 0 },
		{ "io.max", "7:0 wiops=100", "IOWriteIOPSMax=/dev/block/7:0 100", 0 },
	};
	struct unit u = unit_of(f, f->name);
	struct unit_hold h = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;

	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0, "started (%s)", e.text);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		limits_t limits = { NULL, 0 };
		unit_properties_t properties;
		int ret;

		if (f->version < rows[i].since)
			continue;
		add_limit(f, &limits, rows[i].file, rows[i].text);
		unit_properties(&limits, f->version, &f->a, &properties, &e);
		e = (struct err)ERR_NONE;
		ret = unit_set(&u, &properties, &e);
		CHECK(ret == 0 && systemctl(f, u.user,
					    arena_fmt(&f->a, "show %s | grep -qFx '%s'",
						      u.name, rows[i].shown)) == 0,
		      "%s %s is %s (%s)", rows[i].file, rows[i].text, rows[i].shown,
		      e.text);
	}
	unit_hold_done(&h);
}

/* Without one that is kept or joined, the scope is stopped */
static void test_undone(struct fixture *f)
{
	struct unit u = unit_of(f, f->name);
	struct unit_hold h = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;
	char *cgroup;

	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0, "started (%s)", e.text);
	cgroup = h.cgroup;
	unit_hold_done(&h);
	CHECK(cgroup && !there(f, cgroup), "undone");
	CHECK(systemctl(f, u.user, arena_fmt(&f->a, "status %s", u.name)) != 0,
	      "systemd does not know it");
}

/* A scope that failed does not stand in the way of the next */
static void test_failed(struct fixture *f)
{
	struct unit u = unit_of(f, f->name);
	struct unit_property p;
	unit_properties_t all = { &p, 1 };
	struct unit_hold h = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;
	int64_t end = clock_ms() + 20000;
	bool failed = false;

	unit_property_parse("org.systemd.property.RuntimeMaxSec", "0.3", &f->a, &p, &e);
	CHECK(unit_start(&u, &all, NULL, &f->a, &h, &e) == 0, "a scope that fails (%s)",
	      e.text);
	h.keep = true;
	while (!failed && clock_ms() < end) {
		failed = systemctl(f, u.user, arena_fmt(&f->a, "is-failed %s", u.name)) ==
			 0;
		poll(NULL, 0, 100);
	}
	CHECK(failed, "has failed");
	unit_release(&h, &e);
	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0, "another of its name (%s)",
	      e.text);
	h.keep = false;
	unit_hold_done(&h);
}

static const char nobodys[] = "00112233445566778899aabbccddeeff";

static void test_slice(struct fixture *f)
{
	struct unit u = unit_of(f, arena_fmt(&f->a, "ariltest%d.slice", getpid()));
	struct unit_hold h = UNIT_HOLD_NONE, other = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;
	char *cgroup;

	u.slice = NULL;
	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0 && h.pid == 0,
	      "a slice starts (%s)", e.text);
	CHECK(h.cgroup && there(f, h.cgroup) && str_ends(h.cgroup, u.name),
	      "it has a cgroup");
	CHECK(unit_start(&u, NULL, NULL, &f->a, &other, &e) == -1 && e.num == EEXIST,
	      "a second time it does not: %s", e.text);
	unit_hold_done(&other);
	e = (struct err)ERR_NONE;
	CHECK(unit_stop(&u, NULL, &e) == 0 && unit_stop(&u, nobodys, &e) == 0 &&
		      there(f, h.cgroup),
	      "nobody stops it who cannot say which one (%s)", e.text);
	cgroup = h.cgroup;
	unit_hold_done(&h);
	CHECK(!there(f, cgroup), "but we do");
}

/* One that systemd began for a unit in it: it has no file, and systemd refuses nothing */
static void test_foreign_slice(struct fixture *f)
{
	struct unit scope = unit_of(f, f->name), u;
	struct unit_hold h = UNIT_HOLD_NONE, other = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;

	scope.slice = arena_fmt(&f->a, "ariltest%d.slice", getpid());
	u = unit_of(f, scope.slice);
	u.slice = NULL;
	CHECK(unit_start(&scope, NULL, NULL, &f->a, &h, &e) == 0,
	      "a scope in a slice starts (%s)", e.text);
	CHECK(unit_start(&u, NULL, NULL, &f->a, &other, &e) == -1 && e.num == EEXIST &&
		      !other.unit,
	      "the slice is not ours: %s", e.text);
	unit_hold_done(&other);
	e = (struct err)ERR_NONE;
	CHECK(unit_stop(&scope, nobodys, &e) == 0 && h.pid > 0 &&
		      waitpid(h.pid, NULL, WNOHANG) == 0 && there(f, h.cgroup),
	      "who is in it stays; also when another of its name is stopped (%s)",
	      e.text);
	CHECK(unit_stop(&scope, h.invocation, &e) == 0 && !there(f, h.cgroup),
	      "which it is counts (%s)", e.text);
	unit_hold_done(&h);
	systemctl(f, u.user, arena_fmt(&f->a, "stop %s", u.name));
}

static void test_refused(struct fixture *f)
{
	struct unit u = unit_of(f, f->name);
	struct unit_hold h = UNIT_HOLD_NONE;
	struct unit_property p;
	unit_properties_t all = { &p, 1 };
	struct err e = ERR_NONE;

	unit_property_parse("org.systemd.property.NoSuchThing", "5", &f->a, &p, &e);
	CHECK(unit_start(&u, &all, NULL, &f->a, &h, &e) == -1 &&
		      strstr(e.text, arena_fmt(&f->a, "start %s: ", f->name)),
	      "a property that systemd does not know: %s", e.text);
	e = (struct err)ERR_NONE;
	u.name = "no such name.scope";
	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == -1, "a bad name: %s", e.text);
}

static int write_map(const char *file, unsigned inside, unsigned outside)
{
	struct err e = ERR_NONE;
	char text[64];

	snprintf(text, sizeof(text), "%u %u 1", inside, outside);
	return file_put(AT_FDCWD, file, text, &e);
}

static int life_in_userns(struct fixture *f, const struct unit *u, unsigned uid)
{
	struct unit_hold h = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;
	char *own;

	if (unshare(CLONE_NEWUSER) < 0 ||
	    write_map("/proc/self/uid_map", uid ? 0 : 1000, uid) < 0)
		return 77;
	if (unit_start(u, NULL, NULL, &f->a, &h, &e) < 0) {
		printf("# %s\n", e.text);
		fflush(stdout);
		return 1;
	}
	own = cgroup_of(f, h.pid);
	if (!own || strcmp(own, h.cgroup) != 0 || unit_release(&h, &e) < 0)
		return 2;
	unit_hold_done(&h);
	return there(f, h.cgroup) ? 3 : 0;
}

static void test_userns(struct fixture *f)
{
	struct unit u = unit_of(f, f->name);
	int status = -1;
	pid_t child = fork();

	if (child == 0)
		_exit(life_in_userns(f, &u, geteuid()));
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		CHECK_SKIP("no user namespace can be made here");
	else
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "a life from within a user namespace: status %#x", status);
}

int main(void)
{
	const char *build = getenv("ARIL_BUILD");
	struct fixture f = { .a = check_arena() };
	struct err e = ERR_NONE;
	struct unit u;

	snprintf(f.helper, sizeof(f.helper), "%s/cgroups/systemd/aril-systemd",
		 build ? build : ".");
	snprintf(f.name, sizeof(f.name), "ariltest-%d.scope", getpid());
	f.tree = cgroup_tree();
	u = unit_of(&f, f.name);
	f.version = f.tree ? unit_version(&u, &e) : 0;
	if (f.version == 0) {
		CHECK_SKIP("%s", f.tree ? e.text : "there is no cgroup2 tree");
		return check_done();
	}
	printf("# systemd %d\n", f.version);
	test_life(&f);
	test_shown(&f);
	test_undone(&f);
	test_failed(&f);
	test_slice(&f);
	test_foreign_slice(&f);
	test_refused(&f);
	test_userns(&f);
	arena_done(&f.a);
	return check_done();
}
