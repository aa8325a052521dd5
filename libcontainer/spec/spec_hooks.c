/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The JSON table of hooks. Runs in the program. */
#include "libcontainer/spec/spec.h"

static const struct json_member hook_members[] = {
	JSON_ROW(STR, struct spec_hook, path, "path", .required = true),
	JSON_ROW(STRS, struct spec_hook, args, "args"),
	JSON_ROW(STRS, struct spec_hook, env, "env"),
	JSON_ROW(OPT_INT, struct spec_hook, timeout, "timeout"),
};
static const struct json_shape hook_shape = JSON_SHAPE(struct spec_hook, hook_members);

#define HOOKS(member, key)                                                               \
	JSON_ROW(OBJS, struct spec_hooks, member, key, .shape = &hook_shape)
static const struct json_member hooks_members[] = {
	HOOKS(prestart, "prestart"),
	HOOKS(create_runtime, "createRuntime"),
	HOOKS(create_container, "createContainer"),
	HOOKS(start_container, "startContainer"),
	HOOKS(poststart, "poststart"),
	HOOKS(poststop, "poststop"),
};
const struct json_shape spec_hooks_shape = JSON_SHAPE(struct spec_hooks, hooks_members);
