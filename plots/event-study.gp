# SPDX-License-Identifier: GPL-3.0-or-later
# Points with intervals around the start; the wider, simultaneous band thin and with broader ends; the reference period hollow.

do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [y_low:y_high]
    eval x_tics
    eval y_tics
    set grid ytics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from graph 0, first 0 to graph 1, first 0 nohead linewidth 1.2 linecolor rgb colour_reference
    if (marked_x == marked_x) {
        set arrow 100003 from first marked_x, graph 0 to first marked_x, graph 1 nohead linestyle 9
    }
    set errorbars 1
    if (has_band2 == 1) {
        plot chart_data using 'event_time':'estimate':'low2':'high2' with yerrorbars pointtype -1 linewidth 1 linecolor rgb colour_band2, \
            '' using 'event_time':'estimate':'low':'high':(0.4) with yerrorbars pointtype -1 linewidth 2.6 linecolor rgb focus_first, \
            '' using 'event_time':(column('reference') == 0 ? column('estimate') : NaN) with points pointtype 7 pointsize 0.9 * point_unit linecolor rgb focus_first, \
            '' using 'event_time':(column('reference') == 1 ? column('estimate') : NaN) with points pointtype 7 pointsize 0.9 * point_unit linecolor rgb 'white', \
            '' using 'event_time':(column('reference') == 1 ? column('estimate') : NaN) with points pointtype 6 pointsize 1 * point_unit linewidth 2 linecolor rgb focus_first
    } else {
        plot chart_data using 'event_time':'estimate':'low':'high' with yerrorbars pointtype -1 linewidth 2 linecolor rgb focus_first, \
            '' using 'event_time':(column('reference') == 0 ? column('estimate') : NaN) with points pointtype 7 pointsize 0.9 * point_unit linecolor rgb focus_first, \
            '' using 'event_time':(column('reference') == 1 ? column('estimate') : NaN) with points pointtype 7 pointsize 0.9 * point_unit linecolor rgb 'white', \
            '' using 'event_time':(column('reference') == 1 ? column('estimate') : NaN) with points pointtype 6 pointsize 1 * point_unit linewidth 2 linecolor rgb focus_first
    }
    unset output
}
