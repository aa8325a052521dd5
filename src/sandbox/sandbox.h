/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * struct sandbox: what a program that is not trusted may see, reach and use up. Filled
 * from options and from what the host has (host.c); made into a document by spec.c. Runs
 * in the program.
 */
#ifndef SRC_SANDBOX_SANDBOX_H
#define SRC_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json_read.h"
#include "libcontainer/spec/spec.h"

/* A directory or file of the host that is shared */
struct sandbox_path {
	char *source;	   /* absolute; of the host */
	char *destination; /* absolute; in the sandbox */
	bool write;
};
typedef LIST(struct sandbox_path) sandbox_paths_t;

/* A limit that nobody gives has a default; SANDBOX_NONE: none */
#define SANDBOX_NONE UINT64_MAX

struct sandbox {
	strings_t command;
	sandbox_paths_t paths; /* in their order: a later one may lie in an earlier */
	strings_t hide;	       /* absolute paths in the sandbox that are made empty */
	strings_t files;       /* "/etc/motd=TEXT": made for it */
	strings_t env;	       /* "NAME=VALUE", the whole environment */
	const char *cwd;       /* absolute, in the sandbox */
	const char *home;      /* its HOME, a tmpfs */
	const char *user;      /* a name for its id */
	uint32_t uid, gid;     /* of the caller: they stay the same inside */
	/* what these are outside; others for root, whose files are mapped */
	uint32_t uid_outside, gid_outside;
	const char *net;       /* "none", "user", "host" */
	bool terminal;
	uint64_t tmp;	    /* bytes that /tmp and others may have, each */
	uint64_t pids;	    /* processes and threads */
	uint64_t memory;    /* bytes: of a cgroup, without which it is an error */
	uint64_t open_files, file_size;
	strings_t system; /* of the host's system directories and files, those it has */
};

/* Fill what the caller and the host are: ids, name, home, working directory, system
 * directories. env: the environment of the program. */
int sandbox_look(struct sandbox *s, char *const *env, struct arena *a, struct err *e);

/* Read "PATH[:DESTINATION]", relative to the working directory, and add it. It must
 * exist. `option` begins the text of errors. */
int sandbox_share(struct sandbox *s, const char *option, const char *text, bool write,
		  struct arena *a, struct err *e);

/* Share the working directory for writing, if it is the caller's and below its home;
 * *shared: it is there in any case. */
int sandbox_share_cwd(struct sandbox *s, bool *shared, struct arena *a, struct err *e);

/* The document; pure */
struct spec *sandbox_spec(const struct sandbox *s, struct arena *a);

/* Parts of it */
void sandbox_mounts(const struct sandbox *s, struct spec *spec, struct arena *a);
struct profile *sandbox_filter(struct arena *a);

#endif
