/* Writes a made-up nginx combined access log, the same for the same seed. */
#define _GNU_SOURCE 1

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	LINE_MAX_BYTES = 512,
	PICKS = 65536, /* one draw of 16 bits finds an item */
	URLS = 2000,
	CLIENTS = 5000,
	TEXT_MAX = 96,
	LINES_PER_SECOND = 2500,
};

/* Something that is written as it stands, and how often it comes. */
struct item {
	const char *text;
	unsigned weight;
};

static const struct item methods[] = {
	{ "GET", 905 },
	{ "POST", 70 },
	{ "HEAD", 15 },
	{ "OPTIONS", 6 },
	{ "PUT", 4 },
};

static const struct item statuses[] = {
	{ "200", 880 },
	{ "304", 45 },
	{ "301", 25 },
	{ "404", 30 },
	{ "302", 8 },
	{ "403", 5 },
	{ "499", 2 },
	{ "500", 4 },
	{ "502", 1 },
};

static const struct item referrers[] = {
	{ "-", 700 },
	{ "https://www.example.com/", 120 },
	{ "https://www.example.com/shop", 80 },
	{ "https://www.google.com/", 70 },
	{ "https://news.example.org/a?id=17", 20 },
	{ "https://duckduckgo.com/", 10 },
};

static const struct item agents[] = {
	{ "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0", 150 },
	{ "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0.0.0 "
	  "Safari/537.36",
	    110 },
	{ "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) "
	  "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
	  "Mobile/15E148 Safari/604.1",
	    50 },
	{ "Mozilla/5.0 (compatible; Googlebot/2.1)", 90 },
	{ "Mozilla/5.0 (compatible; bingbot/2.0)", 60 },
	{ "okhttp/4.12.0", 170 },
	{ "curl/7.88.1", 110 },
	{ "Go-http-client/1.1", 130 },
	{ "python-requests/2.32.3", 80 },
	{ "kube-probe/1.29", 50 },
	{ "-", 20 },
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *const roots[] = {
	"/api/v1/items/",
	"/static/css/",
	"/static/js/",
	"/shop/p/",
	"/blog/",
	"/user/",
	"/api/v2/search?q=",
	"/static/img/",
};

static const char *const fixed_urls[] = {
	"/",
	"/index.html",
	"/healthz",
	"/api/v1/login",
	"/favicon.ico",
	"/robots.txt",
};

/* A table with one entry per 16-bit draw: an item's share of the entries is
 * its share of the weights. */
struct picker {
	uint16_t at[PICKS];
};

struct text {
	uint8_t n;
	char p[TEXT_MAX];
};

/* All the state there is: 600 KiB, so static in main. */
struct gen {
	uint64_t random;
	struct picker method, status, referrer, agent, url, client;
	struct text urls[URLS];
	struct text clients[CLIENTS];
	time_t now_s;
	char stamp[40];
	size_t stamp_n;
};

static uint64_t
draw(struct gen *g)
{
	uint64_t x = g->random;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	g->random = x;
	return x;
}

static void
picker_fill(struct picker *p, const double *weights, size_t n)
{
	double total = 0, sum = 0;
	size_t entry = 0, i;

	for (i = 0; i < n; i++)
		total += weights[i];
	for (i = 0; i < n; i++) {
		sum += weights[i];
		while (entry < PICKS && (double)entry < sum / total * PICKS)
			p->at[entry++] = (uint16_t)i;
	}
	while (entry < PICKS)
		p->at[entry++] = 0;
}

static void
picker_items(struct picker *p, const struct item *items, size_t n)
{
	double weights[32];
	size_t i;

	for (i = 0; i < n; i++)
		weights[i] = items[i].weight;
	picker_fill(p, weights, n);
}

/* Zipf: the k-th has weight 1/(k+flat). */
static void
picker_zipf(struct picker *p, size_t n, double flat)
{
	static double weights[CLIENTS];
	size_t i;

	for (i = 0; i < n; i++)
		weights[i] = 1.0 / ((double)i + flat);
	picker_fill(p, weights, n);
}

static void
text_set(struct text *t, int n)
{
	t->n = (uint8_t)(n < TEXT_MAX ? n : TEXT_MAX - 1);
}

static void
gen_url(struct gen *g, size_t i)
{
	static const char *const words[] = { "blue", "mountain", "kettle", "a",
		"river-stone", "x1", "catalogue", "summer" };
	struct text *t = &g->urls[i];
	uint64_t r = draw(g);

	if (i < COUNT(fixed_urls)) {
		text_set(t, snprintf(t->p, TEXT_MAX, "%s", fixed_urls[i]));
		return;
	}
	text_set(t, snprintf(t->p, TEXT_MAX, "%s%s-%u", roots[r % COUNT(roots)],
			words[r >> 8 & 7], (unsigned)(r >> 16 & 0xffff)));
}

static void
gen_client(struct gen *g, size_t i)
{
	struct text *t = &g->clients[i];
	unsigned r = (unsigned)(draw(g) >> 16);

	/* One in sixteen comes from our own network. */
	if (i % 16 == 7)
		text_set(t, snprintf(t->p, TEXT_MAX, "10.0.%u.%u", r & 7,
				r >> 8 & 0xff));
	else
		text_set(t,
		    snprintf(t->p, TEXT_MAX, "%u.%u.%u.%u", 20 + r % 190,
			r >> 8 & 0xff, r >> 16 & 0xff, r >> 24 & 0xff));
}

static void
gen_stamp(struct gen *g)
{
	struct tm tm;

	gmtime_r(&g->now_s, &tm);
	g->stamp_n = strftime(g->stamp, sizeof(g->stamp),
	    " - - [%d/%b/%Y:%H:%M:%S +0000] \"", &tm);
}

static void
gen_init(struct gen *g, uint64_t seed)
{
	size_t i;

	g->random = seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
	if (g->random == 0)
		g->random = 1;
	for (i = 0; i < 16; i++)
		draw(g);
	picker_items(&g->method, methods, COUNT(methods));
	picker_items(&g->status, statuses, COUNT(statuses));
	picker_items(&g->referrer, referrers, COUNT(referrers));
	picker_items(&g->agent, agents, COUNT(agents));
	picker_zipf(&g->url, URLS, 4.0);
	picker_zipf(&g->client, CLIENTS, 10.0);
	for (i = 0; i < URLS; i++)
		gen_url(g, i);
	for (i = 0; i < CLIENTS; i++)
		gen_client(g, i);
	g->now_s = 1795347907; /* 2026-11-22 11:45:07 */
	gen_stamp(g);
}

static char *
put(char *p, const char *text, size_t n)
{
	memcpy(p, text, n);
	return p + n;
}

static char *
put_item(char *p, const struct item *items, const struct picker *from,
    uint64_t bits)
{
	const char *text = items[from->at[bits & 0xffff]].text;

	return put(p, text, strlen(text));
}

static char *
put_number(char *p, unsigned value)
{
	char digits[12];
	size_t n = sizeof(digits);

	do
		digits[--n] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	return put(p, digits + n, sizeof(digits) - n);
}

/* One line into at least LINE_MAX_BYTES; returns its end. */
static char *
gen_line(struct gen *g, char *p)
{
	uint64_t a = draw(g), b = draw(g);
	const struct text *client = &g->clients[g->client.at[a & 0xffff]];
	const struct text *url = &g->urls[g->url.at[a >> 16 & 0xffff]];

	p = put(p, client->p, client->n);
	p = put(p, g->stamp, g->stamp_n);
	p = put_item(p, methods, &g->method, a >> 32);
	*p++ = ' ';
	p = put(p, url->p, url->n);
	p = put(p, " HTTP/1.1\" ", 11);
	p = put_item(p, statuses, &g->status, a >> 48);
	*p++ = ' ';
	p = put_number(p, (unsigned)(b >> 32 & ((1u << (b >> 60)) * 16 - 1)));
	p = put(p, " \"", 2);
	p = put_item(p, referrers, &g->referrer, b);
	p = put(p, "\" \"", 3);
	p = put_item(p, agents, &g->agent, b >> 16);
	return put(p, "\"\n", 2);
}

static int
write_all(const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(1, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* Blocks of `block` bytes, cut anywhere, the last one shorter. */
static int
gen_write(struct gen *g, uint64_t lines, size_t block)
{
	char *buf = malloc(block + LINE_MAX_BYTES);
	char *p = buf;
	uint64_t i;
	int r = 0;

	if (buf == NULL)
		return -ENOMEM;
	for (i = 0; i < lines && r == 0; i++) {
		if (i > 0 && i % LINES_PER_SECOND == 0) {
			g->now_s++;
			gen_stamp(g);
		}
		p = gen_line(g, p);
		while (r == 0 && (size_t)(p - buf) >= block) {
			r = write_all(buf, block);
			memmove(buf, buf + block, (size_t)(p - buf) - block);
			p -= block;
		}
	}
	if (r == 0)
		r = write_all(buf, (size_t)(p - buf));
	free(buf);
	return r;
}

static bool
number(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
	       *value >= min && *value <= max;
}

int
main(int argc, char **argv)
{
	static struct gen g;
	uint64_t lines = 2000000, seed = 1, block = 65536;
	bool right = true;
	int c, r;

	while ((c = getopt(argc, argv, "n:s:w:")) != -1) {
		if (c == 'n')
			right &= number(optarg, 0, UINT64_MAX, &lines);
		else if (c == 's')
			right &= number(optarg, 0, UINT64_MAX, &seed);
		else if (c == 'w')
			right &= number(optarg, 1, 1 << 26, &block);
		else
			right = false;
	}
	if (!right || optind != argc) {
		fputs("usage: genlog [-n lines] [-s seed] [-w bytes]\n",
		    stderr);
		return 2;
	}
	gen_init(&g, seed);
	r = gen_write(&g, lines, (size_t)block);
	if (r < 0)
		fprintf(stderr, "genlog: write: %s\n", strerror(-r));
	return r < 0;
}
