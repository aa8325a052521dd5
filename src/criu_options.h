/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options that checkpoint and restore share, and what they mean. Runs in the
 * program. */
#ifndef SRC_CRIU_OPTIONS_H
#define SRC_CRIU_OPTIONS_H

#include "libcontainer/plan/criu_wish.h"
#include "src/call.h"
#include "src/opt.h"

struct criu_options {
	const char *image_path, *work_path, *cgroups_mode, *network_lock;
	strings_t empty_ns;
	bool tcp_established, tcp_close, ext_unix_sk, shell_job, file_locks;
	bool auto_dedup, lazy_pages;
};

extern const char *const criu_cgroups_words[], *const criu_lock_words[];

/* The rows of a struct that has a struct criu_options as its member `criu` */
#define CRIU_ROW(kind_, type_, member_, ...)                                             \
	OPT_ROW(kind_, type_, criu.member_, __VA_ARGS__)
#define CRIU_ROWS(type_)                                                                 \
	CRIU_ROW(TEXT, type_, image_path, "image-path", 0, "DIR",                        \
		 "of the images (default: checkpoint)"),                                 \
		CRIU_ROW(TEXT, type_, work_path, "work-path", 0, "DIR",                  \
			 "of logs and statistics (default: the images')"),               \
		CRIU_ROW(FLAG, type_, tcp_established, "tcp-established", 0, NULL,       \
			 "open TCP connections go on"),                                  \
		CRIU_ROW(FLAG, type_, tcp_close, "tcp-close", 0, NULL,                   \
			 "open TCP connections end"),                                    \
		CRIU_ROW(FLAG, type_, ext_unix_sk, "ext-unix-sk", 0, NULL,               \
			 "UNIX sockets to outside are allowed"),                         \
		CRIU_ROW(FLAG, type_, shell_job, "shell-job", 0, NULL,                   \
			 "it has a session or terminal of ours"),                        \
		CRIU_ROW(FLAG, type_, file_locks, "file-locks", 0, NULL,                 \
			 "file locks are saved"),                                        \
		CRIU_ROW(WORD, type_, cgroups_mode, "manage-cgroups-mode", 0, "MODE",    \
			 "soft (default), full, strict or ignore",                       \
			 .words = criu_cgroups_words),                                   \
		CRIU_ROW(WORD, type_, network_lock, "network-lock", 0, "METHOD",         \
			 "what stops packets meanwhile: iptables (default),\n"           \
			 "                              nftables or skip",               \
			 .words = criu_lock_words),                                      \
		CRIU_ROW(TEXTS, type_, empty_ns, "empty-ns", 0, "NAMESPACE",             \
			 "save it without what is in it: network, which is\n"            \
			 "                              always so"),                     \
		CRIU_ROW(FLAG, type_, auto_dedup, "auto-dedup", 0, NULL,                 \
			 "take away pages of older images that are newer here"),         \
		CRIU_ROW(FLAG, type_, lazy_pages, "lazy-pages", 0, NULL,                 \
			 "memory follows when it is needed")

/* Fill the wish; EINVAL for words that it does not know */
int criu_options_wish(const struct call *c, const struct criu_options *o,
		      struct criu_wish *wish, struct err *e);

#endif
