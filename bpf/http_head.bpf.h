/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does a head start here, where does it end, and is the length of what follows known for sure?
 * Pure functions over a bounded buffer, compiled for the host too. Nothing here understands HTTP
 * further: a wrong "not sure" only costs copying, and a wrong "sure" must not happen.
 */
#ifndef HTTP_HEAD_BPF_H
#define HTTP_HEAD_BPF_H

#include "http_start.bpf.h"

/* A head with more lines too. */
#define HP_SCAN_LINES 64
/* Words that are passed over at a time where none has a line feed. */
#define HP_SCAN_WORDS 4
/* A line feed ends a run of words early, and a byte behind one may seem to be another. */
#define HP_SCAN_STEPS (HP_SCAN_BYTES / 8 / HP_SCAN_WORDS + 3 * HP_SCAN_LINES)
/* Bytes that may be read behind the scanned ones. */
#define HP_SCAN_SLACK 32

#define HP_ONES 0x0101010101010101ULL
#define HP_HIGH_BITS 0x8080808080808080ULL
/* Sets the case bit of letters; `-` and `:` have it already. */
#define HP_LOWER 0x2020202020202020ULL

/* What a scan found. Kept in memory that the verifier does not track, or its states never meet. */
struct hp_scan {
	/* Line feeds of the word at `at` that have not been looked at yet. */
	__u64 feeds;
	/* Just behind the empty line; 0 if the head does not end within the bytes. */
	__u32 end;
	/* Just behind the line feed of the first line; 0 if there is none. */
	__u32 line_end;
	/* Where the value of Content-Length begins; 0 if there is none. */
	__u32 length_at;
	/* Transfer-Encoding, or more than one Content-Length. */
	__u32 framed_otherwise;
	/* Where no end was found: all lines that begin before it were looked at. */
	__u32 at;
	__u32 _pad;
};

static __always_inline __u64 word_at(const __u8 *bytes)
{
	return *(const __u64 *)bytes;
}

/* One line of a head begins at `at`: is it the empty one, or one that says how long the body is? */
static __always_inline int line_started(const __u8 *bytes, __u32 at, volatile struct hp_scan *scan)
{
	__u64 first = word_at(bytes + at) | HP_LOWER;
	__u64 second = word_at(bytes + at + 8) | HP_LOWER;

	if (bytes[at] == '\n' || (bytes[at] == '\r' && bytes[at + 1] == '\n')) {
		scan->end = at + (bytes[at] == '\n' ? 1 : 2);
		return 1;
	}
	if (first == 0x2d746e65746e6f63ULL &&
	    (second & 0xffffffffffffffULL) == 0x3a6874676e656cULL) {
		if (scan->length_at)
			scan->framed_otherwise = 1;
		scan->length_at = at + 15;
	}
	if (first == 0x726566736e617274ULL && (second & 0xffffffffULL) == 0x636e652dULL)
		scan->framed_otherwise = 1;
	return 0;
}

/* Bit 7 of every byte that is a line feed, and of some that follow one and are not. */
static __always_inline __u64 feeds_in(__u64 word)
{
	__u64 zeros = word ^ (HP_ONES * '\n');

	return (zeros - HP_ONES) & ~zeros & HP_HIGH_BITS;
}

/* Which byte the lowest set bit 7 belongs to. */
static __always_inline __u32 first_of(__u64 feeds)
{
	return ((feeds & -feeds) >> 7) * 0x0001020304050607ULL >> 56 & 7;
}

/*
 * Finds the end of a head, some words at a time, looking only at what follows a line feed. `bytes`
 * is aligned to 8 and has room for HP_SCAN_BYTES + HP_SCAN_SLACK. The position lives in `scan`, and
 * is volatile so that it really does: the verifier would follow every value it might have in a
 * register.
 */
static __always_inline void scan_head(const __u8 *bytes, __u32 count, volatile struct hp_scan *scan)
{
	scan->end = 0;
	scan->line_end = 0;
	scan->length_at = 0;
	scan->framed_otherwise = 0;
	scan->at = 0;
	scan->feeds = feeds_in(word_at(bytes));
	for (__u32 step = 0; step < HP_SCAN_STEPS; step++) {
		__u64 feeds = scan->feeds;
		__u32 at = scan->at;

		if (at >= HP_SCAN_BYTES)
			break;
		if (feeds) {
			__u32 line = at + first_of(feeds) + 1;

			scan->feeds = feeds & (feeds - 1);
			if (bytes[line - 1] != '\n')
				continue;
			if (!scan->line_end)
				scan->line_end = line;
			if (line_started(bytes, line, scan))
				break;
			continue;
		}
		for (__u32 word = 0; word < HP_SCAN_WORDS && !feeds; word++) {
			at += 8;
			if (at >= count || at >= HP_SCAN_BYTES)
				break;
			feeds = feeds_in(word_at(bytes + at));
		}
		scan->at = at;
		scan->feeds = feeds;
		if (at >= count)
			break;
	}
	if (scan->end > count) {
		scan->end = 0;
		scan->at = count;
	}
}

/*
 * The number at `at`, as one header line gives it; -1 unless it is plain digits to the line's end.
 */
static __always_inline __s64 plain_number(const __u8 *bytes, __u64 at)
{
	__s64 value = 0;
	__u32 digits = 0;

	for (__u32 i = 0; i < HP_SCAN_SLACK - 8; i++) {
		__u8 byte = bytes[at + i];

		if (!digits && (byte == ' ' || byte == '\t'))
			continue;
		if (byte < '0' || byte > '9')
			return digits && (byte == '\r' || byte == '\n') ? value : -1;
		if (++digits > 18)
			return -1;
		value = value * 10 + (byte - '0');
	}
	return -1;
}

#endif
