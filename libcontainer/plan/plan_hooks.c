/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hooks, all six kinds. Runs in the program; pure. */
#include "libcontainer/plan/build.h"

#include "base/str.h"

#define HOOK_KIND(kind, name_, member)                                                   \
	[HOOK_##kind] = { name_, offsetof(struct spec_hooks, member) }
static const struct {
	const char *name;
	size_t at;
} kinds[HOOK_KINDS] = {
	HOOK_KIND(PRESTART, "prestart", prestart),
	HOOK_KIND(CREATE_RUNTIME, "createRuntime", create_runtime),
	HOOK_KIND(CREATE_CONTAINER, "createContainer", create_container),
	HOOK_KIND(START_CONTAINER, "startContainer", start_container),
	HOOK_KIND(POSTSTART, "poststart", poststart),
	HOOK_KIND(POSTSTOP, "poststop", poststop),
};

/* Beyond it a deadline would not fit a signed number of nanoseconds */
#define TIMEOUT_MAX (INT64_MAX / 1000000000)

static void add_hook(struct arena *a, plan_hooks_t *hooks, const char *kind,
		     const struct spec_hook *from)
{
	struct plan_hook *hook = list_add(a, hooks);
	int64_t seconds = from->timeout.set ? from->timeout.v : 0;

	hook->where = arena_fmt(a, "%s hook #%zu", kind, hooks->n - 1);
	hook->path = from->path;
	hook->argv = strings_vector(a, &from->args);
	if (from->args.n == 0) {
		hook->argv = arena_array(a, char *, 2);
		hook->argv[0] = from->path;
	}
	hook->envp = strings_vector(a, &from->env);
	hook->timeout_ms = 1000 * (seconds < TIMEOUT_MAX ? seconds : TIMEOUT_MAX);
}

void plan_hooks_build(const struct spec *spec, struct arena *a,
		      plan_hooks_t hooks[HOOK_KINDS])
{
	for (int kind = 0; kind < HOOK_KINDS && spec->hooks; kind++) {
		const char *at = (const char *)spec->hooks + kinds[kind].at;
		const spec_hook_list_t *list = (const spec_hook_list_t *)(const void *)at;

		LIST_EACH (from, list)
			add_hook(a, &hooks[kind], kinds[kind].name, from);
	}
}
