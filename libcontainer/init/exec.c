/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The last steps: working directory, program, limits, execve. Runs in init, as
 * the container's user.
 */
#include "libcontainer/init/init.h"

#include <fcntl.h>
#include <sys/resource.h>

#include "base/sys.h"
#include "libcontainer/init/lookup.h"

static int no_cwd(const char *cwd, int num, struct err *e)
{
	const char *words = lookup_phrase(num);

	return words ? err_plain(e, num, "change to %s: %s", cwd, words)
		     : err_set(e, num, "change to %s", cwd);
}

int step_CHDIR(struct inside *in, struct err *e)
{
	const char *cwd = in->plan->process.cwd;
	char now[PATH_MAX];
	long r;

	if (!in->in_cwd) {
		r = sys_chdir(cwd);
		if (r < 0)
			return no_cwd(cwd, (int)-r, e);
	}
	/* "/proc/self/fd/7" may lead out of the root: then the kernel puts
	 * "(unreachable)" in front (CVE-2024-21626) */
	r = sys_getcwd(now, sizeof(now));
	if (r < 0)
		return err_set(e, (int)-r, "find the working directory %s", cwd);
	if (now[0] != '/')
		return err_set(e, EXDEV,
			       "the working directory %s is outside of the container",
			       cwd);
	return 0;
}

int step_LOOKUP(struct inside *in, struct err *e)
{
	const struct plan_process *process = &in->plan->process;

	in->program = lookup_program(process->argv[0], process->path, in->found,
				     sizeof(in->found), e);
	return in->program ? 0 : -1;
}

/* As far as it may be raised */
static long set_lower(const struct plan_rlimit *limit)
{
	struct rlimit64 r;
	long ret = sys_prlimit64(0, limit->what, NULL, &r);

	if (ret < 0)
		return ret;
	if (limit->hard < r.rlim_max)
		r.rlim_max = limit->hard;
	r.rlim_cur = limit->soft < r.rlim_max ? limit->soft : r.rlim_max;
	return sys_prlimit64(0, limit->what, &r, NULL);
}

int step_RLIMITS(struct inside *in, struct err *e)
{
	const struct plan_process *p = &in->plan->process;

	LIST_EACH (limit, &p->rlimits) {
		struct rlimit64 r = { limit->soft, limit->hard };
		long ret = sys_prlimit64(0, limit->what, &r, NULL);

		if (ret == -EPERM && p->rlimits_inherited)
			ret = set_lower(limit);
		if (ret < 0)
			return err_set(e, (int)-ret,
				       "process.rlimits: set %s to %llu:%llu",
				       limit->name, (unsigned long long)limit->soft,
				       (unsigned long long)limit->hard);
	}
	return 0;
}

/* All fds that are not the program's have been opened with O_CLOEXEC, signals are at
 * their defaults since start_c(): a filter has nothing left to see but execve */
int step_EXEC(struct inside *in, struct err *e)
{
	const struct plan_process *process = &in->plan->process;
	long r;

	if (!in->program)
		return err_set(e, EINVAL, "no program was looked up");
	/* not execveat: a filter may know only this one */
	r = SYS_(__NR_execve, in->program, process->argv, in->envp, 0, 0, 0);
	return lookup_exec_error(process->argv[0], in->program, (int)-r, e);
}
