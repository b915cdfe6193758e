/* Process 1: the stages (stage.h), the orders (orders.h) and the system brought
 * together. */
#ifndef WEIR_FIRST_H
#define WEIR_FIRST_H

/* Boots, runs and ends the machine; argv[1] may be what a predecessor that
 * crashed has left (snapshot.h), and is not looked at otherwise. Returns only
 * the exit code of a container, or of what is not process 1. Memory is never
 * taken. */
int first_run(char *argv[]);

#endif
