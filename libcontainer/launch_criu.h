/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What launch_checkpoint.c and launch_restore.c share: which parts of a container are
 * not its own, and how criu names them in its images.
 *
 * Theory. criu saves all that belongs to the container's namespaces. What comes from
 * outside is only named, and given anew at restore. The names are those that runc uses,
 * so that images go from one runtime to the other:
 *
 *	bind mounts, bound nodes	their destination in the document
 *	files that masks hide		"/dev/null"
 *	network and PID namespaces	"extRootNetNS", "extRootPIDNS"
 *	stdin, stdout, stderr		what /proc/PID/fd says, in descriptors.json
 *
 * Which mounts these are is what the plan of the document says: it is made again, without
 * limits and hooks. Other namespaces that are joined by path are saved as if they were
 * the container's own, and joined at restore.
 *
 * Runs in the program.
 */
#ifndef LIBCONTAINER_LAUNCH_CRIU_H
#define LIBCONTAINER_LAUNCH_CRIU_H

#include "libcontainer/host/criu.h"
#include "libcontainer/launch.h"

#define CRIU_NET_NAME "extRootNetNS"
#define CRIU_PID_NAME "extRootPIDNS"
#define CRIU_MASK     "/dev/null"
#define CRIU_STDIO    "descriptors.json"

/* The directories of a run of criu */
struct criu_dirs {
	int images, work; /* owned; work -1: the same */
};
#define CRIU_DIRS_NONE                                                                   \
	{                                                                                \
		-1, -1                                                                   \
	}
void criu_dirs_done(struct criu_dirs *d);
#define autodirs __attribute__((cleanup(criu_dirs_done))) struct criu_dirs

/* Open them; with `make`, make them first (0711). EPERM: they are not root's alone. */
int criu_dirs_open(struct criu_dirs *d, const struct criu_wish *wish, bool make,
		   struct err *e);

/* Only root can; the versions and namespaces that are asked for */
int criu_allowed(const struct plan *p, struct err *e);

/* The options that both verbs have; `log` is the name of the log file */
void criu_common(const struct criu_wish *wish, const pairs_t *annotations,
		 const char *log, struct arena *a, struct criu_opts *o);

/* What needs a newer criu than CRIU_OLDEST, or what it has to be asked about */
int criu_able(struct criu *c, const struct criu_wish *wish, struct err *e);

/* The mount points below a directory, by a mountinfo of /proc */
int launch_mounts_below(const char *mountinfo, const char *dir, struct arena *a,
			strings_t *below, struct err *e);

/* Make what is missing of the directories and files that the plan mounts on: the images
 * may come from another host, where the root had more in it */
int criu_mount_points(const struct plan *p, struct err *e);

/* The path of the log, for errors */
const char *criu_log(const struct criu_wish *wish, const char *log, struct arena *a);

#endif
