/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs that are walked, with what is made before each. Runs on the host. */
#include "tests/walk/scene.h"

#include <string.h>

#define CREATE                                                                           \
	{                                                                                \
		"create", ID                                                             \
	}
#define START                                                                            \
	{                                                                                \
		"start", ID                                                              \
	}
#define PAUSE                                                                            \
	{                                                                                \
		"pause", ID                                                              \
	}
#define RUNNING                                                                          \
	{                                                                                \
		CREATE, START                                                            \
	}

const struct scene scenes[] = {
	{ .name = "create",
	  .bundle = "report",
	  .verb = { "create", "--pid-file", "../pid", ID },
	  .bad = 1,
	  .waits = true,
	  .holds = created_holds },
	{ .name = "run",
	  .bundle = "report",
	  .verb = { "run", ID },
	  .good = 3,
	  .bad = 1,
	  .holds = started_holds },
	{ .name = "start",
	  .bundle = "report",
	  .before = { CREATE },
	  .verb = START,
	  .bad = 1,
	  .failed = CONTAINER,
	  .traces_init = true,
	  .holds = started_holds },
	{ .name = "exec",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "exec", ID, "/probe", "status", ",", "fds", ",", "umask", ",",
		    "mountinfo", ",", "exit", "4" },
	  .good = 4,
	  .bad = 255,
	  .failed = CONTAINER,
	  .holds = output_holds },
	{ .name = "kill",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "kill", ID, "KILL" },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = program_ended },
	{ .name = "delete",
	  .bundle = "report",
	  .before = { { "run", "--keep", ID } },
	  .verb = { "delete", ID },
	  .bad = 1,
	  .failed = PARTS,
	  .holds = deleted_holds },
	{ .name = "delete-force",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "delete", "--force", ID },
	  .bad = 1,
	  .failed = PARTS,
	  .holds = deleted_holds },
	{ .name = "update",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "update", "-r", "../update.json", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = updated_holds },
	{ .name = "pause",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = PAUSE,
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = frozen_holds },
	{ .name = "resume",
	  .bundle = "wait",
	  .before = { CREATE, START, PAUSE },
	  .verb = { "resume", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = thawed_holds },
	{ .name = "state",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "state", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = output_holds },
	{ .name = "ps",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "ps", ID },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = output_holds },
	{ .name = "list",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "list" },
	  .bad = 1,
	  .failed = CONTAINER,
	  .holds = output_holds },
	/* the terminal's other end comes to ../console.sock */
	{ .name = "create-terminal",
	  .bundle = "terminal",
	  .verb = { "create", "--console-socket", "../console.sock", ID },
	  .bad = 1,
	  .waits = true,
	  .holds = created_holds },
	{ .name = "run-terminal",
	  .bundle = "terminal",
	  .verb = { "run", "--detach", "--console-socket", "../console.sock", ID },
	  .bad = 1,
	  .holds = started_holds },
	{ .name = "exec-terminal",
	  .bundle = "wait",
	  .before = RUNNING,
	  .verb = { "exec", "--detach", "--tty", "--console-socket", "../console.sock",
		    ID, "/probe", "fds", ",", "umask", ",", "exit", "4" },
	  .bad = 255,
	  .failed = CONTAINER,
	  .holds = terminal_holds },
	/* the filter's listener comes to ../agent.sock */
	{ .name = "create-agent",
	  .bundle = "agent",
	  .verb = CREATE,
	  .bad = 1,
	  .waits = true,
	  .holds = created_holds },
	{ .name = "run-agent",
	  .bundle = "agent",
	  .verb = { "run", ID },
	  .good = 3,
	  .bad = 1,
	  .holds = started_holds },
	{ .name = "start-agent",
	  .bundle = "agent",
	  .before = { CREATE },
	  .verb = START,
	  .bad = 1,
	  .failed = CONTAINER,
	  .traces_init = true,
	  .holds = started_holds },
	{ .name = "exec-agent",
	  .bundle = "agent-wait",
	  .before = RUNNING,
	  .verb = { "exec", ID, "/probe", "fds", ",", "exit", "4" },
	  .good = 4,
	  .bad = 255,
	  .failed = CONTAINER,
	  .holds = output_holds },
	/* a mount with owners of its own */
	{ .name = "run-idmap",
	  .bundle = "idmap",
	  .verb = { "run", ID },
	  .good = 3,
	  .bad = 1,
	  .holds = started_holds },
	/* all six kinds of hooks */
	{ .name = "create-hooks",
	  .bundle = "hooks",
	  .verb = CREATE,
	  .bad = 1,
	  .waits = true,
	  .holds = created_holds },
	{ .name = "run-hooks",
	  .bundle = "hooks",
	  .verb = { "run", ID },
	  .good = 3,
	  .bad = 1,
	  .holds = started_holds },
	{ .name = "start-hooks",
	  .bundle = "hooks",
	  .before = { CREATE },
	  .verb = START,
	  .bad = 1,
	  .failed = CONTAINER,
	  .traces_init = true,
	  .holds = started_holds },
};
const size_t n_scenes = ARRAY_LEN(scenes);

const struct scene *scene_find(const char *name)
{
	for (size_t i = 0; i < n_scenes; i++)
		if (strcmp(scenes[i].name, name) == 0)
			return &scenes[i];
	return NULL;
}

const struct scene *scene_at(size_t i)
{
	return i < n_scenes ? &scenes[i] : NULL;
}

const char *scene_name(const struct scene *s)
{
	return s->name;
}
