/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See cache.h. Runs in the program. */
#include "seccomp/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <seccomp.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"

#define GENERATOR   "aril-seccomp-5" /* changes when the programs do */
#define MAGIC	    0x32504d4353524121ULL
#define UNKNOWN_MAX (1UL << 16) /* bytes of names */

/* An entry: this, the instructions, the unknown names with a NUL behind each */
struct cache_head {
	uint64_t magic, check;
	uint32_t n, unknown_len;
	unsigned char digest[32]; /* the file's name says so, too */
};
#define ENTRY_MAX                                                                        \
	(sizeof(struct cache_head) + BPF_MAXINSNS * sizeof(struct sock_filter) +         \
	 UNKNOWN_MAX)

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

/* Finds accidents: no secret depends on it */
static uint64_t checksum(const void *data, size_t n)
{
	const char *at = data;
	uint64_t h = n, v;

	for (; n >= sizeof(v); n -= sizeof(v), at += sizeof(v)) {
		memcpy(&v, at, sizeof(v));
		h = mix(h, v);
	}
	v = 0;
	memcpy(&v, at, n);
	return mix(mix(h, v), 1);
}

/* Of what follows the head, and of where it is divided */
static uint64_t entry_checksum(const struct cache_head *head, const void *rest, size_t n)
{
	return mix(checksum(rest, n), (uint64_t)head->n << 32 | head->unknown_len);
}

static void key_number(SHA2_CTX *key, uint64_t v)
{
	SHA256Update(key, (const uint8_t *)&v, sizeof(v));
}

static void key_text(SHA2_CTX *key, const char *text)
{
	uint32_t n = text ? (uint32_t)strlen(text) : UINT32_MAX;

	SHA256Update(key, (const uint8_t *)&n, sizeof(n));
	if (text)
		SHA256Update(key, (const uint8_t *)text, n);
}

static void key_texts(SHA2_CTX *key, const strings_t *list)
{
	key_number(key, list->n);
	for (size_t i = 0; i < list->n; i++)
		key_text(key, list->items[i]);
}

static void key_optional(SHA2_CTX *key, struct opt_u64 v)
{
	key_number(key, v.set);
	key_number(key, v.set ? v.v : 0);
}

static void key_call(SHA2_CTX *key, const struct profile_call *call)
{
	key_texts(key, &call->names);
	key_text(key, call->action);
	key_optional(key, call->errno_ret);
	key_number(key, call->args.n);
	LIST_EACH (arg, &call->args) {
		key_number(key, arg->index);
		key_number(key, arg->value);
		key_number(key, arg->value_two);
		key_text(key, arg->op);
	}
}

/* Without the listener: the program is the same */
void cache_key_make(struct cache_key *key, const struct profile *p, uint32_t flags)
{
	const struct scmp_version *v = seccomp_version();
	SHA2_CTX hash;

	SHA256Init(&hash);
	key_text(&hash, GENERATOR);
	key_number(&hash, v->major);
	key_number(&hash, v->minor);
	key_number(&hash, v->micro);
	key_number(&hash, seccomp_arch_native());
	key_number(&hash, flags);
	key_text(&hash, p->default_action);
	key_optional(&hash, p->default_errno_ret);
	key_texts(&hash, &p->architectures);
	key_number(&hash, p->syscalls.n);
	LIST_EACH (call, &p->syscalls)
		key_call(&hash, call);
	SHA256Final(key->digest, &hash);
}

/* Ours alone? */
static bool private(const struct stat *st)
{
	return st->st_uid == geteuid() && (st->st_mode & 077) == 0;
}

static int cache_open(const char *path)
{
	autofd dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;

	if (dir < 0 || fstat(dir, &st) < 0 || !private(&st))
		return -1;
	return fd_take(&dir);
}

#define NAME_SIZE (sizeof(((struct cache_key *)NULL)->digest) * 2 + 1)
static void entry_name(char name[NAME_SIZE], const struct cache_key *key)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < sizeof(key->digest); i++) {
		name[2 * i] = digits[key->digest[i] >> 4];
		name[2 * i + 1] = digits[key->digest[i] & 15];
	}
	name[NAME_SIZE - 1] = '\0';
}

static void unknown_split(strings_t *unknown, char *names, size_t n, struct arena *a)
{
	for (size_t at = 0; unknown && at < n; at += strlen(names + at) + 1)
		*list_add(a, unknown) = names + at;
}

/* Read an entry whose size is `size`. The head says how the rest is divided. */
static bool entry_read(int fd, size_t size, const struct cache_key *key, struct arena *a,
		       struct filter *out, strings_t *unknown)
{
	size_t rest_len = size - sizeof(struct cache_head), code_len;
	char *rest = arena_get(a, rest_len + 1); /* a NUL behind it */
	struct cache_head head;
	struct iovec parts[] = { { &head, sizeof(head) }, { rest, rest_len } };

	if (readv(fd, parts, 2) != (ssize_t)size)
		return false;
	code_len = (size_t)head.n * sizeof(struct sock_filter);
	if (head.magic != MAGIC ||
	    memcmp(head.digest, key->digest, sizeof(head.digest)) != 0)
		return false;
	if (head.n == 0 || head.n > BPF_MAXINSNS ||
	    code_len + head.unknown_len != rest_len ||
	    entry_checksum(&head, rest, rest_len) != head.check)
		return false;
	out->code = (struct sock_filter *)(void *)rest;
	out->n = (uint16_t)head.n;
	unknown_split(unknown, rest + code_len, head.unknown_len, a);
	return true;
}

bool cache_find(const char *path, const struct cache_key *key, struct arena *a,
		struct filter *out, strings_t *unknown)
{
	autofd dir = cache_open(path), fd = -1;
	struct stat st;
	char name[NAME_SIZE];

	if (dir < 0)
		return false;
	entry_name(name, key);
	/* not blocking: a pipe of that name must not hold us */
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !private(&st) ||
	    st.st_nlink != 1)
		return false;
	if (st.st_size <= (off_t)sizeof(struct cache_head) ||
	    st.st_size > (off_t)ENTRY_MAX)
		return false;
	return entry_read(fd, (size_t)st.st_size, key, a, out, unknown);
}

/* The directory's files: how many, how large, and the oldest of them */
struct census {
	size_t n, bytes;
	struct timespec time;
	char oldest[256];
};

static void count_file(struct census *c, const char *name, const struct stat *st)
{
	const struct timespec *t = &st->st_mtim;

	c->bytes += (size_t)st->st_size;
	if (c->n++ && (t->tv_sec > c->time.tv_sec ||
		       (t->tv_sec == c->time.tv_sec && t->tv_nsec >= c->time.tv_nsec)))
		return;
	c->time = *t;
	fmt_text(c->oldest, sizeof(c->oldest), "%s", name);
}

static bool count_files(int dir, struct census *c)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	struct stat st;

	*c = (struct census){ .n = 0 };
	if (!d) {
		fd_close(&copy);
		return false;
	}
	while ((entry = readdir(d)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
		    fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			count_file(c, entry->d_name, &st);
	closedir(d);
	return true;
}

/* Too many? Then the oldest go; what killed writers have left counts too */
static void cache_trim(int dir)
{
	struct census c;

	while (count_files(dir, &c) &&
	       (c.n > CACHE_ENTRIES_MAX || c.bytes > CACHE_BYTES_MAX))
		if (unlinkat(dir, c.oldest, 0) < 0)
			return;
}

static size_t unknown_size(const strings_t *unknown)
{
	size_t n = 0;

	for (size_t i = 0; i < unknown->n; i++)
		n += strlen(unknown->items[i]) + 1;
	return n;
}

void cache_keep(const char *path, const struct cache_key *key, const struct filter *f,
		const strings_t *unknown, struct arena *a)
{
	size_t unknown_len = unknown_size(unknown), code_len = f->n * sizeof(*f->code);
	size_t size = sizeof(struct cache_head) + code_len + unknown_len;
	struct cache_head head = { .magic = MAGIC,
				   .n = f->n,
				   .unknown_len = (uint32_t)unknown_len };
	struct err ignored = ERR_NONE;
	char name[NAME_SIZE], *entry, *at;
	autofd dir = -1;

	if (unknown_len > UNKNOWN_MAX || dir_make_all(AT_FDCWD, path, 0700, &ignored) < 0)
		return;
	dir = cache_open(path);
	if (dir < 0)
		return;
	entry = arena_get(a, size);
	at = entry + sizeof(head);
	memcpy(at, f->code, code_len);
	at += code_len;
	for (size_t i = 0; i < unknown->n; i++) {
		size_t n = strlen(unknown->items[i]) + 1;

		memcpy(at, unknown->items[i], n);
		at += n;
	}
	memcpy(head.digest, key->digest, sizeof(head.digest));
	head.check = entry_checksum(&head, entry + sizeof(head), code_len + unknown_len);
	memcpy(entry, &head, sizeof(head));
	entry_name(name, key);
	if (file_replace(dir, name, 0600, entry, size, &ignored) == 0)
		cache_trim(dir);
}
