# SPDX-License-Identifier: GPL-3.0-or-later
# Two panels over one time axis. Series 1 treated, 2 synthetic (dashed), 3 gap, 4 placebo gaps in thin grey from one reading of the
# file, as segments between neighbouring rows of the same unit.

mark = "if (marked_x == marked_x) { set arrow 100003 from first marked_x, graph 0 to first marked_x, graph 1 nohead linestyle 9 }"
do for [chart_format in chart_formats] {
    eval begin_picture
    set multiplot
    set xrange [x_low:x_high]
    set yrange [y_low:y_high]
    eval x_tics
    eval y_tics
    set grid ytics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from graph 0, graph 0 to graph 1, graph 0 nohead linewidth 1 linecolor rgb colour_axis
    eval mark
    do for [i = 1:n_leader_x] {
        set arrow 100010 + i from screen sx(leader_x[i]), sy(leader_y[i]) to screen sx(leader_to_x[i]), sy(leader_to_y[i]) nohead linewidth 0.75 linecolor rgb colour_context
    }
    plot chart_data using 'period':(column('series') == 2 ? column('value') : NaN) with lines linestyle 8, \
        '' using 'period':(column('series') == 1 ? column('value') : NaN) with linespoints pointtype 7 pointsize 0.45 * point_unit linewidth 2.4 linecolor rgb focus_first

    unset label; unset arrow; unset object
    set tmargin at screen sy(gap_top); set bmargin at screen sy(gap_bottom)
    set yrange [gap_low:gap_high]
    tics_below = gap_bottom
    eval x_tics
    set ytics ()
    do for [i = 1:n_gap_at] {
        set ytics add ('' gap_at[i])
        set label gap_text[i] at screen sx(plot_left - 7), first gap_at[i] right @words_8
    }
    set arrow 100001 from graph 0, first 0 to graph 1, first 0 nohead linewidth 1.2 linecolor rgb colour_reference
    eval mark
    last = 0; last_x = NaN; last_y = NaN; from_x = NaN; from_y = NaN
    segment(line, x, y) = (from_x = line == last ? last_x : NaN, from_y = last_y, last = line, last_x = x, last_y = y, from_x)
    plot chart_data using (column('series') == 4 ? segment(column('line'), column('period'), column('value')) : NaN):(from_y):(last_x - from_x):(last_y - from_y) \
            with vectors nohead linewidth 0.8 linecolor rgb colour_context, \
        '' using 'period':(column('series') == 3 ? column('value') : NaN) with linespoints pointtype 7 pointsize 0.45 * point_unit linewidth 2.4 linecolor rgb focus_first
    unset multiplot
    unset output
}
