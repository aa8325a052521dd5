/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starting pasta and slirp4netns; runs in the guard */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/memfd.h"
#include "base/program.h"
#include "base/str.h"
#include "netns/user_parts.h"

#define WORDS_MAX (64UL << 10)

int32_t guard_child(const struct guard *g)
{
	struct err ignored = ERR_NONE;
	char path[64], text[4096];
	long pid = sys_getpid();
	uint64_t child;

	(void)g;
	fmt_text(path, sizeof(path), "/proc/%ld/task/%ld/children", pid, pid);
	if (file_get(AT_FDCWD, path, text, sizeof(text), &ignored) < 0 ||
	    !str_u64n(text, strcspn(text, " "), INT32_MAX, &child))
		return 0;
	return (int32_t)child;
}

/* --- running it ------------------------------------------------------------ */

static int start(struct guard *g, const struct program_file *files, size_t n,
		 struct err *e)
{
	char **argv = user_net_argv(g->net, g->box, g->a);
	int ret = program_start(g->net->path, argv, files, n, false, &g->pid);

	if (ret != 0)
		return err_set(e, ret, "%s: run %s", g->net->where, g->net->path);
	g->pidfd = (int)sys_pidfd_open(g->pid, 0);
	if (g->pidfd < 0)
		return err_set(e, -g->pidfd, "%s: open a pidfd of %s", g->net->where,
			       g->net->path);
	return 0;
}

/* It has ended, and should not have, or not so */
static int failed(struct guard *g, int words, struct err *e)
{
	const char *name = user_program_names[g->net->program], *said = "";
	struct err ignored = ERR_NONE;
	char *text = NULL;

	if (lseek(words, 0, SEEK_SET) == 0)
		text = file_read_fd(g->a, words, "words", WORDS_MAX, NULL, &ignored);
	if (text)
		said = user_net_words(text, g->a);
	return err_plain(e, EIO, "%s: %s: %s", g->net->where, name,
			 *said ? said : "it ended, and did not say why");
}

/* Until the fd can be read. The init of the container must live. */
static int await(struct guard *g, int fd, struct err *e)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLIN },
			      { .fd = g->box->pidfd, .events = POLLIN } };
	int64_t end = clock_ms() + USER_MS;
	int n;

	do {
		int64_t left = end - clock_ms();

		n = left > 0 ? poll(p, ARRAY_LEN(p), (int)left) : 0;
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return err_set(e, ETIMEDOUT, "%s: wait for %s", g->net->where,
			       user_program_names[g->net->program]);
	if (n < 0 || p[1].revents)
		return err_set(e, ESRCH, "%s: the container has ended", g->net->where);
	return 0;
}

/* --- root's mounts --------------------------------------------------------- */

/* A mount namespace of our own, for what the program finds and for what it mounts: the
 * host's mounts may be shared, and then what slirp4netns mounts on /tmp for its sandbox
 * would be there for everybody */
static int leave_mounts(const struct guard *g, int *old, struct err *e)
{
	const struct mount_attr slave = { .propagation = MS_SLAVE };
	long ret;

	*old = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (*old < 0)
		return err_sys(e, "open our mount namespace");
	ret = sys_unshare(CLONE_NEWNS);
	if (ret == 0)
		ret = sys_mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &slave);
	return ret < 0 ? err_set(e, (int)-ret, "%s: make a mount namespace",
				 g->net->where)
		       : 0;
}

/* The program has its own by now; nobody needs copies of the host's mounts */
static int return_to_mounts(int old, struct err *e)
{
	long ret = old < 0 ? 0 : sys_setns(old, CLONE_NEWNS);

	if (ret < 0)
		return err_set(e, (int)-ret, "go back to our mount namespace");
	if (old >= 0)
		sys_chdir("/");
	return 0;
}

/* --- pasta ----------------------------------------------------------------- */

/* The namespace at BOX/netns, as far as pasta can see */
static int bind_netns(const struct guard *g, const char *from, struct err *e)
{
	const char *to = arena_fmt(g->a, "%s/" USER_NETNS, g->box->path);
	autofd file = openat(g->box->dir, USER_NETNS,
			     O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	autofd tree = -1;
	long ret;

	if (file < 0)
		return err_sys(e, "make file %s", to);
	ret = tree = (int)sys_open_tree(AT_FDCWD, from,
					OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (ret >= 0)
		ret = sys_move_mount(tree, "", AT_FDCWD, to, MOVE_MOUNT_F_EMPTY_PATH);
	if (ret < 0)
		return err_set(e, (int)-ret, "%s: show the network namespace to pasta",
			       g->net->where);
	return 0;
}

static int show_netns(const struct guard *g, struct err *e)
{
	const char *from = arena_fmt(g->a, "/proc/%d/ns/net", g->box->pid);

	if (g->net->as_root)
		return bind_netns(g, from, e);
	if (symlinkat(from, g->box->dir, USER_NETNS) < 0)
		return err_sys(e, "make link %s/" USER_NETNS, g->box->path);
	return 0;
}

/* Its first process ends when the network is there; what goes on is its child, which is
 * ours now */
static int take_daemon(struct guard *g, int words, struct err *e)
{
	siginfo_t info = { .si_pid = 0 };

	if (waitid(P_PIDFD, (id_t)g->pidfd, &info, WEXITED) < 0)
		return err_sys(e, "%s: wait for pasta", g->net->where);
	fd_close(&g->pidfd);
	g->pid = 0;
	if (info.si_code != CLD_EXITED || info.si_status != 0)
		return failed(g, words, e);
	g->pid = guard_child(g);
	if (g->pid == 0)
		return failed(g, words, e);
	g->pidfd = (int)sys_pidfd_open(g->pid, 0);
	if (g->pidfd < 0)
		return err_set(e, -g->pidfd, "%s: open a pidfd of pasta", g->net->where);
	return 0;
}

int guard_pasta(struct guard *g, struct err *e)
{
	autofd words = memfd_open("aril-pasta", false, e);
	const struct program_file files[] = { { words, 1 }, { words, 2 } };
	autofd mounts = -1;

	if (words < 0 || (g->net->as_root && leave_mounts(g, &mounts, e) < 0))
		return -1;
	if (show_netns(g, e) < 0 || start(g, files, ARRAY_LEN(files), e) < 0)
		return -1;
	if (await(g, g->pidfd, e) < 0 || take_daemon(g, words, e) < 0)
		return -1;
	return return_to_mounts(mounts, e);
}

/* --- slirp4netns ----------------------------------------------------------- */

static int api_connect(const struct guard *g, struct err *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval most = { .tv_sec = 5 };
	autofd s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most)) < 0)
		return err_sys(e, "make a socket for slirp4netns");
	fmt_text(to.sun_path, sizeof(to.sun_path), "/proc/self/fd/%d/" USER_API,
		 g->box->dir);
	if (connect(s, (struct sockaddr *)&to, sizeof(to)) < 0)
		return err_sys(e, "connect to slirp4netns");
	return fd_take(&s);
}

static int publish(const struct guard *g, const struct net_port *p, struct err *e)
{
	const char *request = user_net_request(p, g->a);
	char answer[1024];
	size_t n = 0;
	ssize_t got;
	autofd s = api_connect(g, e);

	if (s < 0 || fd_write_all(s, request, strlen(request), e) < 0)
		return err_wrap(e, "%s", g->net->where);
	shutdown(s, SHUT_WR);
	while ((got = recv(s, answer + n, sizeof(answer) - 1 - n, 0)) > 0)
		n += (size_t)got;
	answer[n] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	if (strstr(answer, "\"return\""))
		return 0;
	return err_plain(e, EADDRINUSE,
			 "%s: slirp4netns cannot publish port %s%s%u/%s: %.200s",
			 g->net->where, p->address ? p->address : "",
			 p->address ? ":" : "", p->host, p->udp ? "udp" : "tcp", answer);
}

/* It writes "1" when it is ready, and closes that without a word when it ends */
static int await_ready(struct guard *g, int ready, int words, struct err *e)
{
	siginfo_t info;
	char one;

	if (await(g, ready, e) < 0)
		return -1;
	if (read(ready, &one, 1) == 1)
		return 0;
	/* its words are whole when it has ended */
	if (await(g, g->pidfd, e) < 0)
		return -1;
	waitid(P_PIDFD, (id_t)g->pidfd, &info, WEXITED | WNOWAIT);
	return failed(g, words, e);
}

/* Both ends far above those that the program shall find */
static int pipe_above(int ends[2], struct err *e)
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) < 0)
		return err_sys(e, "make a pipe");
	for (int i = 0; i < 2; i++) {
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 100);
		fd_close(&low[i]);
	}
	return ends[0] < 0 || ends[1] < 0 ? err_sys(e, "make a pipe") : 0;
}

static int run_slirp(struct guard *g, int ready, int end, int words, struct err *e)
{
	bool gets_box = user_net_gets_box(g->net, g->box);
	autofd dir = gets_box ? fcntl(g->box->dir, F_DUPFD_CLOEXEC, 100) : -1;
	const struct program_file files[] = { { words, 1 },
					      { words, 2 },
					      { ready, USER_READY_FD },
					      { end, USER_EXIT_FD },
					      { dir, USER_BOX_FD } };

	if (gets_box && dir < 0)
		return err_sys(e, "copy a descriptor");
	return start(g, files, ARRAY_LEN(files) - !gets_box, e);
}

int guard_slirp(struct guard *g, struct err *e)
{
	autofd words = memfd_open("aril-slirp4netns", false, e);
	int ready[2] = { -1, -1 }, end[2] = { -1, -1 }, ret;
	autofd mounts = -1;

	if (g->net->as_root && leave_mounts(g, &mounts, e) < 0)
		return -1;
	if (words < 0 || pipe_above(ready, e) < 0 || pipe_above(end, e) < 0)
		return -1; /* the guard ends, and with it its files */
	g->hold = end[1];
	ret = run_slirp(g, ready[1], end[0], words, e);
	fd_close(&ready[1]);
	fd_close(&end[0]);
	if (ret == 0)
		ret = await_ready(g, ready[0], words, e);
	fd_close(&ready[0]);
	if (ret == 0)
		ret = return_to_mounts(mounts, e);
	for (size_t i = 0; ret == 0 && i < g->net->ports.n; i++)
		ret = publish(g, &g->net->ports.items[i], e);
	return ret;
}
