/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can this bundle run here? Its document is checked and planned; nothing is done. Runs in
 * the program. */
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "src/hint.h"
#include "src/out_keys.h"
#include "src/out_line.h"
#include "src/survey.h"

static void add(const struct call *c, findings_t *out, const char *place, bool warning,
		const struct err *e)
{
	struct finding *f = list_add(c->arena, out);
	char pointer[256] = "";
	struct line text = { .n = 0 };
	const char *advice = hint_find(e);
	const char *end = e->plain || !e->num ? "" : err_name(e->num);

	if (!place && out_pointer(e->text, pointer, sizeof(pointer)))
		place = pointer;
	*f = (struct finding){ .name = "bundle",
			       .lacking = true,
			       .weight = warning ? SURVEY_LIMITS : SURVEY_ESSENTIAL,
			       .place = place ? arena_strdup(c->arena, place) : NULL };
	line_add(&text, e->text);
	line_add(&text, *end ? ": " : "");
	line_add(&text, end);
	line_add(&text, advice ? ": " : "");
	line_add(&text, advice ? advice : "");
	line_flatten(&text);
	f->text = arena_strdup(c->arena, text.text);
}

static void add_notes(const struct call *c, const struct check_report *r, findings_t *out)
{
	LIST_EACH (note, &r->notes) {
		struct err e = ERR_NONE;

		err_plain(&e, EINVAL, "%s: %s", note->path, note->what);
		add(c, out, NULL, note->warning, &e);
	}
}

int survey_bundle(const struct call *c, const struct launch *how, findings_t *out,
		  struct err *e)
{
	struct check_report report = CHECK_REPORT(c->arena);
	const char *path = arena_fmt(c->arena, "%s/%s", how->request.bundle,
				     how->config ? how->config : "config.json");
	struct err wrong = ERR_NONE;
	struct spec *spec;
	char *text, *plan;
	size_t len;

	text = file_read(c->arena, AT_FDCWD, path, JSON_SIZE_MAX, &len, e);
	if (!text && e->num == ENOENT)
		return err_set(e, ENOENT, "JSON specification file %s not found", path);
	if (!text)
		return -1;
	if (spec_read(text, len, c->arena, &spec, &wrong) < 0) {
		add(c, out, NULL, false, &wrong);
		return 0;
	}
	spec_check(spec, &report);
	add_notes(c, &report, out);
	if (report.errors == 0 && launch_plan(how, c->arena, &plan, &wrong) < 0)
		add(c, out, NULL, false, &wrong);
	else if (report.errors == 0)
		*list_add(c->arena, out) =
			(struct finding){ .name = "bundle",
					  .weight = SURVEY_ESSENTIAL,
					  .text = "it can be planned (see aril plan)" };
	return 0;
}
