#!/usr/bin/env bash
# Stand-ins for the public images of Python, PostgreSQL and RabbitMQ, made of the distribution's own packages, for tests
# where no image registry can be reached. They understand what compose.yaml and the tests ask of the public ones, no more.
#
# usage: build.sh   as root on Debian with debootstrap and a Docker engine; five minutes at first
# BASE=name   begin with that image of Debian with Python, instead of a new one
# Package mirrors, certificates and pip's settings are those of the machine that runs this.
set -euo pipefail
cd "$(dirname "$0")"

say() { echo "build.sh: $*" >&2; }
has() { docker image inspect "$1" >/dev/null 2>&1; }

make_debian() { # image
  local root suite mirror
  command -v debootstrap >/dev/null || { say "needs debootstrap"; exit 1; }
  suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(find /etc/apt -name '*.sources' -o -name sources.list | xargs sed -nE 's/^(URIs: *|deb +(\[[^]]*\] *)?)([^ ]+).*/\3/p' | head -1)
  root=$(mktemp -d)
  chmod 755 "$root"
  trap 'rm -rf "$root"' RETURN
  debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv "$suite" "$root" "$mirror" >/dev/null
  rm -f "$root"/etc/apt/sources.list "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*_*
  cp -r /etc/apt/sources.list.d/. "$root/etc/apt/sources.list.d/"
  find "$root/etc/apt/sources.list.d" -type f ! -name '*.sources' ! -name '*.list' -delete
  [ ! -f /etc/apt/sources.list ] || cp /etc/apt/sources.list "$root/etc/apt/sources.list"
  for file in /etc/apt/apt.conf.d/99*; do [ ! -f "$file" ] || cp "$file" "$root/etc/apt/apt.conf.d/"; done
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  [ ! -f /etc/pip.conf ] || grep -vE 'find-links|file://' /etc/pip.conf >"$root/etc/pip.conf" || true
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  tar -C "$root" -c . | docker import --change 'ENV LANG=C.UTF-8' --change 'CMD ["bash"]' - "$1" >/dev/null
}

base=${BASE:-sansan-test-debian}
has "$base" || { say "making $base"; make_debian "$base"; }
for name in python postgres rabbitmq; do
  say "making sansan-test-$name"
  docker build --quiet --build-arg "BASE=$base" --tag "sansan-test-$name" "$name" >/dev/null
done
