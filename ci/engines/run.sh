#!/usr/bin/env bash
# The stack on an engine that is not this machine's: an unpacked Debian with that engine, entered as if it were the machine.
#
#   run.sh podman-5.4 | podman-5.8 | docker-26     one story: set up, test twice, down, as an ordinary user with sudo
#   run.sh docker-26 compose                        more words are handed to story.sh
#
# Needs root, mmdebstrap and iptables (Podman's packages bring it). The unpacked systems are kept in $ENGINE_ROOTS (.tasks/roots).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
roots=${ENGINE_ROOTS:-$repository/.tasks/roots}
common=ca-certificates,runc,sudo,git,iptables,iproute2,procps,python3-minimal,curl,libstdc++6,mmdebstrap,debian-archive-keyring

case ${1:-} in
podman-5.4) suite=trixie engine=podman packages=podman,podman-compose,netavark,aardvark-dns ;;
podman-5.8) suite=sid engine=podman packages=podman,podman-compose,netavark,aardvark-dns ;;
docker-26) suite=trixie engine=docker packages=docker.io,docker-cli,docker-compose,docker-buildx ;;
*)
	printf 'error: unknown engine `%s`\nhint: it is one of podman-5.4, podman-5.8, docker-26\n' "${1:-}" >&2
	exit 2
	;;
esac
name=$1
shift
root=$roots/$name

# Sid's index may be older than its own limit on a mirror.
make_root() {
	[ -e "$root/.complete" ] && return
	rm -rf "$root"
	mkdir -p "$roots"
	printf 'making %s from the packages of Debian %s\n' "$root" "$suite"
	mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
		--include="$common,$packages" "$suite" "$root"
	: >"$root/.complete"
}

# Node and npm of this machine, its certificate authorities, and a fresh clone of what is committed here.
furnish() {
	local npm
	npm=$(dirname "$(dirname "$(realpath "$(command -v npm)")")")
	mkdir -p "$root/usr/local/lib/node_modules"
	cp -L "$(command -v node)" "$root/usr/local/bin/node"
	rm -rf "$root/usr/local/lib/node_modules/npm"
	cp -a "$npm" "$root/usr/local/lib/node_modules/npm"
	ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
	ln -sf ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
	cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
	rm -rf "$root/home/builder"
	mkdir -p "$root/home/builder"
	git clone --quiet "$repository" "$root/home/builder/checkout"
	cp "$here/story.sh" "$root/story.sh"
}

make_root
furnish
"$here/enter.sh" "$root" bash /story.sh "$engine" "$@"
