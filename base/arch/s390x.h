/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on s390x: number in r1, arguments in r2 to r7, result in r2 */
#ifndef BASE_ARCH_S390X_H
#define BASE_ARCH_S390X_H

/* <linux/audit.h>: what a seccomp filter is told */
#define SYS_AUDIT_ARCH AUDIT_ARCH_S390X

static inline long sys_call6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r1 __asm__("r1") = n;
	register long r2 __asm__("r2") = a;
	register long r3 __asm__("r3") = b;
	register long r4 __asm__("r4") = c;
	register long r5 __asm__("r5") = d;
	register long r6 __asm__("r6") = e;
	register long r7 __asm__("r7") = f;

	__asm__ volatile("svc 0"
			 : "+r"(r2)
			 : "r"(r1), "r"(r3), "r"(r4), "r"(r5), "r"(r6), "r"(r7)
			 : "memory");
	return r2;
}

/* clone3 whose child has a stack of its own: it calls fn(arg) and exits with the result.
 * A callee may store into the 160 bytes above its stack pointer. */
static inline long sys_clone3_call(const void *args, long size, int (*fn)(void *),
				   void *arg)
{
	register long r1 __asm__("r1") = 435;
	register long r2 __asm__("r2") = (long)args;
	register long r3 __asm__("r3") = size;
	register long r4 __asm__("r4") = (long)fn;
	register long r5 __asm__("r5") = (long)arg;

	__asm__ volatile("svc 0\n\t"
			 "ltgr %%r2, %%r2\n\t"
			 "jnz 1f\n\t"
			 "aghi %%r15, -160\n\t"
			 "xc 0(8,%%r15), 0(%%r15)\n\t"
			 "lgr %%r2, %%r5\n\t"
			 "basr %%r14, %%r4\n\t"
			 "lghi %%r1, 248\n\t" /* exit_group */
			 "svc 0\n"
			 "1:"
			 : "+r"(r2)
			 : "r"(r1), "r"(r3), "r"(r4), "r"(r5)
			 : "memory", "cc");
	return r2;
}

#define SYS_START                                                                        \
	__asm__(".text\n.globl _start\n.type _start, @function\n_start:\n\t"             \
		"lgr %r2, %r15\n\taghi %r15, -160\n\txc 0(8,%r15), 0(%r15)\n\t"          \
		"jg start_c\n")

#endif
