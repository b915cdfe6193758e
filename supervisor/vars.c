/* The environment that a program is to get. */
#include "vars.h"

#include <errno.h>
#include <stdlib.h>

enum { FIRST_CAP = 64 };

bool
vars_is_name(const char *name)
{
	return *name != '\0' && strchr(name, '=') == NULL;
}

/* Appends a string that becomes ours; NULL is no memory. */
static int
add(struct vars *vars, char *text)
{
	size_t cap = vars->cap ? 2 * vars->cap : FIRST_CAP;
	char **v;

	if (text == NULL)
		return -ENOMEM;
	if (vars->n + 1 >= vars->cap) {
		v = realloc(vars->v, cap * sizeof(*v));
		if (v == NULL) {
			free(text);
			return -ENOMEM;
		}
		vars->v = v;
		vars->cap = cap;
	}
	vars->v[vars->n++] = text;
	vars->v[vars->n] = NULL;
	return 0;
}

/* NAME=value, or the name alone. */
static char *
join(const char *name, const struct view *value)
{
	size_t n = strlen(name);
	char *text = malloc(n + (value ? value->n : 0) + 2);

	if (text == NULL)
		return NULL;
	memcpy(text, name, n);
	if (value != NULL) {
		text[n++] = '=';
		if (value->n > 0)
			memcpy(text + n, value->p, value->n);
		n += value->n;
	}
	text[n] = '\0';
	return text;
}

int
vars_init(struct vars *vars, char *const *from)
{
	int r = 0;

	*vars = (struct vars){ 0 };
	vars->v = calloc(FIRST_CAP, sizeof(*vars->v));
	if (vars->v == NULL)
		return -ENOMEM;
	vars->cap = FIRST_CAP;
	for (; r == 0 && *from != NULL; from++)
		r = add(vars, join(*from, NULL));
	if (r < 0)
		vars_free(vars);
	return r;
}

void
vars_free(struct vars *vars)
{
	while (vars->n > 0)
		free(vars->v[--vars->n]);
	free(vars->v);
	*vars = (struct vars){ 0 };
}

void
vars_unset(struct vars *vars, const char *name)
{
	size_t i, kept = 0, n = strlen(name);

	for (i = 0; i < vars->n; i++) {
		if (strncmp(vars->v[i], name, n) == 0 && vars->v[i][n] == '=')
			free(vars->v[i]);
		else
			vars->v[kept++] = vars->v[i];
	}
	vars->n = kept;
	vars->v[kept] = NULL;
}

int
vars_set(struct vars *vars, const char *name, struct view value)
{
	vars_unset(vars, name);
	return add(vars, join(name, &value));
}
