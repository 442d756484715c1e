# SPDX-License-Identifier: GPL-3.0-or-later
# One tile per region, coloured by class; class 0 (missing) hatched around its words; regions in focus with a heavy edge.

do for [k = 1:5] {
    class_colour[k] = diverging == 1 ? diverging_colour[k] : sequential_colour[k]
    class_text[k] = diverging == 1 ? diverging_text[k] : sequential_text[k]
}
half = 0.475   # of a tile
rgb_of(text) = int('0x'.substr(text, 2, 7))
do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [y_high:y_low]
    unset xtics
    unset ytics
    do for [i = 1:n_tile_text] {
        words_font = font_of(tile_text_strong[i] == 1 ? 12 : 10, tile_text_strong[i])
        words_colour = tile_text_class[i] > 0 ? class_text[int(tile_text_class[i])] : colour_text
        set label tile_text[i] at screen sx(tile_text_x[i]), sy(tile_text_y[i]) center front noenhanced \
            font words_font textcolor rgb words_colour
    }
    set style fill solid border rgb colour_tile_edge
    plot chart_data using (column('class') > 0 ? column('col') : NaN):'row':(column('col') - half):(column('col') + half):(column('row') - half):(column('row') + half):(rgb_of(class_colour[column('class') > 0 ? int(column('class')) : 1])) \
            with boxxyerror linewidth 0.75 linecolor rgb variable, \
        for [k = 1:3] '' using ((column('reason') > 3 ? 3 : column('reason')) == k ? column('col') : NaN):'row':(column('col') - half):(column('col') + half):(column('row') - half):(column('row') + half) \
            with boxxyerror linewidth 0.75 linecolor rgb colour_missing fillstyle pattern missing_pattern[k] border rgb colour_tile_edge, \
        '' using (column('class') == 0 ? column('col') : NaN):'row':(column('col') - 0.42):(column('col') + 0.42):(column('row') - 0.36):(column('row') + 0.36) \
            with boxxyerror linecolor rgb 'white' fillstyle solid noborder, \
        '' using (column('focus') == 1 ? column('col') : NaN):'row':(column('col') - half):(column('col') + half):(column('row') - half):(column('row') + half) \
            with boxxyerror linewidth 3 linecolor rgb colour_text fillstyle empty border rgb colour_text
    unset output
}
