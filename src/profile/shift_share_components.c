// SPDX-License-Identifier: GPL-3.0-or-later
#include "profile/shift_share_components.h"

enum { ALL = -1, ESTEBAN = UF_SHIFT_SHARE_ESTEBAN_MARQUILLAS, ARCELUS = UF_SHIFT_SHARE_ARCELUS };

static const struct {
    int variant;
    struct shift_share_component component;
} parts[] = {
    {ALL, {"national", {"National", "Nationell"}, offsetof(struct uf_shift_share, national), PART_BOUNDED}},
    {ALL, {"mix", {"Industry mix", "Branschmix"}, offsetof(struct uf_shift_share, mix), PART_BOUNDED}},
    {ALL, {"regional", {"Regional", "Regional"}, offsetof(struct uf_shift_share, regional), PART_BOUNDED}},
    {ESTEBAN,
     {"competitive",
      {"Competitive", "Konkurrens"},
      offsetof(struct uf_shift_share, competitive),
      PART_OPEN_ABOVE}},
    {ESTEBAN,
     {"allocation",
      {"Allocation", "Allokering"},
      offsetof(struct uf_shift_share, allocation),
      PART_OPEN_BELOW}},
    {ARCELUS,
     {"growth_expected",
      {"Regional growth, expected", "Regional tillväxt, förväntad"},
      offsetof(struct uf_shift_share, growth_expected),
      PART_BOUNDED}},
    {ARCELUS,
     {"growth_differential",
      {"Regional growth, differential", "Regional tillväxt, avvikelse"},
      offsetof(struct uf_shift_share, growth_differential),
      PART_BOUNDED}},
    {ARCELUS,
     {"industry_expected",
      {"Regional industry mix, expected", "Regional branschmix, förväntad"},
      offsetof(struct uf_shift_share, industry_expected),
      PART_OPEN_ABOVE}},
    {ARCELUS,
     {"industry_differential",
      {"Regional industry mix, differential", "Regional branschmix, avvikelse"},
      offsetof(struct uf_shift_share, industry_differential),
      PART_OPEN_BELOW}},
};
static const struct shift_share_component new_sectors = {
    "entry", {"New sectors", "Nytillkomna branscher"}, offsetof(struct uf_shift_share, entry), PART_BOUNDED};

size_t shift_share_components(enum uf_shift_share_variant variant, bool entry,
                              const struct shift_share_component *out[SHIFT_SHARE_COMPONENTS_MAX])
{
    size_t n = 0;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
        if (parts[k].variant == ALL || parts[k].variant == (int)variant) out[n++] = &parts[k].component;
    if (entry && variant != UF_SHIFT_SHARE_CLASSIC) out[n++] = &new_sectors;
    return n;
}

bool shift_share_adds_up(enum uf_shift_share_variant variant, size_t component)
{
    enum { REGIONAL = 2 };
    return variant == UF_SHIFT_SHARE_CLASSIC || component != REGIONAL;
}
