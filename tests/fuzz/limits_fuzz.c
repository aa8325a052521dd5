/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as linux.resources. What becomes a list of writes stays in the cgroup: plain
 * names of files, none of them one by which processes are moved or stopped; and, if the
 * rules let it through, one line for each write. What is refused has a place and a
 * sentence.
 */
#include "cgroups/limits.h"
#include "cgroups/unit.h"
#include "libcontainer/spec/check.h"
#include "tests/fuzz/fuzz.h"

static void claim_file(const char *file)
{
	claim(file[0] && file[0] != '.' && strchr(file, '.') && !strchr(file, '/'));
	claim(strcmp(file, "cgroup.procs") != 0 && strcmp(file, "cgroup.freeze") != 0 &&
	      strcmp(file, "cgroup.kill") != 0);
}

static void claim_limit(const struct limit *l)
{
	claim(l->where[0] && l->text[0]);
	claim_file(l->file);
	claim(!l->or_file == !l->or_text);
	if (l->or_file)
		claim_file(l->or_file);
	if (!l->controller)
		claim(strncmp(l->file, "cgroup.", 7) == 0);
	else
		claim(l->controller[0] &&
		      strncmp(l->file, l->controller, strlen(l->controller)) == 0);
}

/* What systemd is told of the same */
static void claim_properties(limits_t *limits, struct arena *a)
{
	static const int versions[] = { UNIT_OLDEST, 252, 257 };
	struct err e = ERR_NONE;

	for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
		unit_properties_t all = { NULL, 0 };

		if (unit_properties(limits, versions[i], a, &all, &e) < 0) {
			claim_refusal(&e);
			continue;
		}
		LIST_EACH (p, &all) {
			claim(unit_property_is_limit(p->name));
			claim(unit_property_find(&all, p->name) == p);
			claim(p->type[0] && p->values.n > 0);
		}
	}
}

static void make(const struct resources *r, const struct limits_now *now, bool checked,
		 struct arena *a)
{
	struct err e = ERR_NONE;
	limits_t limits;

	if (limits_make(r, now, a, &limits, &e) < 0) {
		claim(e.num == EINVAL && e.plain &&
		      strncmp(e.text, "linux.resources.", 16) == 0);
		return;
	}
	claim(e.num == 0);
	LIST_EACH (l, &limits) {
		const char *line = strchr(l->text, '\n');

		claim(!checked || !line || line == l->text || !line[1]);
		claim_limit(l);
	}
	if (checked)
		claim_properties(&limits, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct limits_now unread = { .memory = { false, 0 } };
	static const struct limits_now now = {
		.memory = { true, 1 << 20 },
		.swap = { true, -1 },
		.quota = { true, 5000 },
		.period = { true, 100000 },
		.idle = { true, 1 },
	};
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;
	struct resources *r;

	claim(arena_open(&a, false, &e) == 0);
	r = arena_new(&a, struct resources);
	if (json_read((const char *)data, size, &resources_shape, r, &a, &e) == 0) {
		strings_t lost = limits_lost(r, &a);
		struct check_report report = CHECK_REPORT(&a);
		bool checked;

		spec_check_resources(r, &report);
		checked = report.errors == 0;

		for (size_t i = 0; i < lost.n; i++)
			claim(strchr(lost.items[i], ':'));
		make(r, NULL, checked, &a);
		make(r, &unread, checked, &a);
		make(r, &now, checked, &a);
	}
	arena_done(&a);
	return 0;
}
