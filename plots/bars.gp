# SPDX-License-Identifier: GPL-3.0-or-later
# Horizontal bars from the origin, one per row; band as a thin line with a white rim; reference as a vertical line.

half = 0.33   # of a bar, in rows
do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [n_rows + 0.5:0.5]
    eval x_tics
    unset ytics
    set grid xtics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from origin, graph 0 to origin, graph 1 nohead front linewidth 1 linecolor rgb colour_axis
    if (reference == reference) {
        set arrow 100002 from reference, graph 0 to reference, graph 1 nohead front linewidth 1.5 linecolor rgb colour_reference
    }
    set style fill solid noborder
    set errorbars 0.6
    bar(f) = column('focus') == f ? column('value') : NaN
    # Only what there is, so that a drawing by hand gives no warnings of empty parts.
    shape = "'position':(origin):'value':(column('position') - half):(column('position') + half) with boxxyerror"
    line = "chart_data using 'value':'position':'low':'high' with xerrorbars pointtype -1"
    parts = ''
    if (has_focus == 1) { parts = parts . ', chart_data using (bar(1)):' . shape . ' linecolor rgb colour_bar' }
    if (has_context == 1) { parts = parts . ', chart_data using (bar(0)):' . shape . ' linecolor rgb colour_bar_context' }
    if (has_band == 1) {
        parts = parts . ', ' . line . " linewidth 3.5 linecolor rgb 'white'"
        parts = parts . ', ' . line . ' linewidth 1.4 linecolor rgb colour_band'
    }
    eval 'plot ' . parts[3:*]
    unset output
}
