/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules for process, also for that of an exec. Runs in the program; pure. */
#include <string.h>

#include "base/str.h"
#include "libcontainer/spec/check_rules.h"
#include "libcontainer/spec/numbers.h"

static void rule_cwd(const struct check *c, const char *path)
{
	check_absolute(c, path, c->process->cwd ? c->process->cwd : "");
}

static void rule_args(const struct check *c, const char *path)
{
	if (c->process->args.n == 0)
		check_error(c->r, path, "is empty");
}

static void rule_env(const struct check *c, const char *path)
{
	const strings_t *env = &c->process->env;

	for (size_t i = 0; i < env->n; i++) {
		const char *equals = strchr(env->items[i], '=');

		if (!equals)
			check_error(c->r, check_at(c->r, "%s[%zu]", path, i),
				    "\"%s\" has no '='",
				    check_shown(c->r, env->items[i]));
		else if (equals == env->items[i])
			check_error(c->r, check_at(c->r, "%s[%zu]", path, i),
				    "has no name before '='");
	}
}

static void rule_console(const struct check *c, const char *path)
{
	const struct spec_console_size *size = c->process->console_size;

	/* of no meaning without a terminal, says the specification */
	if (!c->process->terminal || !size)
		return;
	if (size->height > UINT16_MAX || size->width > UINT16_MAX)
		check_error(c->r, path, "a side is more than %d", UINT16_MAX);
}

static void rule_user(const struct check *c, const char *path)
{
	const struct spec_user *u = c->process->user;

	if (!u)
		return;
	check_id(c, "process.user.uid", u->uid);
	check_id(c, "process.user.gid", u->gid);
	if (u->umask.set && u->umask.v > 0777)
		check_error(c->r, "process.user.umask",
			    "%lu is more than 511 (octal 777)",
			    (unsigned long)u->umask.v);
	for (size_t i = 0; i < u->additional_gids.n; i++)
		if (u->additional_gids.items[i] > CHECK_ID_MAX)
			check_id(c, check_at(c->r, "%s.additionalGids[%zu]", path, i),
				 u->additional_gids.items[i]);
}

/* Names that are not known must be warned about and should not fail: a document may be
 * newer than this program or than the kernel */
static void check_caps(const struct check *c, const char *set, const strings_t *names)
{
	for (size_t i = 0; i < names->n; i++)
		if (word_find(&words_caps, names->items[i]) < 0)
			check_warning(
				c->r,
				check_at(c->r, "process.capabilities.%s[%zu]", set, i),
				"unknown capability \"%s\" is left out",
				check_shown(c->r, names->items[i]));
}

static void rule_caps(const struct check *c, const char *path)
{
	const struct spec_caps *caps = c->process->capabilities;

	(void)path;
	if (!caps)
		return;
	check_caps(c, "bounding", &caps->bounding);
	check_caps(c, "effective", &caps->effective);
	check_caps(c, "inheritable", &caps->inheritable);
	check_caps(c, "permitted", &caps->permitted);
	check_caps(c, "ambient", &caps->ambient);
}

static void rule_rlimits(const struct check *c, const char *path)
{
	uint64_t seen = 0;
	size_t i = 0;

	LIST_EACH (limit, &c->process->rlimits) {
		long number = word_find(&words_rlimits, limit->type);

		if (number < 0)
			check_word(c, check_at(c->r, "%s[%zu].type", path, i),
				   limit->type, &words_rlimits);
		else if (seen >> number & 1)
			check_error(c->r, check_at(c->r, "%s[%zu].type", path, i),
				    "%s is given twice", limit->type);
		else
			seen |= 1ULL << number;
		if (limit->soft > limit->hard)
			check_error(c->r, check_at(c->r, "%s[%zu].soft", path, i),
				    "is more than the hard limit");
		i++;
	}
}

/* oom_score_adj of proc(5) */
#define OOM_SCORE_ADJ_MAX 1000

static void rule_oom(const struct check *c, const char *path)
{
	struct opt_i64 score = c->process->oom_score_adj;

	if (score.set && (score.v < -OOM_SCORE_ADJ_MAX || score.v > OOM_SCORE_ADJ_MAX))
		check_error(c->r, path, "%ld is not within -1000 to 1000", (long)score.v);
}

static void check_nice(const struct check *c, const struct spec_scheduler *s)
{
	if (s->nice.set && (s->nice.v < -20 || s->nice.v > 19))
		check_error(c->r, "process.scheduler.nice", "%ld is not within -20 to 19",
			    (long)s->nice.v);
}

/* sched(7): 1 to 99 for the real-time policies, 0 for all others */
static void check_priority(const struct check *c, const struct spec_scheduler *s)
{
	bool realtime = str_eq(s->policy, "SCHED_FIFO") || str_eq(s->policy, "SCHED_RR");
	int64_t priority = s->priority.set ? s->priority.v : 0;

	if (realtime && (priority < 1 || priority > 99))
		check_error(c->r, "process.scheduler.priority",
			    "%ld is not within 1 to 99, which %s needs", (long)priority,
			    s->policy);
	else if (!realtime && priority != 0)
		check_error(c->r, "process.scheduler.priority",
			    "%ld is not 0, which %s needs", (long)priority,
			    check_shown(c->r, s->policy));
}

static void rule_scheduler(const struct check *c, const char *path)
{
	const struct spec_scheduler *s = c->process->scheduler;
	bool deadline;

	if (!s || str_empty(s->policy))
		return;
	deadline = strcmp(s->policy, "SCHED_DEADLINE") == 0;
	check_word(c, "process.scheduler.policy", s->policy, &words_schedulers);
	check_words(c, "process.scheduler.flags", &s->flags, &words_sched_flags);
	check_nice(c, s);
	check_priority(c, s);
	if (!deadline && (s->runtime.v || s->deadline.v || s->period.v))
		check_error(c->r, path,
			    "runtime, deadline and period are for SCHED_DEADLINE");
}

static void rule_io_priority(const struct check *c, const char *path)
{
	const struct spec_io_priority *io = c->process->io_priority;

	(void)path;
	if (!io || str_empty(io->class_name))
		return;
	check_word(c, "process.ioPriority.class", io->class_name, &words_io_classes);
	if (io->priority < 0 || io->priority > 7)
		check_error(c->r, "process.ioPriority.priority",
			    "%ld is not within 0 to 7", (long)io->priority);
}

static void check_cpus(const struct check *c, const char *path, const char *cpus)
{
	uint64_t bits[NUMBERS_WORDS(NUMBERS_CPUS)] = { 0 };

	if (!str_empty(cpus) && !numbers_read(cpus, NUMBERS_CPUS, bits))
		check_error(c->r, path, "\"%s\" is not a list of CPUs like 0-3,7",
			    check_shown(c->r, cpus));
}

static void rule_affinity(const struct check *c, const char *path)
{
	const struct spec_cpu_affinity *a = c->process->exec_cpu_affinity;

	(void)path;
	if (!a)
		return;
	check_cpus(c, "process.execCPUAffinity.initial", a->initial);
	check_cpus(c, "process.execCPUAffinity.final", a->final);
}

static const struct check_rule process_rules[] = {
	{ "process.cwd", rule_cwd },
	{ "process.args", rule_args },
	{ "process.env", rule_env },
	{ "process.consoleSize", rule_console },
	{ "process.user", rule_user },
	{ "process.capabilities", rule_caps },
	{ "process.rlimits", rule_rlimits },
	{ "process.oomScoreAdj", rule_oom },
	{ "process.scheduler", rule_scheduler },
	{ "process.ioPriority", rule_io_priority },
	{ "process.execCPUAffinity", rule_affinity },
};
const struct check_rules check_process_rules = CHECK_RULES(process_rules);
