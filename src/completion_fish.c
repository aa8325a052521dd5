/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables as fish reads them: a line for each option. Runs in the program. */
#include <string.h>

#include "base/str.h"
#include "src/completion.h"

/* How fish completes a kind of word */
static const char *source_of(const char *kind, struct arena *a)
{
	if (str_starts(kind, "words "))
		return arena_fmt(a, "-xa '%s'", kind + strlen("words "));
	if (strcmp(kind, "id") == 0)
		return "-xa '(__aril_ids)'";
	if (strcmp(kind, "dir") == 0)
		return "-xa '(__fish_complete_directories)'";
	return strcmp(kind, "file") == 0 ? "-rF" : "-x";
}

/* -d in fish's quotes: a quote inside is \' */
static char *description(const char *text, struct arena *a)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", "");
	for (; *text; text++) {
		if (*text == '\n' || (*text == ' ' && text[1] == ' '))
			continue;
		text_add(&t, *text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
	}
	return t.s;
}

static void add_options(struct text *t, const char *verb, const struct opt_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct opt *o = &table->rows[i];

		if (!o->help)
			continue;
		text_add(t, "complete -c aril -n '__aril_at options \"%s\"' -l %s", verb,
			 o->name);
		if (o->letter)
			text_add(t, " -s %c", o->letter);
		if (completion_takes(o))
			text_add(t, " %s",
				 source_of(completion_value(o, t->arena), t->arena));
		text_add(t, " -d '%s'\n", description(o->help, t->arena));
	}
}

static void add_words(struct text *t, const struct verb *v)
{
	size_t max = v->own ? v->own : v->max;
	bool any = v->max == CMD_ANY && !v->own;

	for (size_t i = 0; i < max && i < 4; i++) {
		const char *kind = completion_word(v, any ? 0 : i, t->arena);

		text_add(t, "complete -c aril -n '__aril_at %s %s %zu' %s\n",
			 any ? "any" : "word", v->name, i + 1,
			 strcmp(kind, "file") == 0 ? "-F" : source_of(kind, t->arena));
		if (any)
			return;
	}
}

/* Which options take the next word, as a list that `contains` searches */
static void add_takers(struct text *t, const char *verb, const struct opt_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct opt *o = &table->rows[i];

		if (!completion_takes(o))
			continue;
		text_add(t, " '%s:--%s'", verb, o->name);
		if (o->letter)
			text_add(t, " '%s:-%c'", verb, o->letter);
	}
}

static const char head[] =
	"function __aril_at --description 'where in the command line of aril are we'\n"
	"\tset -l verb ''\n"
	"\tset -l count 0\n"
	"\tset -l own 99999\n"
	"\tset -l want 0\n"
	"\tset -g __aril_root\n"
	"\tset -l last ''\n"
	"\tfor word in (commandline -opc)[2..]\n"
	"\t\tif test $want = 1\n"
	"\t\t\ttest $last = --root; and set -g __aril_root --root $word\n"
	"\t\t\tset want 0\n"
	"\t\telse if string match -q -- '-?*' $word; and test $count -lt $own\n"
	"\t\t\tset last $word\n"
	"\t\t\tcontains -- \"$verb:$word\" $__aril_takers; and set want 1\n"
	"\t\t\tstring match -q -- '--root=*' $word\n"
	"\t\t\tand set -g __aril_root $word\n"
	"\t\telse if test -z \"$verb\"\n"
	"\t\t\tset verb $word\n"
	"\t\t\tfor pair in $__aril_owns\n"
	"\t\t\t\tstring match -q -- \"$verb:*\" $pair\n"
	"\t\t\t\tand set own (string replace -r '.*:' '' -- $pair)\n"
	"\t\t\tend\n"
	"\t\telse\n"
	"\t\t\tset count (math $count + 1)\n"
	"\t\tend\n"
	"\tend\n"
	"\ttest $want = 0; or test \"$argv[1]\" = options; or return 1\n"
	"\ttest \"$verb\" = \"$argv[2]\"; or return 1\n"
	"\tswitch $argv[1]\n"
	"\t\tcase options\n"
	"\t\t\ttest $count -lt $own\n"
	"\t\tcase word\n"
	"\t\t\ttest (math $count + 1) = $argv[3]\n"
	"\tend\n"
	"end\n"
	"function __aril_ids --description 'the containers'\n"
	"\taril $__aril_root list -q 2>/dev/null\n"
	"end\n"
	"complete -c aril -f\n"
	"complete -c aril -n '__aril_at options \"\"' -l help -s h -d 'show the "
	"options'\n";

void completion_fish(struct text *t)
{
	const struct verb *v;

	text_add(t, "# fish completion for aril, made by `aril completion fish`\n"
		    "set -g __aril_takers");
	add_takers(t, "", &cmd_globals);
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		add_takers(t, v->name, &v->options);
	text_add(t, "\nset -g __aril_owns");
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		if (v->own)
			text_add(t, " %s:%zu", v->name, v->own);
	text_add(t, "\n%s", head);
	add_options(t, "", &cmd_globals);
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		text_add(t, "complete -c aril -n '__aril_at verb \"\"' -a %s -d '%s'\n",
			 v->name, description(v->summary, t->arena));
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++) {
		add_options(t, v->name, &v->options);
		add_words(t, v);
	}
}
