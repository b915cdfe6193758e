/* The points of a fault build: each system call of a program is one. */
#include "kit/points.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/verdict.h"

static void
point_add(struct points *pt, const char *name)
{
	if (pt->n == pt->room) {
		pt->room = pt->room ? pt->room * 2 : 256;
		pt->name = realloc(pt->name, pt->room * sizeof(*pt->name));
		if (!pt->name)
			give_up("out of memory");
	}
	snprintf(pt->name[pt->n++], sizeof(*pt->name), "%.*s",
	    (int)sizeof(*pt->name) - 1, name);
}

void
points_read(struct points *pt, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[160];
	const char *blank;

	pt->n = 0;
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		blank = strchr(line, ' ');
		point_add(pt, blank ? blank + 1 : line);
	}
	if (f)
		fclose(f);
}

const char *
point_name(const struct points *pt, long k)
{
	return k > 0 && (size_t)k <= pt->n ? pt->name[k - 1] : "";
}

void
points_list(const struct points *pt)
{
	size_t i, j, n;

	for (i = 0; i < pt->n; i++) {
		for (j = 0; j < i; j++) {
			if (strcmp(pt->name[i], pt->name[j]) == 0)
				break;
		}
		if (j < i)
			continue;
		for (n = 0; j < pt->n; j++)
			n += strcmp(pt->name[i], pt->name[j]) == 0;
		printf("%6zu %s\n", n, pt->name[i]);
	}
}
