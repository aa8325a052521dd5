/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Races, run for real: one process exchanges two names without a pause, renameat2(2) with
 * RENAME_EXCHANGE, while a runtime works below them, round after round. Runs on the host;
 * `swap` also as the program of a container that shares a volume, and `raced` as the
 * program of the one that is attacked.
 */
#include "tests/probe/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTAINED 0
#define REFUSED	  1
#define THROUGH	  77 /* what `raced` ends with */
#define TOO_LATE  (-1)
#define KEPT	  16
#define SAYINGS	  12
#define MAX_LATE  3

struct race {
	char *from, *to; /* "-": somebody else swaps */
	char *victim;	 /* the link's other end: nothing in it may change */
	char **command;
	volatile uint64_t *swaps;
	int arena; /* the true directory, O_PATH, whatever its name is now; -1: none */
	int output;
	long ms;
	pid_t swapper;
	char *kept[KEPT]; /* names in the victim */
	size_t n_kept;
	uint64_t digest;
	struct {
		unsigned count;
		char text[512];
	} said[SAYINGS];
	unsigned contained, refused, through, late, broken;
	uint64_t least; /* swaps in a round */
};

/* --- the attacker ------------------------------------------------------------------ */

static volatile uint64_t *counter_map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	void *p;

	if (fd < 0 || ftruncate(fd, sizeof(uint64_t)) < 0)
		give_up(path);
	p = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		give_up(path);
	close(fd);
	return p;
}

static void swap_forever(const char *a, const char *b, volatile uint64_t *swaps)
{
	for (;;)
		if (renameat2(AT_FDCWD, a, AT_FDCWD, b, RENAME_EXCHANGE) == 0)
			++*swaps;
}

/* swap A B COUNTER: until it is killed; the file COUNTER has the number of swaps */
static int race_swap(int argc, char **argv)
{
	(void)argc;
	swap_forever(argv[1], argv[2], counter_map(argv[3]));
	return 99;
}

static void swapper_start(struct race *r)
{
	if (strcmp(r->from, "-") == 0)
		return;
	r->swapper = fork();
	if (r->swapper < 0)
		give_up("fork");
	if (r->swapper > 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	swap_forever(r->from, r->to, r->swaps);
}

/* --- the victim -------------------------------------------------------------------- */

static uint64_t digest_now;

static void digest_add(const void *data, size_t n)
{
	for (size_t i = 0; i < n; i++)
		digest_now = (digest_now ^ ((const uint8_t *)data)[i]) * 1099511628211U;
}

static int digest_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	const uint64_t facts[] = { st->st_mode, st->st_uid, st->st_gid, st->st_rdev,
				   (uint64_t)st->st_size, st->st_ino, st->st_nlink,
				   (uint64_t)st->st_mtim.tv_sec,
				   (uint64_t)st->st_mtim.tv_nsec,
				   (uint64_t)st->st_ctim.tv_sec,
				   (uint64_t)st->st_ctim.tv_nsec };

	(void)type;
	(void)at;
	digest_add(path, strlen(path));
	digest_add(facts, sizeof(facts));
	return 0;
}

/* Whatever is done to a file changes its ctime */
static uint64_t digest_of(const char *dir)
{
	digest_now = 14695981039346656037U;
	if (nftw(dir, digest_one, 16, FTW_PHYS) < 0)
		give_up(dir);
	return digest_now;
}

static bool is_kept(const struct race *r, const char *name)
{
	for (size_t i = 0; r && i < r->n_kept; i++)
		if (strcmp(r->kept[i], name) == 0)
			return true;
	return false;
}

/* Remove all in a directory; with r, but for what was in the victim at the beginning */
static void empty(int dir, const struct race *r)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	if (!list)
		give_up("a directory to empty");
	while ((d = readdir(list))) {
		int sub;

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
		    is_kept(r, d->d_name) || unlinkat(fd, d->d_name, 0) == 0)
			continue;
		sub = openat(fd, d->d_name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
		if (sub < 0)
			continue;
		empty(sub, NULL);
		close(sub);
		unlinkat(fd, d->d_name, AT_REMOVEDIR);
	}
	closedir(list);
}

static void victim_learn(struct race *r)
{
	DIR *list = opendir(r->victim);
	struct dirent *d;

	if (!list)
		give_up(r->victim);
	while ((d = readdir(list)) && r->n_kept < KEPT)
		r->kept[r->n_kept++] = strdup(d->d_name);
	closedir(list);
	r->digest = digest_of(r->victim);
}

/* Whether it has been changed; then it is put in order for the next round */
static bool victim_hit(struct race *r)
{
	int fd;

	if (digest_of(r->victim) == r->digest)
		return false;
	fd = open(r->victim, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		give_up(r->victim);
	empty(fd, r);
	close(fd);
	r->digest = digest_of(r->victim);
	return true;
}

/* --- rounds ------------------------------------------------------------------------ */

/* The command's exit status, 128 and more for a signal, or TOO_LATE */
static int run_once(struct race *r)
{
	int null, status, fd;
	bool ended;
	pid_t pid;

	if (ftruncate(r->output, 0) < 0 || lseek(r->output, 0, SEEK_SET) < 0)
		give_up("output");
	pid = fork();
	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		setpgid(0, 0);
		null = open("/dev/null", O_RDONLY);
		dup2(null, 0);
		dup2(r->output, 1);
		dup2(r->output, 2);
		execv(r->command[0], r->command);
		give_up(r->command[0]);
	}
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	ended = wait_readable(fd, clock_ms() + r->ms);
	close(fd);
	if (!ended)
		kill(-pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid");
	if (!ended)
		return TOO_LATE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* What was said, and how often; the first words of each way to end are what differs */
static void said(struct race *r, int status)
{
	char text[512], *end;
	ssize_t n = pread(r->output, text, sizeof(text) - 1, 0);

	text[n < 0 ? 0 : n] = '\0';
	for (end = text; *end; end++)
		if (*end == '\n' || *end == '\r')
			*end = '|';
	for (size_t i = 0; i < SAYINGS; i++) {
		if (r->said[i].count && strcmp(r->said[i].text, text) != 0)
			continue;
		if (r->said[i].count++ == 0)
			memcpy(r->said[i].text, text, sizeof(text));
		return;
	}
	if (status != REFUSED)
		printf("also=%d %s\n", status, text);
}

static void judge(struct race *r, int status)
{
	bool hit = victim_hit(r);

	if (hit || status == THROUGH)
		r->through++;
	else if (status == CONTAINED)
		r->contained++;
	else if (status == REFUSED)
		r->refused++;
	else if (status == TOO_LATE)
		r->late++;
	else
		r->broken++;
	if (hit || status != CONTAINED)
		said(r, status);
}

static int report(const struct race *r)
{
	printf("rounds=%u\n",
	       r->contained + r->refused + r->through + r->late + r->broken);
	printf("contained=%u\nrefused=%u\nthrough=%u\nlate=%u\nbroken=%u\n", r->contained,
	       r->refused, r->through, r->late, r->broken);
	printf("swaps=%llu\nleast=%llu\n", (unsigned long long)*r->swaps,
	       (unsigned long long)r->least);
	for (size_t i = 0; i < SAYINGS && r->said[i].count; i++)
		printf("said=%u %s\n", r->said[i].count, r->said[i].text);
	return 0;
}

/*
 * race ROUNDS MS COUNTER A B ARENA VICTIM COMMAND...: run the command again and again,
 * for at most MS each, while A and B are exchanged (both "-": by a `swap` elsewhere that
 * has the same COUNTER). After each round the directory ARENA is emptied ("-": none). A
 * round that changed the directory VICTIM, or whose command said so, let the attack
 * through.
 */
static int race_race(int argc, char **argv)
{
	struct race r = { .from = argv[4], .to = argv[5], .victim = argv[7],
			  .command = argv + 8, .arena = -1, .least = ~0ULL };
	unsigned long rounds = number(argv[1], 1000000);

	(void)argc;
	r.ms = (long)number(argv[2], 600000);
	r.swaps = counter_map(argv[3]);
	r.output = memfd_create("output", MFD_CLOEXEC);
	if (strcmp(argv[6], "-") != 0)
		r.arena = open(argv[6], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (r.output < 0 || (r.arena < 0 && strcmp(argv[6], "-") != 0))
		give_up(argv[6]);
	victim_learn(&r);
	swapper_start(&r);
	for (unsigned long i = 0; i < rounds && r.late < MAX_LATE; i++) {
		uint64_t before = *r.swaps, swaps;

		judge(&r, run_once(&r));
		swaps = *r.swaps - before;
		if (swaps < r.least)
			r.least = swaps;
		if (r.arena >= 0)
			empty(r.arena, NULL);
	}
	if (r.swapper > 0) {
		kill(r.swapper, SIGKILL);
		waitpid(r.swapper, NULL, 0);
	}
	return report(&r);
}

/* --- inside ------------------------------------------------------------------------ */

static int escaped(const char *what, const char *path)
{
	printf("through=%s %s\n", what, path);
	return THROUGH;
}

/* A device that hides a file, or nothing */
static bool file_masked(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, 0) < 0 ||
	       (S_ISCHR(st.st_mode) && st.st_rdev == 0x103);
}

/* raced-proc DIR...: each that is a procfs is masked as the document says, whatever its
 * name has become */
static int raced_proc(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int dir = open(argv[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (dir < 0 || faccessat(dir, "self/stat", F_OK, 0) < 0)
			continue;
		if (!file_masked(dir, "kcore") || !file_masked(dir, "timer_list"))
			return escaped("no mask in", argv[i]);
		if (openat(dir, "sysrq-trigger", O_WRONLY | O_CLOEXEC) >= 0 ||
		    openat(dir, "sys/kernel/hostname", O_WRONLY | O_CLOEXEC) >= 0)
			return escaped("writable files in", argv[i]);
	}
	return 0;
}

/* raced-sys DIR...: the same for a sysfs */
static int raced_sys(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int dir = open(argv[i], O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (dir < 0 || faccessat(dir, "kernel/mm", F_OK, 0) < 0)
			continue;
		if (faccessat(dir, "firmware/memmap", F_OK, 0) == 0 ||
		    faccessat(dir, "firmware/acpi", F_OK, 0) == 0 ||
		    faccessat(dir, "firmware/dmi", F_OK, 0) == 0)
			return escaped("no mask in", argv[i]);
		if (faccessat(dir, "kernel/mm", W_OK, AT_EACCESS) == 0)
			return escaped("writable files in", argv[i]);
	}
	return 0;
}

/* raced-mount SOURCE: a mount of that source is in the container, not in front of it */
static int raced_mount(int argc, char **argv)
{
	char line[4096], word[256];
	bool found = false;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	(void)argc;
	if (!f)
		give_up("mountinfo");
	snprintf(word, sizeof(word), " %s ", argv[1]);
	while (fgets(line, sizeof(line), f))
		found = found || strstr(line, word);
	fclose(f);
	return found ? 0 : escaped("not in the container:", argv[1]);
}

/* raced-path PATH...: none of these files can be seen from here */
static int raced_path(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (access(argv[i], F_OK) == 0)
			return escaped("can be seen:", argv[i]);
	return 0;
}

const struct command race_commands[] = {
	{ "swap", 3, 3, race_swap, "A B COUNTER" },
	{ "race", 8, -1, race_race, "ROUNDS MS COUNTER A B ARENA VICTIM COMMAND..." },
	{ "raced-proc", 1, -1, raced_proc, "DIR..." },
	{ "raced-sys", 1, -1, raced_sys, "DIR..." },
	{ "raced-mount", 1, 1, raced_mount, "SOURCE" },
	{ "raced-path", 1, -1, raced_path, "PATH..." },
	{ 0 },
};
