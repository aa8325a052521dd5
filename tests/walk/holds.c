/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold when a verb has succeeded, in spite of its fault. Runs on the host. */
#include "tests/walk/scene.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const words_t start_words = { "start", ID };
const words_t delete_words = { "delete", ID };
const words_t force_words = { "delete", "--force", ID };

/* What the program inside said, and aril did, without a fault; numbers are all alike, and
 * so are the blanks before them */
static struct text wanted;

static void flatten(const char *from, struct text *to)
{
	to->n = 0;
	for (; *from && to->n < sizeof(to->s) - 1; from++) {
		bool digit = isdigit((unsigned char)*from);

		char as = digit ? '#' : *from;

		if ((digit || as == ' ') && to->n && to->s[to->n - 1] == as)
			continue;
		to->s[to->n++] = as;
	}
	to->s[to->n] = '\0';
}

void wanted_reset(void)
{
	wanted.n = 0;
}

/* A user whose name cannot be read is a number, as ps(1) shows it */
static void number_users(struct text *t)
{
	static const char *const names[] = { "root ", "walk " };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		for (char *at; (at = strstr(t->s, names[i])) != NULL; t->n -= 3) {
			*at = '#';
			memmove(at + 1, at + 4, strlen(at + 4) + 1);
		}
	}
}

const char *output_holds(struct walk *w)
{
	static char why[600];
	static struct text got;
	size_t at = 0, begin;

	peers_take(w);
	flatten(output_read(w), &got);
	number_users(&got);
	if (!got.n)
		return "nothing was said";
	if (!wanted.n)
		wanted = got;
	if (strcmp(got.s, wanted.s) == 0)
		return NULL;
	while (got.s[at] && got.s[at] == wanted.s[at])
		at++;
	for (begin = at; begin > 0 && got.s[begin - 1] != '\n'; begin--)
		;
	snprintf(why, sizeof(why), "it says \"%.*s\", not \"%.*s\"",
		 (int)strcspn(got.s + begin, "\n"), got.s + begin,
		 (int)strcspn(wanted.s + begin, "\n"), wanted.s + begin);
	return why;
}

const char *program_ended(struct walk *w)
{
	return children_gone(w, 0, RUN_MS) ? NULL : "the container does not end";
}

/* What was written to the terminal; the container's own process may go on */
const char *terminal_holds(struct walk *w)
{
	if (!children_gone(w, child_first(), RUN_MS))
		return "the program does not end";
	return output_holds(w);
}

const char *started_holds(struct walk *w)
{
	const char *why = program_ended(w);

	return why ? why : output_holds(w);
}

const char *created_holds(struct walk *w)
{
	if (child_count() == 0) /* with --net user it is not alone */
		return "there is no process";
	if (command_aril(w, NULL, start_words) != 0)
		return "it cannot be started";
	return started_holds(w);
}

static bool says(struct walk *w, const char *text)
{
	return strstr(error_read(w), text) != NULL;
}

const char *stopped_holds(struct walk *w)
{
	static const words_t state_words = { "state", ID };
	static char why[600], line[512];

	if (!children_gone(w, 0, SETTLE_MS))
		return "it cannot be started, and lives";
	output_reset(w);
	if (command_aril(w, NULL, state_words) != 0 || *error_read(w))
		return "there is no state of it";
	if (!strstr(output_read(w), "\"status\": \"stopped\""))
		return "it has ended, and state does not say stopped";
	if (command_aril(w, NULL, start_words) == 1 &&
	    has_line(error_read(w), line, sizeof(line)) &&
	    says(w, "cannot start a container that has stopped"))
		return NULL;
	snprintf(why, sizeof(why), "it has stopped, and start says: %s", line);
	return why;
}

const char *late_holds(struct walk *w, bool *ended)
{
	static char why[600], line[512];
	int status;

	*ended = false;
	status = command_aril(w, NULL, start_words);
	if (status == 0)
		return started_holds(w);
	*ended = true;
	if (status == 1 && has_line(error_read(w), line, sizeof(line)))
		return stopped_holds(w);
	snprintf(why, sizeof(why), "start: status %d: %s", status, line);
	return why;
}

const char *deleted_holds(struct walk *w)
{
	(void)w;
	return child_count() == 0 ? NULL : "a process lives";
}

const char *frozen_holds(struct walk *w)
{
	(void)w;
	return cgroup_reads(child_first(), "cgroup.events", "frozen 1")
		       ? NULL
		       : "it is not frozen";
}

const char *thawed_holds(struct walk *w)
{
	(void)w;
	return cgroup_reads(child_first(), "cgroup.events", "frozen 0")
		       ? NULL
		       : "it is not thawed";
}

/* update.want: the name of a file and what it reads now */
const char *updated_holds(struct walk *w)
{
	char path[4200], file[128] = "", want[128] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/update.want", w->bundles);
	f = fopen(path, "re");
	if (!f || fscanf(f, "%127s %127s", file, want) != 2)
		return "there is no update.want";
	fclose(f);
	return cgroup_reads(child_first(), file, want) ? NULL : "the limit is not set";
}
