/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What init gives must be what it is said to be. Needs no privilege. */
#include "libcontainer/host/given.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "libcontainer/plan/sync.h"
#include "tests/unit/check.h"

typedef int (*given)(int sock, int timeout_ms, int *fd, struct err *e);

/* Send the file; whether it was taken. Another error than EPROTO is a failure. */
static bool taken(enum sync_kind kind, int fd, given take, const char *what)
{
	struct err e = ERR_NONE;
	int s[2], got = -1, ret;

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s) == 0,
	      "make a socket");
	CHECK(sync_send(s[0], kind, fd, 0, &e) == 0, "send %s", what);
	ret = take(s[1], 1000, &got, &e);
	CHECK(ret == 0 ? got >= 0 : got == -1 && e.num == EPROTO, "%s: %s", what, e.text);
	close(got);
	close(s[0]);
	close(s[1]);
	return ret == 0;
}

static int listener_make(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			    SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void test_others(int master, int listener)
{
	const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	const struct {
		const char *what;
		int fd;
	} files[] = {
		{ "nothing", -1 },
		{ "a slave", slave },
		{ "the name of a master",
		  open("/dev/ptmx", O_PATH | O_NOCTTY | O_CLOEXEC) },
		{ "/dev/null", open("/dev/null", O_RDWR | O_CLOEXEC) },
		{ "a directory", open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) },
		{ "a file of that name", memfd_create("seccomp notify", MFD_CLOEXEC) },
		{ "a socket", socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		CHECK(i == 0 || files[i].fd >= 0, "open %s", files[i].what);
		CHECK(!taken(SYNC_TTY, files[i].fd, given_terminal, files[i].what),
		      "%s is no terminal", files[i].what);
		CHECK(!taken(SYNC_LISTENER, files[i].fd, given_listener, files[i].what),
		      "%s is no listener", files[i].what);
		close(files[i].fd);
	}
	CHECK(!taken(SYNC_TTY, listener, given_terminal, "a listener"),
	      "a listener is no terminal");
	CHECK(!taken(SYNC_LISTENER, master, given_listener, "a master"),
	      "a master is no listener");
}

int main(void)
{
	const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	int listener;

	CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0,
	      "make a terminal");
	CHECK(taken(SYNC_TTY, master, given_terminal, "a master"), "a master is taken");
	listener = listener_make();
	if (listener < 0) /* the filter that is around us has one already */
		CHECK_SKIP("no seccomp listener can be made here");
	else
		CHECK(taken(SYNC_LISTENER, listener, given_listener, "a listener"),
		      "a listener is taken");
	test_others(master, listener);
	close(listener);
	close(master);
	return check_done();
}
