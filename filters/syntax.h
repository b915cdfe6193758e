/* What the text of an expression alone says about its matches.
 *
 * Whoever knows that needs not ask the expression about most lines. It is read
 * with care: of all but plain expressions nothing is said. An expression here
 * is one that compiles, for bytes, with `.` no newline. */
#ifndef WEIR_SYNTAX_H
#define WEIR_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>

#include "view.h"

/* A text that is in every match: a long and late one. It is written to `to`,
 * which has room for as many bytes as `re` has: how long it is, or 0. */
size_t syntax_text(struct view re, char *to);

/* What means in many lines, with (?m), what `re` means in each of them: no part
 * of it takes a newline, looks beyond a line, or is the beginning or the end of
 * anything but a line. The first of its matches is the first of the lines'. It
 * is written to `to`, which has room for SYNTAX_LINEWISE(re.n) bytes: how long
 * it is, or 0. */
#define SYNTAX_LINEWISE(n) (2 * (n))
size_t syntax_linewise(struct view re, char *to);

/* What means the same and is tried at the beginning alone, from where it goes
 * on to a match: all its steps count together then. What it finds begins where
 * the match does. It is written to `to`, which has room for re.n + SYNTAX_ONCE
 * bytes: how long it is, or 0. It may be that it does not compile. */
enum { SYNTAX_ONCE = 16 };
size_t syntax_once(struct view re, char *to);

/* Whether it may matter to a match of such an expression where the line begins,
 * and not only that no letter or digit is in front of it there. */
bool syntax_has_begin(struct view re);

#endif
