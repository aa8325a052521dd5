/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel keeps of this process for its schedulers and its memory, and the clocks
 * that it sees. Only reads. Runs as the program of a container, and beside the runtime.
 */
#include "tests/probe/probe.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define NODES 1024

struct attr { /* of sched_getattr(2) */
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

/* A set of numbers as "0-3,7" */
static void print_bits(const char *key, const unsigned long *bits, unsigned n)
{
	const unsigned wide = 8 * sizeof(*bits);
	const char *comma = "";

	printf("%s=", key);
	for (unsigned i = 0; i < n; i++) {
		unsigned first = i;

		while (i < n && bits[i / wide] >> i % wide & 1)
			i++;
		if (i == first)
			continue;
		printf("%s%u", comma, first);
		if (i - 1 > first)
			printf("-%u", i - 1);
		comma = ",";
	}
	putchar('\n');
}

/* sched: "sched=POLICY nice=N priority=N ..." in numbers, "ioprio=", "cpus=" */
static int kernel_sched(int argc, char **argv)
{
	cpu_set_t cpus;
	struct attr a;
	long io;

	(void)argc;
	(void)argv;
	if (syscall(SYS_sched_getattr, 0, &a, sizeof(a), 0) < 0)
		give_up("sched_getattr");
	printf("sched=%u\nsched.flags=0x%lx\nsched.nice=%d\nsched.priority=%u\n"
	       "sched.times=%lu %lu %lu\n",
	       a.policy, (unsigned long)a.flags, a.nice, a.priority,
	       (unsigned long)a.runtime, (unsigned long)a.deadline,
	       (unsigned long)a.period);
	io = syscall(SYS_ioprio_get, 1, 0);
	printf("ioprio=%ld:%ld\n", io >> 13, io & 7);
	CPU_ZERO(&cpus);
	if (sched_getaffinity(0, sizeof(cpus), &cpus) < 0)
		give_up("sched_getaffinity");
	print_bits("cpus", cpus.__bits, CPU_SETSIZE);
	return 0;
}

/* memory: "mempolicy=MODE" with its flags in hexadecimal, "mempolicy.nodes=0-1" */
static int kernel_memory(int argc, char **argv)
{
	unsigned long nodes[NODES / 8 / sizeof(unsigned long)] = { 0 };
	int mode = 0;
	long r = syscall(SYS_get_mempolicy, &mode, nodes, (unsigned long)NODES, 0, 0);

	(void)argc;
	(void)argv;
	if (r < 0) {
		printf("mempolicy=%s\n", outcome(r));
		return 0;
	}
	printf("mempolicy=0x%x\n", (unsigned)mode);
	print_bits("mempolicy.nodes", nodes, NODES);
	return 0;
}

/* personality: "personality=0x8", and "machine=i686" of uname(2) */
static int kernel_personality(int argc, char **argv)
{
	struct utsname names;

	(void)argc;
	(void)argv;
	if (uname(&names) < 0)
		give_up("uname");
	printf("personality=0x%x\n", (unsigned)personality(0xffffffff));
	printf("machine=%s\n", names.machine);
	return 0;
}

static void print_clock(const char *key, clockid_t clock)
{
	struct timespec t;

	if (clock_gettime(clock, &t) < 0)
		give_up(key);
	printf("%s=%ld\n", key, (long)(t.tv_sec * 1000 + t.tv_nsec / 1000000));
}

/* clocks: "clock.monotonic=" and so on, in milliseconds; "timens=" has the offsets */
static int kernel_clocks(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	print_clock("clock.monotonic", CLOCK_MONOTONIC);
	print_clock("clock.boottime", CLOCK_BOOTTIME);
	print_clock("clock.realtime", CLOCK_REALTIME);
	print_file("timens", "/proc/self/timens_offsets");
	return 0;
}

const struct command kernel_commands[] = {
	{ "sched", 0, 0, kernel_sched, "" },
	{ "memory-policy", 0, 0, kernel_memory, "" },
	{ "personality", 0, 0, kernel_personality, "" },
	{ "clocks", 0, 0, kernel_clocks, "" },
	{ NULL, 0, 0, NULL, NULL },
};
