// SPDX-License-Identifier: GPL-3.0-or-later
#include "chart/point_labels.h"

#include "base/fail.h"
#include "chart/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    FOCUS_SIZE = 12,
    OTHER_SIZE = 11,
    LINE = 13,
    WIDEST = 150,
    WIDEST_WORD = 230,
    GAP = 3,
    LEADER_GAP = 3,
    AROUND = 16,
    MOST_LINES = 3
};

/* Places beside the point, the best first: right, left, above, below, then the corners; in degrees. */
static const double beside[] = {0, 180, 90, 270, 45, 135, 315, 225};
/* Then around it at these distances, with a leader. */
static const double distances[] = {14, 26, 40, 58, 80, 106};
enum {
    N_BESIDE = sizeof beside / sizeof *beside,
    N_DISTANCES = sizeof distances / sizeof *distances,
    N_OTHER_DISTANCES = 4 /* of labels that are not in focus */
};

struct place {
    struct uf_box box;
    int align;
    bool has_leader;
    struct uf_segment leader;
    double cost;
};

static bool boxes_meet(const struct uf_box *a, const struct uf_box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static bool box_meets_circle(const struct uf_box *box, const struct uf_circle *circle)
{
    double dx = circle->x - fmax(box->left, fmin(circle->x, box->right));
    double dy = circle->y - fmax(box->top, fmin(circle->y, box->bottom));
    return dx * dx + dy * dy < circle->radius * circle->radius;
}

/* Clips the segment to the box (Liang and Barsky): true where something is left. */
static bool segment_meets_box(const struct uf_segment *segment, const struct uf_box *box)
{
    double from = 0, to = 1, dx = segment->x2 - segment->x1, dy = segment->y2 - segment->y1;
    const double steps[4] = {-dx, dx, -dy, dy};
    const double rooms[4] = {segment->x1 - box->left, box->right - segment->x1, segment->y1 - box->top,
                             box->bottom - segment->y1};
    for (size_t i = 0; i < 4; i++) {
        if (steps[i] == 0) {
            if (rooms[i] < 0) return false;
        } else if (steps[i] < 0) {
            from = fmax(from, rooms[i] / steps[i]);
        } else {
            to = fmin(to, rooms[i] / steps[i]);
        }
    }
    return from < to;
}

static double side_of(const struct uf_segment *s, double x, double y)
{
    return (s->x2 - s->x1) * (y - s->y1) - (s->y2 - s->y1) * (x - s->x1);
}

static bool segments_cross(const struct uf_segment *a, const struct uf_segment *b)
{
    return side_of(a, b->x1, b->y1) * side_of(a, b->x2, b->y2) < 0 &&
           side_of(b, a->x1, a->y1) * side_of(b, a->x2, a->y2) < 0;
}

static bool segment_meets_circle(const struct uf_segment *s, const struct uf_circle *circle)
{
    double dx = s->x2 - s->x1, dy = s->y2 - s->y1, length = dx * dx + dy * dy;
    double at = length > 0 ? ((circle->x - s->x1) * dx + (circle->y - s->y1) * dy) / length : 0;
    at = fmax(0, fmin(1, at));
    double x = s->x1 + at * dx - circle->x, y = s->y1 + at * dy - circle->y;
    return x * x + y * y < circle->radius * circle->radius;
}

/* A block of words that begins in the direction `degrees` from the point's edge. */
static struct place place_at(const struct uf_circle *point, double width, double height, double degrees,
                             double distance)
{
    double angle = degrees * acos(-1) / 180, across = cos(angle), up = sin(angle);
    double x = point->x + (point->radius + GAP + distance) * across;
    double y = point->y - (point->radius + GAP + distance) * up;
    struct place place = {.align = across > 0.38    ? UF_ALIGN_LEFT
                                   : across < -0.38 ? UF_ALIGN_RIGHT
                                                    : UF_ALIGN_CENTRE};
    place.box.left = place.align == UF_ALIGN_LEFT    ? x
                     : place.align == UF_ALIGN_RIGHT ? x - width
                                                     : x - width / 2;
    place.box.right = place.box.left + width;
    place.box.top = up > 0.38 ? y - height : up < -0.38 ? y : y - height / 2;
    place.box.bottom = place.box.top + height;
    if (distance > 0) {
        place.has_leader = true; /* it ends before the words, or it reads as a dash of theirs */
        place.leader = (struct uf_segment){point->x + point->radius * across, point->y - point->radius * up,
                                           x - LEADER_GAP * across, y + LEADER_GAP * up};
    }
    return place;
}

/* Infinity where the place is out of the question. */
static double cost_of(const struct place *place, const struct uf_point_label *labels, size_t n_before,
                      const struct uf_point_label *label, const struct uf_label_field *field)
{
    const struct uf_box *box = &place->box, *area = &field->area;
    double cost = 0;
    if (box->left < area->left || box->right > area->right || box->top < area->top ||
        box->bottom > area->bottom)
        return INFINITY;
    for (size_t i = 0; i < field->n_taken; i++)
        if (boxes_meet(box, &field->taken[i]) ||
            (place->has_leader && segment_meets_box(&place->leader, &field->taken[i])))
            return INFINITY;
    for (size_t i = 0; i < n_before; i++) {
        const struct uf_point_label *other = &labels[i];
        if (!other->placed) continue;
        if (boxes_meet(box, &other->box)) return INFINITY;
        if (other->has_leader && segment_meets_box(&other->leader, box)) return INFINITY;
        if (!place->has_leader) continue;
        if (segment_meets_box(&place->leader, &other->box)) return INFINITY;
        if (other->has_leader && segments_cross(&place->leader, &other->leader)) return INFINITY;
    }
    for (size_t i = 0; i < field->n_circles; i++) {
        const struct uf_circle *circle = &field->circles[i];
        if (i == label->circle) continue;
        if (box_meets_circle(box, circle)) {
            if (!label->focus || circle->focus) return INFINITY;
            cost += 40;
        }
        if (place->has_leader && segment_meets_circle(&place->leader, circle))
            cost += circle->focus ? 30 : 10;
    }
    for (size_t i = 0; i < field->n_lines; i++)
        if (segment_meets_box(&field->lines[i], box)) cost += 20;
    return cost;
}

static void choose(struct uf_point_label *labels, size_t index, double width, double height,
                   const struct uf_label_field *field)
{
    struct uf_point_label *label = &labels[index];
    const struct uf_circle *point = &field->circles[label->circle];
    double best = INFINITY;
    struct place chosen = {0};
    size_t n_distances = label->focus ? N_DISTANCES : N_OTHER_DISTANCES;
    for (size_t k = 0; k < N_BESIDE + n_distances * AROUND; k++) {
        bool is_beside = k < N_BESIDE;
        double distance = is_beside ? 0 : distances[(k - N_BESIDE) / AROUND];
        double degrees = is_beside ? beside[k] : 360.0 / AROUND * (double)((k - N_BESIDE) % AROUND);
        /* nearer is better, and to the right before to the left */
        double base = is_beside ? 0.5 * (double)k : 6 + 0.25 * distance + 0.01 * (double)(k % AROUND);
        if (base >= best) continue;
        struct place place = place_at(point, width, height, degrees, distance);
        place.cost = base + cost_of(&place, labels, index, label, field);
        if (place.cost < best) {
            best = place.cost;
            chosen = place;
        }
    }
    label->placed = isfinite(best);
    label->box = chosen.box;
    label->align = chosen.align;
    label->has_leader = chosen.has_leader;
    label->leader = chosen.leader;
}

/* No word is broken that has room on a line of its own. */
static double longest_word(const char *text, double size, bool bold)
{
    double longest = 0;
    for (const char *p = text; *p;) {
        size_t length = strcspn(p, " ");
        char word[256];
        size_t copied = length < sizeof word ? length : sizeof word - 1;
        memcpy(word, p, copied);
        word[copied] = '\0';
        longest = fmax(longest, uf_measure_text(word, size, bold));
        p += length + strspn(p + length, " ");
    }
    return longest + 1;
}

/* A label that takes half of the picture says nothing. */
static uf_status cut(struct uf_text_list *lines, struct uf_error *error)
{
    if (lines->count <= MOST_LINES) return UF_OK;
    while (lines->count >= MOST_LINES + 1) free(lines->items[--lines->count]);
    struct uf_buffer last;
    uf_buffer_init(&last);
    uf_buffer_append(&last, lines->items[MOST_LINES - 1]);
    uf_buffer_append(&last, "\u2026");
    char *text = uf_buffer_take(&last);
    if (!text) return uf_fail_memory(error);
    free(lines->items[MOST_LINES - 1]);
    lines->items[MOST_LINES - 1] = text;
    return UF_OK;
}

uf_status uf_point_labels_place(struct uf_point_label *labels, size_t n, const struct uf_label_field *field,
                                struct uf_error *error)
{
    for (size_t i = 0; i < n; i++) {
        struct uf_point_label *label = &labels[i];
        double size = label->focus ? FOCUS_SIZE : OTHER_SIZE, width = 0;
        UF_TRY(uf_measure_wrap(label->text, size, label->focus,
                               fmax(WIDEST, fmin(longest_word(label->text, size, label->focus), WIDEST_WORD)),
                               &label->lines, error));
        UF_TRY(cut(&label->lines, error));
        for (size_t k = 0; k < label->lines.count; k++)
            width = fmax(width, uf_measure_text(label->lines.items[k], size, label->focus));
        choose(labels, i, width, LINE * (double)label->lines.count + 1, field);
    }
    return UF_OK;
}

/* Paper behind the words, a box per line: what runs below them does not strike them out. */
static void write_paper(struct uf_drawing *drawing, const struct uf_point_label *labels, size_t n,
                        const struct uf_box *taken, size_t n_taken)
{
    size_t most = n_taken, m = 0;
    for (size_t i = 0; i < n; i++) most += labels[i].lines.count;
    double *ends = calloc(4 * most + 1, sizeof *ends);
    if (!ends) {
        drawing->failed = true;
        return;
    }
    double *left = ends, *right = left + most, *top = right + most, *bottom = top + most;
    for (size_t i = 0; i < n_taken; i++, m++)
        left[m] = taken[i].left, right[m] = taken[i].right, top[m] = taken[i].top,
        bottom[m] = taken[i].bottom;
    for (size_t i = 0; i < n; i++) {
        const struct uf_point_label *label = &labels[i];
        for (size_t k = 0; label->placed && k < label->lines.count; k++, m++) {
            const double width =
                uf_measure_text(label->lines.items[k], label->focus ? FOCUS_SIZE : OTHER_SIZE, label->focus);
            left[m] = label->align == UF_ALIGN_LEFT    ? label->box.left
                      : label->align == UF_ALIGN_RIGHT ? label->box.right - width
                                                       : (label->box.left + label->box.right - width) / 2;
            right[m] = left[m] + width;
            top[m] = label->box.top + LINE * (double)k;
            bottom[m] = top[m] + LINE;
        }
    }
    static const char *const names[4] = {"paper_left", "paper_right", "paper_top", "paper_bottom"};
    for (size_t k = 0; k < 4; k++) uf_drawing_numbers(drawing, names[k], ends + k * most, m);
    free(ends);
}

void uf_point_labels_write(struct uf_drawing *drawing, const struct uf_point_label *labels, size_t n,
                           const struct uf_box *taken, size_t n_taken)
{
    write_paper(drawing, labels, n, taken, n_taken);
    double *leaders = calloc(4 * n + 1, sizeof *leaders);
    if (!leaders) {
        drawing->failed = true;
        return;
    }
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        const struct uf_point_label *label = &labels[i];
        if (!label->placed) continue;
        double x = label->align == UF_ALIGN_LEFT    ? label->box.left
                   : label->align == UF_ALIGN_RIGHT ? label->box.right
                                                    : (label->box.left + label->box.right) / 2;
        for (size_t k = 0; k < label->lines.count; k++)
            uf_drawing_text(drawing, x, label->box.top + LINE * ((double)k + 0.5), label->align,
                            label->focus ? UF_LOOK_LABEL_FOCUS : UF_LOOK_CONTEXT, label->lines.items[k]);
        if (!label->has_leader) continue;
        leaders[m] = label->leader.x1;
        leaders[n + m] = label->leader.y1;
        leaders[2 * n + m] = label->leader.x2;
        leaders[3 * n + m] = label->leader.y2;
        m++;
    }
    static const char *const names[4] = {"leader_x", "leader_y", "leader_to_x", "leader_to_y"};
    for (size_t k = 0; k < 4; k++) uf_drawing_numbers(drawing, names[k], leaders + k * n, m);
    free(leaders);
}

void uf_point_labels_clear(struct uf_point_label *labels, size_t n)
{
    for (size_t i = 0; i < n; i++) uf_text_list_clear(&labels[i].lines);
}
