/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The option words of mounts as a table. Runs in the program; pure.
 *
 * Theory. mount(8)'s words come from one flat word of bits, mount(2)'s flags, which mixed
 * three things that the kernel keeps apart since the new mount API (Linux 5.2, 5.12):
 * attributes of one mount (nosuid: MOUNT_ATTR_*), flags of the file system behind it
 * (sync: fsconfig(2)) and propagation. A set and a clear mask for the first, names for
 * the second. An attribute that is cleared by a word is asked for explicitly: the kernel
 * says EPERM when it is locked, and that is an error, never passed over (a bind of a
 * nosuid tree with "suid" must not look as if it worked).
 *
 * Access times are not bits but a choice of three, MOUNT_ATTR__ATIME, of which relatime
 * is 0 and the default: mount_setattr(2) wants the whole field cleared when it is set. So
 * "atime" takes back "noatime", "nostrictatime" takes back "strictatime", and
 * "norelatime" has nothing to take back, as ever since relatime became the default (Linux
 * 2.6.30).
 */
#include "libcontainer/plan/mount_words.h"

#include <linux/mount.h>
#include <stddef.h>
#include <string.h>

enum word_kind {
	WORD_NOTHING, /* what is so anyway */
	WORD_SET,     /* an attribute */
	WORD_CLEAR,
	WORD_TIME,   /* one choice of access times */
	WORD_UNTIME, /* not this one */
	WORD_FLAG,   /* of the super block, by name; `other` if it has another one */
	WORD_UNFLAG, /* takes back `other` */
	WORD_PROPAGATION,
	WORD_BIND, /* value: recursive */
	WORD_MARK, /* value: where in struct mount_wish a bool becomes true */
	WORD_IDMAP,
	WORD_GONE, /* the mount API has nothing for it: a warning */
};

#define MARK(member) offsetof(struct mount_wish, member)

/* The name, its kind, whether it holds for the whole tree, the kernel's number, the
 * word that it takes back. In the order of the alphabet, as the specification's table;
 * `features` shows them so. copy-symlink, dest-nofollow, src-nofollow and the r forms of
 * sync, async, dirsync, mand and nomand are crun's: such a flag is that of a whole file
 * system anyway. */
#define MOUNT_WORDS(W)                                                                   \
	W("async", UNFLAG, false, 0, "sync")                                             \
	W("atime", UNTIME, false, MOUNT_ATTR_NOATIME, NULL)                              \
	W("bind", BIND, false, 0, NULL)                                                  \
	W("copy-symlink", MARK, false, MARK(copy_link), NULL)                            \
	W("defaults", NOTHING, false, 0, NULL)                                           \
	W("dest-nofollow", MARK, false, MARK(keep_target), NULL)                         \
	W("dev", CLEAR, false, MOUNT_ATTR_NODEV, NULL)                                   \
	W("diratime", CLEAR, false, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("dirsync", FLAG, false, 0, NULL)                                               \
	W("exec", CLEAR, false, MOUNT_ATTR_NOEXEC, NULL)                                 \
	W("idmap", IDMAP, false, 0, NULL)                                                \
	W("iversion", GONE, false, 0, NULL)                                              \
	W("lazytime", FLAG, false, 0, NULL)                                              \
	W("loud", NOTHING, false, 0, NULL)                                               \
	W("mand", FLAG, false, 0, NULL)                                                  \
	W("noatime", TIME, false, MOUNT_ATTR_NOATIME, NULL)                              \
	W("nodev", SET, false, MOUNT_ATTR_NODEV, NULL)                                   \
	W("nodiratime", SET, false, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("noexec", SET, false, MOUNT_ATTR_NOEXEC, NULL)                                 \
	W("noiversion", NOTHING, false, 0, NULL)                                         \
	W("nolazytime", UNFLAG, false, 0, "lazytime")                                    \
	W("nomand", UNFLAG, false, 0, "mand")                                            \
	W("norelatime", NOTHING, false, 0, NULL)                                         \
	W("nostrictatime", UNTIME, false, MOUNT_ATTR_STRICTATIME, NULL)                  \
	W("nosuid", SET, false, MOUNT_ATTR_NOSUID, NULL)                                 \
	W("nosymfollow", SET, false, MOUNT_ATTR_NOSYMFOLLOW, NULL)                       \
	W("private", PROPAGATION, false, MS_PRIVATE, NULL)                               \
	W("rasync", UNFLAG, true, 0, "sync")                                             \
	W("ratime", UNTIME, true, MOUNT_ATTR_NOATIME, NULL)                              \
	W("rbind", BIND, true, 0, NULL)                                                  \
	W("rdev", CLEAR, true, MOUNT_ATTR_NODEV, NULL)                                   \
	W("rdiratime", CLEAR, true, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("rdirsync", FLAG, true, 0, "dirsync")                                          \
	W("relatime", TIME, false, MOUNT_ATTR_RELATIME, NULL)                            \
	W("remount", MARK, false, MARK(remount), NULL)                                   \
	W("rexec", CLEAR, true, MOUNT_ATTR_NOEXEC, NULL)                                 \
	W("ridmap", IDMAP, true, 0, NULL)                                                \
	W("rmand", FLAG, true, 0, "mand")                                                \
	W("rnoatime", TIME, true, MOUNT_ATTR_NOATIME, NULL)                              \
	W("rnodev", SET, true, MOUNT_ATTR_NODEV, NULL)                                   \
	W("rnodiratime", SET, true, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("rnoexec", SET, true, MOUNT_ATTR_NOEXEC, NULL)                                 \
	W("rnomand", UNFLAG, true, 0, "mand")                                            \
	W("rnorelatime", NOTHING, true, 0, NULL)                                         \
	W("rnostrictatime", UNTIME, true, MOUNT_ATTR_STRICTATIME, NULL)                  \
	W("rnosuid", SET, true, MOUNT_ATTR_NOSUID, NULL)                                 \
	W("rnosymfollow", SET, true, MOUNT_ATTR_NOSYMFOLLOW, NULL)                       \
	W("ro", SET, false, MOUNT_ATTR_RDONLY, NULL)                                     \
	W("rprivate", PROPAGATION, false, MS_PRIVATE | MS_REC, NULL)                     \
	W("rrelatime", TIME, true, MOUNT_ATTR_RELATIME, NULL)                            \
	W("rro", SET, true, MOUNT_ATTR_RDONLY, NULL)                                     \
	W("rrw", CLEAR, true, MOUNT_ATTR_RDONLY, NULL)                                   \
	W("rshared", PROPAGATION, false, MS_SHARED | MS_REC, NULL)                       \
	W("rslave", PROPAGATION, false, MS_SLAVE | MS_REC, NULL)                         \
	W("rstrictatime", TIME, true, MOUNT_ATTR_STRICTATIME, NULL)                      \
	W("rsuid", CLEAR, true, MOUNT_ATTR_NOSUID, NULL)                                 \
	W("rsymfollow", CLEAR, true, MOUNT_ATTR_NOSYMFOLLOW, NULL)                       \
	W("rsync", FLAG, true, 0, "sync")                                                \
	W("runbindable", PROPAGATION, false, MS_UNBINDABLE | MS_REC, NULL)               \
	W("rw", CLEAR, false, MOUNT_ATTR_RDONLY, NULL)                                   \
	W("shared", PROPAGATION, false, MS_SHARED, NULL)                                 \
	W("silent", NOTHING, false, 0, NULL)                                             \
	W("slave", PROPAGATION, false, MS_SLAVE, NULL)                                   \
	W("src-nofollow", MARK, false, MARK(keep_source), NULL)                          \
	W("strictatime", TIME, false, MOUNT_ATTR_STRICTATIME, NULL)                      \
	W("suid", CLEAR, false, MOUNT_ATTR_NOSUID, NULL)                                 \
	W("symfollow", CLEAR, false, MOUNT_ATTR_NOSYMFOLLOW, NULL)                       \
	W("sync", FLAG, false, 0, NULL)                                                  \
	W("tmpcopyup", MARK, false, MARK(copy_up), NULL)                                 \
	W("unbindable", PROPAGATION, false, MS_UNBINDABLE, NULL)

struct mount_word {
	const char *name;
	enum word_kind kind;
	bool tree;
	uint64_t value;
	const char *other;
};

#define WORD_ROW(name_, kind_, tree_, value_, other_)                                    \
	{ name_, WORD_##kind_, tree_, value_, other_ },
static const struct mount_word words[] = { MOUNT_WORDS(WORD_ROW) };

#define WORD_NAME(name_, kind_, tree_, value_, other_) name_,
const char *const mount_option_names[] = { MOUNT_WORDS(WORD_NAME) NULL };

static const struct mount_word *find_word(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].name, name) == 0)
			return &words[i];
	return NULL;
}

/* Later words win: what is set is no longer cleared, and the other way round */
static void change_bits(uint64_t *gains, uint64_t *loses, uint64_t bits)
{
	*gains |= bits;
	*loses &= ~bits;
}

static void choose_time(uint64_t *set, uint64_t *clr, uint64_t time)
{
	*set = (*set & ~(uint64_t)MOUNT_ATTR__ATIME) | time;
	*clr |= MOUNT_ATTR__ATIME;
}

/* "atime" alone asks for a mount that was noatime to be so no longer;
 * "noatime,nostrictatime" stays noatime */
static void unchoose_time(uint64_t *set, uint64_t *clr, uint64_t time)
{
	uint64_t now = *set & MOUNT_ATTR__ATIME;

	if (now == time || now == 0)
		choose_time(set, clr, MOUNT_ATTR_RELATIME);
}

static void change_attr(struct mount_wish *w, const struct mount_word *word)
{
	uint64_t *set = word->tree ? &w->rec_set : &w->attr_set;
	uint64_t *clr = word->tree ? &w->rec_clr : &w->attr_clr;

	if (word->kind == WORD_SET)
		change_bits(set, clr, word->value);
	else if (word->kind == WORD_CLEAR)
		change_bits(clr, set, word->value);
	else if (word->kind == WORD_TIME)
		choose_time(set, clr, word->value);
	else if (word->kind == WORD_UNTIME)
		unchoose_time(set, clr, word->value);
}

static void drop_flag(strings_t *flags, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < flags->n; i++)
		if (strcmp(flags->items[i], name) != 0)
			flags->items[kept++] = flags->items[i];
	flags->n = kept;
}

static void change_flag(struct draft *d, struct mount_wish *w,
			const struct mount_word *word)
{
	const char *flag = word->other ? word->other : word->name;

	drop_flag(&w->flags, flag);
	if (word->kind == WORD_FLAG)
		strings_add(d->a, &w->flags, draft_keep(d, flag));
}

static void apply_word(struct draft *d, const char *where, struct mount_wish *w,
		       const struct mount_word *word)
{
	switch (word->kind) {
	case WORD_NOTHING:
		break;
	case WORD_SET:
	case WORD_CLEAR:
	case WORD_TIME:
	case WORD_UNTIME:
		change_attr(w, word);
		break;
	case WORD_FLAG:
	case WORD_UNFLAG:
		change_flag(d, w, word);
		break;
	case WORD_PROPAGATION:
		w->propagation = word->value;
		break;
	case WORD_BIND:
		w->bind = true;
		w->recursive = word->tree;
		break;
	case WORD_MARK:
		*(bool *)((char *)w + word->value) = true;
		break;
	case WORD_IDMAP:
		w->idmap = true;
		w->idmap_recursive = word->tree;
		break;
	case WORD_GONE:
		draft_warn(d, "%s: option \"%s\" has no effect: the mount API has none",
			   where, word->name);
		break;
	}
	if (word->kind != WORD_PROPAGATION && word->kind != WORD_NOTHING)
		w->only_propagation = false;
}

/* Engines give one option per string, but mount(2) joined them with commas, so one
 * string may hold several. A comma in quotes (SELinux contexts) or behind '\'
 * (overlay) is text. */
static void add_data(struct draft *d, struct mount_wish *w, const char *text)
{
	bool quoted = false;
	const char *start = text, *p;

	for (p = text;; p++) {
		if (*p == '\\' && p[1]) {
			p++;
		} else if (*p == '"') {
			quoted = !quoted;
		} else if (*p == '\0' || (*p == ',' && !quoted)) {
			if (p > start)
				strings_add(
					d->a, &w->data,
					arena_strndup(d->a, start, (size_t)(p - start)));
			start = p + 1;
		}
		if (*p == '\0')
			return;
	}
}

/* "idmap=uids=...;gids=...", a form that crun has brought up */
static bool read_idmap(struct mount_wish *w, const char *option)
{
	bool all = str_starts(option, "ridmap=");

	if (!all && !str_starts(option, "idmap="))
		return false;
	w->idmap = true;
	w->idmap_recursive = all;
	w->idmap_text = strchr(option, '=') + 1;
	return true;
}

void mount_wish_read(struct draft *d, const char *where, const strings_t *options,
		     struct mount_wish *w)
{
	*w = (struct mount_wish){ .only_propagation = true };
	for (size_t i = 0; i < options->n; i++) {
		const struct mount_word *word = find_word(options->items[i]);

		if (word) {
			apply_word(d, where, w, word);
			continue;
		}
		w->only_propagation = false;
		if (!read_idmap(w, options->items[i]))
			add_data(d, w, options->items[i]);
	}
	if (!w->propagation)
		w->only_propagation = false;
}
