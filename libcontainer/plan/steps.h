/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What init does, in this order: the order of kernel operations of every container. The
 * plan decides which of them are wanted, `aril plan` prints them, init/init.c has one
 * function for each. Why here and not earlier or later:
 *
 *	place		before anybody in the container can see us: who makes us fork then
 *			would have a process outside of its cgroup
 *	CPUs		in its cgroup, whose CPUs bound them; a clone inherits them
 *	join		while init has the runtime's privileges; undumpable before it
 *	ids		nothing can be done in a new user namespace before it has its maps
 *	session		before anything opens a terminal or asks for a key
 *	net		before sysctls, which may be those of a network device, and before
 *			hooks, which may look for one
 *	kernel files	sysctl and oom_score_adj, by a handle on the runtime's /proc:
 *			before anything of the image can be seen
 *	cgroup ns	after init is in its cgroup (CLONE_INTO_CGROUP), else the
 *			runtime's cgroup would be the root of the namespace
 *	root to links	the image's tree, with all its mounts and device nodes; files
 *			first, where nothing but a new tmpfs is yet
 *	hooks		prestart, createRuntime (by the host), createContainer: before
 *			pivot_root
 *	console		needs the container's devpts
 *	ro, masks	last of the mounts: nothing may be mounted over them; masks are
 *			clones of the runtime's /dev/null, which pivot_root takes away
 *	pivot		after the mounts that need paths of the runtime's tree
 *	scheduler ..	in runc's order; they want CAP_SYS_NICE, and setting up is not to
 *	memory policy	be done by what may be slow with them
 *	labels		of security modules: after the hooks of the create phase, which
 *			would run under them
 *	user		after all that needs privileges
 *	lookup		tells at create, as runc does, that the program is not there
 *	hold		`create` ends here, `start` goes on
 *	leave		`mounts`: there is no program; what was mounted stays when the
 *			host has remembered it
 *	start hooks	startContainer, in the container
 *	first process	as late as possible: it does no more of these; the limits are the
 *			program's alone
 *	rlimits		those that the host cannot set: late, for a low limit on fds
 *			would be in init's own way
 *	landlock	by the container's own paths, when nothing is left to open but
 *			the program
 *	filter		as late as possible: it must only let through what is left to do
 *	exec
 */
#ifndef PLAN_STEPS_H
#define PLAN_STEPS_H

#define PLAN_STEPS(STEP)                                                                 \
	STEP(PLACE, "wait until it is in its cgroup")                                    \
	STEP(CPUS, "choose CPUs")                                                        \
	STEP(JOIN, "join namespaces")                                                    \
	STEP(IDS, "take mapped ids")                                                     \
	STEP(SESSION, "start a session")                                                 \
	STEP(KEYRING, "make a session keyring")                                          \
	STEP(LOOPBACK, "bring up loopback")                                              \
	STEP(NET, "wait for network devices")                                            \
	STEP(PROC_FILES, "write kernel settings")                                        \
	STEP(CGROUP_NS, "enter a cgroup namespace")                                      \
	STEP(ROOT, "attach the root")                                                    \
	STEP(FILES, "make files")                                                        \
	STEP(MOUNTS, "mount")                                                            \
	STEP(DEVICES, "make devices")                                                    \
	STEP(LINKS, "make links in /dev")                                                \
	STEP(CWD, "make the working directory")                                          \
	STEP(HOOKS, "run hooks")                                                         \
	STEP(CONSOLE, "open the console")                                                \
	STEP(READONLY, "make paths read-only")                                           \
	STEP(MASKS, "mask paths")                                                        \
	STEP(PIVOT, "enter the root")                                                    \
	STEP(NAMES, "set host and domain name")                                          \
	STEP(SCHEDULER, "set the scheduler")                                             \
	STEP(IO_PRIORITY, "set the io priority")                                         \
	STEP(PERSONALITY, "set the personality")                                         \
	STEP(MEMORY_POLICY, "set the memory policy")                                     \
	STEP(LABELS, "set security labels")                                              \
	STEP(USER, "become the user")                                                    \
	STEP(CHDIR, "change to the working directory")                                   \
	STEP(LOOKUP, "look up the program")                                              \
	STEP(READY, "report ready")                                                      \
	STEP(HOLD, "wait for start")                                                     \
	STEP(LEAVE, "leave the container")                                               \
	STEP(START_HOOKS, "run startContainer hooks")                                    \
	STEP(FIRST, "leave a first process behind")                                      \
	STEP(RLIMITS, "set resource limits")                                             \
	STEP(LANDLOCK, "restrict itself (Landlock)")                                     \
	STEP(BEGIN, "tell that the program begins")                                      \
	STEP(FILTER, "load the seccomp filter")                                          \
	STEP(EXEC, "run the program")

enum plan_step {
#define PLAN_STEP_ENUM(name, doing) STEP_##name,
	PLAN_STEPS(PLAN_STEP_ENUM)
#undef PLAN_STEP_ENUM
		STEP_COUNT
};

#define STEP_BIT(step) (1ULL << (step))

#endif
