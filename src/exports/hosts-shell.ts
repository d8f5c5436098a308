import type { HostsBlock } from './hosts.ts';
import { lines, note, shellQuoted, type ExportedEndpoint } from './names.ts';

/**
 * A POSIX script that puts the block into a hosts file or takes it out. Done again it changes nothing; what stands
 * outside the block is never touched, nor what follows a first line whose last line is missing.
 */
export function hostsShell(endpoint: ExportedEndpoint, block: HostsBlock, what: 'apply' | 'remove'): string {
  const wanted = what === 'apply' ? block.lines.join('\n') : '';
  return lines(
    '#!/bin/sh',
    `# ${note(endpoint, what === 'apply' ? 'Puts in the hosts block' : 'Takes out the hosts block')}`,
    `# Usage: sh ${endpoint.name}.hosts-${what}.sh [FILE]   (default /etc/hosts; done again, it changes nothing)`,
    'set -eu',
    'hosts=${1:-/etc/hosts}',
    // A link is followed: what it leads to is changed.
    'hosts=$(readlink -f -- "$hosts" 2>/dev/null || printf \'%s\' "$hosts")',
    `begin=${shellQuoted(block.begin)}`,
    `end=${shellQuoted(block.end)}`,
    `block=${shellQuoted(wanted)}`,
    script,
    ...(what === 'apply' ? [warnings(endpoint)] : []),
  );
}

const script = `
# The file with the block of this script replaced by $1.
rewritten() {
  BEGIN=$begin END=$end BLOCK=$1 awk '
    function place() { if (!placed && ENVIRON["BLOCK"] != "") print ENVIRON["BLOCK"]; placed = 1 }
    { line = $0; sub(/\\r$/, "", line) }
    held && line == ENVIRON["END"] { held = 0; kept = ""; place(); next }
    line == ENVIRON["BEGIN"] { printf "%s", kept; kept = ""; held = 1; next }
    held { kept = kept $0 "\\n"; next }
    { print }
    END { printf "%s", kept; place() }
  ' "$hosts"
}

new=$(mktemp "$hosts.XXXXXX")
trap 'rm -f "$new"' EXIT
trap 'exit 1' HUP INT TERM
# Mode and owner of the file are kept.
cp -p "$hosts" "$new"
rewritten "$block" > "$new"
if cmp -s "$hosts" "$new"; then
  echo "$hosts is as it shall be."
else
  # A file that is mounted by itself, as in containers, cannot be replaced, only written.
  mv -f "$new" "$hosts" 2>/dev/null || cat "$new" > "$hosts"
  echo "$hosts was changed."
fi`;

/** What makes a hosts file go unheard. */
function warnings({ records }: ExportedEndpoint): string {
  return `
printf '%s\\n' ${records.map(({ fqdn }) => shellQuoted(fqdn)).join(' ')} | while IFS= read -r name; do
  if rewritten '' | NAME=$name awk '
    { sub(/#.*/, ""); for (i = 2; i <= NF; i++) if (tolower($i) == ENVIRON["NAME"]) found = 1 }
    END { exit !found }
  '; then
    echo "Warning: $hosts has another line for $name; the first one counts." >&2
  fi
done
if [ -r /etc/nsswitch.conf ] && ! awk '
  $1 == "hosts:" { for (i = 2; i <= NF; i++) { if ($i == "files") exit 0; if ($i == "dns") exit 1 } }
' /etc/nsswitch.conf; then
  echo "Warning: /etc/nsswitch.conf asks dns before files, so that $hosts is not heard." >&2
fi`;
}
