/* Perl's regular expressions, as PCRE2 has them, over bytes.
 *
 * Lines are hostile and expressions may be careless: every match has a limit
 * of steps and of memory. One that reaches it is given up: it counts as no
 * match, and is counted. What a match comes to depends on pattern, line and
 * pcre_engine() alone, and nothing allocates once a pattern is compiled.
 *
 * An expression is not anchored, has no Unicode (\x80 and up are bytes, `.` is
 * one of them) and no \C; `(*LIMIT_MATCH=)` and its like lower our limits only.
 * All patterns share what a match needs: one thread. */
#ifndef WEIR_PCRE_H
#define WEIR_PCRE_H

#include <stdint.h>

#include "match.h"

enum { PCRE_MOST = 4096 }; /* bytes of an expression */

struct pcre_error {
	size_t at;       /* offset in the expression */
	char words[128]; /* PCRE2's, without any text of the expression */
};

/* Compiles an expression that says yes or no: 0, -EINVAL and *err, or
 * -ENOMEM. Round brackets capture nothing, so there are no back references but
 * to named ones. */
int pcre_compile(struct match *m, struct view re, struct pcre_error *err);

/* The same, but its groups can be referred to, for those who look over lines
 * that have in front of them what is no part of what they ask about, and ends
 * in a blank: stamps. */
int pcre_compile_behind(struct match *m, struct view re,
    struct pcre_error *err);

/* The same as the first with groups that pcre_find() tells. */
int pcre_compile_groups(struct match *m, struct view re,
    struct pcre_error *err);

/* Bytes of a line; `from` is SIZE_MAX where a group took no part. */
struct pcre_span {
	size_t from, to;
};

/* The first match of such a pattern that begins at `at` or later, what stands
 * before it being looked at too: how many spans it has, the whole match and
 * then its groups; 0: none; -1: given up. not_empty: it is not the empty match
 * at `at` itself. *spans is good until the next match of any pattern. */
int pcre_find(const struct match *m, struct view line, size_t at,
    bool not_empty, const struct pcre_span **spans);

/* Groups of a pattern. */
size_t pcre_groups(const struct match *m);

/* Matches that were given up since the start. */
uint64_t pcre_given_up(void);

/* Whether it was compiled to machine code; where the system does not allow
 * that, or the pattern is too large, it is interpreted, five times as slow. */
bool pcre_is_compiled(const struct match *m);

/* All that decides what a match comes to, besides the pattern: PCRE2's version,
 * and how the pattern is run. */
struct view pcre_engine(const struct match *m);

#endif
