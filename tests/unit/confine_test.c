/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process that has confined itself can still do, and what not */
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/confine.h"
#include "base/fd.h"
#include "base/sys.h"
#include "tests/unit/check.h"

static const uint16_t calls[] = { __NR_read, __NR_write, __NR_exit_group };
static const uint32_t requests[] = { FIONREAD };

/* Each is a bit of what the child says */
enum {
	OPENS = 1,
	FORKS = 2,
	SOCKETS = 4,
	TYPES = 8,
	COUNTS = 16,
	EXECUTES = 32,
	HAS_OTHER = 64,
	MORE_FILTERS = 128
};

static int denied(long ret, int bit)
{
	return ret == -EPERM ? 0 : bit;
}

static int what_works(int in)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	char *const none[] = { NULL };
	int got = 0, n = 0;

	got |= denied(sys_openat(AT_FDCWD, "/", O_RDONLY, 0), OPENS);
	got |= denied(sys_clone3(&args), FORKS);
	got |= denied(SYS_(__NR_socket, AF_UNIX, SOCK_STREAM, 0, 0, 0, 0), SOCKETS);
	got |= denied(sys_ioctl(0, TIOCSTI, "x"), TYPES);
	got |= denied(sys_ioctl(in, FIONREAD, &n), COUNTS);
	got |= denied(SYS_(__NR_execve, "/bin/true", none, none, 0, 0, 0), EXECUTES);
	got |= denied(sys_seccomp(1, 0, NULL), MORE_FILTERS);
	return got;
}

/* Says what works, and waits */
static void child(int in, int out, int other)
{
	const int files[] = { in, out, -1 };
	const struct confine c = { .calls = calls,
				   .n = ARRAY_LEN(calls),
				   .requests = requests,
				   .requests_n = ARRAY_LEN(requests),
				   .files = files,
				   .files_n = ARRAY_LEN(files) };
	struct err e = ERR_NONE;
	int got = confine_self(&c, &e) < 0 ? -1 : what_works(in);

	if (write(other, "", 1) >= 0)
		got |= HAS_OTHER;
	if (write(out, &got, sizeof(got)) == sizeof(got) && read(in, &got, 1) == 0)
		SYS_(__NR_exit_group, 0, 0, 0, 0, 0, 0);
	SYS_(__NR_exit_group, 1, 0, 0, 0, 0, 0);
}

static bool says(const char *status, const char *line)
{
	const char *at = strstr(status, line);

	return at && at > status && at[-1] == '\n' && at[strlen(line)] == '\n';
}

static void test_child(void)
{
	int in[2], out[2], got = -1, status;
	char path[64], text[8192];
	FILE *f;
	pid_t pid;

	if (pipe(in) < 0 || pipe(out) < 0 || (pid = fork()) < 0) {
		CHECK(false, "pipes and a child");
		return;
	}
	if (pid == 0) {
		close(in[1]);
		child(in[0], out[1], out[0]);
	}
	CHECK(read(out[0], &got, sizeof(got)) == sizeof(got), "it says what works");
	CHECK(got == COUNTS, "only what is on its lists, and no file else: %d", got);
	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	text[f ? fread(text, 1, sizeof(text) - 1, f) : 0] = '\0';
	if (f)
		fclose(f);
	CHECK(says(text, "NoNewPrivs:\t1"), "it gets no privileges");
	CHECK(says(text, "Seccomp:\t2"), "it has a filter");
	CHECK(says(text, "CapPrm:\t0000000000000000"), "it has no capabilities");
	close(in[1]);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "it reads, and ends");
}

static void test_too_much(void)
{
	struct err e = ERR_NONE;
	const struct confine c = { .calls = calls, .n = CONFINE_MAX + 1 };

	CHECK(confine_self(&c, &e) < 0 && e.num == E2BIG,
	      "a list that is too long is refused, before anything is given up");
}

int main(void)
{
	test_child();
	test_too_much();
	return check_done();
}
