/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Smaller programs: they decide what libseccomp's own decide, asked by an interpreter
 * for a real profile and for some hundred made at random (the same in each run), and by
 * the kernel for one; programs that do something else stay as they are; and the
 * comparison at the end finds changed programs. Needs no privileges.
 */
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sys.h"
#include "seccomp/program.h"
#include "seccomp/shrink.h"
#include "tests/unit/bpf_same.h"
#include "tests/unit/check.h"

#define PROFILES 300
#define STEPS	 10000000

static struct profile *bench_profile(struct arena *a)
{
	const char *source = getenv("ARIL_SOURCE");
	char *path = arena_fmt(a, "%s/tests/bench/profile.json", source ? source : ".");
	struct profile *p = arena_new(a, struct profile);
	struct err e = ERR_NONE;
	size_t len = 0;
	char *text = file_read(a, AT_FDCWD, path, JSON_SIZE_MAX, &len, &e);

	if (!text || json_read(text, len, &profile_shape, p, a, &e) < 0) {
		printf("Bail out! %s: %s\n", path, e.text);
		exit(1);
	}
	return p;
}

/* What differs, in words; NULL: nothing */
static const char *difference(const struct filter *one, const struct filter *two,
			      unsigned long *calls, struct arena *a)
{
	struct seccomp_data d = { .nr = 0 };
	unsigned long n = bpf_same(one->code, one->n, two->code, two->n, &d);

	*calls += n;
	if (n)
		return NULL;
	return arena_fmt(a, "call %x of %x (%llx, %llx, ...): %x, %x", (unsigned)d.nr,
			 d.arch, (unsigned long long)d.args[0],
			 (unsigned long long)d.args[1], bpf_run(one->code, one->n, &d),
			 bpf_run(two->code, two->n, &d));
}

static void test_bench_profile(struct arena *a)
{
	struct profile *p = bench_profile(a);
	struct filter one, two;
	struct err e = ERR_NONE;
	unsigned long calls = 0;
	const char *text;

	if (!CHECK(filter_translate(p, a, &one, NULL, &e) == 0 &&
			   filter_compile(p, NULL, a, &two, NULL, &e) == 0,
		   "an engine's profile compiles: %s", e.text))
		return;
	text = difference(&one, &two, &calls, a);
	CHECK(!text, "%lu calls, the same verdicts: %s", calls, text ? text : "yes");
	CHECK(two.n * 3 < one.n, "%d instructions instead of %d", two.n, one.n);
}

static char *random_item(uint64_t *seed, const char *const *words, size_t n)
{
	return (char *)words[bpf_random(seed, (uint32_t)n)];
}
#define ANY_OF(seed, words) random_item(seed, words, ARRAY_LEN(words))

static void random_args(struct profile_call *call, uint64_t *seed, struct arena *a)
{
	static const uint64_t values[] = { 0,		1,	    5,
					   0x80000000,	0xffffffff, 0x100000000,
					   0x500000005, UINT64_MAX };
	static const char *const ops[] = { "SCMP_CMP_NE",	"SCMP_CMP_LT",
					   "SCMP_CMP_LE",	"SCMP_CMP_EQ",
					   "SCMP_CMP_GE",	"SCMP_CMP_GT",
					   "SCMP_CMP_MASKED_EQ" };

	for (uint32_t n = bpf_random(seed, 3) + 1; n; n--)
		*list_add(a, &call->args) = (struct profile_arg){
			.index = bpf_random(seed, 6),
			.value = values[bpf_random(seed, ARRAY_LEN(values))],
			.value_two = values[bpf_random(seed, ARRAY_LEN(values))],
			.op = ANY_OF(seed, ops),
		};
}

static void random_call(struct profile *p, uint64_t *seed, struct arena *a)
{
	static const char *const actions[] = { "SCMP_ACT_ALLOW",       "SCMP_ACT_ERRNO",
					       "SCMP_ACT_ERRNO",       "SCMP_ACT_KILL",
					       "SCMP_ACT_LOG",	       "SCMP_ACT_TRACE",
					       "SCMP_ACT_TRAP",	       "SCMP_ACT_ALLOW",
					       "SCMP_ACT_KILL_PROCESS" };
	struct profile_call *call = list_add(a, &p->syscalls);
	bool conditions = bpf_random(seed, 3) == 0;
	uint32_t n = bpf_random(seed, conditions ? 4 : 150) + 1;

	call->action = ANY_OF(seed, actions);
	if (!strcmp(call->action, "SCMP_ACT_ERRNO"))
		call->errno_ret = (struct opt_u64){ true, bpf_random(seed, 4) * 30 };
	if (conditions)
		random_args(call, seed, a);
	while (n--) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64,
							      (int)bpf_random(seed, 460));

		if (name)
			*list_add(a, &call->names) = arena_strdup(a, name);
		free(name);
	}
}

static struct profile *random_profile(uint64_t *seed, struct arena *a)
{
	static const char *const defaults[] = { "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO",
						"SCMP_ACT_KILL", "SCMP_ACT_LOG" };
	static const char *const arches[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86",
					      "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64",
					      "SCMP_ARCH_ARM" };
	struct profile *p = arena_new(a, struct profile);

	p->default_action = ANY_OF(seed, defaults);
	for (uint32_t n = bpf_random(seed, 3); n; n--)
		*list_add(a, &p->architectures) = ANY_OF(seed, arches);
	for (uint32_t n = bpf_random(seed, 8); n; n--)
		random_call(p, seed, a);
	return p;
}

static void test_random_profiles(void)
{
	unsigned long calls = 0, before = 0, after = 0, smaller = 0, compiled = 0;
	uint64_t seed = 0x5eed0f5eccULL;
	bool same = true;

	for (int i = 0; i < PROFILES && same; i++) {
		struct arena a = ARENA_NONE;
		struct err e = ERR_NONE;
		struct filter one, two;

		if (arena_open(&a, false, &e) < 0)
			exit(99);
		if (filter_translate(random_profile(&seed, &a), &a, &one, NULL, &e) ==
		    0) {
			const char *text;

			two = one;
			compiled++;
			smaller += filter_shrink(&two, &a);
			before += one.n;
			after += two.n;
			text = difference(&one, &two, &calls, &a);
			same = !text;
			if (text)
				CHECK(false, "profile %d: %s", i, text);
		}
		arena_done(&a);
	}
	CHECK(same && compiled > PROFILES * 2 / 3,
	      "%lu of %d random profiles compile; %lu calls, the same verdicts", compiled,
	      PROFILES, calls);
	CHECK(smaller > compiled / 2 && after < before,
	      "%lu programs became smaller: %lu instructions instead of %lu", smaller,
	      after, before);
}

/* Each would be a smaller one, were its oddity not there: the same verdict everywhere */
static void test_others(struct arena *a)
{
#define LOAD(k)		  BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (k))
#define RET(k)		  BPF_STMT(BPF_RET | BPF_K, (k))
#define JUMP(op, k, t, f) BPF_JUMP(BPF_JMP | (op) | BPF_K, (k), (t), (f))
	static struct sock_filter odd[][8] = {
		{ LOAD(0), JUMP(BPF_JSET, 4, 0, 1), RET(1), RET(1), RET(1) },
		{ LOAD(0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 7), JUMP(BPF_JEQ, 4, 0, 1),
		  RET(1), RET(1), RET(1) },
		{ JUMP(BPF_JEQ, 4, 0, 1), RET(1), RET(1), RET(1), RET(1) },
		{ LOAD(0), BPF_STMT(BPF_ST, 1), JUMP(BPF_JEQ, 4, 0, 1), RET(1), RET(1) },
		{ LOAD(0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 1), RET(1), RET(1) },
		{ LOAD(0), BPF_STMT(BPF_RET | BPF_A, 0), RET(1), RET(1), RET(1), RET(1) },
		{ LOAD(16), BPF_STMT(BPF_MISC | BPF_TAX, 0), JUMP(BPF_JEQ, 4, 0, 1),
		  RET(1), RET(1), RET(1), RET(1) },
		{ LOAD(4), JUMP(BPF_JEQ, 4, 0, 90), RET(1), RET(1), RET(1), RET(1) },
		{ LOAD(4), BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX), RET(1), RET(1) },
		{ LOAD(4), JUMP(BPF_JEQ, 4, 1, 0), LOAD(4), LOAD(4), LOAD(4), LOAD(4),
		  LOAD(4), LOAD(4) },
	};
	static struct sock_filter usual[] = {
		LOAD(4),
		JUMP(BPF_JGT, 9, 0, 4),
		LOAD(0),
		JUMP(BPF_JGE, 5, 0, 1),
		RET(1),
		RET(1),
		JUMP(BPF_JEQ, 10, 0, 1),
		RET(2),
		RET(1),
	};
	struct filter f = { .code = usual, .n = ARRAY_LEN(usual) };

	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct filter g = { .code = odd[i], .n = ARRAY_LEN(odd[i]) };

		CHECK(!filter_shrink(&g, a) && g.code == odd[i] && g.n == 8,
		      "something else, %zu: left as it is", i);
	}
	filter_shrink(&f, a);
	CHECK(f.n == 1 && f.code[0].k == 1, "all is one verdict: instructions: %d", f.n);
}

/* Change each instruction in turn: what the interpreter finds, the comparison finds */
static void test_comparison(struct arena *a)
{
	struct filter one, two;
	struct err e = ERR_NONE;
	struct program p, q;
	int found = 0, missed = 0, equal = 0;
	struct seccomp_data d;

	if (!CHECK(filter_translate(bench_profile(a), a, &one, NULL, &e) == 0,
		   "a program to compare: %s", e.text))
		return;
	two = one;
	filter_shrink(&two, a);
	p = (struct program){ one.code, one.n };
	q = (struct program){ two.code, two.n };
	CHECK(program_same(&p, &q, STEPS, a), "a program and its smaller one are same");
	CHECK(!program_same(&p, &q, 100, a), "too many steps: no");
	for (size_t i = 0; i < q.n; i++) {
		struct sock_filter kept = q.code[i], *at = &q.code[i];

		if (BPF_CLASS(kept.code) == BPF_JMP)
			*at = (struct sock_filter){ kept.code, kept.jf, kept.jt, kept.k };
		else
			at->k ^= 4;
		if (!program_same(&p, &q, STEPS, a))
			found++;
		else if (bpf_same(p.code, p.n, q.code, q.n, &d))
			equal++;
		else
			missed++;
		*at = kept;
	}
	CHECK(missed == 0 && found > two.n * 9 / 10,
	      "changed programs: %d found, %d not, %d decide the same", found, missed,
	      equal);
}

/* In the child. Only calls that the filter refuses are made, with arguments that the
 * kernel itself would not take. */
static void try_filter(const struct filter *one, const struct filter *two)
{
	struct sock_fprog prog = { .len = two->n, .filter = two->code };
	int calls = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    sys_seccomp(SECCOMP_SET_MODE_FILTER, two->flags, &prog) != 0)
		_exit(1);
	for (int nr = 0; nr < 470; nr++) {
		struct seccomp_data d = { .nr = nr, .arch = AUDIT_ARCH_X86_64 };
		uint32_t want;

		memset(d.args, 0xff, sizeof(d.args));
		want = bpf_run(one->code, one->n, &d);
		/* 335, 336: calls of probes, which newer kernels do not filter */
		if ((want & SECCOMP_RET_ACTION_FULL) != SECCOMP_RET_ERRNO || nr == 335 ||
		    nr == 336)
			continue;
		calls++;
		if (syscall(nr, -1L, -1L, -1L, -1L, -1L, -1L) != -1 ||
		    errno != (int)(want & SECCOMP_RET_DATA))
			_exit(2);
	}
	_exit(calls < 50 ? 3 : getppid() > 0 ? 0 : 4);
}

static void test_kernel(struct arena *a)
{
	struct profile *p = bench_profile(a);
	struct err e = ERR_NONE;
	struct filter one, two;
	int status = -1;
	pid_t pid;

	if (seccomp_arch_native() != SCMP_ARCH_X86_64) {
		CHECK_SKIP("the profile is for x86_64");
		return;
	}
	if (!CHECK(filter_translate(p, a, &one, NULL, &e) == 0 &&
			   filter_compile(p, NULL, a, &two, NULL, &e) == 0,
		   "a profile to load: %s", e.text))
		return;
	pid = fork();
	if (pid == 0)
		try_filter(&one, &two);
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	      "the kernel takes the smaller program and refuses the same (status %x)",
	      status);
}

int main(void)
{
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	if (arena_open(&a, false, &e) < 0)
		return 99;
	test_bench_profile(&a);
	test_random_profiles();
	test_others(&a);
	test_comparison(&a);
	test_kernel(&a);
	arena_done(&a);
	return check_done();
}
