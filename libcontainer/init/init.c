/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of steps and the loop over it. Runs in init.
 *
 * The order is that of plan/steps.h, which also has its reasons; the functions are in the
 * file that the step is about.
 */
#include "libcontainer/init/init.h"

#include <sys/prctl.h>

#include "base/sys.h"
#include "libcontainer/plan/sync.h"

struct step {
	const char *doing; /* begins the text of an error */
	int (*run)(struct inside *in, struct err *e);
};

static const struct step steps[] = {
#define PLAN_STEP_ROW(name, text) [STEP_##name] = { text, step_##name },
	PLAN_STEPS(PLAN_STEP_ROW)
#undef PLAN_STEP_ROW
};
_Static_assert(ARRAY_LEN(steps) == STEP_COUNT, "every step has a function");
_Static_assert(STEP_COUNT <= 64, "plan->steps is a set of 64 bits");

/* Errors of mounts name the mount, which says more than the name of the step */
#define SPEAK_FOR_THEMSELVES STEP_BIT(STEP_MOUNTS)

int init_run(struct inside *in, struct err *e)
{
	for (enum plan_step i = 0; i < STEP_COUNT; i++) {
		if (!plan_wants(in->plan, i))
			continue;
		if (steps[i].run(in, e) == 0)
			continue;
		/* the plain ones are whole sentences that clients look for */
		if (!e->plain && !(STEP_BIT(i) & SPEAK_FOR_THEMSELVES))
			err_wrap(e, "%s", steps[i].doing);
		return -1;
	}
	return err_set(e, EINVAL, "the plan has no last step");
}

int dumpable_set(bool on, struct err *e)
{
	long r = sys_prctl(PR_SET_DUMPABLE, on, 0, 0, 0);

	return r < 0 ? err_set(e, (int)-r, "set whether others may look into init") : 0;
}

void umask_clear(struct inside *in)
{
	long old = sys_umask(0);

	if (!in->umask_saved)
		in->umask = (uint32_t)old;
	in->umask_saved = true;
}

void umask_restore(struct inside *in)
{
	if (in->umask_saved)
		sys_umask(in->umask);
}
