say 'services are stopped'
sv -w 30 force-stop /var/service/*
sv exit /var/service/*
