/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any files as those of a cgroup: a name, a newline, what is in it, a line "---", the
 * next. What they say is read whole or refused, and becomes sound JSON; processes have
 * numbers above 0.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/json_write.h"
#include "cgroups/events.h"
#include "cgroups/stats.h"
#include "tests/fuzz/fuzz.h"

#define FILES 64

/* Nothing of it is kept, but it must be sound */
static const struct json_member no_members[] = {
	{ .key = "\001", .kind = JSON_STR },
};
static const struct json_shape no_shape = { .members = no_members,
					    .n = 1,
					    .size = sizeof(char *) };

static void make_files(char *text, int dir)
{
	char *part;

	for (int i = 0; i < FILES && (part = fuzz_part(&text)); i++) {
		char *name = fuzz_line(&part);
		autofd fd = -1;

		if (!name || strchr(name, '/') || strlen(name) > 100)
			continue;
		fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		claim(fd < 0 || write(fd, part, strlen(part)) >= 0);
	}
}

static void claim_json(const struct cgroup_stats *s, struct arena *a)
{
	autojson j = JSON_WRITER_NONE;
	struct err e = ERR_NONE;
	const char *text;
	char *nothing = NULL;
	size_t len;

	json_start(&j, NULL);
	json_map_begin(&j);
	stats_json(&j, s);
	json_map_end(&j);
	text = json_text(&j, &len, &e);
	/* the kernel writes no key twice, nor what is not UTF-8 */
	if (!text || json_read(text, len, &no_shape, &nothing, a, &e) < 0)
		claim(strstr(e.text, "not UTF-8") || strstr(e.text, "twice"));
}

static void read_files(int dir, struct arena *a)
{
	struct cgroup c = { .fd = dir, .mount = NULL, .path = (char *)"/x" };
	struct cgroup_events now;
	struct cgroup_stats s;
	struct err e = ERR_NONE;
	pids_t pids;

	if (stats_read(&c, a, &s, &e) < 0)
		claim_refusal(&e);
	else
		claim_json(&s, a);
	e = (struct err)ERR_NONE;
	if (cgroup_pids(&c, a, &pids, &e) < 0)
		claim_refusal(&e);
	LIST_EACH (pid, &pids)
		claim(*pid > 0);
	e = (struct err)ERR_NONE;
	if (events_read(dir, &now, &e) < 0)
		claim_refusal(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/dev/shm/aril-fuzz-XXXXXX";
	autoarena a = ARENA_NONE;
	struct err e = ERR_NONE;
	autofd dir = -1;

	fuzz_arena(&a, false);
	claim(mkdtemp(path) != NULL);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	claim(dir >= 0);
	make_files(fuzz_text(&a, data, size), dir);
	read_files(dir, &a);
	claim(dir_remove_all(AT_FDCWD, path, &e) == 0);
	return 0;
}
