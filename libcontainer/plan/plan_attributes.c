/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Scheduler, io priority, CPUs, memory policy and personality: from words to what the
 * kernel's calls take. The rules have looked at the words already; here an unknown one
 * is an error all the same. Runs in the program; pure.
 */
#include <linux/ioprio.h>

#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/numbers.h"
#include "libcontainer/spec/words.h"

static int unknown(struct err *e, const char *path, const char *word)
{
	return err_plain(e, EINVAL, "%s: unknown word \"%s\"", path, word);
}

/* The bits of all words; -1: one is unknown */
static int flag_bits(const strings_t *names, const struct words *words, const char *path,
		     uint64_t *bits, struct err *e)
{
	LIST_EACH (name, names) {
		long bit = word_find(words, *name);

		if (bit < 0)
			return unknown(e, path, *name);
		*bits |= (uint64_t)bit;
	}
	return 0;
}

static int decide_scheduler(struct draft *d, const struct spec_scheduler *from,
			    struct err *e)
{
	struct plan_scheduler *to;
	long policy;

	if (!from || str_empty(from->policy))
		return 0;
	policy = word_find(&words_schedulers, from->policy);
	if (policy < 0)
		return unknown(e, "process.scheduler.policy", from->policy);
	to = arena_new(d->a, struct plan_scheduler);
	*to = (struct plan_scheduler){ .name = from->policy,
				       .policy = (uint32_t)policy,
				       .priority = (uint32_t)from->priority.v,
				       .nice = (int32_t)from->nice.v,
				       .runtime = from->runtime.v,
				       .deadline = from->deadline.v,
				       .period = from->period.v };
	d->p->process.attributes.scheduler = to;
	return flag_bits(&from->flags, &words_sched_flags, "process.scheduler.flags",
			 &to->flags, e);
}

static int decide_io(struct draft *d, const struct spec_io_priority *from, struct err *e)
{
	struct plan_io_priority *to;
	long class;

	if (!from || str_empty(from->class_name))
		return 0;
	class = word_find(&words_io_classes, from->class_name);
	if (class < 0)
		return unknown(e, "process.ioPriority.class", from->class_name);
	to = arena_new(d->a, struct plan_io_priority);
	*to = (struct plan_io_priority){
		.name = from->class_name,
		.priority = (int)from->priority,
		.value = IOPRIO_PRIO_VALUE((int)class, (int)from->priority),
	};
	d->p->process.attributes.io_priority = to;
	return 0;
}

static int read_numbers(struct draft *d, const char *path, const char *text, size_t max,
			struct plan_numbers *to, struct err *e)
{
	to->n = NUMBERS_WORDS(max);
	to->bits = arena_array(d->a, uint64_t, to->n);
	to->text = text;
	if (numbers_read(text, max, to->bits))
		return 0;
	return err_plain(e, EINVAL, "%s: \"%s\" is not a list like 0-3,7", path, text);
}

static int decide_list(struct draft *d, const char *path, const char *text,
		       const struct plan_numbers **to, struct err *e)
{
	struct plan_numbers *cpus;

	if (str_empty(text))
		return 0;
	cpus = arena_new(d->a, struct plan_numbers);
	*to = cpus;
	return read_numbers(d, path, text, NUMBERS_CPUS, cpus, e);
}

/* For one more process only. Since Linux 6.2 the kernel remembers what was asked for:
 * the CPUs of the runtime would hold in the container, too, so they are taken back. */
static int decide_cpus(struct draft *d, const struct spec_cpu_affinity *from,
		       struct err *e)
{
	struct plan_attributes *to = &d->p->process.attributes;
	struct plan_numbers *all;

	if (!from || !d->p->enter)
		return 0;
	if (decide_list(d, "process.execCPUAffinity.initial", from->initial,
			&to->cpus_before, e) < 0 ||
	    decide_list(d, "process.execCPUAffinity.final", from->final, &to->cpus, e) <
		    0)
		return -1;
	if (!to->cpus_before || to->cpus)
		return 0;
	all = arena_new(d->a, struct plan_numbers);
	all->n = NUMBERS_WORDS(NUMBERS_CPUS);
	all->bits = arena_array(d->a, uint64_t, all->n);
	for (size_t i = 0; i < all->n; i++)
		all->bits[i] = UINT64_MAX;
	to->cpus = all;
	return 0;
}

static int decide_memory(struct draft *d, const struct spec_memory_policy *from,
			 struct err *e)
{
	struct plan_memory_policy *to;
	uint64_t flags = 0;
	long mode;

	if (!from || str_empty(from->mode))
		return 0;
	mode = word_find(&words_mempolicies, from->mode);
	if (mode < 0)
		return unknown(e, "linux.memoryPolicy.mode", from->mode);
	if (flag_bits(&from->flags, &words_mempolicy_flags, "linux.memoryPolicy.flags",
		      &flags, e) < 0)
		return -1;
	to = arena_new(d->a, struct plan_memory_policy);
	to->name = from->mode;
	to->mode = (uint32_t)mode | (uint32_t)flags;
	d->p->process.attributes.memory = to;
	if (str_empty(from->nodes))
		return 0;
	return read_numbers(d, "linux.memoryPolicy.nodes", from->nodes, NUMBERS_NODES,
			    &to->nodes, e);
}

static int decide_personality(struct draft *d, const struct spec_personality *from,
			      struct err *e)
{
	struct plan_attributes *to = &d->p->process.attributes;
	long number;

	if (!from || str_empty(from->domain))
		return 0;
	number = word_find(&words_personalities, from->domain);
	if (number < 0)
		return unknown(e, "linux.personality.domain", from->domain);
	to->has_personality = true;
	to->personality_name = from->domain;
	to->personality = (unsigned long)number;
	return 0;
}

int draft_attributes(struct draft *d, const struct spec_process *from,
		     const struct spec_process *base, struct err *e)
{
	const struct spec_linux *l = d->spec ? d->spec->linux : NULL;
	const struct spec_cpu_affinity *cpus = from->exec_cpu_affinity;

	d->p->process.attributes.by_host =
		draft_owns_host(d) && (draft_userns(d) || d->p->enter);
	if (decide_scheduler(d, (from->scheduler ? from : base)->scheduler, e) < 0 ||
	    decide_io(d, (from->io_priority ? from : base)->io_priority, e) < 0 ||
	    decide_cpus(d, cpus ? cpus : base->exec_cpu_affinity, e) < 0)
		return -1;
	if (!l)
		return 0;
	return decide_memory(d, l->memory_policy, e) < 0
		       ? -1
		       : decide_personality(d, l->personality, e);
}
