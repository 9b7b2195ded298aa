#!/usr/bin/env bash
# POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB and POSTGRES_HOST_AUTH_METHOD mean what they mean on the public image.
set -eu
user=${POSTGRES_USER:-postgres}
method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}

if [ "$(id -u)" = 0 ]; then
  install -d -o postgres -g postgres -m 700 "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  [ -n "${POSTGRES_PASSWORD:-}" ] || [ "$method" = trust ] || { echo "POSTGRES_PASSWORD is not set" >&2; exit 1; }
  initdb -U "$user" --pwfile=<(printf '%s\n' "${POSTGRES_PASSWORD:-none}") -E UTF8 --locale=C.UTF-8 --auth-host="$method" >/dev/null
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  pg_ctl -w start -o "-c listen_addresses=''" >/dev/null
  database=${POSTGRES_DB:-$user}
  [ "$database" = postgres ] || createdb -U "$user" "$database"
  pg_ctl -w stop -m fast >/dev/null
fi
if [ "$1" = postgres ]; then
  shift
  set -- postgres -c "listen_addresses=*" "$@"
fi
exec "$@"
