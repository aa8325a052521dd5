/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: paths, namespaces, ids, facts. Faked hosts mostly. */
#include <linux/sched.h>
#include <unistd.h>

#include "libcontainer/plan/facts_users.h"
#include "libcontainer/plan/path.h"
#include "tests/unit/plan_fake.h"

static const char *cleaned(struct arena *a, const char *base, const char *path)
{
	return path_clean(a, base, path);
}

static void test_path(void)
{
	struct fake k;

	fake_open(&k);
	CHECK_STR(cleaned(&k.a, "/b", "rootfs"), "/b/rootfs", "relative: below the base");
	CHECK_STR(cleaned(&k.a, "/b", "/x//y/./z/"), "/x/y/z", "empty parts and dots go");
	CHECK_STR(cleaned(&k.a, "/b/c", "../../../d"), "/d", "dot-dot stops at the root");
	CHECK_STR(cleaned(&k.a, "/", "."), "/", "the root itself");
	CHECK_STR(cleaned(&k.a, "/", ".../..x"), "/.../..x",
		  "names that begin with dots stay");
	CHECK(path_climbs("/a/../b") && path_climbs("..") && !path_climbs("/a..b/...c"),
	      "dot-dot is found as a part only");
	CHECK(path_below("/proc/x", "/proc") && !path_below("/proc", "/proc") &&
		      !path_below("/procx/y", "/proc") && path_below("/a", "/"),
	      "below is by parts");
	CHECK_STR(path_parent(&k.a, "/a/b"), "/a", "parent");
	CHECK_STR(path_parent(&k.a, "/a"), "/", "parent of the first level");
	arena_done(&k.a);
}

static void test_namespaces(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ""))) {
		CHECK(k.plan->shape == SHAPE_DIRECT, "only new ones: the direct shape");
		CHECK(k.plan->clone_flags == (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
					      CLONE_NEWIPC | CLONE_NEWUTS),
		      "clone flags without the cgroup namespace");
		CHECK(plan_wants(k.plan, STEP_CGROUP_NS), "init enters that one itself");
		CHECK(plan_wants(k.plan, STEP_LOOPBACK), "loopback in a new network");
		CHECK(k.plan->new_pidns && !k.plan->new_userns && !k.plan->ids_zero,
		      "root needs no user namespace");
	}
	if (PLAN_OK(&k,
		    DOC_NS(MNT ",{'type':'network'},{'type':'network','path':''}", "")))
		CHECK(k.plan->joins.n == 0, "an empty path is none");
	PLAN_NO(&k, DOC_NS("{'type':'pid'}", ""), "aril needs a mount namespace");
	PLAN_NO(&k, DOC_NS(MNT ",{'type':'nett'}", ""), "linux.namespaces[1].type");
	arena_done(&k.a);
}

#define JOIN_ALL                                                                         \
	"{'type':'user','path':'/n/user'},{'type':'mount','path':'/n/mnt'},"             \
	"{'type':'pid','path':'/n/pid'},{'type':'time','path':'/n/time'},"               \
	"{'type':'network','path':'/n/net'},{'type':'cgroup','path':'/n/cg'},"           \
	"{'type':'uts','path':'/n/uts'},{'type':'ipc','path':'/n/ipc'}"

static char *join_names(struct fake *k)
{
	char *text = "";

	LIST_EACH (join, &k->plan->joins)
		text = arena_fmt(&k->a, "%s%s ", text, join->name);
	return text;
}

static void test_joins(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_NS(JOIN_ALL, ""))) {
		CHECK_STR(join_names(&k), "network ipc uts cgroup time pid mount user ",
			  "root joins the user namespace last");
		CHECK(k.plan->shape == SHAPE_JOIN && k.plan->clone_flags == 0,
		      "the join shape, with nothing new");
		CHECK(k.plan->ids_zero && k.plan->ids.way == MAP_NONE,
		      "ids of a joined user namespace are not ours to map");
		CHECK(plan_wants(k.plan, STEP_JOIN) &&
			      !plan_wants(k.plan, STEP_CGROUP_NS) &&
			      !plan_wants(k.plan, STEP_LOOPBACK),
		      "what is joined is not set up");
	}
	k.facts.euid = 1000;
	k.facts.can_mount = false;
	if (PLAN_OK(&k, DOC_NS(JOIN_ALL, "")))
		CHECK_STR(join_names(&k), "user network ipc uts cgroup time pid mount ",
			  "who has no privileges joins it first");
	arena_done(&k.a);
}

static bool map_is(const plan_maps_t *maps, size_t i, uint32_t inside, uint32_t outside,
		   uint32_t size)
{
	return i < maps->n && maps->items[i].inside == inside &&
	       maps->items[i].outside == outside && maps->items[i].size == size;
}

static void test_ids_chosen(void)
{
	struct fake k;

	fake_open_user(&k);
	*list_add(&k.a, &k.facts.subuids) = (struct id_range){ 300000, 1000 };
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ""))) {
		const struct plan_ids *ids = &k.plan->ids;

		CHECK(k.plan->new_userns && (k.plan->clone_flags & CLONE_NEWUSER),
		      "rootless: a user namespace is added");
		CHECK(ids->way == MAP_HELPER && !ids->deny_setgroups, "by the helpers");
		CHECK(ids->uids.n == 3 && map_is(&ids->uids, 0, 0, 1000, 1) &&
			      map_is(&ids->uids, 1, 1, 100000, 65536) &&
			      map_is(&ids->uids, 2, 65537, 300000, 1000),
		      "0 is the caller, then all ranges in their order");
		CHECK(k.plan->process.set_groups && k.plan->ids_zero,
		      "it can set groups");
	}
	if (PLAN_OK(&k, DOC_NS(ALL_NS ",{'type':'user'}", "")))
		CHECK(k.plan->ids.way == MAP_HELPER,
		      "the same when the document asks for one");
	k.facts.has_newgidmap = false;
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ""))) {
		CHECK(k.plan->ids.way == MAP_WRITE && k.plan->ids.deny_setgroups &&
			      k.plan->ids.uids.n == 1 &&
			      map_is(&k.plan->ids.gids, 0, 0, 1000, 1),
		      "without helpers only the own ids");
		CHECK(!k.plan->process.set_groups, "and no groups");
	}
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':5,'gid':0}"),
		"process.user.uid: id 5 is not mapped");
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':0,'gid':7}"),
		"process.user.gid: id 7 is not mapped");
	k.facts.has_newgidmap = true;
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':0,'gid':0,'additionalGids':[70000]}"),
		"additionalGids[0]: id 70000 is not mapped");
	arena_done(&k.a);
}

#define DOC_MAPS(uids, gids)                                                             \
	DOC("'linux':{'namespaces':[" ALL_NS ",{'type':'user'}],'uidMappings':[" uids    \
	    "],'gidMappings':[" gids "]}")
#define MAP(inside, outside, size)                                                       \
	"{'containerID':" #inside ",'hostID':" #outside ",'size':" #size "}"

static void test_ids_given(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_MAPS(MAP(0, 500000, 10), MAP(0, 600000, 10)))) {
		CHECK(k.plan->ids.way == MAP_WRITE && !k.plan->ids.deny_setgroups,
		      "root writes any map");
		CHECK(map_is(&k.plan->ids.uids, 0, 0, 500000, 10) &&
			      map_is(&k.plan->ids.gids, 0, 0, 600000, 10),
		      "as it was given");
	}
	PLAN_NO(&k, DOC_NS(ALL_NS ",{'type':'user'}", ""),
		"linux.uidMappings: a new user namespace needs mappings");
	PLAN_NO(&k, DOC_MAPS(MAP(1, 500000, 10), MAP(0, 600000, 10)),
		"linux.uidMappings: id 0 is not mapped");
	arena_done(&k.a);

	fake_open_user(&k);
	if (PLAN_OK(&k, DOC_MAPS(MAP(0, 1000, 1), MAP(0, 1000, 1))))
		CHECK(k.plan->ids.way == MAP_WRITE && k.plan->ids.deny_setgroups,
		      "anybody may map the own id, without groups");
	if (PLAN_OK(&k,
		    DOC_MAPS(MAP(0, 1000, 1) "," MAP(1, 100000, 65536), MAP(0, 1000, 1))))
		CHECK(k.plan->ids.way == MAP_HELPER && k.plan->ids.deny_setgroups,
		      "one side needs the helper: both take it; newgidmap denies groups");
	PLAN_NO(&k, DOC_MAPS(MAP(0, 1000, 1) "," MAP(1, 100000, 65537), MAP(0, 1000, 1)),
		"linux.uidMappings[1]: ids 100000 to 165536 of the host are not user "
		"eve's: "
		"/etc/subuid");
	PLAN_NO(&k, DOC_MAPS(MAP(0, 1000, 1), MAP(0, 1001, 1)),
		"linux.gidMappings[0]: ids 1001");
	*list_add(&k.a, &k.facts.subuids) = (struct id_range){ 165536, 10 };
	CHECK(fake_plan(&k, DOC_MAPS(MAP(0, 100000, 65546), MAP(0, 1000, 1))),
	      "neighbouring ranges are as one");
	k.facts.has_newuidmap = false;
	PLAN_NO(&k, DOC_MAPS(MAP(0, 100000, 10), MAP(0, 1000, 1)), "newuidmap");
	arena_done(&k.a);
}

static const char *join_writes(const struct fake *k, const char *name)
{
	LIST_EACH (join, &k->plan->joins)
		if (strcmp(join->name, name) == 0)
			return join->writes;
	return "(not joined)";
}

/* What must not be the host's namespace although it is joined */
static void test_join_writes(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_NS(JOIN_ALL, ""))) {
		CHECK_STR(join_writes(&k, "mount"), "mounts",
			  "the root is always attached in the mount namespace");
		CHECK(!join_writes(&k, "network") && !join_writes(&k, "ipc") &&
			      !join_writes(&k, "uts") && !join_writes(&k, "cgroup"),
		      "nothing else is written that the document does not ask for");
	}
	if (PLAN_OK(&k, DOC("'domainname':'d','mounts':[{'destination':'/cg','type':"
			    "'cgroup'}],'linux':{'namespaces':[" JOIN_ALL "],'sysctl':{"
			    "'net/ipv4/conf/e.1/x':'1','kernel.sem':'1'}}"))) {
		CHECK_STR(join_writes(&k, "network"), "linux.sysctl.net/ipv4/conf/e.1/x",
			  "a setting of the network");
		CHECK_STR(join_writes(&k, "ipc"), "linux.sysctl.kernel.sem", "of ipc");
		CHECK_STR(join_writes(&k, "uts"), "domainname", "a name");
		CHECK_STR(join_writes(&k, "cgroup"), "mounts[0] /cg", "a cgroup2 mount");
		CHECK(!join_writes(&k, "pid"), "none of them is of the processes");
	}
	if (PLAN_OK(&k, DOC("'hostname':'h','linux':{'namespaces':[" JOIN_ALL "]}")))
		CHECK_STR(join_writes(&k, "uts"), "hostname", "the other name");
	if (PLAN_OK(&k, DOC("'linux':{'namespaces':[" JOIN_ALL "],'sysctl':{"
			    "'kernel.domainname':'1'}}")))
		CHECK_STR(join_writes(&k, "uts"), "linux.sysctl.kernel.domainname",
			  "a name as a setting");
	arena_done(&k.a);
}

static void test_users(void)
{
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
				     "broken:x:7\n"
				     "+nis\n\n"
				     "eve:x:1000:1000::/home/eve:/bin/sh";
	static const char subuid[] = "# eve:1:1\n"
				     "eve:100000:65536\n"
				     "evelyn:1:1\neve:x:1\neve:5\neve:7:1:9\neve:6:0\n"
				     "eve:4294967295:2\n"
				     "1000:300000:10";
	id_ranges_t ranges = { NULL, 0 };
	struct fake k;

	fake_open(&k);
	CHECK_STR(passwd_name(&k.a, passwd, 1000), "eve",
		  "the last line, without a newline");
	CHECK(!passwd_name(&k.a, passwd, 7), "a broken line names nobody");
	CHECK(!passwd_name(&k.a, "", 0), "an empty file");
	subid_ranges(&k.a, subuid, "eve", 1000, &ranges);
	CHECK(ranges.n == 2 && ranges.items[0].first == 100000 &&
		      ranges.items[0].size == 65536 && ranges.items[1].first == 300000,
	      "ranges by name and by number, whole lines only (%zu)", ranges.n);
	subid_ranges(&k.a, subuid, NULL, 1001, &ranges);
	CHECK(ranges.n == 2, "nothing for others");
	arena_done(&k.a);
}

/* As far as any host has it */
static void test_facts(void)
{
	struct facts f;
	struct fake k;

	fake_open(&k);
	if (CHECK(facts_read(&f, NULL, &k.a, &k.err) == 0, "facts of this host %s",
		  k.err.text)) {
		CHECK(f.euid == geteuid() && f.egid == getegid(), "ids");
		CHECK(f.in_userns == (facts_in_userns(&k.err) == 1),
		      "the user namespace");
		CHECK((f.cgroups == CGROUPS_NONE) == (f.cgroup_mount == NULL),
		      "a tree has a place");
		CHECK(!f.can_mount || (f.caps >> 21 & 1),
		      "what is effective is in bounds");
	}
	arena_done(&k.a);
}

int main(void)
{
	test_path();
	test_namespaces();
	test_joins();
	test_ids_chosen();
	test_ids_given();
	test_join_writes();
	test_users();
	test_facts();
	return check_done();
}
