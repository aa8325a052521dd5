/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding criu and speaking with it; see criu.h. Runs in the program. */
#include "libcontainer/host/criu.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/program.h"
#include "base/str.h"

#define STEP_MS	  600000
#define ANSWER_MS 20000 /* to a question */
#define END_MS	  10000
#define LOG_MAX	  (16UL << 20)
#define SIZE_MAX_ 65536 /* of an answer: criu's are a page at most */

static const char usual[] =
	"/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin";

char *criu_find(const char *search, struct arena *a, struct err *e)
{
	char *path = search ? program_find(search, "criu", a) : NULL;

	if (!path)
		path = program_find(usual, "criu", a);
	if (!path)
		err_plain(
			e, ENOENT,
			"criu is not installed: checkpoint and restore need it (package "
			"criu, version 3.17 or later)");
	return path;
}

bool criu_has(const char *program, struct arena *a)
{
	return program_find(usual, program, a) != NULL;
}

/* How it ended, if it has: a word for errors */
static int lost(struct criu *c, struct err *e)
{
	struct pollfd end = { .fd = c->child.pidfd, .events = POLLIN };
	struct err ignored = ERR_NONE;
	int status;

	if (poll(&end, 1, END_MS) != 1)
		return err_set(e, ECONNRESET, "%s closed its socket", c->path);
	status = child_wait(c->child.pidfd, &ignored);
	c->child.keep = true; /* it is reaped */
	if (status > 128)
		return err_set(e, ECONNRESET, "%s was ended by signal %d", c->path,
			       status - 128);
	return err_set(e, ECONNRESET, "%s ended with status %d without an answer",
		       c->path, status);
}

static int tell(struct criu *c, struct wire w, struct err *e)
{
	ssize_t n = TEMP_FAILURE_RETRY(
		send(c->child.sync, w.bytes.items, w.bytes.n, MSG_NOSIGNAL));

	if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
		return lost(c, e);
	return n < 0 ? err_sys(e, "ask criu") : 0;
}

static int received_fd(struct msghdr *m)
{
	const struct cmsghdr *head = CMSG_FIRSTHDR(m);
	int fd = -1;

	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len >= CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(head), sizeof(int));
	return fd;
}

/* One answer; *fd is what came with it */
static int hear(struct criu *c, int timeout_ms, struct criu_answer *out, int *fd,
		struct err *e)
{
	struct pollfd in = { .fd = c->child.sync, .events = POLLIN };
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .space = { 0 } };
	struct iovec part = { arena_get(c->arena, SIZE_MAX_), SIZE_MAX_ };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	int ready = TEMP_FAILURE_RETRY(poll(&in, 1, timeout_ms));
	ssize_t n;

	if (ready <= 0)
		return err_set(e, ready ? errno : ETIMEDOUT, "wait for %s", c->path);
	n = TEMP_FAILURE_RETRY(recvmsg(c->child.sync, &m, MSG_CMSG_CLOEXEC));
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return lost(c, e);
	if (n < 0)
		return err_sys(e, "read criu's answer");
	*fd = received_fd(&m);
	return criu_answer_read(part.iov_base, (size_t)n, c->arena, out, e);
}

static int ask(struct criu *c, struct wire w, enum criu_type type,
	       struct criu_answer *out, struct err *e)
{
	autofd fd = -1;

	if (tell(c, w, e) < 0 || hear(c, ANSWER_MS, out, &fd, e) < 0)
		return -1;
	if (out->type != (int)type)
		return err_set(e, EPROTO, "%s answered another question", c->path);
	return 0;
}

int criu_check(struct criu *c, struct err *e)
{
	struct criu_answer answer;

	if (ask(c, criu_ask(CRIU_VERSION, true, c->arena), CRIU_VERSION, &answer, e) < 0)
		return err_wrap(e, "ask criu for its version");
	c->version = answer.success ? answer.version : 0;
	if (c->version >= CRIU_OLDEST)
		return 0;
	return err_plain(e, EINVAL,
			 "%s is version %u.%u.%u, which is too old: checkpoint and "
			 "restore need 3.17 or later",
			 c->path, c->version / 10000, c->version / 100 % 100,
			 c->version % 100);
}

int criu_need(struct criu *c, enum criu_feature feature, const char *what, struct err *e)
{
	struct criu_answer answer;

	if (ask(c, criu_ask_feature(feature, c->arena), CRIU_FEATURE_CHECK, &answer, e) <
	    0)
		return err_wrap(e, "ask criu what it can do");
	if (answer.success && (answer.features & (1U << feature)))
		return 0;
	return err_plain(e, ENOSYS, "%s: criu or this kernel cannot do it", what);
}

/* Let the caller take the step, and tell criu how it went. What the caller says is the
 * reason why all fails. */
static int answer_step(struct criu *c, const struct criu_answer *answer, int *fd,
		       criu_step step, void *to, struct err *why, struct err *e)
{
	struct err failed = ERR_NONE;
	int ret = step(to, answer->script ? answer->script : "", answer->notify_pid, fd,
		       &failed);

	fd_close(fd);
	if (ret < 0 && why->num == 0)
		*why = failed;
	return tell(c, criu_notified(ret == 0, c->arena), e);
}

/* The first line of the log that is an error, without the time in front; NULL: none. That
 * criu may not raise a limit is the first one in many a log, and does no harm. */
static const char *first_error(const struct criu *c)
{
	struct err ignored = ERR_NONE;
	const char *line =
		c->log ? file_read(c->arena, AT_FDCWD, c->log, LOG_MAX, NULL, &ignored)
		       : NULL;

	for (; line && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		size_t len = strcspn(line, "\n");
		char *text = arena_strndup(c->arena, line, len < 400 ? len : 400);
		char *at = strstr(text, "Error (");

		if (at && !strstr(text, "RLIMIT_NOFILE"))
			return strstr(at, "): ") ? strstr(at, "): ") + 3 : at;
	}
	return NULL;
}

/* criu's first word about it, and where the others are */
static int failed(const struct criu *c, const struct criu_answer *answer,
		  const struct err *why, struct err *e)
{
	int num = answer->num > 0 && answer->num < 4096 ? answer->num : EIO;
	const char *text = first_error(c);

	if (why->num) {
		*e = *why;
		return -1;
	}
	if (!text)
		text = answer->text ? answer->text : "it does not say why";
	return err_plain(e, num, "criu: %.*s (see %s)", (int)strcspn(text, "\n"), text,
			 c->log ? c->log : "its log");
}

static void end(struct criu *c)
{
	struct pollfd end = { .fd = c->child.pidfd, .events = POLLIN };

	/* at the end of file it ends, if it has not */
	shutdown(c->child.sync, SHUT_RDWR);
	if (!c->child.keep)
		poll(&end, 1, END_MS);
	criu_done(c);
}

int criu_serve(struct criu *c, enum criu_type type, const struct criu_opts *o, bool slow,
	       criu_step step, void *to, struct criu_answer *out, struct err *e)
{
	struct err why = ERR_NONE;

	if (tell(c, criu_ask_with(type, o, c->arena), e) < 0)
		return -1;
	for (;;) {
		autofd fd = -1;

		if (hear(c, slow ? -1 : STEP_MS, out, &fd, e) < 0)
			break;
		if (out->type != CRIU_NOTIFY) {
			end(c);
			return out->success && !why.num ? 0 : failed(c, out, &why, e);
		}
		if (answer_step(c, out, &fd, step, to, &why, e) < 0)
			break;
	}
	if (c->log)
		err_wrap(e, "see %s", c->log);
	if (why.num)
		*e = why;
	return -1;
}

void criu_done(struct criu *c)
{
	child_done(&c->child);
	c->child = (struct child)CHILD_NONE;
}
