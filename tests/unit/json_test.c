/* SPDX-License-Identifier: GPL-2.0-or-later */
/* base/json_read and json_write: what is read, what is refused and how it is said */
#include <stdint.h>
#include <stdlib.h>

#include "base/json_names.h"
#include "base/json_write.h"
#include "tests/unit/check.h"

struct inner {
	int64_t number;
	char *name;
};

struct entry {
	char *key;
	struct opt_u64 value;
};

struct outer {
	bool yes;
	struct opt_bool maybe;
	int64_t integer;
	struct opt_i64 small;
	uint64_t natural;
	struct opt_u64 port;
	char *text;
	struct inner *object;
	strings_t words;
	ints_t ints;
	uints_t uints;
	LIST(struct inner) objects;
	pairs_t map;
	LIST(struct entry) entries;
};

static const struct json_member inner_members[] = {
	JSON_ROW(INT, struct inner, number, "number", .required = true),
	JSON_ROW(STR, struct inner, name, "name"),
};
static const struct json_shape inner_shape = JSON_SHAPE(struct inner, inner_members);
static const struct json_member entry_members[] = {
	JSON_ROW(OPT_UINT, struct entry, value, "value"),
};
static const struct json_shape entry_shape = JSON_SHAPE(struct entry, entry_members);

static const struct json_member outer_members[] = {
	JSON_ROW(BOOL, struct outer, yes, "yes"),
	JSON_ROW(OPT_BOOL, struct outer, maybe, "maybe"),
	JSON_ROW(INT, struct outer, integer, "integer"),
	JSON_ROW(OPT_INT, struct outer, small, "small", .min = -5, .max = 5),
	JSON_ROW(UINT, struct outer, natural, "natural"),
	JSON_ROW(OPT_UINT, struct outer, port, "port", .min = 1, .max = 65535),
	JSON_ROW(STR, struct outer, text, "text"),
	JSON_ROW(OBJ, struct outer, object, "object", .shape = &inner_shape),
	JSON_ROW(STRS, struct outer, words, "words"),
	JSON_ROW(INTS, struct outer, ints, "ints"),
	JSON_ROW(UINTS, struct outer, uints, "uints", .max = 10),
	JSON_ROW(OBJS, struct outer, objects, "objects", .shape = &inner_shape),
	JSON_ROW(MAP, struct outer, map, "map"),
	JSON_ROW(MAP_OBJS, struct outer, entries, "entries", .shape = &entry_shape),
};
static const struct json_shape outer_shape = JSON_SHAPE(struct outer, outer_members);

static void check_lists(const struct outer *o)
{
	CHECK(o->words.n == 2 && !strcmp(o->words.items[0], "x") && !*o->words.items[1],
	      "strings");
	CHECK(o->ints.n == 2 && o->ints.items[0] == -1 && o->ints.items[1] == INT64_MAX,
	      "ints");
	CHECK(o->uints.n == 0 && o->uints.items, "an empty list is present");
	CHECK(o->objects.n == 2 && o->objects.items[1].number == 2, "a list of objects");
	CHECK_STR(o->objects.items[1].name, "n", "its strings");
	CHECK(o->map.n == 2, "a map");
	CHECK_STR(o->map.items[0].value, "v", "its value");
	CHECK(o->entries.n == 2 && o->entries.items[0].value.v == 7 &&
		      !o->entries.items[1].value.set,
	      "a map of objects");
	CHECK_STR(o->entries.items[1].key, "f", "its key");
}

static void test_values(void)
{
	static const char text[] =
		"{\"yes\":true,\"maybe\":false,\"integer\":-9223372036854775808,"
		"\"small\":-5,"
		"\"natural\":18446744073709551615,\"port\":65535,\"text\":\"a\\u00e9\\/"
		"b\","
		"\"object\":{\"number\":-0,\"name\":null,\"other\":[{}]},\"words\":["
		"\"x\",\"\"],"
		"\"ints\":[-1,9223372036854775807],\"uints\":[],\"objects\":[{\"number\":"
		"1},"
		"{\"number\":2,\"name\":\"n\"}],\"map\":{\"k\":\"v\",\"\":\"w\"},"
		"\"entries\":{\"e\":{\"value\":7},\"f\":{}}} ";
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct outer o = { 0 };

	if (!CHECK(json_read(text, strlen(text), &outer_shape, &o, &a, &e) == 0,
		   "all kinds are read: %s", e.text))
		return;
	CHECK(o.yes && o.maybe.set && !o.maybe.v, "booleans");
	CHECK(o.integer == INT64_MIN && o.natural == UINT64_MAX, "64 bits exactly");
	CHECK(o.small.set && o.small.v == -5 && o.port.set && o.port.v == 65535,
	      "ends of ranges");
	CHECK_STR(o.text, "a\303\251/b", "escapes are decoded");
	CHECK(o.object && o.object->number == 0 && !o.object->name,
	      "an object, null is absent");
	check_lists(&o);
	arena_done(&a);
}

/* A document and the message that it must give; NULL: it must be accepted */
static const struct {
	const char *text, *message;
} cases[] = {
	{ "{}", NULL },
	{ " \t\r\n{ } \n", NULL },
	{ "{\"text\":null,\"object\":null,\"words\":null,\"map\":null,\"yes\":null}",
	  NULL },
	{ "{\"unknown\":{\"a\":[1e400,true,null,\"\",{\"b\":-0.5}]}}", NULL },
	{ "", "line 1, column 1: parse error: premature EOF" },
	{ "[]", "the document: is not an object" },
	{ "null", "the document: is not an object" },
	{ "7", "the document: is not an object" },
	{ "\"x\"", "the document: is not an object" },
	{ "{} {}", "line 1, column 4: parse error: trailing garbage" },
	{ "{}x", "line 1, column 3: parse error: trailing garbage" },
	{ "{\"text\":\"x\",}", "line 1, column 13: parse error: " },
	{ "{\n  \"text\": 'x'\n}", "line 2, column 11: lexical error: " },
	{ "/* no */ {}", "line 1, column " },
	{ "{\"text\":\"x\"", "line 1, column 12: parse error: premature EOF" },
	{ "\357\273\277{}", "line 1, column " },
	{ "{\"text\":1}", "text: is not a string" },
	{ "{\"text\":true}", "text: is not a string" },
	{ "{\"text\":[]}", "text: is not a string" },
	{ "{\"text\":{}}", "text: is not a string" },
	{ "{\"yes\":\"true\"}", "yes: is not true or false" },
	{ "{\"yes\":1}", "yes: is not true or false" },
	{ "{\"maybe\":0}", "maybe: is not true or false" },
	{ "{\"integer\":\"1\"}", "integer: is not a number" },
	{ "{\"integer\":9223372036854775808}",
	  "integer: is not a whole number from -9223372036854775808 to "
	  "9223372036854775807" },
	{ "{\"integer\":-9223372036854775809}", "integer: is not a whole number" },
	{ "{\"integer\":1e3}", "integer: is not a whole number" },
	{ "{\"integer\":1.0}", "integer: is not a whole number" },
	{ "{\"integer\":01}", "line 1, column " },
	{ "{\"integer\":+1}", "line 1, column " },
	{ "{\"integer\":0x10}", "line 1, column " },
	{ "{\"integer\":NaN}", "line 1, column " },
	{ "{\"integer\":-}", "line 1, column " },
	{ "{\"small\":6}", "small: is not a whole number from -5 to 5" },
	{ "{\"small\":-6}", "small: is not a whole number from -5 to 5" },
	{ "{\"natural\":-1}",
	  "natural: is not a whole number from 0 to 18446744073709551615" },
	{ "{\"natural\":-0}", "natural: is not a whole number" },
	{ "{\"natural\":18446744073709551616}", "natural: is not a whole number" },
	{ "{\"natural\":100000000000000000000000000000000}",
	  "natural: is not a whole number" },
	{ "{\"port\":0}", "port: is not a whole number from 1 to 65535" },
	{ "{\"port\":65536}", "port: is not a whole number from 1 to 65535" },
	{ "{\"uints\":[3,11]}", "uints[1]: is not a whole number from 0 to 10" },
	{ "{\"uints\":[3,null]}", "uints[1]: is null" },
	{ "{\"ints\":[[1]]}", "ints[0]: is not a number" },
	{ "{\"words\":\"x\"}", "words: is not an array" },
	{ "{\"words\":{}}", "words: is not an array" },
	{ "{\"words\":[\"a\",2]}", "words[1]: is not a string" },
	{ "{\"words\":[\"a\",null]}", "words[1]: is null" },
	{ "{\"object\":[]}", "object: is not an object" },
	{ "{\"object\":\"x\"}", "object: is not an object" },
	{ "{\"object\":{}}", "object.number: is missing" },
	{ "{\"object\":{\"number\":null}}", "object.number: is missing" },
	{ "{\"objects\":[{\"number\":1},{\"number\":\"x\"}]}",
	  "objects[1].number: is not a number" },
	{ "{\"objects\":[{\"number\":1},{}]}", "objects[1].number: is missing" },
	{ "{\"objects\":[7]}", "objects[0]: is not an object" },
	{ "{\"map\":{\"a.b\":3}}", "map.a.b: is not a string" },
	{ "{\"map\":{\"a\":null}}", "map.a: is null" },
	{ "{\"map\":[]}", "map: is not an object" },
	{ "{\"entries\":{\"e\":{\"value\":-1}}}",
	  "entries.e.value: is not a whole number" },
	{ "{\"entries\":{\"e\":null}}", "entries.e: is null" },
	{ "{\"entries\":{\"e\":[]}}", "entries.e: is not an object" },
	/* twice: in a struct, a map, a map of objects, what is unknown, also after
	 * null */
	{ "{\"text\":\"a\",\"text\":\"b\"}", "text: is given twice" },
	{ "{\"text\":null,\"text\":\"b\"}", "text: is given twice" },
	{ "{\"text\":\"a\",\"te\\u0078t\":\"b\"}", "text: is given twice" },
	{ "{\"Text\":\"a\",\"text\":\"b\"}", NULL },
	{ "{\"map\":{\"a\":\"1\",\"b\":\"2\",\"a\":\"3\"}}", "map.a: is given twice" },
	{ "{\"entries\":{\"a\":{},\"a\":{}}}", "entries.a: is given twice" },
	{ "{\"q\":1,\"q\":2}", "q: is given twice" },
	{ "{\"q\":{\"r\":[{\"s\":1,\"t\":2,\"s\":3}]}}", "q.r[0].s: is given twice" },
	{ "{\"q\":[{\"s\":1},{\"s\":1}],\"r\":{\"s\":1,\"q\":2}}", NULL },
	{ "{\"objects\":[{\"number\":1,\"number\":1}]}",
	  "objects[0].number: is given twice" },
	/* NUL */
	{ "{\"text\":\"a\\u0000b\"}", "text: holds a NUL character" },
	{ "{\"words\":[\"\\u0000\"]}", "words[0]: holds a NUL character" },
	{ "{\"map\":{\"a\":\"\\u0000\"}}", "map.a: holds a NUL character" },
	{ "{\"map\":{\"a\\u0000\":\"\"}}", "map.a?: the name holds a NUL character" },
	{ "{\"text\\u0000\":\"\"}", "text?: the name holds a NUL character" },
	{ "{\"q\":[\"\\u0000\"]}", "q[0]: holds a NUL character" },
	{ "{\"q\\u001b\":1,\"q\\u001b\":1}", "q?: is given twice" },
	/* encoding */
	{ "{\"text\":\"\303\"}", "line 1, column 10: is not UTF-8" },
	{ "{\"text\":\"\300\200\"}", "line 1, column 10: is not UTF-8" },
	{ "{\"text\":\"\355\240\200\"}", "line 1, column 10: is not UTF-8" },
	{ "{\"text\":\"\364\220\200\200\"}", "line 1, column 10: is not UTF-8" },
	{ "{\"q\":1,\n\"\377\":2}", "line 2, column 2: is not UTF-8" },
	{ "{\"text\":\"\360\237\214\260 \364\217\277\277 \356\200\200\"}", NULL },
	{ "{\"text\":\"\\ud83c\\udf30\"}", NULL },
	{ "{\"text\":\"\\ud83c\"}", "line 1, column 10: is not UTF-8" },
	{ "{\"text\":\"\\udf30\\ud83c\"}", "line 1, column 10: is not UTF-8" },
	{ "{\"text\":\"\\\\ud83c\"}", NULL },
	{ "{\"text\":\"a\tb\"}", "line 1, column " },
	{ "{\"text\":\"\\x41\"}", "line 1, column " },
};

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = check_arena();
		struct err e = ERR_NONE;
		struct outer o = { 0 };
		const char *want = cases[i].message;
		int ret = json_read(cases[i].text, strlen(cases[i].text), &outer_shape,
				    &o, &a, &e);

		if (!want)
			CHECK(ret == 0 && e.num == 0, "%s is accepted (%s)",
			      cases[i].text, e.text);
		else if (!CHECK(ret == -1 && e.num == EINVAL &&
					!strncmp(e.text, want, strlen(want)),
				"%s is refused: %s", cases[i].text, want))
			printf("# got: %s\n", e.text);
		arena_done(&a);
	}
}

/* Read a text that says the same thing many times, with a new name in front if
 * `numbered` */
static int read_repeated(const char *head, const char *part, size_t n, const char *tail,
			 bool numbered, struct err *e)
{
	size_t room = strlen(head) + n * (strlen(part) + 10) + strlen(tail) + 1, at;
	char *text = malloc(room);
	struct arena a = check_arena();
	struct outer o = { 0 };
	int ret;

	at = (size_t)snprintf(text, room, "%s", head);
	for (size_t i = 0; i < n; i++)
		at += (size_t)(numbered ? snprintf(text + at, room - at, "\"%zx\"%s", i,
						   part)
					: snprintf(text + at, room - at, "%s", part));
	at += (size_t)snprintf(text + at, room - at, "%s", tail);
	ret = json_read(text, at, &outer_shape, &o, &a, e);
	CHECK(a.used <= JSON_ARENA_MAX + 4096, "the arena's limit is kept");
	arena_done(&a);
	free(text);
	return ret;
}

static void test_limits(void)
{
	struct err e = ERR_NONE;

	CHECK(read_repeated("{\"q\":", "[", JSON_DEPTH_MAX - 1, "", false, &e) == -1 &&
		      strstr(e.text, "premature"),
	      "the deepest nesting is looked at");
	CHECK(read_repeated("{\"q\":", "[", JSON_DEPTH_MAX, "", false, &e) == -1,
	      "one more is refused");
	CHECK_STR(e.text, "the document: is nested deeper than 24", "and said so");
	CHECK(read_repeated("{\"q\":", "{\"q\":", 500000, "", false, &e) == -1 &&
		      e.num == E2BIG,
	      "very deep nesting is refused");
	CHECK(read_repeated("{\"text\":\"", "0123456789", 1000, "\"}", false, &e) == 0,
	      "a long string");
	CHECK(read_repeated("{\"q\":[", "1234567,", 550000, "0]}", false, &e) == -1,
	      "a document above 4 MiB is refused");
	CHECK_STR(e.text, "the document: is larger than 4 MiB", "and said so");
	CHECK(read_repeated("{\"entries\":{", ":{},", 350000, "\"x\":{}}}", true, &e) ==
		      0,
	      "many entries of a map in linear time: %s", e.text);
	CHECK(read_repeated("{\"q\":{", ":1,", 380000, "\"5\":1}}", true, &e) == -1,
	      "one name twice among many");
	CHECK_STR(e.text, "q.5: is given twice", "and said which");
	CHECK(read_repeated("{\"ints\":[", "1,", 2000000, "1]}", false, &e) == 0,
	      "a long list: %s", e.text);
	e = (struct err)ERR_NONE;
	CHECK(read_repeated("{\"words\":[", "\"\",", 1390000, "\"\"]}", false, &e) == 0 ||
		      e.num == E2BIG,
	      "many strings: read, or refused in good order");
	CHECK(read_repeated("{\"entries\":{\"a\":{}},\"objects\":[", "{\"number\":1},",
			    310000, "{\"number\":1}]}", false, &e) == 0 ||
		      e.num == E2BIG,
	      "many objects");
}

static void test_names(void)
{
	static const uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	struct json_names names;
	bool all = true;

	CHECK(json_names_hash(key, 1, "a", 1) != json_names_hash(key, 2, "a", 1) &&
		      json_names_hash(key, 1, "", 0) != json_names_hash(key, 1, "\0", 1),
	      "a hash depends on object and length");
	json_names_open(&names);
	for (uint64_t i = 0; i < 100000; i++)
		all = all && json_names_add(&names, i % 10, (const char *)&i, sizeof(i));
	CHECK(all, "100000 different names are new");
	for (uint64_t i = 0; i < 100000; i += 99)
		all = all && !json_names_add(&names, i % 10, (const char *)&i, sizeof(i));
	CHECK(all, "they are found again");
	json_names_done(&names);
}

static void test_write(void)
{
	static const char text[] =
		"{\"yes\":true,\"maybe\":false,\"integer\":-5,\"small\":0,"
		"\"natural\":18446744073709551615,\"text\":\"/a\\u0001\\\"\\\\\xc3\xa9\","
		"\"object\":{\"number\":0},\"words\":[],\"ints\":[-1,2],"
		"\"objects\":[{\"number\":1,\"name\":\"n\"}],\"map\":{\"k\":\"v\"},"
		"\"entries\":{\"e\":{\"value\":7},\"f\":{}}}";
	autojson j = JSON_WRITER_NONE;
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct outer o = { 0 };
	size_t len = 0;

	CHECK(json_read(text, strlen(text), &outer_shape, &o, &a, &e) == 0, "read: %s",
	      e.text);
	json_start(&j, NULL);
	json_write(&j, &outer_shape, &o);
	CHECK_STR(json_text(&j, &len, &e), text,
		  "what was read is written byte for byte");
	CHECK(len == strlen(text), "with its length");
	arena_done(&a);
}

static void test_write_by_hand(void)
{
	static const uint64_t hundredths[] = { 0, 7, 50, 100, 1000, 1234, UINT64_MAX };
	autojson j = JSON_WRITER_NONE;
	struct err e = ERR_NONE;

	json_start(&j, "    ");
	json_map_begin(&j);
	json_put_str(&j, "path", "/a/b");
	json_put_str(&j, "none", NULL);
	json_put_int(&j, "int", INT64_MIN);
	json_put_uint(&j, "uint", UINT64_MAX);
	json_put_bool(&j, "bool", false);
	json_key(&j, "hundredths");
	json_list_begin(&j);
	for (size_t i = 0; i < ARRAY_LEN(hundredths); i++)
		json_hundredths(&j, hundredths[i]);
	json_list_end(&j);
	json_put_hundredths(&j, "percent", 9999);
	json_key(&j, "empty");
	json_map_begin(&j);
	json_map_end(&j);
	json_key(&j, "list");
	json_list_begin(&j);
	json_list_begin(&j);
	json_list_end(&j);
	json_str(&j, NULL);
	json_list_end(&j);
	json_map_end(&j);
	CHECK_STR(
		json_text(&j, NULL, &e),
		"{\n    \"path\": \"/a/b\",\n    \"none\": null,\n"
		"    \"int\": -9223372036854775808,\n    \"uint\": "
		"18446744073709551615,\n"
		"    \"bool\": false,\n    \"hundredths\": [\n        0,\n        0.07,\n"
		"        0.5,\n        1,\n        10,\n        12.34,\n"
		"        184467440737095516.15\n    ],\n    \"percent\": 99.99,\n"
		"    \"empty\": {},\n    \"list\": [\n        [],\n"
		"        null\n    ]\n}\n",
		"indented by four, empty brackets closed");
}

static void test_write_mistakes(void)
{
	struct err e = ERR_NONE;

	for (int i = 0; i < 5; i++) {
		autojson j = JSON_WRITER_NONE;

		json_start(&j, NULL);
		json_map_begin(&j);
		if (i == 0)
			json_int(&j, 1); /* no key */
		if (i == 1)
			json_put_str(&j, "bad", "\300\200");
		if (i != 2) /* left open */
			json_map_end(&j);
		if (i == 3)
			json_map_end(&j);
		if (i == 4)
			json_list_end(&j);
		CHECK(!json_text(&j, NULL, &e) && e.num == EINVAL,
		      "writer's mistake %d is told", i);
	}
}

int main(void)
{
	test_values();
	test_cases();
	test_limits();
	test_names();
	test_write();
	test_write_by_hand();
	test_write_mistakes();
	return check_done();
}
