#!/usr/bin/env bash
# An sshd for the tests that play a virtual machine, unpacked into .tasks/sshd and not installed: a package of it starts a daemon.
# Where the machine has one already there is nothing to do. Needs Debian's packages, and root to read their lists' cache.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -x /usr/sbin/sshd ] && [ "${1:-}" != --always ]; then exit 0; fi

folder=$PWD/.tasks/sshd
as_root=
[ "$(id -u)" = 0 ] || as_root='sudo -n'
rm -rf "$folder"
mkdir -p "$folder/packages/partial"
always=
[ "${1:-}" != --always ] || always=--reinstall
# Only what is missing here is downloaded, and nothing is installed.
$as_root apt-get install -y -qq --no-install-recommends --download-only $always \
	-o Dir::Cache::archives="$folder/packages" -o APT::Sandbox::User=root openssh-server openssh-client >/dev/null
for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder"; done
rm -rf "$folder/packages"
printf 'unpacked %s, and installed nothing\n' "$folder/usr/sbin/sshd"
