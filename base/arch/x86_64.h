/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls on x86_64: number and result in rax, arguments in rdi rsi rdx r10 r8 r9 */
#ifndef BASE_ARCH_X86_64_H
#define BASE_ARCH_X86_64_H

/* <linux/audit.h>: what a seccomp filter is told */
#define SYS_AUDIT_ARCH AUDIT_ARCH_X86_64

static inline long sys_call6(long n, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/* clone3 whose child has a stack of its own: it calls fn(arg) and exits with the
 * result */
static inline long sys_clone3_call(const void *args, long size, int (*fn)(void *),
				   void *arg)
{
	register long fn_reg __asm__("r8") = (long)fn;
	register long arg_reg __asm__("r9") = (long)arg;
	long ret;

	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "and $-16, %%rsp\n\t"
			 "mov %%r9, %%rdi\n\t"
			 "call *%%r8\n\t"
			 "mov %%eax, %%edi\n\t"
			 "mov $231, %%eax\n\t" /* exit_group */
			 "syscall\n\t"
			 "hlt\n"
			 "1:"
			 : "=a"(ret)
			 : "a"(435L), "D"(args), "S"(size), "r"(fn_reg), "r"(arg_reg)
			 : "rcx", "r11", "memory");
	return ret;
}

/* The kernel enters with argc at the top of the stack; start_c(sp) never returns */
#define SYS_START                                                                        \
	__asm__(".text\n.globl _start\n.type _start, @function\n_start:\n\t"             \
		"xor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start_c\n\t" \
		"hlt\n")

#endif
