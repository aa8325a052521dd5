/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzzer's main() without libFuzzer: gives each file of the corpus to the entry point
 * once. A sanitizer or a crash ends it; that all files come through is the test. TAP.
 *
 *	NAME_fuzz			what is in tests/fuzz/corpus/NAME of $ARIL_SOURCE
 *	NAME_fuzz FILE|DIRECTORY...	these
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/check.h"

#define INPUT_MAX (8UL << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(INPUT_MAX), *exact;
	size_t n;

	if (!f || !data) {
		CHECK(false, "open %s", path);
		free(data);
		return;
	}
	n = fread(data, 1, INPUT_MAX, f);
	exact = malloc(n ? n : 1); /* so that ASan sees a step over the end */
	if (exact) {
		memcpy(exact, data, n);
		CHECK(LLVMFuzzerTestOneInput(exact, n) == 0, "%s",
		      strrchr(path, '/') + 1);
	}
	free(exact);
	free(data);
	fclose(f);
}

static void replay_directory(const char *path)
{
	struct dirent **entries = NULL;
	int n = scandir(path, &entries, NULL, alphasort), files = 0;
	char file[4096];

	for (int i = 0; i < n; i++) {
		if (entries[i]->d_name[0] != '.') {
			snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
			replay_file(file);
			files++;
		}
		free(entries[i]);
	}
	free(entries);
	CHECK(files > 0, "the corpus %s has files", path);
}

static void replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		CHECK(false, "find %s", path);
	else if (S_ISDIR(st.st_mode))
		replay_directory(path);
	else
		replay_file(path);
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	const char *source = getenv("ARIL_SOURCE");
	char path[4096];

	if (argc < 2) {
		snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%.*s",
			 source ? source : ".", (int)strcspn(name, "_"), name);
		replay(path);
	}
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return check_done();
}
