/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Processes as a table; runs in the program. Of /proc only, no program is run. */
#include "src/ps_table.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "base/text.h"
#include "libcontainer/plan/facts_users.h"
#include "src/call.h"

/* What is the same for all processes */
struct host {
	struct arena *arena;
	const char *passwd;  /* the text; NULL: none */
	uint64_t ticks;	     /* of the clock, in a second */
	int64_t booted, now; /* seconds since 1970 */
};

enum {
	STAT_PPID = 4,
	STAT_TTY = 7,
	STAT_UTIME = 14,
	STAT_STIME = 15,
	STAT_START = 22,
	STAT_FIELDS = 23
};

struct process {
	pid_t pid;
	/* by the numbers of proc_pid_stat(5); what is no number is 0 */
	uint64_t stat[STAT_FIELDS];
	char name[64];
	uint64_t uid;
	char command[4096];
};

#define PRINT_AT 65536 /* bytes of the table that are kept until they are printed */

static void host_read(struct host *h)
{
	struct err ignored = ERR_NONE;
	struct timespec up = { .tv_sec = 0 };

	h->passwd =
		file_read(h->arena, AT_FDCWD, "/etc/passwd", 1UL << 20, NULL, &ignored);
	h->ticks = (uint64_t)sysconf(_SC_CLK_TCK);
	h->now = time(NULL);
	clock_gettime(CLOCK_BOOTTIME, &up);
	h->booted = h->now - up.tv_sec;
}

/* As ps(1): the number of a name that is too long for its column */
static char *user_name(const struct host *h, uint32_t uid)
{
	char *name = h->passwd ? passwd_name(h->arena, h->passwd, uid) : NULL;

	return name && strlen(name) <= 8 ? name : arena_fmt(h->arena, "%u", uid);
}

static bool read_stat(int dir, struct process *p)
{
	struct err ignored = ERR_NONE;
	char text[1024], *at, *name;

	if (file_get(dir, "stat", text, sizeof(text), &ignored) < 0)
		return false;
	name = strchr(text, '(');
	at = strrchr(text, ')'); /* the name may hold blanks and parentheses */
	if (!name || !at)
		return false;
	fmt_text(p->name, sizeof(p->name), "%.*s", (int)(at - name - 1), name + 1);
	for (size_t i = 3; i < STAT_FIELDS && *at; i++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
		str_u64n(at, strcspn(at, " "), UINT64_MAX, &p->stat[i]);
	}
	return true;
}

/* The effective uid: the second number behind "Uid:" */
static void read_uid(int dir, struct process *p)
{
	struct err ignored = ERR_NONE;
	char text[4096];
	const char *at;

	if (file_get(dir, "status", text, sizeof(text), &ignored) < 0)
		return;
	at = strstr(text, "\nUid:");
	if (!at)
		return;
	at += strlen("\nUid:\t");
	at += strcspn(at, "\t\n");
	at += *at == '\t';
	str_u64n(at, strcspn(at, "\t\n"), UINT32_MAX, &p->uid);
}

/* What is written to a terminal must not be able to steer it */
static void read_command(int dir, struct process *p)
{
	struct err ignored = ERR_NONE;
	int n = file_get(dir, "cmdline", p->command, sizeof(p->command), &ignored);

	while (n > 0 && !p->command[n - 1])
		n--;
	if (n <= 0)
		n = (int)fmt_text(p->command, sizeof(p->command), "[%s]", p->name);
	for (int i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p->command[i];

		p->command[i] = c == '\0' ? ' ' : c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
}

static bool read_process(pid_t pid, struct process *p)
{
	char path[32];
	autofd dir = -1;

	*p = (struct process){ .pid = pid };
	fmt_text(path, sizeof(path), "/proc/%d", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0 || !read_stat(dir, p))
		return false;
	read_uid(dir, p);
	read_command(dir, p);
	return true;
}

/* Devices of Documentation/admin-guide/devices.txt */
static char *tty_name(const struct process *p, struct arena *a)
{
	unsigned dev = (unsigned)p->stat[STAT_TTY];
	unsigned major = dev >> 8 & 0xfff, minor = (dev & 0xff) | (dev >> 12 & 0xfff00);

	if (major >= 136 && major <= 143)
		return arena_fmt(a, "pts/%u", (major - 136) * 256 + minor);
	if (major == 4 && minor < 64)
		return arena_fmt(a, "tty%u", minor);
	if (major == 4)
		return arena_fmt(a, "ttyS%u", minor - 64);
	return arena_strdup(a, major == 5 && minor == 1 ? "console" : "?");
}

/* The time of day for what started within a day, else the date */
static char *start_text(const struct host *h, int64_t started)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	time_t when = started;
	struct tm tm = { .tm_year = 0 };

	localtime_r(&when, &tm);
	if (h->now - started < 86400)
		return arena_fmt(h->arena, "%02d:%02d", tm.tm_hour, tm.tm_min);
	return arena_fmt(h->arena, "%.3s%02d", months + 3 * tm.tm_mon, tm.tm_mday);
}

static void add_row(struct text *t, const struct host *h, const struct process *p)
{
	uint64_t used = (p->stat[STAT_UTIME] + p->stat[STAT_STIME]) / h->ticks;
	int64_t started = h->booted + (int64_t)(p->stat[STAT_START] / h->ticks);
	uint64_t lived = h->now > started ? (uint64_t)(h->now - started) : 0;
	unsigned percent = lived ? (unsigned)(used * 100 / lived) : 0;

	text_add(t, "%-8s %7d %7d %2u %5s %-8s %02u:%02u:%02u %s\n",
		 user_name(h, (uint32_t)p->uid), p->pid, (int)p->stat[STAT_PPID],
		 percent > 99 ? 99 : percent, start_text(h, started),
		 tty_name(p, h->arena), (unsigned)(used / 3600),
		 (unsigned)(used / 60 % 60), (unsigned)(used % 60), p->command);
}

/* Back to what was in it; what an arena gives is zeroed */
static void drop(struct arena *a, size_t used)
{
	memset(a->base + used, 0, a->used - used);
	a->used = used;
}

static int print_part(struct text *t, size_t used, struct err *e)
{
	struct arena *a = t->arena;

	if (t->n && call_print(t->s, e) < 0)
		return -1;
	drop(a, used);
	*t = (struct text)TEXT(a);
	return 0;
}

static int print_rows(const struct host *h, const pids_t *pids, struct err *e)
{
	size_t used = h->arena->used;
	struct text t = TEXT(h->arena);
	struct process p;

	text_add(&t, "%-8s %7s %7s %2s %5s %-8s %8s %s\n", "UID", "PID", "PPID", "C",
		 "STIME", "TTY", "TIME", "CMD");
	LIST_EACH (pid, pids) {
		if (read_process(*pid, &p))
			add_row(&t, h, &p);
		if (t.n > PRINT_AT && print_part(&t, used, e) < 0)
			return -1;
	}
	return print_part(&t, used, e);
}

int ps_table_print(const pids_t *pids, struct arena *a, struct err *e)
{
	struct host h = { .arena = a };
	size_t used = a->used;
	int ret;

	host_read(&h);
	ret = print_rows(&h, pids, e);
	drop(a, used);
	return ret;
}
