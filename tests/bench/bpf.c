/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bpf: the seccomp program that the floor loads.
 *
 *	bpf compile PROFILE.json FILE	as libseccomp makes it of the profile
 *	bpf dump PID FILE		as a process has it loaded
 *
 * With the second the floor can run the very program of aril's container, and a test can
 * compare the two.
 *
 * Before the benchmark, as root, never timed. It knows what profile.json has, no more:
 * any other word in a profile is an error.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <yajl/yajl_tree.h>

#include "tests/bench/clock.h"

static const struct {
	const char *name;
	enum scmp_compare op;
} operators[] = {
	{ "SCMP_CMP_EQ", SCMP_CMP_EQ },
	{ "SCMP_CMP_NE", SCMP_CMP_NE },
	{ "SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ },
};

static const struct {
	const char *name;
	uint32_t arch;
} arches[] = {
	{ "SCMP_ARCH_X86_64", SCMP_ARCH_X86_64 },
	{ "SCMP_ARCH_X86", SCMP_ARCH_X86 },
	{ "SCMP_ARCH_X32", SCMP_ARCH_X32 },
};

static yajl_val member(yajl_val from, const char *name, yajl_type type)
{
	const char *path[] = { name, NULL };

	return yajl_tree_get(from, path, type);
}

static long long number(yajl_val from, const char *name)
{
	yajl_val v = member(from, name, yajl_t_number);

	return v ? YAJL_GET_INTEGER(v) : 0;
}

static uint32_t action(const char *name, long long errno_ret)
{
	if (!strcmp(name, "SCMP_ACT_ALLOW"))
		return SCMP_ACT_ALLOW;
	if (!strcmp(name, "SCMP_ACT_ERRNO"))
		return SCMP_ACT_ERRNO(errno_ret ? errno_ret : EPERM);
	errx(1, "%s: not known here", name);
}

static struct scmp_arg_cmp comparison(yajl_val arg)
{
	const char *op = YAJL_GET_STRING(member(arg, "op", yajl_t_string));
	struct scmp_arg_cmp cmp = {
		.arg = number(arg, "index"),
		.datum_a = number(arg, "value"),
		.datum_b = number(arg, "valueTwo"),
	};

	for (size_t i = 0; i < sizeof(operators) / sizeof(*operators); i++)
		if (!strcmp(op, operators[i].name)) {
			cmp.op = operators[i].op;
			return cmp;
		}
	errx(1, "%s: not known here", op);
}

static void add_group(scmp_filter_ctx filter, yajl_val group)
{
	yajl_val names = member(group, "names", yajl_t_array);
	yajl_val args = member(group, "args", yajl_t_array);
	const char *word = YAJL_GET_STRING(member(group, "action", yajl_t_string));
	uint32_t act = action(word, number(group, "errnoRet"));
	struct scmp_arg_cmp cmp[6];
	size_t n = args ? YAJL_GET_ARRAY(args)->len : 0;

	if (n > 6)
		errx(1, "more than six arguments");
	for (size_t i = 0; i < n; i++)
		cmp[i] = comparison(YAJL_GET_ARRAY(args)->values[i]);
	for (size_t i = 0; i < YAJL_GET_ARRAY(names)->len; i++) {
		const char *name = YAJL_GET_STRING(YAJL_GET_ARRAY(names)->values[i]);
		int nr = seccomp_syscall_resolve_name(name);
		int r;

		if (nr == __NR_SCMP_ERROR)
			continue; /* newer than the library: left out, as runtimes do */
		r = seccomp_rule_add_array(filter, act, nr, n, cmp);
		if (r < 0)
			errx(1, "%s: %s", name, strerror(-r));
	}
}

static yajl_val read_profile(const char *path)
{
	static char text[1 << 20];
	char why[256];
	yajl_val profile;
	FILE *f = fopen(path, "re");

	if (!f)
		err(1, "%s", path);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	profile = yajl_tree_parse(text, why, sizeof(why));
	if (!profile)
		errx(1, "%s: %s", path, why);
	return profile;
}

static void compile(const char *path, int out)
{
	yajl_val profile = read_profile(path);
	yajl_val list = member(profile, "architectures", yajl_t_array);
	yajl_val groups = member(profile, "syscalls", yajl_t_array);
	const char *word =
		YAJL_GET_STRING(member(profile, "defaultAction", yajl_t_string));
	scmp_filter_ctx filter =
		seccomp_init(action(word, number(profile, "defaultErrnoRet")));

	for (size_t i = 0; i < YAJL_GET_ARRAY(list)->len; i++) {
		const char *name = YAJL_GET_STRING(YAJL_GET_ARRAY(list)->values[i]);

		for (size_t k = 0; k < sizeof(arches) / sizeof(*arches); k++)
			if (!strcmp(name, arches[k].name))
				seccomp_arch_add(filter, arches[k].arch);
	}
	for (size_t i = 0; i < YAJL_GET_ARRAY(groups)->len; i++)
		add_group(filter, YAJL_GET_ARRAY(groups)->values[i]);
	if (seccomp_export_bpf(filter, out) < 0)
		errx(1, "no program could be made");
	seccomp_release(filter);
	yajl_tree_free(profile);
}

/* Kernels without CONFIG_CHECKPOINT_RESTORE cannot tell */
static void dump(pid_t pid, int out)
{
	static struct sock_filter code[BPF_MAXINSNS];
	int status;
	long n;

	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) ||
	    ptrace(PTRACE_INTERRUPT, pid, NULL, NULL))
		err(1, "ptrace %d", pid);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		errx(1, "%d did not stop", pid);
	n = ptrace(PTRACE_SECCOMP_GET_FILTER, pid, NULL, code);
	if (n < 0)
		err(1, "the filter of %d", pid);
	ptrace(PTRACE_DETACH, pid, NULL, NULL);
	if (write(out, code, n * sizeof(code[0])) != (ssize_t)(n * sizeof(code[0])))
		err(1, "write");
}

int main(int argc, char **argv)
{
	int out;

	if (argc != 4)
		errx(2, "bpf compile PROFILE.json FILE | bpf dump PID FILE");
	out = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (out < 0)
		err(1, "%s", argv[3]);
	if (!strcmp(argv[1], "compile"))
		compile(argv[2], out);
	else if (!strcmp(argv[1], "dump"))
		dump(whole(argv[2], INT_MAX), out);
	else
		errx(2, "%s: not a verb", argv[1]);
	return 0;
}
