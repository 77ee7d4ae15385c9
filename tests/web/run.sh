#!/bin/sh
# SPDX-FileCopyrightText: The Dwell authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes a small organisation and its state in a folder of its own and runs the browser test on it.
#   run.sh DWELL DWELL_WEB PACKAGES
# PACKAGES: where node_modules is made. Ends with 77 (skipped) where browser, node or UI are missing.
set -eu
dwell=$1 web=$2 packages=$3
here=$(cd "$(dirname "$0")" && pwd)
skip() { echo "skipped: $1"; exit 77; }

command -v node >/dev/null && command -v npm >/dev/null || skip "node and npm are not installed"
chromium=$(command -v chromium || command -v chromium-browser) || skip "chromium is not installed"

mkdir -p "$packages"
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$here/console.test.mjs" "$packages"
[ -d "$packages/node_modules/playwright-core" ] ||
    (cd "$packages" && npm ci --ignore-scripts --no-audit --no-fund --silent) ||
    skip "playwright-core could not be fetched"

folder=$(mktemp -d "${TMPDIR:-/tmp}/dwell-web.XXXXXX")
trap 'rm -rf "$folder"' EXIT INT TERM
"$dwell" sim -o "$folder" --employees 40 --days 35 2>/dev/null
"$dwell" replay --config "$folder/dwell.yaml" --state "$folder/state" "$folder/events.jsonl" 2>/dev/null
printf 'web:\n  listen: 127.0.0.1:0\n' >>"$folder/dwell.yaml"
if [ "$(id -u)" = 0 ]; then
    printf '  user: nobody\n' >>"$folder/dwell.yaml"
    chown -R nobody "$folder"
fi
cd "$packages"
node console.test.mjs "$web" "$folder" "$chromium"
