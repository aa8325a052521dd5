/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See emit.h. Runs in the program. */
#include "seccomp/emit.h"

#include <string.h>

#define NEAR	   250 /* jumps reach 255 instructions; some may come between */
#define THREAD_MAX 64  /* instructions to follow: no time for more */
#define LOAD	   (BPF_LD | BPF_W | BPF_ABS)

/* Where a verdict was returned last; an open hash */
struct seat {
	uint32_t verdict, place;
	bool used;
};

bool goal_same(struct goal a, struct goal b)
{
	return a.kind == b.kind && a.at == b.at;
}

void emit_open(struct emitter *e, size_t verdicts, struct arena *a)
{
	*e = (struct emitter){ .arena = a, .seats_size = 16 };
	while (e->seats_size < verdicts * 2)
		e->seats_size *= 2;
	e->seats = arena_array(a, struct seat, e->seats_size);
	/* untouched pages cost nothing */
	e->code = arena_array(a, struct sock_filter, EMIT_MAX);
	e->bridges = arena_array(a, uint32_t, EMIT_MAX);
}

static uint32_t push(struct emitter *e, uint16_t code, uint32_t k)
{
	if (e->n == EMIT_MAX) {
		e->full = true;
		return EMIT_MAX - 1;
	}
	e->code[e->n] = (struct sock_filter){ .code = code, .k = k };
	return (uint32_t)e->n++;
}

static bool is_near(const struct emitter *e, uint32_t place)
{
	return e->n - place <= NEAR;
}

static struct seat *find_seat(struct emitter *e, uint32_t verdict)
{
	size_t at = (verdict * 0x9e3779b1U >> 7) & (e->seats_size - 1);

	while (e->seats[at].used && e->seats[at].verdict != verdict)
		at = (at + 1) & (e->seats_size - 1);
	return &e->seats[at];
}

static uint32_t reach_verdict(struct emitter *e, uint32_t verdict)
{
	struct seat *seat = find_seat(e, verdict);

	if (!seat->used || !is_near(e, seat->place))
		*seat = (struct seat){ verdict, push(e, BPF_RET | BPF_K, verdict), true };
	return seat->place;
}

/* The place of the goal, not far from here: a verdict or a jump may have to be added */
static uint32_t reach(struct emitter *e, struct goal goal)
{
	uint32_t *bridge;

	if (goal.kind == GOAL_VERDICT)
		return reach_verdict(e, goal.at);
	if (is_near(e, goal.at))
		return goal.at;
	bridge = &e->bridges[goal.at];
	if (*bridge == 0 || !is_near(e, *bridge - 1))
		*bridge = 1 + push(e, BPF_JMP | BPF_JA, (uint32_t)e->n - goal.at - 1);
	return *bridge - 1;
}

static struct goal place_of(uint32_t place)
{
	return (struct goal){ GOAL_PLACE, place };
}

struct goal emit_jump(struct emitter *e, uint16_t op, uint32_t k, struct goal when_true,
		      struct goal when_false)
{
	uint32_t jt, jf, at;

	if (goal_same(when_true, when_false))
		return when_true;
	jt = reach(e, when_true);
	jf = reach(e, when_false);
	at = push(e, BPF_JMP | op | BPF_K, k);
	e->code[at].jt = (uint8_t)(at - 1 - jt);
	e->code[at].jf = (uint8_t)(at - 1 - jf);
	return place_of(at);
}

struct goal emit_before(struct emitter *e, uint16_t code, uint32_t k)
{
	return place_of(push(e, code, k));
}

struct goal emit_load(struct emitter *e, uint32_t offset, struct goal next)
{
	if (next.kind == GOAL_VERDICT)
		return next;
	if (next.at + 1 != e->n)
		push(e, BPF_JMP | BPF_JA, (uint32_t)e->n - next.at - 1);
	return emit_before(e, LOAD, offset);
}

/* What is known of this comparison of the word at `offset`: 1 true, 0 false, -1: no */
static int decide(const struct sock_filter *i, uint32_t offset, const struct known *known)
{
	bool equality = i->code == (BPF_JMP | BPF_JEQ | BPF_K);

	for (size_t n = 0; n < ARRAY_LEN(known->facts); n++) {
		const struct fact *fact = &known->facts[n];

		if (!equality || offset == WORD_NONE || fact->offset != offset)
			continue;
		if (fact->equal)
			return fact->k == i->k;
		if (fact->k == i->k)
			return 0;
	}
	return -1;
}

struct goal emit_thread(const struct emitter *e, struct goal goal,
			const struct known *known)
{
	struct goal best = goal;
	uint32_t at = goal.at, wants = WORD_NONE; /* to be loaded when we get there */

	if (goal.kind != GOAL_PLACE)
		return goal;
	for (unsigned steps = 0; steps < THREAD_MAX; steps++) {
		const struct sock_filter *i = &e->code[at];
		int way;

		if (i->code == (BPF_RET | BPF_K))
			return (struct goal){ GOAL_VERDICT, i->k };
		if (i->code == LOAD) {
			best = place_of(at);
			wants = i->k;
			at--;
			if (wants == known->loaded)
				best = place_of(at);
			continue;
		}
		if (i->code == (BPF_JMP | BPF_JA)) {
			at -= i->k + 1;
			continue;
		}
		if (wants == known->loaded && wants != WORD_NONE)
			best = place_of(at);
		way = BPF_CLASS(i->code) == BPF_JMP ? decide(i, wants, known) : -1;
		if (way < 0)
			break;
		at -= 1U + (way ? i->jt : i->jf);
	}
	return best;
}

static void mark(bool *used, size_t n, const struct sock_filter *code)
{
	used[0] = true;
	for (size_t pc = 0; pc < n; pc++) {
		const struct sock_filter *i = &code[pc];

		if (!used[pc] || BPF_CLASS(i->code) == BPF_RET)
			continue;
		if (i->code == (BPF_JMP | BPF_JA)) {
			used[pc + 1 + i->k] = true;
		} else if (BPF_CLASS(i->code) == BPF_JMP) {
			used[pc + 1 + i->jt] = true;
			used[pc + 1 + i->jf] = true;
		} else {
			used[pc + 1] = true;
		}
	}
}

/* Move what is used together; distances only become smaller */
static size_t compact(struct sock_filter *code, size_t n, struct arena *a)
{
	bool *used = arena_array(a, bool, n);
	uint32_t *to = arena_array(a, uint32_t, n);
	size_t left = 0;

	mark(used, n, code);
	for (size_t pc = 0; pc < n; pc++) {
		to[pc] = (uint32_t)left;
		left += used[pc];
	}
	for (size_t pc = 0; pc < n; pc++) {
		struct sock_filter i = code[pc];

		if (!used[pc])
			continue;
		if (i.code == (BPF_JMP | BPF_JA)) {
			i.k = to[pc + 1 + i.k] - to[pc] - 1;
		} else if (BPF_CLASS(i.code) == BPF_JMP) {
			i.jt = (uint8_t)(to[pc + 1 + i.jt] - to[pc] - 1);
			i.jf = (uint8_t)(to[pc + 1 + i.jf] - to[pc] - 1);
		}
		code[to[pc]] = i;
	}
	return left;
}

size_t emit_close(struct emitter *e, struct goal goal, struct sock_filter **code)
{
	if (goal.kind == GOAL_VERDICT)
		push(e, BPF_RET | BPF_K, goal.at);
	else if (goal.at + 1 != e->n)
		push(e, BPF_JMP | BPF_JA, (uint32_t)e->n - goal.at - 1);
	if (e->full)
		return 0;
	for (size_t i = 0; i < e->n / 2; i++) {
		struct sock_filter swap = e->code[i];

		e->code[i] = e->code[e->n - 1 - i];
		e->code[e->n - 1 - i] = swap;
	}
	*code = e->code;
	return compact(e->code, e->n, e->arena);
}
