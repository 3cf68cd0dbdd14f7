/*
 * A 32-bit process (i386 or arm, without a C library) that talks to itself over 127.0.0.1:PORT: one exchange on one
 * connection for each way in which such a process moves bytes. It prints the name of each; ends with 64 where no port is
 * given, and with 1 as soon as something is not as it should be.
 */
typedef unsigned int u32;

#if defined(__i386__)
static long call(long number, long a, long b, long c, long d, long e, long f)
{
	long args[] = {number, a, b, c, d, e, f};
	long result;

	/* There is no register left for the sixth. */
	__asm__ volatile("push %%ebp\n\tmov %1, %%eax\n\tmov 24(%%eax), %%ebp\n\tmov 4(%%eax), %%ebx\n\tmov 8(%%eax), %%ecx\n\t"
			 "mov 12(%%eax), %%edx\n\tmov 16(%%eax), %%esi\n\tmov 20(%%eax), %%edi\n\tmov (%%eax), %%eax\n\t"
			 "int $0x80\n\tpop %%ebp"
			 : "=a"(result)
			 : "a"(args)
			 : "ebx", "ecx", "edx", "esi", "edi", "memory");
	return result;
}
#define NUMBER(i386, arm) i386
/* The first as a call of its own, the second as the first argument of socketcall(). */
#define SOCKETCALL(what, ...) call(102, what, (long)(long[]){__VA_ARGS__}, 0, 0, 0, 0)
#define SEND(...) SOCKETCALL(9, __VA_ARGS__)
#define RECV(...) SOCKETCALL(10, __VA_ARGS__)
#else
static long call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r7 __asm__("r7") = number, r0 __asm__("r0") = a, r1 __asm__("r1") = b, r2 __asm__("r2") = c,
			 r3 __asm__("r3") = d, r4 __asm__("r4") = e, r5 __asm__("r5") = f;

	__asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5) : "memory");
	return r0;
}
#define NUMBER(i386, arm) arm
#define SEND(fd, bytes, len, flags) call(289, fd, bytes, len, flags, 0, 0)
#define RECV(fd, bytes, len, flags) call(291, fd, bytes, len, flags, 0, 0)
#endif

#define READ 3
#define WRITE 4
#define PIPE 42
#define READV 145
#define WRITEV 146
#define SENDFILE 187
#define SENDFILE64 239
#define SPLICE NUMBER(313, 340)
#define RECVMMSG NUMBER(337, 365)
#define SENDMMSG NUMBER(345, 374)
#define SOCKET NUMBER(359, 281)
#define BIND NUMBER(361, 282)
#define CONNECT NUMBER(362, 283)
#define LISTEN NUMBER(363, 284)
#define ACCEPT4 NUMBER(364, 366)
#define SENDTO NUMBER(369, 290)
#define SENDMSG NUMBER(370, 296)
#define RECVFROM NUMBER(371, 292)
#define RECVMSG NUMBER(372, 297)
#define SHUTDOWN NUMBER(373, 293)
#define PREADV2 NUMBER(378, 392)
#define PWRITEV2 NUMBER(379, 393)
#define MEMFD_CREATE NUMBER(356, 385)
#define RECVMMSG_TIME64 417

/* The compiler calls it. */
void *memset(void *to, int byte, u32 len)
{
	for (u32 i = 0; i < len; i++)
		((volatile char *)to)[i] = byte;
	return to;
}

struct segment {
	char *base;
	u32 len;
};
struct message {
	void *name;
	u32 name_len;
	struct segment *segments;
	u32 segment_count;
	void *control;
	u32 control_len, flags;
};
struct counted {
	struct message message;
	u32 len;
};
/* Moves bytes, and returns how many, or less than 0. */
typedef long mover(int fd, char *bytes, u32 len);

/* The bytes as four segments: two, one that is empty, and the rest; so that each is read from where it is. */
static void cut(struct segment *segments, char *bytes, u32 len)
{
	u32 first = len < 5 ? len : 5, second = len < 12 ? len - first : 7;

	segments[0] = (struct segment){bytes, first};
	segments[1] = (struct segment){bytes + first, 0};
	segments[2] = (struct segment){bytes + first, second};
	segments[3] = (struct segment){bytes + first + second, len - first - second};
}

static long vector(long number, int fd, char *bytes, u32 len, long e, long f)
{
	struct segment segments[4];

	cut(segments, bytes, len);
	return call(number, fd, (long)segments, 4, -1, e, f);
}

static long in_message(int fd, char *bytes, u32 len, long number)
{
	struct segment segments[4];
	struct message message = {0, 0, segments, 4, 0, 0, 0};

	cut(segments, bytes, len);
#if defined(__i386__)
	if (number < 100)
		return SOCKETCALL(number, fd, (long)&message, 0);
#endif
	return call(number, fd, (long)&message, 0, 0, 0, 0);
}

/* Two messages: the first bytes in one, the others in another. */
static long in_messages(int fd, char *bytes, u32 len, long number)
{
	struct segment segments[4];
	struct counted both[2] = {
		{{0, 0, segments, 3, 0, 0, 0}, 0},
		{{0, 0, segments + 3, 1, 0, 0, 0}, 0},
	};
	long moved;

	cut(segments, bytes, len);
	/* MSG_WAITALL: each is filled. */
	moved = call(number, fd, (long)both, 2, 0x100, 0, 0);
	return moved < 0 ? moved : (long)(both[0].len + both[1].len);
}

static long write_it(int fd, char *b, u32 n) { return call(WRITE, fd, (long)b, n, 0, 0, 0); }
static long read_it(int fd, char *b, u32 n) { return call(READ, fd, (long)b, n, 0, 0, 0); }
static long writev_it(int fd, char *b, u32 n) { return vector(WRITEV, fd, b, n, 0, 0); }
static long readv_it(int fd, char *b, u32 n) { return vector(READV, fd, b, n, 0, 0); }
static long pwritev2_it(int fd, char *b, u32 n) { return vector(PWRITEV2, fd, b, n, -1, 0); }
static long preadv2_it(int fd, char *b, u32 n) { return vector(PREADV2, fd, b, n, -1, 0); }
static long send_it(int fd, char *b, u32 n) { return SEND(fd, (long)b, n, 0); }
static long recv_it(int fd, char *b, u32 n) { return RECV(fd, (long)b, n, 0); }
static long sendto_it(int fd, char *b, u32 n) { return call(SENDTO, fd, (long)b, n, 0, 0, 0); }
static long recvfrom_it(int fd, char *b, u32 n) { return call(RECVFROM, fd, (long)b, n, 0, 0, 0); }
static long sendmsg_it(int fd, char *b, u32 n) { return in_message(fd, b, n, SENDMSG); }
static long recvmsg_it(int fd, char *b, u32 n) { return in_message(fd, b, n, RECVMSG); }
static long sendmmsg_it(int fd, char *b, u32 n) { return in_messages(fd, b, n, SENDMMSG); }
static long recvmmsg_it(int fd, char *b, u32 n) { return in_messages(fd, b, n, RECVMMSG); }
static long recvmmsg64_it(int fd, char *b, u32 n) { return in_messages(fd, b, n, RECVMMSG_TIME64); }
#if defined(__i386__)
static long called_sendto(int fd, char *b, u32 n) { return SOCKETCALL(11, fd, (long)b, n, 0, 0, 0); }
static long called_recvfrom(int fd, char *b, u32 n) { return SOCKETCALL(12, fd, (long)b, n, 0, 0, 0); }
static long called_sendmsg(int fd, char *b, u32 n) { return in_message(fd, b, n, 16); }
static long called_recvmsg(int fd, char *b, u32 n) { return in_message(fd, b, n, 17); }
#endif

/* Looks first, and takes nothing; then reads. */
static long peek_and_recv(int fd, char *b, u32 n)
{
	long seen = RECV(fd, (long)b, n, 2);

	return seen < 0 ? seen : RECV(fd, (long)b, n, 0);
}

/* The head from memory, the last two bytes from a file, or through a pipe. */
static long from_file(int fd, char *bytes, u32 len, long number)
{
	int file = call(MEMFD_CREATE, (long)"body", 0, 0, 0, 0, 0);
	long offset[2] = {0, 0}, head = write_it(fd, bytes, len - 2);

	if (write_it(file, bytes + len - 2, 2) != 2 || head < 0)
		return -1;
	return head + call(number, fd, file, (long)offset, 2, 0, 0);
}
static long sendfile_it(int fd, char *b, u32 n) { return from_file(fd, b, n, SENDFILE); }
static long sendfile64_it(int fd, char *b, u32 n) { return from_file(fd, b, n, SENDFILE64); }
static long splice_it(int fd, char *bytes, u32 len)
{
	int ends[2];
	long head = write_it(fd, bytes, len - 2);

	if (call(PIPE, (long)ends, 0, 0, 0, 0, 0) || write_it(ends[1], bytes + len - 2, 2) != 2 || head < 0)
		return -1;
	return head + call(SPLICE, ends[0], 0, fd, 0, 2, 0);
}

struct way {
	const char *name;
	mover *send, *receive;
};
static const struct way ways[] = {
	{"read", write_it, read_it},
	{"readv", writev_it, readv_it},
	{"preadv2", pwritev2_it, preadv2_it},
	{"recv", send_it, recv_it},
	{"peek", send_it, peek_and_recv},
	{"recvfrom", sendto_it, recvfrom_it},
	{"recvmsg", sendmsg_it, recvmsg_it},
	{"recvmmsg", sendmmsg_it, recvmmsg_it},
	{"recvmmsg-time64", sendmmsg_it, recvmmsg64_it},
	{"sendfile", sendfile_it, read_it},
	{"sendfile64", sendfile64_it, read_it},
	{"splice", splice_it, read_it},
#if defined(__i386__)
	{"socketcall-recvfrom", called_sendto, called_recvfrom},
	{"socketcall-recvmsg", called_sendmsg, called_recvmsg},
#endif
};

static u32 append(char *to, u32 at, const char *text)
{
	while (*text)
		to[at++] = *text++;
	return at;
}

static char bytes[512];

/* What is behind a pause of the sender comes with another call. */
static int receive_all(const struct way *way, int fd, u32 len)
{
	u32 had = 0;

	while (had < len) {
		long moved = way->receive(fd, bytes + had, len - had);

		if (moved <= 0)
			return 0;
		had += moved;
	}
	return 1;
}

/* Both ends of one exchange; says whether all came. */
static int exchange(int client, int server, const struct way *way)
{
	/* A request has no body that could come from a file. */
	int has_file = way->receive == read_it && way->send != write_it;
	u32 len = append(bytes, 0, "GET /32/");

	len = append(bytes, len, way->name);
	len = append(bytes, len, " HTTP/1.1\r\nHost: a\r\n\r\n");
	if ((has_file ? write_it : way->send)(client, bytes, len) != (long)len || !receive_all(way, server, len))
		return 0;
	len = append(bytes, 0, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
	return way->send(server, bytes, len) == (long)len && receive_all(way, client, len);
}

/* One whose answer lasts until its server says that there is no more. */
static int last_exchange(int client, int server)
{
	u32 len = append(bytes, 0, "GET /32/shutdown HTTP/1.1\r\nHost: a\r\n\r\n");

	if (write_it(client, bytes, len) != (long)len || !receive_all(ways, server, len))
		return 0;
	len = append(bytes, 0, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi");
	if (write_it(server, bytes, len) != (long)len || call(SHUTDOWN, server, 1, 0, 0, 0, 0))
		return 0;
	return receive_all(ways, client, len) && read_it(client, bytes, 1) == 0;
}

static void say(const char *name)
{
	write_it(1, bytes, append(bytes, append(bytes, 0, name), "\n"));
}

__attribute__((used)) int run(int argc, char **argv)
{
	struct {
		unsigned short family, port;
		unsigned char address[4], zero[8];
	} address = {2, 0, {127, 0, 0, 1}, {0}};
	int listener = call(SOCKET, 2, 1, 0, 0, 0, 0), client = call(SOCKET, 2, 1, 0, 0, 0, 0), server, port = 0;

	if (argc < 2)
		return 64;
	for (const char *digit = argv[1]; *digit; digit++)
		port = port * 10 + *digit - '0';
	address.port = (unsigned short)(port << 8 | port >> 8);
	if (call(BIND, listener, (long)&address, sizeof(address), 0, 0, 0) || call(LISTEN, listener, 1, 0, 0, 0, 0) ||
	    call(CONNECT, client, (long)&address, sizeof(address), 0, 0, 0))
		return 1;
	server = call(ACCEPT4, listener, 0, 0, 0, 0, 0);
	for (u32 i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (!exchange(client, server, ways + i))
			return 1;
		say(ways[i].name);
	}
	if (!last_exchange(client, server))
		return 1;
	say("shutdown");
	return 0;
}

#if defined(__i386__)
__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tlea 4(%eax), %edx\n\tand $-16, %esp\n\tsub $8, %esp\n\tpush %edx\n\tpush (%eax)\n\tcall run\n"
	"\tmov %eax, %ebx\n\tmov $1, %eax\n\tint $0x80\n");
#else
__asm__(".globl _start\n_start:\n\tldr r0, [sp]\n\tadd r1, sp, #4\n\tbl run\n\tmov r7, #1\n\tsvc 0\n");
#endif
