/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints at how many places lie the sockets of so many slabs, of such a size, with so many in each. */
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include "http_place.bpf.h"

#define BITS 10
/* Where the kernel's own memory begins on x86-64 without a random base. */
#define MEMORY 0xffff888000000000ULL

int main(int count, char **words)
{
	static int is_taken[1 << BITS];
	int places = 0;

	if (count < 4)
		return 64;
	for (int slab = 0; slab < atoi(words[1]); slab++)
		for (int each = 0; each < atoi(words[3]); each++) {
			__u64 address = MEMORY + slab * 0x8000ULL + each * strtoull(words[2], NULL, 10);
			int *place = &is_taken[place_of(address, BITS)];

			places += !*place;
			*place = 1;
		}
	printf("%d\n", places);
	return 0;
}
