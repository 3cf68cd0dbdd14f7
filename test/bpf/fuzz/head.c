/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The head finder on the host, under libFuzzer and sanitizers, against the same asked in the plainest words.
 * What it must never do: say where a head ends, or how its body is framed, and be wrong.
 */
#define _GNU_SOURCE
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "http_head.bpf.h"
#include "http_introduction.bpf.h"
#include "http_part.bpf.h"

#define REQUIRE(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "not so: %s\n", #what); \
			abort(); \
		} \
	} while (0)

struct plain {
	__u32 end;
	__u32 lines;
	__u32 lengths;
	__u32 length_at;
	int encoded;
};

static int begins(const __u8 *bytes, __u32 at, const char *lower)
{
	for (__u32 i = 0; lower[i]; i++)
		if ((bytes[at + i] | 0x20) != lower[i])
			return 0;
	return 1;
}

/* Line by line, byte by byte. */
static struct plain read_plainly(const __u8 *bytes, __u32 count)
{
	struct plain found = {0};

	for (__u32 i = 0; i < count && i < HP_SCAN_BYTES; i++) {
		if (bytes[i] != '\n')
			continue;
		found.lines++;
		if (bytes[i + 1] == '\n' || (bytes[i + 1] == '\r' && bytes[i + 2] == '\n')) {
			found.end = i + (bytes[i + 1] == '\n' ? 2 : 3);
			break;
		}
		if (begins(bytes, i + 1, "content-length:")) {
			found.lengths++;
			found.length_at = i + 1 + 15;
		}
		if (begins(bytes, i + 1, "transfer-enc"))
			found.encoded = 1;
	}
	if (found.end > count)
		found.end = 0;
	return found;
}

static void check_scan(const __u8 *bytes, __u32 count)
{
	struct hp_scan scan;
	struct plain plain = read_plainly(bytes, count);

	scan_head(bytes, count, &scan);
	REQUIRE(!scan.end || scan.end == plain.end);
	REQUIRE(!scan.end || scan.length_at == plain.length_at);
	REQUIRE(!scan.end || scan.framed_otherwise == (plain.encoded || plain.lengths > 1));
	REQUIRE(scan.end || !plain.end || plain.lines >= HP_SCAN_LINES / 2);
	if (scan.length_at && scan.length_at <= HP_SCAN_BYTES) {
		__s64 value = plain_number(bytes, scan.length_at);
		char digits[HP_SCAN_SLACK] = {0};

		memcpy(digits, bytes + scan.length_at, HP_SCAN_SLACK - 8);
		REQUIRE(value == -1 || value == strtoll(digits, NULL, 10));
	}
}

/* Does a line behind the first begin as those do that say how long the body is? */
static int says_length(const __u8 *bytes, __u32 count)
{
	for (__u32 i = 0; i + 1 < count; i++)
		if (bytes[i] == '\n' && ((bytes[i + 1] | 0x20) == 'c' || (bytes[i + 1] | 0x20) == 't'))
			return 1;
	return 0;
}

/*
 * The same head in parts, the first `first` bytes long and the others `next`: it ends where it does, and its body is as long;
 * unless that depends on how it is split, it is always known.
 */
static void check_parts(const __u8 *bytes, __u32 count, __u32 first, __u32 next)
{
	struct plain whole = read_plainly(bytes, count);
	const __u8 *feed = memchr(bytes, '\n', count);
	__u32 line = feed ? feed - bytes + 1 : 0;
	__u8 *part = aligned_alloc(8, HP_SCAN_BYTES + HP_SCAN_SLACK);
	enum hp_went_on went = HP_PART_OF_HEAD;
	struct hp_part seen = {0};
	struct hp_scan scan;
	__u32 at = 0;

	for (__u32 len = first; went == HP_PART_OF_HEAD && at + len <= count; at += len, len = next) {
		memset(part, next & 1 ? '\n' : 'c', HP_SCAN_BYTES + HP_SCAN_SLACK);
		memcpy(part, bytes + at, len);
		scan_head(part, len, &scan);
		went = part_came(part, len, &scan, &seen);
		REQUIRE(went != HP_PART_OF_HEAD || !whole.end || whole.end > at + len);
		if (went != HP_PART_ENDS)
			continue;
		REQUIRE(at + scan.end == whole.end);
		REQUIRE(names_http(bytes, line) && !whole.encoded && whole.lengths < 2);
		REQUIRE(seen.length == (whole.lengths ? (__u64)plain_number(bytes, whole.length_at) : 0));
	}
	REQUIRE(went || !names_http(bytes, line) || line > first || whole.lines > HP_SCAN_LINES / 2 || says_length(bytes, count));
	free(part);
}

/*
 * What a few bytes rule out, more bytes never bring back; what lies behind them is of no account; and a proper request is
 * never ruled out.
 */
static void check_start(const __u8 *bytes, __u32 count)
{
	int may = 1;

	for (__u32 length = 0; length <= count; length++) {
		int now = may_start_request(bytes, length);
		__u8 alone[HP_START_BYTES] = {0};

		memcpy(alone, bytes, length);
		REQUIRE(may_start_request(alone, length) == now);
		REQUIRE(may || !now);
		may = now;
	}
	if (count >= 8 && (!memcmp(bytes, "GET /", 5) || !memcmp(bytes, "QUERY *", 7)))
		REQUIRE(may);
}

/* It is as long as the whole message says, whatever lies behind the bytes; and what it begins with is not ruled out. */
static void check_introduction(const __u8 *bytes, __u32 count)
{
	static const __u8 signature[] = "\r\n\r\n\0\r\nQUIT\n";
	__u32 length = introduction_length(bytes, count);
	const __u8 *end = memmem(bytes, count < 107 ? count : 107, "\r\n", 2);

	if (!length)
		return;
	REQUIRE(may_introduce(bytes));
	REQUIRE(may_start_request(bytes, count < HP_START_BYTES ? count : HP_START_BYTES));
	if (bytes[0] == 'P') {
		REQUIRE(length <= count && end && length == end - bytes + 2);
		REQUIRE(!memcmp(bytes, "PROXY TCP4 ", 11) || !memcmp(bytes, "PROXY TCP6 ", 11) || !memcmp(bytes, "PROXY UNKNOWN", 13));
		REQUIRE(length != 21 || memcmp(bytes + 10, " HTTP/1.1\r\n", 11));
		REQUIRE(length != 24 || memcmp(bytes + 13, " HTTP/1.1\r\n", 11));
	} else {
		REQUIRE(count >= 16 && !memcmp(bytes, signature, 12));
		REQUIRE(length == 16 + 256u * bytes[14] + bytes[15]);
	}
}

int LLVMFuzzerTestOneInput(const __u8 *data, size_t size)
{
	/* As large as the probe's, on the heap, so that a byte too far is noticed. */
	__u8 *bytes = aligned_alloc(8, HP_SCAN_BYTES + HP_SCAN_SLACK);
	__u8 *start = malloc(HP_START_BYTES);
	__u8 *introduction = aligned_alloc(8, (HP_INTRODUCTION_BYTES + 7) / 8 * 8);
	__u32 count = size < HP_SCAN_BYTES ? size : HP_SCAN_BYTES;
	__u32 few = size < HP_START_BYTES ? size : HP_START_BYTES;
	__u32 some = size < HP_INTRODUCTION_BYTES ? size : HP_INTRODUCTION_BYTES;

	/* Behind the bytes lies what the last head left there. */
	memset(bytes, size & 1 ? '\n' : 'c', HP_SCAN_BYTES + HP_SCAN_SLACK);
	memset(start, 'G', HP_START_BYTES);
	memcpy(bytes, data, count);
	memcpy(start, data, few);
	memset(introduction, '\n', HP_INTRODUCTION_BYTES);
	memcpy(introduction, data, some);
	check_scan(bytes, count);
	if (count > 2)
		check_parts(bytes, count, 1 + data[size - 1] * 33 % count, 1 + data[size - 2] % 64);
	check_start(start, few);
	check_introduction(introduction, some);
	if (count >= 12 && starts_response(bytes, count))
		REQUIRE(status_has_no_body(bytes) == (bytes[9] == '1' || !memcmp(bytes + 9, "204", 3) || !memcmp(bytes + 9, "304", 3)));
	free(bytes);
	free(start);
	free(introduction);
	return 0;
}
