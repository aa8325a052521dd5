/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ids and capabilities of the container's process. Runs in init; after this it may do no
 * more than the user's program, but for one thing: CAP_SYS_ADMIN stays until the seccomp
 * filter is loaded, where there is no no_new_privs (exec.c drops it).
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/sys.h"
#include "libcontainer/init/caps.h"

#define SYS_ADMIN (1ULL << CAP_SYS_ADMIN)

long caps_set(uint64_t effective, uint64_t permitted, uint64_t inheritable)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable },
		{ (uint32_t)(effective >> 32), (uint32_t)(permitted >> 32),
		  (uint32_t)(inheritable >> 32) },
	};

	return sys_capset(&head, data);
}

int caps_permitted(uint64_t *caps, struct err *e)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	long r = sys_capget(&head, data);

	if (r < 0)
		return err_set(e, (int)-r, "ask for the capabilities of init");
	*caps = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return 0;
}

/* What the process shall have. Not given: root keeps what it has, others have nothing,
 * as after setuid(2); but nothing is inheritable, whatever the host raised to get us
 * here. */
static int caps_wanted(const struct plan_process *process, struct plan_caps *c,
		       struct err *e)
{
	uint64_t now = 0;

	*c = process->caps;
	if (c->given)
		return 0;
	if (process->uid == 0 && caps_permitted(&now, e) < 0)
		return -1;
	c->bounding = ~0ULL;
	c->permitted = c->effective = now;
	c->inheritable = c->ambient = 0;
	return 0;
}

static int drop_bounding(uint64_t keep, struct err *e)
{
	for (unsigned long cap = 0; cap < 64; cap++) {
		long r;

		if (keep & 1ULL << cap)
			continue;
		r = sys_prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
		if (r == -EINVAL) /* past the last one of this kernel */
			return 0;
		if (r < 0)
			return err_set(e, (int)-r,
				       "drop capability %lu from the bounding set", cap);
	}
	return 0;
}

static int raise_ambient(const struct plan_caps *c, struct err *e)
{
	/* the kernel takes only what is also permitted and inheritable */
	uint64_t set = c->ambient & c->permitted & c->inheritable;
	long r;

	r = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (r < 0)
		return err_set(e, (int)-r, "clear the ambient set of capabilities");
	for (unsigned long cap = 0; cap < 64; cap++) {
		if (!(set & 1ULL << cap))
			continue;
		r = sys_prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
		if (r < 0)
			return err_set(e, (int)-r,
				       "raise capability %lu to the ambient set", cap);
	}
	return 0;
}

static int set_ids(const struct plan *p, struct err *e)
{
	const struct plan_process *process = &p->process;
	long r;

	if (groups_set(p, process->groups.n, process->groups.items, e) < 0)
		return -1;
	r = sys_setresgid(process->gid, process->gid, process->gid);
	if (r < 0)
		return err_set(e, (int)-r, "setresgid %u", process->gid);
	r = sys_setresuid(process->uid, process->uid, process->uid);
	return r < 0 ? err_set(e, (int)-r, "setresuid %u", process->uid) : 0;
}

static bool is_terminal(int fd)
{
	struct winsize size;

	return sys_ioctl(fd, TIOCGWINSZ, &size) == 0;
}

/* Let the user open /dev/stdout and the like again: he becomes the owner of the pipes,
 * sockets and terminals that we got as 0 to 2. Files and other devices are somebody
 * else's, who lent them open, and nothing more. Where the kernel says no it stays as it
 * is. */
static void give_stdio(uint32_t uid)
{
	struct statx st;

	for (int fd = 0; fd < 3; fd++) {
		if (sys_statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_UID, &st) < 0 ||
		    st.stx_uid == uid)
			continue;
		if (!S_ISFIFO(st.stx_mode) && !S_ISSOCK(st.stx_mode) &&
		    !(S_ISCHR(st.stx_mode) && is_terminal(fd)))
			continue;
		sys_fchownat(fd, "", uid, ~0U, AT_EMPTY_PATH);
	}
}

static int set_caps(struct inside *in, const struct plan_caps *c, struct err *e)
{
	const struct plan *p = in->plan;
	uint64_t extra = 0;
	long r;

	if (plan_wants(p, STEP_FILTER) && !p->process.no_new_privs)
		extra = SYS_ADMIN; /* seccomp(2) wants one of the two */
	in->caps = *c;
	in->caps_late = (extra & ~(c->effective & c->permitted)) != 0;
	r = caps_set(c->effective | extra, c->permitted | extra, c->inheritable);
	if (r < 0)
		return err_set(e, (int)-r,
			       "set capabilities (effective 0x%llx, permitted 0x%llx, "
			       "inheritable 0x%llx)",
			       (unsigned long long)c->effective,
			       (unsigned long long)c->permitted,
			       (unsigned long long)c->inheritable);
	return raise_ambient(c, e);
}

int step_USER(struct inside *in, struct err *e)
{
	const struct plan_process *process = &in->plan->process;
	struct plan_caps caps;
	long r;

	if (caps_wanted(process, &caps, e) < 0)
		return -1;
	if (process->umask >= 0)
		sys_umask((unsigned)process->umask);
	if (environment_finish(in, e) < 0)
		return -1;
	/* a directory that only root can enter is fine as a working directory, one that
	 * only the user can enter, too: that is tried in the step after this */
	in->in_cwd = sys_chdir(process->cwd) == 0;
	if (process->uid)
		give_stdio(process->uid);
	if (drop_bounding(caps.bounding, e) < 0)
		return -1;
	r = sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	if (r < 0)
		return err_set(e, (int)-r, "keep capabilities");
	if (set_ids(in->plan, e) < 0 || set_caps(in, &caps, e) < 0)
		return -1;
	r = sys_prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
	if (r < 0)
		return err_set(e, (int)-r, "keep capabilities no longer");
	if (dumpable_set(false, e) < 0) /* see ids.c */
		return -1;
	if (!process->no_new_privs)
		return 0;
	r = sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return r < 0 ? err_set(e, (int)-r, "set no_new_privs") : 0;
}
