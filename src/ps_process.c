/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A process of /proc: no program is run. Runs in the program. */
#include "src/ps_process.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"

static uint64_t all_memory(void)
{
	struct err ignored = ERR_NONE;
	uint64_t total = 0;
	char text[256];
	const char *at;

	if (file_get(AT_FDCWD, "/proc/meminfo", text, sizeof(text), &ignored) < 0 ||
	    !str_starts(text, "MemTotal:"))
		return 0;
	at = text + strlen("MemTotal:");
	at += strspn(at, " ");
	return str_u64n(at, strcspn(at, " "), UINT64_MAX, &total) ? total : 0;
}

void host_read(struct host *h)
{
	struct err ignored = ERR_NONE;
	struct timespec up = { .tv_sec = 0 };

	h->passwd =
		file_read(h->arena, AT_FDCWD, "/etc/passwd", 1UL << 20, NULL, &ignored);
	h->group = file_read(h->arena, AT_FDCWD, "/etc/group", 1UL << 20, NULL, &ignored);
	h->ticks = (uint64_t)sysconf(_SC_CLK_TCK);
	h->page = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
	h->memory = all_memory();
	h->now = time(NULL);
	clock_gettime(CLOCK_BOOTTIME, &up);
	h->booted = h->now - up.tv_sec;
}

static int64_t number_of(const char *text, size_t len)
{
	bool negative = len && *text == '-';
	uint64_t v = 0;

	if (!str_u64n(text + negative, len - negative, INT64_MAX, &v))
		return 0;
	return negative ? -(int64_t)v : (int64_t)v;
}

static int read_stat(int dir, struct process *p, struct err *e)
{
	char text[1024], *at, *name;

	if (file_get(dir, "stat", text, sizeof(text), e) < 0)
		return -1;
	name = strchr(text, '(');
	at = strrchr(text, ')'); /* the name may hold blanks and parentheses */
	if (!name || !at)
		return err_set(e, EPROTO, "read stat");
	fmt_text(p->name, sizeof(p->name), "%.*s", (int)(at - name - 1), name + 1);
	p->state = strlen(at) > 2 ? at[2] : '?';
	for (size_t i = 3; i < STAT_FIELDS && *at; i++) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
		p->stat[i] = number_of(at, strcspn(at, " "));
	}
	return 0;
}

/* "Uid:" and "Gid:", each with the real and the effective one first */
static void read_ids(const char *text, const char *key, uint32_t *real,
		     uint32_t *effective)
{
	const char *at = strstr(text, key);
	uint64_t v = 0;

	if (!at)
		return;
	at += strlen(key);
	str_u64n(at, strcspn(at, "\t\n"), UINT32_MAX, &v);
	*real = (uint32_t)v;
	at += strcspn(at, "\t\n");
	at += *at == '\t';
	str_u64n(at, strcspn(at, "\t\n"), UINT32_MAX, &v);
	*effective = (uint32_t)v;
}

/* What is written to a terminal must not be able to steer it: by ASCII's control
 * characters, or by those of U+0080 to U+009F */
static void flatten(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		text[i] = c == '\0' ? ' ' : c < 0x20 || c == 0x7f ? '?' : (char)c;
		if (c == 0xc2 && i + 1 < n && ((unsigned char)text[i + 1] & 0xe0) == 0x80)
			text[i] = text[i + 1] = '?';
	}
}

/* That of stat is behind: the kernel adds up what CPUs have counted for status only */
static void read_rss(const char *text, uint64_t page, struct process *p)
{
	const char *at = strstr(text, "\nVmRSS:");

	p->rss = (uint64_t)p->stat[STAT_RSS] * page;
	if (!at)
		return;
	at += strlen("\nVmRSS:");
	at += strspn(at, "\t ");
	str_u64n(at, strcspn(at, " \n"), UINT64_MAX, &p->rss);
}

static int read_command(int dir, struct process *p, struct err *e)
{
	int n = file_get(dir, "cmdline", p->command, sizeof(p->command), e);

	if (n < 0)
		return -1;
	while (n > 0 && !p->command[n - 1])
		n--;
	if (n <= 0)
		n = (int)fmt_text(p->command, sizeof(p->command), "[%s]", p->name);
	flatten(p->command, (size_t)n);
	return 0;
}

static int read_all(const struct host *h, int dir, struct process *p, struct err *e)
{
	char text[4096];

	if (read_stat(dir, p, e) < 0 ||
	    file_get(dir, "status", text, sizeof(text), e) < 0)
		return -1;
	read_ids(text, "\nUid:\t", &p->ruid, &p->uid);
	read_ids(text, "\nGid:\t", &p->rgid, &p->gid);
	read_rss(text, h->page, p);
	return read_command(dir, p, e);
}

int ps_read(const struct host *h, pid_t pid, struct process *p, struct err *e)
{
	struct err why = ERR_NONE;
	char path[32];
	autofd dir = -1;
	int ret;

	*p = (struct process){ .pid = pid };
	fmt_text(path, sizeof(path), "/proc/%d", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ret = dir < 0 ? err_sys(&why, "open") : read_all(h, dir, p, &why);
	if (ret < 0 && (why.num == ENOENT || why.num == ESRCH))
		return 0;
	if (ret < 0) {
		*e = why;
		return err_wrap(e, "read %s", path);
	}
	flatten(p->name, strlen(p->name));
	return 1;
}

uint64_t ps_used(const struct host *h, const struct process *p)
{
	return (uint64_t)(p->stat[STAT_UTIME] + p->stat[STAT_STIME]) / h->ticks;
}

uint64_t ps_lived(const struct host *h, const struct process *p)
{
	int64_t started = h->booted + p->stat[STAT_START] / (int64_t)h->ticks;

	return h->now > started ? (uint64_t)(h->now - started) : 0;
}
