/* Expressions for property tests: of few letters, so that they hit now and
 * then, with most of what an expression may have. */
#ifndef WEIR_TESTS_EXPRESSION_H
#define WEIR_TESTS_EXPRESSION_H

#include <string.h>

#include "unit/random.h"
#include "view.h"

enum { EXPRESSION_SIZE = 128 };

/* As often as not one that compiles. */
static inline struct view
any_expression(char to[EXPRESSION_SIZE])
{
	static const char *const parts[] = { "a", "b", "c", "ab", "bc", "cab",
		".", "[ab]", "[^a]", "[^ab]", "[^\\W]", "[a-c]", "\\w", "\\W",
		"\\s", "\\S", "\\d", "(a|b)", "(?:ab|c)", "(bc)", "*", "+", "?",
		"{2}", "{1,2}", "{,2}", "+?", "*+", "^", "$", "\\b", "\\B",
		"(?i)", "(?i:AB)", "(?=a)", "(?<!b)", "\\x61", "\\.", "[.]",
		"|", "(?s)", "(?m)", "\\n", "\\Qab\\E", "\\A", "\\z", "\\R",
		"(*LIMIT_MATCH=30)", "\\N", "[^\\n]", "#", "]", "}", "{" };
	size_t n = 1 + random_below(5), i;

	to[0] = 0;
	for (i = 0; i < n; i++)
		strcat(to,
		    parts[random_below(sizeof(parts) / sizeof(parts[0]))]);
	return view_str(to);
}

#endif
