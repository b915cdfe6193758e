# k takes a service to be down at once, as runit does
/\[SERVICE_RUN\] = {/,/},/s/\[ON_KILL\] = .*/[ON_KILL] = TO(SETTLE, DO_KILL_SCRIPTS | DO_SIGNAL),/
