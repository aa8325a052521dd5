/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * systemd's manager, as the D-Bus object org.freedesktop.systemd1: connected to, called,
 * its jobs waited for; never longer than the request allows. Runs in aril-systemd.
 */
#ifndef CGROUPS_SYSTEMD_MANAGER_H
#define CGROUPS_SYSTEMD_MANAGER_H

#include <systemd/sd-bus.h>

#include "base/err.h"
#include "cgroups/systemd/request.h"

struct manager {
	const struct request *request;
	sd_bus *bus;
	bool is_direct; /* no daemon is between */
	int64_t end;	/* clock_ms() when all must be done: the request's */
	/* the job that is waited for, and how it ended; "": not yet */
	const char *job;
	char result[32];
	/* the answer to the request; all but word may be NULL */
	const char *word, *text, *invocation;
};

/* Connect to the first of the addresses that answers */
int manager_open(struct manager *m, const struct request *r, struct err *e);
void manager_done(struct manager *m);

/* A call of the manager's method; the caller appends arguments and frees it */
sd_bus_message *manager_message(struct manager *m, const char *method, struct err *e);

/* A call of a method of a unit, which may also be named by its InvocationID: then it is
 * ENOENT when the unit of that name has been started anew since */
sd_bus_message *manager_unit_message(struct manager *m, const char *unit,
				     const char *method, struct err *e);

/* Send it; the reply (may be NULL: nobody wants it) is the caller's. what: was being
 * done, for the error; its number follows from the D-Bus error's name. */
int manager_call(struct manager *m, sd_bus_message *message, sd_bus_message **reply,
		 const char *what, struct err *e);

/* A property of the manager itself or of the request's unit, a text (type "s"), as a copy
 * in the arena; interface: "Unit", "Scope", "Manager" ... */
char *manager_text(struct manager *m, const char *interface, const char *property,
		   struct arena *a, struct err *e);

/* The request's unit: which start of it is active, 32 hexadecimal digits, in the arena;
 * ENOENT: none ever was. And one of its points in time, in us of CLOCK_REALTIME; 0: it
 * has not come. */
char *manager_invocation(struct manager *m, struct arena *a, struct err *e);
int manager_time(struct manager *m, const char *property, uint64_t *usec, struct arena *a,
		 struct err *e);

/* Before the call that makes a job: hear of the ends of jobs */
int manager_hear_jobs(struct manager *m, struct err *e);

/* Wait for the end of the job that the reply names. *result: "done", "failed" ... */
int manager_wait_job(struct manager *m, sd_bus_message *reply, const char *what,
		     const char **result, struct err *e);

static inline void message_unref(sd_bus_message **message)
{
	sd_bus_message_unref(*message);
}
#define automessage __attribute__((cleanup(message_unref))) sd_bus_message

#endif
