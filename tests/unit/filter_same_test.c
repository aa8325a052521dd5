/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filters that aril generates decide what libseccomp's do, asked by an interpreter:
 * for the profiles of engines and of systemd, for others made at random, for all
 * architectures and both byte orders; what happens where rules contradict each other,
 * in which they differ; and what the kernel does with one. Needs no privileges.
 *
 * Environment: ARIL_PROFILES=N: how many at random (`make check-filters`: 10,000)
 */
#include <fcntl.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sys.h"
#include "seccomp/calls.h"
#include "tests/unit/bpf.h"
#include "tests/unit/check.h"
#include "tests/unit/oracle.h"
#include "tests/unit/random_profile.h"

#define PROFILES 200

static struct profile *read_profile(struct arena *a, const char *name)
{
	const char *source = getenv("ARIL_SOURCE");
	char *path = arena_fmt(a, "%s/%s", source ? source : ".", name);
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

static const char *const engines[] = {
	"tests/bench/profile.json",
	"tests/unit/data/seccomp/docker.json",
	"tests/unit/data/seccomp/docker-all-caps.json",
	"tests/unit/data/seccomp/podman.json",
	"tests/unit/data/seccomp/podman-all-caps.json",
	"tests/unit/data/seccomp/systemd-deny.json",
	"tests/unit/data/seccomp/systemd-service.json",
};

static void test_engines(void)
{
	for (size_t i = 0; i < ARRAY_LEN(engines); i++) {
		struct arena a = check_arena();
		struct same same = { .calls = 0 };
		struct err e = ERR_NONE;
		enum same_end end =
			filters_same(read_profile(&a, engines[i]), NULL, &a, &same, &e);

		CHECK(end == SAME_ASKED && !same.difference,
		      "%s: %lu calls, the same verdicts: %s%s", engines[i], same.calls,
		      e.text, same.difference ? same.difference : "");
		CHECK(same.alone * 5 < same.calls && same.own * 4 < same.other * 3,
		      "and %zu instructions instead of %zu", same.own, same.other);
		arena_done(&a);
	}
}

/* --- profiles at random ---------------------------------------------------------- */

static const uint32_t big[] = { SCMP_ARCH_PPC64, SCMP_ARCH_S390X,  SCMP_ARCH_S390,
				SCMP_ARCH_PPC,	 SCMP_ARCH_MIPS64, SCMP_ARCH_MIPS };

struct counts {
	unsigned long profiles, asked, calls, alone, own, other, failed;
};

/* One profile; false: there is a difference */
static bool random_same(uint64_t seed, bool big_endian, struct counts *c)
{
	const struct oracle_arches arches = { &big[seed % 4], 1 + seed % 3 };
	uint64_t state = seed * 0x9e3779b97f4a7c15ULL | 1;
	struct arena a = check_arena();
	struct same same = { .calls = 0 };
	struct err e = ERR_NONE;
	struct profile *p;
	enum same_end end;

	for (int i = 0; i < 8; i++)
		bpf_random(&state, 2);
	p = random_profile(&state, &a);
	if (big_endian)
		p->architectures.n = 0;
	end = filters_same(p, big_endian ? &arches : NULL, &a, &same, &e);
	c->profiles++;
	c->asked += end == SAME_ASKED;
	c->failed += end == SAME_OWN_FAILS;
	c->calls += same.calls;
	c->alone += same.alone;
	if (end == SAME_ASKED) {
		c->own += same.own;
		c->other += same.other;
	}
	if (same.difference)
		CHECK(false, "profile %lu%s: %s", (unsigned long)seed,
		      big_endian ? ", the other byte order" : "", same.difference);
	arena_done(&a);
	return !same.difference;
}

static void test_random(void)
{
	const char *text = getenv("ARIL_PROFILES");
	unsigned long n = text ? strtoul(text, NULL, 10) : PROFILES;
	struct counts native = { .profiles = 0 }, turned = { .profiles = 0 };
	bool same = true;

	for (unsigned long i = 0; i < n && same; i++)
		same = random_same(i, false, &native);
	for (unsigned long i = 0; i < (n + 3) / 4 && same; i++)
		same = random_same(i, true, &turned);
	CHECK(same && native.failed == 0 && native.asked * 10 > native.profiles * 9,
	      "%lu profiles at random, %lu of which libseccomp compiles: the same "
	      "verdicts for %lu calls, %lu of them rule by rule",
	      native.profiles, native.asked, native.calls, native.alone);
	CHECK(same && turned.failed == 0 && turned.asked * 10 > turned.profiles * 9,
	      "%lu, of which %lu, for architectures of the other byte order: %lu calls",
	      turned.profiles, turned.asked, turned.calls);
	printf("# %lu instructions on average instead of %lu\n",
	       native.own / (native.asked | 1), native.other / (native.asked | 1));
}

/* --- what is ours ---------------------------------------------------------------- */

struct row {
	char *name, *action;
	size_t n;
	struct profile_arg args[2];
};
#define EQ(index_, value_)                                                               \
	{                                                                                \
		.index = (index_), .value = (value_), .op = "SCMP_CMP_EQ"                \
	}

static bool compile(const struct row *rows, size_t n, struct arena *a, struct filter *f)
{
	struct profile *p = arena_new(a, struct profile);
	struct err e = ERR_NONE;

	p->default_action = "SCMP_ACT_ERRNO";
	*list_add(a, &p->architectures) = "SCMP_ARCH_X86_64";
	*list_add(a, &p->architectures) = "SCMP_ARCH_X86";
	for (size_t i = 0; i < n; i++) {
		struct profile_call *call = list_add(a, &p->syscalls);

		*list_add(a, &call->names) = rows[i].name;
		call->action = rows[i].action;
		for (size_t k = 0; k < rows[i].n; k++)
			*list_add(a, &call->args) = rows[i].args[k];
	}
	return CHECK(filter_compile(p, NULL, a, f, NULL, &e) == 0, "%zu rules: %s", n,
		     e.text);
}

static uint32_t ask(const struct filter *f, uint32_t token, const char *name, uint64_t a0,
		    uint64_t a1)
{
	struct seccomp_data d = { .nr = seccomp_syscall_resolve_name_arch(token, name),
				  .arch = token,
				  .args = { a0, a1 } };

	return bpf_run(f->code, f->n, &d);
}

#define X64 SCMP_ARCH_X86_64

/* Where the rules hold for one call with different actions */
static void test_contradictions(struct arena *a)
{
	static const struct row rows[] = {
		{ "read", "SCMP_ACT_TRAP", 1, { EQ(0, 5) } },
		{ "read", "SCMP_ACT_ALLOW", 0, { EQ(0, 0) } },
		{ "read", "SCMP_ACT_KILL", 1, { EQ(0, 6) } },
		{ "write", "SCMP_ACT_ALLOW", 1, { EQ(1, 1) } },
		{ "write", "SCMP_ACT_LOG", 1, { EQ(0, 1) } },
		{ "write", "SCMP_ACT_TRAP", 1, { EQ(0, 1) } },
		{ "lseek", "SCMP_ACT_ALLOW", 2, { EQ(0, 1), EQ(1, 2) } },
		{ "lseek", "SCMP_ACT_TRAP", 1, { EQ(0, 1) } },
		{ "close", "SCMP_ACT_ERRNO", 0, { EQ(0, 0) } },
		{ "close", "SCMP_ACT_ALLOW", 0, { EQ(0, 0) } },
	};
	struct filter f;

	if (!compile(rows, ARRAY_LEN(rows), a, &f))
		return;
	CHECK(ask(&f, X64, "read", 5, 0) == SECCOMP_RET_TRAP,
	      "a rule without conditions does not replace one before it");
	CHECK(ask(&f, X64, "read", 6, 0) == SECCOMP_RET_ALLOW, "and wins behind it");
	CHECK(ask(&f, X64, "write", 1, 1) == SECCOMP_RET_ALLOW,
	      "the order of rules counts, not that of arguments");
	CHECK(ask(&f, X64, "write", 1, 0) == SECCOMP_RET_LOG,
	      "of two rules with the same conditions the first wins");
	CHECK(ask(&f, X64, "lseek", 1, 2) == SECCOMP_RET_ALLOW &&
		      ask(&f, X64, "lseek", 1, 3) == SECCOMP_RET_TRAP,
	      "a rule is not lost because of a narrower one before it");
	CHECK(ask(&f, X64, "close", 0, 0) == SECCOMP_RET_ALLOW,
	      "a rule whose action is the default does not count");
}

/* What libseccomp loses: both conditions are on what is the call's name in socketcall */
static void test_multiplexer(struct arena *a)
{
	static const struct row rows[] = {
		{ "socket", "SCMP_ACT_TRAP", 1, { EQ(0, 16) } },
		{ "socket", "SCMP_ACT_ALLOW", 1, { EQ(0, 1) } },
	};
	struct filter f;
	struct seccomp_data d = { .nr = 102, .arch = SCMP_ARCH_X86, .args = { 1 } };

	if (!compile(rows, ARRAY_LEN(rows), a, &f))
		return;
	CHECK(ask(&f, X64, "socket", 16, 0) == SECCOMP_RET_TRAP &&
		      ask(&f, X64, "socket", 1, 0) == SECCOMP_RET_ALLOW,
	      "two families of sockets have rules");
	CHECK(bpf_run(f.code, f.n, &d) == SECCOMP_RET_TRAP,
	      "of which socketcall knows nothing: the first wins");
	d.args[0] = 2;
	CHECK(bpf_run(f.code, f.n, &d) == (SECCOMP_RET_ERRNO | EPERM),
	      "another of its calls has the default");
	d.nr = 359;
	CHECK(bpf_run(f.code, f.n, &d) == (SECCOMP_RET_ERRNO | EPERM), "a family, too");
	d.args[0] = 1;
	CHECK(bpf_run(f.code, f.n, &d) == SECCOMP_RET_ALLOW,
	      "i386 has a call of its own");
	d.nr = 360;
	CHECK(bpf_run(f.code, f.n, &d) == (SECCOMP_RET_ERRNO | ENOSYS),
	      "which is the newest that the profile names");
}

/* libseccomp's program compares the lower half of the argument where it means the upper
 * one, when the first rule holds in its upper half only: it takes 1 for 0x100000001. What
 * is asserted is ours. */
static void test_halves(struct arena *a)
{
	static const struct row rows[] = {
		{ "lseek", "SCMP_ACT_ALLOW", 1, { EQ(1, 5) } },
		{ "lseek", "SCMP_ACT_ALLOW", 1, { EQ(1, 0x100000001) } },
	};
	struct filter f;

	if (!compile(rows, ARRAY_LEN(rows), a, &f))
		return;
	CHECK(ask(&f, X64, "lseek", 0, 1) == (SECCOMP_RET_ERRNO | EPERM) &&
		      ask(&f, X64, "lseek", 0, 0x100000001) == SECCOMP_RET_ALLOW &&
		      ask(&f, X64, "lseek", 0, 5) == SECCOMP_RET_ALLOW &&
		      ask(&f, X64, "lseek", 0, 0x100000005) ==
			      (SECCOMP_RET_ERRNO | EPERM),
	      "both halves of an argument count");
}

/* The table of calls.c is what libseccomp says of all numbers */
static void test_direct_numbers(void)
{
	static const uint32_t arches[] = { SCMP_ARCH_X86,   SCMP_ARCH_S390,
					   SCMP_ARCH_S390X, SCMP_ARCH_PPC,
					   SCMP_ARCH_PPC64, SCMP_ARCH_PPC64LE,
					   SCMP_ARCH_MIPS,  SCMP_ARCH_MIPSEL };

	for (size_t i = 0; i < ARRAY_LEN(arches); i++) {
		int found = 0, wrong = 0;

		/* those of MIPS start at 4000 */
		for (int nr = (arches[i] & 0xffff) == 8 ? 4000 : 0; nr < 5000; nr++) {
			char *name = seccomp_syscall_resolve_num_arch(arches[i], nr);
			int pseudo =
				name ? seccomp_syscall_resolve_name_arch(arches[i], name)
				     : 0;

			if (pseudo < 0) {
				found++;
				wrong += call_find(arches[i], name).direct != nr;
			}
			free(name);
		}
		CHECK(found >= 25 && wrong == 0,
		      "%d calls also through another on %x, %d wrong numbers", found,
		      arches[i], wrong);
	}
}

/* --- sizes ----------------------------------------------------------------------- */

/* n rules for one call; step: between the values */
static struct profile *long_profile(struct arena *a, size_t n, uint64_t step)
{
	struct profile *p = arena_new(a, struct profile);

	p->default_action = "SCMP_ACT_ALLOW";
	for (size_t i = 0; i < n; i++) {
		struct profile_call *call = list_add(a, &p->syscalls);

		*list_add(a, &call->names) = "ioctl";
		call->action = i % 2 ? "SCMP_ACT_ERRNO" : "SCMP_ACT_TRAP";
		*list_add(a, &call->args) = (struct profile_arg){ .index = 1,
								  .value = 7 + i * step,
								  .op = "SCMP_CMP_EQ" };
	}
	return p;
}

static long compile_us(const struct profile *p, struct arena *a, struct filter *f,
		       int *num)
{
	struct timespec t0, t1;
	struct err e = ERR_NONE;

	clock_gettime(CLOCK_MONOTONIC, &t0);
	*num = filter_compile(p, NULL, a, f, NULL, &e) < 0 ? e.num : 0;
	clock_gettime(CLOCK_MONOTONIC, &t1);
	return (t1.tv_sec - t0.tv_sec) * 1000000 + (t1.tv_nsec - t0.tv_nsec) / 1000;
}

static void test_sizes(struct arena *a)
{
	struct seccomp_data d = { .nr = SYS_ioctl, .arch = seccomp_arch_native() };
	struct filter f = { .n = 0 };
	int num, wrong = 0;
	long us = compile_us(long_profile(a, 3500, 1), a, &f, &num);

	CHECK(num == 0 && f.n > 3500, "3500 rules: %d instructions, %ld us", f.n, us);
	for (uint64_t i = 0; i < 3500; i++) {
		d.args[1] = 7 + i;
		wrong += bpf_run(f.code, f.n, &d) !=
			 (i % 2 ? (SECCOMP_RET_ERRNO | EPERM) : SECCOMP_RET_TRAP);
	}
	d.args[1] = 7 + 3500;
	wrong += bpf_run(f.code, f.n, &d) != SECCOMP_RET_ALLOW;
	d.args[1] = 7 | 1ULL << 32;
	wrong += bpf_run(f.code, f.n, &d) != SECCOMP_RET_ALLOW;
	CHECK(wrong == 0, "farther than a jump reaches: %d wrong verdicts", wrong);
	us = compile_us(long_profile(a, 4000, 1ULL << 32 | 1), a, &f, &num);
	CHECK(num == E2BIG && us < 500000, "4000 rules that need more: %ld us", us);
	us = compile_us(long_profile(a, 40000, 1ULL << 32 | 1), a, &f, &num);
	CHECK(num == E2BIG && us < 2000000, "40000: %ld us", us);
}

/* --- the kernel ------------------------------------------------------------------ */

/* In the child. Only calls that the filter refuses are made, with arguments that the
 * kernel itself would not take. */
static void try_filter(const struct filter *f, const struct filter *other)
{
	struct sock_fprog prog = { .len = f->n, .filter = f->code };
	int calls = 0;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    sys_seccomp(SECCOMP_SET_MODE_FILTER, f->flags, &prog) != 0)
		_exit(1);
	for (int nr = 0; nr < 450; nr++) {
		struct seccomp_data d = { .nr = nr, .arch = AUDIT_ARCH_X86_64 };
		uint32_t want;

		memset(d.args, 0xff, sizeof(d.args));
		want = bpf_run(other->code, other->n, &d);
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
	struct profile *p = read_profile(a, engines[0]);
	struct err e = ERR_NONE;
	struct filter own, other;
	lost_t lost = { NULL, 0 };
	int status = -1;
	pid_t pid;

	if (seccomp_arch_native() != SCMP_ARCH_X86_64) {
		CHECK_SKIP("the profile is for x86_64");
		return;
	}
	if (!CHECK(oracle_compile(p, NULL, a, &other, &lost, &e) == 0 &&
			   filter_compile(p, NULL, a, &own, NULL, &e) == 0,
		   "a profile to load: %s", e.text))
		return;
	pid = fork();
	if (pid == 0)
		try_filter(&own, &other);
	waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	      "the kernel takes the program and refuses the same (status %x)", status);
}

int main(void)
{
	struct arena a = check_arena();

	test_engines();
	test_random();
	test_contradictions(&a);
	test_multiplexer(&a);
	test_halves(&a);
	test_direct_numbers();
	test_sizes(&a);
	test_kernel(&a);
	arena_done(&a);
	return check_done();
}
