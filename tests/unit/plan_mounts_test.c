/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: root, mounts with all their words, devices; and that a plan is whole in its
 * arena. Faked hosts, no privileges. */
#include <linux/mount.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <sys/stat.h>

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
	{ "'suid','dev','exec'", 0, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0,
	  0 },
	{ "'nodiratime','nosymfollow'", MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW, 0, 0, 0 },
	{ "'diratime','symfollow'", 0, MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW, 0, 0 },
	{ "'noatime'", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'strictatime'", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'relatime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'atime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'noatime','atime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'noatime','nostrictatime'", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'strictatime','nostrictatime'", 0, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'noatime','strictatime'", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0, 0 },
	{ "'norelatime'", 0, 0, 0, 0 },
	{ "'defaults','loud','silent','noiversion','async','nolazytime','nomand'", 0, 0, 0, 0 },
	{ "'rro'", 0, 0, MOUNT_ATTR_RDONLY, 0 },
	{ "'rrw'", 0, 0, 0, MOUNT_ATTR_RDONLY },
	{ "'rnosuid','rnodev','rnoexec'", 0, 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, 0 },
	{ "'rsuid','rdev','rexec'", 0, 0, 0,
	  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC },
	{ "'rnodiratime','rnosymfollow'", 0, 0, MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW,
	  0 },
	{ "'rdiratime','rsymfollow'", 0, 0, 0, MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW },
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
		char *json = arena_fmt(&k.a,
				       DOC_MOUNT("{'destination':'/d','source':'/s','options':"
						 "['bind',%s]}"),
				       attr_cases[i].options);

		if (!PLAN_OK(&k, json))
			continue;
		m = &k.plan->mounts.items[0];
		CHECK(m->attr_set == attr_cases[i].set && m->attr_clr == attr_cases[i].clr &&
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
	{ "shared", MS_SHARED, false },	  { "rshared", MS_SHARED, true },
	{ "slave", MS_SLAVE, false },	  { "rslave", MS_SLAVE, true },
	{ "private", MS_PRIVATE, false }, { "rprivate", MS_PRIVATE, true },
	{ "unbindable", MS_UNBINDABLE, false }, { "runbindable", MS_UNBINDABLE, true },
};

static void test_propagation(void)
{
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(propagation_cases); i++) {
		const char *word = propagation_cases[i].word;
		const struct plan_mount *m;

		if (!PLAN_OK(&k, arena_fmt(&k.a, DOC_MOUNT("{'destination':'/d','options':['%s']}"),
					   word)))
			continue;
		m = &k.plan->mounts.items[0];
		CHECK(m->kind == MOUNT_CHANGE && m->propagation == propagation_cases[i].type &&
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

static const struct plan_mount *one(struct fake *k, const char *json)
{
	return PLAN_OK(k, json) && k->plan->mounts.n ? &k->plan->mounts.items[0] : NULL;
}

static void test_bind(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = one(&k, DOC_MOUNT("{'destination':'a/../d/','type':'x','source':'vol/./1',"
			      "'options':['rbind']}"));
	if (m) {
		CHECK_STR(m->target, "/d", "a relative target is below the root");
		CHECK_STR(m->source, "/bundle/vol/1", "a relative source is the bundle's");
		CHECK_STR(m->where, "mounts[0] /d", "the beginning of errors");
		CHECK(m->kind == MOUNT_BIND && m->recursive && m->by_host,
		      "rbind, opened by the host's side");
		CHECK(m->propagation == MS_PRIVATE && m->propagation_recursive,
		      "private unless it says otherwise");
	}
	m = one(&k, DOC_MOUNT("{'destination':'/d','type':'bind','source':'/s'}"));
	if (m)
		CHECK(m->kind == MOUNT_BIND && !m->recursive, "type bind without the word");
	m = one(&k, DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind','slave']}"));
	if (m)
		CHECK(m->propagation == MS_SLAVE && !m->propagation_recursive, "a slave bind");
	m = one(&k, DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind','sync']}"));
	if (m)
		CHECK(fake_warned(&k, "\"sync\" has no effect on a bind mount"),
		      "flags of the file system: a warning");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind','mode=1']}"),
		"bind mounts cannot have any filesystem-specific options applied");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/d','options':['bind']}"), "without a source");
	k.facts.can_mount = false;
	k.facts.euid = 1000;
	m = one(&k, DOC_MOUNT("{'destination':'/d','source':'/s','options':['bind']}"));
	if (m)
		CHECK(!m->by_host && !k.plan->root_by_host, "who can't mount leaves it to init");
	arena_done(&k.a);
}

static void test_change(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = one(&k, DOC_MOUNT("{'destination':'/','options':['remount','bind','ro']}"));
	if (m)
		CHECK(m->kind == MOUNT_CHANGE && m->attr_set == MOUNT_ATTR_RDONLY &&
			      m->propagation == 0,
		      "remount changes the mount, even the root");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/d','options':['remount','size=1m']}"),
		"remount changes the mount alone");
	m = one(&k, DOC_MOUNT("{'destination':'/d','type':'tmpfs','options':['private']}"));
	if (m)
		CHECK(m->kind == MOUNT_NEW, "with a type it is a mount");
	arena_done(&k.a);
}

static char *joined(struct fake *k, const strings_t *list)
{
	char *text = "";

	for (size_t i = 0; i < list->n; i++)
		text = arena_fmt(&k->a, "%s%s|", text, list->items[i]);
	return text;
}

static void test_new(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = one(&k, DOC_MOUNT("{'destination':'/t','type':'tmpfs','source':'shm','options':['ro',"
			      "'nosuid','tmpcopyup','sync','dirsync','async','mand','lazytime',"
			      "'size=1m,mode=700','context=\\\"a,b\\\"','x\\\\,y']}"));
	if (m) {
		CHECK(m->late_readonly && m->attr_set == MOUNT_ATTR_NOSUID,
		      "a tmpfs becomes read-only when it is filled");
		CHECK(m->copy_up, "tmpcopyup");
		CHECK_STR(joined(&k, &m->flags), "dirsync|mand|lazytime|", "super block flags");
		CHECK_STR(joined(&k, &m->data), "size=1m|mode=700|context=\"a,b\"|x\\,y|",
			  "options of the file system, one each");
		CHECK(m->attr_clr == 0 && m->propagation == 0 && !m->fallback, "nothing else");
		CHECK(plan_wants(k.plan, STEP_READONLY), "the step that does it");
	}
	m = one(&k, DOC_MOUNT("{'destination':'/t','type':'ext4','source':'/dev/sda','options':"
			      "['ro','rw','ro','relatime']}"));
	if (m) {
		CHECK_STR(joined(&k, &m->flags), "ro|", "a device is opened read-only");
		CHECK(m->attr_set == MOUNT_ATTR_RDONLY && !m->late_readonly, "and so mounted");
	}
	m = one(&k, DOC_MOUNT("{'destination':'/t','type':'tmpfs','options':['iversion']}"));
	if (m)
		CHECK(fake_warned(&k, "\"iversion\" has no effect") && m->data.n == 0,
		      "iversion: a warning");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/t','type':'proc','options':['tmpcopyup']}"),
		"tmpcopyup is for tmpfs");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/t','source':'x','options':['private']}"),
		"without a type");
	arena_done(&k.a);
}

static void test_refused_words(void)
{
	static const char *const words[] = { "idmap",	      "ridmap",	       "idmap=uids=0-1-2",
					     "copy-symlink",  "src-nofollow",  "dest-nofollow",
					     "rsync",	      "rasync",	       "rdirsync",
					     "rmand",	      "rnomand" };
	struct fake k;

	fake_open(&k);
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		PLAN_NO(&k,
			arena_fmt(&k.a,
				  DOC_MOUNT("{'destination':'/t','type':'tmpfs','options':['%s']}"),
				  words[i]),
			arena_fmt(&k.a, "mounts[0] /t: option \"%s\": ", words[i]));
	arena_done(&k.a);
}

/* Each word that `features` shows is a word, and no option of a file system */
static void test_names(void)
{
	struct fake k;
	size_t n = 0;

	fake_open(&k);
	for (; mount_option_names[n]; n++) {
		const char *name = mount_option_names[n];
		char *json = arena_fmt(&k.a,
				       DOC_MOUNT("{'destination':'/t','type':'tmpfs','source':'/s',"
						 "'options':['%s']}"),
				       name);

		if (PLAN_OK(&k, json) && k.plan->mounts.items[0].data.n)
			CHECK(false, "%s is taken as an option of the file system", name);
		if (n && strcmp(mount_option_names[n - 1], name) >= 0)
			CHECK(false, "%s is out of order", name);
	}
	CHECK(n == 60, "all words of the specification but idmap and ridmap (%zu)", n);
	arena_done(&k.a);
}

#define PROC "{'destination':'/proc','type':'proc','source':'proc'}"
#define SYS(options) "{'destination':'/sys','type':'sysfs','options':[" options "]}"
#define MQUEUE "{'destination':'/dev/mqueue','type':'mqueue'}"

static void test_kernel_fs(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = one(&k, DOC_NS(MNT, ",'mounts':[" PROC "," SYS("'ro'") "," MQUEUE "]"));
	if (m)
		CHECK(m[0].no_symlinks && m[1].no_symlinks && !m[0].fallback && !m[1].fallback &&
			      !m[2].fallback,
		      "root of the host mounts them in any namespace");
	arena_done(&k.a);

	fake_open_user(&k);
	m = one(&k, DOC_NS(MNT, ",'mounts':[" PROC "," SYS("'ro','nosuid'") "," MQUEUE "]"));
	if (m) {
		CHECK_STR(m[0].fallback, "/proc", "the runtime's PIDs: perhaps its /proc");
		CHECK(m[1].kind == MOUNT_BIND && m[1].recursive && m[1].no_symlinks &&
			      m[1].rec_set == MOUNT_ATTR_RDONLY,
		      "the runtime's network: its /sys, all of it read-only");
		CHECK_STR(m[1].source, "/sys", "from where it is");
		CHECK_STR(m[2].fallback, "/dev/mqueue", "the runtime's IPC: perhaps its queues");
	}
	m = one(&k, DOC_NS(MNT, ",'mounts':[" SYS("'nosuid'") "]"));
	if (m)
		CHECK(m->kind == MOUNT_BIND && m->rec_set == 0, "not read-only if not asked for");
	m = one(&k, DOC_NS(ALL_NS, ",'mounts':[" PROC "," SYS("'ro'") "," MQUEUE "]"));
	if (m)
		CHECK(m[0].kind == MOUNT_NEW && !m[0].fallback && m[1].kind == MOUNT_NEW &&
			      !m[1].fallback && !m[2].fallback,
		      "with namespaces of its own they are mounted");
	arena_done(&k.a);

	fake_open(&k);
	k.facts.in_userns = true;
	m = one(&k, DOC_NS(MNT ",{'type':'network','path':'/n'}", ",'mounts':[" SYS("'ro'") "]"));
	if (m)
		CHECK(m->kind == MOUNT_NEW && str_eq(m->fallback, "/sys"),
		      "a joined network may belong to anyone: tried, else bound");
	arena_done(&k.a);
}

#define CGROUP(options) "{'destination':'/sys/fs/cgroup','type':'cgroup','options':[" options "]}"

static void test_cgroup_mount(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = one(&k, DOC_MOUNT(CGROUP("'ro','nsdelegate'")));
	if (m) {
		CHECK(m->kind == MOUNT_NEW && str_eq(m->type, "cgroup2"),
		      "in a private cgroup namespace: a new mount");
		CHECK_STR(m->fallback, "/sys/fs/cgroup/web", "else the container's own part");
		CHECK_STR(joined(&k, &m->data), "nsdelegate|", "its options");
	}
	m = one(&k, DOC_NS(MNT, ",'mounts':[" CGROUP("'ro','nosuid'") "]"));
	if (m) {
		CHECK(m->kind == MOUNT_BIND && str_eq(m->source, "/sys/fs/cgroup") &&
			      m->recursive && m->rec_set == MOUNT_ATTR_RDONLY,
		      "in the host's cgroup namespace: never a new mount");
		CHECK(m->data.n == 0, "which would change the options of all");
	}
	k.facts.cgroups = CGROUPS_HYBRID;
	k.facts.cgroup_mount = "/sys/fs/cgroup/unified";
	m = one(&k, DOC_NS(MNT, ",'mounts':[" CGROUP("'ro','nsdelegate'") "]"));
	if (m)
		CHECK(str_eq(m->source, "/sys/fs/cgroup/unified") && fake_warned(&k, "options"),
		      "hybrid: the cgroup2 tree; options are not passed on");
	k.facts.cgroups = CGROUPS_NONE;
	k.facts.cgroup_mount = NULL;
	m = one(&k, DOC_MOUNT(CGROUP("'rw'")));
	if (m)
		CHECK(m->kind == MOUNT_NEW && str_eq(m->type, "tmpfs") &&
			      (m->attr_set & MOUNT_ATTR_RDONLY) && fake_warned(&k, "no cgroup2"),
		      "no tree: an empty directory, read-only, and a warning");
	arena_done(&k.a);
	fake_open_user(&k);
	k.facts.cgroup_writable = false;
	m = one(&k, DOC_MOUNT(CGROUP("'ro'")));
	if (m)
		CHECK(m->kind == MOUNT_NEW && !m->fallback && (m->attr_set & MOUNT_ATTR_RDONLY),
		      "rootless without a cgroup: no fallback to the host's tree");
	arena_done(&k.a);
}

static void test_targets(void)
{
	struct fake k;

	fake_open(&k);
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/x/..','type':'tmpfs'}"), "over the root");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/proc/sys','source':'/s','options':['bind']}"),
		"inside /proc");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/proc//self/../self/attr','type':'tmpfs'}"),
		"inside /proc");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/proc','type':'tmpfs'}"), "only a proc");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/proc','source':'/s','options':['rbind']}"),
		"only a proc");
	CHECK(fake_plan(&k, DOC_MOUNT("{'destination':'/proc','source':'/proc/','options':"
				      "['rbind']}")),
	      "the host's /proc may be bound");
	CHECK(fake_plan(&k, DOC_MOUNT("{'destination':'/proc/meminfo','source':'/s','options':"
				      "['bind']}")),
	      "files that lxcfs replaces may be covered");
	CHECK(fake_plan(&k, DOC_MOUNT("{'destination':'/procs/x','type':'tmpfs'}")),
	      "/procs is not /proc");
	arena_done(&k.a);
}

static const struct plan_device *device(const struct fake *k, const char *path)
{
	LIST_EACH(d, &k->plan->devices)
		if (strcmp(d->path, path) == 0)
			return d;
	return NULL;
}

#define DOC_DEVICES(devices, mounts)                                                     \
	DOC("'linux':{'namespaces':[" ALL_NS "],'devices':[" devices "]},'mounts':[" mounts "]")
#define FUSE "{'path':'/dev/fuse','type':'c','major':10,'minor':229}"

static void test_devices(void)
{
	const struct plan_device *d;
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_DEVICES("{'path':'/dev//null','type':'u','major':9,'minor':8,"
				    "'fileMode':384,'uid':1,'gid':2}," FUSE,
				    ""))) {
		CHECK(k.plan->devices.n == 7 && k.plan->links.n == 6, "five defaults and two");
		d = device(&k, "/dev/null");
		CHECK(d && !d->is_default && d->mode == (S_IFCHR | 0600) && d->major == 9 &&
			      d->uid == 1 && d->gid == 2 && !d->source,
		      "the document's replaces the default");
		d = device(&k, "/dev/tty");
		CHECK(d && d->is_default && d->mode == (S_IFCHR | 0666) && d->major == 5,
		      "a default");
		d = device(&k, "/dev/fuse");
		CHECK(d && d->mode == (S_IFCHR | 0666), "0666 unless it says otherwise");
	}
	if (PLAN_OK(&k, DOC_DEVICES("", "{'destination':'/dev/zero','source':'/z','options':"
					"['bind']},{'destination':'/dev/ptmx','source':'/z',"
					"'options':['bind']}")))
		CHECK(!device(&k, "/dev/zero") && k.plan->links.n == 5,
		      "what is mounted there is not made");
	PLAN_NO(&k, DOC_DEVICES("{'path':'/x','type':'z'}", ""), "linux.devices[0].type");
	if (PLAN_OK(&k, DOC_DEVICES(FUSE ",{'path':'/x','type':'b','major':1,'minor':1}",
				    "{'destination':'/dev','source':'/dev','options':['rbind']}")))
		CHECK(k.plan->devices.n == 1 && device(&k, "/x") && k.plan->links.n == 0 &&
			      fake_warned(&k, "/dev is a bind mount: 1 device(s)"),
		      "the host's /dev is left alone");
	if (PLAN_OK(&k, DOC_DEVICES("", "{'destination':'/dev','source':'/dev','options':['rbind']},"
					"{'destination':'/dev','type':'tmpfs'}")))
		CHECK(k.plan->devices.n == 6, "the last mount at /dev decides");
	arena_done(&k.a);

	fake_open_user(&k);
	if (PLAN_OK(&k, DOC_DEVICES(FUSE ",{'path':'/dev/p','type':'p'}", ""))) {
		d = device(&k, "/dev/null");
		CHECK(d && str_eq(d->source, "/dev/null"), "user namespace: the host's node");
		d = device(&k, "/dev/fuse");
		CHECK(d && str_eq(d->source, "/dev/fuse"), "for others too");
		d = device(&k, "/dev/p");
		CHECK(d && !d->source && S_ISFIFO(d->mode), "a FIFO can be made");
	}
	arena_done(&k.a);
}

/* ---- a plan lies in its arena: init has no other memory of the program's ---- */

static size_t outside;

static void within(const struct fake *k, const void *p)
{
	const char *at = p;

	if (at && (at < k->a.base || at >= k->a.base + k->a.used))
		outside++;
}

static void within_list(const struct fake *k, const strings_t *list)
{
	within(k, list->items);
	for (size_t i = 0; i < list->n; i++)
		within(k, list->items[i]);
}

static void within_vector(const struct fake *k, char *const *v)
{
	within(k, v);
	for (; v && *v; v++)
		within(k, *v);
}

static void within_mounts(const struct fake *k, const struct plan *p)
{
	LIST_EACH(m, &p->mounts) {
		within(k, m->where);
		within(k, m->target);
		within(k, m->type);
		within(k, m->source);
		within(k, m->fallback);
		within_list(k, &m->data);
		within_list(k, &m->flags);
	}
	LIST_EACH(d, &p->devices) {
		within(k, d->path);
		within(k, d->source);
	}
	LIST_EACH(l, &p->links) {
		within(k, l->path);
		within(k, l->text);
	}
}

static void within_rest(const struct fake *k, const struct plan *p)
{
	const void *const single[] = {
		p, p->keyring, p->rootfs, p->hostname, p->domainname, p->process.path,
		p->process.cwd, p->process.oom_score_adj, p->cgroup.mount, p->cgroup.path,
		p->cgroup.why, p->mounts.items, p->devices.items, p->links.items, p->joins.items,
		p->sysctls.items, p->process.groups.items, p->process.rlimits.items,
	};

	for (size_t i = 0; i < ARRAY_LEN(single); i++)
		within(k, single[i]);
	within_list(k, &p->masked);
	within_list(k, &p->readonly);
	within_list(k, &p->warnings);
	within_vector(k, p->process.argv);
	within_vector(k, p->process.envp);
	LIST_EACH(j, &p->joins) {
		within(k, j->name);
		within(k, j->path);
	}
	LIST_EACH(s, &p->sysctls) {
		within(k, s->path);
		within(k, s->value);
	}
	for (int kind = 0; kind < HOOK_KINDS; kind++) {
		LIST_EACH(h, &p->hooks[kind]) {
			within(k, h->where);
			within(k, h->path);
			within_vector(k, h->argv);
			within_vector(k, h->envp);
		}
	}
}

static void test_arena(void)
{
	static const char json[] =
		DOC("'hostname':'h','process':{'cwd':'','args':['a'],'oomScoreAdj':1},"
		    "'mounts':[" PROC "," SYS("'ro','sync','x=1'") "," MQUEUE "," CGROUP("'ro'")
		    ",{'destination':'/b','type':'ext4','source':'/dev/x','options':['ro']}],"
		    "'hooks':{'poststop':[{'path':'/a'}]},"
		    "'linux':{'namespaces':[" MNT ",{'type':'uts','path':'/n'}],"
		    "'sysctl':{'net.x':'1'},'maskedPaths':['/m']}");
	struct fake k;

	fake_open_user(&k);
	k.request.listen_fds = 1;
	for (int i = 0; i < 4; i++) {
		k.facts.cgroup_writable = i & 1;
		k.facts.cgroups = i & 2 ? CGROUPS_NONE : CGROUPS_UNIFIED;
		outside = 0;
		if (!PLAN_OK(&k, json))
			continue;
		within_mounts(&k, k.plan);
		within_rest(&k, k.plan);
		CHECK(outside == 0, "nothing points out of the arena (%zu)", outside);
	}
	arena_done(&k.a);
}

int main(void)
{
	test_attrs();
	test_propagation();
	test_bind();
	test_change();
	test_new();
	test_refused_words();
	test_names();
	test_kernel_fs();
	test_cgroup_mount();
	test_targets();
	test_devices();
	test_arena();
	return check_done();
}
