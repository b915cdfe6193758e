# k does not reach a control/u that hangs
/\[SERVICE_START\] = {/,/},/s/\[ON_KILL\] = .*/[ON_KILL] = STAY(0),/
