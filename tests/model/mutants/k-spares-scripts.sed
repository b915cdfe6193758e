# k does not reach a control script that hangs
/\[SERVICE_RUN\] = {/,/},/s/\[ON_KILL\] = .*/[ON_KILL] = STAY(DO_SCRIPT),/
