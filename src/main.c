/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * aril: from the command line to a verb, and from an error to one line and an exit
 * status. The only file that reads the environment or prints errors.
 *
 * It is called by engines with an empty environment, closed stdio, any working
 * directory, and in the knowledge that it may be killed with its parent: so nothing is
 * assumed, and nothing is done before it is needed.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/str.h"
#include "libcontainer/launch_notify.h"
#include "src/cmd.h"
#include "src/hint.h"
#include "src/rootdir.h"
#include "src/trust.h"

/* What stands in for an fd that the caller closed: it must lead nowhere, for the
 * container inherits it. Where there is no /dev/null an empty memory file does. */
static int open_nothing(void)
{
	int fd = open("/dev/null", O_RDWR);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
	    st.st_rdev == makedev(1, 3))
		return fd;
	if (fd >= 0)
		sys_close(fd);
	return (int)sys_memfd_create("aril-null", 0);
}

/* A file that is opened later must not become stdin, stdout or stderr; what the caller
 * left open must not reach a container (CVE-2024-21626), except what is preserved on
 * purpose, which the child of spawn() lets pass. */
static int arrange_fds(struct err *e)
{
	long r;

	for (int fd = 0; fd < 3; fd++) {
		if (sys_fcntl(fd, F_GETFD, 0) == -EBADF && open_nothing() != fd)
			return err_set(e, EBADF, "put something in place of fd %d", fd);
	}
	r = sys_close_range(3, ~0U, SYS_CLOSE_RANGE_CLOEXEC);
	return r < 0 ? err_set(e, (int)-r, "mark the caller's files (close_range)") : 0;
}

static void read_environment(struct environment *env)
{
	env->runtime_dir = getenv("XDG_RUNTIME_DIR");
	env->bus = getenv("DBUS_SESSION_BUS_ADDRESS");
	env->helpers = getenv("ARIL_LIBEXEC");
	if (env->helpers && env->helpers[0] != '/')
		env->helpers = NULL;
	env->resctrl = getenv("ARIL_RESCTRL");
	if (env->resctrl && env->resctrl[0] != '/')
		env->resctrl = NULL;
	env->path = getenv("PATH");
	env->user = getenv("USER");
	env->notify = getenv("NOTIFY_SOCKET");
	if (env->notify && !notify_address(env->notify))
		env->notify = NULL;
	env->listen_fds = getenv("LISTEN_FDS");
	env->listen_pid = getenv("LISTEN_PID");
	env->listen_names = getenv("LISTEN_FDNAMES");
	env->seccomp_receiver = getenv("RUN_OCI_SECCOMP_RECEIVER");
}

static enum out_level level_of(const struct globals *g)
{
	static const char *const names[] = { "error", "warning", "info", "debug" };

	for (size_t i = 0; !g->debug && i < ARRAY_LEN(names); i++)
		if (str_eq(g->log_level, names[i]))
			return (enum out_level)i;
	return g->debug ? OUT_DEBUG : OUT_ERROR;
}

static void arrange_log(struct call *c)
{
	c->out.json = str_eq(c->global.log_format, "json");
	c->out.level = level_of(&c->global);
	out_log_to(&c->out, c->global.log);
}

/* Options and words of the verb; -1, or 1 when all is said (--help) */
static int read_verb(struct call *c, const struct verb *v, char **argv, void *options,
		     struct err *e)
{
	struct opt_table t = v->options;
	struct opt_result got = { .used = 0 };

	t.outer = &cmd_globals;
	if (opt_read(&t, argv, v->own ? v->own : CMD_ANY, options, c->arena, &got, e) < 0)
		return -1;
	if (got.help)
		return call_print(cmd_help(v, c->arena), e) < 0 ? -1 : 1;
	for (argv += got.used; *argv; argv++)
		strings_add(c->arena, &got.words, *argv);
	c->words = got.words;
	c->only_words = got.marked;
	return cmd_check_words(v, &got.words, e);
}

static int run_verb(struct call *c, const struct verb *v, char **argv, struct err *e)
{
	void *options = arena_get(c->arena, v->size ? v->size : 1);
	int ret;

	if (read_verb(c, v, argv, options, e) != 0)
		return e->num ? -1 : 0;
	c->out.phase = v->name;
	if (trust_environment(&c->env, c->arena, e) < 0)
		return -1;
	if (!v->no_root && !(c->root = rootdir_find(c, e)))
		return -1;
	ret = v->run(c, options, e);
	if (ret < 0 && v->failing)
		err_wrap(e, "%s", v->failing);
	return ret;
}

/* One object is all that is on stderr if it is to be JSON */
static int usage(const struct call *c, const char *text, struct err *e)
{
	struct err ignored = ERR_NONE;

	if (!c->out.json || c->out.log)
		fd_write_all(STDERR_FILENO, text, strlen(text), &ignored);
	return e->num ? -1 : err_plain(e, EINVAL, "no command is given");
}

/* `aril help` and `aril help VERB`, as with runc; "help" is the first of argv */
static int help(const struct call *c, char *const *argv, struct err *e)
{
	const struct verb *v;

	if (!argv[1])
		return call_print(cmd_usage(c->arena), e);
	v = cmd_find(argv[1], e);
	return v ? call_print(cmd_help(v, c->arena), e) : -1;
}

/* The exit status, or -1 with *verb set if it got that far */
static int read_call(struct call *c, char **argv, const struct verb **verb, struct err *e)
{
	struct opt_result got = { .used = 0 };
	int ret = opt_read(&cmd_globals, argv, 0, &c->global, c->arena, &got, e);

	/* also for a mistake in a later option: the log is where the caller will look */
	arrange_log(c);
	if (ret < 0)
		return -1;
	if (got.help)
		return call_print(cmd_usage(c->arena), e);
	if (c->global.version)
		return call_print(cmd_version(c->out.as, c->arena), e);
	if (c->global.usage)
		return call_print(cmd_usage_line(c->arena), e);
	argv += got.used;
	if (!*argv)
		return usage(c, cmd_usage(c->arena), e);
	if (str_eq(*argv, "help") || str_eq(*argv, "h"))
		return help(c, argv, e);
	*verb = cmd_find(*argv, e);
	if (!*verb)
		return usage(c, cmd_usage_line(c->arena), e);
	return run_verb(c, *verb, argv + 1, e);
}

int main(int argc, char **argv)
{
	struct arena arena = ARENA_NONE;
	struct call c = { .arena = &arena, .out = { .phase = "options" } };
	const struct verb *verb = NULL;
	struct err e = ERR_NONE;
	int status = -1;

	if (argc < 1)
		return 1;
	c.out.as = out_as_called(argv[0]);
	if (arrange_fds(&e) == 0 && arena_open(&arena, false, &e) == 0 &&
	    trust_ourselves(&e) == 0) {
		read_environment(&c.env);
		status = read_call(&c, argv + 1, &verb, &e);
	}
	if (status >= 0)
		return status;
	out_failure(&c.out, &e, hint_find(&e));
	if (verb && (verb->failed_early || strcmp(c.out.phase, verb->name) == 0))
		return verb->failed ? verb->failed : 1;
	return 1;
}
