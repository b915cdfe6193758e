/* Lines as they are printed. */
#ifndef WEIR_SHOW_H
#define WEIR_SHOW_H

#include <stdbool.h>

#include "out.h"
#include "stream.h"

enum show_format {
	SHOW_TEXT, /* for people: see svlog(8) */
	SHOW_RAW,  /* the bytes as they are in the log */
	SHOW_JSON, /* an object a line */
};

struct show {
	enum show_format format;
	bool names;  /* text: of which directory a line is */
	bool colour; /* text: stamps and names have one */
	bool escape; /* text: what a terminal might obey is \xHH */
	const struct stream *inside; /* whose line is not ended; or NULL */
	struct out out;
};

/* `escape` and `colour` are as standard output is. */
void show_init(struct show *s, enum show_format format, bool names);

void show_run(struct show *s, const struct run *r, const struct stream *of);

/* A line that will not go on is ended; all is written: 0 or -errno. */
int show_end(struct show *s);

#endif
