/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A draft: a plan while it is made, with all that it is made from. Only the planner's
 * files use it; each of them decides one part, in the order of plan.c, and may read what
 * was decided before. All of them are pure and run in the program.
 *
 * What goes into the plan must lie in the arena, for init reads it there: strings of the
 * spec do, literals and strings of facts and request don't and are copied by
 * draft_keep().
 */
#ifndef PLAN_DRAFT_H
#define PLAN_DRAFT_H

#include <linux/sched.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fmt.h"
#include "base/str.h"
#include "libcontainer/plan/build.h"

/* Where a container finds notify.sock, in which it tells that it is ready */
#define NOTIFY_DIR "/run/notify"

struct draft {
	const struct spec *spec; /* of the container; enter: of the one that is entered */
	const struct facts *f;
	const struct request *r;
	struct arena *a;
	struct plan *p;
	uint32_t fresh;	       /* CLONE_NEW* of the namespaces that are made */
	uint32_t joined;       /* and of those that are joined */
	bool setgroups_denied; /* in the container's user namespace */
	bool closes_devices;   /* by nodev, for want of a cgroup: plan_nodev.c */
	/* maps of the container's user namespace, if it has one; NULL: not known, it is
	 * joined by path */
	const plan_maps_t *uids, *gids;
};

/* Tell the log something that does not stop the work */
#define draft_warn(d, ...)                                                               \
	strings_add((d)->a, &(d)->p->warnings, arena_fmt((d)->a, __VA_ARGS__))

/* A copy in the arena; NULL stays NULL */
static inline char *draft_keep(const struct draft *d, const char *text)
{
	return text ? arena_strdup(d->a, text) : NULL;
}

/* May we do to all namespaces of ours what root may */
static inline bool draft_privileged(const struct draft *d)
{
	return d->f->euid == 0 && d->f->can_mount;
}

/* Are we root of the host, not of some user namespace in it */
static inline bool draft_owns_host(const struct draft *d)
{
	return draft_privileged(d) && !d->f->in_userns;
}

/* Will the container be in another user namespace than ours */
static inline bool draft_userns(const struct draft *d)
{
	return ((d->fresh | d->joined) & CLONE_NEWUSER) != 0;
}

/* Will the container be in another user namespace than the first one: then the kernel
 * denies mknod(2) there */
static inline bool draft_guest(const struct draft *d)
{
	return draft_userns(d) || d->f->in_userns;
}

/* Namespaces: shape, clone flags, joins. First of all. */
int draft_namespaces(struct draft *d, struct err *e);

/* What is written in namespaces that are joined; needs mounts and settings */
void draft_joins(struct draft *d);

/* Whether an id of the new user namespace is in its map */
bool draft_mapped(const plan_maps_t *maps, uint64_t id);

/* Mappings of a new user namespace, and whether the process' ids are mapped */
int draft_ids(struct draft *d, struct err *e);

/* The cgroup, and that no limit is asked for that can't be applied */
int draft_cgroup(struct draft *d, struct err *e);

/* Parts of draft_cgroup(): the systemd unit; the device filter */
int draft_unit(struct draft *d, struct err *e);
int draft_device_rules(struct draft *d, struct err *e);

/* Device rules without a cgroup: whether nodev mounts do what the rules would, and these
 * mounts; the latter needs draft_mounts() */
bool draft_may_close_devices(const struct draft *d, const struct resources *r);
void draft_close_devices(struct draft *d);

/* Only the plan's own mounts: the root is there */
void draft_close_mounts(struct draft *d);

/* Is it so in the container that is entered; and may the process come in? EPERM: it
 * could get round the rules. */
bool draft_devices_closed(const struct draft *d, const struct enter *in);
int draft_enter_devices(const struct draft *d, const struct enter *in,
			const struct spec_process *process, struct err *e);

/* The group of the resctrl file system */
void draft_rdt(struct draft *d);

/* The unit of that name, in the arena, as the request says that it is reached */
struct unit *draft_unit_named(struct draft *d, const char *name, bool user);

/* The root file system; mounts need draft_cgroup()'s decision */
int draft_root(struct draft *d, struct err *e);
int draft_propagation(struct draft *d, struct err *e); /* a part of it */
int draft_mounts(struct draft *d, struct err *e);

/* Devices and links; need the mounts */
int draft_devices(struct draft *d, struct err *e);

/* What aril's own annotations ask for: a root in memory, files in it, a first process */
int draft_own(struct draft *d, struct err *e);

/* The same annotations' rules for the process, whose part of the plan is there: also of
 * an exec, which has those of the container's document, `spec` */
int draft_landlock(struct draft *d, const struct spec *spec, struct err *e);

/* Devices of the network, programs that connect it, names; needs the mounts */
int draft_net(struct draft *d, struct err *e);

/* The seccomp filter and its listener */
int draft_seccomp(struct draft *d, struct err *e);

/* linux.sysctl, hostname, masks: what is taken as it stands */
int draft_settings(struct draft *d, struct err *e);

/* process may be NULL. With `enter`, what it leaves open is taken from the container's
 * own process. */
int draft_process(struct draft *d, const struct spec_process *process, struct err *e);

/* Parts of draft_process(): scheduler and memory (plan_attributes.c). What `from` leaves
 * open is taken from `base`. */
int draft_attributes(struct draft *d, const struct spec_process *from,
		     const struct spec_process *base, struct err *e);

/* Capability sets (plan_caps.c); caps may be NULL */
void draft_caps(struct draft *d, const struct spec_caps *caps);

/* A new draft with an empty plan, and the steps that follow from a finished one */
struct plan *draft_open(struct draft *d, const struct spec *spec, const struct facts *f,
			const struct request *r, struct arena *a);
void draft_steps(struct draft *d);

#endif
