/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An interpreter for the classic BPF that seccomp takes: what the kernel would answer,
 * without a process for each question. Bad programs answer BPF_BAD.
 */
#ifndef TESTS_UNIT_BPF_H
#define TESTS_UNIT_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <string.h>

#define BPF_BAD 0xdeadbeefU

__attribute__((unused)) static int bpf_jumps(const struct sock_filter *i, uint32_t a)
{
	switch (BPF_OP(i->code)) {
	case BPF_JEQ:
		return a == i->k;
	case BPF_JGT:
		return a > i->k;
	case BPF_JGE:
		return a >= i->k;
	default:
		return (a & i->k) != 0;
	}
}

__attribute__((unused)) static uint32_t bpf_run(const struct sock_filter *code, size_t n,
						const struct seccomp_data *d)
{
	uint32_t a = 0;

	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &code[pc];

		if (i->code == (BPF_LD | BPF_W | BPF_ABS)) {
			if (i->k > sizeof(*d) - sizeof(a))
				return BPF_BAD;
			memcpy(&a, (const char *)d + i->k, sizeof(a));
		} else if (i->code == (BPF_ALU | BPF_AND | BPF_K)) {
			a &= i->k;
		} else if (i->code == (BPF_JMP | BPF_JA)) {
			pc += i->k;
		} else if (BPF_CLASS(i->code) == BPF_JMP && BPF_SRC(i->code) == BPF_K) {
			pc += bpf_jumps(i, a) ? i->jt : i->jf;
		} else if (i->code == (BPF_RET | BPF_K)) {
			return i->k;
		} else {
			return BPF_BAD;
		}
	}
	return BPF_BAD;
}

/* xorshift64: the same numbers in every run */
__attribute__((unused)) static uint32_t bpf_random(uint64_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (uint32_t)((*state >> 16) % below);
}

#endif
