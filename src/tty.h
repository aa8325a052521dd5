/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The terminal of a foreground run or exec: our stdin and stdout on one side, the
 * master of the container's terminal on the other, bytes copied between them.
 *
 * Theory. Our own terminal becomes raw, so that every key goes to the container's line
 * discipline; it is set back whatever way we end, but by SIGKILL. The master is ours
 * alone and does not block. Stdin and stdout are shared with others, so their flags
 * stay as they are: we read when poll says so, and write at most PIPE_BUF bytes when
 * poll says so, which a pipe takes whole. When the last process closes the terminal the
 * master only reports that, again and again, until one opens it anew: it is then looked
 * at ten times a second.
 *
 * Runs in the program.
 */
#ifndef SRC_TTY_H
#define SRC_TTY_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "base/err.h"

struct tty_way {
	int from, to; /* lent; -1: at its end */
	size_t start, end;
	char last; /* the byte that was copied last */
	char buf[4096];
};

struct tty {
	int master; /* lent; -1: no terminal */
	bool raw;   /* stdin's settings are to be set back */
	bool hung;  /* nobody has the container's terminal open */
	struct termios saved;
	struct tty_way in, out; /* to the container, and from it */
};
#define TTY_NONE                                                                         \
	{                                                                                \
		.master = -1, .in = { .from = -1, .to = -1 },                            \
		.out = { .from = -1, .to = -1 }                                          \
	}
#define autotty __attribute__((cleanup(tty_done))) struct tty

/* Start: our terminal (if stdin is one) becomes raw, the container's gets its size.
 * master -1 is fine: then nothing is copied. */
int tty_open(struct tty *t, int master, struct err *e);

/* Set our terminal back */
void tty_done(struct tty *t);

/* The size of our terminal, which is stdin or stdout; false when neither is one */
bool tty_size(struct winsize *size);

/* Our terminal's size to the container's; without a terminal of ours nothing happens */
void tty_resize(const struct tty *t);

/* What to poll for: fills TTY_FDS entries. Returns the time in ms after which to look
 * again even if nothing is ready; -1: no limit. */
#define TTY_FDS 4
int tty_poll(struct tty *t, struct pollfd *fds);

/* Copy what is ready */
void tty_copy(struct tty *t, const struct pollfd *fds);

/* The container has ended: copy what it left in the terminal, waiting for stdout at
 * most a second at a time */
void tty_drain(struct tty *t);

#endif
