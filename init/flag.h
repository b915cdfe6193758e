/* The files by which process 1 is told things: their names are here. */
#ifndef WEIR_FLAG_H
#define WEIR_FLAG_H

#include <stdbool.h>

/* Where they are is the builder's to say (Makefile). */
#define FLAG_STAGE_1 RUNIT_DIR "/1"
#define FLAG_STAGE_2 RUNIT_DIR "/2"
#define FLAG_STAGE_3 RUNIT_DIR "/3"
#define FLAG_CTRLALTDEL RUNIT_DIR "/ctrlaltdel"
#define FLAG_PWRFAIL RUNIT_DIR "/pwrfail"
#define FLAG_NOSYNC RUNIT_DIR "/nosync"
#define FLAG_STOPIT STOPIT_FILE
#define FLAG_REBOOT REBOOT_FILE

/* Says yes: a plain file, or a link to one, that root or this process's user
 * owns, and that its owner may execute. */
bool flag_is(const char *path);

/* There is something of that name. */
bool flag_exists(const char *path);

/* Makes it say yes; it is made where there is none. 0 or -errno. */
int flag_set(const char *path);

/* Mode 0; 0 where there is none. */
int flag_clear(const char *path);

#endif
