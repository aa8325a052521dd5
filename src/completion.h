/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Completion for shells, made of the tables by which command lines are read. Runs in the
 * program.
 *
 * What a word can be is a kind: "id" (of a container, from `aril list -q`), "file",
 * "dir", "words A B C"; "" is anything else. bash and zsh get the tables as the
 * same functions, each a `case`, and a function of their own that asks them; fish gets
 * one line for each option.
 */
#ifndef SRC_COMPLETION_H
#define SRC_COMPLETION_H

#include "base/text.h"
#include "src/cmd.h"

/* The script for "bash", "zsh" or "fish", in the arena; NULL for others */
char *completion_script(const char *shell, struct arena *a);

/* The kind of an option's value, in the arena; "" for flags, and what is not known */
const char *completion_value(const struct opt *o, struct arena *a);

/* The kind of word n (from 0) of a verb, in the arena */
const char *completion_word(const struct verb *v, size_t n, struct arena *a);

/* A text on one line, fit to stand between single quotes of a POSIX shell and of fish */
char *completion_quoted(const char *text, struct arena *a);

/* Does the option take the next word as its value? */
bool completion_takes(const struct opt *o);

/* Add the script for fish */
void completion_fish(struct text *t);

#endif
