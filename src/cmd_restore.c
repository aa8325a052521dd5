/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril restore: a container from the files of a checkpoint; runs in the program */
#include <sys/prctl.h>

#include "base/fd.h"
#include "base/str.h"
#include "src/cmd.h"
#include "src/cmd_new.h"
#include "src/criu_options.h"
#include "src/foreground.h"
#include "src/signals.h"

struct restore_options {
	struct criu_options criu;
	struct new_options new;
	const char *lsm_profile, *lsm_mount_context;
	bool detach, no_subreaper;
};

#define ROW(kind, member, ...) OPT_ROW(kind, struct restore_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	NEW_ROW(TEXT, struct restore_options, bundle, "bundle", 'b', "DIR",
		"the bundle (default: the working directory)"),
	NEW_ROW(TEXT, struct restore_options, config, "config", 'f', "FILE",
		"the document in it (default: config.json)"),
	NEW_ROW(TEXT, struct restore_options, console_socket, "console-socket", 0, "PATH",
		"send the terminal's master to this socket"),
	NEW_ROW(TEXT, struct restore_options, pid_file, "pid-file", 0, "FILE",
		"write the process id there"),
	ROW(FLAG, detach, "detach", 'd', NULL, "do not wait for the container to end"),
	ROW(FLAG, no_subreaper, "no-subreaper", 0, NULL,
	    "do not adopt orphans of the container"),
	NEW_ROW(FLAG, struct restore_options, no_pivot, "no-pivot", 0, NULL,
		"refused: criu always uses pivot_root"),
	CRIU_ROWS(struct restore_options),
	ROW(TEXT, lsm_profile, "lsm-profile", 0, "TYPE:NAME",
	    "another label for its processes: apparmor:NAME or\n"
	    "                              selinux:LABEL"),
	ROW(TEXT, lsm_mount_context, "lsm-mount-context", 0, "LABEL",
	    "another SELinux label for its mounts"),
};

static int wait_for(const struct restore_options *o, const struct launch *how,
		    const struct criu_wish *wish, bool *made, struct err *e)
{
	autolaunched l = LAUNCHED_NONE;
	autofd signal_fd = -1;
	autobox b = BOX_NONE;

	if (!o->detach && (signal_fd = signals_hold(e)) < 0)
		return -1;
	if (!o->detach && !o->no_subreaper &&
	    sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return err_set(e, EINVAL, "become the subreaper");
	if (launch_restore(how, wish, &b, &l, e) < 0)
		return -1;
	*made = true;
	if (o->detach)
		return 0;
	box_unlock(&b);
	return foreground_wait(signal_fd, &l, NULL, how, e);
}

/* apparmor:NAME or selinux:LABEL */
static int check_profile(const char *text, struct err *e)
{
	if (!text || (str_starts(text, "apparmor:") && text[9]) ||
	    (str_starts(text, "selinux:") && text[8]))
		return 0;
	return err_plain(e, EINVAL,
			 "--lsm-profile: \"%s\" is not apparmor:NAME or selinux:LABEL",
			 text);
}

static int restore_run(struct call *c, const void *options, struct err *e)
{
	const struct restore_options *o = options;
	struct launch how = { .request = { .detach = o->detach } };
	struct criu_wish wish = CRIU_WISH_NONE;
	struct err ignored = ERR_NONE;
	bool made = false;
	int status;

	if (o->new.no_pivot)
		return err_plain(e, EINVAL,
				 "--no-pivot: criu cannot restore without pivot_root");
	if (check_profile(o->lsm_profile, e) < 0 ||
	    criu_options_wish(c, &o->criu, &wish, e) < 0 ||
	    new_launch(c, &o->new, c->words.items[0], &how, e) < 0)
		return -1;
	how.request.listen_fds = 0; /* its files are those of the images */
	wish.lsm_profile = o->lsm_profile;
	wish.lsm_mount_context = o->lsm_mount_context;
	status = wait_for(o, &how, &wish, &made, e);
	if (status < 0 && made)
		foreground_delete(c, c->words.items[0], &ignored);
	if (status >= 0 && !o->detach && foreground_delete(c, c->words.items[0], e) < 0)
		return -1;
	return status;
}

const struct verb verb_restore = {
	.name = "restore",
	.words = "ID",
	.summary = "make a container from such files, and let it go on",
	.min = 1,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct restore_options),
	.run = restore_run,
};
