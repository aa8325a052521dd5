/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on riscv64: number in a7, arguments in a0 to a5, result in a0 */
#ifndef BASE_ARCH_RISCV64_H
#define BASE_ARCH_RISCV64_H

/* <linux/audit.h>: what a seccomp filter is told */
#define SYS_AUDIT_ARCH AUDIT_ARCH_RISCV64

static inline long sys_call6(long n, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = n;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

/* clone3 whose child has a stack of its own: it calls fn(arg) and exits with the
 * result */
static inline long sys_clone3_call(const void *args, long size, int (*fn)(void *),
				   void *arg)
{
	register long a7 __asm__("a7") = 435;
	register long a0 __asm__("a0") = (long)args;
	register long a1 __asm__("a1") = size;
	register long a2 __asm__("a2") = (long)fn;
	register long a3 __asm__("a3") = (long)arg;

	__asm__ volatile("ecall\n\t"
			 "bnez a0, 1f\n\t"
			 "li s0, 0\n\t"
			 "mv a0, a3\n\t"
			 "jalr a2\n\t"
			 "li a7, 94\n\t" /* exit_group */
			 "ecall\n"
			 "1:"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3)
			 : "memory");
	return a0;
}

#define SYS_START                                                                        \
	__asm__(".text\n.globl _start\n.type _start, %function\n_start:\n\t"             \
		".option push\n\t.option norelax\n\tlla gp, __global_pointer$\n\t"       \
		".option pop\n\tli s0, 0\n\tmv a0, sp\n\tandi sp, sp, -16\n\t"           \
		"tail start_c\n")

#endif
