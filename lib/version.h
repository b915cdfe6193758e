/* The version, as -V says it. */
#ifndef WEIR_VERSION_H
#define WEIR_VERSION_H

#define VERSION "0.1"

#endif
