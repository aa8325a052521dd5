/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See cache.h. Runs in the program. */
#include "seccomp/cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"

#define GENERATOR   "aril-seccomp-4" /* changes when the programs do */
#define MAGIC	    0x31504d4353524121ULL
#define ENTRIES_MAX 64
#define UNKNOWN_MAX (1UL << 20) /* bytes of names */

/* An entry: this, the key, the instructions, the unknown names with a NUL behind each */
struct cache_head {
	uint64_t magic, key_len, check;
	uint32_t n, unknown_len;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 32;
}

/* Names files and finds accidents; no secret depends on it */
static uint64_t hash_of(const void *data, size_t n)
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

/* Of what follows the key, and of where it is divided */
static uint64_t check_of(const struct cache_head *head, const void *rest, size_t n)
{
	return mix(hash_of(rest, n), (uint64_t)head->n << 32 | head->unknown_len);
}

static void key_bytes(struct cache_key *key, const void *data, size_t n)
{
	if (key->size - key->len < n) {
		char *text = realloc(key->text, (key->size + n) * 2);

		if (!text)
			abort();
		key->text = text;
		key->size = (key->size + n) * 2;
	}
	memcpy(key->text + key->len, data, n);
	key->len += n;
}

static void key_number(struct cache_key *key, uint64_t v)
{
	key_bytes(key, &v, sizeof(v));
}

static void key_text(struct cache_key *key, const char *text)
{
	uint32_t n = text ? (uint32_t)strlen(text) : UINT32_MAX;

	key_bytes(key, &n, sizeof(n));
	if (text)
		key_bytes(key, text, n);
}

static void key_texts(struct cache_key *key, const strings_t *list)
{
	key_number(key, list->n);
	for (size_t i = 0; i < list->n; i++)
		key_text(key, list->items[i]);
}

static void key_optional(struct cache_key *key, struct opt_u64 v)
{
	key_number(key, v.set);
	key_number(key, v.set ? v.v : 0);
}

static void key_call(struct cache_key *key, const struct profile_call *call)
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

/* Without flags and listener: the program is the same */
void cache_key_make(struct cache_key *key, const struct profile *p)
{
	const struct scmp_version *v = seccomp_version();

	*key = (struct cache_key){ .size = 16384 };
	key->text = malloc(key->size);
	if (!key->text)
		abort();
	key_text(key, GENERATOR);
	key_number(key, v->major);
	key_number(key, v->minor);
	key_number(key, v->micro);
	key_number(key, seccomp_arch_native());
	key_text(key, p->default_action);
	key_optional(key, p->default_errno_ret);
	key_texts(key, &p->architectures);
	key_number(key, p->syscalls.n);
	LIST_EACH (call, &p->syscalls)
		key_call(key, call);
	key->hash = hash_of(key->text, key->len);
}

void cache_key_done(struct cache_key *key)
{
	free(key->text);
	key->text = NULL;
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

static void entry_name(char name[17], const struct cache_key *key)
{
	fmt_text(name, 17, "%016llx", (unsigned long long)key->hash);
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
	size_t fixed = sizeof(struct cache_head) + key->len;
	size_t rest_len = size - fixed;
	autofree char *stored = malloc(key->len);
	char *rest = arena_get(a, rest_len + 1); /* a NUL behind it */
	struct cache_head head;
	struct iovec parts[] = { { &head, sizeof(head) },
				 { stored, key->len },
				 { rest, rest_len } };
	size_t code_len;

	if (!stored || readv(fd, parts, 3) != (ssize_t)size)
		return false;
	code_len = (size_t)head.n * sizeof(struct sock_filter);
	if (head.magic != MAGIC || head.key_len != key->len ||
	    memcmp(stored, key->text, key->len) != 0)
		return false;
	if (head.n == 0 || head.n > BPF_MAXINSNS ||
	    code_len + head.unknown_len != rest_len ||
	    check_of(&head, rest, rest_len) != head.check)
		return false;
	out->code = (struct sock_filter *)(void *)rest;
	out->n = (uint16_t)head.n;
	unknown_split(unknown, rest + code_len, head.unknown_len, a);
	return true;
}

bool cache_find(const char *path, const struct cache_key *key, struct arena *a,
		struct filter *out, strings_t *unknown)
{
	size_t fixed = sizeof(struct cache_head) + key->len;
	autofd dir = cache_open(path), fd = -1;
	struct stat st;
	char name[17];

	if (dir < 0)
		return false;
	entry_name(name, key);
	/* not blocking: a pipe of that name must not hold us */
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || !private(&st) ||
	    st.st_nlink != 1)
		return false;
	if (st.st_size <= (off_t)fixed ||
	    st.st_size > (off_t)(fixed + BPF_MAXINSNS * sizeof(struct sock_filter) +
				 UNKNOWN_MAX))
		return false;
	return entry_read(fd, (size_t)st.st_size, key, a, out, unknown);
}

/* Too many? Then the oldest goes; what killed writers have left counts too */
static void cache_trim(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct timespec oldest = { 0, 0 };
	struct dirent *entry;
	char name[256] = "";
	size_t n = 0;

	if (!d) {
		fd_close(&copy);
		return;
	}
	while ((entry = readdir(d)) != NULL) {
		struct stat st;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (n++ && (st.st_mtim.tv_sec > oldest.tv_sec ||
			    (st.st_mtim.tv_sec == oldest.tv_sec &&
			     st.st_mtim.tv_nsec >= oldest.tv_nsec)))
			continue;
		oldest = st.st_mtim;
		fmt_text(name, sizeof(name), "%s", entry->d_name);
	}
	closedir(d);
	if (n > ENTRIES_MAX)
		unlinkat(dir, name, 0);
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
	size_t fixed = sizeof(struct cache_head) + key->len;
	struct cache_head head = { .magic = MAGIC,
				   .key_len = key->len,
				   .n = f->n,
				   .unknown_len = (uint32_t)unknown_len };
	struct err ignored = ERR_NONE;
	char name[17], *entry, *at;
	autofd dir = -1;

	if (unknown_len > UNKNOWN_MAX || dir_make_all(AT_FDCWD, path, 0700, &ignored) < 0)
		return;
	dir = cache_open(path);
	if (dir < 0)
		return;
	entry = arena_get(a, fixed + code_len + unknown_len);
	memcpy(entry + sizeof(head), key->text, key->len);
	memcpy(entry + fixed, f->code, code_len);
	at = entry + fixed + code_len;
	for (size_t i = 0; i < unknown->n; i++) {
		size_t n = strlen(unknown->items[i]) + 1;

		memcpy(at, unknown->items[i], n);
		at += n;
	}
	head.check = check_of(&head, entry + fixed, code_len + unknown_len);
	memcpy(entry, &head, sizeof(head));
	entry_name(name, key);
	if (file_replace(dir, name, 0600, entry, fixed + code_len + unknown_len,
			 &ignored) == 0)
		cache_trim(dir);
}
