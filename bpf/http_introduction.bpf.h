/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a proxy says of whom it speaks for, before a connection's first request (the PROXY protocol,
 * versions 1 and 2). Pure functions over a bounded buffer, compiled for the host too.
 */
#ifndef HTTP_INTRODUCTION_BPF_H
#define HTTP_INTRODUCTION_BPF_H

#include "http_start.bpf.h"

/* The longest of version 1; of version 2 these tell how long it is. */
#define HP_INTRODUCTION_BYTES 108
#define HP_LONGEST_LINE 107
/* `PROXY UNKNOWN HTTP/1.1` with its end. */
#define HP_LONGEST_DOUBTFUL 24
#define HP_BINARY_HEAD 16

/*
 * `PROXY TC`, `PROXY UN` and the `KNOW` behind it, and the beginning of version 2: two empty lines,
 * a NUL and more.
 */
#define HP_PROXY_TCP 0x43542059584f5250ULL
#define HP_PROXY_UNKNOWN 0x4e552059584f5250ULL
#define HP_PROXY_UNKNOWN_REST 0x574f4e4bU
#define HP_PROXY_BINARY 0x510a0d000a0d0a0dULL
#define HP_PROXY_BINARY_REST 0x0a544955U

/* Does it begin as one does? Asked of every connection's first bytes. */
static __always_inline int may_introduce(const __u8 *bytes)
{
	return (bytes[0] == 'P' && bytes[1] == 'R' && bytes[2] == 'O' && bytes[3] == 'X') ||
	       (bytes[0] == '\r' && !bytes[4]);
}

/*
 * `PROXY TCP4 `, `PROXY TCP6 ` or `PROXY UNKNOWN`: any other word may be the target of a request
 * whose method is `PROXY`.
 */
static __always_inline int begins_line(const __u8 *bytes)
{
	__u64 first = *(const __u64 *)bytes;

	if (first == HP_PROXY_TCP)
		return bytes[8] == 'P' && (bytes[9] == '4' || bytes[9] == '6') && bytes[10] == ' ';
	return first == HP_PROXY_UNKNOWN && *(const __u32 *)(bytes + 8) == HP_PROXY_UNKNOWN_REST &&
	       bytes[12] == 'N';
}

/*
 * The line's length with its end, which is CR and LF and nothing less; 0 where that is not among
 * the bytes.
 */
static __always_inline __u32 introducing_line(const __u8 *bytes, __u32 count)
{
	for (__u32 i = 8; i < HP_LONGEST_LINE && i < count; i++)
		if (bytes[i] == '\n' && bytes[i - 1] == '\r')
			return i + 1;
	return 0;
}

/*
 * May such a line be a request's all the same, as `PROXY TCP4 HTTP/1.1` is? User space reads it
 * then.
 */
static __always_inline int may_be_request(const __u8 *bytes, __u32 length)
{
	return length <= HP_LONGEST_DOUBTFUL && names_http(bytes, length);
}

/*
 * How many bytes an introduction has with which a connection begins; 0 for anything else, and for
 * one of which `count` bytes do not tell that. `bytes` is aligned to 8 and has room for
 * HP_INTRODUCTION_BYTES.
 */
static __always_inline __u32 introduction_length(const __u8 *bytes, __u32 count)
{
	__u64 first = *(const __u64 *)bytes;

	if (count < HP_BINARY_HEAD - 1)
		return 0;
	if (begins_line(bytes)) {
		__u32 length = introducing_line(bytes, count);

		return may_be_request(bytes, length) ? 0 : length;
	}
	if (count < HP_BINARY_HEAD || first != HP_PROXY_BINARY ||
	    *(const __u32 *)(bytes + 8) != HP_PROXY_BINARY_REST)
		return 0;
	return HP_BINARY_HEAD + (bytes[14] << 8 | bytes[15]);
}

#endif
