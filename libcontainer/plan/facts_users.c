/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The caller's name and ranges of ids. The files are read here and not by getpwuid(3),
 * which in a static program needs the shared libraries of nsswitch.conf. Runs in the
 * program.
 */
#include "libcontainer/plan/facts_users.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/fmt.h"
#include "base/str.h"
#include "base/sys.h"

#define USERS_FILE_MAX (4UL << 20)

static const char *const helper_places[] = { "/usr/bin/", "/bin/", "/usr/local/bin/" };

/* A line's fields at their colons; n of them, the last one to the end of the line */
struct fields {
	const char *at[8];
	size_t len[8], n;
};

/* Returns the start of the next line; NULL at the end */
static const char *next_fields(const char *text, struct fields *f)
{
	f->n = 0;
	if (!*text)
		return NULL;
	for (;;) {
		size_t len = strcspn(text, ":\n");

		if (f->n < ARRAY_LEN(f->at)) {
			f->at[f->n] = text;
			f->len[f->n++] = len;
		}
		text += len;
		if (*text != ':')
			return text + (*text == '\n');
		text++;
	}
}

static bool field_u32(const struct fields *f, size_t i, uint32_t *v)
{
	uint64_t number;

	if (!str_u64n(f->at[i], f->len[i], UINT32_MAX, &number))
		return false;
	*v = (uint32_t)number;
	return true;
}

char *passwd_name(struct arena *a, const char *text, uint32_t uid)
{
	struct fields f;
	uint32_t number;

	while ((text = next_fields(text, &f)))
		if (f.n >= 7 && field_u32(&f, 2, &number) && number == uid)
			return arena_strndup(a, f.at[0], f.len[0]);
	return NULL;
}

static bool names_user(const struct fields *f, const char *user, uint32_t uid)
{
	uint32_t number;

	if (user && strlen(user) == f->len[0] && memcmp(user, f->at[0], f->len[0]) == 0)
		return true;
	return field_u32(f, 0, &number) && number == uid;
}

void subid_ranges(struct arena *a, const char *text, const char *user, uint32_t uid,
		  id_ranges_t *ranges)
{
	struct fields f;
	struct id_range range;

	while ((text = next_fields(text, &f))) {
		if (f.n != 3 || !names_user(&f, user, uid))
			continue;
		if (!field_u32(&f, 1, &range.first) || !field_u32(&f, 2, &range.size) ||
		    range.size == 0 || range.size > UINT32_MAX - range.first)
			continue;
		*list_add(a, ranges) = range;
	}
}

/* "" when it is not there */
static const char *users_file(struct arena *a, const char *path)
{
	struct err ignored = ERR_NONE;
	const char *text = file_read(a, AT_FDCWD, path, USERS_FILE_MAX, NULL, &ignored);

	return text ? text : "";
}

bool helper_find(const char *name, char *path, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(helper_places); i++) {
		fmt_text(path, size, "%s%s", helper_places[i], name);
		if (file_may(path, X_OK))
			return true;
	}
	return false;
}

int facts_users(struct facts *f, struct arena *a, struct err *e)
{
	/* the files may be long, and a is what init inherits */
	__attribute__((cleanup(arena_done))) struct arena scratch = ARENA_NONE;
	char path[64];

	if (arena_open(&scratch, false, e) < 0)
		return -1;
	f->user = passwd_name(a, users_file(&scratch, "/etc/passwd"), f->euid);
	subid_ranges(a, users_file(&scratch, "/etc/subuid"), f->user, f->euid,
		     &f->subuids);
	subid_ranges(a, users_file(&scratch, "/etc/subgid"), f->user, f->euid,
		     &f->subgids);
	f->has_newuidmap = helper_find("newuidmap", path, sizeof(path));
	f->has_newgidmap = helper_find("newgidmap", path, sizeof(path));
	return 0;
}
