/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small printf for code that has no libc: %s %c %d %i %u %x %o %p %% with the
 * lengths l, ll, z and h, a width, a precision for %s (also `.*`), and the flags 0, #
 * and '-'. Anything else prints the directive as it stands, so a mistake is seen.
 *
 * fmt.c runs in the program and in the freestanding init alike: no libc.
 */
#ifndef BASE_FMT_H
#define BASE_FMT_H

#include <stdarg.h>
#include <stddef.h>

/* Write at most size - 1 bytes and a NUL into buf. Returns the length that the whole
 * text would have had, as snprintf(3) does. */
size_t fmt_text(char *buf, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
size_t fmt_vtext(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

#endif
