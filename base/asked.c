/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The side of helper programs; runs in them */
#include "base/asked.h"

#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fmt.h"
#include "base/helper.h"
#include "base/sys.h"
#include "base/words.h"

#define READ_MS 10000

int asked_harden(const char *name, unsigned first, struct err *e)
{
	struct rlimit none = { 0, 0 };
	long r;

	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    setrlimit(RLIMIT_CORE, &none) < 0 || chdir("/") < 0)
		return err_sys(e, "prepare %s", name);
	r = sys_close_range(first, ~0U, 0);
	return r < 0 ? err_set(e, (int)-r, "close the files that %s does not need", name)
		     : 0;
}

/* Whether the text's last line is "end" */
static bool is_whole(const char *text, size_t n)
{
	static const char last[] = "end\n";
	size_t len = strlen(last);

	return n >= len && memcmp(text + n - len, last, len) == 0 &&
	       (n == len || text[n - len - 1] == '\n');
}

static char *read_all(int sock, struct arena *a, struct err *e)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };
	char *text = arena_get(a, HELPER_LINES_MAX + 1);
	int64_t end = clock_ms() + READ_MS;
	size_t n = 0;

	while (!is_whole(text, n)) {
		int64_t left = end - clock_ms();
		ssize_t got = 0;

		if (left <= 0 || poll(&p, 1, (int)left) == 0) {
			err_set(e, ETIMEDOUT, "wait for the request");
			return NULL;
		}
		if (n < HELPER_LINES_MAX)
			got = recv(sock, text + n, HELPER_LINES_MAX - n, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0) {
			err_set(e, EPROTO, "read the request: it has no end");
			return NULL;
		}
		n += (size_t)got;
	}
	if (memchr(text, '\0', n)) {
		err_set(e, EPROTO, "read the request: it is no text");
		return NULL;
	}
	text[n - strlen("end\n")] = '\0';
	return text;
}

int asked_read(int sock, struct arena *a,
	       bool (*take)(void *to, struct arena *a, const char *word, char *text),
	       void *to, struct err *e)
{
	char *line = read_all(sock, a, e), *word, *text;

	if (!line)
		return -1;
	while (*line) {
		char *next = line + strcspn(line, "\n");

		*next++ = '\0';
		if (!words_split(line, &word, &text) || !take(to, a, word, text))
			return err_set(e, EPROTO,
				       "read the request: a line of no meaning: "
				       "\"%.100s\"",
				       line);
		line = next;
	}
	return 0;
}

void asked_answer(int sock, const char *word, const char *text)
{
	struct err ignored = ERR_NONE;
	autoarena a = ARENA_NONE;
	struct text line = TEXT(&a);

	if (arena_open(&a, false, &ignored) < 0)
		return;
	words_add(&line, word, text);
	send(sock, line.s, line.n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void asked_error(int sock, const struct err *e)
{
	char text[ERR_TEXT + 16];

	fmt_text(text, sizeof(text), "%d %s", e->num, e->text);
	asked_answer(sock, "error", text);
}

void asked_wait_end(int sock, int ms)
{
	struct pollfd p = { .fd = sock, .events = POLLRDHUP };
	int64_t end = clock_ms() + ms, left;

	while ((left = end - clock_ms()) > 0 && poll(&p, 1, (int)left) < 0 &&
	       errno == EINTR)
		;
}
