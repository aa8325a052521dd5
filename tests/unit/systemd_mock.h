/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A systemd of our own, for what aril-systemd says and how it takes the answers: the
 * methods of org.freedesktop.systemd1.Manager that it calls, with a behaviour that
 * follows from the unit's name. On a socket of its own, as the true one's "private", or
 * on a bus. Runs as a child of the test.
 */
#ifndef TESTS_UNIT_SYSTEMD_MOCK_H
#define TESTS_UNIT_SYSTEMD_MOCK_H

/* Every unit's */
#define MOCK_INVOCATION "00112233445566778899aabbccddeeff"

/* Serve one connection after the other on a listening socket; never returns */
void mock_serve(int listener, const char *log) __attribute__((noreturn));

/* Serve on the bus at that address, a byte to `ready` when the name is ours */
void mock_serve_bus(const char *address, int ready, const char *log)
	__attribute__((noreturn));

#endif
