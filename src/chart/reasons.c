// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/reasons.h"

#include "chart/columns.h"

#include <stdint.h>
#include <stdlib.h>

enum { MOST_ITEMS = UF_CLASSES + 8 };

int uf_reason_number(struct uf_drawing *drawing, struct uf_text_list *reasons, const char *words)
{
    size_t found = uf_text_list_find(reasons, words);
    if (found == SIZE_MAX) {
        found = reasons->count;
        if (uf_text_list_add(reasons, words, NULL) != UF_OK) {
            drawing->failed = true;
            return 0;
        }
    }
    return (int)found + 1;
}

const char *uf_reason_absent(enum uf_language language)
{
    return uf_words_in((struct uf_words){"missing: not in the table", "saknas: finns inte i tabellen"},
                       language);
}

static int sign_of_reason(size_t reason)
{
    return UF_SIGN_MISSING_1 + (reason < UF_HATCHINGS ? (int)reason : UF_HATCHINGS - 1);
}

double uf_classes_legend(struct uf_drawing *drawing, const struct uf_classes *classes,
                         const struct uf_text_list *reasons, double x, double top)
{
    const struct uf_chart_request *request = drawing->request;
    double width = drawing->width - UF_PAD - x, y = top + 8;
    char *title = uf_axis_words(request->value_label, request->unit);
    if (title) y = uf_drawing_paragraph(drawing, x, y, width, UF_LOOK_AXIS, 11, 14, title) + 6;
    free(title);
    for (int class = UF_CLASSES; class >= 1; class --) {
        char *words = uf_class_words(classes, class, drawing->language);
        if (!words) drawing->failed = true;
        uf_drawing_sign(drawing, x, y, UF_SIGN_CLASS_1 + class - 1);
        uf_drawing_text(drawing, x + 30, y, UF_ALIGN_LEFT, UF_LOOK_AXIS, words);
        free(words);
        y += 19;
    }
    y += 4;
    for (size_t k = 0; k < reasons->count; k++) {
        uf_drawing_sign(drawing, x, y, sign_of_reason(k));
        y = uf_drawing_paragraph(drawing, x + 30, y, width - 30, UF_LOOK_AXIS, 11, 14, reasons->items[k]) + 6;
    }
    return y;
}

double uf_classes_legend_row(struct uf_drawing *drawing, const struct uf_classes *classes,
                             const struct uf_text_list *reasons, double top)
{
    const struct uf_chart_request *request = drawing->request;
    struct uf_legend_item items[MOST_ITEMS] = {{0, NULL}};
    char *owned[UF_CLASSES] = {NULL};
    size_t n = 0;
    char *title = uf_axis_words(request->value_label, request->unit);
    if (title)
        top = uf_drawing_paragraph(drawing, UF_PAD, top + 8, drawing->width - 2 * UF_PAD, UF_LOOK_AXIS, 11,
                                   14, title);
    free(title);
    for (int class = 1; class <= UF_CLASSES; class ++) {
        owned[class - 1] = uf_class_words(classes, class, drawing->language);
        if (!owned[class - 1]) drawing->failed = true;
        items[n++] = (struct uf_legend_item){UF_SIGN_CLASS_1 + class - 1, owned[class - 1]};
    }
    double y = uf_drawing_legend(drawing, UF_PAD, top + 8, items, n);
    for (n = 0; n < reasons->count && n < MOST_ITEMS; n++)
        items[n] = (struct uf_legend_item){sign_of_reason(n), reasons->items[n]};
    if (n) y = uf_drawing_legend(drawing, UF_PAD, y + 4, items, n);
    for (size_t k = 0; k < UF_CLASSES; k++) free(owned[k]);
    return y + 4;
}
