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

static const char packed[] = ".gz";

bool
name_is_old(const char *name)
{
	size_t n = strlen(name);

	if (name[0] != '@')
		return false;
	if (n == NAME_PLAIN)
		return true;
	return n == NAME_SIZE - 1 && name[TAI_LABEL] == '.' &&
	       (name_letter(name) == NAME_OLD ||
		   name_letter(name) == NAME_TRIAL) &&
	       strcmp(name + NAME_PLAIN, packed) == 0;
}

void
name_copy(char to[NAME_SIZE], const char *name)
{
	memcpy(to, name, strlen(name) + 1);
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
	memcpy(to, name, NAME_LABEL);
	to[NAME_LABEL] = (char)kind;
	to[NAME_PLAIN] = 0;
}

void
name_pack(char to[NAME_SIZE], const char *name, enum name_kind kind)
{
	name_turn(to, name, kind);
	memcpy(to + NAME_PLAIN, packed, sizeof packed);
}

enum name_form
name_form(const char *name)
{
	if (name_ns(name) < 0)
		return NAME_FORMS;
	if (name_letter(name) == NAME_OLD)
		return name_is_packed(name) ? NAME_FORM_PACKED
		                            : NAME_FORM_PLAIN;
	return name_letter(name) == NAME_UNDONE ? NAME_FORM_UNDONE : NAME_FORMS;
}

void
name_reform(char to[NAME_SIZE], const char *name, enum name_form form)
{
	if (form == NAME_FORM_PACKED)
		name_pack(to, name, NAME_OLD);
	else
		name_turn(to, name,
		    form == NAME_FORM_UNDONE ? NAME_UNDONE : NAME_OLD);
}
