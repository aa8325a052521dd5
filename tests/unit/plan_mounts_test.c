/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: mounts and all their words. Faked hosts, no privileges. */
#include <linux/mount.h>

#include "tests/unit/plan_fake.h"

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif

/* Options of a bind mount, and what they come to */
static const struct {
	const char *options;
	uint64_t set, clr, rec_set, rec_clr;
} attr_cases[] = {
	{ "'ro'", MOUNT_ATTR_RDONLY, 0, 0, 0 },
	{ "'ro','rw'", 0, MOUNT_ATTR_RDONLY, 0, 0 },
	{ "'rw','ro'", MOUNT_ATTR_RDONLY, 0, 0, 0 },
	{ "'nosuid','nodev','noexec'",
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0, 0, 0 },
	{ "'suid','dev','exec'", 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0, 0 },
	{ "'nodiratime','nosymfollow'", MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW, 0,
	  0, 0 },
	{ "'diratime','symfollow'", 0, MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW, 0,
	  0 },
	{ "'noatime'", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'strictatime'", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'relatime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'atime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'noatime','atime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'noatime','nostrictatime'", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'strictatime','nostrictatime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'noatime','strictatime'", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'norelatime'", 0, 0, 0, 0 },
	{ "'defaults','loud','silent','noiversion','async','nolazytime','nomand'", 0, 0,
	  0, 0 },
	{ "'rro'", 0, 0, MOUNT_ATTR_RDONLY, 0 },
	{ "'rrw'", 0, 0, 0, MOUNT_ATTR_RDONLY },
	{ "'rnosuid','rnodev','rnoexec'", 0, 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0 },
	{ "'rsuid','rdev','rexec'", 0, 0, 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC },
	{ "'rnodiratime','rnosymfollow'", 0, 0,
	  MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW, 0 },
	{ "'rdiratime','rsymfollow'", 0, 0, 0,
	  MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW },
	{ "'rnoatime'", 0, 0, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME },
	{ "'rstrictatime'", 0, 0, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME },
	{ "'rrelatime'", 0, 0, 0, MOUNT_ATTR__ATIME },
	{ "'ratime'", 0, 0, 0, MOUNT_ATTR__ATIME },
	{ "'rnorelatime'", 0, 0, 0, 0 },
	{ "'rstrictatime','rnostrictatime'", 0, 0, 0, MOUNT_ATTR__ATIME },
	{ "'ro','rnosuid'", MOUNT_ATTR_RDONLY, 0, MOUNT_ATTR_NOSUID, 0 },
};

static void test_attrs(void)
{
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(attr_cases); i++) {
		const struct plan_mount *m;
		char *json =
			arena_fmt(&k.a,
				  DOC_MOUNT("{'destination':'/d','source':'/s','options':"
					    "['bind',%s]}"),
				  attr_cases[i].options);

		if (!PLAN_OK(&k, json))
			continue;
		m = &k.plan->mounts.items[0];
		CHECK(m->attr_set == attr_cases[i].set &&
			      m->attr_clr == attr_cases[i].clr &&
			      m->rec_set == attr_cases[i].rec_set &&
			      m->rec_clr == attr_cases[i].rec_clr,
		      "bind with %s", attr_cases[i].options);
	}
	arena_done(&k.a);
}

static const struct {
	const char *word;
	uint64_t type;
	bool recursive;
} propagation_cases[] = {
	{ "shared", MS_SHARED, false },		{ "rshared", MS_SHARED, true },
	{ "slave", MS_SLAVE, false },		{ "rslave", MS_SLAVE, true },
	{ "private", MS_PRIVATE, false },	{ "rprivate", MS_PRIVATE, true },
	{ "unbindable", MS_UNBINDABLE, false }, { "runbindable", MS_UNBINDABLE, true },
};

static void test_propagation(void)
{
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(propagation_cases); i++) {
		const char *word = propagation_cases[i].word;
		const struct plan_mount *m;

		if (!PLAN_OK(&k,
			     arena_fmt(&k.a,
				       DOC_MOUNT("{'destination':'/d','options':['%s']}"),
				       word)))
			continue;
		m = &k.plan->mounts.items[0];
		CHECK(m->kind == MOUNT_CHANGE &&
			      m->propagation == propagation_cases[i].type &&
			      m->propagation_recursive == propagation_cases[i].recursive,
		      "%s alone changes what is there", word);
		if (PLAN_OK(&k, arena_fmt(&k.a,
					  DOC("'linux':{'namespaces':[" ALL_NS
					      "],'rootfsPropagation':'%s'}"),
					  word)))
			CHECK(k.plan->root_propagation == propagation_cases[i].type &&
				      k.plan->root_propagation_recursive ==
					      propagation_cases[i].recursive,
			      "%s of the root", word);
	}
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK(k.plan->root_propagation == MS_PRIVATE &&
			      k.plan->root_propagation_recursive,
		      "the root is private");
	PLAN_NO(&k, DOC("'linux':{'namespaces':[" MNT "],'rootfsPropagation':'x'}"),
		"linux.rootfsPropagation");
	arena_done(&k.a);
}

static void test_bind(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k,
		       DOC_MOUNT("{'destination':'a/../d/','type':'x','source':'vol/./1',"
				 "'options':['rbind']}"));
	if (m) {
		CHECK_STR(m->target, "/d", "a relative target is below the root");
		CHECK_STR(m->source, "/bundle/vol/1",
			  "a relative source is the bundle's");
		CHECK_STR(m->where, "mounts[0] /d", "the beginning of errors");
		CHECK(m->kind == MOUNT_BIND && m->recursive && m->by_host,
		      "rbind, opened by the host's side");
		CHECK(m->propagation == MS_PRIVATE && m->propagation_recursive,
		      "private unless it says otherwise");
	}
	m = fake_mount(&k, DOC_MOUNT("{'destination':'/d','type':'bind','source':'/s'}"));
	if (m)
		CHECK(m->kind == MOUNT_BIND && !m->recursive,
		      "type bind without the word");
	m = fake_mount(
		&k,
		DOC_MOUNT(
			"{'destination':'/d','source':'/s','options':['bind','slave']}"));
	if (m)
		CHECK(m->propagation == MS_SLAVE && !m->propagation_recursive,
		      "a slave bind");
	m = fake_mount(
		&k,
		DOC_MOUNT(
			"{'destination':'/d','source':'/s','options':['bind','sync']}"));
	if (m)
		CHECK(fake_warned(&k, "\"sync\" has no effect on a bind mount"),
		      "flags of the file system: a warning");
	CHECK(fake_mount(&k, DOC_MOUNT("{'destination':'/d','source':'/s','options':["
				       "'rbind','nocopy']}")) != NULL,
	      "a word of podman's");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind','copy',"
			  "'mode=1']}"),
		"bind mounts cannot have any filesystem-specific options applied");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/d','options':['bind']}"),
		"without a source");
	k.facts.can_mount = false;
	k.facts.euid = 1000;
	m = fake_mount(
		&k, DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind']}"));
	if (m)
		CHECK(!m->by_host && !k.plan->root_by_host,
		      "who can't mount leaves it to init");
	arena_done(&k.a);
}

static void test_change(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(
		&k, DOC_MOUNT("{'destination':'/','options':['remount','bind','ro']}"));
	if (m)
		CHECK(m->kind == MOUNT_CHANGE && m->attr_set == MOUNT_ATTR_RDONLY &&
			      m->propagation == 0,
		      "remount changes the mount, even the root");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/d','options':['remount','size=1m']}"),
		"remount changes the mount alone");
	m = fake_mount(
		&k,
		DOC_MOUNT("{'destination':'/d','type':'tmpfs','options':['private']}"));
	if (m)
		CHECK(m->kind == MOUNT_NEW, "with a type it is a mount");
	arena_done(&k.a);
}

static void test_new(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(
		&k,
		DOC_MOUNT(
			"{'destination':'/"
			"t','type':'tmpfs','source':'shm','options':['ro',"
			"'nosuid','tmpcopyup','sync','dirsync','async','mand','lazytime',"
			"'size=1m,mode=700','context=\\\"a,b\\\"','x\\\\,y']}"));
	if (m) {
		CHECK(m->late_readonly && m->attr_set == MOUNT_ATTR_NOSUID,
		      "a tmpfs becomes read-only when it is filled");
		CHECK(m->copy_up, "tmpcopyup");
		CHECK_STR(fake_joined(&k, &m->flags), "dirsync|mand|lazytime|",
			  "super block flags");
		CHECK_STR(fake_joined(&k, &m->data),
			  "size=1m|mode=700|context=\"a,b\"|x\\,y|",
			  "options of the file system, one each");
		CHECK(m->attr_clr == 0 && m->propagation == 0 && !m->fallback,
		      "nothing else");
		CHECK(plan_wants(k.plan, STEP_READONLY), "the step that does it");
	}
	m = fake_mount(
		&k,
		DOC_MOUNT(
			"{'destination':'/t','type':'ext4','source':'/dev/sda','options':"
			"['ro','rw','ro','relatime']}"));
	if (m) {
		CHECK_STR(fake_joined(&k, &m->flags), "ro|",
			  "a device is opened read-only");
		CHECK(m->attr_set == MOUNT_ATTR_RDONLY && !m->late_readonly,
		      "and so mounted");
	}
	m = fake_mount(
		&k,
		DOC_MOUNT("{'destination':'/t','type':'tmpfs','options':['iversion']}"));
	if (m)
		CHECK(fake_warned(&k, "\"iversion\" has no effect") && m->data.n == 0,
		      "iversion: a warning");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/t','type':'proc','options':['tmpcopyup']}"),
		"tmpcopyup is for tmpfs");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/t','source':'x','options':['private']}"),
		"without a type");
	arena_done(&k.a);
}

/* Options of an overlay, and whether each of their directories is absolute */
static void test_overlay(void)
{
	static const struct {
		const char *option;
		bool absolute;
	} cases[] = {
		{ "lowerdir=/a", true },
		{ "lowerdir=/a:/b::/c", true },
		{ "lowerdir=/a\\\\:b:/c", true },
		{ "lowerdir+=/a", true },
		{ "upperdir=/a b", true },
		{ "redirect_dir=on", true },
		{ "lowerdir=a", false },
		{ "lowerdir=/a:b", false },
		{ "lowerdir=/a::b", false },
		{ "lowerdir=:/a", false },
		{ "lowerdir=/a\\\\\\\\:b", false },
		{ "lowerdir=", false },
		{ "lowerdir+=a", false },
		{ "datadir+=a", false },
		{ "upperdir=./a", false },
		{ "workdir=a", false },
	};
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool planned = fake_plan(
			&k, arena_fmt(&k.a,
				      DOC_MOUNT("{'destination':'/t','type':'overlay',"
						"'options':['%s']}"),
				      cases[i].option));

		CHECK(planned == cases[i].absolute &&
			      (planned || strstr(k.err.text, "must be an absolute path")),
		      "%s: %s", cases[i].option, planned ? "taken" : k.err.text);
	}
	arena_done(&k.a);
}

/* 64 bytes each */
#define DIR64 "/0123456789012345678901234567890123456789012345678901234567890123"
#define LONG  DIR64 DIR64 DIR64 DIR64

/* More lower directories than one option can hold */
static void test_layers(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k, DOC_MOUNT("{'destination':'/t','type':'overlay','options':["
				     "'lowerdir=" DIR64 ":" DIR64 ":/a\\\\:b:" DIR64
				     "::" DIR64 "','upperdir=/u']}"));
	if (m)
		CHECK_STR(fake_joined(&k, &m->data),
			  "lowerdir+=" DIR64 "|lowerdir+=" DIR64
			  "|lowerdir+=/a:b|lowerdir+=" DIR64 "|datadir+=" DIR64
			  "|upperdir=/u|",
			  "one by one");
	m = fake_mount(&k, DOC_MOUNT("{'destination':'/t','type':'overlay','options':["
				     "'lowerdir=" DIR64 ":" DIR64 "']}"));
	if (m)
		CHECK(m->data.n == 1, "as they are where they fit");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/t','type':'overlay','options':["
			  "'lowerdir=" LONG "']}"),
		"mounts[0] /t: option \"lowerdir+\": its value has more than 255 bytes");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/t','type':'x','options':['y=" LONG "']}"),
		"option \"y\": its value");
	arena_done(&k.a);
}

/* A label for what can have one */
static void test_label(void)
{
	const struct plan_mount *m;
	char *doc = DOC("'linux':{'namespaces':[" ALL_NS "],'mountLabel':'u:c1,c2'},"
			"'mounts':[{'destination':'/t','type':'tmpfs'},"
			"{'destination':'/q','type':'mqueue'},"
			"{'destination':'/s','type':'sysfs'},"
			"{'destination':'/u','type':'tmpfs','options':['fscontext=x']},"
			"{'destination':'/b','source':'/b','options':['bind']}]");
	struct fake k;

	fake_open(&k);
	PLAN_NO(&k, doc,
		"linux.mountLabel: a label is given, but SELinux is not enabled");
	k.facts.selinux = true;
	if (!PLAN_OK(&k, doc))
		return;
	m = k.plan->mounts.items;
	CHECK_STR(fake_joined(&k, &m[0].data), "context=u:c1,c2|", "tmpfs");
	CHECK_STR(fake_joined(&k, &m[1].data), "context=u:c1,c2|", "mqueue");
	CHECK_STR(fake_joined(&k, &m[2].data), "", "not sysfs");
	CHECK_STR(fake_joined(&k, &m[3].data), "fscontext=x|", "one of its own");
	CHECK_STR(fake_joined(&k, &m[4].data), "", "not a bind");
	doc = DOC("'linux':{'namespaces':[" ALL_NS "],'mountLabel':'l'},"
		  "'annotations':{'run.oci.mount_context_type':'rootcontext'},"
		  "'mounts':[{'destination':'/t','type':'tmpfs'}]");
	m = fake_mount(&k, doc);
	if (m)
		CHECK_STR(fake_joined(&k, &m->data), "rootcontext=l|", "another kind");
	PLAN_NO(&k,
		DOC("'linux':{'namespaces':[" ALL_NS "],'mountLabel':'l'},"
		    "'annotations':{'run.oci.mount_context_type':'x'}"),
		"annotations.run.oci.mount_context_type: \"x\" is not one of");
	arena_done(&k.a);
}

/* The r forms of flags of a whole file system are those flags */
static void test_recursive_flags(void)
{
	static const struct {
		const char *options, *flags;
	} cases[] = {
		{ "'rsync'", "sync|" },		  { "'sync','rasync'", "" },
		{ "'rdirsync'", "dirsync|" },	  { "'rmand'", "mand|" },
		{ "'mand','rnomand'", "" },	  { "'rsync','sync'", "sync|" },
		{ "'rsync','rmand','async'", "mand|" },
	};
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct plan_mount *m = fake_mount(
			&k, arena_fmt(&k.a,
				      DOC_MOUNT("{'destination':'/t','type':'tmpfs',"
						"'options':[%s]}"),
				      cases[i].options));

		if (m)
			CHECK_STR(fake_joined(&k, &m->flags), cases[i].flags,
				  "%s", cases[i].options);
	}
	arena_done(&k.a);
}

#define DOC_BIND(options)                                                                \
	DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind'," options "]}")

static void test_links(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k, DOC_BIND("'src-nofollow'"));
	if (m)
		CHECK(m->keep_source && !m->keep_target && !m->copy_link, "src-nofollow");
	m = fake_mount(&k, DOC_BIND("'dest-nofollow'"));
	if (m)
		CHECK(!m->keep_source && m->keep_target && !m->copy_link,
		      "dest-nofollow");
	m = fake_mount(&k, DOC_BIND("'copy-symlink'"));
	if (m)
		CHECK(m->copy_link && m->keep_source && m->keep_target, "copy-symlink");
	PLAN_NO(&k, DOC_BIND("'copy-symlink','src-nofollow'"), "does not go with");
	PLAN_NO(&k, DOC_BIND("'copy-symlink','dest-nofollow'"), "does not go with");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/d','type':'tmpfs','options':["
			  "'dest-nofollow']}"),
		"are for bind mounts");
	arena_done(&k.a);
}

#define MAP "{'containerID':0,'hostID':1000,'size':1}"

/* Each word that `features` shows is a word, and no option of a file system */
static void test_names(void)
{
	struct fake k;
	size_t n = 0;

	fake_open(&k);
	for (; mount_option_names[n]; n++) {
		const char *name = mount_option_names[n];
		char *json = arena_fmt(
			&k.a,
			DOC_MOUNT("{'destination':'/t','type':'tmpfs','source':'/s',"
				  "'options':['%s'],'uidMappings':[%s],"
				  "'gidMappings':[%s]}"),
			name, str_ends(name, "idmap") ? MAP : "",
			str_ends(name, "idmap") ? MAP : "");

		if (str_ends(name, "link") || str_ends(name, "nofollow"))
			continue; /* of binds, which have no such options anyway */

		if (PLAN_OK(&k, json) && k.plan->mounts.items[0].data.n)
			CHECK(false, "%s is taken as an option of the file system", name);
		if (n && strcmp(mount_option_names[n - 1], name) >= 0)
			CHECK(false, "%s is out of order", name);
	}
	CHECK(n == 70, "all words of the specification and crun's (%zu)", n);
	arena_done(&k.a);
}

int main(void)
{
	test_attrs();
	test_propagation();
	test_bind();
	test_change();
	test_new();
	test_overlay();
	test_layers();
	test_label();
	test_recursive_flags();
	test_links();
	test_names();
	return check_done();
}
