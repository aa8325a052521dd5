/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril ps: the processes of a container; runs in the program */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/fmt.h"
#include "base/str.h"
#include "cgroups/cgroup.h"
#include "src/cmd.h"
#include "src/ps_table.h"

struct ps_options {
	const char *format;
};

static const char *const formats[] = { "table", "json", NULL };
static const struct opt rows[] = {
	OPT_ROW(WORD, struct ps_options, format, "format", 'f', "FORMAT",
		"table (default) or json", .words = formats),
};

/* Of a process that has ended, or is another user's */
static bool is_no_concern(int error)
{
	return error == ENOENT || error == ESRCH || error == EACCES;
}

/* Those in the PID namespace of init: its inode is the namespace's name */
static int scan_namespace(const struct box *b, struct arena *a, pids_t *pids,
			  struct err *e)
{
	autofd proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat ours, theirs;
	struct dirent *entry;
	char path[40];
	DIR *d;
	int ret;

	fmt_text(path, sizeof(path), "%lld/ns/pid", (long long)b->state.pid);
	if (proc < 0 || fstatat(proc, path, &ours, 0) < 0)
		return err_sys(e, "look at the PID namespace of process %lld",
			       (long long)b->state.pid);
	d = fdopendir(fcntl(proc, F_DUPFD_CLOEXEC, 3));
	if (!d)
		return err_sys(e, "read /proc");
	while ((errno = 0, entry = readdir(d)) != NULL) {
		uint64_t pid;

		if (!str_u64(entry->d_name, INT32_MAX, &pid))
			continue;
		fmt_text(path, sizeof(path), "%s/ns/pid", entry->d_name);
		if (fstatat(proc, path, &theirs, 0) < 0) {
			if (is_no_concern(errno))
				continue;
			break;
		}
		if (theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev)
			*list_add(a, pids) = (pid_t)pid;
	}
	ret = errno ? err_sys(e, "read the processes of /proc") : 0;
	closedir(d);
	return ret;
}

/* Without a cgroup and a PID namespace of its own, only init is known to be the
 * container's */
static int find_pids(const struct box *b, struct arena *a, pids_t *pids, struct err *e)
{
	const struct box_state *s = &b->state;
	autocgroup group = CGROUP_NONE_OPEN;

	if (s->cgroup_path) {
		group.keep = true;
		if (cgroup_open(&group, s->cgroup_mount, s->cgroup_path, a, e) < 0)
			return -1;
		return cgroup_pids(&group, a, pids, e);
	}
	if (s->own_pidns)
		return scan_namespace(b, a, pids, e);
	*list_add(a, pids) = (pid_t)s->pid;
	return 0;
}

static int print_json(const pids_t *pids, struct err *e)
{
	autojson j = JSON_WRITER_NONE;

	json_start(&j, NULL);
	json_list_begin(&j);
	LIST_EACH (pid, pids)
		json_int(&j, *pid);
	json_list_end(&j);
	return call_print_json(&j, e);
}

static int ps_run(struct call *c, const void *options, struct err *e)
{
	const struct ps_options *o = options;
	struct ps_columns columns = { .no_head = false };
	pids_t pids = { NULL, 0 };
	autobox b = BOX_NONE;
	enum box_status status;

	if (ps_columns_read(strings_vector(c->arena, &c->words) + 1, c->arena, &columns,
			    e) < 0)
		return -1;
	if (call_box(c, false, &b, e) < 0)
		return -1;
	status = box_status(&b);
	if (status == BOX_STOPPED || status == BOX_CREATING)
		return err_plain(e, ESRCH, "container not running");
	if (find_pids(&b, c->arena, &pids, e) < 0)
		return -1;
	if (str_eq(o->format, "json"))
		return print_json(&pids, e);
	return ps_table_print(&pids, &columns, c->arena, e);
}

const struct verb verb_ps = {
	.name = "ps",
	.words = "ID [PS-ARGUMENT...]",
	.summary = "show the processes of a container",
	.min = 1,
	.max = CMD_ANY,
	.own = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct ps_options),
	.run = ps_run,
};
