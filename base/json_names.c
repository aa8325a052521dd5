/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A set of keyed hashes with open addressing; runs in the program */
#include "base/json_names.h"

#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* The kernel gives each process 16 random bytes with its arguments; reading them
 * saves a getrandom(2). SipHash does not reveal its key. */
void json_names_open(struct json_names *names)
{
	const void *seed = (const void *)getauxval(AT_RANDOM);

	memset(names, 0, sizeof(*names));
	if (seed)
		memcpy(names->key, seed, sizeof(names->key));
	names->slots = names->first;
	names->size = JSON_NAMES_FIRST;
}

void json_names_done(struct json_names *names)
{
	if (names->slots != names->first)
		free(names->slots);
	names->slots = names->first;
}

static uint64_t rotate(uint64_t v, int bits)
{
	return v << bits | v >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

uint64_t json_names_hash(const uint64_t key[2], uint64_t object, const char *name,
			 size_t len)
{
	uint64_t v[4] = {
		key[0] ^ 0x736f6d6570736575,
		key[1] ^ 0x646f72616e646f6d,
		key[0] ^ 0x6c7967656e657261,
		key[1] ^ 0x7465646279746573,
	};
	uint64_t word;
	size_t at;

	sip_word(v, object);
	for (at = 0; len - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, name + at, sizeof(word));
		sip_word(v, word);
	}
	word = 0;
	memcpy(&word, name + at, len - at);
	sip_word(v, word ^ (uint64_t)(len + sizeof(object)) << 56);
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Put a hash (not 0, which marks a free slot) into its place; false when it is there */
static bool slot_take(uint64_t *slots, size_t size, uint64_t hash)
{
	size_t i = hash & (size - 1);

	while (slots[i] && slots[i] != hash)
		i = (i + 1) & (size - 1);
	if (slots[i])
		return false;
	slots[i] = hash;
	return true;
}

static void names_widen(struct json_names *names)
{
	size_t size = names->size * 4;
	uint64_t *slots = calloc(size, sizeof(*slots));

	if (!slots)
		abort();
	for (size_t i = 0; i < names->size; i++)
		if (names->slots[i])
			slot_take(slots, size, names->slots[i]);
	json_names_done(names);
	names->slots = slots;
	names->size = size;
}

bool json_names_add(struct json_names *names, uint64_t object, const char *name,
		    size_t len)
{
	uint64_t hash = json_names_hash(names->key, object, name, len) | 1;

	if (names->used >= names->size / 2)
		names_widen(names);
	if (!slot_take(names->slots, names->size, hash))
		return false;
	names->used++;
	return true;
}
