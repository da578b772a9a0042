#!/usr/bin/env bash
# Packs a built program with its licences and shell completions: dist/genkai-TARGET.tar.gz, or .zip for Windows.
# Usage: ci/release/archive.sh TARGET PROGRAM
set -euo pipefail
cd "$(dirname "$0")/../.."

target=$1 program=$2
name=genkai-$target
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p dist "$folder/$name/completions"
cp "$program" LICENSE-APACHE LICENSE-MIT README.md CHANGELOG.md "$folder/$name"
for shell in bash elvish fish powershell zsh; do
  "$program" completions "$shell" > "$folder/$name/completions/genkai.$shell"
done
case $target in
  *windows*) (cd "$folder" && 7z a -bso0 "$OLDPWD/dist/$name.zip" "$name") ;;
  *) tar -C "$folder" -czf "dist/$name.tar.gz" "$name" ;;
esac
