/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading what a cgroup uses (Documentation/admin-guide/cgroup-v2.rst). Runs in the
 * program.
 *
 * Unknown keys are passed over, since every kernel has more of them; a known one whose
 * value is no number is an error.
 */
#include "cgroups/stats.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"

#define FILE_MAX (1UL << 20)

struct reader {
	int dir;
	struct arena *arena;
	struct cgroup_stats *s;
	struct err *e;
	int ret; /* -1: e is set, nothing more is read */
};

/* No controller, no PSI (EOPNOTSUPP), removed meanwhile */
static bool is_absent(int num)
{
	return num == ENOENT || num == ENODEV || num == EOPNOTSUPP;
}

/* NULL: it is not there, or r->ret */
static const char *text_of(struct reader *r, const char *name)
{
	struct err why = ERR_NONE;
	char *text;

	if (r->ret < 0)
		return NULL;
	text = file_read(r->arena, r->dir, name, FILE_MAX, NULL, &why);
	if (!text && !is_absent(why.num)) {
		*r->e = why;
		r->ret = -1;
	}
	return text;
}

static void refuse(struct reader *r, const char *name, const char *text, size_t n)
{
	if (r->ret == 0)
		r->ret = err_set(r->e, EINVAL, "read %s: \"%.*s\"", name, (int)n, text);
}

/* A number, or "max". 0 when it is neither: an error. */
static uint64_t number(struct reader *r, const char *name, const char *text, size_t n,
		       uint64_t max)
{
	uint64_t v = 0;

	if (n == 3 && strncmp(text, "max", 3) == 0)
		return max;
	if (!str_u64n(text, n, UINT64_MAX, &v))
		refuse(r, name, text, n);
	return v;
}

/* A file with one value; false when there is none */
static bool read_value(struct reader *r, const char *name, uint64_t max, uint64_t *v)
{
	const char *text = text_of(r, name);

	if (text)
		*v = number(r, name, text, strcspn(text, "\n"), max);
	return text && r->ret == 0;
}

/* A part of a text, lent */
struct part {
	const char *s;
	size_t n;
};

static bool part_is(const struct part *p, const char *text)
{
	return strncmp(p->s, text, p->n) == 0 && !text[p->n];
}

/* The next line; empty ones are passed over */
static bool next_line(const char **at, struct part *line)
{
	*at += strspn(*at, "\n");
	*line = (struct part){ *at, strcspn(*at, "\n") };
	*at += line->n;
	return line->n > 0;
}

/* The next word of a line, which is taken away from it */
static bool next_word(struct part *line, struct part *word)
{
	while (line->n > 0 && *line->s == ' ') {
		line->s++;
		line->n--;
	}
	word->s = line->s;
	for (word->n = 0; word->n < line->n && word->s[word->n] != ' ';)
		word->n++;
	line->s += word->n;
	line->n -= word->n;
	return word->n > 0;
}

/* "key=value"; false when there is no "=" */
static bool split(const struct part *word, struct part *key, struct part *value)
{
	const char *equals = memchr(word->s, '=', word->n);

	if (!equals)
		return false;
	*key = (struct part){ word->s, (size_t)(equals - word->s) };
	*value = (struct part){ equals + 1, word->n - key->n - 1 };
	return true;
}

/* --- lines "key value" ------------------------------------------------------------- */

struct key {
	const char *name;
	size_t at; /* in struct cgroup_stats */
	uint64_t factor;
};
#define KEY(name_, member_, factor_)                                                     \
	{                                                                                \
		.name = (name_), .at = offsetof(struct cgroup_stats, member_),           \
		.factor = (factor_)                                                      \
	}
static const struct key cpu_keys[] = {
	KEY("usage_usec", cpu.total, 1000),
	KEY("user_usec", cpu.user, 1000),
	KEY("system_usec", cpu.kernel, 1000),
	KEY("nr_periods", cpu.periods, 1),
	KEY("nr_throttled", cpu.throttled_periods, 1),
	KEY("throttled_usec", cpu.throttled, 1000),
};

static void read_cpu(struct reader *r)
{
	const char *at = text_of(r, "cpu.stat");
	struct part line, word;

	while (at && next_line(&at, &line)) {
		next_word(&line, &word);
		for (size_t i = 0; i < ARRAY_LEN(cpu_keys); i++) {
			const struct key *key = &cpu_keys[i];
			struct part value;

			if (!part_is(&word, key->name))
				continue;
			next_word(&line, &value);
			*(uint64_t *)(void *)((char *)r->s + key->at) =
				key->factor * number(r, "cpu.stat", value.s, value.n, 0);
		}
	}
}

static void read_memory_stat(struct reader *r)
{
	const char *at = text_of(r, "memory.stat");
	struct memory_stats *m = &r->s->memory;
	struct part line, key, value;

	while (at && next_line(&at, &line)) {
		struct memory_count *count = list_add(r->arena, &m->raw);

		next_word(&line, &key);
		next_word(&line, &value);
		count->key = arena_strndup(r->arena, key.s, key.n);
		count->v = number(r, "memory.stat", value.s, value.n, 0);
		if (part_is(&key, "file"))
			m->cache = count->v;
	}
}

/* cgroup v1 counts memory and swap together. Without swap, that is the memory. */
static void read_memory(struct reader *r)
{
	struct memory_usage *m = &r->s->memory.memory, *s = &r->s->memory.swap;
	uint64_t limit = 0;

	read_memory_stat(r);
	if (!read_value(r, "memory.current", 0, &m->usage))
		return;
	read_value(r, "memory.max", STATS_NO_LIMIT, &m->limit);
	read_value(r, "memory.peak", 0, &m->max); /* Linux 5.19 */
	read_value(r, "memory.swap.current", 0, &s->usage);
	read_value(r, "memory.swap.max", STATS_NO_LIMIT, &limit);
	s->usage += m->usage;
	s->limit = limit > STATS_NO_LIMIT - m->limit ? STATS_NO_LIMIT : limit + m->limit;
}

/* --- pressure ---------------------------------------------------------------------- */

/* "12.34" */
static uint64_t hundredths(struct reader *r, const char *name, const struct part *text)
{
	uint64_t whole = 0, rest = 0;
	size_t n = text->n;

	if (n < 4 || text->s[n - 3] != '.' ||
	    !str_u64n(text->s, n - 3, UINT32_MAX, &whole) ||
	    !str_u64n(text->s + n - 2, 2, 99, &rest))
		refuse(r, name, text->s, n);
	return whole * 100 + rest;
}

static void read_psi_line(struct reader *r, const char *name, struct part line,
			  struct psi_line *p)
{
	struct part word, key, value;

	while (next_word(&line, &word)) {
		if (!split(&word, &key, &value))
			continue;
		if (part_is(&key, "avg10"))
			p->avg10 = hundredths(r, name, &value);
		else if (part_is(&key, "avg60"))
			p->avg60 = hundredths(r, name, &value);
		else if (part_is(&key, "avg300"))
			p->avg300 = hundredths(r, name, &value);
		else if (part_is(&key, "total"))
			p->total = number(r, name, value.s, value.n, 0);
	}
}

static void read_psi(struct reader *r, const char *name, struct psi *p)
{
	const char *at = text_of(r, name);
	struct part line, word;

	p->set = at != NULL;
	while (at && next_line(&at, &line)) {
		next_word(&line, &word);
		if (part_is(&word, "some"))
			read_psi_line(r, name, line, &p->some);
		else if (part_is(&word, "full"))
			read_psi_line(r, name, line, &p->full);
	}
}

/* --- devices: lines "8:0 rbytes=1 wbytes=2" and "mlx5_0 hca_handle=2" -------------- */

static const struct io_key {
	const char *name, *op;
	bool bytes;
} io_keys[] = {
	{ "rbytes", "Read", true },
	{ "wbytes", "Write", true },
	{ "rios", "Read", false },
	{ "wios", "Write", false },
};

static void add_io(struct reader *r, const struct io_count *device,
		   const struct part *key, const struct part *value)
{
	for (size_t i = 0; i < ARRAY_LEN(io_keys); i++) {
		const struct io_key *k = &io_keys[i];
		struct io_count *count;

		if (!part_is(key, k->name))
			continue;
		count = list_add(r->arena,
				 k->bytes ? &r->s->io.bytes : &r->s->io.operations);
		*count = *device;
		count->op = k->op;
		count->v = number(r, "io.stat", value->s, value->n, 0);
	}
}

/* Some kernels end no line behind a device that has no counts ("8:16 8:0 rbytes=..."): so
 * a word without "=" is a device wherever it stands */
static void read_io(struct reader *r)
{
	struct io_count device = { .op = NULL };
	const char *at = text_of(r, "io.stat");
	struct part line, word, key, value;

	while (at && next_line(&at, &line))
		while (next_word(&line, &word)) {
			const char *colon = memchr(word.s, ':', word.n);

			if (split(&word, &key, &value)) {
				add_io(r, &device, &key, &value);
			} else if (colon) {
				size_t n = (size_t)(colon - word.s);

				device.major = number(r, "io.stat", word.s, n, 0);
				device.minor = number(r, "io.stat", colon + 1,
						      word.n - n - 1, 0);
			}
		}
}

static void read_rdma(struct reader *r, const char *name, rdma_list_t *list)
{
	const char *at = text_of(r, name);
	struct part line, word, key, value;

	while (at && next_line(&at, &line)) {
		struct rdma_stats *device = list_add(r->arena, list);

		next_word(&line, &word);
		device->device = arena_strndup(r->arena, word.s, word.n);
		while (next_word(&line, &word)) {
			if (!split(&word, &key, &value))
				continue;
			if (part_is(&key, "hca_handle"))
				device->handles =
					number(r, name, value.s, value.n, UINT32_MAX);
			else if (part_is(&key, "hca_object"))
				device->objects =
					number(r, name, value.s, value.n, UINT32_MAX);
		}
	}
}

/* --- lists and huge pages ---------------------------------------------------------- */

/* "0-3,7" */
static void read_list(struct reader *r, const char *name, uints_t *list)
{
	const char *at = text_of(r, name);

	while (at && r->ret == 0 && *at && *at != '\n') {
		size_t n = strcspn(at, ",\n"), first = strcspn(at, "-,\n");
		uint64_t from = 0, to = 0;

		if (!str_u64n(at, first, UINT16_MAX, &from))
			refuse(r, name, at, n);
		to = from;
		if (first < n &&
		    !str_u64n(at + first + 1, n - first - 1, UINT16_MAX, &to))
			refuse(r, name, at, n);
		for (; from <= to && r->ret == 0; from++)
			*list_add(r->arena, list) = from;
		at += n + (at[n] == ',');
	}
}

static void read_huge_size(struct reader *r, const char *size)
{
	const char *events = arena_fmt(r->arena, "hugetlb.%s.events", size);
	struct huge_stats *h = list_add(r->arena, &r->s->huge);
	const char *at = text_of(r, events);
	struct part line, word;

	h->size = arena_strdup(r->arena, size);
	/* what is reserved, and may be used without an error, as runc has it */
	if (!read_value(r, arena_fmt(r->arena, "hugetlb.%s.rsvd.current", size), 0,
			&h->usage))
		read_value(r, arena_fmt(r->arena, "hugetlb.%s.current", size), 0,
			   &h->usage);
	while (at && next_line(&at, &line)) {
		next_word(&line, &word);
		if (part_is(&word, "max") && next_word(&line, &word))
			h->failures = number(r, events, word.s, word.n, 0);
	}
}

static int compare_sizes(const void *a, const void *b)
{
	return strcmp(((const struct huge_stats *)a)->size,
		      ((const struct huge_stats *)b)->size);
}

/* Which sizes there are depends on the machine: the names of files tell */
static void read_huge(struct reader *r)
{
	int copy = openat(r->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!d) {
		fd_close(&copy);
		return;
	}
	while ((entry = readdir(d)) != NULL) {
		const char *size = entry->d_name + strlen("hugetlb.");

		if (str_starts(entry->d_name, "hugetlb.") &&
		    strcmp(size + strcspn(size, "."), ".current") == 0)
			read_huge_size(r,
				       arena_strndup(r->arena, size, strcspn(size, ".")));
	}
	closedir(d);
	if (r->s->huge.n)
		qsort(r->s->huge.items, r->s->huge.n, sizeof(*r->s->huge.items),
		      compare_sizes);
}

int stats_read(const struct cgroup *c, struct arena *a, struct cgroup_stats *s,
	       struct err *e)
{
	struct reader r = { .dir = c->fd, .arena = a, .s = s, .e = e };

	*s = (struct cgroup_stats){ .cpu = { .total = 0 } };
	if (c->fd < 0)
		return 0;
	read_cpu(&r);
	read_psi(&r, "cpu.pressure", &s->cpu.psi);
	read_list(&r, "cpuset.cpus.effective", &s->cpus);
	read_list(&r, "cpuset.mems.effective", &s->mems);
	read_memory(&r);
	read_psi(&r, "memory.pressure", &s->memory.psi);
	read_value(&r, "pids.current", 0, &s->pids.current);
	read_value(&r, "pids.max", 0, &s->pids.limit);
	read_io(&r);
	read_psi(&r, "io.pressure", &s->io.psi);
	read_huge(&r);
	read_rdma(&r, "rdma.current", &s->rdma_current);
	read_rdma(&r, "rdma.max", &s->rdma_limit);
	return r.ret < 0 ? err_wrap(e, "cgroup %s", c->path ? c->path : "?") : 0;
}
