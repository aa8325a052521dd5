/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril sandbox: run a program that is not trusted; runs in the program */
#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "src/cmd.h"
#include "src/once.h"
#include "src/sandbox/sandbox.h"
#include "src/size.h"

struct sandbox_options {
	strings_t read, write, hide, file, env, env_keep, publish;
	const char *cwd, *net, *memory, *tmp, *file_size, *name;
	struct opt_u64 pids, files;
	bool quiet, oci;
};

#define ROW(kind, member, ...) OPT_ROW(kind, struct sandbox_options, member, __VA_ARGS__)
static const char *const networks[] = { "none", "lo", "user", "host", NULL };
static const struct opt rows[] = {
	ROW(TEXTS, read, "ro", 'r', "PATH", "share PATH[:DESTINATION] to read"),
	ROW(TEXTS, write, "rw", 'w', "PATH", "share PATH[:DESTINATION] to write, too"),
	ROW(TEXTS, hide, "hide", 0, "PATH", "make a directory empty"),
	ROW(TEXTS, file, "file", 0, "DEST=TEXT", "a file with that text"),
	ROW(TEXT, cwd, "cwd", 0, "DIR", "the working directory in the sandbox"),
	ROW(WORD, net, "net", 0, "NETWORK", "none (default), lo, user or host",
	    .words = networks),
	ROW(TEXTS, publish, "publish", 'p', "PORTS",
	    "[IP:]HOST:BOX[/tcp|udp]: lead a port of the host to one (--net user)"),
	ROW(TEXTS, env, "env", 'e', "NAME=VALUE", "set a variable"),
	ROW(TEXTS, env_keep, "env-keep", 0, "NAME", "keep a variable of the caller's"),
	ROW(TEXT, memory, "mem", 'm', "SIZE", "how much memory"),
	ROW(NUMBER, pids, "pids", 0, "N", "how many processes and threads (default: 512)",
	    .max = 4194304),
	ROW(NUMBER, files, "files", 0, "N", "how many open files (default: 4096)",
	    .max = 1048576),
	ROW(TEXT, file_size, "fsize", 0, "SIZE", "how large a file may become"),
	ROW(TEXT, tmp, "tmp", 0, "SIZE", "how large /tmp may become (default: 256M)"),
	ROW(TEXT, name, "name", 0, "NAME", "what the sandbox is called"),
	ROW(FLAG, oci, "oci", 0, NULL, "explain by the OCI document (default)"),
	ROW(FLAG, quiet, "quiet", 'q', NULL, "no remarks"),
};

static int read_limits(const struct sandbox_options *o, struct sandbox *s, struct err *e)
{
	s->pids = o->pids.set ? o->pids.v : 512;
	s->open_files = o->files.set ? o->files.v : 4096;
	s->tmp = 256 << 20;
	s->memory = s->file_size = SANDBOX_NONE;
	if (o->tmp && size_read("--tmp", o->tmp, &s->tmp, e) < 0)
		return -1;
	if (o->memory && size_read("--mem", o->memory, &s->memory, e) < 0)
		return -1;
	return o->file_size ? size_read("--fsize", o->file_size, &s->file_size, e) : 0;
}

/* NAME=VALUE takes the place of an earlier one */
static void set_variable(struct sandbox *s, const char *text, struct arena *a)
{
	size_t n = strcspn(text, "=") + 1;

	LIST_EACH (entry, &s->env)
		if (strncmp(*entry, text, n) == 0) {
			*entry = arena_strdup(a, text);
			return;
		}
	strings_add(a, &s->env, arena_strdup(a, text));
}

static int read_environment(const struct sandbox_options *o, struct sandbox *s,
			    struct arena *a, struct err *e)
{
	LIST_EACH (name, &o->env_keep)
		for (char **all = environ; all && *all; all++)
			if (strncmp(*all, *name, strlen(*name)) == 0 &&
			    (*all)[strlen(*name)] == '=')
				set_variable(s, *all, a);
	LIST_EACH (text, &o->env) {
		if (!strchr(*text, '=') || **text == '=')
			return err_plain(e, EINVAL, "option --env: \"%s\" is not "
						    "NAME=VALUE",
					 *text);
		set_variable(s, *text, a);
	}
	return 0;
}

static int read_paths(const struct sandbox_options *o, struct sandbox *s, struct arena *a,
		      struct err *e)
{
	LIST_EACH (path, &o->read)
		if (sandbox_share(s, "--ro", *path, false, a, e) < 0)
			return -1;
	LIST_EACH (path, &o->write)
		if (sandbox_share(s, "--rw", *path, true, a, e) < 0)
			return -1;
	LIST_EACH (path, &o->hide) {
		if (**path != '/')
			return err_plain(e, EINVAL,
					 "option --hide: \"%s\" is not absolute", *path);
		strings_add(a, &s->hide, *path);
	}
	LIST_EACH (file, &o->file) {
		if (**file != '/' || !strchr(*file, '='))
			return err_plain(e, EINVAL, "option --file: \"%s\" is not "
						    "/DESTINATION=TEXT",
					 *file);
		strings_add(a, &s->files, *file);
	}
	return 0;
}

/* Where it starts: the working directory if that is there, else its home */
static int choose_cwd(const struct call *c, const struct sandbox_options *o,
		      struct sandbox *s, struct err *e)
{
	bool shared = false;

	if (o->cwd && o->cwd[0] != '/')
		return err_plain(e, EINVAL, "option --cwd: \"%s\" is not absolute",
				 o->cwd);
	if (sandbox_share_cwd(s, &shared, c->arena, e) < 0)
		return -1;
	if (!shared && !o->cwd && !o->quiet)
		out_remark(&c->out,
			   arena_fmt(c->arena,
				     "%s is not in the sandbox: -w . shares it", s->cwd));
	if (!shared)
		s->cwd = s->home;
	if (o->cwd)
		s->cwd = o->cwd;
	return 0;
}

static int fill(struct call *c, const struct sandbox_options *o, struct sandbox *s,
		struct err *e)
{
	if (read_limits(o, s, e) < 0 || sandbox_look(s, environ, c->arena, e) < 0)
		return -1;
	s->net = o->net && !str_eq(o->net, "lo") ? o->net : "none";
	if (read_paths(o, s, c->arena, e) < 0 ||
	    read_environment(o, s, c->arena, e) < 0 || choose_cwd(c, o, s, e) < 0)
		return -1;
	s->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	return 0;
}

/* --- its commands ---------------------------------------------------------- */

/* Words that are commands of the sandbox itself; a program of such a name is behind -- */
static const char *const commands[] = {
	"apply", "check", "commit", "diff",   "discard", "exec", "explain", "kill",
	"learn", "logs",  "pool",   "profile", "ps",	  "report", "run",   "why",
};

static bool is_command(const char *word)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(word, commands[i]) == 0)
			return true;
	return false;
}

static const char *document(const struct sandbox *s, struct arena *a, struct err *e)
{
	autojson j = JSON_WRITER_NONE;
	const char *text;
	size_t len;

	json_start(&j, "  ");
	json_write(&j, &spec_shape, sandbox_spec(s, a));
	text = json_text(&j, &len, e);
	return text ? arena_strndup(a, text, len) : NULL;
}

static int explain(struct call *c, const struct sandbox *s, struct err *e)
{
	const char *text = document(s, c->arena, e);

	if (!text || call_print(text, e) < 0)
		return -1;
	return call_print("\n", e);
}

/* As shells do: the program is not there, or is none. -1: it was not about that. */
static int status_of(const struct err *e)
{
	if (!e->plain || !str_starts(e->text, "exec: "))
		return -1;
	return e->num == ENOENT ? 127 : 126;
}

/* Of a sandbox without a name, behind which is the number of aril's process */
#define NAMELESS "aril-sandbox-"

/* Another PID namespace may have the same number, and the same directory */
static const char *nameless(struct arena *a)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &t);
	return arena_fmt(a, NAMELESS "%d-%lx", (int)getpid(), (unsigned long)t.tv_nsec);
}

/* One whose aril was killed has ended, but nobody has removed what was remembered */
static void remove_ended(const struct call *c, const char *id)
{
	struct launch how = { .root = NULL };
	struct err ignored = ERR_NONE;
	autobox b = BOX_NONE;

	if (box_open(&b, c->root, id, false, false, c->arena, &ignored) < 0 ||
	    box_status(&b) != BOX_STOPPED)
		return;
	box_done(&b);
	b = (struct box)BOX_NONE;
	if (box_open(&b, c->root, id, true, false, c->arena, &ignored) < 0)
		return;
	call_environment(c, &how);
	launch_delete(&how, &b, false, &ignored);
}

static void sweep(const struct call *c)
{
	strings_t all = { NULL, 0 };
	struct err ignored = ERR_NONE;

	box_list(c->root, c->arena, &all, &ignored);
	LIST_EACH (id, &all)
		if (str_starts(*id, NAMELESS))
			remove_ended(c, *id);
}

static int run(struct call *c, const struct sandbox_options *o, const struct sandbox *s,
	       struct err *e)
{
	static const struct opt_u64 no_fds;
	struct launch how = { .document = document(s, c->arena, e) };
	const struct once once = { .detach = false };
	int status;

	if (!how.document || call_launch(c, &no_fds, &how, e) < 0)
		return -1;
	how.request.bundle = "/";
	how.request.publish = o->publish;
	how.request.path = c->env.path;
	how.request.id = o->name ? o->name : nameless(c->arena);
	sweep(c);
	status = once_run(c, &how, &once, e);
	if (status >= 0 || status_of(e) < 0)
		return status;
	out_failure(&c->out, e, NULL);
	return status_of(e);
}

/* `aril sandbox explain OPTIONS -- COMMAND`: the options stand behind the word */
static int read_again(struct call *c, struct sandbox_options *o, struct err *e)
{
	struct opt_table t = OPT_TABLE(rows);
	struct opt_result got = { .used = 0 };
	char **argv = strings_vector(c->arena, &c->words) + 1;

	if (opt_read(&t, argv, 1, o, c->arena, &got, e) < 0)
		return -1;
	for (argv += got.used; *argv; argv++)
		strings_add(c->arena, &got.words, *argv);
	c->words = got.words;
	if (got.help || c->words.n > 0)
		return 0;
	return err_plain(e, EINVAL, "no command is given");
}

static int sandbox_run(struct call *c, const void *options, struct err *e)
{
	struct sandbox_options o = *(const struct sandbox_options *)options;
	const char *word = c->words.items[0];
	bool explains = !c->only_words && str_eq(word, "explain");
	struct sandbox s = { .net = NULL };

	if (!c->only_words && is_command(word)) {
		if (!explains && !str_eq(word, "run"))
			return err_plain(e, EINVAL,
					 "sandbox %s is not there yet; a program of that "
					 "name is run by: aril sandbox -- %s",
					 word, word);
		if (read_again(c, &o, e) < 0)
			return -1;
	}
	s.command = c->words;
	if (fill(c, &o, &s, e) < 0)
		return -1;
	return explains ? explain(c, &s, e) : run(c, &o, &s, e);
}

const struct verb verb_sandbox = {
	.name = "sandbox",
	.words = "[run|explain] [--] COMMAND [ARG...]",
	.summary = "run a program that is not trusted",
	.min = 1,
	.max = CMD_ANY,
	.own = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct sandbox_options),
	.run = sandbox_run,
	.failed = 125,
	.failed_early = true,
};
