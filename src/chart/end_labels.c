// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/end_labels.h"

#include "chart/measure.h"

#include <math.h>
#include <stdlib.h>

enum { LABEL_GAP = 15 };

static int by_y(const void *a, const void *b)
{
    const struct uf_end_label *p = a, *q = b;
    if (p->y != q->y) return p->y < q->y ? -1 : 1;
    return (p->look > q->look) - (p->look < q->look);
}

void uf_end_labels_spread(struct uf_end_label *labels, size_t n, double gap, double top, double bottom)
{
    if (n == 0) return;
    qsort(labels, n, sizeof *labels, by_y);
    /* With z_i = y_i - i*gap the condition "gap apart" is "z does not fall", and the least-squares answer is
     * the isotonic regression of z: neighbouring blocks that violate it are pooled to their mean. label_y
     * holds the block's mean, look-ahead is not needed. */
    double *mean = calloc(n, sizeof *mean);
    size_t *size = calloc(n, sizeof *size);
    if (!mean || !size) { /* crowded labels are better than none */
        for (size_t i = 0; i < n; i++) labels[i].label_y = labels[i].y;
        free(mean);
        free(size);
        return;
    }
    size_t blocks = 0;
    for (size_t i = 0; i < n; i++) {
        mean[blocks] = labels[i].y - (double)i * gap;
        size[blocks] = 1;
        blocks++;
        while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
            double sum =
                mean[blocks - 2] * (double)size[blocks - 2] + mean[blocks - 1] * (double)size[blocks - 1];
            size[blocks - 2] += size[blocks - 1];
            mean[blocks - 2] = sum / (double)size[blocks - 2];
            blocks--;
        }
    }
    double highest = bottom - (double)(n - 1) * gap; /* z of the last label when it stands at the bottom */
    for (size_t b = 0, i = 0; b < blocks; b++) {
        double z = fmax(fmin(mean[b], highest), top);
        for (size_t k = 0; k < size[b]; k++, i++) labels[i].label_y = z + (double)i * gap;
    }
    free(mean);
    free(size);
}

static bool is_bold(int look)
{
    return look >= UF_LOOK_FOCUS_1 || look == UF_LOOK_BENCHMARK;
}

double uf_end_labels_width(struct uf_drawing *drawing, struct uf_end_label *labels, size_t n, double most)
{
    double widest = 0;
    for (size_t i = 0; i < n; i++) {
        bool bold = is_bold(labels[i].look);
        double number =
            uf_measure_text(labels[i].number, UF_BODY_SIZE, bold) + uf_measure_text(" ", UF_BODY_SIZE, bold);
        char *cut = uf_measure_fit(labels[i].words, UF_BODY_SIZE, bold, most - number);
        if (!cut) {
            drawing->failed = true;
            continue;
        }
        free(labels[i].words);
        labels[i].words = cut;
        widest = fmax(widest, uf_measure_text(cut, UF_BODY_SIZE, bold) + number);
    }
    return widest;
}

static int by_side(const void *a, const void *b)
{
    const struct uf_end_label *p = a, *q = b;
    return p->left != q->left ? (p->left ? -1 : 1) : by_y(a, b);
}

static void place_words(struct uf_drawing *drawing, const struct uf_end_label *label, double x)
{
    struct uf_buffer words;
    uf_buffer_init(&words);
    uf_buffer_append(&words, label->words);
    uf_buffer_append_char(&words, ' ');
    uf_buffer_append(&words, label->number);
    if (words.failed) drawing->failed = true;
    uf_drawing_text(drawing, x, label->label_y, label->left ? UF_ALIGN_RIGHT : UF_ALIGN_LEFT, label->look,
                    words.data);
    uf_buffer_clear(&words);
}

void uf_end_labels_place_sides(struct uf_drawing *drawing, struct uf_end_label *labels, size_t n,
                               double left_x, double right_x, double top, double bottom)
{
    size_t n_left = 0, m = 0;
    for (size_t i = 0; i < n; i++) n_left += labels[i].left;
    if (n) qsort(labels, n, sizeof *labels, by_side);
    uf_end_labels_spread(labels, n_left, LABEL_GAP, top, bottom);
    uf_end_labels_spread(labels + n_left, n - n_left, LABEL_GAP, top, bottom);
    double *places = calloc(4 * n + 1, sizeof *places);
    if (!places) {
        drawing->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const double x = labels[i].left ? left_x : right_x;
        place_words(drawing, &labels[i], x);
        if (fabs(labels[i].label_y - labels[i].y) < 4 && fabs(x - labels[i].x) < 16) continue;
        places[m] = labels[i].x + 4;
        places[n + m] = labels[i].y;
        places[2 * n + m] = labels[i].left ? x + 2 : x - 2;
        places[3 * n + m] = labels[i].label_y;
        m++;
    }
    static const char *const names[4] = {"leader_x", "leader_y", "leader_to_x", "leader_to_y"};
    for (size_t k = 0; k < 4; k++) uf_drawing_numbers(drawing, names[k], places + k * n, m);
    free(places);
}

void uf_end_labels_place(struct uf_drawing *drawing, struct uf_end_label *labels, size_t n, double x,
                         double top, double bottom)
{
    uf_end_labels_place_sides(drawing, labels, n, x, x, top, bottom);
}
