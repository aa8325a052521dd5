/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading of options; runs in the program */
#include "src/opt.h"

#include <string.h>

#include "base/str.h"

struct reader {
	const struct opt_table *table;
	char *const *argv; /* what was not read yet */
	char *into;
	struct arena *arena;
};

/* One option as it was given: its name, and the value behind `=`, if any */
struct given {
	const char *text; /* "--bundle", for messages; ends before the `=` */
	const char *name; /* without dashes */
	size_t len;
	const char *value;
};

static const struct opt *by_name(const struct opt_table *t, const char *name, size_t len)
{
	for (size_t i = 0; i < t->n; i++)
		if (strncmp(t->rows[i].name, name, len) == 0 && !t->rows[i].name[len])
			return &t->rows[i];
	return NULL;
}

static const struct opt *by_letter(const struct opt_table *t, char letter)
{
	for (size_t i = 0; i < t->n; i++)
		if (letter && t->rows[i].letter == letter)
			return &t->rows[i];
	return NULL;
}

/* The option that is spelled most alike, if it is alike at all */
static const struct opt *nearest(const struct opt_table *t, const char *name)
{
	unsigned best = (unsigned)(strlen(name) / 3) + 1;
	const struct opt *found = NULL;

	for (size_t i = 0; i < t->n; i++) {
		unsigned d = opt_distance(name, t->rows[i].name);

		if (t->rows[i].help && d <= best && (!found || d < best)) {
			best = d;
			found = &t->rows[i];
		}
	}
	return found;
}

static int unknown(const struct reader *r, const struct given *g, struct err *e)
{
	const char *name = arena_strndup(r->arena, g->name, g->len);
	const struct opt *near = nearest(r->table, name);

	if (r->table->outer && by_name(r->table->outer, g->name, g->len))
		return err_plain(e, EINVAL,
				 "unknown option \"%s\": it stands before the command",
				 g->text);
	if (near)
		return err_plain(e, EINVAL,
				 "unknown option \"%s\": did you mean \"--%s\"?", g->text,
				 near->name);
	return err_plain(e, EINVAL, "unknown option \"%s\"", g->text);
}

static bool is_word_of(const char *const *words, const char *text)
{
	for (; *words; words++)
		if (strcmp(*words, text) == 0)
			return true;
	return false;
}

static int wrong_word(const struct reader *r, const struct opt *o, const char *value,
		      struct err *e)
{
	const char *list = o->words[0];

	for (size_t i = 1; o->words[i]; i++)
		list = arena_fmt(r->arena, "%s, %s", list, o->words[i]);
	return err_plain(e, EINVAL, "invalid %s: %s: one of %s", o->name, value, list);
}

/* What Go's flag package takes for true and false, since clients are written in Go */
static int read_flag(const struct given *g, bool *v, struct err *e)
{
	static const char *const yes[] = { "true", "1", "t", "T", "TRUE", "True", NULL };
	static const char *const no[] = {
		"false", "0", "f", "F", "FALSE", "False", NULL
	};

	if (g->value && !is_word_of(yes, g->value) && !is_word_of(no, g->value))
		return err_plain(e, EINVAL, "option %s is true or false, not \"%s\"",
				 g->text, g->value);
	*v = !g->value || is_word_of(yes, g->value);
	return 0;
}

/* The value of an option that must have one: behind `=`, or the next word whatever it
 * is */
static const char *take_value(struct reader *r, const struct given *g, struct err *e)
{
	if (g->value)
		return g->value;
	if (*r->argv)
		return *r->argv++;
	err_plain(e, EINVAL, "option %s requires an argument", g->text);
	return NULL;
}

static int read_maybe(struct reader *r, const struct opt *o, const struct given *g,
		      struct err *e)
{
	const char **at = (const char **)(void *)(r->into + o->at);

	*at = g->value;
	if (!*at && *r->argv && is_word_of(o->words, *r->argv))
		*at = *r->argv++;
	if (!*at)
		*at = o->words[0];
	return is_word_of(o->words, *at) ? 0 : wrong_word(r, o, *at, e);
}

static int store(struct reader *r, const struct opt *o, const char *value,
		 const struct given *g, struct err *e)
{
	void *at = r->into + o->at;
	struct opt_u64 *number = at;

	if (o->kind == OPT_NUMBER) {
		if (!str_u64(value, o->max, &number->v))
			return err_plain(
				e, EINVAL,
				"option %s takes a whole number up to %llu, not \"%s\"",
				g->text, (unsigned long long)o->max, value);
		number->set = true;
		return 0;
	}
	if (o->kind == OPT_TEXTS) {
		strings_add(r->arena, at, arena_strdup(r->arena, value));
		return 0;
	}
	if (o->kind == OPT_WORD && !is_word_of(o->words, value))
		return wrong_word(r, o, value, e);
	*(const char **)at = value;
	return 0;
}

static int read_one(struct reader *r, const struct opt *o, const struct given *g,
		    struct err *e)
{
	const char *value;

	if (o->kind == OPT_FLAG)
		return read_flag(g, (bool *)(void *)(r->into + o->at), e);
	if (o->kind == OPT_MAYBE)
		return read_maybe(r, o, g, e);
	value = take_value(r, g, e);
	return value ? store(r, o, value, g, e) : -1;
}

/* -dt: letters of flags only. A letter that takes a value stands alone, so that no
 * mistyped -name is taken for a letter with a value. */
static bool are_flags(const struct opt_table *t, const struct given *g)
{
	for (size_t i = 0; i < g->len; i++) {
		const struct opt *o = by_letter(t, g->name[i]);

		if (!o || o->kind != OPT_FLAG)
			return false;
	}
	return g->len > 1 && !g->value && g->text[1] != '-';
}

static struct given split(struct arena *a, const char *word)
{
	const char *name = word + (word[1] == '-' ? 2 : 1);
	const char *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);

	return (struct given){ .text = arena_strndup(a, word,
						     (size_t)(name - word) + len),
			       .name = name,
			       .len = len,
			       .value = equals ? equals + 1 : NULL };
}

static bool is_help(const struct given *g)
{
	return !g->value && (strcmp(g->text, "--help") == 0 ||
			     strcmp(g->text, "-help") == 0 || strcmp(g->text, "-h") == 0);
}

static int read_word(struct reader *r, const char *word, struct opt_result *out,
		     struct err *e)
{
	struct given g = split(r->arena, word);
	const struct opt *o = by_name(r->table, g.name, g.len);

	if (!o && g.len == 1 && word[1] != '-')
		o = by_letter(r->table, g.name[0]);
	if (o)
		return read_one(r, o, &g, e);
	if (is_help(&g)) {
		out->help = true;
		return 0;
	}
	if (!are_flags(r->table, &g))
		return unknown(r, &g, e);
	for (size_t i = 0; i < g.len; i++)
		*(bool *)(void *)(r->into + by_letter(r->table, g.name[i])->at) = true;
	return 0;
}

int opt_read(const struct opt_table *t, char *const *argv, size_t words_max, void *into,
	     struct arena *a, struct opt_result *out, struct err *e)
{
	struct reader r = { t, argv, into, a };
	bool only_words = false;

	while (*r.argv && !out->help && (words_max == 0 || out->words.n < words_max)) {
		char *word = *r.argv;

		if (!only_words && word[0] == '-' && word[1]) {
			r.argv++;
			if (strcmp(word, "--") == 0)
				only_words = out->marked = true;
			else if (read_word(&r, word, out, e) < 0)
				return -1;
			continue;
		}
		if (words_max == 0)
			break;
		strings_add(a, &out->words, word);
		r.argv++;
	}
	out->used = (size_t)(r.argv - argv);
	return 0;
}
