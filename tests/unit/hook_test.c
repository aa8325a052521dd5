/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Running hooks: what they get, what they leave, how they fail. Needs no privilege. */
#include "libcontainer/init/hook.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/check.h"

static const struct hook_fds none = HOOK_FDS_NONE;
static char dir[] = "/tmp/hook_test.XXXXXX";

static struct plan_hook shell(const char *where, char *argv[4], const char *script)
{
	argv[0] = (char *)"sh";
	argv[1] = (char *)"-c";
	argv[2] = (char *)script;
	argv[3] = NULL;
	return (struct plan_hook){ .where = where, .path = "/bin/sh", .argv = argv };
}

static const char *file_text(const char *name)
{
	static char text[1024];
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n < 0 ? NULL : text;
}

static int state_file(void)
{
	int fd = memfd_create("state", MFD_CLOEXEC);

	if (fd < 0 || write(fd, "{\"id\":\"x\"}\n", 11) != 11)
		abort();
	return fd;
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void test_order(void)
{
	struct plan_hook h[3];
	plan_hooks_t list = { h, 3 };
	struct err e = ERR_NONE;
	char *argv[3][4];
	int state = state_file(), before = count_fds();
	const struct hook_fds fds = { state, -1, -1 };

	h[0] = shell("prestart hook #0", argv[0], "echo one >>order; cat >>order");
	h[1] = shell("prestart hook #1", argv[1], "echo two >>order; cat >>order");
	h[2] = shell("prestart hook #2", argv[2], "exit 5");
	CHECK(hooks_run(&list, &fds, &e) == -1, "the list fails with its third hook");
	CHECK_STR(file_text("order"), "one\n{\"id\":\"x\"}\ntwo\n{\"id\":\"x\"}\n",
		  "in order, each with the whole state on its stdin");
	CHECK_STR(e.text,
		  "error running prestart hook #2: exit status 5, stdout: , stderr: ",
		  "the failure says which");
	CHECK(count_fds() == before, "no fd is left open");
	close(state);
	unlink("order");
}

static void test_surroundings(void)
{
	char *argv[4], *env[] = { (char *)"ONLY=this", NULL };
	struct plan_hook h;
	struct err e = ERR_NONE;
	int leak = open("/dev/null", O_RDONLY); /* not close-on-exec, on purpose */

	setenv("SECRET", "1", 1);
	signal(SIGPIPE, SIG_IGN);
	h = shell(
		"x hook #0", argv,
		"echo \"only=$ONLY secret=$SECRET\" >env; ls /proc/self/fd | wc -w >fds;"
		"sed -n 's/^SigIgn:[^0-9a-f]*//p; s/^SigBlk:[^0-9a-f]*//p' "
		"/proc/self/status >sig; cat >stdin; PATH=; wait");
	h.envp = env;
	/* sh finds its tools without PATH by its own default */
	CHECK(hook_run(&h, &none, &e) == 0, "it runs: %s", e.text);
	CHECK_STR(file_text("env"), "only=this secret=\n", "its environment is its own");
	CHECK(file_text("fds") && strtol(file_text("fds"), NULL, 10) == 4,
	      "0 to 2 are open, and what ls opens: %s", file_text("fds"));
	CHECK_STR(file_text("sig"), "0000000000000000\n0000000000000000\n",
		  "no signal is blocked or ignored");
	CHECK_STR(file_text("stdin"), "", "without a state stdin is empty");
	signal(SIGPIPE, SIG_DFL);
	close(leak);
	unlink("env");
	unlink("fds");
	unlink("sig");
	unlink("stdin");
}

static void test_failures(void)
{
	struct plan_hook h;
	struct err e = ERR_NONE;
	char *argv[4];

	h = shell("createContainer hook #0", argv, "echo X; echo Y >&2; exit 1");
	CHECK(hook_run(&h, &none, &e) == -1 && e.plain, "a status is a failure");
	CHECK_STR(e.text,
		  "error running createContainer hook #0: exit status 1, stdout: X, "
		  "stderr: Y",
		  "what it printed is told");
	h = shell("x hook #0", argv, "kill -9 $$");
	CHECK(hook_run(&h, &none, &e) == -1, "a signal is a failure");
	CHECK_STR(e.text,
		  "error running x hook #0: killed by signal 9, stdout: , stderr: ",
		  "and named");
	h = shell("x hook #0", argv, "head -c 100000 /dev/zero | tr '\\0' A; exit 2");
	CHECK(hook_run(&h, &none, &e) == -1 && strlen(e.text) < ERR_TEXT,
	      "long output is cut");
	h.path = "/nonexistent/hook";
	CHECK(hook_run(&h, &none, &e) == -1 && e.num == ENOENT && !e.plain,
	      "one that is not there: the errno of execve");
	CHECK_STR(e.text, "error running x hook #0: exec /nonexistent/hook", "its text");
	h.path = "/etc/passwd";
	CHECK(hook_run(&h, &none, &e) == -1 && e.num == EACCES,
	      "one that is not executable");
	h.path = "/bin/true";
	h.argv = NULL;
	CHECK(hook_run(&h, &none, &e) == 0, "no arguments: its path is the first");
}

static void test_timeout(void)
{
	struct timespec a, b;
	struct plan_hook h;
	struct err e = ERR_NONE;
	char *argv[4];
	int fifo;
	char byte;

	if (mkfifo("alive", 0600) < 0)
		abort();
	fifo = open("alive", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	/* the grandchild holds the fifo open: its end of file tells that it is dead,
	 * too */
	h = shell("poststop hook #1", argv,
		  "exec 3>alive; echo up >&3; sleep 60 & sleep 60");
	h.timeout_ms = 300;
	clock_gettime(CLOCK_MONOTONIC, &a);
	CHECK(hook_run(&h, &none, &e) == -1 && e.num == ETIMEDOUT,
	      "a hook that hangs fails");
	clock_gettime(CLOCK_MONOTONIC, &b);
	CHECK(b.tv_sec - a.tv_sec < 20, "long before it would end");
	CHECK_STR(
		e.text,
		"error running poststop hook #1: hook ran past specified timeout of 0.3s",
		"with runc's words");
	while (read(fifo, &byte, 1) == 1)
		;
	CHECK(poll(&(struct pollfd){ .fd = fifo, .events = POLLIN }, 1, 5000) == 1 &&
		      read(fifo, &byte, 1) == 0,
	      "its whole process group is killed");
	close(fifo);
	unlink("alive");
	h = shell("x hook #0", argv, "exit 0");
	h.timeout_ms = 20000;
	CHECK(hook_run(&h, &none, &e) == 0, "one that is in time is fine");
	CHECK(waitpid(-1, NULL, WNOHANG | __WALL) == -1 && errno == ECHILD,
	      "no child is left");
}

int main(void)
{
	if (!mkdtemp(dir) || chdir(dir) < 0)
		return 99;
	test_order();
	test_surroundings();
	test_failures();
	test_timeout();
	if (chdir("/") < 0)
		return 99;
	CHECK(rmdir(dir) == 0, "nothing is left behind");
	return check_done();
}
