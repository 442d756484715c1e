#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs to a fresh folder; each public header compiles alone, in C and in C++; the example in docs/examples/link is built against
# what was installed, by pkg-config and by CMake, and runs; the installed program runs from there.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
: "${UTFALL_BUILD_DIR:=$UTFALL_SOURCE_DIR/build/release}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix
say() { echo "install: $*"; }

cmake --install "$UTFALL_BUILD_DIR" --prefix "$prefix" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
for part in include/utfall/utfall.h share/utfall/datasets/reference/regions.csv share/utfall/datasets/norra-mellansverige/PROVENANCE.md; do
    [ -f "$prefix/$part" ] || { say "$part was not installed"; exit 1; }
done

export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name utfall.pc)")
[ "$(pkg-config --modversion utfall)" = "$(sed -nE 's/^project\(utfall VERSION ([0-9.]+).*/\1/p' "$UTFALL_SOURCE_DIR/CMakeLists.txt")" ]
# pcfiledir is relative, so the flags must lead into the folder chosen just now.
case $(realpath "$(pkg-config --variable=includedir utfall)") in
"$(realpath "$prefix")"/*) ;;
*) say "utfall.pc points outside its prefix: $(pkg-config --variable=includedir utfall)"; exit 1 ;;
esac

# A sanitized library can only be linked by a sanitized program, made by the same compiler.
cc=$(sed -nE 's/^CMAKE_C_COMPILER:[A-Z]+=//p' "$UTFALL_BUILD_DIR/CMakeCache.txt")
sanitize=
grep -q '^UTFALL_SANITIZE:BOOL=ON' "$UTFALL_BUILD_DIR/CMakeCache.txt" && sanitize=-fsanitize=address,undefined
grep -q '^UTFALL_TSAN:BOOL=ON' "$UTFALL_BUILD_DIR/CMakeCache.txt" && sanitize=-fsanitize=thread
grep -q '^UTFALL_COVERAGE:BOOL=ON' "$UTFALL_BUILD_DIR/CMakeCache.txt" && sanitize=--coverage

# Where the library is shared, programs must find it.
LD_LIBRARY_PATH=$(realpath "$(pkg-config --variable=libdir utfall)")
export LD_LIBRARY_PATH

read -r -a cflags <<<"$(pkg-config --cflags utfall)"
read -r -a libs <<<"$(pkg-config --libs utfall)"
for header in "$prefix"/include/utfall/*.h; do
    echo "#include <utfall/${header##*/}>" >"$scratch/alone.c"
    "$cc" -std=c17 -Wall -Wextra -Wpedantic -Werror "${cflags[@]}" -fsyntax-only "$scratch/alone.c" ||
        { say "${header##*/} does not compile by itself"; exit 1; }
    if command -v c++ >/dev/null; then
        c++ -std=c++17 -x c++ -Wall -Werror "${cflags[@]}" -fsyntax-only "$scratch/alone.c" ||
            { say "${header##*/} is not fit for C++"; exit 1; }
    fi
done

example=$UTFALL_SOURCE_DIR/docs/examples/link
"$cc" -std=c17 -Wall -Wextra -Werror $sanitize "$example/methods.c" "${cflags[@]}" "${libs[@]}" -o "$scratch/by-pkg-config"
"$scratch/by-pkg-config" >"$scratch/one"
cmake -G Ninja -S "$example" -B "$scratch/example" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" -DCMAKE_C_FLAGS="$sanitize" >"$scratch/log" ||
    { cat "$scratch/log"; exit 1; }
cmake --build "$scratch/example" >"$scratch/log" || { cat "$scratch/log"; exit 1; }
"$scratch/example/methods" >"$scratch/two"
grep -q '^location-quotient ' "$scratch/one"
cmp "$scratch/one" "$scratch/two"

# The installed program knows the same methods, and finds its datasets beside itself.
"$prefix/bin/utfall" methods >"$scratch/three"
while read -r name _; do
    grep -q "$name" "$scratch/three" || { say "utfall methods does not list $name"; exit 1; }
done <"$scratch/one"
# It draws, too: with the templates that were installed, on installed figures, far from the source tree.
cd "$scratch"
env -u UTFALL_DATA_DIR "$prefix/bin/utfall" chart bars --data "$prefix/share/utfall/datasets/norra-mellansverige/county_gdp.csv" --label region \
    --value gdp_euro_per_inhabitant --output "$scratch/picture" --quiet >/dev/null
[ -s "$scratch/picture.svg" ] || { say "the installed program drew nothing"; exit 1; }
# A change of the look beside the program shows in the script, so these templates are the ones in use.
echo '# the installed one' >>"$prefix/share/utfall/plots/style.gp"
"$prefix/bin/utfall" chart bars --data "$prefix/share/utfall/datasets/norra-mellansverige/county_gdp.csv" --label region \
    --value gdp_euro_per_inhabitant --output "$scratch/again" --quiet >/dev/null
grep -q '# the installed one' "$scratch/again.gp" || { say "the installed program does not draw with the templates beside it"; exit 1; }
say "library, headers and program work from a folder of their own"
