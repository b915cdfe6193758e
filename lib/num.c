/* Digits to a number: the only number parser. */
#include "num.h"

#include <errno.h>

const struct num_unit num_bytes[] = {
	{ 'k', UINT64_C(1) << 10 },
	{ 'm', UINT64_C(1) << 20 },
	{ 'g', UINT64_C(1) << 30 },
	{ 0, 0 },
};

const struct num_unit num_seconds[] = {
	{ 'm', 60 },
	{ 'h', 3600 },
	{ 'd', 86400 },
	{ 0, 0 },
};

/* value * times + plus, held at max. */
static void
num_grow(struct num *num, uint64_t times, uint64_t plus, uint64_t max)
{
	if (plus > max || num->value > (max - plus) / times) {
		num->over = true;
		num->value = max;
	}
	if (!num->over)
		num->value = num->value * times + plus;
}

static const struct num_unit *
num_find_unit(const struct num_unit *units, char letter)
{
	if (units == NULL)
		return NULL;
	for (; units->letter != 0; units++)
		if (units->letter == letter)
			return units;
	return NULL;
}

struct num
num_scan(struct view text, const struct num_unit *units, uint64_t max)
{
	struct num num = { 0, 0, false };
	const struct num_unit *unit;

	for (; num.used < text.n; num.used++) {
		char c = text.p[num.used];

		if (c < '0' || c > '9')
			break;
		num_grow(&num, 10, (uint64_t)(c - '0'), max);
	}
	if (num.used == 0 || num.used == text.n)
		return num;
	unit = num_find_unit(units, text.p[num.used]);
	if (unit != NULL) {
		num_grow(&num, unit->times, 0, max);
		num.used++;
	}
	return num;
}

int
num_parse(struct view text, const struct num_unit *units, uint64_t min,
    uint64_t max, uint64_t *value)
{
	struct num num = num_scan(text, units, max);

	if (num.used == 0 || num.used != text.n)
		return -EINVAL;
	if (num.over || num.value < min)
		return -ERANGE;
	*value = num.value;
	return 0;
}

int
num_octal(struct view text, uint64_t max, uint64_t *value)
{
	struct num num = { 0, 0, false };

	for (; num.used < text.n; num.used++) {
		char c = text.p[num.used];

		if (c < '0' || c > '7')
			return -EINVAL;
		num_grow(&num, 8, (uint64_t)(c - '0'), max);
	}
	if (num.used == 0)
		return -EINVAL;
	if (num.over)
		return -ERANGE;
	*value = num.value;
	return 0;
}

int
num_hex(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}
