#!/usr/bin/env bash
# Holdfast's own dependencies, in the folder of the action. Needs Node 20.19 or newer on the PATH.
set -euo pipefail
cd "$GITHUB_ACTION_PATH"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); if (a < 20 || (a === 20 && b < 19)) { console.log(`::error title=Holdfast::Node 20.19 or newer is needed, found ${process.versions.node}: use actions/setup-node before`); process.exit(2); }'
# As scripts/setup.mjs: npm ci refuses a lock file that was written for another platform.
[ -d node_modules/tsx ] || npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error
