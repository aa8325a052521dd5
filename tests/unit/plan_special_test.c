/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The planner: kernel file systems, devices; and that a plan is whole in its arena. Faked
 * hosts, no privileges.
 */
#include <linux/mount.h>
#include <sys/stat.h>

#include "tests/unit/plan_fake.h"

#define PROC	     "{'destination':'/proc','type':'proc','source':'proc'}"
#define SYS(options) "{'destination':'/sys','type':'sysfs','options':[" options "]}"
#define MQUEUE	     "{'destination':'/dev/mqueue','type':'mqueue'}"

static void test_kernel_fs(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k,
		       DOC_NS(MNT, ",'mounts':[" PROC "," SYS("'ro'") "," MQUEUE "]"));
	if (m)
		CHECK(m[0].no_symlinks && m[1].no_symlinks && !m[0].fallback &&
			      !m[1].fallback && !m[2].fallback,
		      "root of the host mounts them in any namespace");
	arena_done(&k.a);
}

static void test_kernel_fs_rootless(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open_user(&k);
	m = fake_mount(&k, DOC_NS(MNT, ",'mounts':[" PROC
				       "," SYS("'ro','nosuid'") "," MQUEUE "]"));
	if (m) {
		CHECK_STR(m[0].fallback, "/proc",
			  "the runtime's PIDs: perhaps its /proc");
		CHECK(m[1].kind == MOUNT_BIND && m[1].recursive && m[1].no_symlinks &&
			      m[1].rec_set == MOUNT_ATTR_RDONLY,
		      "the runtime's network: its /sys, all of it read-only");
		CHECK_STR(m[1].source, "/sys", "from where it is");
		CHECK_STR(m[2].fallback, "/dev/mqueue",
			  "the runtime's IPC: perhaps its queues");
	}
	m = fake_mount(&k, DOC_NS(MNT, ",'mounts':[" SYS("'nosuid'") "]"));
	if (m)
		CHECK(m->kind == MOUNT_BIND && m->rec_set == 0,
		      "not read-only if not asked for");
	m = fake_mount(&k,
		       DOC_NS(ALL_NS, ",'mounts':[" PROC "," SYS("'ro'") "," MQUEUE "]"));
	if (m)
		CHECK(m[0].kind == MOUNT_NEW && !m[0].fallback &&
			      m[1].kind == MOUNT_NEW && !m[1].fallback && !m[2].fallback,
		      "with namespaces of its own they are mounted");
	arena_done(&k.a);

	fake_open(&k);
	k.facts.in_userns = true;
	m = fake_mount(&k, DOC_NS(MNT ",{'type':'network','path':'/n'}",
				  ",'mounts':[" SYS("'ro'") "]"));
	if (m)
		CHECK(m->kind == MOUNT_NEW && str_eq(m->fallback, "/sys"),
		      "a joined network may belong to anyone: tried, else bound");
	arena_done(&k.a);
}

#define CGROUP(options)                                                                  \
	"{'destination':'/sys/fs/cgroup','type':'cgroup','options':[" options "]}"

static void test_cgroup_mount(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open(&k);
	m = fake_mount(&k, DOC_MOUNT(CGROUP("'ro','nsdelegate'")));
	if (m) {
		CHECK(m->kind == MOUNT_NEW && str_eq(m->type, "cgroup2"),
		      "in a private cgroup namespace: a new mount");
		CHECK_STR(m->fallback, "/sys/fs/cgroup/web",
			  "else the container's own part");
		CHECK_STR(fake_joined(&k, &m->data), "nsdelegate|", "its options");
	}
	m = fake_mount(&k, DOC_NS(MNT, ",'mounts':[" CGROUP("'ro','nosuid'") "]"));
	if (m) {
		CHECK(m->kind == MOUNT_BIND && str_eq(m->source, "/sys/fs/cgroup") &&
			      m->recursive && m->rec_set == MOUNT_ATTR_RDONLY,
		      "in the host's cgroup namespace: never a new mount");
		CHECK(m->data.n == 0, "which would change the options of all");
	}
	k.facts.cgroups = CGROUPS_HYBRID;
	k.facts.cgroup_mount = "/sys/fs/cgroup/unified";
	m = fake_mount(&k, DOC_NS(MNT, ",'mounts':[" CGROUP("'ro','nsdelegate'") "]"));
	if (m)
		CHECK(str_eq(m->source, "/sys/fs/cgroup/unified") &&
			      fake_warned(&k, "options"),
		      "hybrid: the cgroup2 tree; options are not passed on");
	k.facts.cgroups = CGROUPS_NONE;
	k.facts.cgroup_mount = NULL;
	m = fake_mount(&k, DOC_MOUNT(CGROUP("'rw'")));
	if (m)
		CHECK(m->kind == MOUNT_NEW && str_eq(m->type, "tmpfs") &&
			      (m->attr_set & MOUNT_ATTR_RDONLY) &&
			      fake_warned(&k, "no cgroup2"),
		      "no tree: an empty directory, read-only, and a warning");
	arena_done(&k.a);
}

static void test_cgroup_mount_rootless(void)
{
	const struct plan_mount *m;
	struct fake k;

	fake_open_user(&k);
	k.facts.cgroup_writable = false;
	m = fake_mount(&k, DOC_MOUNT(CGROUP("'ro'")));
	if (m)
		CHECK(m->kind == MOUNT_NEW && !m->fallback &&
			      (m->attr_set & MOUNT_ATTR_RDONLY),
		      "rootless without a cgroup: no fallback to the host's tree");
	arena_done(&k.a);
}

static void test_targets(void)
{
	struct fake k;

	fake_open(&k);
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/x/..','type':'tmpfs'}"), "over the root");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/proc/sys','source':'/s','options':['bind']}"),
		"inside /proc");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/proc//self/../self/attr','type':'tmpfs'}"),
		"inside /proc");
	PLAN_NO(&k, DOC_MOUNT("{'destination':'/proc','type':'tmpfs'}"), "only a proc");
	PLAN_NO(&k,
		DOC_MOUNT("{'destination':'/proc','source':'/s','options':['rbind']}"),
		"only a proc");
	CHECK(fake_plan(&k,
			DOC_MOUNT("{'destination':'/proc','source':'/proc/','options':"
				  "['rbind']}")),
	      "the host's /proc may be bound");
	CHECK(k.plan && k.plan->mounts.items[0].no_symlinks,
	      "but not where a link leads");
	CHECK(fake_plan(
		      &k,
		      DOC_MOUNT("{'destination':'/proc/meminfo','source':'/s','options':"
				"['bind']}")),
	      "files that lxcfs replaces may be covered");
	CHECK(fake_plan(&k, DOC_MOUNT("{'destination':'/procs/x','type':'tmpfs'}")),
	      "/procs is not /proc");
	arena_done(&k.a);
}

static const struct plan_device *device(const struct fake *k, const char *path)
{
	LIST_EACH (d, &k->plan->devices)
		if (strcmp(d->path, path) == 0)
			return d;
	return NULL;
}

#define DOC_DEVICES(devices, mounts)                                                     \
	DOC("'linux':{'namespaces':[" ALL_NS "],'devices':[" devices                     \
	    "]},'mounts':[" mounts "]")
#define FUSE "{'path':'/dev/fuse','type':'c','major':10,'minor':229}"

static void test_devices(void)
{
	const struct plan_device *d;
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_DEVICES("{'path':'/dev//null','type':'u','major':9,'minor':8,"
				    "'fileMode':8576,'uid':1,'gid':2}," FUSE,
				    ""))) {
		CHECK(k.plan->devices.n == 7 && k.plan->links.n == 6,
		      "five defaults and two");
		d = device(&k, "/dev/null");
		CHECK(d && !d->is_default && d->mode == (S_IFCHR | 0600) &&
			      d->major == 9 && d->uid == 1 && d->gid == 2 && !d->source,
		      "the document's replaces the default");
		d = device(&k, "/dev/tty");
		CHECK(d && d->is_default && d->mode == (S_IFCHR | 0666) && d->major == 5,
		      "a default");
		d = device(&k, "/dev/fuse");
		CHECK(d && d->mode == (S_IFCHR | 0666), "0666 unless it says otherwise");
	}
	arena_done(&k.a);
}

static void test_devices_and_mounts(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k,
		    DOC_DEVICES("", "{'destination':'/dev/zero','source':'/z','options':"
				    "['bind']},{'destination':'/dev/ptmx','source':'/z',"
				    "'options':['bind']}")))
		CHECK(!device(&k, "/dev/zero") && k.plan->links.n == 5,
		      "what is mounted there is not made");
	PLAN_NO(&k, DOC_DEVICES("{'path':'/x','type':'z'}", ""), "linux.devices[0].type");
	if (PLAN_OK(&k, DOC_DEVICES(FUSE ",{'path':'/x','type':'b','major':1,'minor':1}",
				    "{'destination':'/dev','source':'/"
				    "dev','options':['rbind']}")))
		CHECK(k.plan->devices.n == 1 && device(&k, "/x") &&
			      k.plan->links.n == 0 &&
			      fake_warned(&k, "/dev is a bind mount: 1 device(s)"),
		      "the host's /dev is left alone");
	if (PLAN_OK(&k,
		    DOC_DEVICES(
			    "",
			    "{'destination':'/dev','source':'/dev','options':['rbind']},"
			    "{'destination':'/dev','type':'tmpfs'}")))
		CHECK(k.plan->devices.n == 6, "the last mount at /dev decides");
	arena_done(&k.a);
}

static void test_devices_userns(void)
{
	const struct plan_device *d;
	struct fake k;

	fake_open_user(&k);
	if (PLAN_OK(&k, DOC_DEVICES(FUSE ",{'path':'/dev/p','type':'p'}", ""))) {
		d = device(&k, "/dev/null");
		CHECK(d && str_eq(d->source, "/dev/null"),
		      "user namespace: the host's node");
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
	LIST_EACH (m, &p->mounts) {
		within(k, m->where);
		within(k, m->target);
		within(k, m->type);
		within(k, m->source);
		within(k, m->fallback);
		within_list(k, &m->data);
		within_list(k, &m->flags);
	}
	LIST_EACH (d, &p->devices) {
		within(k, d->path);
		within(k, d->source);
	}
	LIST_EACH (l, &p->links) {
		within(k, l->path);
		within(k, l->text);
	}
}

static void within_rest(const struct fake *k, const struct plan *p)
{
	const void *const single[] = {
		p,
		p->rootfs,
		p->hostname,
		p->domainname,
		p->process.path,
		p->process.cwd,
		p->process.oom_score_adj,
		p->cgroup.mount,
		p->cgroup.path,
		p->cgroup.why,
		p->mounts.items,
		p->devices.items,
		p->links.items,
		p->joins.items,
		p->sysctls.items,
		p->process.groups.items,
		p->process.rlimits.items,
	};

	for (size_t i = 0; i < ARRAY_LEN(single); i++)
		within(k, single[i]);
	within_list(k, &p->masked);
	within_list(k, &p->readonly);
	within_list(k, &p->warnings);
	within_vector(k, p->process.argv);
	within_vector(k, p->process.envp);
	LIST_EACH (j, &p->joins) {
		within(k, j->name);
		within(k, j->path);
	}
	LIST_EACH (s, &p->sysctls) {
		within(k, s->path);
		within(k, s->value);
	}
	for (int kind = 0; kind < HOOK_KINDS; kind++) {
		LIST_EACH (h, &p->hooks[kind]) {
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
		    "'mounts':[" PROC "," SYS("'ro','sync','x=1'") "," MQUEUE "," CGROUP(
			    "'ro'") ",{'destination':'/b','type':'ext4','source':'/dev/"
				    "x','options':['ro']}],"
				    "'hooks':{'poststop':[{'path':'/a'}]},"
				    "'linux':{'namespaces':[" MNT
				    ",{'type':'uts','path':'/n'}],"
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
	test_kernel_fs();
	test_kernel_fs_rootless();
	test_cgroup_mount();
	test_cgroup_mount_rootless();
	test_targets();
	test_devices();
	test_devices_and_mounts();
	test_devices_userns();
	test_arena();
	return check_done();
}
