/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of aril-systemd with a systemd of their own have in common */
#ifndef TESTS_UNIT_SYSTEMD_FIXTURE_H
#define TESTS_UNIT_SYSTEMD_FIXTURE_H

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cgroups/unit.h"
#include "tests/unit/check.h"
#include "tests/unit/systemd_mock.h"

struct fixture {
	struct arena a;
	char dir[64], log[80], helper[4096];
	pid_t mock;
};

__attribute__((unused)) static struct unit unit_of(struct fixture *f, const char *name)
{
	return (struct unit){ .name = name,
			      .helper = f->helper,
			      .user = true,
			      .runtime_dir = f->dir,
			      .timeout_ms = 10000 };
}

/* What the mock was told since the last time */
__attribute__((unused)) static char *said(struct fixture *f)
{
	struct err e = ERR_NONE;
	char *text = file_read(&f->a, AT_FDCWD, f->log, 65536, NULL, &e);

	if (truncate(f->log, 0) < 0)
		return NULL;
	return text;
}

__attribute__((unused)) static void mock_end(struct fixture *f)
{
	if (f->mock > 0) {
		kill(f->mock, SIGKILL);
		waitpid(f->mock, NULL, 0);
	}
	f->mock = 0;
}

__attribute__((unused)) static void mock_start(struct fixture *f)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/systemd/private", f->dir);
	unlink(at.sun_path);
	if (listener < 0 || bind(listener, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    listen(listener, 16) < 0) {
		perror("Bail out! socket");
		exit(1);
	}
	f->mock = fork();
	if (f->mock == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		mock_serve(listener, f->log);
	}
	close(listener);
}

/* Its directory and log; without them the test ends */
__attribute__((unused)) static struct fixture fixture_open(void)
{
	const char *build = getenv("ARIL_BUILD");
	struct fixture f = { .a = check_arena(), .dir = "/tmp/aril-test.XXXXXX" };
	struct err e = ERR_NONE;

	snprintf(f.helper, sizeof(f.helper), "%s/cgroups/systemd/aril-systemd",
		 build ? build : ".");
	if (!mkdtemp(f.dir))
		exit(99);
	snprintf(f.log, sizeof(f.log), "%s/log", f.dir);
	if (dir_make_all(AT_FDCWD, arena_fmt(&f.a, "%s/systemd", f.dir), 0700, &e) < 0 ||
	    file_replace(AT_FDCWD, f.log, 0600, "", 0, &e) < 0)
		exit(99);
	return f;
}

__attribute__((unused)) static void fixture_done(struct fixture *f)
{
	struct err e = ERR_NONE;

	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no process is left");
	dir_remove_all(AT_FDCWD, f->dir, &e);
	arena_done(&f->a);
}

#endif
