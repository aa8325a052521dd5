/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: cgroups, their limits, units and device rules. Faked hosts. */
#include <stdio.h>

#include "base/str.h"
#include "tests/unit/plan_fake.h"

#define DOC_CGROUP(path)                                                                 \
	DOC("'linux':{'cgroupsPath':'" path "','namespaces':[" ALL_NS "]}")
#define DOC_BELOW(path, annotation)                                                      \
	DOC("'linux':{'cgroupsPath':'" path "','namespaces':[" ALL_NS "]},"              \
	    "'annotations':{" annotation "}")
#define DOC_LIMIT(limit)                                                                 \
	DOC("'linux':{'resources':{" limit "},'namespaces':[" ALL_NS "]}")

static void test_cgroup(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_CGROUP("/a//b/c/"))) {
		CHECK(k.plan->cgroup.way == CGROUP_MAKE, "root makes one");
		CHECK_STR(k.plan->cgroup.path, "/a/b/c", "where the document says");
	}
	if (PLAN_OK(&k, DOC_CGROUP("rel:x:y")))
		CHECK_STR(k.plan->cgroup.path, "/rel:x:y",
			  "a relative one is below the root, "
			  "and colons are text");
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK_STR(k.plan->cgroup.path, "/web", "else the id");
	PLAN_NO(&k, DOC_CGROUP("/a/../b"), "linux.cgroupsPath");
	PLAN_NO(&k, DOC_CGROUP("/"), "names no cgroup");
	k.facts.cgroup_writable = false;
	PLAN_NO(&k, DOC_NS(ALL_NS, ""), "not ours to write");
	k.request.rootless = true;
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK(k.plan->cgroup.way == CGROUP_NONE && k.plan->cgroup.why,
		      "--rootless goes on without one");
	arena_done(&k.a);

	fake_open_user(&k);
	if (PLAN_OK(&k, DOC_CGROUP("/pods/a")))
		CHECK_STR(k.plan->cgroup.path, "/user.slice/app.slice/pods/a",
			  "a user's is beside the own one");
	PLAN_NO(&k, DOC_CGROUP("/"), "names no cgroup");
	PLAN_NO(&k, DOC_CGROUP("//./"), "names no cgroup");
	k.facts.euid = 0;
	k.facts.can_mount = k.facts.in_userns = true;
	if (PLAN_OK(&k, DOC_CGROUP("/pods/a")))
		CHECK_STR(k.plan->cgroup.path, "/user.slice/app.slice/pods/a",
			  "and so is that of root in a user namespace");
	k.facts.cgroups = CGROUPS_NONE;
	k.facts.cgroup_mount = NULL;
	if (PLAN_OK(&k, DOC_CGROUP("/pods/a")))
		CHECK_STR(k.plan->cgroup.why, "no cgroup2 tree is mounted",
			  "none without a tree");
	arena_done(&k.a);
}

static void test_device_filter(void)
{
	const struct plan_cgroup *c;
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_LIMIT("'devices':[{'allow':false},{'allow':true,'type':'c',"
				  "'major':10,'minor':229,'access':'rw'}]"))) {
		c = &k.plan->cgroup;
		CHECK(c->filter_devices && !c->devices_may_fail && c->device_rules.n == 2,
		      "root's device filter must hold");
		CHECK_STR(c->device_rules.items[1], "allow c 10:229 rw", "and is shown");
	}
	if (PLAN_OK(&k, DOC_LIMIT("'devices':[{'allow':true}]")))
		CHECK(!k.plan->cgroup.filter_devices, "to allow all needs none");
	arena_done(&k.a);

	fake_open_user(&k);
	if (PLAN_OK(&k, DOC_CGROUP("/pods/a")))
		CHECK(k.plan->cgroup.filter_devices && k.plan->cgroup.devices_may_fail,
		      "a user with a cgroup may not load it, and needs none");
	arena_done(&k.a);
}

#define MANY "'memory':{'limit':1000000},'pids':{'limit':10}"

static const struct limit *limit_find(const struct fake *k, const char *file)
{
	LIST_EACH (limit, &k->plan->cgroup.limits)
		if (strcmp(limit->file, file) == 0)
			return limit;
	return NULL;
}

static void test_limits(void)
{
	static char *v1[] = { "memory", "blkio" };
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_LIMIT(MANY))) {
		const struct limit *memory = limit_find(&k, "memory.max");

		CHECK(memory && strcmp(memory->text, "1000000") == 0, "as a write");
		CHECK(limit_find(&k, "pids.max") != NULL, "each of them");
		CHECK(k.plan->cgroup.all_controllers, "with all controllers");
	}
	k.facts.controllers.n = 0;
	PLAN_NO(&k, DOC_LIMIT("'pids':{'limit':10}"),
		"linux.resources.pids.limit: controller pids is not in the cgroup2 tree "
		"at "
		"/sys/fs/cgroup: this kernel does not have it");
	k.facts.v1_controllers.items = v1;
	k.facts.v1_controllers.n = 2;
	PLAN_NO(&k, DOC_LIMIT("'memory':{'limit':1000000}"), "a v1 hierarchy holds it");
	PLAN_NO(&k, DOC_LIMIT("'memory':{'limit':1000000}"), "cgroup_no_v1=memory");
	PLAN_NO(&k, DOC_LIMIT("'blockIO':{'weight':100}"), "a v1 hierarchy holds it");
	PLAN_NO(&k, DOC_LIMIT(MANY),
		"cgroup_disable=pids; linux.resources.memory.limit: ");
	k.request.rootless = true;
	k.facts.cgroup_writable = false;
	PLAN_NO(&k, DOC_LIMIT("'memory':{'limit':1000000}"),
		"controller memory cannot be used");
	arena_done(&k.a);

	fake_open_user(&k);
	k.facts.controllers.n = 0;
	PLAN_NO(&k, DOC_LIMIT("'pids':{'limit':10}"),
		"Delegate=cpu cpuset io memory pids");
	arena_done(&k.a);
}

#define DOC_OLD(version)                                                                 \
	"{'ociVersion':'" version "','root':{'path':'rootfs'},'linux':{'resources':"     \
	"{'pids':{'limit':0}},'namespaces':[" ALL_NS "]}}"

static void test_old_zero(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_OLD("1.3.0")))
		CHECK(limit_find(&k, "pids.max") != NULL, "0 processes is a limit");
	if (PLAN_OK(&k, DOC_OLD("1.0.2-dev")))
		CHECK(k.plan->cgroup.limits.n == 0, "and was none before 1.3");
	if (PLAN_OK(&k, DOC_OLD("1.2.1")))
		CHECK(k.plan->cgroup.limits.n == 0, "any of them");
	arena_done(&k.a);
}

#define REALTIME "'cpu':{'realtimeRuntime':900}"

static void test_strict(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_LIMIT(REALTIME)))
		CHECK(fake_warned(&k, "linux.resources.cpu.realtimeRuntime"),
		      "what version 2 cannot do is a warning");
	k.request.strict = true;
	PLAN_NO(&k, DOC_LIMIT(REALTIME), "linux.resources.cpu.realtimeRuntime");
	CHECK(fake_plan(&k, DOC_LIMIT(MANY)), "--strict lets through what it can");
	arena_done(&k.a);
}

static void check_unit(struct fake *k, const char *path, const char *name,
		       const char *slice)
{
	const struct unit *u;
	char doc[512];

	snprintf(doc, sizeof(doc), DOC_CGROUP("%s"), path);
	if (!PLAN_OK(k, doc))
		return;
	u = k->plan->cgroup.unit;
	if (!CHECK(u != NULL, "%s is a unit", path))
		return;
	CHECK_STR(u->name, name, "the unit of \"%s\"", path);
	CHECK(str_eq(u->slice, slice), "its slice is %s (%s)", slice ? slice : "none",
	      u->slice ? u->slice : "none");
}

static void test_unit(void)
{
	struct fake k;

	fake_open(&k);
	k.request.systemd_cgroup = true;
	check_unit(&k, "machine.slice:libpod:0123", "libpod-0123.scope", "machine.slice");
	check_unit(&k, ":cri-containerd:a.b", "cri-containerd-a.b.scope", "system.slice");
	check_unit(&k, "system.slice::x", "-x.scope", "system.slice");
	check_unit(&k, "::a-b.slice", "a-b.slice", NULL);
	check_unit(&k, "", "aril-web.scope", "system.slice");
	k.request.id = "a+b";
	check_unit(&k, "", "aril-a\\x2bb.scope", "system.slice");
	CHECK(k.plan && !k.plan->cgroup.unit->user && !k.plan->cgroup.unit_may_fail &&
		      !plan_wants(k.plan, STEP_PLACE),
	      "root's is the system's, and was asked for");
	PLAN_NO(&k, DOC_CGROUP("/a/b"),
		"expected cgroupsPath to be of format \"slice:prefix:name\" for systemd "
		"cgroups, got \"/a/b\" instead");
	PLAN_NO(&k, DOC_CGROUP("a.slice:b:c:d"), "expected cgroupsPath");
	PLAN_NO(&k, DOC_CGROUP("a:b:c"), "not the name of a slice");
	PLAN_NO(&k, DOC_CGROUP("a.slice:b/c:d"), "not make the name of a unit");
	PLAN_NO(&k, DOC_CGROUP("a.slice:b:c d"), "not make the name of a unit");
	k.facts.cgroup_mount = NULL;
	k.facts.cgroups = CGROUPS_NONE;
	if (PLAN_OK(&k, DOC_CGROUP("machine.slice:a:b")))
		CHECK(k.plan->cgroup.way == CGROUP_NONE, "none without a tree");
	arena_done(&k.a);
}

/* An ordinary user's service manager is asked when they cannot make cgroups */
static void test_unit_of_user(void)
{
	const struct plan_cgroup *c;
	struct fake k;

	fake_open_user(&k);
	k.facts.cgroup_writable = false;
	k.facts.user_manager = true;
	check_unit(&k, "", "aril-web.scope", "user.slice");
	check_unit(&k, "/some/path", "aril-web.scope", "user.slice");
	check_unit(&k, "app.slice:x:y", "x-y.scope", "app.slice");
	if (PLAN_OK(&k, DOC_LIMIT(""))) {
		c = &k.plan->cgroup;
		CHECK(c->unit->user && c->unit_may_fail, "without limits it may fail");
		CHECK(plan_wants(k.plan, STEP_PLACE), "and init may have to be moved");
	}
	k.facts.controllers.n = 0;
	if (PLAN_OK(&k, DOC_LIMIT(MANY)))
		CHECK(!k.plan->cgroup.unit_may_fail, "with limits it may not");
	k.request.cgroupfs = true;
	if (PLAN_OK(&k, DOC_LIMIT("")))
		CHECK(k.plan->cgroup.way == CGROUP_NONE, "not with another manager");
	k.request.cgroupfs = false;
	k.facts.cgroup_writable = true;
	if (PLAN_OK(&k, DOC_LIMIT("")))
		CHECK(k.plan->cgroup.unit, "systemd also where the tree is writable");
	if (PLAN_OK(&k, DOC_CGROUP("/some/path")))
		CHECK(!k.plan->cgroup.unit, "but not for a path there");
	arena_done(&k.a);
}

#define DOC_OWNER(uid, mount, types)                                                     \
	DOC("'process':{'cwd':'/','args':['sh'],'user':{'uid':" uid ",'gid':0}},"        \
	    "'mounts':[" mount "],'linux':{'namespaces':[" types "]}")
#define CGROUP_RW "{'destination':'/sys/fs/cgroup','type':'cgroup','source':'cgroup'}"
#define CGROUP_RO                                                                        \
	"{'destination':'/sys/fs/cgroup','type':'cgroup','source':'cgroup',"             \
	"'options':['ro']}"

static void test_owner(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_OWNER("1000", CGROUP_RW, ALL_NS)))
		CHECK(k.plan->cgroup.give && k.plan->cgroup.owner == 1000,
		      "the user of a writable mount owns the cgroup");
	if (PLAN_OK(&k, DOC_OWNER("1000", CGROUP_RO, ALL_NS)))
		CHECK(!k.plan->cgroup.give, "not of one that is read-only");
	if (PLAN_OK(&k, DOC_OWNER("1000", CGROUP_RW, MNT)))
		CHECK(!k.plan->cgroup.give, "nor without a cgroup namespace");
	if (PLAN_OK(&k, DOC_OWNER("0", CGROUP_RW, ALL_NS)))
		CHECK(!k.plan->cgroup.give, "root has it anyway");
	arena_done(&k.a);
}

#define DENY  "{'allow':false,'access':'rwm'}"
#define ALLOW "{'allow':true,'access':'rwm'}"

/* Without a cgroup there is no device filter */
static void test_device_rules(void)
{
	struct fake k;

	fake_open(&k);
	CHECK(fake_plan(&k, DOC_LIMIT("'devices':[" DENY "]")),
	      "the device rule that engines always write is no limit");
	k.request.no_cgroup = true;
	PLAN_NO(&k, DOC_LIMIT("'devices':[" DENY "]"),
		"linux.resources.devices: the rules cannot be applied: the container has "
		"no cgroup of its own: --cgroup-manager is disabled");
	PLAN_NO(&k, DOC_LIMIT("'devices':[" ALLOW "," DENY "]"), "cannot be applied");
	if (PLAN_OK(&k, DOC_LIMIT("'devices':[" DENY "," ALLOW "]")))
		CHECK(!fake_warned(&k, "every device"), "the way out: allow all");
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK(fake_warned(&k, "may use every device"), "no rules: a warning");
	k.request.no_cgroup = false;
	k.request.rootless = true;
	k.facts.cgroup_writable = false;
	PLAN_NO(&k, DOC_LIMIT("'devices':[" DENY "]"), "not ours to write");
	k.request.rootless = false;
	k.facts.cgroups = CGROUPS_NONE;
	k.facts.cgroup_mount = NULL;
	PLAN_NO(&k, DOC_LIMIT("'devices':[" DENY "]"), "no cgroup2 tree is mounted");
	if (PLAN_OK(&k, DOC("'linux':{'resources':{'devices':[" DENY
			    "]},'namespaces':[" ALL_NS ",{'type':'user','path':'/n'}]}")))
		CHECK(!fake_warned(&k, "every device"),
		      "a user namespace cannot make devices");
	k.facts.in_userns = true;
	CHECK(fake_plan(&k, DOC_LIMIT("'devices':[" DENY "]")), "nor can one around us");
	arena_done(&k.a);
	fake_open_user(&k);
	k.facts.cgroup_writable = false;
	CHECK(fake_plan(&k, DOC_LIMIT("'devices':[" DENY "]")), "nor can a user");
	arena_done(&k.a);
}

/* crun's annotations about cgroups below the container's */
static void test_below(void)
{
	struct fake k;

	fake_open(&k);
	k.facts.cgroup_writable = true;
	if (PLAN_OK(&k, DOC_BELOW(":p:n", "'run.oci.systemd.subgroup':'x'")))
		CHECK(!k.plan->cgroup.subgroup, "only systemd's units have one");
	if (PLAN_OK(&k, DOC_BELOW("/a", "'run.oci.delegate-cgroup':'y'")))
		CHECK_STR(k.plan->cgroup.delegate, "y", "the process is below");
	k.request.systemd_cgroup = true;
	if (PLAN_OK(&k, DOC_BELOW(":p:n", "'run.oci.systemd.subgroup':'x'"))) {
		CHECK_STR(k.plan->cgroup.subgroup, "x", "below the scope");
		CHECK(!k.plan->cgroup.delegate, "nothing more");
	}
	if (PLAN_OK(&k, DOC_BELOW(":p:n", "'run.oci.systemd.subgroup':''")))
		CHECK(!k.plan->cgroup.subgroup, "an empty name is none");
	PLAN_NO(&k, DOC_BELOW("::n.slice", "'run.oci.systemd.subgroup':'x'"),
		"n.slice is a slice");
	k.request.systemd_cgroup = false;
	k.request.no_cgroup = k.request.rootless = true;
	PLAN_NO(&k, DOC_BELOW("/a", "'run.oci.delegate-cgroup':'y'"),
		"the container has no cgroup");
	arena_done(&k.a);
}

int main(void)
{
	test_cgroup();
	test_device_filter();
	test_limits();
	test_old_zero();
	test_strict();
	test_unit();
	test_unit_of_user();
	test_owner();
	test_device_rules();
	test_below();
	return check_done();
}
