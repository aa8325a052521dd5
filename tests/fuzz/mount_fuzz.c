/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any lines as a mount: type, source, destination, lines of mappings ("m 0 1000 10"), and
 * options. The options, written out again from what was understood, are understood in the
 * same way; the mount is planned for several hosts as one that init can believe, or
 * refused.
 */
#include <linux/mount.h>
#include <sys/mount.h>

#include "base/str.h"
#include "libcontainer/plan/mount_words.h"
#include "libcontainer/spec/check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/plan_claim.h"

/* --- words and back ----------------------------------------------------------------- */

static const struct {
	uint64_t bit;
	const char *set, *clear;
} bits[] = {
	{ MOUNT_ATTR_RDONLY, "ro", "rw" },
	{ MOUNT_ATTR_NOSUID, "nosuid", "suid" },
	{ MOUNT_ATTR_NODEV, "nodev", "dev" },
	{ MOUNT_ATTR_NOEXEC, "noexec", "exec" },
	{ MOUNT_ATTR_NODIRATIME, "nodiratime", "diratime" },
	{ MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow", "symfollow" },
};

static const struct {
	uint64_t flag;
	const char *word;
} propagations[] = { { MS_PRIVATE, "private" },
		     { MS_SLAVE, "slave" },
		     { MS_SHARED, "shared" },
		     { MS_UNBINDABLE, "unbindable" } };

static void put(struct arena *a, strings_t *to, bool tree, const char *word)
{
	strings_add(a, to, arena_fmt(a, "%s%s", tree ? "r" : "", word));
}

static void put_bits(struct arena *a, strings_t *to, bool tree, uint64_t set,
		     uint64_t clr)
{
	for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
		if (set & bits[i].bit)
			put(a, to, tree, bits[i].set);
		if (clr & bits[i].bit)
			put(a, to, tree, bits[i].clear);
	}
	if ((clr & MOUNT_ATTR__ATIME) == 0)
		return;
	set &= MOUNT_ATTR__ATIME;
	put(a, to, tree,
	    set == MOUNT_ATTR_NOATIME	    ? "noatime"
	    : set == MOUNT_ATTR_STRICTATIME ? "strictatime"
					    : "relatime");
}

static strings_t write_words(struct arena *a, const struct mount_wish *w)
{
	strings_t to = { NULL, 0 };

	put_bits(a, &to, false, w->attr_set, w->attr_clr);
	put_bits(a, &to, true, w->rec_set, w->rec_clr);
	for (size_t i = 0; i < ARRAY_LEN(propagations); i++)
		if ((w->propagation & ~(uint64_t)MS_REC) == propagations[i].flag)
			put(a, &to, w->propagation & MS_REC, propagations[i].word);
	LIST_EACH (flag, &w->flags)
		put(a, &to, false, *flag);
	if (w->bind)
		put(a, &to, w->recursive, "bind");
	if (w->remount)
		put(a, &to, false, "remount");
	if (w->copy_up)
		put(a, &to, false, "tmpcopyup");
	if (w->keep_source)
		put(a, &to, false, "src-nofollow");
	if (w->keep_target)
		put(a, &to, false, "dest-nofollow");
	if (w->copy_link)
		put(a, &to, false, "copy-symlink");
	if (w->idmap_text)
		put(a, &to, w->idmap_recursive, arena_fmt(a, "idmap=%s", w->idmap_text));
	else if (w->idmap)
		put(a, &to, w->idmap_recursive, "idmap");
	LIST_EACH (text, &w->data) /* with a comma it is not taken for a word */
		put(a, &to, false, arena_fmt(a, ",%s", *text));
	return to;
}

static void claim_same_texts(const strings_t *a, const strings_t *b)
{
	claim(a->n == b->n);
	for (size_t i = 0; i < a->n; i++)
		claim(strcmp(a->items[i], b->items[i]) == 0);
}

static void claim_same(const struct mount_wish *a, const struct mount_wish *b)
{
	claim(a->bind == b->bind && a->recursive == b->recursive &&
	      a->remount == b->remount && a->copy_up == b->copy_up);
	claim(a->keep_source == b->keep_source && a->keep_target == b->keep_target &&
	      a->copy_link == b->copy_link);
	claim(a->idmap == b->idmap && str_eq(a->idmap_text, b->idmap_text));
	claim(a->idmap_recursive == b->idmap_recursive);
	claim(a->attr_set == b->attr_set && a->attr_clr == b->attr_clr);
	claim(a->rec_set == b->rec_set && a->rec_clr == b->rec_clr);
	claim(a->propagation == b->propagation);
	claim(!a->only_propagation || b->only_propagation);
	claim_same_texts(&a->flags, &b->flags);
	claim_same_texts(&a->data, &b->data);
}

static void read_words(const strings_t *options, struct arena *a)
{
	struct plan *p = arena_new(a, struct plan);
	struct draft d = { .a = a, .p = p };
	struct mount_wish one, two;
	strings_t words;

	mount_wish_read(&d, "mounts[0]", options, &one);
	words = write_words(a, &one);
	mount_wish_read(&d, "mounts[0]", &words, &two);
	claim_same(&one, &two);
}

/* --- hosts -------------------------------------------------------------------------- */

#define HEAD "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},\"linux\":{"
#define TAIL "\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"pid\"}"
#define MAPS                                                                             \
	"\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":1},"               \
	"{\"containerID\":1,\"hostID\":100000,\"size\":65535}],"                         \
	"\"gidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":1},"               \
	"{\"containerID\":1,\"hostID\":100000,\"size\":65535}],"
static const char *const documents[] = {
	HEAD TAIL "]}}",
	HEAD MAPS TAIL ",{\"type\":\"user\"}]}}",
	HEAD TAIL ",{\"type\":\"user\",\"path\":\"/proc/1/ns/user\"}]}}",
};

static const struct facts root = { .can_mount = true, .can_raise = true, .caps = 1 };
static const struct facts user = { .euid = 1000,
				   .egid = 1000,
				   .has_newuidmap = true,
				   .has_newgidmap = true,
				   .subuids = { &(struct id_range){ 100000, 65536 }, 1 },
				   .subgids = { &(struct id_range){ 100000, 65536 },
						1 } };

static void plan_one(const char *text, const struct spec_mount *m, const struct facts *f,
		     struct arena *a)
{
	const struct request request = { .id = "web",
					 .bundle = "/bundle",
					 .rootless = true };
	struct check_report report = CHECK_REPORT(a);
	struct err e = ERR_NONE;
	struct plan *plan;
	struct spec *s;

	claim(spec_read(text, strlen(text), a, &s, &e) == 0);
	*list_add(a, &s->mounts) = *m;
	spec_check(s, &report);
	if (check_result(&report, &e) < 0 ||
	    plan_build(s, f, &request, a, &plan, &e) < 0) {
		claim_refusal(&e);
		return;
	}
	plan_claim(plan, a);
}

static bool read_map(const char *line, spec_idmaps_t *maps, struct arena *a)
{
	strings_t words = str_split(a, line, ' ');
	struct spec_idmap m;

	if (words.n != 4 || strcmp(words.items[0], "m") != 0 ||
	    !str_u64(words.items[1], UINT32_MAX, &m.container_id) ||
	    !str_u64(words.items[2], UINT32_MAX, &m.host_id) ||
	    !str_u64(words.items[3], UINT32_MAX, &m.size))
		return false;
	*list_add(a, maps) = m;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;
	struct spec_mount m = { .type = NULL };
	char *text, *line;

	fuzz_arena(&a, true);
	text = fuzz_text(&a, data, size);
	m.type = fuzz_line(&text);
	m.source = fuzz_line(&text);
	m.destination = fuzz_line(&text);
	if (!m.destination)
		return 0;
	while ((line = fuzz_line(&text)))
		if (!read_map(line, &m.uid_mappings, &a))
			strings_add(&a, &m.options, line);
	m.gid_mappings = m.uid_mappings;
	read_words(&m.options, &a);
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		plan_one(documents[i], &m, &root, &a);
		plan_one(documents[i], &m, &user, &a);
	}
	return 0;
}
