/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's network through a program of the host that needs no privileges there:
 * pasta(1) or slirp4netns(1). It has sockets on the host and a tun device inside.
 * Runs in the program, and in the guard.
 *
 * Theory. Both programs live as long as the container, and somebody has to end them when
 * it ends by itself, while no aril runs: pasta does not see the end of a namespace that
 * it holds itself (older versions), or only where it was given a path that is taken away.
 * So aril leaves a guard behind: a process that starts the program, waits for the end of
 * the container's init (its pidfd) or of the program, and kills what is left. The guard
 * adopts what the program forks (PR_SET_CHILD_SUBREAPER), holds no file but two, and no
 * terminal. Should it be killed, slirp4netns ends with it (--exit-fd), and pasta when the
 * box is removed, for the path of the namespace that it was given is in there.
 *
 * pasta gets the namespace as the path BOX/netns. For an ordinary user that is a link
 * to /proc/PID/ns/net, which pasta may follow once it is in the user namespace. For root
 * it has dropped CAP_SYS_PTRACE by then, so the namespace is bound to that path, in a
 * mount namespace that only pasta sees, and that goes when pasta has opened it.
 *
 * Neither the guard nor the program is in the container's cgroup: its limits are for what
 * runs inside (one process may be all that is allowed), `pause` must not freeze, and
 * `kill --all` not end, what is part of the host.
 */
#ifndef NETNS_USER_H
#define NETNS_USER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "netns/wish.h"

enum user_program { USER_PASTA, USER_SLIRP };
extern const char *const user_program_names[]; /* "pasta", "slirp4netns" */

/* Where slirp4netns answers for the host's resolver. pasta has no such address that all
 * of its versions answer at: there the container asks those of the host. */
#define USER_SLIRP_DNS "10.0.2.3"

struct user_net {
	const char *where; /* "--net user": begins the text of errors */
	enum user_program program;
	const char *path; /* of the program */
	const char *name; /* of the device inside */
	net_ports_t ports;
	bool host_loopback; /* the gateway leads to the host's 127.0.0.1 */
	bool as_root;
};

/* The container that gets it */
struct user_box {
	const char *path; /* of its directory */
	int dir;	  /* the same, open; lent */
	pid_t pid;	  /* of its init */
	int pidfd;	  /* lent */
};

/* Files in the directory of the box */
#define USER_NETNS "netns"	/* what leads pasta to the namespace */
#define USER_API   "slirp.sock" /* where slirp4netns is told of ports */

/* File descriptors that slirp4netns finds open */
enum { USER_READY_FD = 10, USER_EXIT_FD, USER_BOX_FD };

/* The arguments of the program, NULL-terminated, in the arena. Pure. */
char **user_net_argv(const struct user_net *n, const struct user_box *b, struct arena *a);

/*
 * Whether slirp4netns gets the directory of the box as USER_BOX_FD: when there are ports,
 * and the path is too long for a socket. Else it must not, for it reads what the
 * container sends, and who breaks into it would have a way out of its sandbox. Pure.
 */
bool user_net_gets_box(const struct user_net *n, const struct user_box *b);

/* What slirp4netns is told to publish a port. Pure. */
char *user_net_request(const struct net_port *p, struct arena *a);

/* What a program wrote to stderr as one line, without what is always said. Pure. */
char *user_net_words(const char *text, struct arena *a);

/* The guard. Both are children of the caller until that ends. */
struct user_guard {
	pid_t pid; /* 0: none */
	int pidfd; /* owned */
	int sock;  /* the caller's end; owned */
};
#define USER_GUARD_NONE                                                                  \
	{                                                                                \
		.pidfd = -1, .sock = -1                                                  \
	}

/* Make the guard; it does nothing until user_net_go(), and ends with the caller before
 * that */
int user_net_guard(const struct user_net *n, const struct user_box *b,
		   struct user_guard *g, struct err *e);

/* Let it start the program, and wait until the network is there, at most 30 s: the
 * program's pid, and a pidfd that the caller owns. On failure the program has ended. */
int user_net_go(struct user_guard *g, pid_t *pid, int *pidfd, struct err *e);

/* The container's init has ended or is about to: wait for the guard, which ends the
 * program. Kills it after 5 s. A guard that was left behind is none of it. */
void user_guard_done(struct user_guard *g);

#endif
