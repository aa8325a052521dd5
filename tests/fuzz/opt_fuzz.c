/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a command line: words that end in NUL or newline, after a first byte
 * that says how many words are ours. What is refused must have a text; what is accepted
 * accounts for every word, and reads the same when it is read again. So for a table of
 * each kind of row, and for those of the program: the options before the verb, the verb
 * in the first word, its options.
 */
#include "base/str.h"
#include "src/call.h"
#include "base/clock.h"
#include "libcontainer/spec/words.h"
#include "src/cmd.h"
#include "src/ps_columns.h"
#include "src/update_options.h"
#include "tests/fuzz/fuzz.h"

enum { WORDS = 64 };

struct sample {
	bool detach, tty;
	const char *bundle, *format, *rootless;
	strings_t env;
	struct opt_u64 fds;
};

static const char *const formats[] = { "table", "json", NULL };
static const char *const modes[] = { "true", "false", "auto", NULL };
static const struct opt rows[] = {
	OPT_ROW(FLAG, struct sample, detach, "detach", 'd', NULL, "x"),
	OPT_ROW(FLAG, struct sample, tty, "tty", 't', NULL, "x"),
	OPT_ROW(TEXT, struct sample, bundle, "bundle", 'b', "DIR", "x"),
	OPT_ROW(TEXTS, struct sample, env, "env", 'e', "NAME=VALUE", "x"),
	OPT_ROW(NUMBER, struct sample, fds, "preserve-fds", 0, "N", "x", .max = 65536),
	OPT_ROW(WORD, struct sample, format, "format", 'f', "FORMAT", "x",
		.words = formats),
	OPT_ROW(MAYBE, struct sample, rootless, "rootless", 0, "WORD", "x",
		.words = modes),
};
static const struct opt_table table = OPT_TABLE(rows);

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void read_words(char **argv, size_t n, size_t max, struct arena *a)
{
	struct sample one = { .detach = false }, two = { .detach = false };
	struct opt_result first = { .used = 0 }, second = { .used = 0 };
	struct err e = ERR_NONE;

	if (opt_read(&table, argv, max, &one, a, &first, &e) < 0) {
		claim(e.num && e.text[0] && strlen(e.text) < ERR_TEXT);
		return;
	}
	claim(e.num == 0 && first.used <= n && first.words.n <= max);
	claim(first.used == n || first.help || first.words.n == max);
	claim(!one.fds.set || one.fds.v <= 65536);
	claim(!one.format || same(one.format, "table") || same(one.format, "json"));
	claim(opt_read(&table, argv, max, &two, a, &second, &e) == 0);
	claim(second.used == first.used && second.words.n == first.words.n);
	claim(one.detach == two.detach && one.tty == two.tty && one.fds.v == two.fds.v);
	claim(same(one.bundle, two.bundle) && same(one.rootless, two.rootless));
	claim(one.env.n == two.env.n);
}

/* What a row may put there */
static void claim_row(const struct opt *row, const void *into)
{
	const char *at = (const char *)into + row->at;
	const struct opt_u64 *number = (const void *)at;
	const char *word = NULL;

	if (row->kind == OPT_NUMBER)
		claim(!number->set || number->v <= row->max);
	if (row->kind != OPT_WORD && row->kind != OPT_MAYBE)
		return;
	word = *(const char *const *)(const void *)at;
	for (const char *const *w = row->words; word && *w; w++)
		if (strcmp(*w, word) == 0)
			return;
	claim(!word);
}

static bool read_table(const struct opt_table *t, char **argv, size_t n, size_t max,
		       void *into, struct arena *a, struct opt_result *out)
{
	struct err e = ERR_NONE;

	*out = (struct opt_result){ .used = 0 };
	if (opt_read(t, argv, max, into, a, out, &e) < 0) {
		claim_refusal(&e);
		claim(e.num == EINVAL && e.plain);
		return false;
	}
	claim(out->used <= n && out->words.n <= max);
	for (size_t i = 0; i < t->n; i++)
		claim_row(&t->rows[i], into);
	return true;
}

/* Values that are read later */
static void read_values(const struct verb *v, const void *into, char **words,
			struct arena *a)
{
	struct resources *r = arena_new(a, struct resources);
	struct err e = ERR_NONE;
	struct ps_columns columns = { .no_head = false };
	const struct update_options *update = into;
	int64_t ns = 0;

	for (char **word = words; *word; word++) {
		claim(signal_find(*word) >= -1 && signal_find(*word) <= 64);
		claim(!clock_duration(*word, &ns) || ns >= 0 || **word == '-');
	}
	if (v == &verb_update && !update->resources &&
	    update_resources(update, a, r, &e) < 0)
		claim_refusal(&e);
	e = (struct err)ERR_NONE;
	if (v == &verb_ps && ps_columns_read(words, a, &columns, &e) < 0)
		claim_refusal(&e);
}

/* As main() does */
static void read_program(char **argv, size_t n, struct arena *a)
{
	struct opt_result globals, rest;
	struct err e = ERR_NONE;
	const struct verb *v;
	void *into = arena_new(a, struct globals);

	if (!read_table(&cmd_globals, argv, n, 1, into, a, &globals) ||
	    globals.words.n != 1)
		return;
	v = cmd_find(globals.words.items[0], &e);
	if (!v) {
		claim_refusal(&e);
		return;
	}
	argv += globals.used;
	n -= globals.used;
	into = arena_get(a, v->size);
	if (!read_table(&v->options, argv, n, v->own ? v->own : CMD_ANY, into, a, &rest))
		return;
	for (char **word = argv + rest.used; *word; word++)
		strings_add(a, &rest.words, *word);
	if (!rest.help && cmd_check_words(v, &rest.words, &e) < 0)
		claim_refusal(&e);
	if (rest.help)
		claim(*cmd_help(v, a));
	else
		read_values(v, into, argv, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;
	char *argv[WORDS + 1], *text;
	size_t n = 0;

	if (size == 0)
		return 0;
	fuzz_arena(&a, false);
	text = arena_strndup(&a, (const char *)data + 1, size - 1);
	for (size_t i = 0; i + 1 < size && n < WORDS; n++) {
		argv[n] = text + i;
		i += strcspn(text + i, "\n");
		text[i++] = '\0';
	}
	argv[n] = NULL;
	read_words(argv, n, data[0] == '*' ? (size_t)-1 : data[0] % 4, &a);
	read_program(argv, n, &a);
	return 0;
}
