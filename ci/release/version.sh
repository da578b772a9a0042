#!/usr/bin/env bash
# Checks that a tag names the version that everything else names, and prints what the changelog says of it.
# Usage: ci/release/version.sh v1.2.3
set -euo pipefail
cd "$(dirname "$0")/../.."

tag=$1
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -1)
[ "$tag" = "v$version" ] || { echo "the tag is $tag, Cargo.toml says $version" >&2; exit 1; }

# Where users get a version that they do not name.
for file in action.yml ci/gitlab/genkai.yml; do
  grep -q "default: \"$version\"" "$file" || { echo "$file installs another version than $version" >&2; exit 1; }
done

notes=$(awk -v heading="## $version" '
  index($0, heading) == 1 { found = 1; next }
  /^## / { found = 0 }
  found' CHANGELOG.md)
[ -n "$notes" ] || { echo "CHANGELOG.md has no section on $version" >&2; exit 1; }
printf '%s\n' "$notes"
