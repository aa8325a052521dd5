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
#include <string.h>

enum word_kind {
	WORD_NOTHING, /* what is so anyway */
	WORD_SET,     /* an attribute */
	WORD_CLEAR,
	WORD_TIME,   /* one choice of access times */
	WORD_UNTIME, /* not this one */
	WORD_FLAG,   /* of the super block, by name */
	WORD_UNFLAG, /* takes back `other` */
	WORD_PROPAGATION,
	WORD_BIND, /* value: recursive */
	WORD_REMOUNT,
	WORD_COPY_UP,
	WORD_GONE, /* the mount API has nothing for it: a warning */
};

/* The name, its kind, whether it holds for the whole tree, the kernel's number, the
 * word that it takes back. In the order of the specification's table; `features` shows
 * them so. */
#define MOUNT_WORDS(W)                                                                   \
	W("async", UNFLAG, false, 0, "sync")                                             \
	W("atime", UNTIME, false, MOUNT_ATTR_NOATIME, NULL)                              \
	W("bind", BIND, false, 0, NULL)                                                  \
	W("defaults", NOTHING, false, 0, NULL)                                           \
	W("dev", CLEAR, false, MOUNT_ATTR_NODEV, NULL)                                   \
	W("diratime", CLEAR, false, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("dirsync", FLAG, false, 0, NULL)                                               \
	W("exec", CLEAR, false, MOUNT_ATTR_NOEXEC, NULL)                                 \
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
	W("ratime", UNTIME, true, MOUNT_ATTR_NOATIME, NULL)                              \
	W("rbind", BIND, true, 0, NULL)                                                  \
	W("rdev", CLEAR, true, MOUNT_ATTR_NODEV, NULL)                                   \
	W("rdiratime", CLEAR, true, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("relatime", TIME, false, MOUNT_ATTR_RELATIME, NULL)                            \
	W("remount", REMOUNT, false, 0, NULL)                                            \
	W("rexec", CLEAR, true, MOUNT_ATTR_NOEXEC, NULL)                                 \
	W("rnoatime", TIME, true, MOUNT_ATTR_NOATIME, NULL)                              \
	W("rnodev", SET, true, MOUNT_ATTR_NODEV, NULL)                                   \
	W("rnodiratime", SET, true, MOUNT_ATTR_NODIRATIME, NULL)                         \
	W("rnoexec", SET, true, MOUNT_ATTR_NOEXEC, NULL)                                 \
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
	W("runbindable", PROPAGATION, false, MS_UNBINDABLE | MS_REC, NULL)               \
	W("rw", CLEAR, false, MOUNT_ATTR_RDONLY, NULL)                                   \
	W("shared", PROPAGATION, false, MS_SHARED, NULL)                                 \
	W("silent", NOTHING, false, 0, NULL)                                             \
	W("slave", PROPAGATION, false, MS_SLAVE, NULL)                                   \
	W("strictatime", TIME, false, MOUNT_ATTR_STRICTATIME, NULL)                      \
	W("suid", CLEAR, false, MOUNT_ATTR_NOSUID, NULL)                                 \
	W("symfollow", CLEAR, false, MOUNT_ATTR_NOSYMFOLLOW, NULL)                       \
	W("sync", FLAG, false, 0, NULL)                                                  \
	W("tmpcopyup", COPY_UP, false, 0, NULL)                                          \
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

/* Words that other runtimes or mount(8) take. As options of the file system they would
 * fail with a bare EINVAL, or be ignored. */
static const struct {
	const char *name, *reason;
} refused[] = {
	{ "idmap", "id-mapped mounts are not applied yet" },
	{ "ridmap", "id-mapped mounts are not applied yet" },
	{ "idmap=", "id-mapped mounts are not applied yet" },
	{ "ridmap=", "id-mapped mounts are not applied yet" },
	{ "copy-symlink", "a source that is a link is always followed" },
	{ "src-nofollow", "a source that is a link is always followed" },
	{ "dest-nofollow", "links in the destination are followed, inside the root" },
	{ "rsync", "Linux sets it for a file system, not for a tree of mounts" },
	{ "rasync", "Linux sets it for a file system, not for a tree of mounts" },
	{ "rdirsync", "Linux sets it for a file system, not for a tree of mounts" },
	{ "rmand", "Linux sets it for a file system, not for a tree of mounts" },
	{ "rnomand", "Linux sets it for a file system, not for a tree of mounts" },
};

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
	drop_flag(&w->flags, word->other ? word->other : word->name);
	if (word->kind == WORD_FLAG)
		strings_add(d->a, &w->flags, draft_keep(d, word->name));
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
	case WORD_REMOUNT:
		w->remount = true;
		break;
	case WORD_COPY_UP:
		w->copy_up = true;
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

static int refuse_word(const char *where, const char *option, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		const char *name = refused[i].name;

		if (str_ends(name, "=") ? str_starts(option, name) : str_eq(option, name))
			return err_plain(e, EINVAL, "%s: option \"%s\": %s", where,
					 option, refused[i].reason);
	}
	return 0;
}

int mount_wish_read(struct draft *d, const char *where, const strings_t *options,
		    struct mount_wish *w, struct err *e)
{
	*w = (struct mount_wish){ .only_propagation = true };
	for (size_t i = 0; i < options->n; i++) {
		const struct mount_word *word = find_word(options->items[i]);

		if (word) {
			apply_word(d, where, w, word);
			continue;
		}
		if (refuse_word(where, options->items[i], e) < 0)
			return -1;
		w->only_propagation = false;
		add_data(d, w, options->items[i]);
	}
	if (!w->propagation)
		w->only_propagation = false;
	return 0;
}
