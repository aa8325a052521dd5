/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One run of a helper: a program of ours in libexec/aril that has a library which aril,
 * one static program, cannot have in it. It is started with a stream socket as its stdin
 * (1 and 2 are /dev/null; no environment, a session of its own) and asked: lines of
 * base/words.h go in, an answer comes out. Then it ends, or stays until its socket is
 * closed. Every wait has a deadline; who takes longer is killed; it is always reaped.
 * Runs in the program. The other side: base/asked.h.
 */
#ifndef BASE_HELPER_H
#define BASE_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#define HELPER_LINES_MAX  (1UL << 20) /* bytes of a request */
#define HELPER_ANSWER_MAX (1UL << 18) /* bytes of an answer */
#define HELPER_END_MS	  2000

/* What is to be known of such a program */
struct helper_kind {
	const char *name;    /* "aril-net"; errors call it that */
	const char *missing; /* "which ... (it is installed with aril if ...)" */
	const char *library; /* "libmnl.so.0": what it may lack to be started */
};

struct helper {
	const struct helper_kind *kind;
	const char *what; /* "start a.scope": what it does, for errors */
	pid_t pid;	  /* 0: none */
	int pidfd, sock;  /* owned */
	int left_ms;	  /* that helper_end() gives it to end by itself */
};
#define HELPER_NONE                                                                      \
	{                                                                                \
		.pidfd = -1, .sock = -1, .left_ms = HELPER_END_MS                        \
	}

/* Start `path` with argv[1] ...; it gets `fd` as its 3, if that is not -1. kind and what
 * are set by the caller. ENOENT: it is not installed. */
int helper_start(struct helper *h, const char *path, char *const *argv, int fd,
		 struct err *e);

/*
 * Send the request (which must end as the program expects) and wait at most ms for the
 * answer, until whole() says that it is one. *said is in the request's arena, not longer
 * than HELPER_ANSWER_MAX. When the program ended early, it is what had come: to be
 * checked, and refused by helper_strange().
 */
int helper_ask(struct helper *h, const struct text *request, int ms,
	       bool (*whole)(const char *said), char **said, struct err *e);

/* A line more, for one that stays. An error: it is not there any more. */
int helper_tell(struct helper *h, const char *word, struct err *e);

/* What it said is no answer: EPROTO, or EPIPE with how it ended when it said nothing.
 * Returns -1. */
int helper_strange(struct helper *h, const char *said, struct err *e);

/* "NUM TEXT", what is behind the word "error" of an answer, becomes the error; `said` is
 * the answer, in case that it has no meaning. Returns -1. */
int helper_error(struct helper *h, const char *text, const char *said, struct err *e);

/* Close the socket, wait left_ms for its end; kill one that takes longer. It is reaped in
 * either case; ETIMEDOUT when even that cannot be. */
int helper_end(struct helper *h, struct err *e);

/* helper_end() without a word */
void helper_done(struct helper *h);
#define autohelper __attribute__((cleanup(helper_done))) struct helper

#endif
