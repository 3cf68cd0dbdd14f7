/* Prints what one exchange over loopback costs, both ends in one thread, in nanoseconds: the least of many rounds. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include "least.h"

#define EXCHANGES 30
#define REQUEST "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
#define HEAD                                                                                        \
	"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sun, 22 Nov 2026 12:00:00 GMT\r\n"           \
	"Content-Type: text/plain\r\nContent-Length: 25\r\nConnection: keep-alive\r\n\r\n"
#define BODY "twenty-four bytes of body"

/* The client's end and the server's. */
static int ends[2];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void connect_ends(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int one = 1;
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(listener, (void *)&address, length) || listen(listener, 1) ||
	    getsockname(listener, (void *)&address, &length))
		fail("listen");
	ends[0] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(ends[0], (void *)&address, length))
		fail("connect");
	ends[1] = accept(listener, NULL, NULL);
	for (int end = 0; end < 2; end++)
		setsockopt(ends[end], IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	close(listener);
}

static void exchange(void)
{
	static char bytes[4096];
	struct iovec answer[2] = {{HEAD, sizeof(HEAD) - 1}, {BODY, sizeof(BODY) - 1}};

	if (write(ends[0], REQUEST, sizeof(REQUEST) - 1) < 0 || recv(ends[1], bytes, sizeof(bytes), 0) <= 0 ||
	    writev(ends[1], answer, 2) < 0 || read(ends[0], bytes, sizeof(bytes)) <= 0)
		fail("exchange");
}

/* Rounds of the first argument's number, after a line on standard input; again for every further line. */
int main(int count, char **arguments)
{
	int rounds = count > 1 ? atoi(arguments[1]) : 100;

	connect_ends();
	while (getchar() != EOF) {
		printf("%.0f\n", least_ns(rounds, EXCHANGES, exchange));
		fflush(stdout);
	}
	return 0;
}
