/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aril-systemd's ways to a systemd of our own (systemd_mock.h): over its socket and over
 * a bus, also from a user namespace, where our uid is another number than outside.
 */
#include <poll.h>
#include <sched.h>

#include "base/str.h"
#include "tests/unit/systemd_fixture.h"

static int write_map(const char *file, unsigned inside, unsigned outside)
{
	struct err e = ERR_NONE;
	char text[64];

	snprintf(text, sizeof(text), "%u %u 1", inside, outside);
	return file_put(AT_FDCWD, file, text, &e);
}

static void test_userns(struct fixture *f, const char *how, const struct unit *u)
{
	unsigned uid = geteuid(), inside = uid ? 0 : 1000;
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		struct err e = ERR_NONE;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWUSER) < 0 ||
		    write_map("/proc/self/uid_map", inside, uid) < 0 ||
		    geteuid() != inside)
			_exit(77);
		if (unit_version(u, &e) == 252)
			_exit(0);
		printf("# %s\n", e.text);
		fflush(stdout);
		_exit(1);
	}
	waitpid(child, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		CHECK_SKIP("no user namespace can be made here");
	else
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "from a user namespace, over %s", how);
	said(f);
}

static const char bus_config[] =
	"<busconfig><type>session</type><listen>unix:path=%s/bus</listen>"
	"<auth>EXTERNAL</auth><policy context=\"default\">"
	"<allow send_destination=\"*\" eavesdrop=\"true\"/>"
	"<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n";

/* dbus-daemon, told ready when its address can be read; 0: there is none here */
static pid_t bus_start(struct fixture *f)
{
	char config[80], option[100], text[1024], address[256];
	struct err e = ERR_NONE;
	struct pollfd p;
	int ends[2];
	pid_t pid;

	snprintf(config, sizeof(config), "%s/bus.conf", f->dir);
	snprintf(option, sizeof(option), "--config-file=%s", config);
	snprintf(text, sizeof(text), bus_config, f->dir);
	if (file_replace(AT_FDCWD, config, 0644, text, strlen(text), &e) < 0 ||
	    pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (dup2(ends[1], 1) < 0 || dup2(open("/dev/null", O_WRONLY), 2) < 0)
			_exit(1);
		execlp("dbus-daemon", "dbus-daemon", "--nofork", "--nosyslog",
		       "--nopidfile", "--print-address", option, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	p = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	if (poll(&p, 1, 10000) != 1 || read(ends[0], address, sizeof(address)) <= 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		pid = 0;
	}
	close(ends[0]);
	return pid;
}

static bool mock_start_bus(struct fixture *f, const char *address)
{
	struct pollfd p = { .events = POLLIN };
	int ends[2];
	bool good;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	f->mock = fork();
	if (f->mock == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		mock_serve_bus(address, ends[1], f->log);
	}
	close(ends[1]);
	p.fd = ends[0];
	good = poll(&p, 1, 10000) == 1 && (p.revents & POLLIN);
	close(ends[0]);
	return good;
}

static void test_bus(struct fixture *f)
{
	struct unit u = unit_of(f, "web.scope");
	struct unit_hold h = UNIT_HOLD_NONE;
	struct err e = ERR_NONE;
	pid_t daemon = bus_start(f);
	char *address = arena_fmt(&f->a, "unix:path=%s/bus", f->dir), *log;

	if (daemon == 0) {
		CHECK_SKIP("dbus-daemon is not installed");
		return;
	}
	CHECK(unit_version(&u, &e) == 0 && e.num == ENOTCONN,
	      "a bus without a systemd: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(mock_start_bus(f, address), "a systemd on a bus");
	CHECK(unit_start(&u, NULL, NULL, &f->a, &h, &e) == 0, "a scope starts (%s)",
	      e.text);
	log = said(f);
	CHECK(log && str_starts(log, "Subscribe()\nStartTransientUnit(web.scope"),
	      "after a subscription");
	unit_hold_done(&h);
	log = said(f);
	CHECK(log && strstr(log, MOCK_INVOCATION ".Stop(replace)\n"), "and is stopped");
	u.runtime_dir = NULL;
	u.bus = address;
	CHECK(unit_version(&u, &e) == 252, "by DBUS_SESSION_BUS_ADDRESS (%s)", e.text);
	test_userns(f, "a bus", &u);
	mock_end(f);
	kill(daemon, SIGKILL);
	waitpid(daemon, NULL, 0);
}

int main(void)
{
	struct fixture f = fixture_open();
	struct unit u = unit_of(&f, "web.scope");

	mock_start(&f);
	test_userns(&f, "systemd's own socket", &u);
	mock_end(&f);
	unlink(arena_fmt(&f.a, "%s/systemd/private", f.dir));
	test_bus(&f);
	fixture_done(&f);
	return check_done();
}
