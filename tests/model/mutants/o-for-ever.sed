# a service that is to run once is owed a start for ever
/case ON_RUN_ENDED:/,/break/s/break;/return;/
