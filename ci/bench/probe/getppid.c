/* Prints what one call of getppid costs, in nanoseconds: the least of many rounds. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "least.h"

#define ROUNDS 6000
#define CALLS 500

static void call(void)
{
	syscall(SYS_getppid);
}

int main(void)
{
	printf("%.1f\n", least_ns(ROUNDS, CALLS, call));
	return 0;
}
