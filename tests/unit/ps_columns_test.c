/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arguments of ps, and its columns against those of ps(1) itself */
#include "src/ps_columns.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/str.h"
#include "tests/unit/check.h"

/* The heads of what a line of arguments shows, or the error */
static const char *heads(struct arena *a, const char *line)
{
	struct ps_columns columns = { .no_head = false };
	strings_t words = str_split(a, line, ' ');
	struct err e = ERR_NONE;
	const char *text = "";

	if (!*line)
		words.n = 0;
	if (ps_columns_read(strings_vector(a, &words), a, &columns, &e) < 0)
		return arena_strdup(a, e.text);
	LIST_EACH (shown, &columns.list)
		text = arena_fmt(a, "%s%s%s", text, *text ? " " : "", shown->head);
	return arena_fmt(a, "%s%s", text, columns.no_head ? " (none)" : "");
}

static void test_arguments(struct arena *a)
{
	static const char full[] = "UID PID PPID C STIME TTY TIME CMD";
	static const char bsd[] =
		"USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND";
	static const struct {
		const char *line, *heads;
	} cases[] = {
		{ "", full },
		{ "-ef", full },
		{ "-e -f", full },
		{ "-Af -w", full },
		{ "aux", bsd },
		{ "auxww", bsd },
		{ "-aux", bsd },
		{ "u", bsd },
		{ "-e", "PID TTY TIME CMD" },
		{ "ax", "PID TTY TIME CMD" },
		{ "-o pid", "PID" },
		{ "-opid,comm", "PID COMMAND" },
		{ "-eo pid,args", "PID COMMAND" },
		{ "-o pid -o comm,args", "PID COMMAND COMMAND" },
		{ "-o pid=X,comm=Y", "X Y" },
		{ "-o pid= -o comm=", "" },
		{ "axo pid,etime", "PID ELAPSED" },
		{ "--format=pid,%cpu", "PID %CPU" },
		{ "--format pid", "PID" },
		{ "-ef --no-headers", "UID PID PPID C STIME TTY TIME CMD (none)" },
		{ "-- -ef", full },
		{ "-o nonsense", "ps arguments: unknown column \"nonsense\"" },
		{ "-o pid,", "PID" },
		{ "-o", "ps arguments: -o requires a list of columns" },
		{ "-o pi", "ps arguments: unknown column \"pi\"" },
	};
	static const char *const unknown[] = { "-F", "-p", "--forest", "1", "-efH", "l" };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		CHECK_STR(heads(a, cases[i].line), cases[i].heads, "ps %s",
			  cases[i].line);
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++)
		CHECK(str_starts(heads(a, unknown[i]),
				 arena_fmt(a, "ps arguments \"%s\": aril knows ",
					   unknown[i])),
		      "ps %s is refused by name", unknown[i]);
}

/* A terminal must not obey what a container calls itself */
static void test_flat(struct arena *a)
{
	struct host h = { .arena = a };
	struct err e = ERR_NONE;
	struct process p;

	prctl(PR_SET_NAME, "a\xc2\x9b" "b\x1b\xc3\xa9\xc2");
	CHECK(ps_read(&h, getpid(), &p, &e) == 1 &&
		      strcmp(p.name, "a??b?\xc3\xa9\xc2") == 0,
	      "control characters are none: %s", p.name);
}

/* Every column has a text for this process */
static void test_cells(struct arena *a)
{
	struct host h = { .arena = a };
	struct err e = ERR_NONE;
	struct process p;

	host_read(&h);
	CHECK(h.ticks && h.page && h.booted, "the host is known");
	CHECK(ps_read(&h, getpid(), &p, &e) == 1 && p.pid == getpid(), "and so are we");
	CHECK(p.stat[STAT_PPID] == getppid() && p.uid == geteuid() && p.rgid == getgid(),
	      "whose parent is %lld", (long long)p.stat[STAT_PPID]);
	CHECK(ps_read(&h, INT32_MAX, &p, &e) == 0 && !e.num,
	      "a process that is not there");
	ps_read(&h, getpid(), &p, &e);
	for (size_t i = 0; ps_column_name(i); i++) {
		struct ps_columns columns = { .no_head = false };
		char *argv[] = { "-o", (char *)ps_column_name(i), NULL };

		CHECK(ps_columns_read(argv, a, &columns, &e) == 0 &&
			      columns.list.n == 1 &&
			      *columns.list.items[0].column->cell(&h, &p),
		      "column %s has a text", ps_column_name(i));
	}
}

static void test_faked(struct arena *a)
{
	struct host h = { .arena = a, .ticks = 100, .page = 4, .memory = 4000 };
	struct process p = { .pid = 7, .state = 'S' };
	static const struct {
		const char *name, *text;
	} cells[] = {
		{ "time", "01:02:03" }, { "bsdtime", "62:03" }, { "etime", "1-01:00:00" },
		{ "etimes", "90000" },	{ "pcpu", "4.1" },	{ "c", "4" },
		{ "pmem", "10.0" },	{ "rss", "400" },	{ "vsz", "2" },
		{ "stat", "S<sl+" },	{ "ni", "-5" },		{ "tty", "pts/3" },
		{ "user", "4000000" },	{ "state", "S" },
	};

	h.booted = 1000000;
	h.now = 1000000 + 10 + 90000;
	p.uid = 4000000;
	p.stat[STAT_START] = 1000;
	p.stat[STAT_UTIME] = 372000;
	p.stat[STAT_STIME] = 300;
	p.rss = 400;
	p.stat[STAT_VSIZE] = 2048;
	p.stat[STAT_SESSION] = p.stat[STAT_PGRP] = p.stat[STAT_TPGID] = 7;
	p.stat[STAT_NICE] = -5;
	p.stat[STAT_THREADS] = 2;
	p.stat[STAT_TTY] = 136 << 8 | 3;
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		struct ps_columns columns = { .no_head = false };
		char *argv[] = { "-o", (char *)cells[i].name, NULL };
		struct err e = ERR_NONE;

		ps_columns_read(argv, a, &columns, &e);
		CHECK_STR(columns.list.items[0].column->cell(&h, &p), cells[i].text,
			  "its %s", cells[i].name);
	}
}

/* The page names each column */
static void test_page(struct arena *a)
{
	const char *source = getenv("ARIL_SOURCE");
	struct err e = ERR_NONE;
	char *page;

	if (!source) {
		CHECK_SKIP("ARIL_SOURCE does not name the source tree");
		return;
	}
	page = file_read(a, AT_FDCWD, arena_fmt(a, "%s/man/aril-ps.8", source), 1 << 20,
			 NULL, &e);
	for (size_t i = 0; page && ps_column_name(i); i++)
		CHECK(strstr(page, arena_fmt(a, " %s ,", ps_column_name(i))) ||
			      strstr(page, arena_fmt(a, " %s .", ps_column_name(i))) ||
			      strstr(page, arena_fmt(a, " %s\n", ps_column_name(i))),
		      "the page names %s", ps_column_name(i));
	CHECK(page, "there is a page");
}

int main(void)
{
	struct arena a = check_arena();

	test_arguments(&a);
	test_flat(&a);
	test_cells(&a);
	test_faked(&a);
	test_page(&a);
	arena_done(&a);
	return check_done();
}
