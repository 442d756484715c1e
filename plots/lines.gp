# SPDX-License-Identifier: GPL-3.0-or-later
# Role 0 in thin grey, 1 to 6 in colour and dash, 9 (the benchmark) dashed. The grey lines are drawn from one reading of the file,
# as segments between neighbouring rows of the same line; a missing value breaks the line. Lines in colour may have a pale area with
# thin edges (each point alone) and dashed edges (all points at once).

band_parts = ''
if (has_band == 1) {
    band_parts = "chart_data using 'period':(of_line(k, 'low')):(of_line(k, 'high')) with filledcurves linecolor rgb colour_area fillstyle solid noborder, "
    band_parts = "for [k = 1:6] " . band_parts . "for [k = 1:6] for [side in 'low high'] chart_data using 'period':(of_line(k, side)) with lines linewidth 1 linecolor rgb colour_band, "
}
if (has_band2 == 1) {
    band_parts = band_parts . "for [k = 1:6] for [side in 'low2 high2'] chart_data using 'period':(of_line(k, side)) with lines linewidth 1.2 dashtype (4,3) linecolor rgb colour_band2, "
}
of_line(k, side) = column('role') == k && has_focus[k] == 1 ? column(side) : NaN

do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [y_low:y_high]
    eval x_tics
    eval y_tics
    set grid ytics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from graph 0, graph 0 to graph 1, graph 0 nohead linewidth 1 linecolor rgb colour_axis
    if (reference == reference) {
        set arrow 100002 from graph 0, first reference to graph 1, first reference nohead linewidth 1.5 linecolor rgb colour_reference
    }
    if (marked_x == marked_x) {
        set arrow 100003 from first marked_x, graph 0 to first marked_x, graph 1 nohead linestyle 9
    }
    do for [i = 1:n_leader_x] {
        set arrow 100010 + i from screen sx(leader_x[i]), sy(leader_y[i]) to screen sx(leader_to_x[i]), sy(leader_to_y[i]) nohead linewidth 0.75 linecolor rgb colour_context
    }
    last = 0; last_x = NaN; last_y = NaN; from_x = NaN; from_y = NaN
    segment(line, x, y) = (from_x = line == last ? last_x : NaN, from_y = last_y, last = line, last_x = x, last_y = y, from_x)
    plot @band_parts chart_data using (column('role') == 0 ? segment(column('line'), column('period'), column('value')) : NaN):(from_y):(last_x - from_x):(last_y - from_y) \
            with vectors nohead linewidth 0.9 linecolor rgb colour_context, \
        '' using 'period':(column('role') == 9 ? column('value') : NaN) with lines linestyle 8, \
        for [k = 1:6] '' using 'period':(column('role') == k && has_focus[k] == 1 ? column('value') : NaN) \
            with linespoints linestyle k pointtype 7 pointsize 0.45 * point_unit
    unset output
}
