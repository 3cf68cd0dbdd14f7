/* A 32-bit client without a C library: connects to 127.0.0.1:PORT, asks once, and reads until the other end closes. */
static int call(int number, int a, const void *b, int c)
{
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

#define EXIT 1
#define READ 3
#define WRITE 4
#define SOCKETCALL 102
#define SOCKET 1
#define CONNECT 3

static const char request[] = "GET /thirty-two HTTP/1.1\r\nHost: a\r\n\r\n";

__attribute__((used)) static int run(int argc, char **argv)
{
	struct {
		unsigned short family, port;
		unsigned char address[4], zero[8];
	} address = {2, 0, {127, 0, 0, 1}, {0}};
	long make[] = {2, 1, 0}, to[] = {0, (long)&address, sizeof(address)};
	char buffer[256];
	int port = 0, fd;

	if (argc < 2)
		return 64;
	for (const char *digit = argv[1]; *digit; digit++)
		port = port * 10 + *digit - '0';
	address.port = (unsigned short)(port << 8 | port >> 8);
	fd = to[0] = call(SOCKETCALL, SOCKET, make, 0);
	if (fd < 0 || call(SOCKETCALL, CONNECT, to, 0) < 0)
		return 1;
	if (call(WRITE, fd, request, sizeof(request) - 1) != sizeof(request) - 1)
		return 2;
	while (call(READ, fd, buffer, sizeof(buffer)) > 0)
		;
	return 0;
}

__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tlea 4(%eax), %edx\n\tpush %edx\n\tpush (%eax)\n\tcall run\n"
	"\tmov %eax, %ebx\n\tmov $1, %eax\n\tint $0x80\n");
