/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A head that comes in parts, each of which is scanned by itself: what is kept between them is no
 * byte of it, but what they said. Pure functions over a bounded buffer, compiled for the host too.
 */
#ifndef HTTP_PART_BPF_H
#define HTTP_PART_BPF_H

#include "http_head.bpf.h"

/* What the parts of a head have said so far. */
enum hp_seen {
	/* The first line, which names HTTP/1. */
	HP_SEEN_LINE = 1,
	/* The last part ended where a line begins; or behind a CR there. */
	HP_SEEN_FEED = 2,
	HP_SEEN_RETURN = 4,
	/* How long the body is. */
	HP_SEEN_LENGTH = 8,
	/* A method whose answers are not what their headers say. */
	HP_SEEN_DOUBT = 16,
};

enum hp_went_on {
	/* Where the head ends, or how its body is framed, is not known for sure. */
	HP_PART_UNSURE = 0,
	HP_PART_OF_HEAD = 1,
	/* The head ends with the part, or in it. */
	HP_PART_ENDS = 2,
};

struct hp_part {
	/* The length of the body, with HP_SEEN_LENGTH; else 0. */
	__u64 length;
	/* enum hp_seen. */
	__u32 seen;
	/* enum hp_went_on. */
	__u32 went;
};

/* So much of a line is all that is looked at: a name, and a number. */
#define HP_LINE_BYTES 40

/* Could a line that begins so say how long the body is? What lies behind its `count` bytes is of no
 * account. */
static __always_inline int may_say_length(const __u8 *line, __u32 count)
{
	__u64 behind = count < 8 ? ~0ULL << (8 * count) : 0;
	__u64 first = word_at(line) | HP_LOWER;

	return !((first ^ 0x2d746e65746e6f63ULL) & ~behind) ||
	       !((first ^ 0x726566736e617274ULL) & ~behind);
}

/* Takes note of the length that is given at `at`; false if that is not known for sure. */
static __always_inline int note_length(const __u8 *bytes, __u64 at, struct hp_part *part)
{
	__s64 length;

	/* The verifier must see the very value that is used. */
	asm volatile("" : "+r"(at));
	if (at > HP_SCAN_BYTES || part->seen & HP_SEEN_LENGTH)
		return 0;
	length = plain_number(bytes, at);
	if (length < 0)
		return 0;
	part->length = length;
	part->seen |= HP_SEEN_LENGTH;
	return 1;
}

/* How many bytes of its last line a part ends with; HP_LINE_BYTES where they are as many or more.
 */
static __always_inline __u32 last_line_bytes(const __u8 *bytes, __u64 count)
{
	__u32 left = 0;

	for (; left < HP_LINE_BYTES; left++) {
		__u64 at = count - 1 - left;

		/* As above; before the first byte it is more than that. */
		asm volatile("" : "+r"(at));
		if (at >= HP_SCAN_BYTES || bytes[at] == '\n')
			break;
	}
	return left;
}

/* Takes note of how a part ends in which the head does not; false if what that says is not known.
 */
static __always_inline int note_end(const __u8 *bytes, __u32 count, struct hp_part *part)
{
	__u32 left = last_line_bytes(bytes, count);
	int begins = left < count || part->seen & HP_SEEN_FEED;
	__u64 line = count - left;

	part->seen &= ~(HP_SEEN_FEED | HP_SEEN_RETURN);
	/* Nothing depends on what goes on, be it of an earlier part: it began long before. */
	if (left == HP_LINE_BYTES || !begins)
		return 1;
	asm volatile("" : "+r"(line));
	if (line > HP_SCAN_BYTES)
		return 0;
	if (left == 1 && bytes[line] == '\r')
		part->seen |= HP_SEEN_RETURN;
	else if (left)
		return !may_say_length(bytes + line, left);
	else
		part->seen |= HP_SEEN_FEED;
	return 1;
}

/* The line that goes on, or begins, with a part: the head may end with it. */
static __always_inline void join_parts(const __u8 *bytes, volatile struct hp_scan *scan, __u32 seen)
{
	int ends = 0;

	if (seen & HP_SEEN_FEED)
		ends = line_started(bytes, 0, scan);
	if (seen & HP_SEEN_RETURN && bytes[0] == '\n') {
		scan->end = 1;
		ends = 1;
	}
	if (!ends)
		return;
	scan->length_at = 0;
	scan->framed_otherwise = 0;
}

/*
 * A head goes on, or begins where nothing has been seen, with `count` bytes that were scanned. Says
 * what is known then, and where it ends.
 */
static __always_inline enum hp_went_on
part_came(const __u8 *bytes, __u32 count, volatile struct hp_scan *scan, struct hp_part *part)
{
	__u32 length_at;

	/* Not all of it was looked at. */
	if (!scan->end && scan->at < count)
		return HP_PART_UNSURE;
	join_parts(bytes, scan, part->seen);
	if (scan->end > count)
		scan->end = 0;
	if (!(part->seen & HP_SEEN_LINE) && scan->line_end && scan->line_end <= count) {
		if (!names_http(bytes, scan->line_end))
			return HP_PART_UNSURE;
		part->seen |= HP_SEEN_LINE;
	}
	length_at = scan->length_at;
	if (scan->framed_otherwise)
		return HP_PART_UNSURE;
	if (length_at && length_at < count && !note_length(bytes, length_at, part))
		return HP_PART_UNSURE;
	if (scan->end)
		return HP_PART_ENDS;
	return note_end(bytes, count, part) ? HP_PART_OF_HEAD : HP_PART_UNSURE;
}

#endif
