/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every form of an option, and every mistake, with its text */
#include "src/opt.h"

#include "tests/unit/check.h"

struct sample {
	bool detach, tty, all;
	const char *bundle, *format, *rootless;
	strings_t env;
	struct opt_u64 fds;
};

static const char *const formats[] = { "table", "json", NULL };
static const char *const modes[] = { "true", "false", "auto", NULL };
static const struct opt rows[] = {
	OPT_ROW(FLAG, struct sample, detach, "detach", 'd', NULL, "do not wait"),
	OPT_ROW(FLAG, struct sample, tty, "tty", 't', NULL, "with a terminal"),
	OPT_ROW(FLAG, struct sample, all, "all", 0, NULL, "everything"),
	OPT_ROW(TEXT, struct sample, bundle, "bundle", 'b', "DIR", "the bundle"),
	OPT_ROW(TEXTS, struct sample, env, "env", 'e', "NAME=VALUE", "set a variable"),
	OPT_ROW(NUMBER, struct sample, fds, "preserve-fds", 0, "N", "keep", .max = 100),
	OPT_ROW(WORD, struct sample, format, "format", 'f', "FORMAT", "table or json",
		.words = formats),
	OPT_ROW(MAYBE, struct sample, rootless, "rootless", 0, "WORD", "or not",
		.words = modes),
};
static const struct opt_table table = OPT_TABLE(rows);

/* A command line read: each call starts anew */
struct reading {
	struct arena arena;
	struct sample got;
	struct opt_result result;
	struct err e;
	int ret;
};

static void read_line(struct reading *r, size_t words_max, char **argv)
{
	struct err ignored = ERR_NONE;

	arena_done(&r->arena);
	*r = (struct reading){ .arena = ARENA_NONE };
	if (arena_open(&r->arena, false, &ignored) < 0)
		return;
	r->ret = opt_read(&table, argv, words_max, &r->got, &r->arena, &r->result, &r->e);
}
#define READ(r, max, ...) read_line((r), (max), (char *[]){ __VA_ARGS__, NULL })
#define ALL		  ((size_t)-1)

static const char *word(const struct reading *r, size_t i)
{
	return i < r->result.words.n ? r->result.words.items[i] : NULL;
}

static void test_forms(struct reading *r)
{
	static char *const forms[][3] = {
		{ "--bundle=/b" },    { "-bundle=/b" },	   { "-b=/b" },
		{ "--bundle", "/b" }, { "-bundle", "/b" }, { "-b", "/b" },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		READ(r, ALL, forms[i][0], forms[i][1] ? forms[i][1] : "id",
		     forms[i][1] ? "id" : NULL);
		CHECK(r->ret == 0, "%s is read", forms[i][0]);
		CHECK_STR(r->got.bundle, "/b", "%s gives its value", forms[i][0]);
		CHECK_STR(word(r, 0), "id", "%s leaves the word", forms[i][0]);
	}
	READ(r, ALL, "--bundle", "--detach");
	CHECK_STR(r->got.bundle, "--detach", "a value may begin with dashes");
	READ(r, ALL, "-b", "", "-b=");
	CHECK_STR(r->got.bundle, "", "a value may be empty");
	READ(r, ALL, "-b=1", "-b=2");
	CHECK_STR(r->got.bundle, "2", "the last value wins");
	READ(r, ALL, "-b=a=b");
	CHECK_STR(r->got.bundle, "a=b", "the first = divides");
}

static void test_flags(struct reading *r)
{
	READ(r, ALL, "-d", "--tty", "-all");
	CHECK(r->ret == 0 && r->got.detach && r->got.tty && r->got.all, "flags are set");
	READ(r, ALL, "-dt");
	CHECK(r->ret == 0 && r->got.detach && r->got.tty && !r->got.all,
	      "letters of flags may stand together");
	READ(r, ALL, "--detach=false", "--tty=T", "--all=0");
	CHECK(r->ret == 0 && !r->got.detach && r->got.tty && !r->got.all,
	      "flags take the words of Go");
	READ(r, ALL, "--detach", "--detach=false");
	CHECK(!r->got.detach, "the last one wins");
	READ(r, ALL, "--detach=maybe");
	CHECK_STR(r->e.text, "option --detach is true or false, not \"maybe\"",
		  "a flag takes no other word");
	READ(r, ALL, "-db");
	CHECK(r->ret < 0, "a letter that takes a value stands alone");
	READ(r, ALL, "--dt");
	CHECK(r->ret < 0, "two dashes: no letters");
}

static void test_words(struct reading *r)
{
	READ(r, ALL, "id", "-d", "KILL", "--all");
	CHECK(r->ret == 0 && r->got.detach && r->got.all,
	      "options are taken behind words");
	CHECK(r->result.words.n == 2 && r->result.used == 4, "and words between them");
	READ(r, ALL, "-d", "--", "--tty", "-x", "--");
	CHECK(r->ret == 0 && !r->got.tty && r->result.words.n == 3,
	      "-- ends the options");
	READ(r, ALL, "-", "");
	CHECK(r->result.words.n == 2, "a dash alone and an empty word are words");
	READ(r, 1, "-d", "id", "-t", "sh", "-c", "x");
	CHECK(r->ret == 0 && r->got.detach && !r->got.tty, "up to the last word of ours");
	CHECK(r->result.words.n == 1 && r->result.used == 2, "what follows is not read");
	READ(r, 1, "--", "id", "--all");
	CHECK(!r->got.all && r->result.used == 2, "nothing is an option behind --");
	READ(r, 0, "-d", "run", "--all");
	CHECK(r->result.used == 1 && r->result.words.n == 0, "0: up to the first word");
}

static void test_values(struct reading *r)
{
	READ(r, ALL, "-e", "A=1", "--env=B=2", "-env", "C");
	CHECK(r->got.env.n == 3, "a list has all its values");
	CHECK_STR(r->got.env.n == 3 ? r->got.env.items[1] : NULL, "B=2",
		  "in their order");
	READ(r, ALL, "--preserve-fds", "100");
	CHECK(r->got.fds.set && r->got.fds.v == 100, "a number is read");
	READ(r, ALL, "--preserve-fds=0");
	CHECK(r->got.fds.set && r->got.fds.v == 0, "0 is a number that is given");
	READ(r, ALL, "-f=json");
	CHECK_STR(r->got.format, "json", "a word of the list");
	READ(r, ALL, "--rootless", "run");
	CHECK_STR(r->got.rootless, "true", "alone it is the first word of the list");
	CHECK_STR(word(r, 0), "run", "and the next word stays");
	READ(r, ALL, "--rootless", "auto", "run");
	CHECK_STR(r->got.rootless, "auto", "a word of the list is taken");
	CHECK(r->result.words.n == 1, "and is gone");
	READ(r, ALL, "--rootless=false");
	CHECK_STR(r->got.rootless, "false", "also behind =");
	READ(r, ALL, "--help", "--nonsense");
	CHECK(r->ret == 0 && r->result.help, "--help ends the reading");
	READ(r, ALL, "id", "-h");
	CHECK(r->ret == 0 && r->result.help, "-h is --help");
}

static const struct {
	char *argv[3];
	const char *text;
} mistakes[] = {
	{ { "--bundel", "x" },
	  "unknown option \"--bundel\": did you mean \"--bundle\"?" },
	{ { "-detatch" }, "unknown option \"-detatch\": did you mean \"--detach\"?" },
	{ { "--zzzzzzzz" }, "unknown option \"--zzzzzzzz\"" },
	{ { "--bundel=x" }, "unknown option \"--bundel\": did you mean \"--bundle\"?" },
	{ { "-9" }, "unknown option \"-9\"" },
	{ { "---" }, NULL },
	{ { "--=" }, NULL },
	{ { "-=" }, NULL },
	{ { "--bundle" }, "option --bundle requires an argument" },
	{ { "-b" }, "option -b requires an argument" },
	{ { "--preserve-fds=101" },
	  "option --preserve-fds takes a whole number up to 100, not \"101\"" },
	{ { "--preserve-fds=1x" },
	  "option --preserve-fds takes a whole number up to 100, not \"1x\"" },
	{ { "--preserve-fds=" },
	  "option --preserve-fds takes a whole number up to 100, not \"\"" },
	{ { "--preserve-fds", "-1" },
	  "option --preserve-fds takes a whole number up to 100, not \"-1\"" },
	{ { "--preserve-fds=18446744073709551617" }, NULL },
	{ { "--format=yaml" }, "invalid format: yaml: one of table, json" },
	{ { "--rootless=perhaps" },
	  "invalid rootless: perhaps: one of true, false, auto" },
};

static void test_mistakes(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		read_line(r, ALL, (char **)mistakes[i].argv);
		CHECK(r->ret < 0 && r->e.num && r->e.plain, "%s is refused",
		      mistakes[i].argv[0]);
		if (mistakes[i].text)
			CHECK_STR(r->e.text, mistakes[i].text, "%s is explained",
				  mistakes[i].argv[0]);
	}
}

static void test_help(struct reading *r)
{
	char *text;

	READ(r, ALL, "id");
	text = opt_help(&table, &r->arena);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CHECK(strstr(text, rows[i].name) && strstr(text, rows[i].help),
		      "help names --%s", rows[i].name);
	CHECK(strstr(text, "  -b, --bundle DIR "), "a letter, a name, a value");
	CHECK(strstr(text, "--rootless[=WORD]"), "a value that may be left out");
}

static void test_distance(void)
{
	CHECK(opt_distance("", "") == 0 && opt_distance("run", "run") == 0,
	      "equal names");
	CHECK(opt_distance("", "abc") == 3 && opt_distance("abc", "") == 3,
	      "all letters");
	CHECK(opt_distance("kitten", "sitting") == 3, "two changed, one added");
	CHECK(opt_distance("start", "state") == 2, "one changed, one changed");
}

int main(void)
{
	struct reading r = { .arena = ARENA_NONE };

	test_forms(&r);
	test_flags(&r);
	test_words(&r);
	test_values(&r);
	test_mistakes(&r);
	test_help(&r);
	test_distance();
	arena_done(&r.arena);
	return check_done();
}
