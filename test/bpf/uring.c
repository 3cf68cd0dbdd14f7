/* A server that moves its bytes by io_uring: accepts one connection on 127.0.0.1:PORT and answers one request. */
#include <arpa/inet.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char answer[] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";

static int finish(struct io_uring *ring)
{
	struct io_uring_cqe *done;
	int result;

	io_uring_submit(ring);
	if (io_uring_wait_cqe(ring, &done))
		return -1;
	result = done->res;
	io_uring_cqe_seen(ring, done);
	return result;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, fd;
	struct io_uring ring;
	char request[1024];

	if (argc < 2)
		return 64;
	address.sin_port = htons(atoi(argv[1]));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (void *)&address, sizeof(address)) || listen(listener, 1) || io_uring_queue_init(4, &ring, 0)) {
		perror("io_uring server");
		return 1;
	}
	puts("listening");
	fflush(stdout);
	fd = accept(listener, NULL, NULL);
	io_uring_prep_recv(io_uring_get_sqe(&ring), fd, request, sizeof(request), 0);
	if (finish(&ring) <= 0)
		return 2;
	io_uring_prep_send(io_uring_get_sqe(&ring), fd, answer, strlen(answer), 0);
	if (finish(&ring) != (int)strlen(answer))
		return 3;
	return 0;
}
