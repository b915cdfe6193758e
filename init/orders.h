/* What a signal to process 1 asks for, given what the files say. Pure. */
#ifndef WEIR_ORDERS_H
#define WEIR_ORDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "stage.h"

enum order_script {
	ORDER_CTRLALTDEL,
	ORDER_PWRFAIL,
	ORDER_SCRIPTS, /* none */
};

struct order {
	enum stage_on on; /* STAGE_EVENTS: not even worth a word */
	enum order_script script;
};

/* The files that say yes (flag.h). */
struct order_flags {
	bool stopit, ctrlaltdel;
};

/* The signals that are orders, that of power failure among them: how many of
 * at most n. */
size_t order_signals(int *signals, size_t n, int power);

/* power: the signal that says that the power fails. */
struct order order_of(int signal, int power, bool container,
    struct order_flags flags);

#endif
