/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The planner: process, hooks, settings, exec. Faked hosts, no privileges. */
#include <linux/sched.h>
#include <sys/resource.h>

#include "tests/unit/plan_fake.h"

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
		CHECK_STR(env_text(&k), "A=1 LISTEN_FDS=2 ",
			  "LISTEN_ of ours replace those of the document");
		CHECK(k.plan->process.tell_listen, "the process adds who it is");
		CHECK(k.plan->process.preserve_fds == 5, "their fds stay open");
		CHECK(k.plan->process.find_home, "no HOME");
		CHECK_STR(k.plan->process.path,
			  "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			  "no PATH: the usual one");
	}
	if (PLAN_OK(&k, DOC_NS(MNT, ",'process':{'cwd':'/','args':['sh']}"))) {
		CHECK_STR(env_text(&k), "LISTEN_FDS=2 ", "the same without new pids");
		CHECK(k.plan->process.tell_listen, "it knows its pid there, too");
	}
	k.request.listen_names = "web:";
	if (PLAN_OK(&k, DOC_PROCESS("'env':['LISTEN_PIDFDID=7','A=1']")))
		CHECK_STR(env_text(&k), "A=1 LISTEN_FDS=2 LISTEN_FDNAMES=web: ",
			  "names are passed on");
	k.request.listen_fds = 0;
	if (PLAN_OK(&k, DOC_PROCESS("'env':['LISTEN_FDNAMES=x','A=1']"))) {
		CHECK_STR(env_text(&k), "LISTEN_FDNAMES=x A=1 ",
			  "without sockets they are the document's");
		CHECK(!k.plan->process.tell_listen, "and nobody adds anything");
	}
	k.request.notify_dir = "/run/aril/x/notify";
	if (PLAN_OK(&k, DOC_PROCESS("'env':['NOTIFY_SOCKET=/x','A=1']"))) {
		const struct plan_mount *m = k.plan->mounts.items;

		CHECK_STR(env_text(&k), "A=1 NOTIFY_SOCKET=/run/notify/notify.sock ",
			  "where the container tells that it is ready");
		CHECK(k.plan->mounts.n == 1 && m->kind == MOUNT_BIND, "a mount for it");
		CHECK_STR(m->source, "/run/aril/x/notify", "of the state's directory");
	}
	k.request.notify_dir = NULL;
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

		CHECK(p->uid == 3 && p->gid == 4 && p->groups.n == 2 &&
			      p->groups.items[0] == 9,
		      "user and groups");
		CHECK(p->umask == 0022, "the usual umask");
	}
	if (PLAN_OK(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'umask':63}")))
		CHECK(k.plan->process.umask == 077, "the umask of the document");
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ",'process':{'cwd':'/','args':['sh'],'user':"
				       "{'uid':3,'gid':4,'additionalGids':[9]}},"
				       "'annotations':{"
				       "'run.oci.keep_original_groups':'1'}"))) {
		CHECK(!k.plan->process.set_groups && k.plan->process.groups.n == 0,
		      "the caller's groups stay");
		CHECK(fake_warned(&k, "additionalGids"), "others are not set");
	}
	k.facts.setgroups_denied = true;
	PLAN_NO(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'additionalGids':[4,9]}"),
		"additionalGids[1]: 9 cannot be set");
	if (PLAN_OK(&k, DOC_PROCESS("'user':{'uid':3,'gid':4,'additionalGids':[4]}")))
		CHECK(!k.plan->process.set_groups && k.plan->process.groups.n == 0,
		      "the own group alone needs no setgroups");
	arena_done(&k.a);
}

static void test_labels(void)
{
	struct fake k;

	fake_open(&k);
	PLAN_NO(&k, DOC_PROCESS("'apparmorProfile':'web'"),
		"process.apparmorProfile: apparmor: config provided but apparmor not "
		"supported");
	PLAN_NO(&k, DOC_PROCESS("'selinuxLabel':'u:r:t:s0'"),
		"process.selinuxLabel: selinux label is specified in config, but selinux "
		"is disabled or not supported");
	CHECK(k.err.plain, "whole sentences, as runc's");
	if (PLAN_OK(&k, DOC_PROCESS("'apparmorProfile':'','selinuxLabel':''")))
		CHECK(!plan_wants(k.plan, STEP_LABELS) && !k.plan->process.apparmor &&
			      !k.plan->process.selinux,
		      "empty ones are none");
	k.facts.apparmor = k.facts.selinux = true;
	if (PLAN_OK(&k, DOC_PROCESS("'apparmorProfile':'web','selinuxLabel':'l'"))) {
		CHECK(plan_wants(k.plan, STEP_LABELS), "there is a step for them");
		CHECK_STR(k.plan->process.apparmor, "exec web", "as AppArmor wants it");
		CHECK_STR(k.plan->process.selinux, "l", "as it is");
	}
	arena_done(&k.a);
}

#define DOC_NOTIFY(members)                                                              \
	DOC("'linux':{'namespaces':[" MNT "],'seccomp':{'syscalls':["                    \
	    "{'names':['mkdir'],'action':'SCMP_ACT_NOTIFY'}],"                           \
	    "'defaultAction':'SCMP_ACT_ALLOW'" members "}}")

static void test_listener(void)
{
	struct fake k;

	fake_open(&k);
	PLAN_NO(&k, DOC_NOTIFY(""),
		"linux.seccomp.listenerPath: is missing, SCMP_ACT_NOTIFY needs it");
	if (PLAN_OK(&k, DOC_NOTIFY(",'listenerPath':'/l','listenerMetadata':'m'"))) {
		CHECK_STR(k.plan->listener, "/l", "the path of the document");
		CHECK_STR(k.plan->listener_metadata, "m", "and what goes with it");
	}
	k.request.seccomp_receiver = "/of-environment";
	if (PLAN_OK(&k, DOC_NOTIFY("")))
		CHECK_STR(k.plan->listener, "/of-environment", "else the variable's");
	if (PLAN_OK(&k, DOC("'annotations':{'run.oci.seccomp.receiver':'/of-annotation'},"
			   "'linux':{'namespaces':[" MNT
			   "],'seccomp':{'defaultAction':'SCMP_ACT_NOTIFY'}}")))
		CHECK_STR(k.plan->listener, "/of-annotation", "before it, crun's");
	if (PLAN_OK(&k, DOC_NOTIFY(",'listenerPath':'/l'")))
		CHECK_STR(k.plan->listener, "/l", "the document's comes first");
	if (PLAN_OK(&k, DOC("'linux':{'namespaces':[" MNT
			   "],'seccomp':{'defaultAction':'SCMP_ACT_ALLOW',"
			   "'listenerPath':'/l'}}")))
		CHECK(k.plan->has_filter && !k.plan->listener,
		      "without a call to listen to it is ignored");
	k.request.seccomp_receiver = "relative";
	PLAN_NO(&k, DOC_NOTIFY(""), "\"relative\" is not an absolute path");
	arena_done(&k.a);
}

#define DOC_CAPS(sets) DOC_PROCESS("'capabilities':{" sets "}")
#define CAP(n)	       (1ULL << (n))

static void test_caps(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_PROCESS("'terminal':false")))
		CHECK(!k.plan->process.caps.given, "no object: left as they are");
	k.facts.caps = CAP(0) | CAP(5);
	if (PLAN_OK(&k, DOC_CAPS("'bounding':['CAP_CHOWN','CAP_SYS_ADMIN','CAP_FROM_THE_"
				 "FUTURE'],"
				 "'permitted':['CAP_CHOWN','CAP_KILL'],"
				 "'effective':['CAP_KILL'],'inheritable':['CAP_CHOWN'],"
				 "'ambient':['CAP_CHOWN','CAP_KILL']"))) {
		const struct plan_caps *c = &k.plan->process.caps;

		CHECK(c->given && c->bounding == CAP(0), "bounding: only what we have");
		CHECK(fake_warned(&k, "capability CAP_SYS_ADMIN cannot be granted"),
		      "a warning");
		CHECK(c->permitted == (CAP(0) | CAP(5)) && c->effective == CAP(5),
		      "effective within permitted");
		CHECK(c->ambient == CAP(0), "ambient only when inheritable");
		CHECK(fake_warned(&k, "ambient: CAP_KILL is not inheritable"),
		      "a warning");
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
	if (PLAN_OK(&k,
		    DOC_PROCESS("'terminal':true,'consoleSize':{'height':2,'width':3}")))
		CHECK(k.plan->process.rows == 2 && k.plan->process.columns == 3 &&
			      plan_wants(k.plan, STEP_CONSOLE),
		      "a terminal in the foreground");
	k.request.has_console_socket = true;
	PLAN_NO(&k, DOC_PROCESS("'terminal':true"),
		"cannot use console socket if aril will not");
	k.request.hold = true;
	CHECK(fake_plan(&k, DOC_PROCESS("'terminal':true")),
	      "create with a console socket");
	PLAN_NO(&k, DOC_PROCESS("'terminal':false"),
		"cannot use console socket if aril will not");
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
		CHECK(!k.plan->process.argv && k.plan->process.envp,
		      "a container without process");
		CHECK(!plan_wants(k.plan, STEP_LOOKUP) && plan_wants(k.plan, STEP_HOLD),
		      "nothing to look up, but it can be created");
	}
	if (PLAN_OK(&k, DOC_PROCESS("'oomScoreAdj':-7,'noNewPrivileges':true,'rlimits':"
				    "[{'type':'RLIMIT_CORE','soft':1,'hard':"
				    "18446744073709551615}]"))) {
		const struct plan_process *p = &k.plan->process;

		CHECK_STR(p->oom_score_adj, "-7", "oom score");
		CHECK(!p->oom_may_fail && p->no_new_privs,
		      "root may, and no new privileges");
		CHECK(p->rlimits.n == 1 && p->rlimits.items[0].what == RLIMIT_CORE &&
			      p->rlimits.items[0].soft == 1 &&
			      p->rlimits.items[0].hard == UINT64_MAX,
		      "rlimits by number");
		CHECK(plan_wants(k.plan, STEP_PROC_FILES),
		      "the score is written by a step");
	}
	PLAN_NO(&k, DOC_PROCESS("'rlimits':[{'type':'RLIMIT_X','soft':1,'hard':1}]"),
		"process.rlimits[0].type");
	CHECK_STR(k.request.id, "web", "the id");
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK(plan_wants(k.plan, STEP_KEYRING), "a keyring of its own");
	k.request.no_new_keyring = true;
	if (PLAN_OK(&k, DOC_NS(ALL_NS, "")))
		CHECK(!plan_wants(k.plan, STEP_KEYRING), "--no-new-keyring");
	k.facts.in_userns = true;
	if (PLAN_OK(&k, DOC_PROCESS("'oomScoreAdj':-7")))
		CHECK(k.plan->process.oom_may_fail,
		      "in a user namespace it may not be granted");
	arena_done(&k.a);
}

static void test_hooks(void)
{
	struct fake k;

	fake_open(&k);
	if (PLAN_OK(&k, DOC_NS(ALL_NS,
			       ",'hooks':{'createRuntime':[{'path':'/a'},{'path':'/b',"
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
		CHECK(plan_wants(k.plan, STEP_HOOKS) &&
			      !plan_wants(k.plan, STEP_START_HOOKS),
		      "init waits for host hooks too");
	}
	if (PLAN_OK(&k, DOC_NS(ALL_NS, ",'hooks':{'poststop':[{'path':'/a'}],"
				       "'startContainer':[{'path':'/a'}]}")))
		CHECK(!plan_wants(k.plan, STEP_HOOKS) &&
			      plan_wants(k.plan, STEP_START_HOOKS),
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
		CHECK_STR(k.plan->sysctls.items[0].path, "sys/net/ipv4/conf/eth0.1/x",
			  "dots");
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
	struct enter in = { .spec = &spec,
			    .ns_flags = CLONE_NEWPID | CLONE_NEWUSER,
			    .cgroup_mount = "/cg",
			    .cgroup_path = "/x",
			    .userns_setgroups_denied = true };
	struct fake k;
	struct plan *p;

	fake_open(&k);
	p = enter(&k, &in, json);
	if (p) {
		CHECK(p->enter && p->shape == SHAPE_JOIN &&
			      p->join_flags == in.ns_flags && p->clone_flags == 0,
		      "exec joins all that is the container's");
		CHECK(p->ids_zero && !p->process.set_groups,
		      "its user namespace, its rules");
		CHECK(p->cgroup.way == CGROUP_ENTER, "its cgroup");
		CHECK(p->process.umask == -1, "the umask stays");
		CHECK(p->process.caps.given && p->process.caps.bounding == 0,
		      "capabilities that are not given are the container's, never all");
		CHECK(p->steps == (STEP_BIT(STEP_JOIN) | STEP_BIT(STEP_IDS) |
				   STEP_BIT(STEP_SESSION) | STEP_BIT(STEP_KEYRING) |
				   STEP_BIT(STEP_USER) | STEP_BIT(STEP_CHDIR) |
				   STEP_BIT(STEP_LOOKUP) | STEP_BIT(STEP_READY) |
				   STEP_BIT(STEP_BEGIN) | STEP_BIT(STEP_EXEC)),
		      "and none of the image's steps");
	}
	in = (struct enter){ .spec = &spec };
	p = enter(&k, &in, json);
	if (p)
		CHECK(p->shape == SHAPE_DIRECT && p->cgroup.way == CGROUP_NONE &&
			      p->cgroup.why,
		      "nothing to join");
	arena_done(&k.a);
}

int main(void)
{
	test_env();
	test_user();
	test_labels();
	test_listener();
	test_caps();
	test_terminal();
	test_process_rest();
	test_hooks();
	test_settings();
	test_enter();
	return check_done();
}
