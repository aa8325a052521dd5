/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The process: what it executes, as whom, with which limits and fds. The same rules hold
 * for the first one and for an exec. Runs in the program; pure.
 */
#include <string.h>

#include "base/json_names.h"
#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/annotations.h"
#include "libcontainer/spec/words.h"

/* What login(1) and most shells start with; for documents without a PATH */
#define PATH_DEFAULT  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define UMASK_DEFAULT 0022

static int check_env(const strings_t *env, struct err *e)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *equals = strchr(env->items[i], '=');

		if (!equals || equals == env->items[i])
			return err_plain(e, EINVAL, "process.env[%zu]: is not NAME=VALUE",
					 i);
	}
	return 0;
}

/* sd_listen_fds(3). Whose they are, only the process itself can tell: init adds it. */
static void add_listen(struct draft *d, strings_t *env)
{
	if (!d->r->listen_fds)
		return;
	d->p->process.tell_listen = true;
	strings_add(d->a, env, arena_fmt(d->a, "LISTEN_FDS=%u", d->r->listen_fds));
	if (d->r->listen_names)
		strings_add(d->a, env,
			    arena_fmt(d->a, "LISTEN_FDNAMES=%s", d->r->listen_names));
}

static bool is_listen(const char *entry)
{
	return str_starts(entry, "LISTEN_FDS=") || str_starts(entry, "LISTEN_PID=") ||
	       str_starts(entry, "LISTEN_FDNAMES=") ||
	       str_starts(entry, "LISTEN_PIDFDID=");
}

/* What aril says itself, whatever the document says */
static bool is_ours(const struct draft *d, const char *entry)
{
	return (d->r->listen_fds && is_listen(entry)) ||
	       (d->r->notify_dir && str_starts(entry, "NOTIFY_SOCKET="));
}

/* Of entries with the same name only the last stays: getenv(3) in the container may take
 * either, and a name that is there twice is how filters of variables are passed by */
static strings_t last_of_each(struct draft *d, const strings_t *env)
{
	strings_t backwards = { NULL, 0 }, kept = { NULL, 0 };
	struct json_names seen;

	json_names_open(&seen);
	for (size_t i = env->n; i-- > 0;) {
		char *entry = env->items[i];

		if (is_ours(d, entry))
			continue;
		if (json_names_add(&seen, 0, entry, strcspn(entry, "=")))
			strings_add(d->a, &backwards, entry);
	}
	json_names_done(&seen);
	for (size_t i = backwards.n; i-- > 0;)
		strings_add(d->a, &kept, backwards.items[i]);
	return kept;
}

static int decide_env(struct draft *d, const struct spec_process *from, struct err *e)
{
	struct plan_process *to = &d->p->process;
	const char *path = env_get(&from->env, "PATH");
	strings_t env;

	if (check_env(&from->env, e) < 0)
		return -1;
	env = last_of_each(d, &from->env);
	add_listen(d, &env);
	if (d->r->notify_dir)
		strings_add(d->a, &env,
			    draft_keep(d, "NOTIFY_SOCKET=" NOTIFY_DIR "/notify.sock"));
	to->envp = strings_vector(d->a, &env);
	to->find_home = env_get(&from->env, "HOME") == NULL;
	to->path = path ? path : draft_keep(d, PATH_DEFAULT);
	return 0;
}

/* setgroups(2) is denied: fine as long as nothing but the own group is asked for */
static int no_groups(const struct spec_user *user, struct err *e)
{
	for (size_t i = 0; i < user->additional_gids.n; i++)
		if (user->additional_gids.items[i] != user->gid)
			return err_plain(
				e, EPERM,
				"process.user.additionalGids[%zu]: %lu cannot be set: "
				"this user namespace denies setgroups(2)",
				i, (unsigned long)user->additional_gids.items[i]);
	return 0;
}

static int check_gids(const struct draft *d, const struct spec_user *user, struct err *e)
{
	const plan_maps_t *maps = &d->p->ids.gids;

	for (size_t i = 0; d->p->new_userns && i < user->additional_gids.n; i++) {
		uint64_t gid = user->additional_gids.items[i];

		if (!draft_mapped(maps, gid))
			return err_plain(
				e, EINVAL,
				"process.user.additionalGids[%zu]: id %lu is not mapped "
				"into the user namespace",
				i, (unsigned long)gid);
	}
	return 0;
}

/* crun's way to the files of a group that has no number in the container: those of the
 * caller stay, and no others are set */
static bool keeps_groups(const struct draft *d)
{
	return d->spec &&
	       annotation_is_set(&d->spec->annotations, ANNOTATION_KEEP_GROUPS);
}

static void warn_kept(struct draft *d, const struct spec_user *user)
{
	if (user->additional_gids.n)
		draft_warn(d, "process.user.additionalGids: not set: the annotation "
			      "run.oci.keep_original_groups keeps those of the caller");
}

static int decide_user(struct draft *d, const struct spec_user *user, struct err *e)
{
	static const struct spec_user root;
	struct plan_process *to = &d->p->process;

	to->set_groups = !d->setgroups_denied && !keeps_groups(d);
	if (!user)
		user = &root;
	to->uid = (uint32_t)user->uid;
	to->gid = (uint32_t)user->gid;
	if (user->umask.set)
		to->umask = (int32_t)(user->umask.v & 07777);
	if (keeps_groups(d))
		return warn_kept(d, user), 0;
	if (d->setgroups_denied)
		return no_groups(user, e);
	for (size_t i = 0; i < user->additional_gids.n; i++)
		*list_add(d->a, &to->groups) = (uint32_t)user->additional_gids.items[i];
	return check_gids(d, user, e);
}

static int decide_terminal(struct draft *d, const struct spec_process *from,
			   struct err *e)
{
	struct plan_process *to = &d->p->process;
	bool leaves = d->r->hold || d->r->detach;

	/* engines know these two sentences as runc's */
	if (from->terminal && leaves && !d->r->has_console_socket)
		return err_plain(
			e, EINVAL,
			"cannot allocate tty if aril will detach without setting "
			"console socket");
	if (d->r->has_console_socket && !(from->terminal && leaves))
		return err_plain(
			e, EINVAL,
			"cannot use console socket if aril will not detach or allocate "
			"tty");
	to->terminal = from->terminal;
	if (from->terminal && from->console_size) {
		to->rows = (uint16_t)from->console_size->height;
		to->columns = (uint16_t)from->console_size->width;
	}
	return 0;
}

static int decide_limits(struct draft *d, const struct spec_process *from, bool inherited,
			 struct err *e)
{
	struct plan_process *to = &d->p->process;

	to->rlimits_by_host = d->f->can_raise;
	to->rlimits_inherited = inherited;
	for (size_t i = 0; i < from->rlimits.n; i++) {
		const struct spec_rlimit *limit = &from->rlimits.items[i];
		long what = word_find(&words_rlimits, limit->type);
		struct plan_rlimit *r;

		if (what < 0)
			return err_plain(e, EINVAL,
					 "process.rlimits[%zu].type: unknown word \"%s\"",
					 i, limit->type);
		r = list_add(d->a, &to->rlimits);
		*r = (struct plan_rlimit){ .what = (int)what,
					   .name = limit->type,
					   .soft = limit->soft,
					   .hard = limit->hard };
	}
	return 0;
}

static void decide_oom(struct draft *d, const struct spec_process *from)
{
	struct plan_process *to = &d->p->process;

	if (from->oom_score_adj.set)
		to->oom_score_adj = arena_fmt(d->a, "%ld", (long)from->oom_score_adj.v);
	to->oom_may_fail = d->f->in_userns || !draft_privileged(d);
}

/* The sentences behind the paths are runc's */
static int decide_labels(struct draft *d, const struct spec_process *from,
			 const struct spec_process *base, struct err *e)
{
	struct plan_process *to = &d->p->process;
	const char *profile = str_empty(from->apparmor_profile) ? base->apparmor_profile
								: from->apparmor_profile;
	const char *label = str_empty(from->selinux_label) ? base->selinux_label
							   : from->selinux_label;

	if (!str_empty(profile) && !d->f->apparmor)
		return err_plain(e, EOPNOTSUPP,
				 "process.apparmorProfile: apparmor: config provided but "
				 "apparmor not supported");
	if (!str_empty(label) && !d->f->selinux)
		return err_plain(e, EOPNOTSUPP,
				 "process.selinuxLabel: selinux label is specified in "
				 "config, but selinux is disabled or not supported");
	to->apparmor = str_empty(profile) ? NULL : arena_fmt(d->a, "exec %s", profile);
	to->selinux = str_empty(label) ? NULL : label;
	return 0;
}

/* What an exec leaves open, it has as the container's first process has it. Else a
 * process.json without capabilities would run with all that the runtime has. */
static const struct spec_process *base_process(const struct draft *d,
					       const struct spec_process *from)
{
	const struct spec_process *first = d->spec ? d->spec->process : NULL;

	return d->p->enter && first ? first : from;
}

int draft_process(struct draft *d, const struct spec_process *from, struct err *e)
{
	struct plan_process *to = &d->p->process;
	const struct spec_process *base = base_process(d, from);

	to->umask = d->p->enter ? -1 : UMASK_DEFAULT;
	to->preserve_fds = d->r->listen_fds + d->r->preserve_fds;
	to->set_groups = !d->setgroups_denied && !keeps_groups(d);
	if (!from) {
		to->envp = arena_array(d->a, char *, 1);
		return 0;
	}
	if (from->args.n)
		to->argv = strings_vector(d->a, &from->args);
	to->cwd = str_empty(from->cwd) ? draft_keep(d, "/") : from->cwd;
	to->no_new_privs = from->no_new_privileges;
	draft_caps(d, from->capabilities ? from->capabilities : base->capabilities);
	decide_oom(d, from->oom_score_adj.set ? from : base);
	if (decide_env(d, from, e) < 0 || decide_user(d, from->user, e) < 0 ||
	    decide_terminal(d, from, e) < 0 || decide_labels(d, from, base, e) < 0)
		return -1;
	if (decide_limits(d, from->rlimits.n ? from : base, !from->rlimits.n, e) < 0)
		return -1;
	return draft_attributes(d, from, base, e);
}
