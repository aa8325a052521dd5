/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Running the tables of rules, and keeping what they find. Runs in the program; pure. The
 * rules are in check_top.c, check_process.c, check_linux.c, check_sysctl.c,
 * check_resources.c and check_seccomp.c.
 */
#include "libcontainer/spec/check.h"

#include <stdarg.h>
#include <string.h>

#include "base/fmt.h"
#include "base/json_text.h"
#include "libcontainer/spec/check_rules.h"

static const struct spec no_spec;
static const struct spec_linux no_linux;

static bool report_full(const struct check_report *r)
{
	return r->notes.n >= CHECK_NOTES_MAX;
}

__attribute__((format(printf, 4, 0))) static void add_note(struct check_report *r,
							   bool warning, const char *path,
							   const char *fmt, va_list ap)
{
	struct check_note *note;
	char what[ERR_TEXT];

	if (warning)
		r->warnings++;
	else
		r->errors++;
	if (report_full(r))
		return;
	fmt_vtext(what, sizeof(what), fmt, ap);
	note = list_add(r->arena, &r->notes);
	note->warning = warning;
	note->path = arena_strdup(r->arena, path);
	note->what = arena_strdup(r->arena, what);
}

void check_error(struct check_report *r, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(r, false, path, fmt, ap);
	va_end(ap);
}

void check_warning(struct check_report *r, const char *path, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(r, true, path, fmt, ap);
	va_end(ap);
}

const char *check_at(struct check_report *r, const char *fmt, ...)
{
	char path[ERR_TEXT / 2];
	va_list ap;

	if (report_full(r))
		return "";
	va_start(ap, fmt);
	fmt_vtext(path, sizeof(path), fmt, ap);
	va_end(ap);
	return arena_strdup(r->arena, path);
}

const char *check_shown(struct check_report *r, const char *text)
{
	char shown[65];

	if (report_full(r))
		return "";
	json_shown(shown, sizeof(shown), text, strlen(text));
	return arena_strdup(r->arena, shown);
}

bool check_namespace(const struct check *c, const char *type)
{
	return c->spaces & word_find(&words_namespaces, type);
}

static long listed_spaces(const struct spec_linux *linux)
{
	long spaces = 0, flag;

	LIST_EACH (ns, &linux->namespaces) {
		flag = word_find(&words_namespaces, ns->type);
		if (flag > 0)
			spaces |= flag;
	}
	return spaces;
}

static void run_rules(const struct check_rules *rules, const struct check *c)
{
	for (size_t i = 0; i < rules->n; i++)
		rules->items[i].run(c, rules->items[i].path);
}

void spec_check(const struct spec *s, struct check_report *r)
{
	static const struct check_rules *const tables[] = {
		&check_top_rules,	&check_mount_rules,    &check_linux_rules,
		&check_sysctl_rules,	&check_resource_rules, &check_seccomp_rules,
	};
	struct check c = {
		.spec = s,
		.process = s->process,
		.linux = s->linux ? s->linux : &no_linux,
		.r = r,
	};

	c.spaces = listed_spaces(c.linux);
	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		run_rules(tables[i], &c);
	if (!c.process)
		return;
	run_rules(&check_process_rules, &c);
}

void spec_check_process(const struct spec_process *p, struct check_report *r)
{
	struct check c = { .spec = &no_spec, .process = p, .linux = &no_linux, .r = r };

	run_rules(&check_process_rules, &c);
}

void spec_check_mounts(const struct spec *s, const struct spec_linux *linux,
		       struct check_report *r)
{
	struct check c = { .spec = s, .linux = linux ? linux : &no_linux, .r = r };

	c.spaces = listed_spaces(c.linux);
	run_rules(&check_mount_rules, &c);
}

void spec_check_resources(const struct resources *res, struct check_report *r)
{
	struct spec_linux linux = { .resources = (struct resources *)res };
	struct check c = { .spec = &no_spec, .linux = &linux, .r = r };

	run_rules(&check_resource_rules, &c);
}

int check_result(const struct check_report *r, struct err *e)
{
	size_t at = 0, told = 0,
	       room = sizeof(e->text) - sizeof("; and 18446744073709551615 more");
	char text[ERR_TEXT];

	if (!r->errors)
		return 0;
	LIST_EACH (note, &r->notes) {
		size_t n = strlen(note->path) + strlen(note->what) + sizeof("; : ");

		if (note->warning)
			continue;
		if (told && at + n > room)
			break;
		at += fmt_text(text + at, sizeof(text) - at, "%s%s: %s", told ? "; " : "",
			       note->path, note->what);
		told++;
		if (at >= room)
			break;
	}
	if (at > room)
		at = room; /* one that is longer than the message is cut */
	if (told < r->errors && told)
		fmt_text(text + at, sizeof(text) - at, "; and %zu more",
			 r->errors - told);
	else if (!told) /* warnings took all the places */
		fmt_text(text, sizeof(text), "the document has %zu mistakes", r->errors);
	return err_plain(e, EINVAL, "%s", text);
}
