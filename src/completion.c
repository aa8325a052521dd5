/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables as shells read them; bash and zsh. Runs in the program. */
#include "src/completion.h"

#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/words.h"

/* What --help calls a value or a word, and what it can be */
static const struct {
	const char *name, *kind;
} kinds[] = {
	{ "ID", "id" },	    { "DIR", "dir" },	{ "BUNDLE", "dir" },  { "FILE", "file" },
	{ "PATH", "file" }, { "DEST", "file" }, { "SOCKET", "file" }, { "SIGNAL", "" },
};

static const char *kind_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strlen(kinds[i].name) == len &&
		    strncmp(kinds[i].name, name, len) == 0)
			return kinds[i].kind;
	return "";
}

bool completion_takes(const struct opt *o)
{
	return o->kind != OPT_FLAG && o->kind != OPT_MAYBE;
}

const char *completion_value(const struct opt *o, struct arena *a)
{
	const char *kind = "words";

	if (!o->words)
		return o->value ? kind_of(o->value, strlen(o->value)) : "";
	for (size_t i = 0; o->words[i]; i++)
		kind = arena_fmt(a, "%s %s", kind, o->words[i]);
	return kind;
}

static const char *signals(struct arena *a)
{
	const char *kind = "words";

	for (size_t i = 0; i < words_signals.n; i++)
		kind = arena_fmt(a, "%s %s", kind,
				 words_signals.items[i].name + strlen("SIG"));
	return kind;
}

/* Who has the option --bundle and an ID makes a container of that ID */
static bool makes_new(const struct verb *v)
{
	for (size_t i = 0; i < v->options.n; i++)
		if (strcmp(v->options.rows[i].name, "bundle") == 0)
			return true;
	return false;
}

static const char *choices(const char *word, size_t len, struct arena *a)
{
	char *kind = arena_fmt(a, "words %.*s", (int)len, word);

	for (char *p = kind; *p; p++)
		*p = *p == '|' ? ' ' : *p;
	return kind;
}

/* "ID [SIGNAL]": the words without what says that they may be absent or many */
const char *completion_word(const struct verb *v, size_t n, struct arena *a)
{
	const char *at = v->words;
	size_t len;

	for (;; at += len, n--) {
		at += strspn(at, " [");
		len = strcspn(at, " ].");
		if (len == 0)
			return "";
		if (n == 0 || strncmp(at + len, "...", 3) == 0)
			break;
		len += strspn(at + len, "]");
	}
	if (memchr(at, '|', len))
		return choices(at, len, a);
	if (len == strlen("SIGNAL") && strncmp(at, "SIGNAL", len) == 0)
		return signals(a);
	if (len == strlen("ID") && strncmp(at, "ID", len) == 0 && makes_new(v))
		return "";
	return kind_of(at, len);
}

char *completion_quoted(const char *text, struct arena *a)
{
	struct text t = TEXT(a);

	text_add(&t, "%s", "");
	for (; *text; text++) {
		if (*text == '\n' || (*text == ' ' && text[1] == ' '))
			continue;
		text_add(&t, *text == '\'' ? "'\\''" : "%c", *text);
	}
	return t.s;
}

static void add_options(struct text *t, const char *verb, const struct opt_table *table)
{
	text_add(t, "\t'%s') printf '%%s\\n'", verb);
	for (size_t i = 0; i < table->n; i++)
		if (table->rows[i].help)
			text_add(t, " \\\n\t\t'--%s:%s'", table->rows[i].name,
				 completion_quoted(table->rows[i].help, t->arena));
	text_add(t, " '--help:show the options' ;;\n");
}

static void add_values(struct text *t, const char *verb, const struct opt_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct opt *o = &table->rows[i];

		if (o->kind == OPT_FLAG)
			continue;
		text_add(t, "\t'%s:--%s'", verb, o->name);
		if (o->letter)
			text_add(t, " | '%s:-%c'", verb, o->letter);
		text_add(t, ") echo '%s %s' ;;\n", completion_takes(o) ? "next" : "same",
			 completion_value(o, t->arena));
	}
}

static void add_words(struct text *t, const struct verb *v)
{
	size_t max = v->own ? v->own : v->max;
	bool any = v->max == CMD_ANY && !v->own;

	for (size_t i = 0; i < max && i < 4; i++) {
		const char *kind = completion_word(v, i, t->arena);

		if (any && *kind)
			text_add(t, "\t%s:*) echo '%s' ;;\n", v->name, kind);
		else if (*kind)
			text_add(t, "\t%s:%zu) echo '%s' ;;\n", v->name, i + 1, kind);
		if (any)
			return;
	}
}

static void add_tables(struct text *t)
{
	const struct verb *v;

	text_add(t, "_aril_verbs() {\n\tprintf '%%s\\n'");
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		text_add(t, " \\\n\t\t'%s:%s'", v->name,
			 completion_quoted(v->summary, t->arena));
	text_add(t, "\n}\n_aril_options() {\n\tcase $1 in\n");
	add_options(t, "", &cmd_globals);
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		add_options(t, v->name, &v->options);
	text_add(t, "\tesac\n}\n_aril_value() {\n\tcase $1:$2 in\n");
	add_values(t, "", &cmd_globals);
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		add_values(t, v->name, &v->options);
	text_add(t, "\tesac\n}\n_aril_word() {\n\tcase $1:$2 in\n");
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		add_words(t, v);
	text_add(t, "\tesac\n}\n_aril_own() {\n\tcase $1 in\n");
	for (size_t i = 0; (v = cmd_at(i)) != NULL; i++)
		if (v->own)
			text_add(t, "\t%s) echo %zu ;;\n", v->name, v->own);
	text_add(t, "\t*) echo 99999 ;;\n\tesac\n}\n");
}

/* Words are split at `=`, too. What is read first: where in the command line the word to
 * be completed stands. */
static const char bash[] =
	"# bash completion for aril, made by `aril completion bash`\n"
	"%s"
	"_aril() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} verb='' last='' want='' root='' kind i "
	"word\n"
	"\tlocal count=0 own=99999\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [[ $word == = ]]; then\n"
	"\t\t\twant=$last\n"
	"\t\telif [[ -n $want ]]; then\n"
	"\t\t\t[[ $want != --root ]] || root=$word\n"
	"\t\t\twant=''\n"
	"\t\telif [[ $word == -?* ]] && ((count < own)); then\n"
	"\t\t\tlast=$word\n"
	"\t\t\t[[ $(_aril_value \"$verb\" \"$word\") != next* ]] || want=$word\n"
	"\t\telif [[ -z $verb ]]; then\n"
	"\t\t\tverb=$word own=$(_aril_own \"$word\")\n"
	"\t\telse\n"
	"\t\t\t((++count))\n"
	"\t\tfi\n"
	"\tdone\n"
	"\t[[ $cur != = ]] || want=$last cur=''\n"
	"\tif [[ -n $want ]]; then\n"
	"\t\tkind=$(_aril_value \"$verb\" \"$want\")\n"
	"\t\tkind=${kind#* }\n"
	"\telif [[ $cur == -* ]] && ((count < own)); then\n"
	"\t\tkind=\"words $(_aril_options \"$verb\" | sed 's/:.*//')\"\n"
	"\telif [[ -z $verb ]]; then\n"
	"\t\tkind=\"words $(_aril_verbs | sed 's/:.*//')\"\n"
	"\telse\n"
	"\t\tkind=$(_aril_word \"$verb\" $((count + 1)))\n"
	"\tfi\n"
	"\tCOMPREPLY=()\n"
	"\tcase $kind in\n"
	"\tid) kind=\"words $(aril ${root:+--root \"$root\"} list -q 2>/dev/null)\" ;;\n"
	"\tdir) mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n"
	"\tfile) mapfile -t COMPREPLY < <(compgen -f -- \"$cur\") ;;\n"
	"\tesac\n"
	"\tcase $kind in\n"
	"\twords*) mapfile -t COMPREPLY < <(compgen -W \"${kind#words}\" -- \"$cur\") "
	";;\n"
	"\tdir | file) compopt -o filenames 2>/dev/null ;;\n"
	"\tesac\n"
	"\treturn 0\n"
	"}\n"
	"complete -F _aril aril\n";

static const char zsh[] =
	"#compdef aril\n"
	"# zsh completion for aril, made by `aril completion zsh`\n"
	"%s"
	"_aril() {\n"
	"\tlocal verb='' want='' root='' kind word\n"
	"\tlocal -a list\n"
	"\tinteger count=0 own=99999 i\n"
	"\tfor ((i = 2; i < CURRENT; i++)); do\n"
	"\t\tword=$words[i]\n"
	"\t\tif [[ -n $want ]]; then\n"
	"\t\t\t[[ $want != --root ]] || root=$word\n"
	"\t\t\twant=''\n"
	"\t\telif [[ $word == -?* ]] && ((count < own)); then\n"
	"\t\t\t[[ $word != --root=* ]] || root=${word#*=}\n"
	"\t\t\t[[ $(_aril_value \"$verb\" \"$word\") != next* ]] || want=$word\n"
	"\t\telif [[ -z $verb ]]; then\n"
	"\t\t\tverb=$word own=$(_aril_own \"$word\")\n"
	"\t\telse\n"
	"\t\t\t((++count))\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tword=$words[CURRENT]\n"
	"\tif [[ -z $want && $word == --*=* ]] && ((count < own)); then\n"
	"\t\twant=${word%%%%=*}\n"
	"\t\tcompset -P '*='\n"
	"\tfi\n"
	"\tif [[ -n $want ]]; then\n"
	"\t\tkind=$(_aril_value \"$verb\" \"$want\")\n"
	"\t\tkind=${kind#* }\n"
	"\telif [[ $word == -* ]] && ((count < own)); then\n"
	"\t\tlist=(\"${(@f)$(_aril_options \"$verb\")}\")\n"
	"\t\t_describe -o option list\n"
	"\t\treturn\n"
	"\telif [[ -z $verb ]]; then\n"
	"\t\tlist=(\"${(@f)$(_aril_verbs)}\")\n"
	"\t\t_describe command list\n"
	"\t\treturn\n"
	"\telse\n"
	"\t\tkind=$(_aril_word \"$verb\" $((count + 1)))\n"
	"\tfi\n"
	"\tcase $kind in\n"
	"\tid) compadd -- ${(f)\"$(aril ${root:+--root} ${root:+$root} list -q "
	"2>/dev/null)\"} ;;\n"
	"\tdir) _files -/ ;;\n"
	"\tfile) _files ;;\n"
	"\twords*) compadd -- ${=kind#words} ;;\n"
	"\tesac\n"
	"}\n"
	"if [[ $funcstack[1] == _aril ]]; then _aril \"$@\"; else compdef _aril aril; "
	"fi\n";

char *completion_script(const char *shell, struct arena *a)
{
	struct text tables = TEXT(a), fish = TEXT(a);

	if (strcmp(shell, "fish") == 0) {
		completion_fish(&fish);
		return fish.s;
	}
	add_tables(&tables);
	if (strcmp(shell, "bash") == 0)
		return arena_fmt(a, bash, tables.s);
	return strcmp(shell, "zsh") == 0 ? arena_fmt(a, zsh, tables.s) : NULL;
}
