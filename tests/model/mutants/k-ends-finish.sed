# k takes a finish to be over at once
/\[SERVICE_FINISH\] = {/,/},/s/\[ON_KILL\] = .*/[ON_KILL] = TO(SETTLE, DO_SIGNAL),/
