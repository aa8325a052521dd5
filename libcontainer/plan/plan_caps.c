/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Capability sets. Runs in the program; pure.
 *
 * Theory. What the kernel does not give must be warned about and should not stop the
 * container (runtime specification, process.capabilities). The five sets depend on each
 * other (capabilities(7)): nothing is permitted, or comes to be inheritable, beyond the
 * bounding set; what is effective must be permitted; what is ambient must be permitted
 * and inheritable. A new user namespace starts with all capabilities, whatever bounds the
 * runtime itself.
 */
#include "libcontainer/plan/draft.h"
#include "libcontainer/spec/words.h"

static uint64_t known_caps(void)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < words_caps.n; i++)
		mask |= 1ULL << words_caps.items[i].value;
	return mask;
}

static void warn_dropped(struct draft *d, const char *set, uint64_t dropped,
			 const char *why)
{
	for (size_t i = 0; i < words_caps.n; i++)
		if (dropped >> words_caps.items[i].value & 1)
			draft_warn(d, "process.capabilities.%s: %s %s", set,
				   words_caps.items[i].name, why);
}

/* Names that aren't known were warned about by spec_check() */
static uint64_t read_set(const strings_t *names)
{
	uint64_t set = 0;

	for (size_t i = 0; i < names->n; i++) {
		long cap = word_find(&words_caps, names->items[i]);

		if (cap >= 0)
			set |= 1ULL << cap;
	}
	return set;
}

/* *set without what is not in `within` */
static void narrow(struct draft *d, const char *name, uint64_t *set, uint64_t within,
		   const char *why)
{
	warn_dropped(d, name, *set & ~within, why);
	*set &= within;
}

/* One line for each capability that no set can have */
static void warn_refused(struct draft *d, const struct plan_caps *c, uint64_t granted)
{
	uint64_t asked =
		c->bounding | c->effective | c->inheritable | c->permitted | c->ambient;

	for (size_t i = 0; i < words_caps.n; i++)
		if (asked & ~granted & 1ULL << words_caps.items[i].value)
			draft_warn(d, "capability %s cannot be granted",
				   words_caps.items[i].name);
}

void draft_caps(struct draft *d, const struct spec_caps *caps)
{
	struct plan_caps *c = &d->p->process.caps;
	uint64_t granted = draft_userns(d) ? known_caps() : d->f->caps;

	if (!caps)
		return;
	c->given = true;
	c->bounding = read_set(&caps->bounding);
	c->effective = read_set(&caps->effective);
	c->inheritable = read_set(&caps->inheritable);
	c->permitted = read_set(&caps->permitted);
	c->ambient = read_set(&caps->ambient);
	warn_refused(d, c, granted);
	c->bounding &= granted;
	c->effective &= granted;
	c->inheritable &= granted;
	c->permitted &= granted;
	c->ambient &= granted;
	narrow(d, "effective", &c->effective, c->permitted, "is not permitted");
	narrow(d, "ambient", &c->ambient, c->permitted, "is not permitted");
	narrow(d, "ambient", &c->ambient, c->inheritable, "is not inheritable");
}
