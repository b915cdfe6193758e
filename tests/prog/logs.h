/* Log directories as others see them: made with a config, and read back, the
 * oldest file first. */
#ifndef WEIR_TEST_LOGS_H
#define WEIR_TEST_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kit/bytes.h"
#include "kit/check.h"

enum {
	LABEL_CHARS = 25,  /* @ and the time */
	NAME_CHARS = 27,   /* ... and .s or .u */
	PACKED_CHARS = 30, /* ... and .gz */
};

/* A log directory with n0 (nothing is pruned) and this config, where ';' is a
 * line end too. */
void dir_make(const char *path, const char *config);

/* The names of old files; starts as { 0 }, grows. */
struct names {
	char (*v)[PACKED_CHARS + 1];
	size_t n, room;
};

/* Every label there is, .t and all, in order. */
void names_all(struct names *nm, const char *path);

/* The old files, oldest first. Of a file and its processed or its compressed
 * copy, both there because the logger died between two steps, only one
 * counts. */
void names_read(struct names *nm, const char *path);

/* Whether it ends as compressed files do. */
bool packed_name(const char *name);

/* The log that a file holds, which may be compressed: added, or checked as by
 * check_file(), which returns how many bytes it has. The driver ends where a
 * compressed one is not whole. */
void log_add(struct bytes *b, const char *path);
uint64_t log_check(struct check *ck, const char *path, const char *name);

/* Adds what is in a directory, and `current` last. */
void dir_check(struct check *ck, struct names *nm, const char *path);
void dir_bytes(struct bytes *b, struct names *nm, const char *path);

#endif
