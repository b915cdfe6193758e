/* svlogd's wildcard patterns (svlogd(8), "PATTERNS").
 *
 *   *   skips to the FIRST occurrence of the next pattern character, without
 *       going back; a last * matches all the rest
 *   +X  one or more X, as many as there are; a last + never matches
 *
 * Anything else is itself; the whole line must be used up. There is no escape.
 * In `**` and `*+` the second character is searched for as itself, then acts
 * as an operator. Unlike runit's matcher it never reads past the line, and
 * `+X` at the end of the line with pattern left over is no match. */
#ifndef WEIR_GLOB_H
#define WEIR_GLOB_H

#include "match.h"

/* Compiles a copy of text: 0, or -ENOMEM. Any text is a pattern. */
int glob_compile(struct match *m, struct view text);

/* The definition, character by character: slow, for tests and one-offs. */
bool glob_matches(struct view pattern, struct view line);

#endif
