# SPDX-License-Identifier: GPL-3.0-or-later
# Many panels in one plot whose unit is 1/96 inch: the places of values, and of the lines of each panel, come from the content above.

do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [plot_left:plot_right]
    set yrange [plot_bottom:plot_top]
    unset xtics
    unset ytics
    do for [i = 1:n_line_x] {
        if (line_kind[i] == 0) { set arrow 100000 + i from first line_x[i], line_y[i] to first line_to_x[i], line_to_y[i] nohead back linewidth 0.75 linecolor rgb colour_grid }
        if (line_kind[i] == 1) { set arrow 100000 + i from first line_x[i], line_y[i] to first line_to_x[i], line_to_y[i] nohead front linewidth 1 linecolor rgb colour_axis }
        if (line_kind[i] == 2) { set arrow 100000 + i from first line_x[i], line_y[i] to first line_to_x[i], line_to_y[i] nohead linewidth 1.2 linecolor rgb colour_reference }
        if (line_kind[i] == 3) { set arrow 100000 + i from first line_x[i], line_y[i] to first line_to_x[i], line_to_y[i] nohead linestyle 9 }
    }
    parts = ''
    set errorbars 0.5
    if (dots == 1) {
        parts = ", chart_data using 'across':'down':'low_down':'high_down' with yerrorbars pointtype -1 linewidth 1.6 linecolor rgb focus_first"
        parts = parts . ", chart_data using 'across':'down' with points pointtype 7 pointsize 0.6 * point_unit linecolor rgb focus_first"
    }
    whisker = ", chart_data using 'low_x':'low_y':(column('high_x') - column('low_x')):(column('high_y') - column('low_y')) with vectors nohead"
    if (bars == 0 && dots == 0) {
        if (has_whiskers == 1) { parts = whisker . ' linewidth 1.4 linecolor rgb colour_band' } # a band no wider than the line lies behind it
        last = 0; last_x = NaN; last_y = NaN; from_x = NaN; from_y = NaN
        segment(line, x, y) = (from_x = line == last ? last_x : NaN, from_y = last_y, last = line, last_x = x, last_y = y, from_x)
        do for [k = 1:n_series_count] {
            if (series_count[k] > 0) {
                parts = parts . sprintf(", chart_data using (column('series') == %d ? segment(column('line'), column('across'), column('down')) : NaN):(from_y):(last_x - from_x):(last_y - from_y) with vectors nohead linestyle %d", k, k)
                parts = parts . sprintf(", chart_data using (column('series') == %d && column('alone') == 1 ? column('across') : NaN):'down' with points pointtype 7 pointsize 0.5 * point_unit linecolor rgb focus_colour[%d]", k, k)
            }
        }
    }
    if (bars == 1) {
        do for [k = 1:n_series_count] {
            if (series_count[k] > 0) {
                fill = part_pattern[k] < 0 ? 'solid noborder' : sprintf('pattern %d border rgb part_colour[%d]', part_pattern[k], k)
                parts = parts . sprintf(", chart_data using (column('series') == %d ? column('left') : NaN):'top':'left':'right':'top':'bottom' with boxxyerror linewidth 0.75 linecolor rgb part_colour[%d] fillstyle ", k, k) . fill
            }
        }
    }
    if (has_whiskers == 1 && bars == 1) { parts = parts . whisker . " linewidth 1.9 linecolor rgb 'white'" . whisker . ' linewidth 0.8 linecolor rgb colour_band' }
    if (bars == 1) {
        if (has_sum == 1) {
            parts = parts . ", chart_data using 'sum_x':'sum_y' with points pointtype 13 pointsize 1.7 * sum_size * point_unit linecolor rgb 'white'"
            parts = parts . ", chart_data using 'sum_x':'sum_y' with points pointtype 13 pointsize sum_size * point_unit linecolor rgb colour_total"
        }
    }
    eval 'plot ' . parts[3:*]
    unset output
}
