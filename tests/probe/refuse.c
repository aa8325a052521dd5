/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An older kernel, or a container around us whose filter does not know newer calls: both
 * answer them with an errno. Runs on the host, and then is the command that it was given.
 */
#include "tests/probe/probe.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define EXIT_USAGE 98
#define RULES	   64
#define BLOCK	   5	/* instructions for one rule */
#define NEWER	   448	/* the first number, on all architectures, after Linux 5.14 */
#define OPEN_TREE_ATTR 467

#define CALL(name) { #name, SYS_##name }
static const struct call_name {
	const char *name;
	unsigned nr;
} call_names[] = {
	CALL(accept4),
	CALL(bpf),
	CALL(clone3),
	CALL(close_range),
	CALL(copy_file_range),
	CALL(execveat),
	CALL(faccessat2),
	CALL(flock),
	CALL(fsconfig),
	CALL(fsmount),
	CALL(fsopen),
	CALL(fspick),
	CALL(getrandom),
	CALL(inotify_init1),
	CALL(io_uring_setup),
	CALL(ioprio_set),
	CALL(keyctl),
	CALL(landlock_create_ruleset),
	CALL(landlock_restrict_self),
	CALL(memfd_create),
	CALL(mount_setattr),
	CALL(move_mount),
	CALL(open_tree),
	CALL(openat2),
	CALL(personality),
	CALL(pidfd_getfd),
	CALL(pidfd_open),
	CALL(pidfd_send_signal),
	CALL(pivot_root),
	CALL(prlimit64),
	CALL(renameat2),
	CALL(sched_setattr),
	CALL(seccomp),
	CALL(set_mempolicy),
	CALL(setns),
	CALL(statx),
	CALL(umount2),
	CALL(unshare),
	CALL(userfaultfd),
	{ "open_tree_attr", OPEN_TREE_ATTR },
	{ "statmount", 457 },
	{ "listmount", 458 },
	{ "newer", NEWER },
};

static unsigned errno_number(const char *name)
{
	for (int num = 1; num < 134; num++) {
		const char *its = strerrorname_np(num);

		if (its && strcmp(its, name) == 0)
			return (unsigned)num;
	}
	fprintf(stderr, "probe: no such errno: %s\n", name);
	exit(EXIT_USAGE);
}

static unsigned call_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(call_names); i++)
		if (strcmp(call_names[i].name, name) == 0)
			return call_names[i].nr;
	fprintf(stderr, "probe: no such system call: %s\n", name);
	exit(EXIT_USAGE);
}

/* NAME, or NAME:ARGUMENT:BITS for calls with one of the bits in that argument */
static size_t put_rule(char *rule, unsigned num, struct sock_filter *to)
{
	char *arg = strchr(rule, ':'), *bits = arg ? strchr(arg + 1, ':') : NULL;
	unsigned low = offsetof(struct seccomp_data, args), nr, test = BPF_JEQ;
	struct sock_filter end = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | num);
	size_t n = 0;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	low += 4;
#endif
	if (bits)
		*arg++ = *bits++ = '\0';
	nr = call_number(rule);
	if (nr == NEWER)
		test = BPF_JGE;
	to[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					       offsetof(struct seccomp_data, nr));
	to[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | test | BPF_K, nr, 0,
					       bits ? 3 : 1);
	if (bits) {
		low += 8 * (unsigned)number(arg, 5);
		to[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, low);
		to[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
						       (unsigned)number(bits, ~0U), 0, 1);
	}
	to[n++] = end;
	return n;
}

/* Without CAP_SYS_ADMIN a filter takes the power of set-uid programs away */
static void load(struct sock_filter *code, size_t n)
{
	struct sock_fprog prog = { .len = (unsigned short)n, .filter = code };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) == 0)
		return;
	if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		give_up("seccomp");
}

/* refuse ERRNO RULE[,RULE...] COMMAND...: these calls fail with it, in all that the
 * command runs, too */
static int refuse(int argc, char **argv)
{
	struct sock_filter code[RULES * BLOCK + 1];
	unsigned num = errno_number(argv[1]);
	size_t n = 0, rules = 0;
	char *rest = argv[2], *rule;

	(void)argc;
	while ((rule = strsep(&rest, ","))) {
		if (rules++ == RULES)
			exit(EXIT_USAGE);
		n += put_rule(rule, num, code + n);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	load(code, n);
	execvp(argv[3], argv + 3);
	give_up(argv[3]);
}

const struct command refuse_commands[] = {
	{ "refuse", 3, -1, refuse, "ERRNO CALL[:ARGUMENT:BITS][,CALL...] COMMAND..." },
	{ 0 },
};
