# x leaves without waiting for the service
/\[SERVICE_RUN\] = {/,/},/s/\[ON_EXIT\] = *STAY(/[ON_EXIT] = TO(OVER, /
