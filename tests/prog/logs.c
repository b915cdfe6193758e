/* Log directories as others see them. */
#define _GNU_SOURCE
#include "logs.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <zlib.h>

#include "kit/file.h"
#include "kit/verdict.h"

void
dir_make(const char *path, const char *config)
{
	struct bytes text = { 0 };
	char name[PATH_ROOM];
	size_t i;

	dir_new(path, 0755);
	bytes_add(&text, "n0\n", 3);
	bytes_add(&text, config, strlen(config));
	bytes_add(&text, "\n", 1);
	for (i = 0; i < text.n; i++) {
		if (text.p[i] == ';')
			text.p[i] = '\n';
	}
	file_put(path_join(name, path, "config"), text.p, text.n, 0644);
	bytes_free(&text);
}

static void
name_add(struct names *nm, const char *name)
{
	if (nm->n == nm->room) {
		nm->room = nm->room ? nm->room * 2 : 64;
		nm->v = realloc(nm->v, nm->room * sizeof(*nm->v));
		if (!nm->v)
			give_up("out of memory");
	}
	snprintf(nm->v[nm->n++], sizeof(*nm->v), "%s", name);
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool
packed_name(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && strcmp(name + n - 3, ".gz") == 0;
}

static bool
is_label(const char *name)
{
	size_t n = strlen(name);

	return name[0] == '@' &&
	       (n == NAME_CHARS || (n == PACKED_CHARS && packed_name(name)));
}

void
names_all(struct names *nm, const char *path)
{
	struct dirent *de;
	DIR *d = opendir(path);

	nm->n = 0;
	while (d && (de = readdir(d))) {
		if (is_label(de->d_name))
			name_add(nm, de->d_name);
	}
	if (d)
		closedir(d);
	if (nm->n > 0)
		qsort(nm->v, nm->n, sizeof(*nm->v), name_order);
}

void
names_read(struct names *nm, const char *path)
{
	size_t i, k = 0;

	names_all(nm, path);
	for (i = 0; i < nm->n; i++) {
		char letter = nm->v[i][NAME_CHARS - 1];

		if ((letter != 's' && letter != 'u') ||
		    (k > 0 && memcmp(nm->v[k - 1], nm->v[i], LABEL_CHARS) == 0))
			continue;
		memmove(nm->v[k++], nm->v[i], sizeof(*nm->v));
	}
	nm->n = k;
}

void
log_add(struct bytes *b, const char *path)
{
	gzFile gz;
	int n, err;

	if (!packed_name(path)) {
		(void)file_add(b, path);
		return;
	}
	gz = gzopen(path, "re");
	if (!gz)
		return;
	want(!gzdirect(gz), "%s is not gzip", path);
	do {
		bytes_more(b, 65536);
		n = gzread(gz, b->p + b->n, 65536);
		b->n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	want(n == 0, "%s is not whole: %s", path, gzerror(gz, &err));
	want(gzclose(gz) == Z_OK, "%s is not whole", path);
}

uint64_t
log_check(struct check *ck, const char *path, const char *name)
{
	struct bytes b = { 0 };
	uint64_t n;

	if (!packed_name(path)) {
		n = (uint64_t)file_size(path);
		check_file(ck, path, name);
		return n;
	}
	log_add(&b, path);
	n = b.n;
	ck->file = name;
	ck->at = 0;
	check_bytes(ck, b.p, b.n);
	bytes_free(&b);
	return n;
}

void
dir_check(struct check *ck, struct names *nm, const char *path)
{
	char name[PATH_ROOM];
	size_t i;

	names_read(nm, path);
	for (i = 0; i < nm->n; i++)
		log_check(ck, path_join(name, path, nm->v[i]), nm->v[i]);
	check_file(ck, path_join(name, path, "current"), "current");
}

void
dir_bytes(struct bytes *b, struct names *nm, const char *path)
{
	char name[PATH_ROOM];
	size_t i;

	names_read(nm, path);
	for (i = 0; i < nm->n; i++)
		log_add(b, path_join(name, path, nm->v[i]));
	(void)file_add(b, path_join(name, path, "current"));
}
