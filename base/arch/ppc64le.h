/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on ppc64le: number in r0, arguments in r3 to r8; the summary overflow bit
 * says that r3 holds a positive errno */
#ifndef BASE_ARCH_PPC64LE_H
#define BASE_ARCH_PPC64LE_H

/* <linux/audit.h>: what a seccomp filter is told */
#define SYS_AUDIT_ARCH AUDIT_ARCH_PPC64LE

static inline long sys_call6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = n;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = e;
	register long r8 __asm__("r8") = f;

	__asm__ volatile("sc\n\t"
			 "bns+ 1f\n\t"
			 "neg 3, 3\n"
			 "1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7),
			   "+r"(r8)
			 :
			 : "memory", "cr0", "ctr", "r9", "r10", "r11", "r12");
	return r3;
}

/* clone3 whose child has a stack of its own: it calls fn(arg) and exits with the
 * result */
static inline long sys_clone3_call(const void *args, long size, int (*fn)(void *),
				   void *arg)
{
	register long r0 __asm__("r0") = 435;
	register long r3 __asm__("r3") = (long)args;
	register long r4 __asm__("r4") = size;
	register long r14 __asm__("r14") = (long)fn;
	register long r15 __asm__("r15") = (long)arg;

	__asm__ volatile("sc\n\t"
			 "bns+ 1f\n\t"
			 "neg 3, 3\n\t"
			 "b 2f\n"
			 "1:\n\t"
			 "cmpdi 3, 0\n\t"
			 "bne 2f\n\t"
			 "li 0, 0\n\t"
			 "stdu 0, -32(1)\n\t"
			 "mr 3, %3\n\t"
			 "mr 12, %2\n\t"
			 "mtctr 12\n\t"
			 "bctrl\n\t"
			 "li 0, 234\n\t" /* exit_group */
			 "sc\n"
			 "2:"
			 : "+r"(r3), "+r"(r0)
			 : "r"(r14), "r"(r15), "r"(r4)
			 : "memory", "cr0", "ctr", "r9", "r10", "r11", "r12");
	return r3;
}

#define SYS_START                                                                        \
	__asm__(".text\n.globl _start\n.type _start, @function\n_start:\n\t"             \
		"mr 3, 1\n\tclrrdi 1, 1, 4\n\tli 0, 0\n\tstdu 0, -32(1)\n\t"             \
		"bl start_c\n\tnop\n")

#endif
