#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows between rooms (docs/architecture.md, section 2): reads each #include under src/ and include/ and fails on one that
# points where its room may not, on a public header that no room has claimed, and on an outside library used outside its room.
set -euo pipefail
: "${UTFALL_SOURCE_DIR:=$(cd "$(dirname "$0")/../.." && pwd)}" # by hand, without ctest
cd "$UTFALL_SOURCE_DIR"

# Which rooms a room may call, besides itself.
may_call='
base
store    base
import   store base
panel    import store base
stats    base
profile  panel stats base
effect   panel stats base
chart    base
export   store base
report   chart base
study    report export chart effect profile stats panel import store base
cli      study report chart export effect profile stats panel import store base
'
# The room that implements each public header of include/utfall.
public='
base     file language number period result sparkline status table text value_status
store    store
import   import region_history
export   export
panel    aggregate cells harmonise method panel splice
stats    absorb absorbed_regression covariance distribution eigen few_treated least_squares minimise multiple_testing multiplier_bootstrap random randomisation serial_regression simplex simultaneous sobol wild_bootstrap
profile  activity cluster_stars complexity composite composite_uncertainty concentration convergence inequality labour_matching location_quotient peer_regions priority relatedness scoreboard shift_share spatial specialisation variety
effect   bacon callaway_santanna design did drdid effect_average event_study imputation interrupted_time_series parallel_trends_bounds power pretrend sensitivity size_check synthetic_control
chart    chart
report   report
study    study
cli      utfall
'
# Outside libraries: the pattern of their headers, and the rooms that may know them. JSON is what several rooms say to the outside
# (formats, tables, the manifest). GSL is the language in which kernels of stats, profile and effect take and give matrices; the program turns its handler off, the manifest names its
# version. Other programs (gnuplot) are started where pictures are drawn, and asked for their version for the manifest.
outside='
utf8proc.h                base
(sha[0-9]*|md[0-9]*).h    base
jansson.h                 base chart export import report study cli
sqlite3.h                 store
csv.h                     import
zlib.h                    import
zip.h                     import chart
shapefil.h                chart
expat.h                   import
readstat.h                import
gsl/.*                    stats profile effect
gsl/gsl_errno.h           cli
gsl/gsl_version.h         study
omp.h                     stats effect profile
glpk.h                    stats
spawn.h                   chart study
yaml.h                    study
xlsxwriter.h              report
'
# The C library and POSIX are nobody's secret.
standard='(assert|complex|ctype|dirent|errno|fcntl|fenv|float|ftw|inttypes|iso646|langinfo|libgen|limits|locale|math|poll|pthread|setjmp|
signal|stdalign|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|termios|tgmath|threads|time|uchar|unistd|
wchar|wctype)\.h|sys/[a-z]+\.h'

violations() { # of the tree in the current folder
    grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' src include |
        awk -v may_call="$may_call" -v public="$public" -v outside="$outside" -v standard="$(tr -d '\n' <<<"$standard")" '
        function table(text, into,    lines, n, i, words, m, j) {
            n = split(text, lines, "\n")
            for (i = 1; i <= n; i++) {
                m = split(lines[i], words, " ")
                for (j = 2; j <= m; j++) into[words[1], words[j]] = 1
                if (m) into[words[1]] = 1
            }
        }
        function complain(text) { print place ": " text; }
        BEGIN {
            table(may_call, call)
            table(outside, library)
            n = split(public, lines, "\n")
            for (i = 1; i <= n; i++) {
                m = split(lines[i], words, " ")
                for (j = 2; j <= m; j++) owner["utfall/" words[j] ".h"] = words[1]
            }
            n = split(outside, lines, "\n")
            for (i = 1; i <= n; i++) if (split(lines[i], words, " ")) patterns[words[1]] = lines[i]
        }
        {
            split($0, part, ":")
            file = part[1]; place = part[1] ":" part[2]
            line = $0; sub(/^[^:]*:[^:]*:/, "", line)
            if (!match(line, /[<"][^>"]+[>"]/)) { complain("an include without a name: " line); next }
            name = substr(line, RSTART + 1, RLENGTH - 2); quoted = substr(line, RSTART, 1) == "\""

            if (file ~ /^include\//) { header = substr(file, 9); room = owner[header] }
            else { split(file, path, "/"); room = path[2] }
            if (room == "") { complain("no room has claimed this public header; see tests/cli/layers.sh"); next }
            if (!(room in call)) { complain("there is no room " room); next }

            if (name ~ /^utfall\//) {
                target = owner[name]
                if (target == "") { complain("no room has claimed <" name ">; see tests/cli/layers.sh"); next }
                if (name == "utfall/utfall.h" && room != "cli") { complain(room " includes the umbrella <utfall/utfall.h>: name the topic"); next }
                if (header == "utfall/utfall.h" && file ~ /^include\//) next
            } else if (quoted) {
                target = room # a header beside the file
                if (name ~ /\//) { split(name, path, "/"); target = path[1] }
                if (!(target in call)) { complain("\"" name "\" names no room"); next }
                if (file ~ /^include\//) { complain("a public header includes the private \"" name "\""); next }
            } else {
                if (name ~ ("^(" standard ")$")) next
                known = ""
                for (p in patterns) if (name ~ ("^" p "$")) {
                    if ((p, room) in library) next
                    known = known " " patterns[p]
                }
                if (known == "") complain("<" name "> is of a library that no room has claimed; see tests/cli/layers.sh")
                else { gsub(/ +/, " ", known); complain(room " may not include <" name ">; who may:" known) }
                next
            }
            if (target != room && !((room, target) in call)) complain(room " may not call " target " (" name ")")
        }' | sort -u
}

found=$(violations)
if [ -n "$found" ]; then
    echo "$found"
    echo "layers: an arrow points where docs/architecture.md does not let it"
    exit 1
fi

for header in include/utfall/*.h; do
    name=${header##*/}
    if [ "$name" != utfall.h ] && ! grep -qF "<utfall/$name>" include/utfall/utfall.h; then
        echo "layers: include/utfall/utfall.h, the header of everything public, lacks <utfall/$name>"
        exit 1
    fi
done

# The test of the test: a tree with one mistake of each kind must be caught.
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch"/src/{base,stats,store,chart} "$scratch/include/utfall"
cd "$scratch"
printf '#include <utfall/store.h>\n' >src/base/upwards.c
printf '#include "store/private.h"\n' >src/stats/sideways.c
printf '#include <sqlite3.h>\n' >src/chart/library.c
printf '#include <zlib.h>\n' >src/base/unknown.c
printf '#include <utfall/nothing.h>\n' >src/base/unclaimed.c
printf '#include <stddef.h>\n' >include/utfall/orphan.h
printf '#include <utfall/utfall.h>\n' >src/store/umbrella.c
printf '#include <math.h>\n#include <utfall/text.h>\n#include "base/fail.h"\n#include <gsl/gsl_math.h>\n' >src/stats/fine.c
caught=$(violations | cut -d: -f1 | sort -u | wc -l)
if [ "$caught" != 7 ] || violations | grep -q fine.c; then
    violations
    echo "layers: this test caught $caught of 7 planted mistakes"
    exit 1
fi
echo "layers: every arrow points where it may"
