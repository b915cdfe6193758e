/* The commands of sv(8). */
#include "verb.h"

#include <string.h>

#include "control.h"

enum { WAIT = 1, KILL = 2 };

struct row {
	const char *name;
	enum verb_kind kind;
	const char *letters;
	enum wanted wanted;
	unsigned ways;
};

/* These are known by the whole word only. */
static const struct row words[] = {
	{ "start", VERB_SEND, "u", WANTED_UP, WAIT },
	{ "stop", VERB_SEND, "d", WANTED_DOWN, WAIT },
	{ "shutdown", VERB_SEND, "x", WANTED_GONE, WAIT },
	{ "restart", VERB_SEND, "tcu", WANTED_AGAIN_UP, WAIT },
	{ "reload", VERB_SEND, "h", WANTED_NOTHING, WAIT },
	{ "try-restart", VERB_SEND, "tc", WANTED_AGAIN, WAIT },
	{ "check", VERB_SEND, "", WANTED_AS_TOLD, WAIT },
	{ "force-stop", VERB_SEND, "d", WANTED_DOWN, WAIT | KILL },
	{ "force-shutdown", VERB_SEND, "x", WANTED_GONE, WAIT | KILL },
	{ "force-restart", VERB_SEND, "tcu", WANTED_AGAIN_UP, WAIT | KILL },
	{ "force-reload", VERB_SEND, "tc", WANTED_AGAIN, WAIT | KILL },
	{ "list", VERB_LIST, "", WANTED_NOTHING, 0 },
	{ "log", VERB_LOG, "", WANTED_NOTHING, 0 },
};

/* And these by their first letter, which is not the one that is sent. */
static const struct row initials[] = {
	{ "s", VERB_STATUS, "", WANTED_NOTHING, 0 },
	{ "e", VERB_SEND, "x", WANTED_GONE, 0 },
	{ "X", VERB_SEND, "x", WANTED_GONE, WAIT | KILL },
	{ "E", VERB_SEND, "x", WANTED_GONE, WAIT | KILL },
	{ "D", VERB_SEND, "d", WANTED_DOWN, WAIT | KILL },
	{ "T", VERB_SEND, "tc", WANTED_AGAIN, WAIT | KILL },
};

/* All others are sent as they are; most have no effect that shows. */
static const enum wanted wanted_by[CONTROLS] = {
	[CONTROL_UP] = WANTED_UP,
	[CONTROL_DOWN] = WANTED_DOWN,
	[CONTROL_ONCE] = WANTED_RAN,
	[CONTROL_EXIT] = WANTED_GONE,
	[CONTROL_TERM] = WANTED_AGAIN,
	[CONTROL_KILL] = WANTED_AGAIN,
	[CONTROL_PAUSE] = WANTED_PAUSED,
	[CONTROL_CONT] = WANTED_CONT,
};

static bool
take(struct verb *verb, const struct row *row)
{
	*verb = (struct verb){
		.kind = row->kind,
		.wanted = row->wanted,
		.waits = row->ways & WAIT,
		.kills = row->ways & KILL,
	};
	memcpy(verb->letters, row->letters, strlen(row->letters));
	return true;
}

static bool
take_control(struct verb *verb, char letter)
{
	enum control c = control_find(letter);

	if (c == CONTROLS)
		return false;
	*verb = (struct verb){
		.kind = VERB_SEND,
		.letters = { letter },
		.wanted = wanted_by[c],
	};
	return true;
}

bool
verb_find(struct verb *verb, const char *name)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(name, words[i].name) == 0)
			return take(verb, &words[i]);
	for (size_t i = 0; i < sizeof initials / sizeof initials[0]; i++)
		if (*name == *initials[i].name)
			return take(verb, &initials[i]);
	return take_control(verb, *name);
}
