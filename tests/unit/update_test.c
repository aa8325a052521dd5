/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the options of update to limits: every option, every form of a value, every
 * mistake with its text; and the rules for limits that come alone */
#include "src/update_options.h"

#include "base/json_write.h"
#include "libcontainer/spec/check.h"
#include "src/cmd.h"
#include "tests/unit/check.h"

/* A command line read: each call starts anew */
struct reading {
	struct arena arena;
	struct update_options options;
	struct resources got;
	strings_t words;
	struct err e;
	int ret;
};

static void read_line(struct reading *r, char **argv)
{
	struct opt_result result = { .used = 0 };

	arena_done(&r->arena);
	*r = (struct reading){ .arena = check_arena() };
	r->ret = opt_read(&verb_update.options, argv, CMD_ANY, &r->options, &r->arena,
			  &result, &r->e);
	r->words = result.words;
	if (r->ret == 0)
		r->ret = update_resources(&r->options, &r->arena, &r->got, &r->e);
}
#define READ(r, ...) read_line((r), (char *[]){ __VA_ARGS__, NULL })

/* What was read, as the document would have it */
static const char *as_json(struct reading *r)
{
	autojson j = JSON_WRITER_NONE;
	struct err e = ERR_NONE;
	const char *text;

	json_start(&j, NULL);
	json_write(&j, &resources_shape, &r->got);
	text = json_text(&j, NULL, &e);
	return text && r->ret == 0 ? arena_strdup(&r->arena, text) : r->e.text;
}

static const struct {
	char *argv[2];
	const char *json;
} options[] = {
	{ { "--blkio-weight=10" }, "{\"blockIO\":{\"weight\":10}}" },
	{ { "--blkio-weight", "1000" }, "{\"blockIO\":{\"weight\":1000}}" },
	{ { "--cpu-period", "100000" }, "{\"cpu\":{\"period\":100000}}" },
	{ { "--cpu-quota", "50000" }, "{\"cpu\":{\"quota\":50000}}" },
	{ { "--cpu-quota", "-1" }, "{\"cpu\":{\"quota\":-1}}" },
	{ { "--cpu-quota=-1" }, "{\"cpu\":{\"quota\":-1}}" },
	{ { "--cpu-burst", "0" }, "{\"cpu\":{\"burst\":0}}" },
	{ { "--cpu-share", "512" }, "{\"cpu\":{\"shares\":512}}" },
	{ { "--cpu-share", "18446744073709551615" },
	  "{\"cpu\":{\"shares\":18446744073709551615}}" },
	{ { "--cpu-rt-period", "1000" }, "{\"cpu\":{\"realtimePeriod\":1000}}" },
	{ { "--cpu-rt-runtime", "-1" }, "{\"cpu\":{\"realtimeRuntime\":-1}}" },
	{ { "--cpuset-cpus", "0-3,7" }, "{\"cpu\":{\"cpus\":\"0-3,7\"}}" },
	{ { "--cpuset-mems=0" }, "{\"cpu\":{\"mems\":\"0\"}}" },
	{ { "--cpu-idle", "1" }, "{\"cpu\":{\"idle\":1}}" },
	{ { "--cpu-idle=0" }, "{\"cpu\":{\"idle\":0}}" },
	{ { "--memory", "512m" }, "{\"memory\":{\"limit\":536870912}}" },
	{ { "-m", "-1" }, "{\"memory\":{\"limit\":-1}}" },
	{ { "-m=-1" }, "{\"memory\":{\"limit\":-1}}" },
	{ { "-memory", "1" }, "{\"memory\":{\"limit\":1}}" },
	{ { "--memory-reservation", "1G" }, "{\"memory\":{\"reservation\":1073741824}}" },
	{ { "--memory-swap", "-1" }, "{\"memory\":{\"swap\":-1}}" },
	{ { "--memory-swap=-1" }, "{\"memory\":{\"swap\":-1}}" },
	{ { "--memory-swap", "2k" }, "{\"memory\":{\"swap\":2048}}" },
	{ { "--memory-high", "3M" }, "{\"unified\":{\"memory.high\":\"3145728\"}}" },
	{ { "--memory-high", "-1" }, "{\"unified\":{\"memory.high\":\"max\"}}" },
	{ { "--memory-high", "0" }, "{\"unified\":{\"memory.high\":\"0\"}}" },
	{ { "--memory-low=1t" }, "{\"unified\":{\"memory.low\":\"1099511627776\"}}" },
	{ { "--kernel-memory", "1m" }, "{\"memory\":{\"kernel\":1048576}}" },
	{ { "--kernel-memory-tcp", "1b" }, "{\"memory\":{\"kernelTCP\":1}}" },
	{ { "--pids-limit", "0" }, "{\"pids\":{\"limit\":0}}" },
	{ { "--pids-limit", "-1" }, "{\"pids\":{\"limit\":-1}}" },
	{ { "--device-cgroup-rule", "c 10:200 rwm" },
	  "{\"devices\":[{\"allow\":true,\"type\":\"c\",\"major\":10,\"minor\":200,"
	  "\"access\":\"rwm\"}]}" },
	{ { "--device-cgroup-rule=a *:* r" },
	  "{\"devices\":[{\"allow\":true,\"type\":\"a\",\"major\":-1,\"minor\":-1,"
	  "\"access\":\"r\"}]}" },
	{ { "--device-cgroup-rule=b 4294967295:* mw" },
	  "{\"devices\":[{\"allow\":true,\"type\":\"b\",\"major\":4294967295,"
	  "\"minor\":-1,\"access\":\"mw\"}]}" },
};

static void test_options(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_LEN(options); i++) {
		READ(r, options[i].argv[0],
		     options[i].argv[1] ? options[i].argv[1] : "id",
		     options[i].argv[1] ? "id" : NULL);
		CHECK_STR(as_json(r), options[i].json, "%s %s", options[i].argv[0],
			  options[i].argv[1] ? options[i].argv[1] : "");
		CHECK(r->words.n == 1 && strcmp(r->words.items[0], "id") == 0,
		      "%s leaves the word", options[i].argv[0]);
	}
	READ(r, "id");
	CHECK_STR(as_json(r), "{}", "without an option nothing is set");
	READ(r, "--resources", "-", "id");
	CHECK_STR(as_json(r), "{}", "nor by --resources, which is read later");
	CHECK_STR(r->options.resources, "-", "a dash alone is a value");
	READ(r, "--resources=f", "-r", "g");
	CHECK_STR(r->options.resources, "g", "-r is --resources, and the last one wins");
	READ(r, "--memory=1g", "--cpu-quota=5000", "--memory-swap=2g", "--cpu-period",
	     "10000", "--memory-high=1m", "--memory-low=1k");
	CHECK_STR(as_json(r),
		  "{\"memory\":{\"limit\":1073741824,\"swap\":2147483648},"
		  "\"cpu\":{\"quota\":5000,\"period\":10000},"
		  "\"unified\":{\"memory.high\":\"1048576\",\"memory.low\":\"1024\"}}",
		  "several options");
	READ(r, "--device-cgroup-rule=c 1:2 r", "--device-cgroup-rule", "b *:3 w");
	CHECK(r->ret == 0 && r->got.devices.n == 2 &&
		      strcmp(r->got.devices.items[1].type, "b") == 0,
	      "rules keep their order");
}

static const struct {
	char *text;
	int64_t bytes;
} sizes[] = {
	{ "00012", 12 },
	{ "7b", 7 },
	{ "7B", 7 },
	{ "1k", 1L << 10 },
	{ "1K", 1L << 10 },
	{ "1kb", 1L << 10 },
	{ "1KiB", 1L << 10 },
	{ "3m", 3L << 20 },
	{ "3MB", 3L << 20 },
	{ "3mib", 3L << 20 },
	{ "5g", 5L << 30 },
	{ "5Gb", 5L << 30 },
	{ "2t", 2L << 40 },
	{ "2TiB", 2L << 40 },
	{ "2p", 2L << 50 },
	{ "9223372036854775807", INT64_MAX },
	{ "9007199254740991k", 9007199254740991L << 10 },
	{ "8191p", 8191L << 50 },
	{ "-1", -1 },
};

static char *const no_sizes[] = {
	"",	    "m",
	"-2",	    "+1",
	" 1",	    "1 ",
	"1 m",	    "1x",
	"1mm",	    "1bk",
	"1i",	    "1ib",
	"1kib2",    "1kibb",
	"1.5g",	    "0x10",
	"1e3",	    "-1m",
	"--1",	    "18446744073709551616",
	"max",	    "1e",
	"-",	    "8192p",
	"1K\xc2",   "9223372036854775808",
	"1\n",	    "1k\n",
	"8388608t", "9007199254740992k",
};

static void test_sizes(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		READ(r, "--memory", sizes[i].text);
		CHECK(r->ret == 0 && r->got.memory->limit.set &&
			      r->got.memory->limit.v == sizes[i].bytes,
		      "the size %s", sizes[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(no_sizes); i++) {
		READ(r, "--memory", no_sizes[i]);
		CHECK(r->ret < 0 && r->e.num == EINVAL && r->e.plain &&
			      strstr(r->e.text, "option --memory takes a size like 512m, "
						"or -1 for no limit, not \""),
		      "\"%s\" is no size", no_sizes[i]);
		READ(r, "--memory-high", no_sizes[i]);
		CHECK(r->ret < 0 &&
			      strstr(r->e.text, "option --memory-high takes a size"),
		      "nor of --memory-high");
	}
}

static const struct {
	char *argv[2];
	const char *text;
} mistakes[] = {
	{ { "--memroy", "1" },
	  "unknown option \"--memroy\": did you mean \"--memory\"?" },
	{ { "--cpu-shares=2" },
	  "unknown option \"--cpu-shares\": did you mean \"--cpu-share\"?" },
	{ { "--memory-hihg=1" },
	  "unknown option \"--memory-hihg\": did you mean \"--memory-high\"?" },
	{ { "--kernel-memroy=1" }, "unknown option \"--kernel-memroy\"" },
	{ { "--memory" }, "option --memory requires an argument" },
	{ { "--device-cgroup-rule" },
	  "option --device-cgroup-rule requires an argument" },
	{ { "--l3-cache-schema" }, "option --l3-cache-schema requires an argument" },
	{ { "--cpu-period", "-1" },
	  "option --cpu-period takes a whole number above 0, not \"-1\"" },
	{ { "--cpu-period", "18446744073709551616" },
	  "option --cpu-period takes a whole number above 0, not "
	  "\"18446744073709551616\"" },
	{ { "--cpu-burst=1ms" }, "option --cpu-burst takes a whole number, not \"1ms\"" },
	{ { "--cpu-share=" },
	  "option --cpu-share takes a whole number above 0, not \"\"" },
	{ { "--cpu-rt-period=x" },
	  "option --cpu-rt-period takes a whole number, not \"x\"" },
	{ { "--cpu-quota", "-2" },
	  "option --cpu-quota takes a whole number above 0, or -1 for no limit, not "
	  "\"-2\"" },
	{ { "--cpu-quota", "9223372036854775808" },
	  "option --cpu-quota takes a whole number above 0, or -1 for no limit, not "
	  "\"9223372036854775808\"" },
	{ { "--cpu-rt-runtime=-01" },
	  "option --cpu-rt-runtime takes a whole number, or -1 for no limit, not "
	  "\"-01\"" },
	{ { "--pids-limit=many" },
	  "option --pids-limit takes a whole number, or -1 for no limit, not \"many\"" },
	{ { "--cpu-idle=2" }, "option --cpu-idle takes 0 or 1, not \"2\"" },
	{ { "--cpu-idle=-1" }, "option --cpu-idle takes 0 or 1, not \"-1\"" },
	{ { "--memory=0" },
	  "option --memory takes a size like 512m, or -1 for no limit, not \"0\"" },
	{ { "--memory-swap=0k" },
	  "option --memory-swap takes a size like 512m, or -1 for no limit, not \"0k\"" },
	{ { "--cpu-share=0" },
	  "option --cpu-share takes a whole number above 0, not \"0\"" },
	{ { "--cpu-quota=0" },
	  "option --cpu-quota takes a whole number above 0, or -1 for no limit, not "
	  "\"0\"" },
	{ { "--blkio-weight=9" },
	  "option --blkio-weight takes a whole number from 10 to 1000, not \"9\"" },
	{ { "--blkio-weight=1001" },
	  "option --blkio-weight takes a whole number from 10 to 1000, not \"1001\"" },
	{ { "--cpuset-cpus=0;1" },
	  "option --cpuset-cpus takes a list like 0-3,7, not \"0;1\"" },
	{ { "--cpuset-mems=" },
	  "option --cpuset-mems takes a list like 0-3,7, not \"\"" },
	{ { "--kernel-memory=x" },
	  "option --kernel-memory takes a size like 512m, or -1 for no limit, not "
	  "\"x\"" },
	{ { "-r=f", "--memory=1g" },
	  "options --resources and --memory exclude each other" },
	{ { "--memory-high=1g", "--resources=-" },
	  "options --resources and --memory-high exclude each other" },
	{ { "--resources=-", "--device-cgroup-rule=a *:* rwm" },
	  "options --resources and --device-cgroup-rule exclude each other" },
};

static char *const no_rules[] = {
	"",
	"c",
	"c 1:2",
	"c 1:2 ",
	" c 1:2 r",
	"c  1:2 r",
	"c 1:2 r ",
	"x 1:2 r",
	"cb 1:2 r",
	"c 1 r",
	"c :2 r",
	"c 1: r",
	"c 1:2:3 r",
	"c -1:2 r",
	"c 1:-1 r",
	"c **:2 r",
	"c 1:2 x",
	"c 1:2 rwmr",
	"c 1:2 rw,m",
	"c 0x1:2 r",
	"c 1*:2 r",
	"c 1:2 r r",
	"c,1:2 r",
	"u 1:2 r",
	" 1:2 r",
	"c 4294967296:1 r",
	"c 1:4294967296 r",
	"c\t1:2\tr",
};

static void test_mistakes(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		READ(r, mistakes[i].argv[0], mistakes[i].argv[1]);
		CHECK(r->ret < 0 && r->e.plain, "%s %s is refused", mistakes[i].argv[0],
		      mistakes[i].argv[1] ? mistakes[i].argv[1] : "");
		CHECK_STR(r->e.text, mistakes[i].text, "and says why");
	}
	for (size_t i = 0; i < ARRAY_LEN(no_rules); i++) {
		READ(r, "--device-cgroup-rule", no_rules[i]);
		CHECK(r->ret < 0 && r->e.num == EINVAL &&
			      strstr(r->e.text, "option --device-cgroup-rule takes a "
						"rule like c 10:200 rwm, not \""),
		      "\"%s\" is no rule", no_rules[i]);
	}
}

static void test_help(struct reading *r)
{
	const char *help = opt_help(&verb_update.options, &r->arena);

	CHECK(strstr(help, "  -m, --memory SIZE") && strstr(help, "-r, --resources FILE"),
	      "--help shows options");
	CHECK(!strstr(help, "kernel-memory") && strstr(help, "l3-cache-schema"),
	      "but not those that do nothing");
}

/* The limits of an update are checked by the rules of config.json */
static const struct {
	char *json;
	const char *text;
} checks[] = {
	{ "{}", NULL },
	{ "{\"memory\":{\"limit\":4096,\"swap\":-1},\"cpu\":{\"cpus\":\"0\"}}", NULL },
	{ "{\"memory\":{\"limit\":-2}}",
	  "linux.resources.memory.limit: -2 is below -1 (which means no limit)" },
	{ "{\"memory\":{\"limit\":4096,\"swap\":4095}}",
	  "linux.resources.memory.swap: is memory and swap together: must not be less "
	  "than the limit" },
	{ "{\"cpu\":{\"idle\":2},\"blockIO\":{\"weight\":5}}",
	  "linux.resources.cpu.idle: 2 is not 0 or 1; linux.resources.blockIO: a weight "
	  "is not within 10 to 1000" },
	{ "{\"unified\":{\"a/b\":\"1\"}}",
	  "linux.resources.unified: unified resource \"a/b\" must be a file name (no "
	  "slashes)" },
	{ "{\"devices\":[{\"allow\":true},{\"allow\":true,\"type\":\"x\"}]}",
	  "linux.resources.devices[1].type: unknown word \"x\": one of a, b, c" },
};

static void test_checks(struct reading *r)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		struct check_report report = CHECK_REPORT(&r->arena);
		struct resources limits = { .memory = NULL };
		struct err e = ERR_NONE;

		CHECK(json_read(checks[i].json, strlen(checks[i].json), &resources_shape,
				&limits, &r->arena, &e) == 0,
		      "%s is read", checks[i].json);
		spec_check_resources(&limits, &report);
		CHECK((check_result(&report, &e) == 0) == !checks[i].text, "and is %s",
		      checks[i].text ? "refused" : "good");
		if (checks[i].text)
			CHECK_STR(e.text, checks[i].text, "with its place");
	}
}

int main(void)
{
	struct reading r = { .arena = ARENA_NONE };

	test_options(&r);
	test_sizes(&r);
	test_mistakes(&r);
	test_help(&r);
	test_checks(&r);
	arena_done(&r.arena);
	return check_done();
}
