/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values in GVariant's text form; pure, runs in the program */
#include "cgroups/gvariant.h"

#include <string.h>

#include "base/str.h"
#include "base/text.h"

#define WIDTH_MAX 8 /* members of a struct */

/* A basic value. type: what it was said to be ("uint64 5"), else what it looks like, and
 * then a string may become any text, a number any number that holds it. */
struct leaf {
	char type;
	bool fixed;
	char *text;
};

struct reader {
	const char *at;
	struct arena *a;
	LIST(struct leaf) leaves;
	size_t width;	    /* leaves of an element of an array; 0: none was seen */
	const char *forced; /* "@as": the type; NULL: none */
	const char *wrong;  /* what is wrong, for an error */
};

static const struct basic {
	char type;
	const char *word;
	uint64_t below, above; /* the range of whole numbers: -below to above */
} basics[] = {
	{ 's', "string", 0, 0 },	  { 'o', "objectpath", 0, 0 },
	{ 'g', "signature", 0, 0 },	  { 'b', "boolean", 0, 0 },
	{ 'y', "byte", 0, UINT8_MAX },	  { 'n', "int16", 1UL << 15, INT16_MAX },
	{ 'q', "uint16", 0, UINT16_MAX }, { 'i', "int32", 1UL << 31, INT32_MAX },
	{ 'u', "uint32", 0, UINT32_MAX }, { 'x', "int64", 1UL << 63, INT64_MAX },
	{ 't', "uint64", 0, UINT64_MAX }, { 'd', "double", UINT64_MAX, UINT64_MAX },
};

static const struct basic *basic_of(char type)
{
	for (size_t i = 0; i < ARRAY_LEN(basics); i++)
		if (basics[i].type == type)
			return &basics[i];
	return NULL;
}

static bool wrong(struct reader *r, const char *what)
{
	if (!r->wrong)
		r->wrong = what;
	return false;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static void skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t\n\r");
}

/* The character c and blanks around it, if it is next */
static bool take(struct reader *r, char c)
{
	skip_blanks(r);
	if (*r->at != c)
		return false;
	r->at++;
	skip_blanks(r);
	return true;
}

/* --- strings ----------------------------------------------------------------------- */

/* `count` digits of that base behind r->at */
static bool read_code(struct reader *r, size_t count, int base, uint32_t *code)
{
	*code = 0;
	for (size_t i = 0; i < count; i++) {
		int digit = str_hex(*r->at);

		if (digit < 0 || digit >= base)
			return wrong(r, "a broken escape");
		*code = *code * (uint32_t)base + (uint32_t)digit;
		r->at++;
	}
	return true;
}

/* What \a, \b ... stand for; of any other letter, itself */
static char unescaped(char c)
{
	static const char names[] = "abfnrtv", codes[] = "\a\b\f\n\r\t\v";
	const char *name = c ? strchr(names, c) : NULL;

	return name ? codes[name - names] : c;
}

static bool add_utf8(struct reader *r, struct text *t, uint32_t code)
{
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return wrong(r, "an escape that is no character");
	if (code < 0x80)
		text_add(t, "%c", (int)code);
	else if (code < 0x800)
		text_add(t, "%c%c", (int)(0xc0 | code >> 6), (int)(0x80 | (code & 63)));
	else if (code < 0x10000)
		text_add(t, "%c%c%c", (int)(0xe0 | code >> 12),
			 (int)(0x80 | (code >> 6 & 63)), (int)(0x80 | (code & 63)));
	else
		text_add(t, "%c%c%c%c", (int)(0xf0 | code >> 18),
			 (int)(0x80 | (code >> 12 & 63)), (int)(0x80 | (code >> 6 & 63)),
			 (int)(0x80 | (code & 63)));
	return true;
}

/* What is behind a backslash */
static bool read_escape(struct reader *r, struct text *t)
{
	char c = *r->at;
	uint32_t code;

	if (!c)
		return wrong(r, "a string without an end");
	r->at++;
	if (c == 'u' || c == 'U')
		return read_code(r, c == 'u' ? 4 : 8, 16, &code) && add_utf8(r, t, code);
	if (c != '\n') /* which continues the line */
		text_add(t, "%c", unescaped(c));
	return true;
}

/* 'text' or "text" */
static char *read_string(struct reader *r)
{
	struct text t = TEXT(r->a);
	char quote = *r->at++;

	text_add(&t, "%s", "");
	while (*r->at != quote) {
		size_t n = strcspn(r->at, quote == '"' ? "\"\\" : "'\\");

		text_add(&t, "%.*s", (int)n, r->at);
		r->at += n;
		if (!*r->at) {
			wrong(r, "a string without an end");
			return NULL;
		}
		if (*r->at == '\\' && (r->at++, !read_escape(r, &t)))
			return NULL;
	}
	r->at++;
	return t.s ? t.s : arena_strdup(r->a, "");
}

/* b'text': bytes, a 0 behind them */
static bool read_bytes(struct reader *r, struct unit_property *out)
{
	struct text t = TEXT(r->a);
	char quote = r->at[1];

	for (r->at += 2; *r->at != quote; r->at++) {
		uint32_t byte = (unsigned char)*r->at;

		if (!byte)
			return wrong(r, "a string without an end");
		if (byte == '\\' && r->at[1] >= '0' && r->at[1] <= '7') {
			size_t n = strspn(r->at + 1, "01234567");

			r->at++;
			if (!read_code(r, n < 3 ? n : 3, 8, &byte) || byte > 255)
				return wrong(r, "a broken escape");
			r->at--;
		} else if (byte == '\\' && r->at[1]) {
			byte = (unsigned char)unescaped(*++r->at);
		}
		text_add(&t, "%02x", byte);
	}
	r->at++;
	text_add(&t, "00");
	out->type = "ay";
	strings_add(r->a, &out->values, t.s);
	return true;
}

/* --- numbers ----------------------------------------------------------------------- */

/* 10, 16, 8; 0: a double. n: how many characters of a number are next */
static int number_base(const char *at, size_t n)
{
	if (at[0] == '0' && (at[1] | 32) == 'x')
		return 16;
	if (strcspn(at, ".eE") < n)
		return 0;
	return at[0] == '0' ? 8 : 10;
}

static bool digits_parse(const char *text, size_t n, int base, uint64_t *v)
{
	*v = 0;
	for (size_t i = 0; i < n; i++) {
		int digit = str_hex(text[i]);

		if (digit < 0 || digit >= base ||
		    __builtin_mul_overflow(*v, (uint64_t)base, v) ||
		    __builtin_add_overflow(*v, (uint64_t)digit, v))
			return false;
	}
	return n > 0;
}

/* 12, -12, 0x1f, 017; or with a point or an exponent: a double, left as it is */
static bool read_number(struct reader *r, struct leaf *leaf)
{
	const char *begin = r->at;
	bool negative = *begin == '-';
	const char *at = begin + (*begin == '-' || *begin == '+');
	size_t n = strspn(at, "0123456789abcdefABCDEFxX.+-");
	int base = number_base(at, n);
	size_t head = base == 16 ? 2 : 0;
	uint64_t v;

	r->at = at + n;
	if (base == 0) {
		*leaf = (struct leaf){
			'd', false, arena_strndup(r->a, begin, (size_t)(r->at - begin))
		};
		return true;
	}
	if (!digits_parse(at + head, n - head, base, &v))
		return wrong(r,
			     n == 0 ? "no value" : "a number that is none, or too large");
	*leaf = (struct leaf){ 'i', false,
			       arena_fmt(r->a, "%s%lu", negative && v ? "-" : "", v) };
	return true;
}

/* Whether a leaf can have that type */
static bool leaf_fits(const struct leaf *leaf, char type)
{
	const struct basic *basic = basic_of(type);
	bool negative = leaf->text[0] == '-';
	uint64_t v;

	if (!basic || (leaf->fixed && leaf->type != type))
		return false;
	if (strchr("sog", leaf->type))
		return strchr("sog", type) != NULL;
	if (leaf->type == 'b' || leaf->type == 'd')
		return leaf->type == type;
	return str_u64(leaf->text + negative, UINT64_MAX, &v) && basic->above > 0 &&
	       v <= (negative ? basic->below : basic->above);
}

/* --- values ------------------------------------------------------------------------ */

/* A string, a number, true or false. n: how many letters and digits are next */
static bool read_plain(struct reader *r, size_t n, struct leaf *leaf)
{
	if (*r->at == '\'' || *r->at == '"') {
		*leaf = (struct leaf){ 's', false, read_string(r) };
		return leaf->text != NULL;
	}
	if (n == 0 || (r->at[0] >= '0' && r->at[0] <= '9'))
		return read_number(r, leaf);
	if ((n == 4 && str_starts(r->at, "true")) ||
	    (n == 5 && str_starts(r->at, "false"))) {
		*leaf = (struct leaf){ 'b', false, arena_strndup(r->a, r->at, n) };
		r->at += n;
		return true;
	}
	wrong(r, "a word of no meaning");
	return false;
}

static size_t word_length(const struct reader *r)
{
	size_t n = 0;

	while (is_word(r->at[n]))
		n++;
	return n;
}

/* The same, perhaps with its type in front */
static bool read_leaf(struct reader *r, struct leaf *leaf)
{
	size_t n = word_length(r);

	for (size_t i = 0; i < ARRAY_LEN(basics); i++) {
		if (strlen(basics[i].word) != n || strncmp(basics[i].word, r->at, n) != 0)
			continue;
		r->at += n;
		skip_blanks(r);
		if (!read_plain(r, word_length(r), leaf))
			return false;
		if (!leaf_fits(leaf, basics[i].type))
			return wrong(r, "a value that is not of its type");
		leaf->type = basics[i].type;
		leaf->fixed = true;
		return true;
	}
	return read_plain(r, n, leaf);
}

static bool read_element(struct reader *r)
{
	size_t before = r->leaves.n;
	bool is_struct = take(r, '(');

	do {
		struct leaf leaf;

		if (!read_leaf(r, &leaf))
			return false;
		*list_add(r->a, &r->leaves) = leaf;
		skip_blanks(r);
	} while (is_struct && take(r, ',') && *r->at != ')');
	if (is_struct && !take(r, ')'))
		return wrong(r, "a struct without an end");
	if (r->leaves.n - before > WIDTH_MAX)
		return wrong(r, "a struct of too many members");
	/* (1,) is a struct of one member: none of systemd's */
	if (is_struct && r->leaves.n - before < 2)
		return wrong(r, "a struct of too few members");
	if (r->width == 0)
		r->width = r->leaves.n - before;
	return r->leaves.n - before == r->width ||
	       wrong(r, "an array of different things");
}

/* The type of all leaves in one column: the one that is said, else one that fits all */
static char column_type(struct reader *r, size_t column, const char *forced)
{
	char type = forced ? forced[column] : '\0';

	for (size_t i = column; !type && i < r->leaves.n; i += r->width)
		if (r->leaves.items[i].fixed)
			type = r->leaves.items[i].type;
	for (size_t i = column; !type && i < r->leaves.n; i += r->width)
		if (r->leaves.items[i].type == 'd')
			type = 'd';
	if (!type)
		type = r->leaves.items[column].type;
	for (size_t i = column; i < r->leaves.n; i += r->width) {
		struct leaf *leaf = &r->leaves.items[i];

		if (type == 'd' && leaf->type == 'i' && !leaf->fixed)
			leaf->type = 'd';
		if (!leaf_fits(leaf, type)) {
			wrong(r, "a value that is not of its type");
			return '\0';
		}
	}
	return type;
}

/* "as" and "a(st)": the members' types, and how many there are; NULL: it is none */
static const char *element_types(const char *type, size_t *width)
{
	const char *begin = type + 1 + (type[1] == '(');
	size_t n = 0;

	while (n < WIDTH_MAX && basic_of(begin[n]))
		n++;
	*width = n;
	if (type[0] != 'a' || strcmp(begin + n, type[1] == '(' ? ")" : "") != 0)
		return NULL;
	return type[1] == '(' ? (n > 1 ? begin : NULL) : n == 1 ? begin : NULL;
}

static void add_texts(struct reader *r, struct unit_property *out)
{
	struct text hex = TEXT(r->a);
	uint64_t byte;

	if (strcmp(out->type, "ay") != 0) {
		LIST_EACH (leaf, &r->leaves)
			strings_add(r->a, &out->values, leaf->text);
		return;
	}
	LIST_EACH (leaf, &r->leaves)
		if (str_u64(leaf->text, UINT8_MAX, &byte))
			text_add(&hex, "%02x", (unsigned)byte);
	strings_add(r->a, &out->values, hex.s ? hex.s : arena_strdup(r->a, ""));
}

static bool read_elements(struct reader *r)
{
	take(r, '[');
	while (*r->at != ']')
		if (!read_element(r) || (!take(r, ',') && *r->at != ']'))
			return wrong(r, "an array without an end");
	return take(r, ']');
}

static bool read_array(struct reader *r, struct unit_property *out)
{
	const char *forced = NULL;
	char types[WIDTH_MAX + 1] = "";
	size_t width = 0;

	if (r->forced && !(forced = element_types(r->forced, &width)))
		return wrong(r, "a type that is not that of an array");
	if (!read_elements(r))
		return false;
	if (r->width == 0 && !forced)
		return wrong(r, "an empty array without its type (\"@as []\")");
	if (forced && r->width > 0 && r->width != width)
		return wrong(r, "a value that is not of its type");
	for (size_t i = 0; i < r->width; i++)
		if (!(types[i] = column_type(r, i, forced)))
			return false;
	out->type = arena_fmt(r->a, r->width > 1 ? "a(%s)" : "a%s", types);
	if (r->width == 0)
		out->type = r->forced;
	add_texts(r, out);
	return true;
}

static bool read_basic(struct reader *r, struct unit_property *out)
{
	const char *forced = r->forced;
	char type[2] = "";

	if (forced && (strlen(forced) != 1 || !basic_of(*forced)))
		return wrong(r, "a type that is not that of the value");
	if (!read_element(r))
		return false;
	if (r->width != 1)
		return wrong(r, "a struct, which no property is");
	type[0] = column_type(r, 0, forced);
	out->type = arena_strdup(r->a, type);
	add_texts(r, out);
	return type[0] != '\0';
}

const char *gvariant_read(const char *text, struct arena *a, struct unit_property *out)
{
	struct reader reader = { .at = text, .a = a }, *r = &reader;
	bool good;

	if (take(r, '@')) {
		size_t n = strcspn(r->at, " \t\n\r");

		r->forced = arena_strndup(r->a, r->at, n);
		r->at += n;
	}
	skip_blanks(r);
	if (r->at[0] == 'b' && (r->at[1] == '\'' || r->at[1] == '"'))
		good = (!r->forced || strcmp(r->forced, "ay") == 0 ||
			wrong(r, "a value that is not of its type")) &&
		       read_bytes(r, out);
	else
		good = *r->at == '[' ? read_array(r, out) : read_basic(r, out);
	skip_blanks(r);
	if (good && !*r->at)
		return NULL;
	return r->wrong ? r->wrong : "something behind the value";
}
