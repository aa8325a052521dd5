/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting and wrapping of errors; runs in the program and in the freestanding init */
#include "base/err.h"

#include <stdarg.h>

#include "base/fmt.h"

int err_set(struct err *e, int num, const char *fmt, ...)
{
	va_list ap;

	e->num = num;
	e->plain = 0;
	va_start(ap, fmt);
	fmt_vtext(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int err_plain(struct err *e, int num, const char *fmt, ...)
{
	va_list ap;

	e->num = num;
	e->plain = 1;
	va_start(ap, fmt);
	fmt_vtext(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	struct err old = *e;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = fmt_vtext(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	if (n < sizeof(e->text))
		fmt_text(e->text + n, sizeof(e->text) - n, ": %s", old.text);
	return -1;
}
