/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Capability sets of this process. Runs in init. */
#ifndef INIT_CAPS_H
#define INIT_CAPS_H

#include <stdint.h>

/* capset(2), bits by capability number. 0 or -errno. */
long caps_set(uint64_t effective, uint64_t permitted, uint64_t inheritable);

#endif
