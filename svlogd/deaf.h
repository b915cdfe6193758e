/* Children that are svlogd themselves.
 *
 * They bear its name and are in its group, and so get what is meant for it:
 * from `pkill -HUP svlogd`, and when a system or a service manager ends all
 * there is. It is no business of theirs: svlogd knows when they have to end,
 * and kills them then. */
#ifndef WEIR_DEAF_H
#define WEIR_DEAF_H

/* In a child: the signals that svlogd obeys do nothing from now on. */
void deaf_make(void);

#endif
