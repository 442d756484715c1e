# SPDX-License-Identifier: GPL-3.0-or-later
# Colours. Whatever carries meaning has a contrast of at least 3:1 on white (texts 4.5:1) and differs from its neighbours in
# lightness, dash or pattern as well as in hue, so that it survives colour blindness and a grey printer. A test reads this file.

colour_text = '#1a1a1a'
colour_quiet = '#595959'
colour_grid = '#dcdcdc'
colour_axis = '#595959'
colour_reference = '#1a1a1a'
colour_bar = '#2f73ab'
colour_bar_context = '#8a8a8a'
colour_bubble = '#d9d9d9'      # within an edge of colour_context
colour_band = '#1a1a1a'
colour_band2 = '#595959'
colour_area = '#d3e1ee'        # between the edges of a band, which carry the meaning
colour_context = '#8a8a8a'
colour_benchmark = '#1a1a1a'
colour_total = '#000000'
colour_missing = '#9c9c9c'   # hatching under words, within a dark edge
array missing_pattern[3] = [4, 5, 2]
colour_tile_edge = '#595959'

array focus_colour[6] = ['#0b4f8a', '#b84a00', '#5b2a86', '#00735c', '#8f1d4f', '#6b5b00']
focus_first = focus_colour[1]
# Groups of points differ in shape as well: circle, square, triangle, diamond, triangle on its tip, pentagon.
array shape_type[6] = [7, 5, 9, 13, 11, 15]
# Line style 1 to 6 for lines in focus; 7 a fitted line, 8 the benchmark, 9 a mark on the time axis.
line_styles = "set style line 1 linewidth 2.4 dashtype solid linecolor rgb focus_colour[1]; \
    set style line 2 linewidth 2.4 dashtype (9,3) linecolor rgb focus_colour[2]; \
    set style line 3 linewidth 2.4 dashtype (3,3) linecolor rgb focus_colour[3]; \
    set style line 4 linewidth 2.4 dashtype (9,3,3,3) linecolor rgb focus_colour[4]; \
    set style line 5 linewidth 2.4 dashtype (14,4) linecolor rgb focus_colour[5]; \
    set style line 6 linewidth 2.4 dashtype (5,2,2,2,2,2) linecolor rgb focus_colour[6]; \
    set style line 7 linewidth 1.8 dashtype (10,4,2,4) linecolor rgb colour_benchmark; \
    set style line 8 linewidth 2 dashtype (7,4) linecolor rgb colour_benchmark; \
    set style line 9 linewidth 1 dashtype (4,3) linecolor rgb colour_axis"

# Components of a stack: solid (pattern -1) or hatched; no two solid ones are of like lightness.
array part_colour[7] = ['#123a63', '#b84a00', '#6f9a3a', '#5b2a86', '#00735c', '#4d4d4d', '#a3195b']
array part_pattern[7] = [-1, 4, -1, 5, 6, 1, 7]

# Five classes of a map, with the colour of text upon each: light to dark, or dark at both ends around a light middle. Any two
# differ in lightness, those below the middle are darker than those above it.
array sequential_colour[5] = ['#edf3f9', '#bcd4e9', '#86b3d8', '#2f73ab', '#0a3f70']
array sequential_text[5] = ['#1a1a1a', '#1a1a1a', '#1a1a1a', '#ffffff', '#ffffff']
array diverging_colour[5] = ['#7a2d00', '#df9a63', '#f6f6f6', '#b9d7ee', '#2a76b4']
array diverging_text[5] = ['#ffffff', '#1a1a1a', '#1a1a1a', '#1a1a1a', '#ffffff']
# Marks of the classes around a middle where no value is printed: down and up, filled further out; 0: none.
array class_mark[5] = [11, 10, 0, 8, 9]
array class_colour[5]
array class_text[5]

# By what a text is, in the order of style.gp.
array look_colour[17] = [colour_text, colour_quiet, colour_quiet, colour_text, colour_text, colour_text, colour_quiet, colour_text, \
    colour_text, colour_benchmark, colour_quiet, \
    focus_colour[1], focus_colour[2], focus_colour[3], focus_colour[4], focus_colour[5], focus_colour[6]]
