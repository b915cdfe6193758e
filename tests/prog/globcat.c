/* Prints which lines of stdin each pattern matches, as "NUMBER:LINE".
 *
 *   globcat [-r] PATTERN...
 *
 * With -r also the lines that runit's svlogd matches by reading on at the end
 * of a line ("plus"). Exits 1 when the compiled pattern and the definition
 * disagree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "glob.h"

#define PATTERNS 1000

static bool
ends_in_star(struct view v)
{
	return v.n > 0 && v.p[v.n - 1] == '*';
}

/* The two false matches of runit, both with the line used up to its end:
 *   plus-run    a +X took the last of it while there is more pattern
 *   plus-blind  a +X begins there, and X happens to be what is in the buffer
 *              behind the line: a byte of an earlier, longer line, or NUL,
 *              which is also the X of a last + */
static bool
runit_matches(struct view pattern, struct view line, char behind)
{
	size_t i = 0;

	if (glob_matches(pattern, line))
		return true;
	while (i < pattern.n) {
		struct view head = view_first(pattern, i);
		char x;

		if (pattern.p[i++] != '+')
			continue;
		x = i < pattern.n ? pattern.p[i++] : 0;
		if (x == behind && !ends_in_star(head) &&
		    glob_matches(head, line))
			return true;
		if (x && glob_matches(view_first(pattern, i), line))
			return true;
	}
	return false;
}

int
main(int argc, char **argv)
{
	static struct match compiled[PATTERNS];
	bool as_runit = argc > 1 && strcmp(argv[1], "-r") == 0;
	char text[4096], buffer[4096] = "";
	int i, first = as_runit ? 2 : 1;

	if (argc == first || argc - first > PATTERNS) {
		fprintf(stderr, "usage: globcat [-r] PATTERN...\n");
		return 2;
	}
	for (i = first; i < argc; i++)
		if (glob_compile(&compiled[i - first], view_str(argv[i])) < 0)
			return 2;
	while (fgets(text, sizeof(text), stdin)) {
		struct view line = view_of(text, strcspn(text, "\n"));

		text[line.n] = 0;
		memcpy(buffer, text, line.n); /* what was behind stays */
		for (i = first; i < argc; i++) {
			struct view p = view_str(argv[i]);
			bool hit = glob_matches(p, line);

			if (match_hit(&compiled[i - first], line) != hit) {
				fprintf(stderr, "differ: '%s' '%s'\n", argv[i],
				    text);
				return 1;
			}
			if (hit || (as_runit &&
				       runit_matches(p, line, buffer[line.n])))
				printf("%d:%s\n", i - first + 1, text);
		}
	}
	for (i = first; i < argc; i++)
		match_free(&compiled[i - first]);
	return 0;
}
