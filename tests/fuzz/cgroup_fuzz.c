/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text as linux.cgroupsPath ("p..."), the container's id ("i..."), annotations
 * ("aKEY VALUE"), and what --cgroup-manager and the host say ("f" and letters), line by
 * line. The cgroup that comes of it lies where this user's containers may be, and a unit
 * has a name that systemd knows as one, in which the id can be read.
 */
#include "base/str.h"
#include "libcontainer/box/box.h"
#include "libcontainer/plan/build.h"
#include "libcontainer/plan/path.h"
#include "libcontainer/spec/check.h"
#include "tests/fuzz/fuzz.h"

#define OWN	"/user.slice/user-1000.slice/run.scope"
#define ABOVE	"/user.slice/user-1000.slice"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@"

static const char document[] =
	"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},\"linux\":{"
	"\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"cgroup\"}],"
	"\"uidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":1}],"
	"\"gidMappings\":[{\"containerID\":0,\"hostID\":1000,\"size\":1}]}}";

struct input {
	struct facts facts;
	struct request request;
	const char *path;
	pairs_t annotations;
};

static void set_flag(struct input *in, char letter)
{
	in->request.systemd_cgroup |= letter == 's';
	in->request.cgroupfs |= letter == 'c';
	in->request.no_cgroup |= letter == 'd';
	in->request.rootless |= letter == 'r';
	in->facts.user_manager |= letter == 'm';
	in->facts.cgroup_writable |= letter == 'w';
	if (letter == 'u') {
		in->facts.euid = in->facts.egid = 1000;
		in->facts.can_mount = false;
	} else if (letter == 'n') {
		in->facts.in_userns = true;
	} else if (letter == 'h') {
		in->facts.cgroups = CGROUPS_HYBRID;
	} else if (letter == '0') {
		in->facts.cgroups = CGROUPS_NONE;
		in->facts.cgroup_mount = in->facts.cgroup_own = NULL;
	}
}

static void read_lines(struct input *in, char *text, struct arena *a)
{
	char *line, *blank;

	while ((line = fuzz_line(&text)))
		switch (line[0]) {
		case 'p':
			in->path = line + 1;
			break;
		case 'i':
			if (box_check_id(line + 1, &(struct err)ERR_NONE) == 0)
				in->request.id = line + 1;
			break;
		case 'a':
			blank = strchr(line, ' ');
			if (!blank)
				break;
			*blank = '\0';
			*list_add(a, &in->annotations) =
				(struct pair){ line + 1, blank + 1 };
			break;
		case 'f':
			while (*++line)
				set_flag(in, *line);
			break;
		default:
			break;
		}
}

/* \xHH is the byte; what escapes nothing stays */
static const char *unescaped(struct arena *a, const char *text, size_t len)
{
	char *out = arena_strndup(a, text, len), *at = out;

	for (const char *p = out; *p; at++) {
		bool hex = p[0] == '\\' && p[1] == 'x' && str_hex(p[2]) >= 0 &&
			   str_hex(p[3]) >= 0;

		*at = hex ? (char)(str_hex(p[2]) * 16 + str_hex(p[3])) : *p;
		p += hex ? 4 : 1;
	}
	*at = '\0';
	return out;
}

static void claim_unit(const struct input *in, const struct plan_cgroup *c,
		       struct arena *a)
{
	static const char head[] = "aril-", tail[] = ".scope";
	const char *name = c->unit->name;
	size_t n = strlen(name);

	claim(n <= 255 && strspn(name, LETTERS) == n);
	claim(str_ends(name, c->unit->slice ? ".scope" : ".slice") && n > 6);
	claim(!c->unit->slice ||
	      (strspn(c->unit->slice, LETTERS) == strlen(c->unit->slice) &&
	       strlen(c->unit->slice) <= 255 && str_ends(c->unit->slice, ".slice")));
	claim(c->unit->user == (in->facts.euid != 0 || in->facts.in_userns));
	if (str_empty(in->path))
		claim(str_starts(name, head) &&
		      strcmp(unescaped(a, name + strlen(head),
				       n - strlen(head) - strlen(tail)),
			     in->request.id) == 0);
}

static void claim_place(const struct input *in, const struct plan_cgroup *c)
{
	bool owner = in->facts.euid == 0 && !in->facts.in_userns;

	if (c->way != CGROUP_MAKE)
		return;
	if (c->unit)
		claim(!c->path);
	else
		claim(path_below(c->path, owner ? "/" : ABOVE) || !in->facts.cgroup_own);
	claim(!in->request.no_cgroup && in->facts.cgroup_mount);
}

static void plan_it(struct input *in, struct arena *a)
{
	struct check_report report = CHECK_REPORT(a);
	struct err e = ERR_NONE;
	struct plan *plan;
	struct spec *s;

	claim(spec_read(document, strlen(document), a, &s, &e) == 0);
	s->linux->cgroups_path = in->path ? arena_strdup(a, in->path) : NULL;
	s->annotations = in->annotations;
	if (in->facts.euid != 0)
		*list_add(a, &s->linux->namespaces) =
			(struct spec_namespace){ .type = (char *)"user" };
	else
		s->linux->uid_mappings.n = s->linux->gid_mappings.n = 0;
	spec_check(s, &report);
	if (check_result(&report, &e) < 0 ||
	    plan_build(s, &in->facts, &in->request, a, &plan, &e) < 0) {
		claim_refusal(&e);
		return;
	}
	claim_place(in, &plan->cgroup);
	if (plan->cgroup.unit)
		claim_unit(in, &plan->cgroup, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autoarena a = ARENA_NONE;
	struct input in = {
		.facts = { .can_mount = true,
			   .can_raise = true,
			   .cgroups = CGROUPS_UNIFIED,
			   .cgroup_mount = "/sys/fs/cgroup",
			   .cgroup_own = OWN },
		.request = { .id = "web", .bundle = "/bundle" },
	};

	fuzz_arena(&a, false);
	read_lines(&in, fuzz_text(&a, data, size), &a);
	plan_it(&in, &a);
	return 0;
}
