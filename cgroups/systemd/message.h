/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Properties of units in D-Bus messages. Runs in aril-systemd. */
#ifndef CGROUPS_SYSTEMD_MESSAGE_H
#define CGROUPS_SYSTEMD_MESSAGE_H

#include <systemd/sd-bus.h>

#include "base/err.h"
#include "cgroups/systemd/request.h"

/* Append the request's properties as "a(sv)"; own_process: and PIDs, with this process. A
 * value that is not of its type: EINVAL. */
int message_properties(sd_bus_message *message, const struct request *r, bool own_process,
		       struct err *e);

#endif
