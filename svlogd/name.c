/* Names of old log files. */
#include "name.h"

#include <string.h>

#include "tai.h"

void
name_make(char name[NAME_SIZE], int64_t ns, enum name_kind kind)
{
	tai_label(name, ns);
	name[TAI_LABEL] = '.';
	name[TAI_LABEL + 1] = (char)kind;
	name[TAI_LABEL + 2] = 0;
}

bool
name_is_old(const char *name)
{
	return name[0] == '@' && strlen(name) == NAME_SIZE - 1;
}

int64_t
name_ns(const char *name)
{
	int64_t ns;

	if (!name_is_old(name) || name[TAI_LABEL] != '.' ||
	    tai_parse(view_of(name, TAI_LABEL), &ns) < 0)
		return -1;
	return ns;
}

void
name_turn(char to[NAME_SIZE], const char *name, enum name_kind kind)
{
	memcpy(to, name, NAME_SIZE);
	to[NAME_SIZE - 2] = (char)kind;
}
