/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of aril-systemd; runs in the program */
#include "cgroups/unit_call.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/unit_words.h"

#define ARIL_SYSTEMD ARIL_LIBEXECDIR "/aril-systemd"
/* the helper's own deadline comes first: it knows what it waited for */
#define GRACE_MS     2000
#define KILLED_MS    10000

/* --- the request ------------------------------------------------------------------- */

/* In a D-Bus address all but these is escaped (its specification, "Server Addresses") */
static const char *address_of(struct arena *a, const char *dir, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_/.\\";
	struct text t = TEXT(a);

	text_add(&t, "unix:path=");
	while (*dir) {
		int n = (int)strspn(dir, plain);

		text_add(&t, "%.*s", n, dir);
		dir += n;
		if (*dir)
			text_add(&t, "%%%02x", (unsigned char)*dir++);
	}
	text_add(&t, "%s", path);
	return t.s;
}

/*
 * The manager's own socket first: nobody is between, it answers when the bus is stuck.
 * The system's is root's only.
 *
 * DBUS_SESSION_BUS_ADDRESS may be a list, and may name a program to run (unixexec:): of
 * that only sockets are taken.
 */
static int call_addresses(struct unit_call *c, struct arena *a, struct err *e)
{
	const struct unit *u = c->unit;
	strings_t buses;

	if (!u->user) {
		words_add(&c->lines, "manager", "unix:path=/run/systemd/private");
		words_add(&c->lines, "bus", "unix:path=/run/dbus/system_bus_socket");
		return 0;
	}
	if (!str_empty(u->runtime_dir))
		words_add(&c->lines, "manager",
			  address_of(a, u->runtime_dir, "/systemd/private"));
	if (!str_empty(u->bus)) {
		buses = str_split(a, u->bus, ';');
		LIST_EACH (bus, &buses)
			if (str_starts(*bus, "unix:"))
				words_add(&c->lines, "bus", *bus);
	}
	if (!str_empty(u->runtime_dir))
		words_add(&c->lines, "bus", address_of(a, u->runtime_dir, "/bus"));
	if (!c->lines.s)
		return err_plain(e, ENOENT,
				 "the user's service manager cannot be found: neither "
				 "XDG_RUNTIME_DIR nor DBUS_SESSION_BUS_ADDRESS is set");
	return 0;
}

static int timeout_of(const struct unit *u)
{
	return u->timeout_ms > 0 ? u->timeout_ms : UNIT_MS;
}

int call_open(struct unit_call *c, const struct unit *u, const char *verb,
	      struct arena *a, struct err *e)
{
	char ms[16];

	*c = (struct unit_call){ .unit = u,
				 .verb = verb,
				 .pidfd = -1,
				 .sock = -1,
				 .lines = TEXT(a),
				 .left_ms = CALL_END_MS };
	if (call_addresses(c, a, e) < 0)
		return -1;
	fmt_text(ms, sizeof(ms), "%d", timeout_of(u));
	words_add(&c->lines, "timeout", ms);
	return 0;
}

void call_properties(struct unit_call *c, const unit_properties_t *properties)
{
	LIST_EACH (p, properties) {
		words_add(&c->lines, "property",
			  arena_fmt(c->lines.arena, "%s %s", p->name, p->type));
		LIST_EACH (value, &p->values)
			words_add(&c->lines, "value", *value);
	}
}

/* For errors */
static const char *unit_name(const struct unit_call *c)
{
	return c->unit->name ? c->unit->name : "";
}

/* --- the helper -------------------------------------------------------------------- */

/* In a session of its own: what the user types at a terminal is not for it */
static int helper_spawn(struct unit_call *c, const char *path, int sock, struct err *e)
{
	char *argv[] = { "aril-systemd", (char *)c->verb, (char *)c->unit->name, NULL };
	char *const no_env[] = { NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int ret;

	sigfillset(&all);
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						POSIX_SPAWN_SETSID);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, sock, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_adddup2(&files, 1, 2);
	ret = posix_spawn(&c->pid, path, &files, &attr, argv, no_env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	if (ret == 0)
		return 0;
	c->pid = 0;
	if (ret == ENOENT)
		return err_set(e, ret,
			       "run %s, which speaks with systemd (it is installed with "
			       "aril if aril was built where libsystemd is)",
			       path);
	return err_set(e, ret, "run %s", path);
}

static int helper_start(struct unit_call *c, struct err *e)
{
	const char *path = c->unit->helper ? c->unit->helper : ARIL_SYSTEMD;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return err_sys(e, "make a socket for %s", path);
	c->sock = ends[0];

	autofd theirs = ends[1];

	if (fcntl(c->sock, F_SETFL, O_NONBLOCK) < 0)
		return err_sys(e, "prepare a socket for %s", path);
	if (helper_spawn(c, path, theirs, e) < 0)
		return -1;
	c->pidfd = (int)sys_pidfd_open(c->pid, 0);
	if (c->pidfd < 0)
		return err_set(e, -c->pidfd, "open a pidfd of %s", path);
	return 0;
}

/* Reap it; how it ended as a text, for an error */
static void helper_reap(struct unit_call *c, char *how, size_t size)
{
	siginfo_t info = { 0 };

	how[0] = '\0';
	if (c->pid > 0 && waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG) == 0 &&
	    info.si_pid == c->pid) {
		fmt_text(how, size,
			 info.si_code == CLD_EXITED ? "exit status %d" : "signal %d",
			 info.si_status);
		c->pid = 0;
	}
}

int call_end(struct unit_call *c, struct err *e)
{
	struct pollfd end = { .fd = c->pidfd, .events = POLLIN };
	char how[32];
	int ready;

	fd_close(&c->sock);
	if (c->pid > 0 && c->pidfd >= 0) {
		ready = TEMP_FAILURE_RETRY(poll(&end, 1, c->left_ms));
		if (ready <= 0) {
			sys_pidfd_send_signal(c->pidfd, SIGKILL);
			TEMP_FAILURE_RETRY(poll(&end, 1, KILLED_MS));
		}
	} else if (c->pid > 0) { /* no pidfd could be had; it is our child, not reaped */
		kill(c->pid, SIGKILL);
		TEMP_FAILURE_RETRY(waitpid(c->pid, NULL, 0));
		c->pid = 0;
	}
	helper_reap(c, how, sizeof(how));
	fd_close(&c->pidfd);
	if (c->pid == 0)
		return 0;
	c->pid = 0;
	return err_set(e, ETIMEDOUT, "wait for the end of aril-systemd (%s %s)", c->verb,
		       unit_name(c));
}

void call_done(struct unit_call *c)
{
	struct err ignored = ERR_NONE;

	call_end(c, &ignored);
}

/* --- the talk ---------------------------------------------------------------------- */

struct talk {
	size_t sent, got;
	bool deaf; /* it reads no more */
	char said[UNIT_ANSWER_MAX];
};

/* Send what the socket takes. 0 also when the other end is closed: its last words may
 * say why. */
static int talk_send(struct unit_call *c, struct talk *t, struct err *e)
{
	ssize_t n = send(c->sock, c->lines.s + t->sent, c->lines.n - t->sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0)
		t->sent += (size_t)n;
	else if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
		t->deaf = true;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		return err_sys(e, "send to aril-systemd");
	return 0;
}

#define INVOCATION "invocation "

/* The last line of an answer; "invocation" is one before it */
static char *last_line(char *said)
{
	char *newline = str_starts(said, INVOCATION) ? strchr(said, '\n') : NULL;

	return newline ? newline + 1 : said;
}

/* Take what it says. 1: that was a whole answer, or all that it will ever say */
static int talk_receive(struct unit_call *c, struct talk *t, struct err *e)
{
	size_t room = sizeof(t->said) - 1 - t->got;
	ssize_t n = room > 0 ? recv(c->sock, t->said + t->got, room, MSG_DONTWAIT) : 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n < 0 && errno != ECONNRESET)
		return err_sys(e, "receive from aril-systemd");
	t->got += n > 0 ? (size_t)n : 0;
	t->said[t->got] = '\0';
	return n <= 0 || strchr(last_line(t->said), '\n') != NULL;
}

/* Wait until there is something to do: 1; 0: again */
static int talk_wait(struct unit_call *c, struct pollfd p[2], int64_t end, struct err *e)
{
	int64_t left = end - clock_ms();
	int ret = left > 0 ? poll(p, 2, (int)left) : 0;

	if (ret > 0)
		return 1;
	if (ret < 0 && errno == EINTR)
		return 0;
	if (ret < 0)
		return err_sys(e, "wait for aril-systemd");
	c->left_ms = 0;
	return err_set(e, ETIMEDOUT, "wait for the answer of aril-systemd (%s %s)",
		       c->verb, unit_name(c));
}

static int talk(struct unit_call *c, struct talk *t, struct err *e)
{
	int64_t end = clock_ms() + GRACE_MS + timeout_of(c->unit);
	struct pollfd p[2] = { { .fd = c->sock }, { .fd = c->pidfd, .events = POLLIN } };

	for (;;) {
		bool more = !t->deaf && t->sent < c->lines.n, talks;
		int ret;

		p[0].events = (short)(POLLIN | (more ? POLLOUT : 0));
		ret = talk_wait(c, p, end, e);
		if (ret < 0)
			return -1;
		if (ret == 0)
			continue;
		if ((p[0].revents & POLLOUT) && talk_send(c, t, e) < 0)
			return -1;
		talks = p[0].revents & ~POLLOUT;
		ret = talks || p[1].revents ? talk_receive(c, t, e) : 0;
		if (ret < 0)
			return -1;
		/* the second: it has ended, and what it said was taken before */
		if (ret > 0 || (!talks && p[1].revents))
			return 0;
	}
}

/* What it said is no answer */
static int talk_broken(struct unit_call *c, struct talk *t, struct err *e)
{
	struct pollfd end = { .fd = c->pidfd, .events = POLLIN };
	char how[32] = "";

	if (t->got > 0) {
		t->said[strcspn(t->said, "\n")] = '\0';
		return err_set(e, EPROTO,
			       "aril-systemd (%s %s) gave a strange answer: "
			       "\"%.200s\"",
			       c->verb, unit_name(c), t->said);
	}
	if (TEMP_FAILURE_RETRY(poll(&end, 1, CALL_END_MS)) > 0)
		helper_reap(c, how, sizeof(how));
	/* what the dynamic loader says went nowhere */
	return err_set(e, EPIPE, "aril-systemd (%s %s) ended without an answer%s%s%s",
		       c->verb, unit_name(c), how[0] ? ", with " : "", how,
		       str_eq(how, "exit status 127") ? ": is libsystemd.so.0 installed?"
						      : "");
}

/* "NUM TEXT" */
static int talk_error(struct unit_call *c, struct talk *t, char *text, struct err *e)
{
	size_t n = strspn(text, "0123456789");
	uint64_t num;

	if (!str_u64n(text, n, 4095, &num) || num == 0 || text[n] != ' ')
		return talk_broken(c, t, e);
	return err_set(e, (int)num, "%s", text + n + 1);
}

/* Before "cgroup", and nowhere else: whose cgroup that is */
static bool talk_invocation(struct unit_call *c, const char *said, const char *last,
			    const char *word)
{
	size_t head = strlen(INVOCATION), n = (size_t)(last - said);

	if (strcmp(word, "cgroup") != 0)
		return n == 0;
	if (n != head + INVOCATION_LEN + 1 ||
	    strspn(said + head, "0123456789abcdef") != INVOCATION_LEN)
		return false;
	c->invocation = arena_strndup(c->lines.arena, said + head, INVOCATION_LEN);
	return true;
}

int call_ask(struct unit_call *c, const char *word, struct err *e)
{
	struct talk *t = arena_new(c->lines.arena, struct talk);
	char *last, *line, *newline, *said, *text;

	words_add(&c->lines, "end", NULL);
	if (helper_start(c, e) < 0 || talk(c, t, e) < 0)
		return -1;
	last = last_line(t->said);
	line = arena_strdup(c->lines.arena, last);
	newline = strchr(line, '\n');
	if (!newline || newline[1])
		return talk_broken(c, t, e);
	*newline = '\0';
	if (!words_split(line, &said, &text))
		return talk_broken(c, t, e);
	if (strcmp(said, "error") == 0)
		return talk_error(c, t, text, e);
	if (strcmp(said, word) != 0 || !talk_invocation(c, t->said, last, word))
		return talk_broken(c, t, e);
	c->answer = text;
	return 0;
}
