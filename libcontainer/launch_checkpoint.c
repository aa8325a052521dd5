/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing a container to files; see launch_criu.h. Runs in the program. */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/fmt.h"
#include "base/json_write.h"
#include "base/mountinfo.h"
#include "base/str.h"
#include "cgroups/cgroup.h"
#include "libcontainer/init/root.h"
#include "libcontainer/launch_criu.h"
#include "libcontainer/launch_criu_net.h"
#include "libcontainer/launch_notify.h"
#include "libcontainer/launch_parts.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/plan/path.h"

#define LOG "dump.log"

/* One checkpoint on its way */
struct dump {
	const struct launch *how;
	const struct criu_wish *wish;
	struct box *box;
	struct arena *arena;
	struct spec *spec;
	struct plan *plan;
	int root; /* the container's, O_PATH; owned */
	struct criu_dirs dirs;
	struct criu_opts opts;
};

static void dump_done(struct dump *d)
{
	fd_close(&d->root);
	criu_dirs_done(&d->dirs);
}

/* What of the container comes from outside: the document says it, as at create. Limits
 * and terminals do not matter any more. */
static int make_plan(struct dump *d, struct err *e)
{
	struct request r = d->how->request;
	struct facts facts = { 0 };

	r.net = d->box->state.net_asked;
	r.publish = d->box->state.publish;
	r.path = d->wish->search;
	r.box = d->box->path;
	if (launch_spec_in(d->box, d->arena, &d->spec, e) < 0 ||
	    plan_net_spec(d->spec, &r, d->arena, e) < 0 ||
	    launch_facts(d->spec, NULL, &r, d->arena, &facts, e) < 0)
		return -1;
	if (d->spec->linux)
		d->spec->linux->resources = NULL;
	r.bundle = d->box->state.bundle;
	if (d->spec->process)
		d->spec->process->terminal = false;
	if (faccessat(d->box->dir, NOTIFY_INSIDE, F_OK, 0) == 0)
		r.notify_dir = arena_fmt(d->arena, "%s/" NOTIFY_INSIDE, d->box->path);
	r.no_cgroup = true;
	r.strict = false;
	return plan_build(d->spec, &facts, &r, d->arena, &d->plan, e);
}

static const char *in_proc(const struct dump *d, const char *what)
{
	return arena_fmt(d->arena, "/proc/%lld/%s", (long long)d->box->state.pid, what);
}

static char *link_text(struct arena *a, const char *path)
{
	char text[4096];
	ssize_t n = readlink(path, text, sizeof(text));

	return n < 0 || (size_t)n >= sizeof(text) ? NULL
						  : arena_strndup(a, text, (size_t)n);
}

/* --- mounts ------------------------------------------------------------------ */

/* Where a path of the document is: links of the image are followed, for criu knows a
 * mount by where it is. NULL: not there. */
static char *resolve(const struct dump *d, const char *path, struct stat *st)
{
	autofd fd = (int)root_try(d->root, path, O_PATH, 0);
	char name[40];

	if (fd < 0 || fstat(fd, st) < 0)
		return NULL;
	fmt_text(name, sizeof(name), "/proc/self/fd/%d", fd);
	return link_text(d->arena, name);
}

static void add_mount(struct dump *d, const char *at, const char *name)
{
	*list_add(d->arena, &d->opts.mounts) = (struct criu_pair){ at, name };
}

/* What is mounted below a recursive bind, too */
static int add_below(struct dump *d, const char *at, const char *name, struct err *e)
{
	strings_t below = { NULL, 0 };

	if (launch_mounts_below(in_proc(d, "mountinfo"), at, d->arena, &below, e) < 0)
		return -1;
	LIST_EACH (path, &below)
		add_mount(d, *path,
			  arena_fmt(d->arena, "%s%s", name, *path + strlen(at)));
	return 0;
}

static int add_binds(struct dump *d, struct err *e)
{
	struct stat st;

	LIST_EACH (m, &d->plan->mounts) {
		char *at = m->kind == MOUNT_BIND ? resolve(d, m->target, &st) : NULL;

		if (!at)
			continue;
		add_mount(d, at, m->target);
		if (m->recursive && add_below(d, at, m->target, e) < 0)
			return -1;
	}
	LIST_EACH (device, &d->plan->devices) {
		char *at = device->source ? resolve(d, device->path, &st) : NULL;

		if (at)
			add_mount(d, at, device->path);
	}
	LIST_EACH (path, &d->plan->masked) {
		char *at = resolve(d, *path, &st);

		/* a directory is hidden by a tmpfs, which is the container's own */
		if (at && !S_ISDIR(st.st_mode))
			add_mount(d, at, CRIU_MASK);
	}
	return 0;
}

/* --- namespaces, files ------------------------------------------------------- */

static int add_namespaces(struct dump *d, struct err *e)
{
	static const struct {
		uint32_t flag;
		const char *word, *name;
	} known[] = { { CLONE_NEWNET, "net", CRIU_NET_NAME },
		      { CLONE_NEWPID, "pid", CRIU_PID_NAME } };
	struct stat st;

	LIST_EACH (join, &d->plan->joins) {
		for (size_t i = 0; i < ARRAY_LEN(known); i++) {
			const char *path =
				in_proc(d, arena_fmt(d->arena, "ns/%s", known[i].word));

			if (join->flag != known[i].flag)
				continue;
			if (stat(path, &st) < 0)
				return err_sys(e, "look at %s", path);
			strings_add(d->arena, &d->opts.external,
				    arena_fmt(d->arena, "%s[%lu]:%s", known[i].word,
					      (unsigned long)st.st_ino, known[i].name));
		}
	}
	return 0;
}

/* "mnt_id:\t25" in a fdinfo */
static char *mount_of(struct dump *d, int fd, struct err *e)
{
	const char *path = in_proc(d, arena_fmt(d->arena, "fdinfo/%d", fd));
	char *text = file_read(d->arena, AT_FDCWD, path, 65536, NULL, e);
	char *id = text ? strstr(text, "mnt_id:") : NULL;

	if (!id)
		return NULL;
	id += strlen("mnt_id:");
	id += strspn(id, " \t");
	id[strcspn(id, "\n")] = '\0';
	return id;
}

/* A file that is on no mount of the container's: given anew, as pipes are. Others stay as
 * /proc says. */
static char *name_file(struct dump *d, int fd, const strings_t *mounts, char *text)
{
	const char *path = in_proc(d, arena_fmt(d->arena, "fd/%d", fd));
	struct err ignored = ERR_NONE;
	struct statx st;
	uint64_t id;
	char *mount, *name;

	mount = text[0] == '/' ? mount_of(d, fd, &ignored) : NULL;
	if (!mount || strings_has(mounts, mount) || !str_u64(mount, UINT32_MAX, &id))
		return text;
	/* a server of the container's (FUSE) is not asked: it need not answer */
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_INO, &st) < 0)
		return text;
	name = arena_fmt(d->arena, "file[%lx:%lx]", (unsigned long)id,
			 (unsigned long)st.stx_ino);
	if (!strings_has(&d->opts.external, name))
		strings_add(d->arena, &d->opts.external, name);
	return name;
}

/* The ids of the container's mounts */
static int list_mounts(struct dump *d, strings_t *ids, struct err *e)
{
	char *text = mountinfo_read(in_proc(d, "mountinfo"), d->arena, e);
	struct mount_row row;

	if (!text)
		return -1;
	while (mountinfo_next(&text, &row))
		strings_add(d->arena, ids, (char *)row.id);
	return 0;
}

/* stdin, stdout and stderr, for restore */
static int save_stdio(struct dump *d, struct err *e)
{
	autojson j = JSON_WRITER_NONE;
	strings_t list = { NULL, 0 }, mounts = { NULL, 0 };
	const char *text;
	size_t len;

	if (list_mounts(d, &mounts, e) < 0)
		return -1;
	for (int fd = 0; fd < 3; fd++) {
		char *name =
			link_text(d->arena, in_proc(d, arena_fmt(d->arena, "fd/%d", fd)));

		strings_add(d->arena, &list, name ? name_file(d, fd, &mounts, name) : "");
	}
	json_start(&j, NULL);
	json_strs(&j, &list);
	text = json_text(&j, &len, e);
	if (!text || file_replace(d->dirs.images, CRIU_STDIO, 0600, text, len, e) < 0)
		return -1;
	return 0;
}

/* --- the dump ---------------------------------------------------------------- */

static int check_parent(const struct dump *d, struct err *e)
{
	const char *parent = d->wish->parent_path;
	struct stat st;

	if (!parent)
		return 0;
	if (parent[0] == '/')
		return err_plain(e, EINVAL,
				 "--parent-path: \"%s\" must be relative to --image-path",
				 parent);
	if (fstatat(d->dirs.images, parent, &st, 0) < 0)
		return err_sys(e, "--parent-path: open %s in %s", parent,
			       d->wish->image_path);
	if (!S_ISDIR(st.st_mode))
		return err_plain(e, ENOTDIR, "--parent-path: \"%s\" is not a directory",
				 parent);
	return 0;
}

static int make_opts(struct dump *d, struct err *e)
{
	const struct criu_wish *w = d->wish;
	const struct box_state *s = &d->box->state;
	struct criu_opts *o = &d->opts;
	autocgroup c = CGROUP_NONE_OPEN;

	criu_common(w, &s->annotations, LOG, d->arena, o);
	o->pid = (int)s->pid;
	o->root = s->rootfs;
	o->parent = w->parent_path;
	o->track_mem = w->pre_dump;
	o->leave_running = w->leave_running || w->pre_dump;
	o->tcp_skip_in_flight = w->tcp_skip_in_flight;
	o->link_remap = w->link_remap;
	o->orphan_pts_master = true;
	if (w->status_fd >= 0)
		o->status_fd = CRIU_FIRST_FILE;
	if (d->plan->clone_flags & CLONE_NEWNET)
		o->empty_ns = CLONE_NEWNET;
	o->page_address = w->page_address;
	o->page_port = w->page_address ? w->page_port : -1;
	if (launch_cgroup_open(d->box, &c, e) < 0)
		return -1;
	if (c.fd >= 0)
		o->freeze_cgroup = arena_fmt(d->arena, "%s%s", c.mount, c.path);
	if (add_namespaces(d, e) < 0 || add_binds(d, e) < 0)
		return -1;
	if (criu_net_save(d->dirs.images, s, e) < 0)
		return -1;
	return save_stdio(d, e);
}

/* criu is told a number, and so is /proc: as long as the process of our pidfd has not
 * ended the number is its own. At the last step, too, when criu holds all processes: then
 * what was written is the container's, else criu undoes what it did. */
static int check_lives(struct box *b, struct err *e)
{
	struct pollfd end = { .fd = b->pidfd, .events = POLLIN };

	if (b->pidfd >= 0 && poll(&end, 1, 0) == 0)
		return 0;
	return err_plain(e, ESRCH, "process %lld of the container has ended",
			 (long long)b->state.pid);
}

static int pass(void *to, const char *script, int pid, int *fd, struct err *e)
{
	struct dump *d = to;

	(void)script;
	(void)pid;
	(void)fd;
	return check_lives(d->box, e);
}

static int check_status(struct box *b, struct err *e)
{
	enum box_status status = box_status(b);

	if (status == BOX_RUNNING || status == BOX_PAUSED)
		return 0;
	return err_plain(e, EINVAL, "cannot checkpoint a container in the %s state",
			 box_status_names[status]);
}

static int dump(struct dump *d, struct err *e)
{
	const struct criu_wish *w = d->wish;
	struct criu_birth birth = {
		.cgroup = -1,
		.files = &w->status_fd,
		.n = w->status_fd >= 0,
	};
	const char *path = criu_find(w->search, d->arena, e);
	struct criu_answer answer;
	autocriu c = CRIU_NONE;

	if (!path || criu_dirs_open(&d->dirs, w, true, e) < 0 || check_parent(d, e) < 0)
		return -1;
	birth.images = d->dirs.images;
	birth.work = d->dirs.work;
	if (criu_start(&c, path, &birth, d->arena, e) < 0 || criu_able(&c, w, e) < 0)
		return -1;
	d->root = open(in_proc(d, "root"), O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (d->root < 0)
		return err_sys(e, "open the container's root");
	if (make_opts(d, e) < 0 || check_lives(d->box, e) < 0)
		return -1;
	c.log = criu_log(w, LOG, d->arena);
	return criu_serve(&c, w->pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP, &d->opts,
			  w->lazy_pages, pass, d, &answer, e);
}

int launch_checkpoint(const struct launch *how, const struct criu_wish *wish,
		      struct box *b, struct err *e)
{
	__attribute__((cleanup(dump_done))) struct dump d = {
		.how = how,
		.wish = wish,
		.box = b,
		.arena = b->arena,
		.root = -1,
		.dirs = CRIU_DIRS_NONE,
		.opts = CRIU_OPTS_NONE,
	};

	if (check_status(b, e) < 0 || make_plan(&d, e) < 0 || criu_allowed(d.plan, e) < 0)
		return -1;
	if (dump(&d, e) < 0)
		return err_wrap(e, "checkpoint");
	return 0;
}
