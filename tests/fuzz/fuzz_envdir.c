/* Property: a file's value is what a slow and obvious reading of the manual
 * makes of it, and as a variable it is the only one of its name. The first byte
 * is the length of the name, then come name and file. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "envdir.h"
#include "fuzz/fuzz.h"

/* In a room of its own, so that the sanitizer sees the end of it. */
static char *
room_of(const uint8_t *p, size_t n)
{
	char *room = malloc(n ? n : 1);

	require(room != NULL);
	if (n > 0)
		memcpy(room, p, n);
	return room;
}

static bool
is_blank_to_the_end(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n && p[i] != '\n'; i++)
		if (p[i] != ' ' && p[i] != '\t')
			return false;
	return true;
}

/* Byte i of the value, or -1 behind its end. */
static int
expected(const uint8_t *p, size_t n, size_t i)
{
	if (is_blank_to_the_end(p + i, n - i))
		return -1;
	return p[i] == 0 ? '\n' : p[i];
}

static size_t
count(const struct vars *vars, const char *name)
{
	size_t i, n = strlen(name), found = 0;

	for (i = 0; i < vars->n; i++)
		found +=
		    strncmp(vars->v[i], name, n) == 0 && vars->v[i][n] == '=';
	return found;
}

static void
check_vars(const char *name, const char *value, size_t n)
{
	static char a[] = "A=1", twice[] = "A=2", b[] = "B=";
	char *const from[] = { a, b, twice, NULL };
	struct vars vars;
	const char *last;

	require(vars_init(&vars, from) == 0);
	if (vars_is_name(name)) {
		require(vars_set(&vars, name, view_of(value, n)) == 0);
		require(count(&vars, name) == 1);
		last = vars.v[vars.n - 1];
		require(strlen(last) == strlen(name) + 1 + n);
		require(memcmp(last + strlen(name) + 1, value, n) == 0);
		vars_unset(&vars, name);
		require(count(&vars, name) == 0);
	}
	vars_free(&vars);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t name_n, n, i, got;
	char *text, *name;

	if (size == 0)
		return 0;
	name_n = data[0] < size - 1 ? data[0] : size - 1;
	name = malloc(name_n + 1);
	require(name != NULL);
	memcpy(name, data + 1, name_n);
	name[name_n] = '\0';
	data += 1 + name_n;
	n = size - 1 - name_n;

	text = room_of(data, n);
	got = envdir_value(text, n);
	require(got <= n);
	for (i = 0; i < got; i++)
		require((uint8_t)text[i] == expected(data, n, i));
	require(expected(data, n, got) == -1);
	check_vars(name, text, got);
	free(name);
	free(text);
	return 0;
}
