# SPDX-License-Identifier: GPL-3.0-or-later
# Fonts, sizes, grid, tics, formats. Places come from the content above, in 1/96 inch from the top left corner.

set encoding utf8
set decimalsign decimal_mark
chart_data = chart_name.'.csv'

# Arial's widths; where it is not installed fontconfig takes DejaVu Sans, for which there is room.
font_name = 'Liberation Sans'

# By what a text is: 1 title, 2 subtitle, 3 source, 4 label, 5 label in focus, 6 value, 7 missing, 8 axis,
# 9 panel title, 10 benchmark, 11 context, 12 to 17 focus.
array look_size[17] = [16, 12, 10.5, 12, 12, 12, 11, 11, 12, 12, 11, 12, 12, 12, 12, 12, 12]
array look_bold[17] = [ 1,  0,    0,  0,  1,  0,  0,  0,  1,  1,  0,  1,  1,  1,  1,  1,  1]

# The svg terminal knows no bold: what follows the name goes into its font-family attribute and closes it there.
bold_name = font_name.':Bold'
font_of(size, bold) = (bold ? bold_name : font_name).sprintf(',%g', size)

# 1/96 inch to parts of the canvas, which gnuplot counts from the bottom.
sx(x) = x / real(canvas_width)
sy(y) = 1 - y / real(canvas_height)

png_scale = 2.5   # 240 dots per inch
terminal_svg = sprintf("svg size %d,%d font '%s,12' noenhanced background 'white'", canvas_width, canvas_height, font_name)
terminal_png = sprintf("pngcairo size %d,%d font '%s,12' fontscale %g linewidth %g pointscale %g noenhanced background 'white'", \
    canvas_width * png_scale, canvas_height * png_scale, font_name, 0.75 * png_scale, png_scale, png_scale)
terminal_pdf = sprintf("pdfcairo size %gin,%gin font '%s,12' fontscale 0.75 noenhanced background 'white'", \
    canvas_width / 96.0, canvas_height / 96.0, font_name)
terminal_emf = sprintf("emf size %d,%d font '%s,12' noenhanced background 'white'", canvas_width, canvas_height, font_name)

# For each format: eval begin_picture, then the plot. The svg terminal draws points larger than the others: point_unit evens that out.
begin_picture = "reset; set datafile separator comma; set datafile columnheaders; \
    if (chart_format eq 'svg') { bold_name = font_name.'\" font-weight=\"bold'; point_unit = 0.75 } else { point_unit = 1; bold_name = font_name.':Bold' }; \
    eval 'set terminal '.value('terminal_'.chart_format); \
    set output chart_name.'.'.chart_format; \
    set lmargin at screen sx(plot_left); set rmargin at screen sx(plot_right); \
    set tmargin at screen sy(plot_top); set bmargin at screen sy(plot_bottom); \
    unset key; unset border; set tics scale 0 nomirror; \
    tic_font = font_of(11, 0); tics_below = plot_bottom; \
    eval line_styles; eval place_texts; eval place_signs"

place_texts = "do for [i = 1:n_text] { \
    look = int(text_look[i]); words = text[i]; words_font = font_of(look_size[look], look_bold[look]); words_colour = look_colour[look]; \
    if (text_align[i] < 0) { set label words at screen sx(text_x[i]), sy(text_y[i]) left font words_font textcolor rgb words_colour noenhanced front }; \
    if (text_align[i] == 0) { set label words at screen sx(text_x[i]), sy(text_y[i]) center font words_font textcolor rgb words_colour noenhanced front }; \
    if (text_align[i] > 0) { set label words at screen sx(text_x[i]), sy(text_y[i]) right font words_font textcolor rgb words_colour noenhanced front } }"

# Signs of the legend, 24 wide: 1 to 6 components, 11 sum, 12 context, 13 benchmark, 14 band, 15 wider band, 16 reference
# period, 17 to 19 missing, 21 to 25 classes, 31 to 36 shapes of points, 37 a point that is context, 38 a fitted line, 39 a point
# without a size, 40 the line to compare with, 41 to 46 lines, 51 the area of a band, 52 a wider band around it.
place_signs = "do for [i = 1:n_sign] { \
    k = int(sign[i]); x = sx(sign_x[i]); y = sy(sign_y[i]); \
    if (k <= 7) { sign_colour = part_colour[k] }; if (k >= 21 && k <= 25) { sign_colour = class_colour[k - 20] }; \
    if (k <= 7) { if (part_pattern[k] < 0) { set object rectangle from screen x, sy(sign_y[i] + 6) to screen sx(sign_x[i] + 24), sy(sign_y[i] - 6) fillcolor rgb sign_colour fillstyle solid border rgb sign_colour } else { set object rectangle from screen x, sy(sign_y[i] + 6) to screen sx(sign_x[i] + 24), sy(sign_y[i] - 6) fillcolor rgb sign_colour fillstyle pattern part_pattern[k] border rgb sign_colour } }; \
    if (k == 11) { set label '' at screen sx(sign_x[i] + 12), y point pointtype 13 pointsize 1.1 * point_unit linecolor rgb colour_total front }; \
    if (k == 12) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y nohead linewidth 1.2 linecolor rgb colour_context }; \
    if (k == 13) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y nohead linestyle 8 }; \
    if (k == 14) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y heads size screen 0.004, 90 linewidth 2 linecolor rgb colour_band }; \
    if (k == 15) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y heads size screen 0.007, 90 linewidth 1 linecolor rgb colour_band2 }; \
    if (k == 16) { set label '' at screen sx(sign_x[i] + 12), y point pointtype 6 pointsize 1 * point_unit linewidth 2 linecolor rgb focus_first front }; \
    if (k >= 17 && k <= 19) { set object rectangle from screen x, sy(sign_y[i] + 7) to screen sx(sign_x[i] + 24), sy(sign_y[i] - 7) fillcolor rgb colour_missing fillstyle pattern missing_pattern[k - 16] border rgb colour_tile_edge }; \
    if (k >= 21 && k <= 25) { set object rectangle from screen x, sy(sign_y[i] + 8) to screen sx(sign_x[i] + 24), sy(sign_y[i] - 8) fillcolor rgb sign_colour fillstyle solid border rgb colour_tile_edge }; \
    if (k >= 31 && k <= 36) { set label '' at screen sx(sign_x[i] + 12), y point pointtype shape_type[k - 30] pointsize 1.1 * point_unit linecolor rgb focus_colour[k - 30] front }; \
    if (k == 37) { set label '' at screen sx(sign_x[i] + 12), y point pointtype 6 pointsize 0.9 * point_unit linewidth 1.5 linecolor rgb colour_context front }; \
    if (k == 38) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y nohead linestyle 7 }; \
    if (k == 39) { set label '' at screen sx(sign_x[i] + 12), y point pointtype 2 pointsize 1 * point_unit linewidth 1.5 linecolor rgb colour_axis front }; \
    if (k == 40) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y nohead linewidth 1.2 linecolor rgb colour_reference }; \
    if (k >= 41 && k <= 46) { set arrow from screen x, y to screen sx(sign_x[i] + 24), y nohead linestyle k - 40 }; \
    if (k == 51) { set object rectangle from screen x, sy(sign_y[i] + 6) to screen sx(sign_x[i] + 24), sy(sign_y[i] - 6) fillcolor rgb colour_area fillstyle solid noborder; do for [edge in '-6 6'] { set arrow from screen x, sy(sign_y[i] + edge) to screen sx(sign_x[i] + 24), sy(sign_y[i] + edge) nohead linewidth 1 linecolor rgb colour_band } }; \
    if (k == 52) { do for [edge in '-6 6'] { set arrow from screen x, sy(sign_y[i] + edge) to screen sx(sign_x[i] + 24), sy(sign_y[i] + edge) nohead linewidth 1.2 dashtype (4,3) linecolor rgb colour_band2 } } }"

# Grid and words of the tics. The words are labels, since terminals place a tic's own words differently.
words_8 = "font tic_font textcolor rgb colour_text noenhanced"
x_tics = "set xtics (); do for [i = 1:n_x_at] { set xtics add ('' x_at[i]); set label x_text[i] at first x_at[i], screen sy(tics_below + 15) center @words_8 }"
y_tics = "set ytics (); do for [i = 1:n_y_at] { set ytics add ('' y_at[i]); set label y_text[i] at screen sx(plot_left - 7), first y_at[i] right @words_8 }"
