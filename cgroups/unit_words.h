/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words between the program (cgroups/unit_call.c) and aril-systemd
 * (cgroups/systemd/), which is run as `aril-systemd VERB [UNIT]` with a stream socket as
 * its stdin, and nothing else: no environment, no other fd.
 *
 * Both sides speak in lines (base/words.h). A request, in this order:
 *
 *	manager ADDRESS		D-Bus addresses that are tried in order: of the service
 *	bus ADDRESS		manager itself, or of a bus that it is on
 *	timeout MS		for all together
 *	property NAME TYPE	see struct unit_property
 *	value TEXT		of the last property, any number of times
 *	process PID		for attach
 *	below CGROUP		for attach, below the unit's own
 *	invocation ID		for stop: none but this one; 32 hexadecimal digits
 *	end
 *
 * An answer is one of
 *
 *	cgroup PATH		to start: it is active; a scope has the helper in it
 *	version N		to version
 *	done			to the others
 *	error NUM TEXT		an errno value
 *
 * and before "cgroup" is a line "invocation ID".
 *
 * After the answer the helper ends; but the one that started a scope stays until its
 * socket has an end of file, at most UNIT_HOLD_MS.
 */
#ifndef CGROUPS_UNIT_WORDS_H
#define CGROUPS_UNIT_WORDS_H

#define UNIT_HOLD_MS   120000
#define INVOCATION_LEN 32 /* digits */

#endif
