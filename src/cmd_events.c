/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aril events: what containers use, and when the kernel kills in them for lack of memory;
 * runs in the program.
 *
 * One poll(2) for all: a timer, stdout (whose reader may leave), and for each container
 * its pidfd and its memory.events.
 */
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "src/cmd.h"
#include "src/watched.h"

struct events_options {
	const char *interval;
	bool stats, all;
};

#define ROW(kind, member, ...) OPT_ROW(kind, struct events_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	ROW(TEXT, interval, "interval", 0, "DURATION",
	    "from one reading to the next, such as\n"
	    "                              500ms or 1m30s (default: 5s)"),
	ROW(FLAG, stats, "stats", 0, NULL, "show the statistics once, at once"),
	ROW(FLAG, all, "all", 'a', NULL, "all containers that are not stopped"),
};

typedef LIST(struct watched) watched_list_t;

static int read_interval(const char *text, int64_t *ns, struct err *e)
{
	if (!clock_duration(text ? text : "5s", ns))
		return err_plain(e, EINVAL,
				 "invalid interval \"%s\": it is a duration such as 5s, "
				 "500ms or 1m30s",
				 text);
	if (*ns <= 0)
		return err_plain(e, EINVAL, "duration interval must be greater than 0");
	return 0;
}

static int check_words(const struct call *c, const struct events_options *o,
		       struct err *e)
{
	if (o->all && c->words.n)
		return err_plain(e, EINVAL, "option --all takes no ID: \"%s\"",
				 c->words.items[0]);
	if (!o->all && c->words.n == 0)
		return err_plain(e, EINVAL,
				 "\"events\" requires at least 1 argument, or --all: %s",
				 verb_events.words);
	return 0;
}

/* Three files for each container */
static void raise_file_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

static bool is_listed(const watched_list_t *list, const char *id)
{
	LIST_EACH (w, list)
		if (str_eq(w->id, id))
			return true;
	return false;
}

static int open_named(struct call *c, watched_list_t *list, struct err *e)
{
	LIST_EACH (id, &c->words) {
		struct watched w;

		if (is_listed(list, *id))
			continue;
		if (watched_open(&w, c, *id, e) < 0)
			return c->words.n > 1 ? err_wrap(e, "%s", *id) : -1;
		*list_add(c->arena, list) = w;
	}
	return 0;
}

/* Some may stop or be deleted meanwhile; one that is broken must not hide the others */
static int open_all(struct call *c, watched_list_t *list, struct err *e)
{
	strings_t ids = { NULL, 0 };

	if (box_list(c->root, c->arena, &ids, e) < 0)
		return -1;
	LIST_EACH (id, &ids) {
		struct err why = ERR_NONE;
		struct watched w;

		if (watched_open(&w, c, *id, &why) == 0)
			*list_add(c->arena, list) = w;
		else if (why.num != ESRCH && why.num != ENOENT)
			out_warning(&c->out,
				    arena_fmt(c->arena, "%s: %s", *id, why.text));
	}
	return 0;
}

static void close_all(watched_list_t *list)
{
	LIST_EACH (w, list)
		watched_done(w);
}

static int print_all(struct call *c, const watched_list_t *list, struct err *e)
{
	LIST_EACH (w, list)
		if (watched_print_stats(w, &c->out, e) < 0)
			return -1;
	return 0;
}

static int timer_start(int64_t ns, struct err *e)
{
	struct timespec t = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
	struct itimerspec every = { .it_interval = t, .it_value = t };
	autofd fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0 || timerfd_settime(fd, 0, &every, NULL) < 0)
		return err_sys(e, "start a timer");
	return fd_take(&fd);
}

/* Where things are among the polled: in front, and behind that two for each container */
enum { AT_TIMER, AT_STDOUT, AT_WATCHED };
enum { EACH_PIDFD, EACH_OOM, EACH };

/* Those that are -1 are passed over by poll(2). Returns how many containers are left. */
static size_t arrange(const watched_list_t *list, struct pollfd *fds)
{
	size_t left = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct watched *w = &list->items[i];
		struct pollfd *at = &fds[AT_WATCHED + i * EACH];

		at[EACH_PIDFD] = (struct pollfd){ w->pidfd, POLLIN, 0 };
		at[EACH_OOM] = (struct pollfd){ w->oom.fd, POLLPRI, 0 };
		left += w->pidfd >= 0;
	}
	return left;
}

/* A process that was killed for lack of memory has ended, too: that is told before its
 * container is forgotten */
static int tell_one(struct watched *w, const struct pollfd *at, struct err *e)
{
	bool ended = at[EACH_PIDFD].revents != 0;

	if ((ended || at[EACH_OOM].revents) && watched_print_oom(w, e) < 0)
		return -1;
	if (ended)
		watched_done(w);
	return 0;
}

/* What cannot be read of one container now must not end the watch of the others */
static int tell_stats(struct call *c, const watched_list_t *list, struct err *e)
{
	LIST_EACH (w, list) {
		struct err why = ERR_NONE;
		char text[sizeof(why.text) + 300];

		if (w->pidfd < 0 || watched_print_stats(w, &c->out, &why) == 0)
			continue;
		if (why.num == EPIPE) {
			*e = why;
			return -1;
		}
		fmt_text(text, sizeof(text), "%s: %s", w->id, why.text);
		out_warning(&c->out, text);
	}
	return 0;
}

/* Until all have stopped, or nobody reads. It has no deadline: whoever called decides. */
static int watch_all(struct call *c, watched_list_t *list, int timer, struct err *e)
{
	size_t n = AT_WATCHED + list->n * EACH;
	struct pollfd *fds = arena_array(c->arena, struct pollfd, n);
	uint64_t times;

	fds[AT_TIMER] = (struct pollfd){ timer, POLLIN, 0 };
	fds[AT_STDOUT] = (struct pollfd){ STDOUT_FILENO, 0, 0 };
	while (arrange(list, fds) > 0) {
		if (poll(fds, n, -1) < 0 && errno != EINTR)
			return err_sys(e, "wait for events");
		if (fds[AT_STDOUT].revents & (POLLERR | POLLHUP))
			return 0;
		for (size_t i = 0; i < list->n; i++)
			if (tell_one(&list->items[i], &fds[AT_WATCHED + i * EACH], e) < 0)
				return -1;
		/* ticks that nobody had time for are one tick */
		if (read(timer, &times, sizeof(times)) > 0 && tell_stats(c, list, e) < 0)
			return -1;
	}
	return 0;
}

static int watch(struct call *c, watched_list_t *list, int64_t interval, struct err *e)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	autofd timer = timer_start(interval, e);

	if (timer < 0)
		return -1;
	sigaction(SIGPIPE, &ignore, NULL);
	if (watch_all(c, list, timer, e) == 0)
		return 0;
	if (e->num != EPIPE)
		return -1;
	*e = (struct err)ERR_NONE; /* the reader had enough */
	return 0;
}

static int events_run(struct call *c, const void *options, struct err *e)
{
	const struct events_options *o = options;
	watched_list_t list = { NULL, 0 };
	int64_t interval;
	int ret;

	if (check_words(c, o, e) < 0 || read_interval(o->interval, &interval, e) < 0)
		return -1;
	raise_file_limit();
	ret = o->all ? open_all(c, &list, e) : open_named(c, &list, e);
	if (ret == 0)
		ret = o->stats ? print_all(c, &list, e) : watch(c, &list, interval, e);
	close_all(&list);
	return ret;
}

const struct verb verb_events = {
	.name = "events",
	.words = "[ID...]",
	.summary = "show what containers use, and when memory runs out",
	.max = CMD_ANY,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct events_options),
	.run = events_run,
};
