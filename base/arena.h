/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An arena: memory that is only added to and goes away as a whole.
 *
 * It is one reserved range of addresses, filled from the front; pages are taken as they
 * are touched. A private arena is anonymous memory. A shared arena is a memfd, mapped
 * at ARENA_ADDR in this process and, read-only, in the init that gets the memfd, so that
 * pointers into it hold on both sides and nothing need be serialised.
 *
 * Out of memory ends the process with one line: callers never check.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Where a shared arena lies in both processes: far from where kernels put programs, their
 * heaps and libraries, above ASan's shadow on x86_64, within 39-bit address spaces on the
 * others. */
#if defined(__x86_64__)
#define ARENA_ADDR 0x200000000000UL
#else
#define ARENA_ADDR 0x1000000000UL
#endif
#define ARENA_RESERVE (256UL << 20)

struct arena {
	char *base;  /* first byte; NULL: not open */
	size_t used; /* bytes handed out so far */
	int fd;	     /* the memfd of a shared arena, else -1; owned */
};
#define ARENA_NONE                                                                       \
	{                                                                                \
		.fd = -1                                                                 \
	}

/* Open an arena. Fails with the errno of memfd_create(2) or mmap(2); EEXIST when
 * a shared arena is open already. */
int arena_open(struct arena *a, bool shared, struct err *e);

/* No more writes through the memfd, from any process but this one's own mapping, which
 * the kernel lets live (F_SEAL_FUTURE_WRITE, Linux 5.1); its size is fixed as well. */
int arena_seal(struct arena *a, struct err *e);

/* Give everything back; takes ARENA_NONE too */
void arena_done(struct arena *a);
#define autoarena __attribute__((cleanup(arena_done))) struct arena

/* size bytes, zeroed, aligned for any scalar type */
void *arena_get(struct arena *a, size_t size) __attribute__((returns_nonnull));
#define arena_new(a, type)	((type *)arena_get((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_get((a), sizeof(type) * (size_t)(n)))

/* Take back all that was given since ->used was so much: pointers to it must be gone */
void arena_drop(struct arena *a, size_t used);

/* Copies that end in NUL; the format is fmt.h's */
char *arena_strndup(struct arena *a, const char *text, size_t len)
	__attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *text) __attribute__((returns_nonnull));
char *arena_fmt(struct arena *a, const char *fmt, ...)
	__attribute__((returns_nonnull, format(printf, 2, 3)));

/* A list: a pointer and a count. It grows in its arena by doubling; an item's address may
 * change while it grows. `struct list_any` has the layout of every LIST(). */
#define LIST(type)                                                                       \
	struct {                                                                         \
		type *items;                                                             \
		size_t n;                                                                \
	}
struct list_any {
	void *items;
	size_t n;
};

/* Add one zeroed item of `size` bytes and return it */
void *list_grow(struct arena *a, struct list_any *list, size_t size)
	__attribute__((returns_nonnull));
#define list_add(a, list)                                                                \
	((__typeof__((list)->items))list_grow((a), (struct list_any *)(void *)(list),    \
					      sizeof(*(list)->items)))

#define LIST_EACH(item, list)                                                            \
	for (__typeof__(*(list)->items) *item = (list)->items,                           \
					*item##_end = item ? item + (list)->n : item;    \
	     item < item##_end; item++)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Scalars that may be absent */
struct opt_i64 {
	bool set;
	int64_t v;
};
struct opt_u64 {
	bool set;
	uint64_t v;
};
struct opt_bool {
	bool set;
	bool v;
};

typedef LIST(char *) strings_t;

/* One entry of a JSON object that maps names to strings */
struct pair {
	char *key, *value;
};

#endif
