/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aril-systemd: speaks with systemd over D-Bus on behalf of aril, which is one static
 * program and cannot have libsystemd in it. Run by cgroups/unit_call.c for each request,
 * with a socket as stdin; cgroups/unit_words.h has the language. Not for people.
 *
 * While a container is made, it is in the container's cgroup. It is a process of the
 * host: not in the container's PID namespace, not dumpable, so that no process of the
 * same user can trace it or read its /proc/PID; and it dies with the one that runs it.
 */
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/asked.h"
#include "base/str.h"
#include "cgroups/systemd/manager.h"
#include "cgroups/systemd/request.h"
#include "cgroups/systemd/verbs.h"
#include "cgroups/unit_words.h"

static const struct verb {
	const char *name;
	int (*run)(struct manager *m, struct arena *a, struct err *e);
	bool has_unit;
} verbs[] = {
	{ "attach", verb_attach, true },    { "set", verb_set, true },
	{ "start", verb_start, true },	    { "stop", verb_stop, true },
	{ "version", verb_version, false },
};

static const struct verb *find_verb(int argc, char **argv)
{
	for (size_t i = 0; argc >= 2 && i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, argv[1]) == 0 &&
		    (argc == 3 || !verbs[i].has_unit))
			return &verbs[i];
	return NULL;
}

static int harden(struct err *e)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return err_sys(e, "prepare aril-systemd");
	return asked_harden("aril-systemd", 3, e);
}

static int answer(const struct verb *verb, struct request *r, struct arena *a,
		  struct err *e)
{
	struct manager m;
	int ret;

	if (request_read(r, a, e) < 0 || manager_open(&m, r, e) < 0)
		return -1;
	ret = verb->run(&m, a, e);
	manager_done(&m);
	if (ret == 0 && m.invocation)
		asked_answer(r->sock, "invocation", m.invocation);
	if (ret == 0)
		asked_answer(r->sock, m.word, m.text);
	return ret;
}

int main(int argc, char **argv)
{
	const struct verb *verb = find_verb(argc, argv);
	struct request r = { .sock = 0 };
	struct arena a = ARENA_NONE;
	struct err e = ERR_NONE;

	if (!verb)
		return 2;
	r.unit = verb->has_unit ? argv[2] : NULL;
	if (harden(&e) < 0 || arena_open(&a, false, &e) < 0 ||
	    answer(verb, &r, &a, &e) < 0) {
		asked_error(r.sock, &e);
		return 1;
	}
	if (verb->run == verb_start && str_ends(r.unit, ".scope"))
		asked_wait_end(r.sock, UNIT_HOLD_MS);
	return 0;
}
