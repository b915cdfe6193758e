/* What svlog's command line asks for. */
#include "ask.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "num.h"
#include "say.h"
#include "when.h"

const char ask_usage[] =
    " [-fvc] [-n lines] [-s since] [-u until] [-e regex]\n"
    "             [-o text|raw|json] [service|dir ...]\n"
    "       svlog stat [-o text|json|prometheus] [service|dir ...]\n"
    "       svlog verify [service|dir ...]\n";

enum { FOLLOW_LAST = 10 }; /* lines before those that come, as tail(1) */

static const struct {
	const char *name;
	enum ask_format format;
	bool of[ASK_VERIFY + 1];
} formats[] = {
	{ "text", ASK_TEXT, { true, true, true } },
	{ "raw", ASK_RAW, { [ASK_LINES] = true } },
	{ "json", ASK_JSON, { [ASK_LINES] = true, [ASK_STAT] = true } },
	{ "prometheus", ASK_PROMETHEUS, { [ASK_STAT] = true } },
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

static int
wrong(const char *what, const char *text)
{
	say_fatal(0, what, ": ", text);
	return -EINVAL;
}

static int
set_format(struct ask *a, const char *text)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (strcmp(formats[i].name, text) == 0 &&
		    formats[i].of[a->what]) {
			a->format = formats[i].format;
			return 0;
		}
	return wrong("no such format", text);
}

static int
set_time(int64_t *ns, const char *text, int64_t now_ns)
{
	int r = when_parse(view_str(text), now_ns, ns);

	if (r == -ERANGE)
		return wrong("no such time", text);
	return r < 0 ? wrong("not a time", text) : 0;
}

static int
set_last(struct ask *a, const char *text)
{
	if (num_parse(view_str(text), NULL, 0, STREAM_ALL - 1, &a->query.last) <
	    0)
		return wrong("not a number of lines", text);
	return 0;
}

static int
set_pattern(struct ask *a, const char *text)
{
	char words[SIEVE_WORDS];
	int r = sieve_add(&a->sieve, text, words);

	if (r == -ENOMEM)
		return wrong("out of memory for the pattern", text);
	if (r < 0)
		say_fatal(0, "regular expression: ", words, ": ", text);
	return r;
}

static int
set(struct ask *a, int c, const char *arg, int64_t now_ns)
{
	const char option[] = { '-', (char)optopt, 0 };

	switch (c) {
	case 'f':
		a->follow = true;
		return 0;
	case 'c':
		a->count = true;
		return 0;
	case 'v':
		a->sieve.invert = true;
		return 0;
	case 'V':
		a->version = true;
		return -EINVAL;
	case 'n':
		return set_last(a, arg);
	case 's':
		return set_time(&a->query.since_ns, arg, now_ns);
	case 'u':
		return set_time(&a->query.until_ns, arg, now_ns);
	case 'e':
		return set_pattern(a, arg);
	case 'o':
		return set_format(a, arg);
	case ':':
		return wrong("an argument is missing", option);
	default:
		say_fatal(0, "no such option: ", option, "; try -V");
		return -EINVAL;
	}
}

/* What does not go together, and what is meant where nothing is said. */
static int
settle(struct ask *a)
{
	if (a->sieve.invert && a->sieve.n == 0)
		return wrong("-v", "needs -e");
	if (a->follow && a->count)
		return wrong("-c", "a log that is followed has no end");
	if (a->query.since_ns > a->query.until_ns)
		return wrong("-s", "is later than -u");
	if (a->follow && a->query.last == STREAM_ALL &&
	    a->query.since_ns == INT64_MIN)
		a->query.last = FOLLOW_LAST;
	return 0;
}

static int
parse_options(struct ask *a, int argc, char *argv[], int64_t now_ns)
{
	const char *known = a->what == ASK_LINES  ? "+:fcvVn:s:u:e:o:"
	                    : a->what == ASK_STAT ? "+:Vo:"
	                                          : "+:V";
	bool only_words = false;
	int r = 0;

	opterr = 0;
	while (r == 0 && optind < argc) {
		int at = optind;
		int c = only_words ? -1 : getopt(argc, argv, known);

		if (c != -1) {
			r = set(a, c, optarg, now_ns);
			continue;
		}
		if (optind > at && strcmp(argv[optind - 1], "--") == 0)
			only_words = true;
		else
			a->words[a->n_words++] = argv[optind++];
	}
	return r;
}

int
ask_parse(struct ask *a, int argc, char *argv[], int64_t now_ns)
{
	*a = (struct ask){
		.query = { INT64_MIN, INT64_MAX, STREAM_ALL, NULL },
		.words = argv,
	};
	sieve_init(&a->sieve);
	a->query.sieve = &a->sieve;
	optind = 1;
	if (argc > 1 && strcmp(argv[1], "stat") == 0)
		a->what = ASK_STAT;
	else if (argc > 1 && strcmp(argv[1], "verify") == 0)
		a->what = ASK_VERIFY;
	optind += a->what != ASK_LINES;
	if (parse_options(a, argc, argv, now_ns) < 0)
		return -EINVAL;
	return settle(a);
}

void
ask_free(struct ask *a)
{
	sieve_free(&a->sieve);
}
