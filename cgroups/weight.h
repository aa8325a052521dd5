/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Weights of cgroup v1 as those of v2. Pure; runs in the program. */
#ifndef CGROUPS_WEIGHT_H
#define CGROUPS_WEIGHT_H

#include <stdint.h>

/*
 * cpu.shares (2 to 262144, 1024 unless set) as cpu.weight (1 to 10000, 100 unless set):
 * ceil(10^((l*l + 125*l) / 612 - 7/34)) with l = log2(shares), through (2, 1),
 * (1024, 100) and (262144, 10000). What is outside is taken to the border. runc has this
 * formula since 1.3.2, crun since 1.23; before, 1024 shares were a weight of 39.
 */
uint64_t weight_of_shares(uint64_t shares);

/* blkio.weight (10 to 1000) as io.weight (1 to 10000), linear; what is outside is taken
 * to the border */
uint64_t weight_of_blkio(uint64_t weight);

#endif
