/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A cgroup tree of ordinary files in a temporary directory, with the kernel's rules for
 * writes: the linker gives the program our function for file_put()
 * (-Wl,--wrap=file_put); reading is the real thing, and so are writes elsewhere. All
 * writes are kept, to see their order, and that nothing is written where nothing need be.
 */
#ifndef TESTS_UNIT_CGROUP_FAKE_H
#define TESTS_UNIT_CGROUP_FAKE_H

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "cgroups/cgroup.h"
#include "tests/unit/check.h"

static char fake_mount[] = "/tmp/aril-test-XXXXXX";
static char fake_log[8192]; /* "/a/b/memory.max=5\n" ... */
static struct {
	const char *path; /* "/a/memory.max": writes to it fail so */
	int num;
} fake_refusal;

int __wrap_file_put(int dir, const char *path, const char *text, struct err *e);
int __real_file_put(int dir, const char *path, const char *text, struct err *e);

static void fake_file(int dir, const char *path, const char *text)
{
	autofd fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		printf("Bail out! cannot write %s\n", path);
		exit(1);
	}
}

/* A whole small file; "" when it is not there */
static const char *fake_read(int dir, const char *path)
{
	static char texts[4][256];
	static unsigned next;
	char *text = texts[next++ % 4];
	struct err e = ERR_NONE;

	return file_get(dir, path, text, sizeof(texts[0]), &e) < 0 ? "" : text;
}

static bool fake_has(int dir, const char *path, const char *word)
{
	struct arena a = check_arena();
	strings_t words = str_split(&a, fake_read(dir, path), ' ');
	bool has = strings_has(&words, word);

	arena_done(&a);
	return has;
}

static void fake_add(int dir, const char *path, const char *word)
{
	const char *old = fake_read(dir, path);
	char text[256];

	snprintf(text, sizeof(text), "%s%s%s", old, *old ? " " : "", word);
	if (!fake_has(dir, path, word))
		fake_file(dir, path, text);
}

/* All directories below get the controller */
static void fake_arrive(int dir, const char *word)
{
	DIR *d = fdopendir(openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;

	while (d && (entry = readdir(d)) != NULL) {
		char path[512];

		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/cgroup.controllers", entry->d_name);
		fake_add(dir, path, word);
	}
	closedir(d);
}

/* Why cgroup.subtree_control would not take a word like "+io"; 0: it does. Threaded
 * controllers can be passed on by a cgroup with processes. */
static int fake_mistake(int dir, const char *word)
{
	bool threaded = strcmp(word, "+cpu") == 0 || strcmp(word, "+pids") == 0;

	if (*word != '+')
		return EINVAL;
	if (!fake_has(dir, "cgroup.controllers", word + 1))
		return ENOENT;
	return !threaded && *fake_read(dir, "cgroup.procs") ? EBUSY : 0;
}

/* All words, or none */
static int fake_control(int dir, const char *text)
{
	struct arena a = check_arena();
	strings_t words = str_split(&a, text, ' ');
	int num = 0;

	for (size_t i = 0; i < words.n && num == 0; i++)
		num = fake_mistake(dir, words.items[i]);
	for (size_t i = 0; i < words.n && num == 0; i++) {
		fake_add(dir, "cgroup.subtree_control", words.items[i] + 1);
		fake_arrive(dir, words.items[i] + 1);
	}
	arena_done(&a);
	return num;
}

/* The quota must not be below the burst */
static int fake_cpu_max(const char *max, const char *burst)
{
	uint64_t quota, more = 0;

	if (!str_u64n(max, strcspn(max, " "), UINT64_MAX, &quota))
		return 0;
	return str_u64(burst, UINT64_MAX, &more) && more > quota ? EINVAL : 0;
}

static int fake_write(int dir, const char *path, const char *text)
{
	int num = 0;

	if (faccessat(dir, path, F_OK, 0) < 0)
		return errno;
	if (strcmp(path, "cgroup.subtree_control") == 0)
		return fake_control(dir, text);
	if (strcmp(path, "cpu.max") == 0)
		num = fake_cpu_max(text, fake_read(dir, "cpu.max.burst"));
	if (strcmp(path, "cpu.max.burst") == 0)
		num = fake_cpu_max(fake_read(dir, "cpu.max"), text);
	if (num == 0)
		fake_file(dir, path, text);
	return num;
}

int __wrap_file_put(int dir, const char *path, const char *text, struct err *e)
{
	char link[64], full[512];
	ssize_t n;
	int num;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	n = readlink(link, full, 256);
	if (n < 0 || strncmp(full, fake_mount, strlen(fake_mount)) != 0)
		return __real_file_put(dir, path, text, e);
	snprintf(full + n, sizeof(full) - (size_t)n, "/%s", path);
	n = (ssize_t)strlen(fake_log);
	snprintf(fake_log + n, sizeof(fake_log) - (size_t)n, "%s=%s\n",
		 full + strlen(fake_mount), text);
	num = str_eq(fake_refusal.path, full + strlen(fake_mount))
		      ? fake_refusal.num
		      : fake_write(dir, path, text);
	return num ? err_set(e, num, "write \"%s\" to %s", text, path) : 0;
}

/* A new cgroup: has what the one above it passes on. "" is the root. */
__attribute__((unused)) static void fake_make(const char *path, const char *controllers)
{
	char name[256];
	autofd fd = -1;

	snprintf(name, sizeof(name), "%s%s", fake_mount, path);
	mkdir(name, 0755);
	fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fake_file(fd, "cgroup.controllers", controllers);
	fake_file(fd, "cgroup.subtree_control", "");
	fake_file(fd, "cgroup.procs", "");
	fake_file(fd, "cgroup.type", "domain\n");
}

static void fake_open(void)
{
	if (!mkdtemp(fake_mount)) {
		printf("Bail out! mkdtemp\n");
		exit(1);
	}
}

/* Start anew: no directory, no write, no refusal. end: and no tree */
static void fake_clear(bool end)
{
	struct err e = ERR_NONE;

	fake_log[0] = '\0';
	fake_refusal.path = NULL;
	CHECK(dir_remove_all(AT_FDCWD, fake_mount, &e) == 0 &&
		      (end || mkdir(fake_mount, 0755) == 0),
	      "the tree is cleared%s", e.text);
}

#endif
