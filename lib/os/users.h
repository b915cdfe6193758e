/* Before users and groups are looked up: shared by those who do, for nobody
 * else. */
#ifndef WEIR_OS_USERS_H
#define WEIR_OS_USERS_H

/* glibc loads modules for that, as nsswitch.conf says. A static program has a
 * C library of its own beside the one that they bring, and some crash there: it
 * gets the files, for which no module is needed. */
#if defined(WEIR_STATIC) && defined(__GLIBC__)
#include <nss.h>

static inline void
users_begin(void)
{
	__nss_configure_lookup("passwd", "files");
	__nss_configure_lookup("group", "files");
	__nss_configure_lookup("initgroups", "files");
}
#else
static inline void
users_begin(void)
{
}
#endif

#endif
