/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See calls.h. Runs in the program. */
#include "seccomp/calls.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/* Which architectures have socketcall and ipc, and their column in the table below */
enum { COLUMN_X86, COLUMN_S390, COLUMN_PPC, COLUMN_MIPS, COLUMNS };
static const struct {
	uint32_t arch;
	uint32_t base; /* of the architecture's numbers */
	uint32_t column;
} multiplexers[] = {
	{ SCMP_ARCH_X86, 0, COLUMN_X86 },      { SCMP_ARCH_S390, 0, COLUMN_S390 },
	{ SCMP_ARCH_S390X, 0, COLUMN_S390 },   { SCMP_ARCH_PPC, 0, COLUMN_PPC },
	{ SCMP_ARCH_PPC64, 0, COLUMN_PPC },    { SCMP_ARCH_PPC64LE, 0, COLUMN_PPC },
	{ SCMP_ARCH_MIPS, 4000, COLUMN_MIPS }, { SCMP_ARCH_MIPSEL, 4000, COLUMN_MIPS },
};
#define NR_SOCKETCALL 102
#define NR_IPC	      117

/* Calls of their own, from the kernel's tables (arch/x86/entry/syscalls/syscall_32.tbl
 * and so on); 0: there is none. By libseccomp's numbers: -100 less socketcall's selector,
 * -200 less that of ipc. */
static const struct {
	int pseudo;
	uint16_t direct[COLUMNS];
	bool wide; /* s390 and ppc: only where words have 64 bits */
} calls[] = {
	{ -101, { 359, 359, 326, 183 }, false }, /* socket */
	{ -102, { 361, 361, 327, 169 }, false }, /* bind */
	{ -103, { 362, 362, 328, 170 }, false }, /* connect */
	{ -104, { 363, 363, 329, 174 }, false }, /* listen */
	{ -105, { 0, 0, 330, 168 }, false },	 /* accept */
	{ -106, { 367, 367, 331, 172 }, false }, /* getsockname */
	{ -107, { 368, 368, 332, 171 }, false }, /* getpeername */
	{ -108, { 360, 360, 333, 184 }, false }, /* socketpair */
	{ -109, { 0, 0, 334, 178 }, false },	 /* send */
	{ -110, { 0, 0, 336, 175 }, false },	 /* recv */
	{ -111, { 369, 369, 335, 180 }, false }, /* sendto */
	{ -112, { 371, 371, 337, 176 }, false }, /* recvfrom */
	{ -113, { 373, 373, 338, 182 }, false }, /* shutdown */
	{ -114, { 366, 366, 339, 181 }, false }, /* setsockopt */
	{ -115, { 365, 365, 340, 173 }, false }, /* getsockopt */
	{ -116, { 370, 370, 341, 179 }, false }, /* sendmsg */
	{ -117, { 372, 372, 342, 177 }, false }, /* recvmsg */
	{ -118, { 364, 364, 344, 334 }, false }, /* accept4 */
	{ -119, { 337, 357, 343, 335 }, false }, /* recvmmsg */
	{ -120, { 345, 358, 349, 343 }, false }, /* sendmmsg */
	{ -201, { 0, 0, 0, 0 }, false },	 /* semop */
	{ -202, { 393, 393, 393, 393 }, false }, /* semget */
	{ -203, { 394, 394, 394, 394 }, false }, /* semctl */
	{ -204, { 0, 392, 392, 0 }, true },	 /* semtimedop */
	{ -211, { 400, 400, 400, 400 }, false }, /* msgsnd */
	{ -212, { 401, 401, 401, 401 }, false }, /* msgrcv */
	{ -213, { 399, 399, 399, 399 }, false }, /* msgget */
	{ -214, { 402, 402, 402, 402 }, false }, /* msgctl */
	{ -221, { 397, 397, 397, 397 }, false }, /* shmat */
	{ -222, { 398, 398, 398, 398 }, false }, /* shmdt */
	{ -223, { 395, 395, 395, 395 }, false }, /* shmget */
	{ -224, { 396, 396, 396, 396 }, false }, /* shmctl */
};

static int64_t direct_of(uint32_t arch, size_t multiplexer, int pseudo)
{
	for (size_t i = 0; i < ARRAY_LEN(calls); i++) {
		uint32_t nr = calls[i].direct[multiplexers[multiplexer].column];

		if (calls[i].pseudo != pseudo)
			continue;
		if (nr == 0 || (calls[i].wide && !(arch & __AUDIT_ARCH_64BIT)))
			return -1;
		return multiplexers[multiplexer].base + nr;
	}
	return -1;
}

struct call_numbers call_find(uint32_t arch, const char *name)
{
	const int nr = seccomp_syscall_resolve_name_arch(arch, name);
	struct call_numbers found = { nr, -1, 0 };

	if (nr >= 0)
		return found;
	found.direct = -1;
	for (size_t i = 0; nr <= -100 && nr >= -224 && i < ARRAY_LEN(multiplexers); i++) {
		const bool ipc = nr <= -200;

		if (multiplexers[i].arch != arch)
			continue;
		found.direct = direct_of(arch, i, nr);
		found.through = multiplexers[i].base + (ipc ? NR_IPC : NR_SOCKETCALL);
		found.selector = (uint32_t)(ipc ? -200 - nr : -100 - nr);
	}
	return found;
}
