/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arenas; runs in the program only (init reads a finished one) */
#include "base/arena.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memfd.h"
#include "base/fmt.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

/* With ASan a step over the end of what an arena gave is seen, as with malloc(3), unless
 * it goes right into the next one. Else these are nothing. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_GUARD 64
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_GUARD 64
#endif
#ifdef ARENA_GUARD
#include <sanitizer/asan_interface.h>
#define arena_guard(at, n)  ASAN_POISON_MEMORY_REGION((at), (n))
#define arena_permit(at, n) ASAN_UNPOISON_MEMORY_REGION((at), (n))
#else
#define ARENA_GUARD	    0
#define arena_guard(at, n)  ((void)0)
#define arena_permit(at, n) ((void)0)
#endif

/* How much of a shared arena gets its pages at once, in one call rather than a fault
 * each */
#define ARENA_READY (64UL << 10)

static int open_shared(struct arena *a, struct err *e)
{
	autofd fd = memfd_open("aril-plan", false, e);
	char *at;

	if (fd < 0)
		return -1;
	if (ftruncate(fd, (off_t)ARENA_RESERVE) < 0)
		return err_sys(e, "size the plan's memory file");
	at = mmap((void *)ARENA_ADDR, ARENA_RESERVE, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED_NOREPLACE | MAP_NORESERVE, fd, 0);
	if (at == MAP_FAILED)
		return err_sys(e, "map the plan's memory file");
	if (at != (char *)ARENA_ADDR) {
		munmap(at, ARENA_RESERVE);
		return err_set(e, EEXIST, "map the plan's memory file at its address");
	}
	madvise(at, ARENA_READY, MADV_POPULATE_WRITE);
	a->base = at;
	a->fd = fd_take(&fd);
	return 0;
}

int arena_open(struct arena *a, bool shared, struct err *e)
{
	char *at;

	*a = (struct arena)ARENA_NONE;
	if (shared)
		return open_shared(a, e);
	at = mmap(NULL, ARENA_RESERVE, PROT_READ | PROT_WRITE,
		  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (at == MAP_FAILED)
		return err_sys(e, "map memory");
	a->base = at;
	return 0;
}

int arena_seal(struct arena *a, struct err *e)
{
	int seals = F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

	if (fcntl(a->fd, F_ADD_SEALS, seals) < 0)
		return err_sys(e, "seal the plan's memory file");
	return 0;
}

void arena_done(struct arena *a)
{
	if (a->base) {
		arena_permit(a->base, a->used + ARENA_GUARD + 16);
		munmap(a->base, ARENA_RESERVE);
	}
	fd_close(&a->fd);
	*a = (struct arena)ARENA_NONE;
}

void *arena_get(struct arena *a, size_t size)
{
	static const char full[] = "aril: out of memory\n";
	size_t at = (a->used + 15) & ~(size_t)15;

	if (size > ARENA_RESERVE || at > ARENA_RESERVE - size) {
		sys_write(STDERR_FILENO, full, sizeof(full) - 1);
		_exit(1);
	}
	a->used = at + size;
	arena_permit(a->base + at, size);
	if (a->used < ARENA_RESERVE - ARENA_GUARD)
		arena_guard(a->base + a->used, ARENA_GUARD);
	return a->base + at;
}

void arena_drop(struct arena *a, size_t used)
{
	arena_permit(a->base + used, a->used - used);
	memset(a->base + used, 0, a->used - used);
	a->used = used;
	if (used < ARENA_RESERVE - ARENA_GUARD)
		arena_guard(a->base + used, ARENA_GUARD);
}

char *arena_strndup(struct arena *a, const char *text, size_t len)
{
	char *copy = arena_get(a, len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *text)
{
	return arena_strndup(a, text, strlen(text));
}

char *arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *text;
	size_t n;

	va_start(ap, fmt);
	n = fmt_vtext(NULL, 0, fmt, ap);
	va_end(ap);
	text = arena_get(a, n + 1);
	va_start(ap, fmt);
	fmt_vtext(text, n + 1, fmt, ap);
	va_end(ap);
	return text;
}

void *list_grow(struct arena *a, struct list_any *list, size_t size)
{
	/* a list of n items has room for the next power of two */
	if ((list->n & (list->n - 1)) == 0) {
		void *items = arena_get(a, size * (list->n ? 2 * list->n : 1));

		if (list->n)
			memcpy(items, list->items, size * list->n);
		list->items = items;
	}
	return (char *)list->items + size * list->n++;
}
