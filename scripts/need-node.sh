#!/bin/sh
# Says in one sentence what to do where no Node runs that is new enough: npm brings one, but only for Linux with glibc.
version=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || version=none
case $version in
  none) echo "The Node 24 that npm brings does not run here (it is for Linux with glibc, x64 and arm64): install Node 24 or later yourself, then run npm ci --omit=optional." ;;
  ?|1?|2[0-3]) echo "Tocsin runs on Node 24 or later, and this is Node $version: install a newer one (npm brings it only on Linux, x64 and arm64)." ;;
  *) exit 0 ;;
esac >&2
exit 1
