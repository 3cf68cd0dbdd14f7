#!/bin/sh
# Compiles the HTTP probe to bpf/.output/http_probe.o (or to $OUT). May run several times at once.
#
#   CLANG      the compiler (clang)              BPFTOOL     bpftool, to write vmlinux.h (bpftool)
#   VMLINUX_H  a vmlinux.h to use as it is       BTF         the BTF to write it from (/sys/kernel/btf/vmlinux)
#   ARCH       x86 or arm64 (this machine's)     OUT         the object to write
#   LLVM_STRIP removes debug information, keeps BTF (llvm-strip)
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
clang=${CLANG:-clang}
bpftool=${BPFTOOL:-bpftool}
strip=${LLVM_STRIP:-llvm-strip}
btf=${BTF:-/sys/kernel/btf/vmlinux}
out=${OUT:-$here/.output/http_probe.o}
work=$here/.output

fail() {
	printf 'error: %s\nhint: %s\n' "$1" "$2" >&2
	exit 1
}

machine_arch() {
	case $(uname -m) in
	x86_64) echo x86 ;;
	aarch64 | arm64) echo arm64 ;;
	*) fail "the probe does not know the processor \`$(uname -m)\`" 'set ARCH to x86 or arm64 to compile for another machine' ;;
	esac
}

find_tool() {
	command -v "$1" >/dev/null 2>&1 && return
	# Debian keeps bpftool where only root's PATH looks.
	PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 && PATH=$PATH:/usr/sbin:/sbin && return
	fail "\`$1\` was not found: $2" "$3"
}

write_vmlinux() {
	if [ -n "${VMLINUX_H:-}" ]; then
		[ -r "$VMLINUX_H" ] || fail "VMLINUX_H names \`$VMLINUX_H\`, which cannot be read" 'unset VMLINUX_H to have it written from the kernel'
		[ "$VMLINUX_H" -ef "$work/vmlinux.h" ] || cp "$VMLINUX_H" "$work/vmlinux.h"
		return
	fi
	find_tool "$bpftool" 'it writes the kernel'"'"'s types to vmlinux.h' 'apt-get install bpftool, or set VMLINUX_H to a ready vmlinux.h'
	[ -r "$btf" ] || fail "\`$btf\` cannot be read: this kernel was built without CONFIG_DEBUG_INFO_BTF, or this is no Linux" 'set BTF to a file with BTF, or VMLINUX_H to a ready vmlinux.h'
	"$bpftool" btf dump file "$btf" format c >"$work/vmlinux.h.$$" || fail "\`$bpftool\` could not turn \`$btf\` into C" 'see its message above'
	mv "$work/vmlinux.h.$$" "$work/vmlinux.h"
}

check_headers() {
	printf '#include <linux/types.h>\n#include <bpf/bpf_helpers.h>\n' |
		"$clang" -target bpf -isystem "/usr/include/$(uname -m)-linux-gnu" -fsyntax-only -x c - 2>/dev/null && return
	fail '`bpf/bpf_helpers.h` was not found: the headers of libbpf are not installed' 'apt-get install libbpf-dev linux-libc-dev'
}

# BPF_PROG names a parameter that not every program uses.
compile() {
	"$clang" -g -O2 -Wall -Wextra -Wno-unused-parameter -Wpadded -Werror -target bpf -D__TARGET_ARCH_"$arch" \
		-isystem "$work" -I "$here" -c "$here/http_probe.bpf.c" -o "$out.$$" || fail 'the probe does not compile' 'see the compiler'"'"'s messages above'
	"$strip" -g "$out.$$"
	mv "$out.$$" "$out"
}

arch=${ARCH:-$(machine_arch)}
find_tool "$clang" 'the probe is compiled with clang 14 or newer' 'apt-get install clang llvm, or set CLANG to its path'
find_tool "$strip" 'it removes debug information from the object' 'apt-get install llvm, or set LLVM_STRIP to its path'
mkdir -p "$work" "$(dirname -- "$out")"
check_headers
write_vmlinux
compile
printf 'built %s for %s\n' "$out" "$arch"
