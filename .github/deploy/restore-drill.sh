#!/bin/sh
# Rehearse a restore: take a backup of DATABASE_URL while the bot runs, restore it in a new place, check it there, and print
# what a worker would send. Changes nothing in the original. From the project's root, with the bot's settings in the environment or `.env`:
#   sh .github/deploy/restore-drill.sh /var/backups/drill
# With PostgreSQL it needs pg_dump, pg_restore and createdb of the server's version or newer, and a role that may create
# databases; the new database ends with `_drill`.
set -eu
umask 077
folder=$1 python=${PYTHON:-.venv/bin/python}
url=$("$python" -c 'from bot.run.settings import DatabaseSettings, load; print(load(DatabaseSettings).database_url)')
mkdir -p "$folder"
case $url in
sqlite:///*)
  # What the `.backup` of the program sqlite3 does. A plain copy of the file may miss its last minutes.
  "$python" - "${url#sqlite:///}" "$folder/roleshift-backup.db" <<'END'
import pathlib, sqlite3, sys
path = pathlib.Path(sys.argv[1]).absolute()
if not path.is_file():
    sys.exit(f"There is no database {path} to back up. Correct DATABASE_URL, in the environment or in .env of this folder.")
copy = sqlite3.connect(sys.argv[2])
sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True).backup(copy)
assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
END
  restored=sqlite:///$folder/roleshift-backup.db
  ;;
*)
  base=${url%%\?*} options=${url#"${url%%\?*}"}
  restored=${base}_drill$options
  pg_dump -Fc -d "$url" >"$folder/roleshift.dump"
  createdb -E UTF8 -T template0 --maintenance-db="$url" "${base##*/}_drill"
  pg_restore --exit-on-error -d "$restored" "$folder/roleshift.dump"
  ;;
esac
export DATABASE_URL="$restored"
"$python" -m bot check
"$python" -m jobs --plan 7d
echo "Restored: $folder"
