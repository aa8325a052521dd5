/* SPDX-License-Identifier: GPL-2.0-or-later */
/* criu's messages as bytes. Needs neither criu nor privileges. */
#include "libcontainer/host/criu_msg.h"

#include <sched.h>
#include <string.h>

#include "tests/unit/check.h"

static struct arena a = ARENA_NONE;

static bool is_bytes(const struct wire *w, const char *bytes, size_t len)
{
	return w->bytes.n == len && memcmp(w->bytes.items, bytes, len) == 0;
}
#define IS(w, bytes) is_bytes((w), (bytes), sizeof(bytes) - 1)

static void test_requests(void)
{
	struct wire w = criu_ask(CRIU_VERSION, true, &a);

	CHECK(IS(&w, "\x08\x0a\x20\x01"), "VERSION, and the connection stays");
	w = criu_ask_feature(CRIU_MEM_TRACK, &a);
	CHECK(IS(&w, "\x08\x09\x20\x01\x2a\x02\x08\x01"), "FEATURE_CHECK of mem_track");
	w = criu_notified(false, &a);
	CHECK(IS(&w, "\x08\x06\x18\x00"), "a step that failed");
}

static void test_options(void)
{
	struct criu_opts o = CRIU_OPTS_NONE;
	struct wire w = criu_ask_with(CRIU_DUMP, &o, &a);

	CHECK(IS(&w, "\x08\x01\x12\x00"), "nothing that is not given");
	o.images_fd = 4;
	o.leave_running = true;
	o.manage_cgroups_mode = 0;
	w = criu_ask_with(CRIU_DUMP, &o, &a);
	CHECK(IS(&w, "\x08\x01\x12\x07\x08\x04\x18\x01\x90\x02\x00"),
	      "a number, a flag, a number of 0 that is given");
	o = (struct criu_opts)CRIU_OPTS_NONE;
	o.root = "/r";
	*list_add(&a, &o.mounts) = (struct criu_pair){ "/a", "b" };
	*list_add(&a, &o.inherits) = (struct criu_inherit){ "k", 6 };
	o.page_address = "h";
	o.page_port = 300;
	w = criu_ask_with(CRIU_RESTORE, &o, &a);
	CHECK(IS(&w, "\x08\x02\x12\x1e\x6a\x02/r"
		     "\x5a\x06\x0a\x01h\x10\xac\x02"
		     "\xba\x01\x07\x0a\x02/a\x12\x01"
		     "b\xda\x01\x05\x0a\x01k\x10\x06"),
	      "a string, a page server, a mount, a file");
}

#define READ(bytes, out, e) criu_answer_read((bytes), sizeof(bytes) - 1, &a, (out), (e))

static void test_answers(void)
{
	struct criu_answer out = { .type = 0 };
	struct err e = ERR_NONE;

	CHECK(READ("\x08\x0a\x10\x01\x52\x06\x08\x03\x10\x11\x20\x01", &out, &e) == 0 &&
		      out.type == CRIU_VERSION && out.success && out.version == 31701,
	      "version 3.17.1");
	CHECK(READ("\x08\x06\x10\x01\x2a\x0a\x0a\x05hello\x10\xac\x02", &out, &e) == 0 &&
		      out.type == CRIU_NOTIFY && out.notify_pid == 300,
	      "a notification with a pid");
	CHECK_STR(out.script, "hello", "its script");
	CHECK(READ("\x08\x09\x10\x01\x42\x04\x08\x00\x10\x01", &out, &e) == 0 &&
		      out.features == 1U << CRIU_LAZY_PAGES,
	      "what it can do");
	CHECK(READ("\x08\x02\x10\x00\x38\x02\x4a\x03why", &out, &e) == 0 &&
		      !out.success && out.num == 2,
	      "a failure");
	CHECK_STR(out.text, "why", "its text");
	CHECK(READ("\x08\x02\x10\x01\x22\x02\x08\x07", &out, &e) == 0 &&
		      out.restored_pid == 7,
	      "a restored process");
	CHECK(READ("\x08\x01\x10\x01\xfd\x07"
		   "abcd\xf9\x07"
		   "abcdefgh",
		   &out, &e) == 0 &&
		      out.success,
	      "fields of other kinds are skipped");
	CHECK(e.num == 0, "no error");
}

static void refused(const char *bytes, size_t len, const char *claim)
{
	struct criu_answer out = { .type = 0 };
	struct err e = ERR_NONE;

	CHECK(criu_answer_read(bytes, len, &a, &out, &e) < 0 && e.num == EPROTO, "%s",
	      claim);
}
#define REFUSED(bytes, claim) refused((bytes), sizeof(bytes) - 1, (claim))

static void test_nonsense(void)
{
	REFUSED("", "nothing");
	REFUSED("\x10\x01", "no type");
	REFUSED("\x08", "a number that is cut off");
	REFUSED("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", "an endless number");
	REFUSED("\x08\x01\x4a\x05why", "a string that is cut off");
	REFUSED("\x08\x01\x4a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "a huge length");
	REFUSED("\x08\x01\x52\x01\x08", "a message in it that is cut off");
	REFUSED("\x08\x01\x0b", "a group, which criu has none of");
	REFUSED("\x08\x01\x00\x01", "a field of number 0");
	REFUSED("\x08\x02\x22\x06\x08\x81\x80\x80\x80\x10",
		"a process of a number that has more than 32 bits");
	REFUSED("\x08\x06\x2a\x03\x12\x01x", "a process that is a string");
}

int main(void)
{
	struct err e = ERR_NONE;

	if (arena_open(&a, false, &e) < 0)
		return 1;
	test_requests();
	test_options();
	test_answers();
	test_nonsense();
	arena_done(&a);
	return check_done();
}
