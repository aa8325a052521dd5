/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Annotations org.systemd.property.*: GVariant's text form */
#include "base/str.h"
#include "base/text.h"
#include "cgroups/unit.h"
#include "tests/unit/check.h"

static const struct row {
	const char *name, *value;
	const char *want; /* "NAME TYPE VALUE|VALUE"; NULL: refused */
} rows[] = {
	/* strings */
	{ "CollectMode", "'inactive-or-failed'", "CollectMode s inactive-or-failed" },
	{ "Foo", "\"it's\"", "Foo s it's" },
	{ "Foo", "'a\\'b\\\"c\\\\d\\n\\te'", "Foo s a'b\"c\\d\n\te" },
	{ "Foo", "'\\u00e4\\u20ac\\U0001f600'",
	  "Foo s \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "Foo", "'a\\\nb'", "Foo s ab" },
	{ "Foo", "''", "Foo s " },
	{ "Foo", "  'x'  ", "Foo s x" },
	{ "Foo", "objectpath '/a'", "Foo o /a" },
	{ "Foo", "@s 'x'", "Foo s x" },
	{ "Foo", "'x", NULL },
	{ "Foo", "'x\\", NULL },
	{ "Foo", "'\\u00g0'", NULL },
	{ "Foo", "'\\u0000'", NULL },
	{ "Foo", "'\\ud800'", NULL },
	{ "Foo", "'\\U00110000'", NULL },
	{ "Foo", "'x' 'y'", NULL },
	{ "Foo", "x", NULL },
	{ "Foo", "", NULL },
	{ "Foo", "@u 'x'", NULL },
	{ "Foo", "uint32 'x'", NULL },
	{ "Foo", "string 5", NULL },
	/* booleans */
	{ "Foo", "true", "Foo b true" },
	{ "Foo", "boolean false", "Foo b false" },
	{ "Foo", "truex", NULL },
	{ "Foo", "true false", NULL },
	/* numbers */
	{ "Foo", "5", "Foo i 5" },
	{ "Foo", "-5", "Foo i -5" },
	{ "Foo", "+5", "Foo i 5" },
	{ "Foo", "0x1F", "Foo i 31" },
	{ "Foo", "017", "Foo i 15" },
	{ "Foo", "0", "Foo i 0" },
	{ "Foo", "-0", "Foo i 0" },
	{ "Foo", "1.5", "Foo d 1.5" },
	{ "Foo", "1e3", "Foo d 1e3" },
	{ "Foo", "double 5", "Foo d 5" },
	{ "Foo", "byte 0xff", "Foo y 255" },
	{ "Foo", "int16 -32768", "Foo n -32768" },
	{ "Foo", "uint16 65535", "Foo q 65535" },
	{ "Foo", "int32 2147483647", "Foo i 2147483647" },
	{ "Foo", "uint32 4294967295", "Foo u 4294967295" },
	{ "Foo", "int64 -9223372036854775808", "Foo x -9223372036854775808" },
	{ "Foo", "uint64 18446744073709551615", "Foo t 18446744073709551615" },
	{ "Foo", "@t 7", "Foo t 7" },
	{ "Foo", "2147483648", NULL },
	{ "Foo", "byte 256", NULL },
	{ "Foo", "byte -1", NULL },
	{ "Foo", "int16 -32769", NULL },
	{ "Foo", "uint64 18446744073709551616", NULL },
	{ "Foo", "uint64 1.5", NULL },
	{ "Foo", "uint64 uint64 5", NULL },
	{ "Foo", "uint64", NULL },
	{ "Foo", "uint64 true", NULL },
	{ "Foo", "089", NULL },
	{ "Foo", "0x", NULL },
	{ "Foo", "-", NULL },
	{ "Foo", "5x", NULL },
	{ "Foo", "handle 5", NULL },
	/* arrays */
	{ "After", "['a.service', 'b.service']", "After as a.service|b.service" },
	{ "After", "['a',]", "After as a" },
	{ "After", "@as []", "After as " },
	{ "Foo", "[1, uint64 2, 3]", "Foo at 1|2|3" },
	{ "Foo", "[1, 2.5]", "Foo ad 1|2.5" },
	{ "Foo", "[true, false]", "Foo ab true|false" },
	{ "Foo", "@ao ['/a']", "Foo ao /a" },
	{ "Foo", "[byte 1, 0x20, 255]", "Foo ay 0120ff" },
	{ "Foo", "@ay []", "Foo ay " },
	{ "Foo", "b'a\\001\\n\\\\'", "Foo ay 61010a5c00" },
	{ "Foo", "b''", "Foo ay 00" },
	{ "Foo", "[('/dev/null', 'rw'), ('char-pts', 'm')]",
	  "Foo a(ss) /dev/null|rw|char-pts|m" },
	{ "Foo", "[('/dev/sda', uint64 5), ('/dev/sdb', 6)]",
	  "Foo a(st) /dev/sda|5|/dev/sdb|6" },
	{ "Foo", "@a(st) []", "Foo a(st) " },
	{ "Foo", "@a(st) [('x', 5)]", "Foo a(st) x|5" },
	{ "Foo", "[]", NULL },
	{ "Foo", "['a'", NULL },
	{ "Foo", "['a' 'b']", NULL },
	{ "Foo", "['a', 1]", NULL },
	{ "Foo", "[uint64 1, byte 2]", NULL },
	{ "Foo", "[byte 1, 256]", NULL },
	{ "Foo", "[['a']]", NULL },
	{ "Foo", "[('a', 'b'), 'c']", NULL },
	{ "Foo", "[('a',)]", NULL },
	{ "Foo", "[('a', 'b'", NULL },
	{ "Foo", "('a', 'b')", NULL },
	{ "Foo", "@as ['a'", NULL },
	{ "Foo", "@s ['a']", NULL },
	{ "Foo", "@as 'a'", NULL },
	{ "Foo", "@a(ss [('a','b')]", NULL },
	{ "Foo", "@a(st) [('a', 'b')]", NULL },
	{ "Foo", "@a(s) ['a']", NULL },
	{ "Foo", "@a{sv} []", NULL },
	{ "Foo", "@ []", NULL },
	{ "Foo", "{'a': 'b'}", NULL },
	{ "Foo", "b'a", NULL },
	{ "Foo", "b'\\777'", NULL },
	{ "Foo", "[b'a']", NULL },
	/* seconds */
	{ "TimeoutStopUSec", "uint64 5", "TimeoutStopUSec t 5" },
	{ "TimeoutStopSec", "uint64 5", "TimeoutStopUSec t 5000000" },
	{ "TimeoutStopSec", "5", "TimeoutStopUSec t 5000000" },
	{ "TimeoutStopSec", "0.25", "TimeoutStopUSec t 250000" },
	{ "TimeoutStopSec", "1.00000099", "TimeoutStopUSec t 1000000" },
	{ "TimeoutStopSec", "'90'", "TimeoutStopUSec t 90000000" },
	{ "TimeoutStopSec", "'infinity'", "TimeoutStopUSec t 18446744073709551615" },
	{ "TimeoutStopSec", "-5", NULL },
	{ "TimeoutStopSec", "true", NULL },
	{ "TimeoutStopSec", "'5min'", NULL },
	{ "TimeoutStopSec", "1e3", NULL },
	{ "TimeoutStopSec", "[5]", NULL },
	{ "TimeoutStopSec", "uint64 18446744073709551614", NULL },
	{ "Sec", "uint64 5", "Sec t 5" },
	{ "USec", "uint64 5", "USec t 5" },
	/* names */
	{ "ab", "5", NULL },
	{ "", "5", NULL },
	{ "a-b", "5", NULL },
	{ "Foo5", "5", NULL },
	{ "Foo.Bar", "5", NULL },
};

static char *property_text(struct arena *a, const struct unit_property *p)
{
	struct text t = TEXT(a);

	text_add(&t, "%s %s ", p->name, p->type);
	LIST_EACH (v, &p->values)
		text_add(&t, "%s%s", v == p->values.items ? "" : "|", *v);
	return t.s;
}

static void test_row(const struct row *row)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct unit_property p;
	int ret = unit_property_parse(arena_fmt(&a, "org.systemd.property.%s", row->name),
				      row->value, &a, &p, &e);

	if (row->want) {
		if (CHECK(ret == 1, "%s=%s (%s)", row->name, row->value, e.text))
			CHECK_STR(property_text(&a, &p), row->want, "means this");
	} else {
		CHECK(ret == -1 && e.num == EINVAL &&
			      strstr(e.text, "annotation org.systemd.property."),
		      "%s=%s is refused (%s)", row->name, row->value, e.text);
	}
	arena_done(&a);
}

/* What aril decides, and by which member of the document */
static void test_decided(void)
{
	static const struct {
		const char *name, *value, *member; /* NULL: nobody has it */
	} cases[] = {
		{ "PIDs", "@au [960]", "process decides" },
		{ "PIDFDs", "@au [960]", "process decides" },
		{ "User", "'root'", "process.user decides" },
		{ "Group", "'root'", "process.user decides" },
		{ "Slice", "'-.slice'", "linux.cgroupsPath decides" },
		{ "Controller", "'x'", "linux.cgroupsPath decides" },
		{ "Delegate", "false", "linux.cgroupsPath decides" },
		{ "DelegateControllers", "@as []", "linux.cgroupsPath decides" },
		{ "DelegateSubgroup", "'x'", "linux.cgroupsPath decides" },
		{ "BPFProgram", "[('device', '/x')]", "linux.resources.devices decides" },
		{ "DevicePolicy", "'auto'", "linux.resources.devices decides" },
		{ "DeviceAllow", "[('/dev/mem', 'rwm')]",
		  "linux.resources.devices decides" },
		{ "MemoryMax", "uint64 5", "linux.resources decides" },
		{ "MemoryMaxScale", "uint32 5", "linux.resources decides" },
		{ "StartupMemoryHigh", "uint64 5", "linux.resources decides" },
		{ "DefaultMemoryLow", "uint64 5", "linux.resources decides" },
		{ "MemoryLimit", "uint64 5", "linux.resources decides" },
		{ "TasksMax", "uint64 5", "linux.resources decides" },
		{ "OOMPolicy", "'kill'", "linux.resources decides" },
		{ "CPUWeight", "uint64 5", "linux.resources decides" },
		{ "CPUShares", "uint64 5", "linux.resources decides" },
		{ "CPUQuotaPerSecUSec", "uint64 5", "linux.resources decides" },
		{ "CPUQuotaPeriodUSec", "uint64 5", "linux.resources decides" },
		{ "CPUQuotaPeriodSec", "5", "linux.resources decides" },
		{ "AllowedCPUs", "[byte 1]", "linux.resources decides" },
		{ "StartupAllowedMemoryNodes", "[byte 1]", "linux.resources decides" },
		{ "IOWeight", "uint64 5", "linux.resources decides" },
		{ "IODeviceWeight", "[('/x', uint64 5)]", "linux.resources decides" },
		{ "IOReadIOPSMax", "[('/x', uint64 5)]", "linux.resources decides" },
		{ "DisableControllers", "['pids']", "linux.resources decides" },
		{ "MemoryAccounting", "true", NULL },
		{ "KillSignal", "9", NULL },
		{ "UserX", "'x'", NULL },
		{ "MemoryMaxX", "'x'", NULL },
	};
	struct arena a = check_arena();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err e = ERR_NONE;
		struct unit_property p;
		int ret = unit_property_parse(
			arena_fmt(&a, "org.systemd.property.%s", cases[i].name),
			cases[i].value, &a, &p, &e);

		if (!cases[i].member)
			CHECK(ret == 1, "%s is free (%s)", cases[i].name, e.text);
		else
			CHECK(ret == -1 && e.num == EINVAL &&
				      str_ends(e.text, cases[i].member),
			      "%s is refused: %s", cases[i].name, e.text);
	}
	arena_done(&a);
}

/* No depth, no length ends the program */
static void test_large(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct unit_property p;
	size_t n = 1 << 20;
	char *text = arena_get(&a, n + 1);

	for (size_t i = 0; i < n; i++)
		text[i] = '[';
	CHECK(unit_property_parse("org.systemd.property.Foo", text, &a, &p, &e) == -1,
	      "a million of brackets");
	for (size_t i = 0; i + 5 <= n; i += 5)
		memcpy(text + i, "byte ", 5);
	e = (struct err)ERR_NONE;
	CHECK(unit_property_parse("org.systemd.property.Foo", text, &a, &p, &e) == -1,
	      "and of types");
	arena_done(&a);
}

int main(void)
{
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct unit_property p;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		test_row(&rows[i]);
	CHECK(unit_property_parse("org.systemd.prop", "5", &a, &p, &e) == 0 &&
		      unit_property_parse("io.podman.x", "5", &a, &p, &e) == 0 &&
		      unit_property_parse("", "5", &a, &p, &e) == 0 && e.num == 0,
	      "other annotations are not ours");
	test_decided();
	test_large();
	arena_done(&a);
	return check_done();
}
