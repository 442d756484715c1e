# SPDX-License-Identifier: GPL-3.0-or-later
# Diverging stacked bars: each piece from 'from' to 'to', solid or hatched by component; a diamond at the sum of the row.

half = 0.33   # of a bar, in rows
do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [n_rows + 0.5:0.5]
    eval x_tics
    unset ytics
    set grid xtics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from 0, graph 0 to 0, graph 1 nohead front linewidth 1.5 linecolor rgb colour_reference
    do for [i = 1:n_total] {
        if (total[i] == total[i]) {
            set label 100000 + 2 * i '' at first total[i], i point pointtype 13 pointsize 1.7 * point_unit linecolor rgb 'white' front
            set label 100001 + 2 * i '' at first total[i], i point pointtype 13 pointsize 1.1 * point_unit linecolor rgb colour_total front
        }
    }
    piece(k, solid) = column('component') == k && (part_pattern[k] < 0) == solid ? column('from') : NaN
    plot for [k = 1:n_components] chart_data \
            using (piece(k, 1)):'position':'from':'to':(column('position') - half):(column('position') + half) \
            with boxxyerror linecolor rgb part_colour[k] fillstyle solid noborder, \
        for [k = 1:n_components] '' \
            using (piece(k, 0)):'position':'from':'to':(column('position') - half):(column('position') + half) \
            with boxxyerror linecolor rgb part_colour[k] fillstyle pattern (part_pattern[k] < 0 ? 0 : part_pattern[k]) border rgb part_colour[k]
    unset output
}
