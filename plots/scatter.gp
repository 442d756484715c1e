# SPDX-License-Identifier: GPL-3.0-or-later
# Points, or circles whose area is a size: grey where they are context, in colour and filled where they are in focus (or all, without a
# focus); groups by shape and colour. Lines to compare with, the least-squares line, thin lines from points to labels that stand apart.

do for [chart_format in chart_formats] {
    eval begin_picture
    set xrange [x_low:x_high]
    set yrange [y_low:y_high]
    eval x_tics
    eval y_tics
    set grid xtics ytics back linetype 1 linewidth 0.75 linecolor rgb colour_grid
    set arrow 100001 from graph 0, graph 0 to graph 1, graph 0 nohead linewidth 1 linecolor rgb colour_axis
    set arrow 100002 from graph 0, graph 0 to graph 0, graph 1 nohead linewidth 1 linecolor rgb colour_axis
    if (reference == reference) {
        set arrow 100003 from graph 0, first reference to graph 1, first reference nohead linewidth 1.2 linecolor rgb colour_reference
    }
    if (reference_x == reference_x) {
        set arrow 100004 from first reference_x, graph 0 to first reference_x, graph 1 nohead linewidth 1.2 linecolor rgb colour_reference
    }
    if (fit[1] == fit[1]) {
        set arrow 100005 from first fit[1], first fit[2] to first fit[3], first fit[4] nohead linestyle 7
    }
    # Words stand on paper, so that lines below do not strike them out.
    do for [i = 1:n_paper_left] {
        set object 200000 + i rectangle from screen sx(paper_left[i]), sy(paper_bottom[i]) to screen sx(paper_right[i]), sy(paper_top[i]) front fillcolor rgb 'white' fillstyle solid noborder
    }
    do for [i = 1:n_leader_x] {
        set arrow 100010 + i from screen sx(leader_x[i]), sy(leader_y[i]) to screen sx(leader_to_x[i]), sy(leader_to_y[i]) nohead front linewidth 0.75 linecolor rgb colour_axis
    }
    do for [i = 1:n_size_x] {
        set object 100100 + i circle at screen sx(size_x[i]), sy(size_y[i]) size screen sx(size_radius[i]) fillstyle empty border rgb colour_axis linewidth 1.2
    }
    # A radius in units of the horizontal axis.
    wide(pixels) = pixels * (x_high - x_low) / (plot_right - plot_left)
    is(f) = column('radius') == column('radius') && column('focus') == f ? column('x') : NaN
    sized(f) = column('no_size') == 0 ? is(f) : NaN
    unsized(f) = column('no_size') == 1 ? is(f) : NaN
    of_group(k, f) = column('group') == k ? is(f) : NaN
    circle(f) = sprintf(", chart_data using (sized(%d)):'value':(wide(column('radius'))) with circles", f)
    dot(x) = ", chart_data using (" . x . "):'value' with points "
    parts = ''
    strong = has_focus == 1 ? 1 : 0   # without a focus all are in colour
    # Bands as thin lines below the points; grey points have lighter ones.
    band(f, x, y, across, upwards) = sprintf(", chart_data using (column('focus') == %d ? column('%s') : NaN):'%s':(%s):(%s) with vectors heads size screen 0.003,90 linewidth 1 linecolor rgb ", f, x, y, across, upwards)
    if (has_band == 1) {
        do for [f = 0:1] {
            colour = f == strong ? ' colour_axis' : ' colour_context'
            parts = parts . band(f, 'x_low', 'value', "column('x_high') - column('x_low')", '0') . colour
            parts = parts . band(f, 'x', 'low', '0', "column('high') - column('low')") . colour
        }
    }
    if (has_size == 1 && n_groups == 0) {
        if (has_focus == 1 && has_context == 1) { parts = parts . circle(0) . ' fillcolor rgb colour_bubble fillstyle transparent solid 0.5 border rgb colour_context' }
        parts = parts . circle(strong) . ' fillcolor rgb colour_bar fillstyle transparent solid 0.6 border rgb focus_first linewidth 1.6'
        if (no_size[1] > 0) { parts = parts . dot('unsized(0)') . 'pointtype 2 pointsize 0.8 * point_unit linewidth 1.5 linecolor rgb colour_axis' }
        if (no_size[2] > 0) { parts = parts . dot('unsized(1)') . 'pointtype 2 pointsize 1 * point_unit linewidth 2.2 linecolor rgb focus_first' }
    }
    if (has_size == 0 && n_groups == 0) {
        if (has_focus == 1 && has_context == 1) { parts = parts . dot('is(0)') . 'pointtype 6 pointsize 0.75 * point_unit linewidth 1.5 linecolor rgb colour_context' }
        parts = parts . dot(sprintf('is(%d)', strong)) . 'pointtype 7 pointsize ' . (has_focus == 1 ? '1.2' : '0.9') . ' * point_unit linecolor rgb focus_first'
    }
    do for [k = 1:n_groups] {
        group_circle(f) = sprintf(", chart_data using (column('group') == %d ? sized(%d) : NaN):'value':(wide(column('radius'))) with circles fillcolor rgb focus_colour[%d] fillstyle transparent solid %g", k, f, k, f ? 0.6 : 0.3)
        if (group_plain[k] > 0) {
            if (has_size == 1) { parts = parts . group_circle(0) . sprintf(' border rgb focus_colour[%d]', k) }
            parts = parts . dot(sprintf('of_group(%d, 0)', k)) . sprintf('pointtype shape_type[%d] pointsize 0.8 * point_unit linecolor rgb focus_colour[%d]', k, k)
        }
        if (group_focus[k] > 0) {
            if (has_size == 1) { parts = parts . group_circle(1) . ' border rgb colour_text linewidth 2' }
            parts = parts . dot(sprintf('of_group(%d, 1)', k)) . sprintf('pointtype shape_type[%d] pointsize 1.5 * point_unit linecolor rgb colour_text', k)
            parts = parts . dot(sprintf('of_group(%d, 1)', k)) . sprintf('pointtype shape_type[%d] pointsize 0.9 * point_unit linecolor rgb focus_colour[%d]', k, k)
        }
    }
    eval 'plot ' . parts[3:*]
    unset output
}
