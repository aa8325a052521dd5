/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What create, run and plan have in common: the options that describe a new container.
 * Runs in the program. */
#ifndef SRC_CMD_NEW_H
#define SRC_CMD_NEW_H

#include "src/call.h"
#include "src/opt.h"

struct new_options {
	const char *bundle, *config, *console_socket, *pidfd_socket, *pid_file;
	bool no_pivot, no_new_keyring;
	struct opt_u64 preserve_fds;
	const char *net;
	strings_t publish;
};

/* In front of the second line of a help text */
#define OPT_INDENT "                              "

/* The rows of a struct that has a struct new_options as its member `new` */
#define NEW_ROW(kind_, type_, member_, ...)                                              \
	OPT_ROW(kind_, type_, new.member_, __VA_ARGS__)
#define NEW_ROWS(type_)                                                                  \
	NEW_ROW(TEXT, type_, bundle, "bundle", 'b', "DIR",                               \
		"the bundle (default: the working directory)"),                          \
		NEW_ROW(TEXT, type_, config, "config", 'f', "FILE",                      \
			"the document in it (default: config.json)"),                    \
		NEW_ROW(TEXT, type_, console_socket, "console-socket", 0, "PATH",        \
			"send the terminal's master to this socket"),                    \
		NEW_ROW(TEXT, type_, pidfd_socket, "pidfd-socket", 0, "PATH",            \
			"send a pidfd of the container to this socket"),                 \
		NEW_ROW(TEXT, type_, pid_file, "pid-file", 0, "FILE",                    \
			"write the process id there"),                                   \
		NEW_ROW(FLAG, type_, no_pivot, "no-pivot", 0, NULL,                      \
			"chroot instead of pivot_root (for an initramfs)"),              \
		NEW_ROW(FLAG, type_, no_new_keyring, "no-new-keyring", 0, NULL,          \
			"stay in the session keyring of the caller"),                    \
		NEW_ROW(NUMBER, type_, preserve_fds, "preserve-fds", 0, "N",             \
			"leave N fds after stderr (and LISTEN_FDS) open", .max = 65536), \
		NEW_ROW(TEXT, type_, net, "net", 0, "NETWORK",                           \
			"none, host, ns:PATH, bridge:NAME, macvlan:DEVICE,\n"            \
			OPT_INDENT "phys:DEVICE or user; see aril-run(8)"),              \
		NEW_ROW(TEXTS, type_, publish, "publish", 'p', "PORTS",                  \
			"[IP:]HOST:BOX[/tcp|udp]: lead a port of the host to\n"          \
			OPT_INDENT "one of the container (--net user)")

/* Fill a launch from these options and the call; id may be NULL (plan) */
int new_launch(const struct call *c, const struct new_options *o, const char *id,
	       struct launch *how, struct err *e);

#endif
