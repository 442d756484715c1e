# SPDX-License-Identifier: GPL-3.0-or-later
# Upright bars with a thin white rim between them, and a vertical line at the marked value, which its words above the plot name.

do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [y_low:y_high]
    eval x_tics
    eval y_tics
    set grid ytics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from graph 0, graph 0 to graph 1, graph 0 nohead front linewidth 1 linecolor rgb colour_axis
    if (marked_x == marked_x) {
        set arrow 100003 from first marked_x, graph 0 to first marked_x, graph 1 nohead front linewidth 5 linecolor rgb 'white'
        set arrow 100004 from first marked_x, graph 0 to first marked_x, graph 1 nohead front linewidth 2.4 linecolor rgb colour_reference
    }
    plot chart_data using (0.5 * (column('low') + column('high'))):'count':'low':'high':(0):'count' with boxxyerror \
        linewidth 0.5 linecolor rgb colour_bar fillstyle solid border rgb 'white'
    unset output
}
