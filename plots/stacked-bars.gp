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
    parts = ''
    do for [k = 1:n_components] {
        fill = part_pattern[k] < 0 ? 'solid noborder' : sprintf('pattern %d border rgb part_colour[%d]', part_pattern[k], k)
        parts = parts . sprintf(", chart_data using (column('component') == %d ? column('from') : NaN):'position':'from':'to':(column('position') - half):(column('position') + half) with boxxyerror linecolor rgb part_colour[%d] fillstyle ", k, k) . fill
    }
    # Each component's band has its own place across the bar.
    across(k) = half * (2 * (k - 0.5) / n_components - 1)
    if (has_band == 1) {
        band = ", chart_data using 'low':(column('position') + across(column('component'))):(column('high') - column('low')):(0) with vectors nohead"
        rim = n_components > 4 ? 1.8 : 3
        parts = parts . band . sprintf(" linewidth %g linecolor rgb 'white'", rim) . band . sprintf(' linewidth %g linecolor rgb colour_band', 0.4 * rim)
    }
    eval 'plot ' . parts[3:*]
    unset output
}
