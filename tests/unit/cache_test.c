/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache of filters: a hit is what a miss gave, and nothing that others could have
 * written or that is damaged is believed. Whether an entry was used shows in its inode:
 * a rebuilt one is renamed into place. Needs no privileges but for the foreign owner.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fmt.h"
#include "seccomp/cache.h"
#include "seccomp/filter.h"
#include "tests/unit/check.h"

#define ROUNDS 400

struct fixture {
	struct arena a;
	char top[64], dir[96], entry[256];
	struct profile *p;
	struct filter want;
};

static struct profile *profile_of(struct arena *a, const char *call, int num)
{
	struct profile *p = arena_new(a, struct profile);
	struct err e = ERR_NONE;
	char json[256];

	snprintf(json, sizeof(json),
		 "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"%s\","
		 "\"no_call_1\",\"no_call_2\"],\"action\":\"SCMP_ACT_ERRNO\","
		 "\"errnoRet\":%d}]}",
		 call, num);
	CHECK(json_read(json, strlen(json), &profile_shape, p, a, &e) == 0,
	      "a profile: %s", call);
	return p;
}

static size_t entries(const char *dir, char *last, size_t size)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t n = 0;

	while (d && (entry = readdir(d)) != NULL) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		n++;
		if (last)
			fmt_text(last, size, "%s/%s", dir, entry->d_name);
	}
	if (d)
		closedir(d);
	return n;
}

static bool same(const struct filter *a, const struct filter *b)
{
	return a->n == b->n && a->flags == b->flags &&
	       memcmp(a->code, b->code, a->n * sizeof(*a->code)) == 0;
}

/* Compile through the cache: is the program right, and did the entry stay as it was? */
static bool compile_right(struct fixture *f, const char *dir)
{
	strings_t unknown = { NULL, 0 };
	struct err e = ERR_NONE;
	struct filter got;

	return filter_compile(f->p, dir, &f->a, &got, &unknown, &e) == 0 &&
	       same(&got, &f->want) && unknown.n == 2 &&
	       !strcmp(unknown.items[0], "no_call_1") &&
	       !strcmp(unknown.items[1], "no_call_2");
}

static ino_t inode(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 ? 0 : st.st_ino;
}

/* The old file is held open, so that its inode is not used again */
static bool entry_kept(struct fixture *f, const char *what)
{
	int old = open(f->entry, O_PATH | O_CLOEXEC);
	ino_t before = inode(f->entry);
	bool kept;

	CHECK(compile_right(f, f->dir), "%s: the program is right", what);
	kept = inode(f->entry) == before;
	close(old);
	return kept;
}

static void test_hit(struct fixture *f)
{
	struct timespec t0, t1;
	struct stat st;
	ino_t before;
	long best = 1000000;

	CHECK(compile_right(f, f->dir), "a miss gives what is compiled without a cache");
	CHECK(entries(f->dir, f->entry, sizeof(f->entry)) == 1, "and one entry, no rest");
	CHECK(lstat(f->entry, &st) == 0 && st.st_mode == (S_IFREG | 0600),
	      "closed to others");
	CHECK(lstat(f->dir, &st) == 0 && st.st_mode == (S_IFDIR | 0700),
	      "in a closed directory");
	before = inode(f->entry);
	for (int i = 0; i < 50; i++) {
		clock_gettime(CLOCK_MONOTONIC, &t0);
		bool right = compile_right(f, f->dir);
		clock_gettime(CLOCK_MONOTONIC, &t1);
		long us = (t1.tv_sec - t0.tv_sec) * 1000000 +
			  (t1.tv_nsec - t0.tv_nsec) / 1000;

		best = us < best ? us : best;
		if (!right)
			best = -1;
	}
	CHECK(entry_kept(f, "a good one"), "a good entry stays");
	CHECK(best >= 0 && inode(f->entry) == before, "a hit gives the same");
	printf("# a hit takes %ld us\n", best);
}

/* Replace the entry by one that was damaged at `at` (from the end if negative) */
static void damage(struct fixture *f, long at, bool cut)
{
	int fd = open(f->entry, O_RDWR);
	off_t size = lseek(fd, 0, SEEK_END);
	char byte = 0;

	if (at < 0)
		at += size;
	if (cut) {
		CHECK(ftruncate(fd, at) == 0, "cut at %ld", at);
	} else {
		CHECK(pread(fd, &byte, 1, at) == 1, "read byte %ld", at);
		byte ^= 4;
		CHECK(pwrite(fd, &byte, 1, at) == 1, "change byte %ld", at);
	}
	close(fd);
}

static void test_damage(struct fixture *f)
{
	static const struct {
		const char *what;
		long at;
		bool cut;
	} cases[] = {
		{ "an empty entry", 0, true },
		{ "half a head", 17, true },
		{ "only a head", 56, true },
		{ "an entry without its end", -1, true },
		{ "another magic", 0, false },
		{ "another checksum", 8, false },
		{ "another count", 16, false },
		{ "more instructions", 18, false },
		{ "another name length", 20, false },
		{ "another key", 24, false },
		{ "the end of another key", 55, false },
		{ "another instruction", -30, false },
		{ "another name", -2, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		damage(f, cases[i].at, cases[i].cut);
		CHECK(!entry_kept(f, cases[i].what), "%s is replaced", cases[i].what);
		ino_t now = inode(f->entry);
		CHECK(compile_right(f, f->dir) && inode(f->entry) == now, "once");
	}
}

static void test_trust(struct fixture *f)
{
	char away[128], other[300];
	ino_t now;

	CHECK(chmod(f->entry, 0640) == 0, "an entry that others can read");
	CHECK(!entry_kept(f, "loose mode"), "is replaced");
	if (geteuid() == 0) {
		CHECK(chown(f->entry, 1234, -1) == 0, "an entry of another user");
		CHECK(!entry_kept(f, "foreign owner"), "is replaced");
	} else {
		CHECK_SKIP("only root can give files away");
	}
	snprintf(other, sizeof(other), "%s/elsewhere", f->top);
	rename(f->entry, other);
	CHECK(symlink(other, f->entry) == 0, "a link in the entry's place");
	now = inode(other);
	CHECK(compile_right(f, f->dir) && inode(f->entry) != now, "is not followed");
	struct stat st;

	CHECK(lstat(f->entry, &st) == 0 && S_ISREG(st.st_mode), "but replaced");
	unlink(f->entry);
	CHECK(mkfifo(f->entry, 0600) == 0 && compile_right(f, f->dir),
	      "a pipe holds nobody up");
	unlink(f->entry);
	CHECK(mkdir(f->entry, 0700) == 0 && compile_right(f, f->dir),
	      "nor does a directory");
	rmdir(f->entry);
	CHECK(chmod(f->dir, 0755) == 0 && compile_right(f, f->dir) && !inode(f->entry),
	      "a directory that is open to others is not used");
	chmod(f->dir, 0700);
	if (geteuid() == 0) {
		CHECK(chown(f->dir, 1234, -1) == 0 && compile_right(f, f->dir) &&
			      !inode(f->entry),
		      "nor is one of another user");
		CHECK(chown(f->dir, 0, -1) == 0, "give the directory back");
	} else {
		CHECK_SKIP("only root can give directories away");
	}
	snprintf(away, sizeof(away), "%s/away", f->top);
	rename(f->dir, away);
	CHECK(symlink(away, f->dir) == 0 && compile_right(f, f->dir) &&
		      entries(away, NULL, 0) == 0,
	      "nor is a link to one");
	unlink(f->dir);
	rename(away, f->dir);
	CHECK(compile_right(f, "/proc/nonexistent"),
	      "a cache that cannot be is no error");
	CHECK(compile_right(f, f->dir) && inode(f->entry), "the good one works again");
	unlink(other);
}

/* Another profile's entry under the name of ours */
static void test_collision(struct fixture *f)
{
	struct err e = ERR_NONE;
	struct filter got;
	char mine[256], dir[128];

	snprintf(mine, sizeof(mine), "%s", f->entry);
	snprintf(dir, sizeof(dir), "%s/second", f->top);
	CHECK(filter_compile(profile_of(&f->a, "write", 5), dir, &f->a, &got, NULL, &e) ==
			      0 &&
		      entries(dir, f->entry, sizeof(f->entry)) == 1,
	      "another profile");
	CHECK(rename(f->entry, mine) == 0, "its entry gets the name of ours");
	snprintf(f->entry, sizeof(f->entry), "%s", mine);
	CHECK(!entry_kept(f, "another's"), "it is not used");
	rmdir(dir);
}

/* Two writers, of which one also removes what the other has made, and one who reads */
static void test_writers(struct fixture *f)
{
	int status, bad = 0;

	for (int i = 0; i < 3; i++) {
		if (fork())
			continue;
		for (int k = 0; k < ROUNDS; k++) {
			if (i < 2 && k % 2 == i)
				unlink(f->entry);
			if (!compile_right(f, f->dir))
				_exit(1);
		}
		_exit(0);
	}
	while (wait(&status) > 0)
		bad += status != 0;
	CHECK(bad == 0, "three at a time, %d rounds: all get the right program", ROUNDS);
	compile_right(f, f->dir);
	CHECK(entries(f->dir, NULL, 0) == 1, "and leave one entry");
}

static size_t bytes_in(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	size_t bytes = 0;
	struct stat st;

	while (d && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.' &&
		    fstatat(dirfd(d), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			bytes += (size_t)st.st_size;
	if (d)
		closedir(d);
	return bytes;
}

static void test_bound(struct fixture *f)
{
	struct err e = ERR_NONE;
	struct filter got;
	ino_t first = inode(f->entry);
	char rest[128];
	int bad = 0, fd;

	for (int i = 100; i < 180; i++)
		bad += filter_compile(profile_of(&f->a, "read", i), f->dir, &f->a, &got,
				      NULL, &e) != 0;
	CHECK(bad == 0 && entries(f->dir, NULL, 0) == CACHE_ENTRIES_MAX,
	      "at most %d entries stay", CACHE_ENTRIES_MAX);
	CHECK(first && !inode(f->entry), "the oldest has gone");
	/* what a killed writer left, older than the others */
	snprintf(rest, sizeof(rest), "%s/.rest.1", f->dir);
	fd = open(rest, O_WRONLY | O_CREAT, 0600);
	CHECK(ftruncate(fd, CACHE_BYTES_MAX) == 0 &&
		      futimens(fd, (struct timespec[]){ { 1, 0 }, { 1, 0 } }) == 0,
	      "a large file that a killed writer left");
	close(fd);
	CHECK(compile_right(f, f->dir) && !inode(rest) && inode(f->entry) &&
		      bytes_in(f->dir) <= CACHE_BYTES_MAX,
	      "goes when there are too many bytes");
}

/* Entries that are too large or too small are not read */
static void test_huge(struct fixture *f)
{
	int fd = open(f->entry, O_RDWR);
	char other[128];

	snprintf(other, sizeof(other), "%s/other", f->top);
	CHECK(ftruncate(fd, 1L << 40) == 0 || ftruncate(fd, 1L << 30) == 0, "a huge one");
	close(fd);
	CHECK(!entry_kept(f, "a huge entry"), "is replaced");
	CHECK(chmod(f->entry, 0620) == 0, "an entry that its group can write");
	CHECK(!entry_kept(f, "group-writable"), "is replaced");
	CHECK(link(f->entry, other) == 0, "one with two names");
	CHECK(!entry_kept(f, "two names"), "is replaced");
	unlink(other);
}

/* A key is of all that the program depends on */
static void test_keys(struct fixture *f)
{
	struct profile *p[] = {
		profile_of(&f->a, "read", 77), profile_of(&f->a, "write", 77),
		profile_of(&f->a, "read", 78), profile_of(&f->a, "read", 77),
		profile_of(&f->a, "read", 77), profile_of(&f->a, "read", 77),
		profile_of(&f->a, "read", 77), profile_of(&f->a, "read", 77),
	};
	struct cache_key key[ARRAY_LEN(p) + 1], again;
	int equal = 0;

	p[3]->default_action = "SCMP_ACT_LOG";
	p[4]->syscalls.items[0].action = "SCMP_ACT_TRACE";
	*list_add(&f->a, &p[5]->architectures) = "SCMP_ARCH_X86";
	*list_add(&f->a, &p[6]->syscalls.items[0].args) =
		(struct profile_arg){ .index = 1, .op = "SCMP_CMP_EQ" };
	/* the same letters, in other names */
	p[7]->syscalls.items[0].names.items[0] = "readn";
	p[7]->syscalls.items[0].names.items[1] = "o_call_1";
	for (size_t i = 0; i < ARRAY_LEN(p); i++)
		cache_key_make(&key[i], p[i], 4);
	cache_key_make(&key[ARRAY_LEN(p)], p[0], 0);
	for (size_t i = 0; i < ARRAY_LEN(key); i++)
		for (size_t k = 0; k < i; k++)
			equal += memcmp(&key[i], &key[k], sizeof(again)) == 0;
	cache_key_make(&again, profile_of(&f->a, "read", 77), 4);
	CHECK(equal == 0, "keys of different profiles and flags differ");
	CHECK(memcmp(&key[0], &again, sizeof(again)) == 0, "those of equal ones do not");
}

static bool put_bytes(const char *path, size_t n)
{
	static const char zeros[4096];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	bool all = fd >= 0;

	for (; all && n; n -= sizeof(zeros))
		all = write(fd, zeros, sizeof(zeros)) == (ssize_t)sizeof(zeros);
	close(fd);
	return all;
}

/* In mounts of its own: a disk of four pages, full */
static void try_full(struct fixture *f, const char *dir)
{
	char rest[128], cache[128];

	snprintf(rest, sizeof(rest), "%s/rest", dir);
	snprintf(cache, sizeof(cache), "%s/cache", dir);
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", dir, "tmpfs", 0, "size=16k") < 0)
		_exit(77);
	if (mkdir(cache, 0700) < 0 || put_bytes(rest, 5 * 4096))
		_exit(1);
	if (!compile_right(f, cache) || entries(cache, NULL, 0) != 0)
		_exit(2);
	unlink(rest);
	_exit(compile_right(f, cache) && entries(cache, NULL, 0) == 1 ? 0 : 3);
}

static void test_full(struct fixture *f)
{
	char dir[96];
	int status = -1;
	pid_t pid;

	snprintf(dir, sizeof(dir), "%s/full", f->top);
	mkdir(dir, 0700);
	pid = fork();
	if (pid == 0)
		try_full(f, dir);
	waitpid(pid, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		CHECK_SKIP("only root can mount a small disk");
	else
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
		      "a full disk: the program is right, nothing is left (status %x)",
		      status);
}

int main(void)
{
	struct fixture f = { .top = "/tmp/aril-cache-test.XXXXXX" };
	struct err e = ERR_NONE;

	if (!mkdtemp(f.top) || arena_open(&f.a, false, &e) < 0)
		return 99;
	snprintf(f.dir, sizeof(f.dir), "%s/root/.cache/seccomp", f.top);
	f.p = profile_of(&f.a, "read", 77);
	CHECK(filter_compile(f.p, NULL, &f.a, &f.want, NULL, &e) == 0,
	      "compiled without a cache");
	test_hit(&f);
	test_damage(&f);
	test_trust(&f);
	test_collision(&f);
	test_huge(&f);
	test_keys(&f);
	test_full(&f);
	test_writers(&f);
	test_bound(&f);
	CHECK(dir_remove_all(AT_FDCWD, f.top, &e) == 0, "nothing is left");
	arena_done(&f.a);
	return check_done();
}
