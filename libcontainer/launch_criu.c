/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See launch_criu.h. Runs in the program. */
#include "libcontainer/launch_criu.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/mountinfo.h"
#include "base/str.h"
#include "libcontainer/init/root.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/annotations.h"

#define LOG_ALL	    4
#define PARENTS_MAX 64 /* dumps before this one */
#define LINKS_ONLY  (-1)

/* criu's own settings, without the annotation that names them */
static const char *const config_files[] = { "/etc/criu/aril.conf",
					    "/etc/criu/runc.conf" };

void criu_dirs_done(struct criu_dirs *d)
{
	fd_close(&d->images);
	fd_close(&d->work);
}

/* Whoever may write there chooses what root writes to, by links that criu follows, and
 * what the restored processes do, with all rights that the images give them */
static int check_owner(int fd, const char *path, struct err *e)
{
	struct stat st;
	bool others;

	if (fstat(fd, &st) < 0)
		return err_sys(e, "examine %s", path);
	others = !S_ISLNK(st.st_mode) &&
		 ((st.st_mode & S_IWOTH) ||
		  ((st.st_mode & S_IWGRP) && st.st_gid != getegid()));
	if (st.st_uid == geteuid() && !others)
		return 0;
	return err_set(e, EPERM,
		       "%s must belong to root, and nobody else may write to it", path);
}

static bool is_link(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISLNK(st.st_mode);
}

static int check_files(int dir, const char *path, int depth, struct err *e);

/* A file in it, or the directory of an earlier dump that "parent" leads to */
static int check_file(int dir, const char *name, int depth, struct err *e)
{
	autofd fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), parent = -1;

	if (fd < 0)
		return err_sys(e, "open %s", name);
	if (depth == LINKS_ONLY && !is_link(fd))
		return 0;
	if (check_owner(fd, name, e) < 0)
		return -1;
	if (depth == LINKS_ONLY || !str_eq(name, "parent"))
		return 0;
	parent = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return err_sys(e, "open %s", name);
	if (depth == 0)
		return err_set(e, ELOOP, "%s", name);
	if (check_owner(parent, name, e) < 0)
		return -1;
	return check_files(parent, name, depth - 1, e);
}

/* The same of what lies in it: it may have been open to others once, or hold files of
 * theirs that were copied as they are. Where criu writes, links alone do harm; podman's
 * work directory has its container's shm in it. */
static int check_files(int dir, const char *path, int depth, struct err *e)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;
	int ret = 0;

	if (!d) {
		err_sys(e, "read %s", path);
		fd_close(&copy);
		return -1;
	}
	while (ret == 0 && (entry = readdir(d)) != NULL)
		if (!str_eq(entry->d_name, ".."))
			ret = check_file(dir, entry->d_name, depth, e);
	closedir(d);
	return ret < 0 ? err_wrap(e, "%s", path) : 0;
}

static int dir_open(const char *path, bool make, struct err *e)
{
	autofd fd = -1;

	if (make && dir_make_all(AT_FDCWD, path, 0711, e) < 0)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, "open %s", path);
	return check_owner(fd, path, e) < 0 ? -1 : fd_take(&fd);
}

int criu_dirs_open(struct criu_dirs *d, const struct criu_wish *wish, bool make,
		   struct err *e)
{
	d->images = dir_open(wish->image_path, make, e);
	if (d->images < 0 || check_files(d->images, wish->image_path,
					 make ? LINKS_ONLY : PARENTS_MAX, e) < 0)
		return err_wrap(e, "--image-path");
	if (!wish->work_path)
		return 0;
	d->work = dir_open(wish->work_path, true, e);
	if (d->work < 0 || check_files(d->work, wish->work_path, LINKS_ONLY, e) < 0)
		return err_wrap(e, "--work-path");
	return 0;
}

int criu_allowed(const struct plan *p, struct err *e)
{
	if (!p->by_host_root)
		return err_plain(e, EPERM,
				 "checkpoint and restore need root of the host: criu "
				 "looks into processes as only root may");
	LIST_EACH (join, &p->joins)
		if (join->flag & (CLONE_NEWNS | CLONE_NEWCGROUP))
			return err_plain(e, EINVAL,
					 "linux.namespaces: criu cannot save a %s "
					 "namespace that is given by path",
					 join->name);
	return 0;
}

static const char *config_file(const pairs_t *annotations)
{
	const char *path = annotation_get(annotations, ANNOTATION_CRIU);

	if (path)
		return path;
	for (size_t i = 0; i < ARRAY_LEN(config_files); i++)
		if (access(config_files[i], R_OK) == 0)
			return config_files[i];
	return NULL;
}

void criu_common(const struct criu_wish *wish, const pairs_t *annotations,
		 const char *log, struct arena *a, struct criu_opts *o)
{
	o->images_fd = CRIU_IMAGES_FD;
	o->work_fd = CRIU_WORK_FD;
	o->log_file = log;
	o->log_level = LOG_ALL;
	o->config_file = config_file(annotations);
	o->notify_scripts = true;
	o->tcp_established = wish->tcp_established;
	o->tcp_close = wish->tcp_close;
	o->ext_unix_sk = wish->ext_unix_sk;
	o->shell_job = wish->shell_job;
	o->file_locks = wish->file_locks;
	o->auto_dedup = wish->auto_dedup;
	o->lazy_pages = wish->lazy_pages;
	o->manage_cgroups = true;
	o->manage_cgroups_mode = (int)wish->cgroups;
	if (wish->network_lock)
		o->network_lock = (int)wish->network_lock;
	/* its default calls this, the other way is a library, which it is linked with */
	else if (!criu_has("iptables-restore", a))
		o->network_lock = CRIU_LOCK_NFTABLES;
}

int criu_able(struct criu *c, const struct criu_wish *wish, struct err *e)
{
	if (criu_check(c, e) < 0)
		return -1;
	if (wish->network_lock == CRIU_LOCK_SKIP && c->version < CRIU_LOCK_SKIPS)
		return err_plain(e, EINVAL,
				 "--network-lock skip: needs criu 3.18 or later; %s is "
				 "%u.%u",
				 c->path, c->version / 10000, c->version / 100 % 100);
	if (wish->pre_dump && criu_need(c, CRIU_MEM_TRACK, "--pre-dump", e) < 0)
		return -1;
	if (wish->lazy_pages && criu_need(c, CRIU_LAZY_PAGES, "--lazy-pages", e) < 0)
		return -1;
	return 0;
}

const char *criu_log(const struct criu_wish *wish, const char *log, struct arena *a)
{
	return arena_fmt(a, "%s/%s", wish->work_path ? wish->work_path : wish->image_path,
			 log);
}

int launch_mounts_below(const char *mountinfo, const char *dir, struct arena *a,
			strings_t *below, struct err *e)
{
	char *text = mountinfo_read(mountinfo, a, e);
	struct mount_row row;

	if (!text)
		return -1;
	while (mountinfo_next(&text, &row))
		if (path_below(row.point, dir))
			strings_add(a, below, (char *)row.point);
	return 0;
}

static bool is_directory(const struct plan_mount *m)
{
	struct stat st;

	return m->kind != MOUNT_BIND || stat(m->source, &st) < 0 || S_ISDIR(st.st_mode);
}

/* Below another mount there is what that has: criu restores it, or it is the host's */
static bool is_covered(const struct plan *p, const char *path)
{
	LIST_EACH (m, &p->mounts)
		if (m->kind != MOUNT_CHANGE && path_below(path, m->target))
			return true;
	return false;
}

/* The image may come from another host, where the root had more in it */
int criu_mount_points(const struct plan *p, struct err *e)
{
	autofd root = open(p->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_sys(e, "root.path: open %s", p->rootfs);
	LIST_EACH (m, &p->mounts) {
		autofd fd = -1;

		if (m->kind == MOUNT_CHANGE || is_covered(p, m->target))
			continue;
		fd = root_make(root, m->target, is_directory(m) ? ROOT_DIR : ROOT_FILE, 0,
			       e);
		if (fd < 0)
			return err_wrap(e, "%s", m->where);
	}
	return 0;
}
