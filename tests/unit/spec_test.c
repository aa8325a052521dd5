/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libcontainer/spec/spec: the samples of the specification, each member, and back
 * again */
#include <fcntl.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/json_write.h"
#include "base/str.h"
#include "libcontainer/spec/check.h"
#include "tests/unit/check.h"

static char *sample(struct arena *a, const char *name, size_t *len)
{
	const char *source = getenv("ARIL_SOURCE");
	struct err e = ERR_NONE;
	char *text, *path = arena_fmt(a, "%s/tests/unit/data/%s", source ? source : ".",
				      name);

	text = file_read(a, AT_FDCWD, path, JSON_SIZE_MAX, len, &e);
	if (!text) {
		printf("Bail out! %s: %s\n", path, e.text);
		exit(1);
	}
	return text;
}

/* Read and check; e has the first thing that is wrong */
static int accept(struct arena *a, const char *name, struct spec **out, struct err *e)
{
	struct check_report r = CHECK_REPORT(a);
	size_t len = 0;
	char *text = sample(a, name, &len);

	if (spec_read(text, len, a, out, e) < 0)
		return -1;
	spec_check(*out, &r);
	LIST_EACH (note, &r.notes)
		if (!note->warning)
			return err_plain(e, EINVAL, "%s: %s", note->path, note->what);
	return 0;
}

static void test_samples(void)
{
	static const struct {
		const char *name;
		const char *message; /* NULL: accepted */
	} cases[] = {
		{ "oci/good/minimal.json", NULL },
		{ "oci/good/minimal-for-start.json", NULL },
		{ "oci/good/linux-rdma.json", NULL },
		{ "oci/good/spec-example.json", NULL },
		/* sound JSON of the right types, but it would move devices to where they
		 * are */
		{ "oci/good/linux-netdevice.json",
		  "linux.netDevices: needs a network namespace" },
		/* other platforms': fine, but for a host name that needs no namespace
		 * there */
		{ "oci/good/zos-minimal.json", NULL },
		{ "oci/good/freebsd-minimal.json", NULL },
		{ "oci/good/zos-example.json",
		  "hostname: unable to set hostname without a private UTS namespace" },
		{ "oci/good/freebsd-example.json",
		  "hostname: unable to set hostname without a private UTS namespace" },
		{ "oci/bad/invalid-json.json", "line 1, column 2: parse error: " },
		{ "oci/bad/linux-netdevice.json",
		  "linux.netDevices.eth0.name: is not a string" },
		{ "oci/bad/linux-rdma.json",
		  "linux.resources.rdma.mlx5_1.hcaHandles: is not a number" },
		{ "oci/bad/linux-hugepage.json",
		  "linux.resources.hugepageLimits[0].pageSize: \"64kB\" is not a size" },
		/* bad in the section of another platform, which Linux does not read */
		{ "oci/bad/freebsd-vnet-disable.json", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct arena a = check_arena();
		struct err e = ERR_NONE;
		struct spec *s = NULL;
		int ret = accept(&a, cases[i].name, &s, &e);
		const char *want = cases[i].message;

		if (!want)
			CHECK(ret == 0, "%s is accepted: %s", cases[i].name, e.text);
		else
			CHECK(ret < 0 && str_starts(e.text, want), "%s is refused: %s",
			      cases[i].name, e.text);
		arena_done(&a);
	}
}

/* tests/unit/data/every-member.json has each member of the schema's Linux part, written
 * as json_write() does: what a table left out or mixed up would be missing */
static void test_every_member(void)
{
	autojson j = JSON_WRITER_NONE;
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct spec *s = NULL;
	size_t len = 0;
	char *text = sample(&a, "every-member.json", &len);

	CHECK(spec_read(text, len, &a, &s, &e) == 0, "every member is read: %s", e.text);
	if (!s)
		return;
	json_start(&j, "  ");
	json_write(&j, &spec_shape, s);
	CHECK_STR(json_text(&j, NULL, &e), text, "and written again");
	CHECK(s->linux->seccomp->syscalls.n == 2 &&
		      s->linux->seccomp->syscalls.items[1].args.n == 2,
	      "lists in lists");
	CHECK(s->linux->resources->memory->check_before_update.v, "a member deep inside");
	arena_done(&a);
}

static void test_absent(void)
{
	static const char text[] =
		"{\"ociVersion\":\"1.0.0\",\"linux\":{\"seccomp\":"
		"{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[]},"
		"\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"user\","
		"\"path\":\"/p\"}],\"resources\":{\"pids\":{\"limit\":0}}}}";
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct spec *s = NULL;

	CHECK(spec_read(text, strlen(text), &a, &s, &e) == 0, "read: %s", e.text);
	if (!s)
		return;
	CHECK(!s->process && !s->root && !s->hooks && !s->mounts.items,
	      "what is absent is NULL");
	CHECK(s->linux->seccomp->flags.items && !s->linux->seccomp->flags.n &&
		      !s->linux->seccomp->architectures.items,
	      "[] is not absent");
	CHECK(s->linux->resources->pids->limit.set, "a limit of 0 is not absent");
	CHECK(spec_namespace(s, "pid") && !spec_namespace(s, "pid")->path,
	      "a new namespace");
	CHECK_STR(spec_namespace(s, "user")->path, "/p", "one by path");
	CHECK(!spec_namespace(s, "time"), "one that is not listed");
	arena_done(&a);
}

static void test_process(void)
{
	static const char text[] =
		"{\"cwd\":\"/\",\"args\":[\"sh\"],\"rlimits\":[{\"type\":"
		"\"RLIMIT_CORE\",\"soft\":0,\"hard\":18446744073709551615}]}";
	struct arena a = check_arena();
	struct err e = ERR_NONE;
	struct spec_process *p = NULL;

	CHECK(spec_process_read(text, strlen(text), &a, &p, &e) == 0, "process.json: %s",
	      e.text);
	CHECK(p && p->rlimits.n == 1 && p->rlimits.items[0].hard == UINT64_MAX,
	      "no limit");
	CHECK(spec_process_read("{}", 2, &a, &p, &e) < 0, "one without cwd");
	CHECK_STR(e.text, "cwd: is missing", "is refused");
	CHECK(spec_read("{}", 2, &a, &(struct spec *){ NULL }, &e) < 0,
	      "config.json without");
	CHECK_STR(e.text, "ociVersion: is missing", "a version is refused");
	arena_done(&a);
}

int main(void)
{
	test_every_member();
	test_absent();
	test_process();
	test_samples();
	return check_done();
}
