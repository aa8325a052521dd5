/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What several verbs do; runs in the program */
#include "src/call.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"

/* Socket activation (sd_listen_fds(3)): LISTEN_PID names another process when the
 * variables were inherited through one that did not take the fds */
static uint32_t listen_fds(const struct environment *env)
{
	uint64_t n, pid;

	if (!env->listen_fds || !str_u64(env->listen_fds, INT32_MAX - 3, &n))
		return 0;
	if (env->listen_pid &&
	    (!str_u64(env->listen_pid, INT32_MAX, &pid) || pid != (uint64_t)getpid()))
		return 0;
	return (uint32_t)n;
}

static int check_fds(const struct request *r, struct err *e)
{
	uint64_t all = (uint64_t)r->listen_fds + r->preserve_fds;
	struct stat st;

	for (uint64_t i = 0; i < all; i++)
		if (i + 3 > INT32_MAX || fstat((int)(i + 3), &st) < 0)
			return err_set(e, EBADF,
				       "unable to stat preserved-fd %llu (of %llu)",
				       (unsigned long long)i, (unsigned long long)all);
	return 0;
}

/* 1, 0, or -1 */
static int is_rootless(const struct globals *g, struct err *e)
{
	if (str_eq(g->rootless, "true"))
		return 1;
	if (str_eq(g->rootless, "false"))
		return 0;
	return geteuid() != 0 ? 1 : facts_in_userns(e);
}

void call_environment(const struct call *c, struct launch *how)
{
	struct request *r = &how->request;

	how->root = c->root;
	how->warn = out_warning;
	how->warn_to = (void *)&c->out;
	r->runtime_dir = c->env.runtime_dir;
	r->bus = c->env.bus;
	r->helpers = c->env.helpers;
	r->resctrl = c->env.resctrl;
	r->seccomp_receiver = c->env.seccomp_receiver;
}

int call_launch(const struct call *c, const struct opt_u64 *preserve_fds,
		struct launch *how, struct err *e)
{
	const char *manager = c->global.cgroup_manager;
	struct request *r = &how->request;
	int rootless;

	call_environment(c, how);
	rootless = is_rootless(&c->global, e);
	if (rootless < 0)
		return -1;
	r->rootless = rootless;
	r->systemd_cgroup = c->global.systemd_cgroup || str_eq(manager, "systemd");
	r->cgroupfs = !r->systemd_cgroup && str_eq(manager, "cgroupfs");
	r->no_cgroup = str_eq(manager, "disabled");
	r->strict = c->global.strict;
	r->listen_fds = listen_fds(&c->env);
	r->listen_names = c->env.listen_names;
	r->preserve_fds = preserve_fds->set ? (uint32_t)preserve_fds->v : 0;
	return check_fds(r, e);
}

int call_box(const struct call *c, bool lock, struct box *b, struct err *e)
{
	return box_open(b, c->root, c->words.items[0], lock, false, c->arena, e);
}

int call_print(const char *text, struct err *e)
{
	if (fd_write_all(STDOUT_FILENO, text, strlen(text), e) < 0)
		return err_wrap(e, "write to standard output");
	return 0;
}

int call_print_json(struct json_writer *j, struct err *e)
{
	size_t len;
	const char *text = json_text(j, &len, e);

	if (!text || call_print(text, e) < 0)
		return -1;
	return len && text[len - 1] == '\n' ? 0 : call_print("\n", e);
}
