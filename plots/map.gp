# SPDX-License-Identifier: GPL-3.0-or-later
# Regions as areas in pixels (the blocks above), coloured by class, missing ones hatched; boundaries as lines, heavy around the focus, from
# which a line leads to its name. Around a reference the classes below and above it carry
# a triangle, filled in the outermost.

do for [k = 1:5] {
    class_colour[k] = diverging == 1 ? diverging_colour[k] : sequential_colour[k]
    class_text[k] = diverging == 1 ? diverging_text[k] : sequential_text[k]
}
do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [plot_left:plot_right]
    set yrange [plot_bottom:plot_top]
    unset xtics
    unset ytics
    do for [i = 1:n_leader_x] {
        set arrow 100010 + 3 * i from screen sx(leader_x[i] - 4), sy(leader_y[i]) to screen sx(leader_to_x[i]), sy(leader_to_y[i]) nohead front linewidth 3 linecolor rgb 'white'
        set arrow 100011 + 3 * i from screen sx(leader_x[i] - 4), sy(leader_y[i]) to screen sx(leader_to_x[i]), sy(leader_to_y[i]) nohead front linewidth 1 linecolor rgb colour_text
        set label 100012 + 3 * i '' at screen sx(leader_x[i] - 4), sy(leader_y[i]) point pointtype 7 pointsize 0.5 * point_unit linecolor rgb colour_text front
    }
    do for [i = 1:n_mark_x] {
        set label 200000 + i '' at first mark_x[i], mark_y[i] point pointtype class_mark[int(mark_class[i])] pointsize 0.75 * point_unit linewidth 1.2 linecolor rgb class_text[int(mark_class[i])] front
    }
    if (diverging == 1) {
        do for [i = 1:n_sign] {
            k = int(sign[i]) - 20
            if (k >= 1 && k <= 5 && k != 3) { set label '' at screen sx(sign_x[i] + 12), sy(sign_y[i]) point pointtype class_mark[k] pointsize 0.75 * point_unit linewidth 1.2 linecolor rgb class_text[k] front }
        }
    }
    parts = ''
    do for [k = 1:5] {
        if (value(sprintf('n_class_area_%d', k)) > 0) {
            parts = parts . sprintf(', $class_area_%d using 1:2 with filledcurves closed fillcolor rgb class_colour[%d] fillstyle solid noborder', k, k)
        }
    }
    do for [k = 1:3] {
        if (value(sprintf('n_missing_area_%d', k)) > 0) {
            parts = parts . sprintf(', $missing_area_%d using 1:2 with filledcurves closed fillcolor rgb colour_missing fillstyle pattern missing_pattern[%d] noborder', k, k)
        }
    }
    parts = parts . ', $border using 1:2 with lines linewidth 0.6 linecolor rgb colour_tile_edge'
    if (any_focus == 1) { parts = parts . ', $focus_border using 1:2 with lines linewidth 2 linecolor rgb colour_text' }
    eval 'plot ' . parts[3:*]
    unset output
}
