/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a scene is: the verb that has the fault, what is made before it, and what must
 * hold after it. scenes.c: all of them; holds.c: what holds; scene.c: the way of one.
 */
#ifndef TESTS_WALK_SCENE_H
#define TESTS_WALK_SCENE_H

#include "tests/walk/walk.h"

#define ID	"walk"
#define WAITING 1000 /* the process number of an init that waits for its start */

typedef const char *const words_t[16];

/* What is there when the verb has failed */
enum failed { NOTHING, CONTAINER, PARTS };

struct scene {
	const char *name;
	const char *bundle; /* report/: its program reports and ends; wait/: it waits */
	words_t before[3];
	words_t verb;
	int good, bad; /* exit statuses */
	enum failed failed;
	bool traces_init; /* that of the container that waits */
	bool waits;	  /* init waits for its start when the verb has ended */
	/* after success: NULL, or what is wrong; leaves a container or none */
	const char *(*holds)(struct walk *w);
};

extern const struct scene scenes[];
extern const size_t n_scenes;

extern const words_t start_words, delete_words, force_words;

/* --- holds.c */

/* What is said from now on is what must be said */
void wanted_reset(void);

const char *output_holds(struct walk *w);
const char *terminal_holds(struct walk *w);
const char *program_ended(struct walk *w);
const char *started_holds(struct walk *w);
const char *created_holds(struct walk *w);
const char *deleted_holds(struct walk *w);
const char *frozen_holds(struct walk *w);
const char *thawed_holds(struct walk *w);
const char *updated_holds(struct walk *w);

/* init had a fault when `create` had already said success: either it is as if there was
 * none; or `state` says stopped, and `start` says so in one line. *ended tells which. */
const char *late_holds(struct walk *w, bool *ended);

/* init has ended: `state` says stopped, and `start` says so in one line */
const char *stopped_holds(struct walk *w);

/* --- scene.c */

/* One line of aril's, which is more than the name of an error; `why` gets it */
bool has_line(const char *text, char *why, size_t size);

#endif
