# SPDX-License-Identifier: GPL-3.0-or-later
# A rectangle per cell, coloured by class; class 0 (missing) hatched; a dot in the corner where the band reaches another class. Values upon the cells where they fit; around a reference, and without
# values, the classes below and above it carry a triangle, down or up and filled in the outermost: two sides without colour.

x_per_pixel = n_columns / (plot_right - plot_left)
y_per_pixel = n_rows / (plot_bottom - plot_top)
do for [k = 1:5] {
    class_colour[k] = diverging == 1 ? diverging_colour[k] : sequential_colour[k]
    class_text[k] = diverging == 1 ? diverging_text[k] : sequential_text[k]
}
rgb_of(text) = int('0x'.substr(text, 2, 7))
do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [0.5:n_columns + 0.5]
    set yrange [n_rows + 0.5:0.5]
    unset xtics
    unset ytics
    do for [i = 1:n_head] {
        if (head_turned == 1) {
            set label head[i] at screen sx(head_x[i]), sy(head_y[i]) left rotate by 90 font font_of(11, 0) textcolor rgb colour_text noenhanced front
        } else {
            set label head[i] at screen sx(head_x[i]), sy(head_y[i]) center font font_of(11, 0) textcolor rgb colour_text noenhanced front
        }
    }
    class_is(k) = column('class') == k ? column('col') : NaN
    box = ":'row':(column('col') - 0.5):(column('col') + 0.5):(column('row') - 0.5):(column('row') + 0.5)"
    parts = ''
    do for [k = 1:5] {
        if (class_count[k] > 0) {
            parts = parts . sprintf(", chart_data using (class_is(%d))", k) . box . sprintf(" with boxxyerror linewidth 0.75 linecolor rgb class_colour[%d] fillstyle solid border rgb 'white'", k)
        }
    }
    do for [k = 1:(n_reasons > 3 ? 3 : n_reasons)] {
        parts = parts . sprintf(", chart_data using ((column('reason') > 3 ? 3 : column('reason')) == %d ? column('col') : NaN)", k) . box . sprintf(" with boxxyerror linewidth 0.75 linecolor rgb colour_missing fillstyle pattern missing_pattern[%d] border rgb colour_tile_edge", k)
    }
    do for [i = 1:n_cell] {
        set label cell[i] at first cell_x[i], cell_y[i] center font font_of(10, 0) textcolor rgb class_text[int(cell_class[i])] noenhanced front
    }
    do for [k = 1:5] {
        if (class_count[k] > 0) { parts = parts . sprintf(", chart_data using (column('open') == %d ? column('col') + 0.5 - 5 * x_per_pixel : NaN):(column('row') - 0.5 + 5 * y_per_pixel) with points pointtype 7 pointsize 0.3 * point_unit linecolor rgb class_text[%d]", k, k) }
    }
    if (printed == 0 && diverging == 1) {
        do for [k = 1:5] {
            if (k != 3 && class_count[k] > 0) { parts = parts . sprintf(", chart_data using (class_is(%d)):'row' with points pointtype %d pointsize 0.5 * point_unit linewidth 0.8 linecolor rgb class_text[%d]", k, class_mark[k], k) }
        }
        do for [i = 1:n_sign] {
            k = int(sign[i]) - 20
            if (k >= 1 && k <= 5 && k != 3) { set label '' at screen sx(sign_x[i] + 12), sy(sign_y[i]) point pointtype class_mark[k] pointsize 0.5 * point_unit linewidth 0.8 linecolor rgb class_text[k] front }
        }
    }
    eval 'plot ' . parts[3:*]
    unset output
}
