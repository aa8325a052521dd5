/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small printf; runs in the program and in the freestanding init */
#include "base/fmt.h"

#include <stdbool.h>
#include <stdint.h>

struct out {
	char *buf;
	size_t size, len;
};

struct directive {
	bool left, zero, alternate;
	int width;
	int precision; /* -1: none */
	int longs;     /* 0 int, 1 long, 2 long long, 3 size_t */
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_padded(struct out *o, const struct directive *d, const char *text,
		       size_t n)
{
	size_t pad = d->width > 0 && (size_t)d->width > n ? (size_t)d->width - n : 0;
	size_t i;

	for (i = 0; !d->left && i < pad; i++)
		put(o, d->zero ? '0' : ' ');
	for (i = 0; i < n; i++)
		put(o, text[i]);
	for (i = 0; d->left && i < pad; i++)
		put(o, ' ');
}

static void put_number(struct out *o, const struct directive *d, uint64_t v,
		       unsigned base, bool negative)
{
	char digits[32];
	size_t n = sizeof(digits);

	do {
		digits[--n] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v > 0);
	if (d->alternate && base == 16) {
		digits[--n] = 'x';
		digits[--n] = '0';
	} else if (d->alternate && base == 8 && digits[n] != '0') {
		digits[--n] = '0';
	}
	if (negative)
		digits[--n] = '-';
	put_padded(o, d, digits + n, sizeof(digits) - n);
}

static void put_string(struct out *o, struct directive *d, const char *s)
{
	size_t n = 0;

	if (!s)
		s = "(null)";
	while ((d->precision < 0 || n < (size_t)d->precision) && s[n])
		n++;
	d->zero = false;
	put_padded(o, d, s, n);
}

/* Read decimal digits, while the number is below `limit`; returns what is behind them */
static const char *read_number(const char *p, int limit, int *v)
{
	for (; *p >= '0' && *p <= '9' && *v < limit; p++)
		*v = *v * 10 + (*p - '0');
	return p;
}

/* Read flags, width, precision and length of a directive; returns what is behind them */
static const char *read_directive(const char *p, struct directive *d, va_list *ap)
{
	for (; *p == '-' || *p == '0' || *p == '#'; p++) {
		d->left |= *p == '-';
		d->zero |= *p == '0';
		d->alternate |= *p == '#';
	}
	p = read_number(p, 1000, &d->width);
	if (*p == '.') {
		d->precision = 0;
		if (*++p == '*') {
			d->precision = va_arg(*ap, int);
			p++;
		}
		p = read_number(p, 100000, &d->precision);
	}
	for (; *p == 'l' || *p == 'z' || *p == 'h'; p++)
		d->longs = *p == 'z' ? 3 : *p == 'l' ? d->longs + 1 : 0;
	return p;
}

static int64_t next_signed(const struct directive *d, va_list *ap)
{
	if (d->longs == 0)
		return va_arg(*ap, int);
	if (d->longs == 2)
		return va_arg(*ap, long long);
	return va_arg(*ap, long);
}

static uint64_t next_unsigned(const struct directive *d, va_list *ap)
{
	if (d->longs == 0)
		return va_arg(*ap, unsigned);
	if (d->longs == 2)
		return va_arg(*ap, unsigned long long);
	return va_arg(*ap, unsigned long);
}

static void put_directive(struct out *o, struct directive *d, char kind, va_list *ap)
{
	int64_t number;
	char c;

	switch (kind) {
	case 's':
		put_string(o, d, va_arg(*ap, const char *));
		return;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(o, d, &c, 1);
		return;
	case 'd':
	case 'i':
		number = next_signed(d, ap);
		put_number(o, d, number < 0 ? -(uint64_t)number : (uint64_t)number, 10,
			   number < 0);
		return;
	case 'p':
		d->alternate = true;
		put_number(o, d, (uintptr_t)va_arg(*ap, void *), 16, false);
		return;
	case 'u':
	case 'x':
	case 'o':
		put_number(o, d, next_unsigned(d, ap),
			   kind == 'u'	 ? 10
			   : kind == 'x' ? 16
					 : 8,
			   false);
		return;
	default:
		put(o, '%');
		if (kind && kind != '%')
			put(o, kind);
	}
}

size_t fmt_vtext(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	va_list copy;

	va_copy(copy, ap);
	while (*fmt) {
		struct directive d = { .precision = -1 };

		if (*fmt != '%') {
			put(&o, *fmt++);
			continue;
		}
		fmt = read_directive(fmt + 1, &d, &copy);
		put_directive(&o, &d, *fmt, &copy);
		if (*fmt)
			fmt++;
	}
	va_end(copy);
	if (size > 0)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return o.len;
}

size_t fmt_text(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = fmt_vtext(buf, size, fmt, ap);
	va_end(ap);
	return n;
}
