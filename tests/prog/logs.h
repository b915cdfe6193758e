/* Log directories as others see them: made with a config, and read back, the
 * oldest file first. */
#ifndef WEIR_TEST_LOGS_H
#define WEIR_TEST_LOGS_H

#include <stddef.h>

#include "kit/bytes.h"
#include "kit/check.h"

enum {
	LABEL_CHARS = 25, /* @ and the time */
	NAME_CHARS = 27,  /* ... and .s or .u */
};

/* A log directory with n0 (nothing is pruned) and this config, where ';' is a
 * line end too. */
void dir_make(const char *path, const char *config);

/* The names of old files; starts as { 0 }, grows. */
struct names {
	char (*v)[NAME_CHARS + 1];
	size_t n, room;
};

/* Every label there is, .t and all, in order. */
void names_all(struct names *nm, const char *path);

/* The old files, oldest first. Of a file and its processed copy, both there
 * because the logger died between two steps, only the copy counts. */
void names_read(struct names *nm, const char *path);

/* Adds what is in a directory, and `current` last. */
void dir_check(struct check *ck, struct names *nm, const char *path);
void dir_bytes(struct bytes *b, struct names *nm, const char *path);

#endif
