/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: namespaces, ids, cgroup, process, hooks, exec. Faked hosts, no privileges. */
#include <linux/sched.h>
#include <stdlib.h>
#include <sys/resource.h>

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
	CHECK_STR(cleaned(&k.a, "/", ".../..x"), "/.../..x", "names that begin with dots stay");
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
	if (PLAN_OK(&k, DOC_NS(MNT ",{'type':'network'},{'type':'network','path':''}", "")))
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

	LIST_EACH(join, &k->plan->joins)
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
		CHECK(plan_wants(k.plan, STEP_JOIN) && !plan_wants(k.plan, STEP_CGROUP_NS) &&
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
		CHECK(k.plan->process.set_groups && k.plan->ids_zero, "it can set groups");
	}
	if (PLAN_OK(&k, DOC_NS(ALL_NS ",{'type':'user'}", "")))
		CHECK(k.plan->ids.way == MAP_HELPER, "the same when the document asks for one");
	k.facts.has_newgidmap = false;
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ""))) {
		CHECK(k.plan->ids.way == MAP_WRITE && k.plan->ids.deny_setgroups &&
			      k.plan->ids.uids.n == 1 && map_is(&k.plan->ids.gids, 0, 0, 1000, 1),
		      "without helpers only the own ids");
		CHECK(!k.plan->process.set_groups, "and no groups");
	}
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':5,'gid':0}"), "process.user.uid: id 5 is not mapped");
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':0,'gid':7}"), "process.user.gid: id 7 is not mapped");
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
	if (PLAN_OK(&k, DOC_MAPS(MAP(0, 1000, 1) "," MAP(1, 100000, 65536), MAP(0, 1000, 1))))
		CHECK(k.plan->ids.way == MAP_HELPER && k.plan->ids.deny_setgroups,
		      "one side needs the helper: both take it; newgidmap denies groups");
	PLAN_NO(&k, DOC_MAPS(MAP(0, 1000, 1) "," MAP(1, 100000, 65537), MAP(0, 1000, 1)),
		"linux.uidMappings[1]: ids 100000 to 165536 of the host are not user eve's: "
		"/etc/subuid");
	PLAN_NO(&k, DOC_MAPS(MAP(0, 1000, 1), MAP(0, 1001, 1)), "linux.gidMappings[0]: ids 1001");
	*list_add(&k.a, &k.facts.subuids) = (struct id_range){ 165536, 10 };
	CHECK(fake_plan(&k, DOC_MAPS(MAP(0, 100000, 65546), MAP(0, 1000, 1))),
	      "neighbouring ranges are as one");
	k.facts.has_newuidmap = false;
	PLAN_NO(&k, DOC_MAPS(MAP(0, 100000, 10), MAP(0, 1000, 1)), "newuidmap");
	arena_done(&k.a);
}

#define DOC_CGROUP(path) DOC("'linux':{'cgroupsPath':'" path "','namespaces':[" ALL_NS "]}")
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
		CHECK_STR(k.plan->cgroup.path, "/rel:x:y", "a relative one is below the root, "
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
	k.request.systemd_cgroup = true;
	PLAN_NO(&k, DOC_NS(ALL_NS, ""), "--systemd-cgroup");
	arena_done(&k.a);

	fake_open_user(&k);
	if (PLAN_OK(&k, DOC_CGROUP("/pods/a")))
		CHECK_STR(k.plan->cgroup.path, "/user.slice/app.slice/pods/a",
			  "a user's is beside the own one");
	k.facts.cgroups = CGROUPS_NONE;
	k.facts.cgroup_mount = NULL;
	if (PLAN_OK(&k, DOC_CGROUP("/pods/a")))
		CHECK_STR(k.plan->cgroup.why, "no cgroup2 tree is mounted", "none without a tree");
	arena_done(&k.a);
}

static void test_limits(void)
{
	static char *v1[] = { "memory", "blkio" };
	struct fake k;

	fake_open(&k);
	PLAN_NO(&k, DOC_LIMIT("'memory':{'limit':1000000}"),
		"linux.resources.memory.limit: this version of aril does not apply it yet");
	k.facts.controllers.n = 0;
	PLAN_NO(&k, DOC_LIMIT("'pids':{'limit':10}"),
		"linux.resources.pids.limit: controller pids is not in the cgroup2 tree: it is not "
		"enabled");
	k.facts.v1_controllers.items = v1;
	k.facts.v1_controllers.n = 2;
	PLAN_NO(&k, DOC_LIMIT("'memory':{'limit':1000000}"), "a v1 hierarchy holds it");
	PLAN_NO(&k, DOC_LIMIT("'blockIO':{'weight':100}"), "a v1 hierarchy holds it");
	k.request.rootless = true;
	k.facts.cgroup_writable = false;
	PLAN_NO(&k, DOC_LIMIT("'memory':{'limit':1000000}"), "controller memory cannot be used");
	CHECK(fake_plan(&k, DOC_LIMIT("'devices':[{'allow':false,'access':'rwm'}]")),
	      "the device rule that engines always write is no limit");
	arena_done(&k.a);
}

static char *env_text(struct fake *k)
{
	char *text = "";

	for (char **v = k->plan->process.envp; *v; v++)
		text = arena_fmt(&k->a, "%s%s ", text, *v);
	return text;
}

static void test_env(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_PROCESS("'env':['A=1','HOME=/h','PATH=/x']"))) {
		CHECK_STR(env_text(&k), "A=1 HOME=/h PATH=/x ", "env as it is");
		CHECK_STR(k.plan->process.path, "/x", "PATH of the env");
		CHECK(!k.plan->process.find_home, "HOME is there");
	}
	k.request.listen_fds = 2;
	k.request.preserve_fds = 3;
	if (PLAN_OK(&k, DOC_PROCESS("'env':['LISTEN_FDS=7','LISTEN_FDNAMES=x','A=1']"))) {
		CHECK_STR(env_text(&k), "A=1 LISTEN_FDS=2 LISTEN_PID=1 ",
			  "LISTEN_ of ours replace those of the document");
		CHECK(k.plan->process.preserve_fds == 5, "their fds stay open");
		CHECK(k.plan->process.find_home, "no HOME");
		CHECK_STR(k.plan->process.path,
			  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			  "no PATH: the usual one");
	}
	if (PLAN_OK(&k, DOC_NS(MNT, ",'process':{'cwd':'/','args':['sh']}"))) {
		CHECK_STR(env_text(&k), "LISTEN_FDS=2 ", "no LISTEN_PID without a PID namespace");
		CHECK(fake_warned(&k, "LISTEN_PID"), "and a warning");
	}
	PLAN_NO(&k, DOC_PROCESS("'env':['A']"), "process.env[0]");
	PLAN_NO(&k, DOC_PROCESS("'env':['A=','=x']"), "process.env[1]");
	arena_done(&k.a);
}

static void test_user(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'additionalGids':[9,8]}"))) {
		const struct plan_process *p = &k.plan->process;

		CHECK(p->uid == 3 && p->gid == 4 && p->groups.n == 2 && p->groups.items[0] == 9,
		      "user and groups");
		CHECK(p->umask == 0022, "the usual umask");
	}
	if (PLAN_OK(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'umask':63}")))
		CHECK(k.plan->process.umask == 077, "the umask of the document");
	k.facts.setgroups_denied = true;
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'additionalGids':[4,9]}"),
		"additionalGids[1]: 9 cannot be set");
	if (PLAN_OK(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'additionalGids':[4]}")))
		CHECK(!k.plan->process.set_groups && k.plan->process.groups.n == 0,
		      "the own group alone needs no setgroups");
	arena_done(&k.a);
}

#define DOC_CAPS(sets) DOC_PROCESS("'capabilities':{" sets "}")
#define CAP(n) (1ULL << (n))

static void test_caps(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_PROCESS("'terminal':false")))
		CHECK(!k.plan->process.caps.given, "no object: left as they are");
	k.facts.caps = CAP(0) | CAP(5);
	if (PLAN_OK(&k, DOC_CAPS("'bounding':['CAP_CHOWN','CAP_SYS_ADMIN','CAP_FROM_THE_FUTURE'],"
				 "'permitted':['CAP_CHOWN','CAP_KILL'],"
				 "'effective':['CAP_KILL'],'inheritable':['CAP_CHOWN'],"
				 "'ambient':['CAP_CHOWN','CAP_KILL']"))) {
		const struct plan_caps *c = &k.plan->process.caps;

		CHECK(c->given && c->bounding == CAP(0), "bounding: only what we have");
		CHECK(fake_warned(&k, "capability CAP_SYS_ADMIN cannot be granted"), "a warning");
		CHECK(c->permitted == (CAP(0) | CAP(5)) && c->effective == CAP(5),
		      "effective within permitted");
		CHECK(c->ambient == CAP(0), "ambient only when inheritable");
		CHECK(fake_warned(&k, "ambient: CAP_KILL is not inheritable"), "a warning");
	}
	if (PLAN_OK(&k, DOC_CAPS("'effective':['CAP_CHOWN']")))
		CHECK(k.plan->process.caps.effective == 0 &&
			      fake_warned(&k, "effective: CAP_CHOWN is not permitted"),
		      "nothing is effective that is not permitted");
	arena_done(&k.a);

	fake_open_user(&k);
	k.facts.caps = 0;
	if (PLAN_OK(&k, DOC_CAPS("'bounding':['CAP_SYS_ADMIN']")))
		CHECK(k.plan->process.caps.bounding == CAP(21) && k.plan->warnings.n == 0,
		      "a new user namespace has them all");
	arena_done(&k.a);
}

static void test_terminal(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_PROCESS("'terminal':true,'consoleSize':{'height':2,'width':3}")))
		CHECK(k.plan->process.rows == 2 && k.plan->process.columns == 3 &&
			      plan_wants(k.plan, STEP_CONSOLE),
		      "a terminal in the foreground");
	k.request.has_console_socket = true;
	PLAN_NO(&k, DOC_PROCESS("'terminal':true"), "cannot use console socket if aril will not");
	k.request.hold = true;
	CHECK(fake_plan(&k, DOC_PROCESS("'terminal':true")), "create with a console socket");
	PLAN_NO(&k, DOC_PROCESS("'terminal':false"), "cannot use console socket if aril will not");
	k.request.has_console_socket = false;
	PLAN_NO(&k, DOC_PROCESS("'terminal':true"), "without setting console socket");
	k.request.hold = false;
	k.request.detach = true;
	PLAN_NO(&k, DOC_PROCESS("'terminal':true"), "without setting console socket");
	arena_done(&k.a);
}

static void test_process_rest(void)
{
	struct fake k;

	fake_open(&k);
	k.request.hold = true;
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ""))) {
		CHECK(!k.plan->process.argv && k.plan->process.envp, "a container without process");
		CHECK(!plan_wants(k.plan, STEP_LOOKUP) && plan_wants(k.plan, STEP_HOLD),
		      "nothing to look up, but it can be created");
	}
	if (PLAN_OK(&k, DOC_PROCESS("'oomScoreAdj':-7,'noNewPrivileges':true,'rlimits':"
				    "[{'type':'RLIMIT_CORE','soft':1,'hard':18446744073709551615}]"))) {
		const struct plan_process *p = &k.plan->process;

		CHECK_STR(p->oom_score_adj, "-7", "oom score");
		CHECK(!p->oom_may_fail && p->no_new_privs, "root may, and no new privileges");
		CHECK(p->rlimits.n == 1 && p->rlimits.items[0].what == RLIMIT_CORE &&
			      p->rlimits.items[0].soft == 1 &&
			      p->rlimits.items[0].hard == UINT64_MAX,
		      "rlimits by number");
		CHECK(plan_wants(k.plan, STEP_PROC_FILES), "the score is written by a step");
	}
	PLAN_NO(&k, DOC_PROCESS("'rlimits':[{'type':'RLIMIT_X','soft':1,'hard':1}]"),
		"process.rlimits[0].type");
	CHECK_STR(k.request.id, "web", "the id");
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK_STR(k.plan->keyring, "_ses.web", "the keyring's name");
	k.request.no_new_keyring = true;
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK(!plan_wants(k.plan, STEP_KEYRING), "--no-new-keyring");
	k.facts.in_userns = true;
	if (PLAN_OK(&k, DOC_PROCESS("'oomScoreAdj':-7")))
		CHECK(k.plan->process.oom_may_fail, "in a user namespace it may not be granted");
	arena_done(&k.a);
}

static void test_hooks(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ",'hooks':{'createRuntime':[{'path':'/a'},{'path':'/b',"
				       "'args':['x','y'],'env':['Q=1'],'timeout':2}]}"))) {
		const struct plan_hook *h = k.plan->hooks[HOOK_CREATE_RUNTIME].items;

		CHECK(k.plan->hooks[HOOK_CREATE_RUNTIME].n == 2, "two hooks");
		CHECK_STR(h[0].where, "createRuntime hook #0", "the beginning of errors");
		CHECK_STR(h[0].argv[0], "/a", "no args: the path");
		CHECK(!h[0].argv[1] && !h[0].envp[0] && h[0].timeout_ms == 0,
		      "and nothing is inherited");
		CHECK_STR(h[1].argv[0], "x", "args as given");
		CHECK_STR(h[1].envp[0], "Q=1", "env as given");
		CHECK(h[1].timeout_ms == 2000, "seconds to milliseconds");
		CHECK(plan_wants(k.plan, STEP_HOOKS) && !plan_wants(k.plan, STEP_START_HOOKS),
		      "init waits for host hooks too");
	}
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ",'hooks':{'poststop':[{'path':'/a'}],"
				       "'startContainer':[{'path':'/a'}]}")))
		CHECK(!plan_wants(k.plan, STEP_HOOKS) && plan_wants(k.plan, STEP_START_HOOKS),
		      "late hooks only");
	arena_done(&k.a);
}

static void test_settings(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC("'hostname':'h','linux':{'namespaces':[" ALL_NS "],'sysctl':"
			    "{'net.ipv4.conf.eth0/1.x':'1','net/a.b/c':'2'},"
			    "'maskedPaths':['/proc/x'],'readonlyPaths':['/proc/y']}"))) {
		CHECK_STR(k.plan->sysctls.items[0].path, "sys/net/ipv4/conf/eth0.1/x", "dots");
		CHECK_STR(k.plan->sysctls.items[1].path, "sys/net/a.b/c", "slashes");
		CHECK(k.plan->masked.n == 1 && k.plan->readonly.n == 1, "masks");
		CHECK(plan_wants(k.plan, STEP_NAMES) && plan_wants(k.plan, STEP_MASKS) &&
			      plan_wants(k.plan, STEP_READONLY),
		      "their steps");
	}
	PLAN_NO(&k, DOC("'linux':{'namespaces':[" ALL_NS "],'sysctl':{'net/../x':'1'}}"),
		"linux.sysctl");
	arena_done(&k.a);
}

static struct plan *enter(struct fake *k, const struct enter *in, const char *json)
{
	struct spec_process *process;
	struct plan *p = NULL;

	k->err = (struct err)ERR_NONE;
	if (spec_process_read(json, strlen(json), &k->a, &process, &k->err) < 0 ||
	    plan_enter(process, in, &k->facts, &k->request, &k->a, &p, &k->err) < 0)
		CHECK(false, "exec: %s", k->err.text);
	return p;
}

static void test_enter(void)
{
	static const char json[] = "{\"cwd\":\"/w\",\"args\":[\"id\"]}";
	struct spec_caps caps = { .bounding = { NULL, 0 } };
	struct spec_process first = { .capabilities = &caps };
	struct spec spec = { .process = &first };
	struct enter in = { .spec = &spec, .ns_flags = CLONE_NEWPID | CLONE_NEWUSER,
			    .cgroup_mount = "/cg", .cgroup_path = "/x",
			    .userns_setgroups_denied = true };
	struct fake k;
	struct plan *p;

	fake_open(&k);
	p = enter(&k, &in, json);
	if (p) {
		CHECK(p->enter && p->shape == SHAPE_JOIN && p->join_flags == in.ns_flags &&
			      p->clone_flags == 0,
		      "exec joins all that is the container's");
		CHECK(p->ids_zero && !p->process.set_groups, "its user namespace, its rules");
		CHECK(p->cgroup.way == CGROUP_ENTER, "its cgroup");
		CHECK(p->process.umask == -1, "the umask stays");
		CHECK(p->process.caps.given && p->process.caps.bounding == 0,
		      "capabilities that are not given are the container's, never all");
		CHECK(p->steps == (STEP_BIT(STEP_JOIN) | STEP_BIT(STEP_IDS) |
				   STEP_BIT(STEP_SESSION) | STEP_BIT(STEP_KEYRING) |
				   STEP_BIT(STEP_USER) | STEP_BIT(STEP_CHDIR) |
				   STEP_BIT(STEP_LOOKUP) | STEP_BIT(STEP_READY) |
				   STEP_BIT(STEP_EXEC)),
		      "and none of the image's steps");
	}
	in = (struct enter){ .spec = &spec };
	p = enter(&k, &in, json);
	if (p)
		CHECK(p->shape == SHAPE_DIRECT && p->cgroup.way == CGROUP_NONE && p->cgroup.why,
		      "nothing to join");
	arena_done(&k.a);
}

int main(void)
{
	test_path();
	test_namespaces();
	test_joins();
	test_ids_chosen();
	test_ids_given();
	test_cgroup();
	test_limits();
	test_env();
	test_user();
	test_caps();
	test_terminal();
	test_process_rest();
	test_hooks();
	test_settings();
	test_enter();
	return check_done();
}
