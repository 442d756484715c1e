# SPDX-License-Identifier: GPL-3.0-or-later
# A dot per row and series with its interval: grey and hollow where it is context, in colour and filled where it is in focus (or all,
# without a focus); series by shape and colour.

array hollow_type[4] = [6, 4, 8, 12]
do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [n_rows + 0.5:0.5]
    eval x_tics
    unset ytics
    set grid xtics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    if (reference == reference) {
        set arrow 100002 from reference, graph 0 to reference, graph 1 nohead linewidth 1.5 linecolor rgb colour_reference
    }
    set errorbars 0.6
    of(k, f) = column('series') == k && column('focus') == f ? column('value') : NaN
    dots(k, f) = sprintf(", chart_data using (of(%d, %d)):'position' with points ", k, f)
    bands(k, f) = sprintf(", chart_data using (of(%d, %d)):'position':'low':'high' with xerrorbars pointtype -1 ", k, f)
    parts = ''
    do for [k = 1:n_series] {
        colour = sprintf('focus_colour[%d]', k)
        if (series_context[k] > 0) {
            if (has_band == 1) { parts = parts . bands(k, 0) . 'linewidth 1.4 linecolor rgb colour_context' }
            parts = parts . dots(k, 0) . "pointtype 7 pointsize 0.9 * point_unit linecolor rgb 'white'"
            parts = parts . dots(k, 0) . sprintf('pointtype hollow_type[%d] pointsize 0.9 * point_unit linewidth 1.6 linecolor rgb colour_context', k)
        }
        if (series_focus[k] > 0) {
            if (has_band == 1) { parts = parts . bands(k, 1) . 'linewidth 2 linecolor rgb ' . colour }
            parts = parts . dots(k, 1) . sprintf('pointtype shape_type[%d] pointsize 1 * point_unit linecolor rgb ', k) . colour
        }
    }
    eval 'plot ' . parts[3:*]
    unset output
}
