#!/usr/bin/env bash
# Puts every server of a subscription into a private link scope with azure-cli, twenty at a time, until none is left.
set -euo pipefail

version='api-version=2024-07-10'
list="$ARM/subscriptions/$SUBSCRIPTION/providers/Microsoft.HybridCompute/machines?$version"
body="{\"properties\":{\"privateLinkScopeResourceId\":\"$SCOPE\"}}"

left() {
  local url=$list
  while [ -n "$url" ] && [ "$url" != None ]; do
    az rest --url "$url" --query "[nextLink, value[?properties.privateLinkScopeResourceId != '$SCOPE'].id]" -o json > "$WORK/page.json"
    python3 -c 'import json, sys; print("\n".join(json.load(open(sys.argv[1]))[1]))' "$WORK/page.json"
    url=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[0] or "")' "$WORK/page.json")
  done
}

for _ in 1 2 3 4 5; do
  left | sed '/^$/d' > "$WORK/left"
  [ -s "$WORK/left" ] || exit 0
  xargs -P 20 -I '{}' az rest --method patch --url "$ARM{}?$version" --body "$body" -o none < "$WORK/left" || true
done
exit 1
