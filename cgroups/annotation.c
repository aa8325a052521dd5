/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Annotations "org.systemd.property.NAME"; pure, runs in the program */
#include <string.h>

#include "base/str.h"
#include "cgroups/gvariant.h"
#include "cgroups/unit.h"

#define PREFIX	     "org.systemd.property."
#define USEC_PER_SEC 1000000UL

/* "5", "0.25", "infinity" as microseconds */
static bool usec_parse(const char *text, uint64_t *usec)
{
	size_t whole = strspn(text, "0123456789"), digits;
	uint64_t seconds, part = 0;

	if (strcmp(text, "infinity") == 0 || strcmp(text, "18446744073709551615") == 0) {
		*usec = UINT64_MAX;
		return true;
	}
	if (!str_u64n(text, whole, UINT64_MAX / USEC_PER_SEC - 1, &seconds))
		return false;
	text += whole;
	digits = *text == '.' ? strspn(++text, "0123456789") : 0;
	if (text[digits])
		return false;
	for (size_t i = 0; i < 6; i++)
		part = part * 10 + (i < digits ? (uint64_t)(text[i] - '0') : 0);
	*usec = seconds * USEC_PER_SEC + part;
	return true;
}

static bool is_seconds(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && strcmp(name + n - 3, "Sec") == 0 && name[n - 4] >= 'a' &&
	       name[n - 4] <= 'z';
}

static const char *to_usec(struct unit_property *p, struct arena *a)
{
	uint64_t usec;

	if (p->values.n != 1 || strlen(p->type) != 1 || !strchr("ynqiuxtds", *p->type) ||
	    !usec_parse(p->values.items[0], &usec))
		return "a value that is no number of seconds";
	p->name = arena_fmt(a, "%.*sUSec", (int)strlen(p->name) - 3, p->name);
	p->type = "t";
	p->values.items[0] = arena_fmt(a, "%lu", usec);
	return NULL;
}

/*
 * What aril says itself, and the member of the document that it has it from. Another
 * value would bring foreign processes into the unit, to be killed with it (PIDs), take
 * the container out of its engine's limits (Slice), or out of its own, which systemd
 * would then write over (Delegate).
 */
static const char *decided_by(const char *name)
{
	static const struct {
		const char *name, *member;
	} rows[] = {
		{ "PIDs", "process" },
		{ "PIDFDs", "process" },
		{ "User", "process.user" },
		{ "Group", "process.user" },
		{ "Slice", "linux.cgroupsPath" },
		{ "Controller", "linux.cgroupsPath" },
		{ "Delegate", "linux.cgroupsPath" },
		{ "DelegateControllers", "linux.cgroupsPath" },
		{ "DelegateSubgroup", "linux.cgroupsPath" },
		{ "BPFProgram", "linux.resources.devices" },
		{ "DeviceAllow", "linux.resources.devices" },
		{ "DevicePolicy", "linux.resources.devices" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].member;
	return unit_property_is_limit(name) ? "linux.resources" : NULL;
}

int unit_property_parse(const char *key, const char *value, struct arena *a,
			struct unit_property *out, struct err *e)
{
	const char *name, *wrong, *member;

	if (!str_starts(key, PREFIX))
		return 0;
	name = key + strlen(PREFIX);
	if (strlen(name) < 3 ||
	    name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")])
		return err_plain(e, EINVAL,
				 "annotation %s: a property's name has at least three "
				 "letters, and nothing else",
				 key);
	*out = (struct unit_property){ .name = name };
	wrong = gvariant_read(value, a, out);
	if (!wrong && is_seconds(name))
		wrong = to_usec(out, a);
	if (wrong)
		return err_plain(e, EINVAL, "annotation %s: \"%s\": %s", key, value,
				 wrong);
	member = decided_by(out->name);
	if (member)
		return err_plain(e, EINVAL,
				 "annotation %s: %s is not an annotation's to set: %s "
				 "decides",
				 key, out->name, member);
	return 1;
}
