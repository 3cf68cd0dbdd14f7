/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the first line of a message says. Pure functions over a bounded buffer, compiled for the
 * host too.
 */
#ifndef HTTP_START_BPF_H
#define HTTP_START_BPF_H

/* The bytes looked at to tell whether a request may start. The longest registered method has 17. */
#define HP_START_BYTES 24
/* By these it is told whether the answers to a method are what their headers say. */
#define HP_METHOD_BYTES 4
/* A head longer than this is left to user space; with long cookies some have thousands. */
#define HP_SCAN_BYTES 8192
/* What is looked at first of an answer: few have longer heads, and behind most lies a body. */
#define HP_ANSWER_BYTES 2048

/* Letters, digits and the marks that a method may have (RFC 9110 calls them token characters). */
static __always_inline int is_token_byte(__u8 byte)
{
	if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
		return 1;
	if (byte >= '0' && byte <= '9')
		return 1;
	return byte == '-' || byte == '_' || byte == '.' || byte == '!' || byte == '#' ||
	       byte == '$' || byte == '%' || byte == '&' || byte == '\'' || byte == '*' ||
	       byte == '+' || byte == '^' || byte == '`' || byte == '|' || byte == '~';
}

/*
 * Could a target begin with it: `/`, `*`, or the letters, digits and brackets of a scheme or a
 * host?
 */
static __always_inline int may_start_target(__u8 byte)
{
	return byte == '/' || byte == '*' || byte == '[' || is_token_byte(byte);
}

/* Could a request begin with these bytes? `bytes` has room for HP_START_BYTES. */
static __always_inline int may_start_request(const __u8 *bytes, __u32 count)
{
	__u32 letters = 0;
	__u32 blanks = 0;

	for (__u32 i = 0; i < HP_START_BYTES; i++) {
		__u8 byte = bytes[i];

		if (i >= count)
			return 1;
		if (!letters && (byte == '\r' || byte == '\n'))
			continue;
		/* As an introduction in version 2 does, of which this may be a part. */
		if (!byte && i == 4 && !letters)
			return 1;
		if (letters && byte == ' ') {
			blanks = 1;
			continue;
		}
		if (blanks)
			return may_start_target(byte);
		if (!is_token_byte(byte))
			return 0;
		letters = 1;
	}
	return blanks;
}

/* Does a first line that ends before `end` name HTTP/1, as a request's does? */
static __always_inline int names_http(const __u8 *bytes, __u32 end)
{
	/* `HTTP/1.1` and the line's end. */
	__u64 at = end - 10;

	if (end < 10 || end > HP_SCAN_BYTES)
		return 0;
	/* The verifier must see the very value that is used. */
	asm volatile("" : "+r"(at));
	if (at > HP_SCAN_BYTES)
		return 0;
	if (bytes[at + 8] != '\r')
		at++;
	return bytes[at] == 'H' && bytes[at + 1] == 'T' && bytes[at + 2] == 'T' &&
	       bytes[at + 3] == 'P' && bytes[at + 4] == '/' && bytes[at + 5] == '1' &&
	       bytes[at + 6] == '.';
}

/* Could a response begin with these bytes? */
static __always_inline int may_start_response(const __u8 *bytes, __u32 count)
{
	const __u8 start[] = {'H', 'T', 'T', 'P', '/', '1', '.'};

	for (__u32 i = 0; i < sizeof(start); i++)
		if (i < count && bytes[i] != start[i])
			return 0;
	return count > 0;
}

/* Is this surely the beginning of a response's status line? */
static __always_inline int starts_response(const __u8 *bytes, __u32 count)
{
	return count >= 12 && bytes[0] == 'H' && bytes[1] == 'T' && bytes[2] == 'T' &&
	       bytes[3] == 'P' && bytes[4] == '/' && bytes[5] == '1' && bytes[6] == '.' &&
	       bytes[8] == ' ';
}

/* A response with this status has no body whatever its headers say. */
static __always_inline int status_has_no_body(const __u8 *bytes)
{
	return bytes[9] == '1' || (bytes[9] == '2' && bytes[10] == '0' && bytes[11] == '4') ||
	       (bytes[9] == '3' && bytes[10] == '0' && bytes[11] == '4');
}

/* Does another protocol follow this response? */
static __always_inline int upgrades(const __u8 *bytes)
{
	return bytes[9] == '1' && bytes[10] == '0' && bytes[11] == '1';
}

/* Are responses on this connection from now on not what their headers say (HEAD, CONNECT)? */
static __always_inline int makes_answers_unsure(const __u8 *bytes)
{
	return (bytes[0] == 'H' && bytes[1] == 'E' && bytes[2] == 'A' && bytes[3] == 'D') ||
	       (bytes[0] == 'C' && bytes[1] == 'O' && bytes[2] == 'N' && bytes[3] == 'N');
}

#endif
