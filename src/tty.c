/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copying between terminals; runs in the program */
#include "src/tty.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define HUNG_MS	 100
#define DRAIN_MS 1000

enum { IN_FROM, IN_TO, OUT_FROM, OUT_TO };

bool tty_size(struct winsize *size)
{
	return ioctl(STDIN_FILENO, TIOCGWINSZ, size) == 0 ||
	       ioctl(STDOUT_FILENO, TIOCGWINSZ, size) == 0;
}

void tty_resize(const struct tty *t)
{
	struct winsize size;

	if (t->master >= 0 && tty_size(&size))
		ioctl(t->master, TIOCSWINSZ, &size);
}

static int make_raw(struct tty *t, struct err *e)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &t->saved) < 0)
		return 0; /* a pipe, a file */
	raw = t->saved;
	cfmakeraw(&raw);
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) < 0)
		return err_sys(e, "set the terminal to raw mode");
	t->raw = true;
	return 0;
}

int tty_open(struct tty *t, int master, struct err *e)
{
	int flags;

	*t = (struct tty)TTY_NONE;
	if (master < 0)
		return 0;
	flags = fcntl(master, F_GETFL);
	if (flags < 0 || fcntl(master, F_SETFL, flags | O_NONBLOCK) < 0)
		return err_sys(e, "set the container's terminal to non-blocking");
	t->master = master;
	t->in.from = STDIN_FILENO;
	t->in.to = t->out.from = master;
	t->out.to = STDOUT_FILENO;
	tty_resize(t);
	return make_raw(t, e);
}

void tty_done(struct tty *t)
{
	if (t->raw)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &t->saved);
	t->raw = false;
}

int tty_poll(struct tty *t, struct pollfd *fds)
{
	bool in_full = t->in.end > t->in.start, out_full = t->out.end > t->out.start;

	for (size_t i = 0; i < TTY_FDS; i++)
		fds[i] = (struct pollfd){ .fd = -1 };
	if (t->master < 0)
		return -1;
	if (!in_full)
		fds[IN_FROM] = (struct pollfd){ t->in.from, POLLIN, 0 };
	else if (!t->hung)
		fds[IN_TO] = (struct pollfd){ t->in.to, POLLOUT, 0 };
	if (out_full)
		fds[OUT_TO] = (struct pollfd){ t->out.to, POLLOUT, 0 };
	else if (!t->hung)
		fds[OUT_FROM] = (struct pollfd){ t->out.from, POLLIN, 0 };
	return t->hung ? HUNG_MS : -1;
}

/* The program on the other side waits for a line: a line's end is told by its
 * end-of-file character, twice if bytes stand before it, for the first one then only
 * sends them off */
static void tell_end(struct tty *t)
{
	struct termios settings;

	t->in.from = -1;
	if (tcgetattr(t->master, &settings) < 0 || !(settings.c_lflag & ICANON))
		return;
	memset(t->in.buf, settings.c_cc[VEOF], 2);
	t->in.start = 0;
	t->in.end = t->in.last && t->in.last != '\n' ? 2 : 1;
}

static void fill_in(struct tty *t)
{
	ssize_t n = read(t->in.from, t->in.buf, sizeof(t->in.buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		tell_end(t);
		return;
	}
	t->in.start = 0;
	t->in.end = (size_t)n;
	t->in.last = t->in.buf[n - 1];
}

static void fill_out(struct tty *t)
{
	ssize_t n = read(t->out.from, t->out.buf, sizeof(t->out.buf));

	if (n > 0) {
		t->out.start = 0;
		t->out.end = (size_t)n;
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		t->hung = true;
	}
}

static void empty(struct tty_way *w)
{
	ssize_t n = write(w->to, w->buf + w->start, w->end - w->start);

	if (n > 0)
		w->start += (size_t)n;
	else if (n < 0 && errno != EINTR && errno != EAGAIN)
		w->start = w->end; /* nobody takes it: go on, as the container does */
}

void tty_copy(struct tty *t, const struct pollfd *fds)
{
	bool was_hung = t->hung;

	if (t->master < 0)
		return;
	t->hung = false;
	if (fds[IN_FROM].revents)
		fill_in(t);
	if (fds[IN_TO].revents)
		empty(&t->in);
	if (fds[OUT_FROM].revents || (was_hung && t->out.end == t->out.start))
		fill_out(t);
	if (fds[OUT_TO].revents)
		empty(&t->out);
}

void tty_drain(struct tty *t)
{
	struct pollfd out = { t->out.to, POLLOUT, 0 };

	if (t->master < 0)
		return;
	do {
		while (t->out.end > t->out.start && poll(&out, 1, DRAIN_MS) > 0)
			empty(&t->out);
		if (t->out.end > t->out.start)
			return;
		t->hung = false;
		fill_out(t);
	} while (t->out.end > t->out.start);
}
