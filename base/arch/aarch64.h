/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on aarch64: number in x8, arguments in x0 to x5, result in x0 */
#ifndef BASE_ARCH_AARCH64_H
#define BASE_ARCH_AARCH64_H

/* <linux/audit.h>: what a seccomp filter is told */
#define SYS_AUDIT_ARCH AUDIT_ARCH_AARCH64

static inline long sys_call6(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory", "cc");
	return x0;
}

/* clone3 whose child has a stack of its own: it calls fn(arg) and exits with the
 * result */
static inline long sys_clone3_call(const void *args, long size, int (*fn)(void *),
				   void *arg)
{
	register long x8 __asm__("x8") = 435;
	register long x0 __asm__("x0") = (long)args;
	register long x1 __asm__("x1") = size;
	register long x2 __asm__("x2") = (long)fn;
	register long x3 __asm__("x3") = (long)arg;

	__asm__ volatile("svc 0\n\t"
			 "cbnz x0, 1f\n\t"
			 "mov x29, xzr\n\t"
			 "mov x0, x3\n\t"
			 "blr x2\n\t"
			 "mov x8, #94\n\t" /* exit_group */
			 "svc 0\n"
			 "1:"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
			 : "memory", "cc");
	return x0;
}

#define SYS_START                                                                        \
	__asm__(".text\n.globl _start\n.type _start, %function\n_start:\n\t"             \
		"mov x29, xzr\n\tmov x30, xzr\n\tmov x0, sp\n\tand sp, x0, #-16\n\t"     \
		"b start_c\n")

#endif
