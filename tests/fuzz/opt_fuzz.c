/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as a command line: words that end in NUL or newline, after a first byte
 * that says how many words are ours. What is refused must have a text; what is accepted
 * accounts for every word, and reads the same when it is read again.
 */
#include <stdlib.h>
#include <string.h>

#include "src/opt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void claim(bool ok)
{
	if (!ok)
		abort();
}

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	char *argv[WORDS + 1], *text;
	size_t n = 0;

	if (size == 0 || arena_open(&a, false, &e) < 0)
		return 0;
	text = arena_strndup(&a, (const char *)data + 1, size - 1);
	for (size_t i = 0; i + 1 < size && n < WORDS; n++) {
		argv[n] = text + i;
		i += strcspn(text + i, "\n");
		text[i++] = '\0';
	}
	argv[n] = NULL;
	read_words(argv, n, data[0] == '*' ? (size_t)-1 : data[0] % 4, &a);
	arena_done(&a);
	return 0;
}
