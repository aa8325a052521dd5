/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril exec: one more process in a running container; runs in the program */
#include <signal.h>

#include "base/fd.h"
#include "base/str.h"
#include "src/cmd.h"
#include "src/exec_process.h"
#include "src/foreground.h"
#include "src/signals.h"
#include "src/tty.h"

struct exec_options {
	struct exec_process process;
	const char *console_socket, *pidfd_socket, *pid_file, *cgroup;
	bool detach, ignore_paused, ignored;
	struct opt_u64 preserve_fds;
};

#define ROW(kind, member, ...) OPT_ROW(kind, struct exec_options, member, __VA_ARGS__)
static const struct opt rows[] = {
	ROW(TEXT, process.file, "process", 'p', "FILE",
	    "the process object to run, as JSON"),
	ROW(TEXT, process.cwd, "cwd", 0, "DIR", "working directory in the container"),
	ROW(TEXTS, process.env, "env", 'e', "NAME=VALUE",
	    "set a variable; may be repeated"),
	ROW(TEXT, process.user, "user", 'u', "UID[:GID]", "numbers, in the container"),
	ROW(TEXTS, process.groups, "additional-gids", 'g', "GID", "may be repeated"),
	ROW(TEXTS, process.caps, "cap", 'c', "CAP", "add a capability; may be repeated"),
	ROW(FLAG, process.no_new_privs, "no-new-privs", 0, NULL,
	    "programs cannot gain privileges by execve"),
	ROW(TEXT, process.apparmor, "apparmor", 0, "PROFILE",
	    "run it under this AppArmor profile"),
	ROW(TEXT, process.label, "process-label", 0, "LABEL",
	    "run it under this SELinux label"),
	ROW(FLAG, process.tty, "tty", 't', NULL, "give it a terminal"),
	/* hidden in runc, too: it said so before exec ever was a subreaper */
	ROW(FLAG, ignored, "no-subreaper", 0, NULL, NULL),
	ROW(FLAG, detach, "detach", 'd', NULL, "do not wait for it to end"),
	ROW(TEXT, console_socket, "console-socket", 0, "PATH",
	    "send the terminal's master to this socket"),
	ROW(TEXT, pid_file, "pid-file", 0, "FILE", "write the process id there"),
	ROW(NUMBER, preserve_fds, "preserve-fds", 0, "N",
	    "leave N fds after stderr (and LISTEN_FDS) open", .max = 65536),
	ROW(FLAG, ignore_paused, "ignore-paused", 0, NULL,
	    "if the container is paused, wait until it goes on"),
	ROW(TEXT, pidfd_socket, "pidfd-socket", 0, "PATH",
	    "send a pidfd of the process to this socket"),
	ROW(TEXT, cgroup, "cgroup", 0, "PATH",
	    "be in this cgroup below the container's"),
};

static int check_status(struct box *b, bool ignore_paused, struct err *e)
{
	/* a process that is born into a frozen cgroup does nothing, not even answer */
	if (ignore_paused && box_status(b) == BOX_PAUSED && launch_wait_resumed(b, e) < 0)
		return -1;
	switch (box_status(b)) {
	case BOX_CREATED:
	case BOX_RUNNING:
		return 0;
	case BOX_PAUSED:
		return err_plain(e, EBUSY,
				 "cannot exec in a paused container (use "
				 "--ignore-paused to override)");
	case BOX_CREATING:
		return err_plain(e, EBUSY,
				 "cannot exec in a container that is not created yet");
	default:
		return err_plain(e, ESRCH, "cannot exec in a stopped container");
	}
}

/* `exec ID -- CMD`: no program is called "--" */
static strings_t command(const strings_t *words)
{
	size_t skip = words->n > 1 && str_eq(words->items[1], "--") ? 2 : 1;

	return (strings_t){ words->items + skip, words->n - skip };
}

static int make_process(const struct call *c, const struct exec_options *o, struct box *b,
			struct spec_process *process, struct err *e)
{
	struct exec_process want = o->process;
	struct spec *spec = NULL;

	want.args = command(&c->words);
	if (!want.file && launch_box_spec(b, &spec, e) < 0)
		return -1;
	return exec_process_make(&want, spec ? spec->process : NULL, c->arena, process,
				 e);
}

static int go(const struct launch *how, struct box *b, const struct spec_process *process,
	      struct err *e)
{
	bool detach = how->request.detach;
	autolaunched l = LAUNCHED_NONE;
	autofd signal_fd = -1;
	int status;

	if (!detach && (signal_fd = signals_hold(e)) < 0)
		return -1;
	if (launch_exec(how, b, process, &l, e) < 0)
		return -1;
	if (detach)
		return 0;
	status = foreground_wait(signal_fd, &l, NULL, how, e);
	if (status < 0 && l.pidfd >= 0)
		sys_pidfd_send_signal(l.pidfd, SIGKILL);
	return status;
}

/* The program runs when launch_exec() returns: its terminal must have our size by then.
 * NULL when we have no terminal. */
static struct spec_console_size *our_size(struct arena *a)
{
	struct spec_console_size *size = arena_new(a, struct spec_console_size);
	struct winsize ours;

	if (!tty_size(&ours))
		return NULL;
	size->height = ours.ws_row;
	size->width = ours.ws_col;
	return size;
}

static int exec_run(struct call *c, const void *options, struct err *e)
{
	const struct exec_options *o = options;
	struct launch how = {
		.request = { .id = c->words.items[0],
			     .detach = o->detach,
			     .has_console_socket = o->console_socket != NULL },
		.console_socket = o->console_socket,
		.pidfd_socket = o->pidfd_socket,
		.pid_file = o->pid_file,
	};
	struct spec_process process;
	autobox b = BOX_NONE;

	if (call_launch(c, &o->preserve_fds, &how, e) < 0 ||
	    exec_cgroup(o->cgroup, c->arena, &how.request.sub_cgroup, e) < 0)
		return -1;
	if (call_box(c, false, &b, e) < 0 || check_status(&b, o->ignore_paused, e) < 0)
		return -1;
	how.request.bundle = b.state.bundle;
	if (make_process(c, o, &b, &process, e) < 0)
		return -1;
	if (process.terminal && !process.console_size)
		process.console_size = our_size(c->arena);
	return go(&how, &b, &process, e);
}

const struct verb verb_exec = {
	.name = "exec",
	.words = "ID [COMMAND [ARG...]]",
	.summary = "run one more program in a container",
	.min = 1,
	.max = CMD_ANY,
	.own = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct exec_options),
	.run = exec_run,
	.failing = "exec failed",
	.failed = 255,
};
