/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of verbs and the global options; runs in the program */
#include "src/cmd.h"

#include <string.h>

#include "base/text.h"
#include "libcontainer/spec/spec.h"
#include "seccomp/filter.h"

static const struct verb *const verbs[] = {
	&verb_create, &verb_start, &verb_run, &verb_sandbox, &verb_exec, &verb_state,
	&verb_kill, &verb_pause, &verb_resume, &verb_update, &verb_events, &verb_ps,
	&verb_list, &verb_delete, &verb_spec, &verb_plan, &verb_check, &verb_features,
	&verb_completion, &verb_checkpoint, &verb_restore, &verb_mounts,
};

static const char *const log_formats[] = { "text", "json", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };
static const char *const managers[] = { "cgroupfs", "systemd", "disabled", NULL };
static const char *const rootless_words[] = { "true", "false", "auto", NULL };

#define ROW(kind, member, ...) OPT_ROW(kind, struct globals, member, __VA_ARGS__)
static const struct opt global_rows[] = {
	ROW(TEXT, root, "root", 0, "DIR",
	    "remember containers there (default: /run/aril, or\n"
	    "                              $XDG_RUNTIME_DIR/aril)"),
	ROW(TEXT, log, "log", 0, "DEST",
	    "put errors there, too: a file, journald:NAME or\n"
	    "                              syslog:NAME"),
	ROW(WORD, log_format, "log-format", 0, "FORMAT",
	    "of the log: text (default) or json", .words = log_formats),
	ROW(WORD, log_level, "log-level", 0, "LEVEL",
	    "error (default), warning, info or debug", .words = log_levels),
	ROW(FLAG, debug, "debug", 0, NULL, "the same as --log-level debug"),
	ROW(WORD, cgroup_manager, "cgroup-manager", 0, "MANAGER",
	    "cgroupfs (root's default), systemd or disabled", .words = managers),
	ROW(FLAG, systemd_cgroup, "systemd-cgroup", 0, NULL,
	    "the same as --cgroup-manager systemd"),
	ROW(MAYBE, rootless, "rootless", 0, "WORD",
	    "true, false or auto: do without a cgroup that\n"
	    "                              cannot be made (default: auto)",
	    .words = rootless_words),
	ROW(FLAG, strict, "strict", 0, NULL,
	    "what cgroup v2 cannot do is an error, not a warning"),
	ROW(FLAG, version, "version", 'v', NULL, "show the version"),
	/* crun's; and an option of old versions of runc, which still is in scripts */
	ROW(FLAG, version, "V", 0, NULL, NULL),
	ROW(FLAG, usage, "usage", 0, NULL, NULL),
	ROW(TEXT, ignored, "criu", 0, NULL, NULL),
};
#undef ROW
const struct opt_table cmd_globals = OPT_TABLE(global_rows);

const struct verb *cmd_at(size_t i)
{
	return i < ARRAY_LEN(verbs) ? verbs[i] : NULL;
}

const struct verb *cmd_find(const char *name, struct err *e)
{
	const struct verb *near = NULL;
	unsigned best = (unsigned)(strlen(name) / 3) + 1;

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		unsigned d = opt_distance(name, verbs[i]->name);

		if (d == 0)
			return verbs[i];
		if (d <= best && (!near || d < best)) {
			near = verbs[i];
			best = d;
		}
	}
	if (near)
		err_plain(e, EINVAL, "unknown command \"%s\": did you mean \"%s\"?", name,
			  near->name);
	else
		err_plain(e, EINVAL, "unknown command \"%s\"", name);
	return NULL;
}

int cmd_check_words(const struct verb *v, const strings_t *words, struct err *e)
{
	const char *few = v->min == v->max ? "" : "at least ";

	if (words->n < v->min)
		return err_plain(e, EINVAL, "\"%s\" requires %s%zu argument%s: %s",
				 v->name, few, v->min, v->min == 1 ? "" : "s", v->words);
	if (words->n <= v->max)
		return 0;
	if (v->max == 0)
		return err_plain(e, EINVAL,
				 "\"%s\" takes no argument: \"%s\" is one too many",
				 v->name, words->items[0]);
	return err_plain(e, EINVAL,
			 "\"%s\" takes at most %zu argument%s (%s): \"%s\" is one too "
			 "many",
			 v->name, v->max, v->max == 1 ? "" : "s", v->words,
			 words->items[v->max]);
}

char *cmd_usage(struct arena *a)
{
	struct text t = TEXT(a);

	text_add(&t, "Usage: aril [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\n\n"
		     "aril runs containers as the OCI describes them.\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		text_add(&t, "  %-12s%s\n", verbs[i]->name, verbs[i]->summary);
	text_add(&t, "\nOptions:\n%s", opt_help(&cmd_globals, a));
	text_add(&t, "\n\"aril COMMAND --help\" tells more, and so does aril(8).\n");
	return t.s;
}

char *cmd_usage_line(struct arena *a)
{
	struct text t = TEXT(a);

	text_add(&t, "Usage: aril [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]\nCommands:");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		text_add(&t, " %s", verbs[i]->name);
	text_add(&t, "\n");
	return t.s;
}

char *cmd_help(const struct verb *v, struct arena *a)
{
	const char *space = *v->words ? " " : "";
	char first = (char)(v->summary[0] - 'a' + 'A');

	return arena_fmt(
		a, "Usage: aril [OPTIONS] %s [OPTIONS]%s%s\n\n%c%s.\n\nOptions:\n%s",
		v->name, space, v->words, first, v->summary + 1,
		opt_help(&v->options, a));
}

/* The versions whose command line, log and documents aril speaks; clients compare them,
 * and Docker shows the commit */
static const char *const interfaces[] = {
	[OUT_AS_ARIL] = "aril version " PACKAGE_VERSION,
	[OUT_AS_RUNC] = "runc version 1.3.0+aril" PACKAGE_VERSION
			"\ncommit: aril-" PACKAGE_VERSION,
	[OUT_AS_CRUN] = "crun version 1.24+aril" PACKAGE_VERSION
			"\ncommit: aril-" PACKAGE_VERSION,
};

char *cmd_version(enum out_as as, struct arena *a)
{
	return arena_fmt(a, "%s\nspec: " SPEC_VERSION "\nlibseccomp: %s\n",
			 interfaces[as], filter_library_version());
}
