# TERM to what is paused, and not to be up, leaves it so
s/if (ev.letter != CONTROL_TERM || s->want == WANT_UP)/if (ev.letter != CONTROL_UP)/
