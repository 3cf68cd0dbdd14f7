#!/usr/bin/env bash
# Inside an unpacked system: an ordinary user with sudo clones, sets up, tests twice and takes down, with one engine.
#
#   story.sh podman|docker
set -euo pipefail

engine=$1
user=builder
checkout=/home/$user/checkout
export TASKS_ENGINE=$engine NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
export npm_config_cafile=$NODE_EXTRA_CA_CERTS

fail() {
	printf 'error: %s\n' "$1" >&2
	exit 1
}

as_user() {
	(cd "$checkout" && setpriv --reuid="$user" --regid="$user" --init-groups env HOME="/home/$user" USER="$user" "$@")
}

start_docker() {
	dockerd >/var/log/dockerd.log 2>&1 &
	for _ in $(seq 100); do
		docker info >/dev/null 2>&1 && return
		sleep 0.3
	done
	tail -20 /var/log/dockerd.log >&2
	fail 'dockerd did not answer within 30 s'
}

containers() {
	"$engine" ps -a --format '{{.Names}}'
}

id "$user" >/dev/null 2>&1 || useradd --no-create-home --home-dir "/home/$user" --shell /bin/bash "$user"
chown -R "$user:$user" "/home/$user"
echo "$user ALL=(ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$user"
[ "$engine" = docker ] && start_docker
"$engine" --version

as_user npm ci
as_user npx tasks doctor || :
as_user npx tasks test --fix
as_user npx tasks test
as_user npx tasks status
foreign=$(find "$checkout" ! -user "$user")
[ -z "$foreign" ] || fail "files that are not the user's: $foreign"
as_user npx tasks down
[ -z "$(containers)" ] || fail "containers are left: $(containers)"
printf 'the story of %s is over: everything worked\n' "$engine"
