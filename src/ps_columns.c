/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of columns; runs in the program. Widths and names are those of procps. */
#include "src/ps_columns.h"

#include <string.h>
#include <time.h>

#include "base/str.h"
#include "libcontainer/plan/facts_users.h"

/* As ps(1) of procps: a name that is too long for its column is cut, and a `+` says so.
 * A line of group(5) begins as one of passwd(5). */
static const char *name_of(const struct host *h, const char *text, uint32_t id)
{
	char *name = text ? passwd_name(h->arena, text, id) : NULL;

	if (!name)
		return arena_fmt(h->arena, "%u", id);
	return strlen(name) <= 8 ? name : arena_fmt(h->arena, "%.7s+", name);
}

#define NUMBER(name_, value_)                                                            \
	static const char *name_(const struct host *h, const struct process *p)          \
	{                                                                                \
		return arena_fmt(h->arena, "%lld", (long long)(value_));                 \
	}
NUMBER(cell_pid, p->pid)
NUMBER(cell_ppid, p->stat[STAT_PPID])
NUMBER(cell_pgid, p->stat[STAT_PGRP])
NUMBER(cell_sid, p->stat[STAT_SESSION])
NUMBER(cell_tpgid, p->stat[STAT_TPGID])
NUMBER(cell_uid, p->uid)
NUMBER(cell_ruid, p->ruid)
NUMBER(cell_gid, p->gid)
NUMBER(cell_rgid, p->rgid)
NUMBER(cell_nice, p->stat[STAT_NICE])
NUMBER(cell_priority, p->stat[STAT_PRIORITY])
NUMBER(cell_threads, p->stat[STAT_THREADS])
NUMBER(cell_vsz, p->stat[STAT_VSIZE] / 1024)
NUMBER(cell_rss, p->rss)
NUMBER(cell_etimes, ps_lived(h, p))

static const char *cell_user(const struct host *h, const struct process *p)
{
	return name_of(h, h->passwd, p->uid);
}

static const char *cell_ruser(const struct host *h, const struct process *p)
{
	return name_of(h, h->passwd, p->ruid);
}

static const char *cell_group(const struct host *h, const struct process *p)
{
	return name_of(h, h->group, p->gid);
}

static const char *cell_command(const struct host *h, const struct process *p)
{
	(void)h;
	return p->command;
}

static const char *cell_name(const struct host *h, const struct process *p)
{
	(void)h;
	return p->name;
}

static const char *cell_state(const struct host *h, const struct process *p)
{
	return arena_fmt(h->arena, "%c", p->state);
}

static const char *cell_stat(const struct host *h, const struct process *p)
{
	const int64_t *s = p->stat;

	return arena_fmt(h->arena, "%c%s%s%s%s", p->state,
			 s[STAT_NICE] < 0   ? "<"
			 : s[STAT_NICE] > 0 ? "N"
					    : "",
			 s[STAT_SESSION] == p->pid ? "s" : "",
			 s[STAT_THREADS] > 1 ? "l" : "",
			 s[STAT_TPGID] == s[STAT_PGRP] ? "+" : "");
}

/* Devices of Documentation/admin-guide/devices.txt */
static const char *cell_tty(const struct host *h, const struct process *p)
{
	unsigned dev = (unsigned)p->stat[STAT_TTY];
	unsigned major = dev >> 8 & 0xfff, minor = (dev & 0xff) | (dev >> 12 & 0xfff00);

	if (major >= 136 && major <= 143)
		return arena_fmt(h->arena, "pts/%u", (major - 136) * 256 + minor);
	if (major == 4 && minor < 64)
		return arena_fmt(h->arena, "tty%u", minor);
	if (major == 4)
		return arena_fmt(h->arena, "ttyS%u", minor - 64);
	return major == 5 && minor == 1 ? "console" : "?";
}

/* The time of day for what started within a day, else the date */
static const char *cell_start(const struct host *h, const struct process *p)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t when = h->booted + p->stat[STAT_START] / (int64_t)h->ticks;
	struct tm tm = { .tm_year = 0 };

	localtime_r(&when, &tm);
	if (h->now - when < 86400)
		return arena_fmt(h->arena, "%02d:%02d", tm.tm_hour, tm.tm_min);
	return arena_fmt(h->arena, "%.3s%02d", months + 3 * tm.tm_mon, tm.tm_mday);
}

static const char *cell_time(const struct host *h, const struct process *p)
{
	uint64_t used = ps_used(h, p);

	return arena_fmt(h->arena, "%02u:%02u:%02u", (unsigned)(used / 3600),
			 (unsigned)(used / 60 % 60), (unsigned)(used % 60));
}

static const char *cell_bsdtime(const struct host *h, const struct process *p)
{
	uint64_t used = ps_used(h, p);

	return arena_fmt(h->arena, "%u:%02u", (unsigned)(used / 60),
			 (unsigned)(used % 60));
}

/* [[DD-]hh:]mm:ss */
static const char *cell_etime(const struct host *h, const struct process *p)
{
	unsigned t = (unsigned)ps_lived(h, p);
	const char *rest = arena_fmt(h->arena, "%02u:%02u", t / 60 % 60, t % 60);

	if (t >= 86400)
		return arena_fmt(h->arena, "%u-%02u:%s", t / 86400, t / 3600 % 24, rest);
	return t >= 3600 ? arena_fmt(h->arena, "%02u:%s", t / 3600, rest) : rest;
}

/* Of the time that it has lived, in percent */
static const char *cell_c(const struct host *h, const struct process *p)
{
	uint64_t lived = ps_lived(h, p);
	uint64_t percent = lived ? ps_used(h, p) * 100 / lived : 0;

	return arena_fmt(h->arena, "%u", percent > 99 ? 99 : (unsigned)percent);
}

static const char *tenths(const struct host *h, uint64_t part, uint64_t whole)
{
	uint64_t v = whole ? part * 1000 / whole : 0;

	return arena_fmt(h->arena, "%u.%u", (unsigned)(v / 10), (unsigned)(v % 10));
}

static const char *cell_pcpu(const struct host *h, const struct process *p)
{
	return tenths(h, ps_used(h, p), ps_lived(h, p));
}

static const char *cell_pmem(const struct host *h, const struct process *p)
{
	return tenths(h, p->rss, h->memory);
}

static const struct ps_column columns[] = {
	{ "pid", "PID", 7, cell_pid },
	{ "ppid", "PPID", 7, cell_ppid },
	{ "pgid", "PGID", 7, cell_pgid },
	{ "pgrp", "PGRP", 7, cell_pgid },
	{ "sid", "SID", 7, cell_sid },
	{ "sess", "SESS", 7, cell_sid },
	{ "session", "SESS", 7, cell_sid },
	{ "tpgid", "TPGID", 7, cell_tpgid },
	{ "uid", "UID", 5, cell_uid },
	{ "euid", "EUID", 5, cell_uid },
	{ "ruid", "RUID", 5, cell_ruid },
	{ "gid", "GID", 5, cell_gid },
	{ "egid", "EGID", 5, cell_gid },
	{ "rgid", "RGID", 5, cell_rgid },
	{ "user", "USER", -8, cell_user },
	{ "uname", "USER", -8, cell_user },
	{ "euser", "EUSER", -8, cell_user },
	{ "ruser", "RUSER", -8, cell_ruser },
	{ "group", "GROUP", -8, cell_group },
	{ "egroup", "EGROUP", -8, cell_group },
	{ "c", "C", 2, cell_c },
	{ "pcpu", "%CPU", 4, cell_pcpu },
	{ "%cpu", "%CPU", 4, cell_pcpu },
	{ "pmem", "%MEM", 4, cell_pmem },
	{ "%mem", "%MEM", 4, cell_pmem },
	{ "vsz", "VSZ", 6, cell_vsz },
	{ "vsize", "VSZ", 6, cell_vsz },
	{ "rss", "RSS", 5, cell_rss },
	{ "rssize", "RSS", 5, cell_rss },
	{ "tty", "TT", -8, cell_tty },
	{ "tt", "TT", -8, cell_tty },
	{ "tname", "TTY", -8, cell_tty },
	{ "stat", "STAT", -4, cell_stat },
	{ "s", "S", -1, cell_state },
	{ "state", "S", -1, cell_state },
	{ "stime", "STIME", 5, cell_start },
	{ "start_time", "START", 5, cell_start },
	{ "time", "TIME", 8, cell_time },
	{ "cputime", "TIME", 8, cell_time },
	{ "bsdtime", "TIME", 6, cell_bsdtime },
	{ "etime", "ELAPSED", 11, cell_etime },
	{ "etimes", "ELAPSED", 7, cell_etimes },
	{ "ni", "NI", 3, cell_nice },
	{ "nice", "NI", 3, cell_nice },
	{ "pri", "PRI", 3, cell_priority },
	{ "nlwp", "NLWP", 4, cell_threads },
	{ "thcount", "THCNT", 5, cell_threads },
	{ "comm", "COMMAND", -15, cell_name },
	{ "ucmd", "CMD", -15, cell_name },
	{ "args", "COMMAND", -27, cell_command },
	{ "command", "COMMAND", -27, cell_command },
	{ "cmd", "CMD", -27, cell_command },
};

const char *ps_column_name(size_t i)
{
	return i < ARRAY_LEN(columns) ? columns[i].name : NULL;
}

static int add_column(struct ps_columns *out, struct arena *a, const char *name,
		      size_t len, const char *head, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++) {
		if (strlen(columns[i].name) != len ||
		    strncmp(columns[i].name, name, len) != 0)
			continue;
		*list_add(a, &out->list) =
			(struct ps_shown){ &columns[i], head ? head : columns[i].head };
		return 0;
	}
	return err_plain(e, EINVAL, "ps arguments: unknown column \"%.*s\"", (int)len,
			 name);
}

/* "pid,comm=NAME args": names with commas or blanks between them */
static int add_list(struct ps_columns *out, struct arena *a, const char *text,
		    struct err *e)
{
	while (*text) {
		size_t len = strcspn(text, ", "), name = strcspn(text, "=, ");
		const char *head = NULL;

		if (name < len)
			head = arena_strndup(a, text + name + 1, len - name - 1);
		if (len && add_column(out, a, text, name, head, e) < 0)
			return -1;
		text += len + (text[len] != '\0');
	}
	return 0;
}

static const char full[] = "user=UID,pid,ppid,c,stime,tname,time,cmd";
static const char bare[] = "pid,tname,time,ucmd";
static const char bsd[] =
	"user,pid,%cpu,%mem,vsz,rss,tname=TTY,stat,start_time,bsdtime,command";

struct reader {
	char *const *argv;
	const char *format; /* what was asked for; NULL: nothing yet */
	struct ps_columns *out;
	struct arena *arena;
};

/* The list of -o: the rest of the word, or the next one */
static int read_list(struct reader *r, const char *rest, struct err *e)
{
	const char *list = *rest ? rest : *r->argv;

	if (!list)
		return err_plain(e, EINVAL,
				 "ps arguments: -o requires a list of columns");
	if (!*rest)
		r->argv++;
	return add_list(r->out, r->arena, list, e);
}

static int unsupported(const char *word, struct err *e)
{
	return err_plain(e, ENOTSUP,
			 "ps arguments \"%s\": aril knows -e, -f, -o LIST, aux and the "
			 "like only, see aril-ps(8)",
			 word);
}

static int read_long(struct reader *r, const char *word, struct err *e)
{
	if (strcmp(word, "--no-headers") == 0 || strcmp(word, "--no-heading") == 0)
		r->out->no_head = true;
	else if (strcmp(word, "--format") == 0)
		return read_list(r, "", e);
	else if (str_starts(word, "--format="))
		return read_list(r, word + strlen("--format="), e);
	else if (strcmp(word, "--") != 0)
		return unsupported(word, e);
	return 0;
}

/* Which processes are meant (-e, -A, a, x) does not matter: all are shown */
static int read_letters(struct reader *r, const char *word, const char *known,
			struct err *e)
{
	for (const char *at = word + (*word == '-'); *at; at++) {
		if (!strchr(known, *at))
			return unsupported(word, e);
		if (*at == 'o')
			return read_list(r, at + 1, e);
		if (*at == 'h')
			r->out->no_head = true;
		if (*at == 'f')
			r->format = full;
		if (*at == 'u')
			r->format = bsd;
	}
	if (!r->format)
		r->format = bare;
	return 0;
}

int ps_columns_read(char *const *argv, struct arena *a, struct ps_columns *out,
		    struct err *e)
{
	struct reader r = { argv, NULL, out, a };

	while (*r.argv) {
		const char *word = *r.argv++;
		int ret;

		if (str_starts(word, "--"))
			ret = read_long(&r, word, e);
		else if (strcmp(word, "-aux") == 0) /* often meant, and taken so */
			ret = read_letters(&r, word + 1, "axu", e);
		else if (*word == '-')
			ret = read_letters(&r, word, "eAfwo", e);
		else
			ret = read_letters(&r, word, "axuwho", e);
		if (ret < 0)
			return -1;
	}
	if (out->list.n)
		return 0;
	return add_list(out, a, r.format ? r.format : full, e);
}
