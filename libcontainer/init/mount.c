/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts as fds: making, changing, attaching. Runs in init; knows nothing of the
 * container's paths.
 */
#include "libcontainer/init/mount.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/sys.h"

#define MAX_KEY 64

#define IS_MOUNT  0x2000  /* STATX_ATTR_MOUNT_ROOT */
#define ID_UNIQUE 0x4000U /* STATX_MNT_ID_UNIQUE */

long mount_change(int fd, uint64_t set, uint64_t clear, uint64_t propagation,
		  bool recursive)
{
	struct mount_attr a = {
		.attr_set = set,
		.attr_clr = clear,
		.propagation = propagation,
	};

	/* the times are one field: who sets a value clears the old one */
	if (set & MOUNT_ATTR__ATIME)
		a.attr_clr |= MOUNT_ATTR__ATIME;
	if (!a.attr_set && !a.attr_clr && !propagation)
		return 0;
	return sys_mount_setattr(fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0),
				 &a);
}

long mount_attach(int fd, int target)
{
	return sys_move_mount(fd, "", target, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

long mount_clone(int dir, const char *path, bool recursive)
{
	return sys_open_tree(dir, path,
			     OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH |
				     (recursive ? AT_RECURSIVE : 0));
}

long mount_clone_source(const struct plan_mount *m)
{
	return sys_open_tree(AT_FDCWD, m->source,
			     OPEN_TREE_CLONE | O_CLOEXEC |
				     (m->recursive ? AT_RECURSIVE : 0) |
				     (m->keep_source ? AT_SYMLINK_NOFOLLOW : 0));
}

int64_t mount_id(int fd, bool *dir)
{
	struct statx st;
	long r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | ID_UNIQUE, &st);

	*dir = false;
	if (r == 0 && !(st.stx_mask & ID_UNIQUE))
		r = sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_MNT_ID, &st);
	if (r < 0)
		return r;
	if (!(st.stx_attributes & IS_MOUNT))
		return -ESTALE;
	*dir = S_ISDIR(st.stx_mode);
	return (int64_t)st.stx_mnt_id;
}

uint64_t propagation_early(uint64_t wanted)
{
	if (wanted == MS_SHARED)
		return MS_SLAVE;
	return wanted == MS_UNBINDABLE ? MS_PRIVATE : wanted;
}

long mount_dress(const struct plan *p, const struct plan_mount *m, int fd, bool by_host)
{
	uint64_t held = m->late_readonly ? MOUNT_ATTR_RDONLY : 0;
	uint64_t early = propagation_early(p->root_propagation);
	uint64_t last = m->propagation_recursive ? m->propagation : 0;
	long r;

	/* a clone made in the runtime's namespace is a peer there; one made here is
	 * not */
	if (!by_host || p->root_propagation == MS_SHARED)
		early = 0;
	/* the usual wish goes with the first call, whatever `early` was */
	if (last == MS_PRIVATE) {
		early = MS_PRIVATE;
		last = 0;
	}
	r = mount_change(fd, m->rec_set, m->rec_clr, early, true);
	if (r == 0)
		r = mount_change(fd, m->attr_set & ~held, m->attr_clr,
				 m->propagation_recursive ? 0 : m->propagation, false);
	if (r == 0 && last)
		r = mount_change(fd, 0, 0, last, true);
	return r;
}

/* The first line of the context's log, which says more than EINVAL: "e tmpfs: Bad value
 * for 'size'". Empty when there is none. */
static const char *context_log(int fs, char *text, size_t size)
{
	long n = sys_read(fs, text, size - 1);

	if (n <= 2) { /* ENODATA: it has nothing to say */
		text[0] = '\0';
		return text;
	}
	while (n > 0 && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	return text + 2; /* the level */
}

static int new_failed(int fs, const struct plan_mount *m, long r, const char *what,
		      struct err *e)
{
	char text[160];
	const char *log = context_log(fs, text, sizeof(text));

	return err_set(e, (int)-r, "mount %s%s%s%s%s", m->type, *what ? ": option " : "",
		       what, *log ? ": " : "", log);
}

/* "size=64m" or "newinstance". One parameter each, so a value may have commas. */
static long set_option(int fs, const char *option)
{
	const char *value = strchr(option, '=');
	char key[MAX_KEY];

	if (!value)
		return sys_fsconfig(fs, FSCONFIG_SET_FLAG, option, NULL, 0);
	if ((size_t)(value - option) >= sizeof(key))
		return -EINVAL;
	memcpy(key, option, (size_t)(value - option));
	key[value - option] = '\0';
	return sys_fsconfig(fs, FSCONFIG_SET_STRING, key, value + 1, 0);
}

static int set_options(int fs, const struct plan_mount *m, int mode, struct err *e)
{
	char text[16];
	long r;

	if (m->source) {
		r = sys_fsconfig(fs, FSCONFIG_SET_STRING, "source", m->source, 0);
		if (r < 0)
			return new_failed(fs, m, r, "source", e);
	}
	if (mode >= 0) {
		fmt_text(text, sizeof(text), "mode=%o", (unsigned)mode);
		r = set_option(fs, text);
		if (r < 0)
			return new_failed(fs, m, r, text, e);
	}
	LIST_EACH (option, &m->data) {
		r = set_option(fs, *option);
		if (r < 0)
			return new_failed(fs, m, r, *option, e);
	}
	LIST_EACH (flag, &m->flags) {
		r = sys_fsconfig(fs, FSCONFIG_SET_FLAG, *flag, NULL, 0);
		if (r < 0)
			return new_failed(fs, m, r, *flag, e);
	}
	return 0;
}

static int make(const struct plan_mount *m, int mode, struct err *e)
{
	autofd fs = (int)sys_fsopen(m->type, FSOPEN_CLOEXEC);
	uint64_t attrs = (m->attr_set | m->rec_set) & ~MOUNT_ATTR_RDONLY;
	long fd;

	if (fs < 0)
		return err_set(e, -fs, "mount %s: open the file system type", m->type);
	if (set_options(fs, m, mode, e) < 0)
		return -1;
	fd = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	if (fd == 0) {
		/* read-only only later: it may have to be filled */
		fd = sys_fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attrs);
		if (fd >= 0)
			return (int)fd;
	}
	return new_failed(fs, m, fd, "", e);
}

int mount_new(const struct plan_mount *m, int mode, struct err *e)
{
	struct err why;
	long fd;

	fd = make(m, mode, &why);
	if (fd >= 0)
		return (int)fd;
	if (!m->fallback || (why.num != EPERM && why.num != EBUSY)) {
		*e = why;
		return -1;
	}
	fd = mount_clone(AT_FDCWD, m->fallback, true);
	if (fd < 0)
		return err_set(e, (int)-fd, "%s; bind %s in its place", why.text,
			       m->fallback);
	/* it shows the runtime's own tree with all that is mounted in it: what was asked
	 * for the new one holds for each of them (CVE-2023-25809) */
	why.num = (int)-mount_change((int)fd, m->attr_set | m->rec_set, 0, MS_PRIVATE,
				     true);
	if (why.num != 0) {
		sys_close((int)fd);
		return err_set(e, why.num, "set attributes of the bind of %s",
			       m->fallback);
	}
	return (int)fd;
}

static long mount_tiny(const char *inodes)
{
	autofd fs = (int)sys_fsopen("tmpfs", FSOPEN_CLOEXEC);
	long r = fs;

	if (r >= 0)
		r = sys_fsconfig(fs, FSCONFIG_SET_STRING, "nr_blocks", "1", 0);
	if (r == 0)
		r = sys_fsconfig(fs, FSCONFIG_SET_STRING, "nr_inodes", inodes, 0);
	if (r == 0)
		r = sys_fsconfig(fs, FSCONFIG_SET_STRING, "mode", "555", 0);
	if (r == 0)
		r = sys_fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
	return r < 0 ? r
		     : sys_fsmount(fs, FSMOUNT_CLOEXEC,
				   MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
					   MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

int mount_empty(struct err *e)
{
	/* some kernels count the root twice */
	static const char *const inodes[] = { "1", "2" };
	long r = -EINVAL;

	for (int i = 0; i < 2; i++) {
		r = mount_tiny(inodes[i]);
		if (r >= 0)
			return (int)r;
	}
	return err_set(e, (int)-r, "mount tmpfs for masks");
}
