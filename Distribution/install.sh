#!/bin/sh
# Installs airbyte-lowcode: takes the tarball of this machine from a folder or an address, compares its checksum, and unpacks it.
#
#   sh install.sh [--from FOLDER-OR-URL] [--prefix FOLDER] [--version VERSION]
#
# By default it takes what is beside this script, and installs into /usr/local where that can be written, else into ~/.local.
set -eu

name=airbyte-lowcode
from=${AIRBYTE_LOWCODE_FROM:-}
prefix=${AIRBYTE_LOWCODE_PREFIX:-}
version=${AIRBYTE_LOWCODE_VERSION:-}

fail() {
  echo "error: $1" >&2
  exit 1
}

usage() {
  sed -n 's/^# \{0,1\}//; 2,6p' "$0"
  exit 0
}

while [ $# -gt 0 ]; do
  case $1 in
    --from | --prefix | --version)
      [ $# -ge 2 ] || fail "$1 needs a value"
      case $1 in
        --from) from=$2 ;;
        --prefix) prefix=$2 ;;
        --version) version=$2 ;;
      esac
      shift 2
      ;;
    -h | --help) usage ;;
    *) fail "there is no option $1: see --help" ;;
  esac
done

if [ -z "$from" ]; then
  case $0 in
    */install.sh) from=$(dirname "$0") ;;
    *) fail "say where the files of the release are: --from FOLDER-OR-URL" ;;
  esac
fi

[ "$(uname -s)" = Linux ] || fail "there is a program for Linux only: build it from source on $(uname -s)"
case $(uname -m) in
  x86_64 | amd64) machine=x86_64 ;;
  aarch64 | arm64) machine=aarch64 ;;
  *) fail "there is no program for the processor $(uname -m): build it from source" ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM

# fetch NAME: a file of the release into the scratch folder.
fetch() {
  case $from in
    http://* | https://*)
      if command -v curl >/dev/null; then
        curl -fsSL --retry 2 -o "$scratch/$1" "${from%/}/$1" || fail "$1 cannot be had from ${from%/}"
      elif command -v wget >/dev/null; then
        wget -q -O "$scratch/$1" "${from%/}/$1" || fail "$1 cannot be had from ${from%/}"
      else
        fail "curl or wget is needed to get files from ${from%/}"
      fi
      ;;
    *)
      [ -r "$from/$1" ] || fail "there is no $1 in $from"
      cp "$from/$1" "$scratch/$1"
      ;;
  esac
}

# sum FILE: its checksum.
sum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1" | cut -d' ' -f1; else
    command -v shasum >/dev/null || fail "sha256sum or shasum is needed to compare checksums"
    shasum -a 256 "$1" | cut -d' ' -f1
  fi
}

fetch SHA256SUMS
if [ -n "$version" ]; then
  tarball=$name-$version-linux-$machine.tar.gz
else
  tarball=$(sed -n "s/^[0-9a-f]\{64\}  \($name-[^ ]*-linux-$machine\.tar\.gz\)\$/\1/p" "$scratch/SHA256SUMS" | head -n 1)
fi
wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $tarball\$/\1/p" "$scratch/SHA256SUMS" | head -n 1)
if [ -z "$tarball" ] || [ -z "$wanted" ]; then
  fail "SHA256SUMS in $from lists no ${tarball:-tarball for Linux on $machine}"
fi
fetch "$tarball"
found=$(sum "$scratch/$tarball")
[ "$found" = "$wanted" ] ||
  fail "$tarball is not what was released: its checksum is $found, and SHA256SUMS says $wanted. Nothing was installed"

if [ -z "$prefix" ]; then
  if [ -w /usr/local/bin ]; then prefix=/usr/local; else prefix=$HOME/.local; fi
fi
mkdir -p "$prefix" 2>/dev/null || fail "$prefix cannot be made: name another folder with --prefix"
[ -w "$prefix" ] || fail "$prefix cannot be written: name another folder with --prefix, or run this as its owner"
mkdir "$scratch/unpacked"
tar -xzf "$scratch/$tarball" -C "$scratch/unpacked"
root=$scratch/unpacked/${tarball%.tar.gz}
"$root/bin/$name" --version >/dev/null 2>"$scratch/reason" || {
  cat "$scratch/reason" >&2
  fail "the program does not run on this system, so nothing was installed: it needs glibc 2.35 or later"
}
# The program comes last, and by a name of its own first, so that one that runs meanwhile is not disturbed.
mkdir -p "$prefix/bin"
cp -R "$root/share" "$prefix/"
cp "$root/bin/$name" "$prefix/bin/.$name.new"
mv -f "$prefix/bin/.$name.new" "$prefix/bin/$name"
echo "Installed $("$prefix/bin/$name" --version | head -n 1) as $prefix/bin/$name."
case :$PATH: in
  *":$prefix/bin:"*) ;;
  *) echo "$prefix/bin is not on the PATH: add it, as in  export PATH=\"$prefix/bin:\$PATH\"" ;;
esac
