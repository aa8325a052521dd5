/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aril-net: makes, moves and undoes network devices on behalf of aril, which is one
 * static program and has no netlink library in it. Run by netns/net.c for each request,
 * with a socket as stdin and the container's network namespace as 3; netns/net_words.h
 * has the language. Not for people.
 *
 * It does not die with the one that runs it: it is there to undo what it did when that
 * one is killed, until it hears "keep".
 */
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/asked.h"
#include "base/helper.h"
#include "base/str.h"
#include "netns/aril-net/make.h"
#include "netns/net_words.h"

enum { SOCK = 0, NS = 3 };

static bool take_link(void *to, struct arena *a, const char *word, char *text)
{
	return net_link_take(to, a, word, text);
}

static bool take_made(void *to, struct arena *a, const char *word, char *text)
{
	return net_made_take(to, a, word, text);
}

/* --- make -------------------------------------------------------------------------- */

static int make_all(struct sides *s, const net_links_t *links, net_made_t *made,
		    struct err *e)
{
	struct err why = ERR_NONE;

	LIST_EACH (link, links) {
		if (make_link(s, link, made, e) == 0)
			continue;
		if (undo_all(s, made, &why) < 0)
			err_set(e, e->num, "%s; and to undo it: %s: %s", e->text,
				why.text, err_name(why.num));
		return -1;
	}
	return 0;
}

static bool send_all(const struct text *t)
{
	struct pollfd p = { .fd = SOCK, .events = POLLOUT };
	size_t sent = 0;

	while (sent < t->n) {
		ssize_t n = send(SOCK, t->s + sent, t->n - sent, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			n = poll(&p, 1, HELPER_END_MS) > 0 ? 0 : -1;
		if (n < 0 && errno != EINTR)
			return false;
		sent += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* Until it hears that all is well: as long as the other side lives */
static bool is_kept(void)
{
	static const char keep[] = "keep\n";
	char heard[sizeof(keep)];
	size_t n = 0;

	while (n < strlen(keep)) {
		ssize_t got = recv(SOCK, heard + n, strlen(keep) - n, 0);

		if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN))
			return false;
		n += got > 0 ? (size_t)got : 0;
	}
	return memcmp(heard, keep, n) == 0;
}

static int verb_make(struct sides *s, struct arena *a, struct err *e)
{
	net_links_t links = { NULL, 0 };
	net_made_t made = { NULL, 0 };
	struct text answer = TEXT(a);
	struct err ignored = ERR_NONE;

	if (asked_read(SOCK, a, take_link, &links, e) < 0 ||
	    sides_open(s, NS, a, e) < 0 || make_all(s, &links, &made, e) < 0)
		return -1;
	LIST_EACH (one, &made)
		net_made_lines(&answer, one);
	text_add(&answer, "done\n");
	if (!send_all(&answer) || !is_kept())
		undo_all(s, &made, &ignored);
	return 0;
}

/* --- undo -------------------------------------------------------------------------- */

static int undo(struct sides *s, int ns, struct arena *a, struct err *e)
{
	net_made_t made = { NULL, 0 };

	if (asked_read(SOCK, a, take_made, &made, e) < 0 || sides_open(s, ns, a, e) < 0 ||
	    undo_all(s, &made, e) < 0)
		return -1;
	asked_answer(SOCK, "done", NULL);
	return 0;
}

static int verb_undo(struct sides *s, struct arena *a, struct err *e)
{
	return undo(s, NS, a, e);
}

static int verb_undo_ended(struct sides *s, struct arena *a, struct err *e)
{
	return undo(s, -1, a, e);
}

/* ----------------------------------------------------------------------------------- */

static const struct verb {
	const char *name, *word;
	int (*run)(struct sides *s, struct arena *a, struct err *e);
	unsigned fds; /* that it has */
} verbs[] = {
	{ "make", NULL, verb_make, NS + 1 },
	{ "undo", NULL, verb_undo, NS + 1 },
	{ "undo", "ended", verb_undo_ended, NS },
};

static const struct verb *find_verb(int argc, char **argv)
{
	const char *name = argc >= 2 ? argv[1] : NULL;
	const char *word = argc >= 3 ? argv[2] : NULL;

	for (size_t i = 0; argc <= 3 && i < ARRAY_LEN(verbs); i++)
		if (str_eq(verbs[i].name, name) && str_eq(verbs[i].word, word))
			return &verbs[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct verb *verb = find_verb(argc, argv);
	struct sides s = { .host_ns = -1 };
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	int ret;

	if (!verb)
		return 2;
	ret = asked_harden("aril-net", verb->fds, &e);
	if (ret == 0)
		ret = arena_open(&a, false, &e);
	if (ret == 0)
		ret = verb->run(&s, &a, &e);
	if (ret < 0)
		asked_error(SOCK, &e);
	sides_done(&s);
	return ret < 0;
}
