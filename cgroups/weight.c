/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Weights of cgroup v1 as those of v2. Runs in the program.
 *
 * The two functions that the formula needs are a few lines for the few arguments that
 * occur, and spare the program libm; tests/unit/limits_test.c compares all results with
 * libm's.
 */
#include "cgroups/weight.h"

#define LN_10	   2.302585092994045684
#define LOG_DIGITS 46 /* binary ones: the last is above 1e-14 */

/* Bit for bit: squaring x doubles its logarithm. n is at least 1. */
static double log2_of(uint64_t n)
{
	int whole = 63 - __builtin_clzll(n);
	double x = (double)n / (double)(1ULL << whole), log = whole, bit = 1;

	for (int digit = 0; digit < LOG_DIGITS; digit++) {
		bit /= 2;
		x *= x;
		if (x < 2)
			continue;
		x /= 2;
		log += bit;
	}
	return log;
}

/* The exponential series; y is 0 to 4, so that no term is negative */
static double power_of_10(double y)
{
	double term = 1, sum = 1;

	for (int i = 1; term > sum * 1e-17; i++) {
		term *= y * LN_10 / i;
		sum += term;
	}
	return sum;
}

uint64_t weight_of_shares(uint64_t shares)
{
	double l, weight;
	uint64_t whole;

	if (shares <= 2)
		return 1;
	if (shares >= 262144)
		return 10000;
	l = log2_of(shares);
	weight = power_of_10((l * l + 125 * l) / 612 - 7.0 / 34);
	whole = (uint64_t)weight;
	/* 1024 gives 100 exactly, but for the last digits; no other is that near */
	return weight - (double)whole > 1e-8 ? whole + 1 : whole;
}

uint64_t weight_of_blkio(uint64_t weight)
{
	if (weight <= 10)
		return 1;
	if (weight >= 1000)
		return 10000;
	return 1 + (weight - 10) * 9999 / 990;
}
