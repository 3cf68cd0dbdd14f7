/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a note of a socket lies among the others: a pure function, compiled for the host too. */
#ifndef HTTP_PLACE_BPF_H
#define HTTP_PLACE_BPF_H

/* Objects do not begin closer to each other. */
#define OBJECT_BYTES 64
/* 2^64 divided by the golden ratio, whose multiples lie far apart. */
#define GOLDEN 0x9e3779b97f4a7c15ULL

/*
 * By any address within an object's first bytes: one of 2^`bits` places. Objects of a kind are as
 * far apart in every slab, so that the lower bits of their addresses are those of a few only.
 */
static __always_inline __u64 place_of(__u64 address, __u32 bits)
{
	return address / OBJECT_BYTES * GOLDEN >> (64 - bits);
}

#endif
