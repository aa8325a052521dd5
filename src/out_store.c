/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the log is kept; runs in the program.
 *
 * The journal takes one datagram for an entry, a line for each field (the native protocol
 * of systemd-journald(8), JOURNAL_NATIVE_PROTOCOL); syslog one as RFC 3164 has it.
 * Neither needs a library, and neither may keep us waiting: a logger that hangs must not
 * hang containers.
 */
#include "src/out_store.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/fmt.h"
#include "base/socket.h"
#include "base/str.h"

#define SEND_MS 2000

static const struct {
	const char *prefix;
	enum out_place place;
} places[] = {
	{ "file:", OUT_FILE },
	{ "journald:", OUT_JOURNAL },
	{ "syslog:", OUT_SYSLOG },
};

void out_log_to(struct out *o, const char *text)
{
	o->place = OUT_FILE;
	for (size_t i = 0; text && i < ARRAY_LEN(places); i++) {
		if (!str_starts(text, places[i].prefix))
			continue;
		o->place = places[i].place;
		text += strlen(places[i].prefix);
		break;
	}
	if (o->place != OUT_FILE && str_empty(text))
		text = "aril";
	o->log = str_empty(text) ? NULL : text;
}

static int priority_of(const struct out_entry *entry)
{
	return str_eq(entry->level, "error") ? LOG_ERR : LOG_WARNING;
}

/* A newline in a value would begin a field of the sender's choice */
static void add_field(struct line *l, const char *name, const char *value)
{
	struct line flat = { .n = 0 };

	if (str_empty(value))
		return;
	line_add(&flat, value);
	line_flatten(&flat);
	line_add(l, name);
	line_add(l, "=");
	line_add(l, flat.text);
	line_add(l, "\n");
}

static void add_number(struct line *l, const char *name, int value)
{
	char text[16];

	fmt_text(text, sizeof(text), "%d", value);
	add_field(l, name, text);
}

/* The message last: it is what may be cut */
void out_journal_text(const char *name, const struct out_entry *entry, struct line *l)
{
	const struct out_keys *k = &entry->keys;

	add_number(l, "PRIORITY", priority_of(entry));
	add_field(l, "SYSLOG_IDENTIFIER", name);
	if (k->num)
		add_number(l, "ERRNO", k->num);
	add_field(l, "ARIL_CODE", k->code);
	add_field(l, "ARIL_PHASE", k->phase);
	add_field(l, "ARIL_PATH", k->path);
	add_field(l, "ARIL_CONFIG", k->config);
	add_field(l, "MESSAGE", entry->msg);
}

void out_syslog_text(const char *name, const struct out_entry *entry, bool json,
		     struct line *l)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { .tm_year = 0 };
	time_t now = time(NULL);
	char head[64];

	localtime_r(&now, &tm);
	fmt_text(head, sizeof(head), "<%d>%.3s %2d %02d:%02d:%02d ",
		 LOG_USER | priority_of(entry), months + 3 * tm.tm_mon, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec);
	line_add(l, head);
	line_add(l, name);
	fmt_text(head, sizeof(head), "[%d]: ", (int)getpid());
	line_add(l, head);
	line_add(l, json ? entry->line->text : entry->msg);
	line_flatten(l);
	while (l->n && l->text[l->n - 1] == ' ')
		l->text[--l->n] = '\0';
}

/* EPROTOTYPE: who listens there wants another type of socket */
static int connect_as(const char *path, int type, int timeout_ms, struct err *e)
{
	struct err why = ERR_NONE;
	int fd = socket_connect(path, type, timeout_ms, "log", &why);

	return fd < 0 ? err_set(e, why.num, "log to %s", path) : fd;
}

/* All of it, or an error: a stream may take a part */
static int send_all(int fd, const char *text, size_t n, int64_t deadline)
{
	size_t sent = 0;

	while (sent < n) {
		ssize_t r = send(fd, text + sent, n - sent, MSG_NOSIGNAL);

		if (r < 0 && errno != EINTR)
			return errno == EAGAIN ? ETIMEDOUT : errno;
		if (clock_ms() > deadline)
			return ETIMEDOUT;
		sent += r > 0 ? (size_t)r : 0;
	}
	return 0;
}

int out_send(const char *path, const struct line *l, int timeout_ms, struct err *e)
{
	struct err stream = ERR_NONE;
	size_t n = l->n;
	autofd fd = connect_as(path, SOCK_DGRAM, timeout_ms, e);
	int num;

	if (fd < 0 && e->num == EPROTOTYPE) {
		fd = connect_as(path, SOCK_STREAM, timeout_ms, &stream);
		*e = stream;
		n++; /* the NUL */
	}
	if (fd < 0)
		return -1;
	num = send_all(fd, l->text, n, clock_ms() + timeout_ms);
	return num ? err_set(e, num, "log to %s", path) : 0;
}

static int append(const char *path, const struct line *l, struct err *e)
{
	/* not blocking, should it be a fifo that nobody reads */
	autofd fd = open(
		path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		0644);

	if (fd < 0)
		return err_sys(e, "open log %s", path);
	return fd_write_all(fd, l->text, l->n, e);
}

int out_store(const struct out *o, const struct out_entry *entry, struct err *e)
{
	struct line l = { .n = 0 };

	if (o->place == OUT_FILE)
		return append(o->log, entry->line, e);
	if (o->place == OUT_JOURNAL) {
		out_journal_text(o->log, entry, &l);
		return out_send("/run/systemd/journal/socket", &l, SEND_MS, e);
	}
	out_syslog_text(o->log, entry, o->json, &l);
	return out_send("/dev/log", &l, SEND_MS, e);
}
