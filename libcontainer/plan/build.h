/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The planner: spec + facts + request -> plan. Pure: no system call, no clock, no
 * global. The same input gives the same plan, which `aril plan` and the golden tests
 * print.
 */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "libcontainer/plan/facts.h"
#include "libcontainer/plan/plan.h"
#include "libcontainer/spec/spec.h"

/* Replace the network namespace of a document by the one that --net or the annotation
 * aril.net asks for; before spec_check(). EINVAL: what is asked for is no network, or
 * contradicts the document. */
int plan_net_spec(struct spec *s, const struct request *r, struct arena *a,
		  struct err *e);

/* Does it ask for a network through a program of the host: then facts_net() is read */
bool plan_net_user(const struct spec *s, const struct request *r, struct arena *a);

/* The plan of a new container. spec has passed spec_check(). All of the plan is in
 * `a`, and so must the spec be: the plan points into it. Fails with a sentence that
 * has the JSON path when this host cannot do what the document asks (a limit without
 * its controller, a mapping that the caller may not use ...). */
int plan_build(const struct spec *spec, const struct facts *f, const struct request *r,
	       struct arena *a, struct plan **out, struct err *e);

/* What plan_enter() must know of the running container */
struct enter {
	const struct spec *spec;   /* the container's own document */
	const char *cgroup_mount;  /* NULL: it has none */
	const char *cgroup_path;
	const char *scope;	   /* the systemd unit that the cgroup is, or NULL */
	bool scope_user;
	const char *subgroup;	   /* what of the path is below the unit; or NULL */
	/* CLONE_NEW* of the namespaces that differ from ours */
	uint32_t ns_flags;
	bool userns_setgroups_denied;
	/* plan_enter_mounts() only: the maps of its user namespace, in our ids */
	plan_maps_t uids, gids;
};

/* The plan of one more process in a running container */
int plan_enter(const struct spec_process *process, const struct enter *in,
	       const struct facts *f, const struct request *r, struct arena *a,
	       struct plan **out, struct err *e);

/* The plan of more mounts in a running container: those of `mounts`. All or none of them
 * are made. Sources are opened by the host's side, targets inside. */
int plan_enter_mounts(const struct spec *mounts, const struct enter *in,
		      const struct facts *f, const struct request *r, struct arena *a,
		      struct plan **out, struct err *e);

/* A mount to be taken away */
struct enter_detach {
	const char *target;
	uint64_t id; /* see mount_id() in init/mount.h */
};

/* The plan of taking mounts away from a running container: all or none */
int plan_enter_detach(const struct enter_detach *mounts, size_t n, const struct enter *in,
		      const struct facts *f, const struct request *r, struct arena *a,
		      struct plan **out, struct err *e);

/* A unit of systemd, reached as the request says */
struct unit request_unit(const struct request *r, const char *name, bool user,
			 struct arena *a);

/* The path of aril-net that the request names; NULL: where it is installed. In the
 * arena. */
char *request_net(const struct request *r, struct arena *a);

/* The hooks of a document, as the plan has them: for verbs that need no plan (start,
 * delete) */
void plan_hooks_build(const struct spec *spec, struct arena *a,
		      plan_hooks_t hooks[HOOK_KINDS]);

/* The plan as text, one decision per line, for people and golden tests. In the arena. */
char *plan_show(const struct plan *p, struct arena *a);

/* The words that a mount's options may have (not those of file systems), in table order;
 * ends in NULL. For `features`. */
extern const char *const mount_option_names[];

#endif
