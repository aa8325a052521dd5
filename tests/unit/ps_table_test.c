/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of ps: what it shows of a process, and however many there are */
#include "src/ps_table.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/check.h"

enum { MANY = 20000 };

/* What a child prints of `n` times the same process; NULL: it failed. Running out of an
 * arena ends a process. */
static char *printed(struct arena *a, pid_t pid, size_t n)
{
	int fd = memfd_create("table", MFD_CLOEXEC), status = -1;
	struct err e = ERR_NONE;
	char *text = NULL;
	pid_t child = fork();

	if (child == 0) {
		struct arena own = check_arena();
		struct ps_columns columns = { .no_head = false };
		char *none = NULL;
		pids_t pids = { NULL, 0 };
		size_t used;

		for (size_t i = 0; i < n; i++)
			*list_add(&own, &pids) = pid;
		ps_columns_read(&none, &own, &columns, &e);
		used = own.used;
		dup2(fd, STDOUT_FILENO);
		_exit(ps_table_print(&pids, &columns, &own, &e) < 0 || own.used != used);
	}
	if (waitpid(child, &status, 0) == child && status == 0 &&
	    lseek(fd, 0, SEEK_SET) == 0)
		text = file_read_fd(a, fd, "table", 64UL << 20, NULL, &e);
	close(fd);
	return text;
}

static size_t lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* A child with that as its command, which ends when *end is closed */
static pid_t waiting(const char *word, int *end)
{
	int in[2], begun[2];
	char none;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) < 0 || pipe2(begun, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		execl("/bin/sh", word, "-c", "read x", NULL);
		_exit(1);
	}
	close(in[0]);
	close(begun[1]);
	*end = in[1];
	/* execve(2) closes the other end, and the name is the new one from then on */
	while (read(begun[0], &none, 1) > 0)
		;
	close(begun[0]);
	return pid;
}

static void test_one(struct arena *a)
{
	char *text = printed(a, getpid(), 1), pid[16];

	snprintf(pid, sizeof(pid), " %d ", getpid());
	CHECK(text && strncmp(text, "UID ", 4) == 0 && lines_of(text) == 2 &&
		      strstr(text, pid) && strstr(text, "ps_table_test"),
	      "a head, and a line: %s", text ? text : "none");
	text = printed(a, INT32_MAX, 3);
	CHECK(text && lines_of(text) == 1, "no line for none");
}

static void test_long(struct arena *a)
{
	char *word = malloc(100001), *text;
	int end = -1;
	pid_t pid;

	memset(word, 'w', 100000);
	memcpy(word, "long\033[2J\n", 9);
	word[100000] = '\0';
	pid = waiting(word, &end);
	text = printed(a, pid, 1);
	CHECK(text && strstr(text, " long?[2J?www") && lines_of(text) == 2 &&
		      strlen(text) > 4096 && strlen(text) < 4500,
	      "a command of 100000 bytes is cut, and steers nothing: %zu bytes",
	      text ? strlen(text) : 0);
	close(end);
	waitpid(pid, NULL, 0);
	free(word);
}

static void test_many(struct arena *a)
{
	char *text = printed(a, getpid(), MANY);
	size_t n = text ? lines_of(text) : 0, wrong = 0;

	CHECK(n == MANY + 1, "%zu lines of %d processes", n, MANY);
	for (char *at = text; n && (at = strchr(at, '\n')) != NULL && at[1]; at++)
		wrong += !strstr(at, "ps_table_test") ||
			 strstr(at, "ps_table_test") > strchr(at + 1, '\n');
	CHECK(wrong == 0, "all of them are whole");
}

int main(void)
{
	struct arena a = check_arena();

	test_one(&a);
	test_long(&a);
	test_many(&a);
	arena_done(&a);
	return check_done();
}
