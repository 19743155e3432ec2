/* How long the service is waited for. */
#ifndef DOUBLURE_PATIENCE_H
#define DOUBLURE_PATIENCE_H

/* Seconds without a word from the service after which work is given up: $DOUBLURE_TIMEOUT, or 600. */
double patience_seconds(void);

/* Seconds within which a service that was started must listen: $DOUBLURE_START_TIMEOUT, or 30. */
double patience_start_seconds(void);

#endif
