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
	memcpy(nm->v[nm->n++], name, sizeof(*nm->v));
}

static int
name_order(const void *a, const void *b)
{
	return strcmp(a, b);
}

void
names_all(struct names *nm, const char *path)
{
	struct dirent *de;
	DIR *d = opendir(path);

	nm->n = 0;
	while (d && (de = readdir(d))) {
		if (de->d_name[0] == '@' && strlen(de->d_name) == NAME_CHARS)
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
dir_check(struct check *ck, struct names *nm, const char *path)
{
	char name[PATH_ROOM];
	size_t i;

	names_read(nm, path);
	for (i = 0; i < nm->n; i++)
		check_file(ck, path_join(name, path, nm->v[i]), nm->v[i]);
	check_file(ck, path_join(name, path, "current"), "current");
}

void
dir_bytes(struct bytes *b, struct names *nm, const char *path)
{
	char name[PATH_ROOM];
	size_t i;

	names_read(nm, path);
	for (i = 0; i < nm->n; i++)
		(void)file_add(b, path_join(name, path, nm->v[i]));
	(void)file_add(b, path_join(name, path, "current"));
}
