/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aril check: what this host, and a bundle on it, allow; runs in the program */
#include <string.h>

#include "base/str.h"
#include "base/text.h"
#include "src/cmd.h"
#include "src/cmd_new.h"
#include "src/survey.h"

struct check_options {
	bool json;
};

static const struct opt rows[] = {
	OPT_ROW(FLAG, struct check_options, json, "json", 0, NULL, "write a JSON object"),
};

/* In the order of weights. The last is worst. */
static const struct {
	const char *word;
	int status;
} verdicts[] = {
	[SURVEY_NEVER] = { "ok", 0 },
	[SURVEY_EXTRA] = { "absent", 0 },
	[SURVEY_LIMITS] = { "limited", 2 },
	[SURVEY_ESSENTIAL] = { "missing", 1 },
};

static enum survey_weight verdict_of(const struct finding *f)
{
	return f->lacking ? f->weight : SURVEY_NEVER;
}

static enum survey_weight worst_of(const findings_t *all)
{
	enum survey_weight worst = SURVEY_NEVER;

	LIST_EACH (f, all)
		if (verdict_of(f) > worst)
			worst = verdict_of(f);
	return worst == SURVEY_EXTRA ? SURVEY_NEVER : worst;
}

static char *as_text(struct arena *a, const findings_t *all)
{
	struct text t = TEXT(a);

	LIST_EACH (f, all) {
		text_add(&t, "%-20s%-9s%s\n", f->name, verdicts[verdict_of(f)].word,
			 f->text);
		if (f->lacking && f->mend)
			text_add(&t, "%29s%s\n", "mend: ", f->mend);
	}
	return t.s;
}

static int print_json(const findings_t *all, struct err *e)
{
	autojson j = JSON_WRITER_NONE;

	json_start(&j, "  ");
	json_map_begin(&j);
	json_put_str(&j, "verdict", verdicts[worst_of(all)].word);
	json_key(&j, "findings");
	json_list_begin(&j);
	LIST_EACH (f, all) {
		json_map_begin(&j);
		json_put_str(&j, "name", f->name);
		json_put_str(&j, "verdict", verdicts[verdict_of(f)].word);
		json_put_str(&j, "text", f->text);
		if (f->lacking && f->mend)
			json_put_str(&j, "mend", f->mend);
		if (f->place)
			json_put_str(&j, "config", f->place);
		json_map_end(&j);
	}
	json_list_end(&j);
	json_map_end(&j);
	return call_print_json(&j, e);
}

static int check_run(struct call *c, const void *options, struct err *e)
{
	const struct check_options *o = options;
	struct launch how = { .request = { .id = "check" } };
	struct new_options new = { .bundle = c->words.n ? c->words.items[0] : NULL };
	findings_t all = { NULL, 0 };

	if (survey_host(c, &all, e) < 0)
		return -1;
	if (new.bundle && (new_launch(c, &new, "check", &how, e) < 0 ||
			   survey_bundle(c, &how, &all, e) < 0))
		return -1;
	if ((o->json ? print_json(&all, e) : call_print(as_text(c->arena, &all), e)) < 0)
		return -1;
	return verdicts[worst_of(&all)].status;
}

const struct verb verb_check = {
	.name = "check",
	.words = "[BUNDLE]",
	.summary = "tell what this host and a bundle allow, and what mends it",
	.no_root = true,
	.max = 1,
	.options = OPT_TABLE(rows),
	.size = sizeof(struct check_options),
	.run = check_run,
};
