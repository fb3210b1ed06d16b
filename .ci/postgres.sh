#!/bin/sh
# A throwaway PostgreSQL on a unix socket, for tests.
#
#   postgres.sh install        Debian's server, if none is there; needs root or sudo
#   postgres.sh start DIR      makes a cluster in DIR if need be, starts it, prints its URL
#   postgres.sh crash DIR      kills it as a power failure of the server program would: kill -9
#   postgres.sh stop DIR       stops it and removes DIR
#
# PostgreSQL does not run as root: then everything is done as the user postgres.
set -eu

server_bin() {
  for candidate in "${PG_BIN:-}" "$(dirname "$(command -v initdb || echo /none/initdb)")" \
    /usr/lib/postgresql/*/bin; do
    if [ -n "$candidate" ] && [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then
      echo "$candidate"
      return 0
    fi
  done
  return 1
}

as_owner() {
  if [ "$(id -u)" = 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

# A process that has ended is dead, also while nobody has waited for it.
alive() {
  case "$(ps -o stat= -p "$1")" in
  "" | Z*) return 1 ;;
  esac
}

case "${1:-}" in
install)
  server_bin >/dev/null && exit 0
  root=
  [ "$(id -u)" = 0 ] || root="sudo -n"
  export DEBIAN_FRONTEND=noninteractive
  # The server alone: Debian's own cluster is neither made nor started.
  $root mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] ||
    echo "create_main_cluster = false" | $root tee /etc/postgresql-common/createcluster.conf >/dev/null
  $root apt-get update -q
  $root apt-get install -y -q --no-install-recommends -o Dpkg::Options::=--force-confold postgresql
  server_bin >/dev/null || { echo "PostgreSQL was installed, but its server is not found" >&2; exit 3; }
  ;;
start)
  directory=$2
  bin=$(server_bin) || { echo "no PostgreSQL server is installed" >&2; exit 3; }
  if [ ! -e "$directory/data/PG_VERSION" ]; then
    mkdir -p "$directory"
    if [ "$(id -u)" = 0 ]; then
      id postgres >/dev/null 2>&1 || { echo "there is no user postgres" >&2; exit 3; }
      chown postgres "$directory"
    fi
    as_owner "$bin/initdb" -D "$directory/data" -U hookstage -A trust -E UTF8 --locale=C >/dev/null
  fi
  # Of a crash; the process that they name may not have been waited for by anyone yet.
  rm -f "$directory/data/postmaster.pid" "$directory/.s.PGSQL.5432.lock"
  as_owner "$bin/pg_ctl" -D "$directory/data" -w -t 60 -l "$directory/log" \
    -o "-c listen_addresses='' -c unix_socket_directories='$directory' -c max_connections=200" \
    start >/dev/null
  echo "postgresql://hookstage@/postgres?host=$directory"
  ;;
crash)
  pid=$(head -1 "$2/data/postmaster.pid")
  # Stopped first, so that it makes no child that is not in the list.
  kill -STOP "$pid"
  all="$pid $(ps -o pid= --ppid "$pid" | tr '\n' ' ')"
  # shellcheck disable=SC2086
  kill -9 $all 2>/dev/null || true
  # A new server refuses to start while one of the old holds the shared memory.
  for one in $all; do
    while alive "$one"; do sleep 0.05; done
  done
  ;;
stop)
  bin=$(server_bin)
  as_owner "$bin/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$2"
  ;;
*)
  sed -n '2,9p' "$0"
  exit 2
  ;;
esac
