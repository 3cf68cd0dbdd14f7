#!/usr/bin/env bash
# The stack on an engine that is not this machine's: an unpacked Debian with that engine, entered as if it were the machine.
#
#   run.sh podman-5.4 | podman-5.8 | docker-26     one story: set up, test twice, down, as an ordinary user with sudo
#   run.sh podman-5.4 | podman-5.8 machine          its podman makes, starts and stops a machine, as test/e2e/machine-real.test.ts says
#
# Needs root, mmdebstrap and iptables (Podman's packages bring it). The unpacked systems are kept in $ENGINE_ROOTS (.tasks/roots).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
repository=$(cd "$here/../.." && pwd)
roots=${ENGINE_ROOTS:-$repository/.tasks/roots}
common=ca-certificates,runc,sudo,git,iptables,iproute2,procps,python3-minimal,curl,libstdc++6,mmdebstrap,debian-archive-keyring

podman=podman,podman-compose,netavark,aardvark-dns,openssh-server,openssh-client

case ${1:-} in
podman-5.4) suite=trixie engine=podman packages=$podman ;;
podman-5.8) suite=sid engine=podman packages=$podman ;;
docker-26) suite=trixie engine=docker packages=docker.io,docker-cli,docker-compose,docker-buildx ;;
*)
	printf 'error: unknown engine `%s`\nhint: it is one of podman-5.4, podman-5.8, docker-26\n' "${1:-}" >&2
	exit 2
	;;
esac
name=$1
story=${2:-stack}
root=$roots/$name

# Made anew where other packages are asked for than it was made of. Sid's index may be older than its own limit on a mirror.
make_root() {
	[ "$(cat "$root/.complete" 2>/dev/null)" = "$suite $common,$packages" ] && return
	rm -rf "$root"
	mkdir -p "$roots"
	printf 'making %s from the packages of Debian %s\n' "$root" "$suite"
	mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' \
		--include="$common,$packages" "$suite" "$root"
	printf '%s\n' "$suite $common,$packages" >"$root/.complete"
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
case $story in
stack)
	furnish
	"$here/enter.sh" "$root" bash /story.sh "$engine"
	;;
machine)
	cd "$repository"
	TASKS_TEST_MACHINE=$root npx vitest run --project machine test/e2e/machine-real.test.ts
	;;
*)
	printf 'error: unknown story `%s`\nhint: it is `machine`, or nothing\n' "$story" >&2
	exit 2
	;;
esac
