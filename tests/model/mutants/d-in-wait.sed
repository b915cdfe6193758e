# d does not stop the clock
/\[SERVICE_WAIT\] = {/,/},/s/\[ON_DOWN\] = .*/[ON_DOWN] = STAY(0),/
