#!/usr/bin/env bash
# Writes the first corpus, which is the worked example and every case of the tests, each as one input with its files
# joined, and a dictionary of the keys and values in them.
set -euo pipefail
cd "$(dirname "$0")"

corpus=corpus/diagnostics
mkdir -p "$corpus"
for specs in ../slo-specs ../tests/cases/*/slo-specs; do
  name=$(basename "$(dirname "$specs")")
  joined=
  find "$specs" -name '*.yaml' | LC_ALL=C sort | while read -r file; do
    [ -z "$joined" ] || printf '\n%%%%%%%%\n'
    cat "$file"
    joined=yes
  done > "$corpus/${name/../example}"
done

{
  cat "$corpus"/* | grep -oE '\b[A-Za-z]+:' | LC_ALL=C sort -u
  cat "$corpus"/* | grep -oE '[0-9.]+[%smhd]\b?' | LC_ALL=C sort -u
  printf '%s\n' '---' '- ' '&a ' '*a' '<<: *a' '{' '}' '[' ']' ': ' ', ' '|' '>-' '# ' '%%%%' 'DagSlo' 'Project' '@daily'
} | sed 's/.*/"&"/' > corpus/diagnostics.dict
printf '"\\x0a"\n"\\x09"\n"\\xef\\xbc\\x9a"\n"\\xc2\\xa0"\n"\\xe3\\x80\\x80"\n' >> corpus/diagnostics.dict
echo "$(find "$corpus" -type f | wc -l) inputs, $(wc -l < corpus/diagnostics.dict) words"
