// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/charts.h"

#include "support/test.h"

#include <math.h>
#include <string.h>
#include <utfall/file.h>

struct uf_table *sample_table(const char *name, const char *const *columns, const char *kinds)
{
    struct uf_error error;
    struct uf_table *table = NULL;
    assert_ok(uf_table_new(name, &table, &error), &error);
    for (size_t i = 0; kinds[i]; i++) {
        size_t ignored;
        enum uf_column_type type = kinds[i] == 't' ? UF_COLUMN_TEXT : UF_COLUMN_NUMBER;
        int decimals = kinds[i] == 't' ? -1 : kinds[i] == 'n' ? 0 : kinds[i] - '0';
        assert_ok(uf_table_add_column(table, columns[i], type, NULL, decimals, &ignored, &error), &error);
    }
    return table;
}

void sample_row(struct uf_table *table, const char *const *texts, const double *numbers)
{
    struct uf_error error;
    size_t row;
    assert_ok(uf_table_add_row(table, &row, &error), &error);
    for (size_t i = 0; i < uf_table_columns(table); i++) {
        if (uf_table_column_type(table, i) == UF_COLUMN_TEXT) {
            assert_ok(uf_table_set_text(table, row, i, *texts++, &error), &error);
        } else {
            if (!isnan(*numbers)) assert_ok(uf_table_set_number(table, row, i, *numbers, &error), &error);
            numbers++;
        }
    }
}

static const char *in(enum uf_language language, const char *en, const char *sv)
{
    return language == UF_SWEDISH ? sv : en;
}

static struct uf_chart_request request_of(const char *kind, enum uf_language language)
{
    return (struct uf_chart_request){.kind = kind,
                                     .language = language,
                                     .reference = NAN,
                                     .reference_x = NAN,
                                     .marked_x = NAN,
                                     .plots_directory = UTFALL_SOURCE_DIR "/plots"};
}

/* Persons employed in Dalarna 2017, location quotients with the band that rounding to whole thousands leaves
 * (Eurostat nama_10r_3empers). Information and communication is set to confidential to show a missing bar. */
static const struct {
    const char *en, *sv;
    double value, low, high, start, national, mix, regional;
} sectors[] = {
    {"Agriculture, forestry and fishing", "Jordbruk, skogsbruk och fiske", 1.821, 1.639, 2.003, 4000, 388,
     165, 447},
    {"Manufacturing, mining and energy", "Tillverkning, utvinning och energi", 1.305, 1.274, 1.336, 26000,
     2525, -6673, -853},
    {"Construction", "Byggverksamhet", 1.149, 1.097, 1.202, 10000, 971, 1504, -1475},
    {"Public administration, education, health and social work",
     "Offentlig förvaltning, utbildning, vård och omsorg", 1.140, 1.128, 1.152, 44000, 4273, 1317, -1591},
    {"Arts, recreation and other services", "Kultur, nöje och annan service", 0.974, 0.893, 1.055, 6000, 583,
     115, -698},
    {"Real estate activities", "Fastighetsverksamhet", 0.928, 0.696, 1.160, 2000, 194, 107, -301},
    {"Trade, transport, accommodation and food", "Handel, transport, hotell och restaurang", 0.907, 0.888,
     0.926, 23000, 2234, 264, -1498},
    {"Professional and administrative services", "Företagstjänster", 0.618, 0.587, 0.649, 8000, 777, 1400,
     -177},
    {"Finance and insurance", "Finans- och försäkringsverksamhet", 0.410, 0.205, 0.615, 1000, 97, -128, 31},
    {"Information and communication", "Information och kommunikation", NAN, NAN, NAN, 1000, 97, 34, NAN},
};
enum { N_SECTORS = sizeof sectors / sizeof *sectors };

static struct sample_chart sample_bars(enum uf_language language)
{
    static const char *const columns[] = {"label", "code", "value", "low", "high"};
    static const char *const focus[] = {"B-E"};
    struct sample_chart sample = {.request = request_of("bars", language),
                                  .table = sample_table("location-quotient", columns, "tt222")};
    struct uf_error error;
    for (size_t i = 0; i < N_SECTORS; i++) {
        const char *texts[2] = {in(language, sectors[i].en, sectors[i].sv), i == 1 ? "B-E" : ""};
        sample_row(sample.table, texts, (double[]){sectors[i].value, sectors[i].low, sectors[i].high});
        if (isnan(sectors[i].value))
            assert_ok(uf_table_set_value(sample.table, i, 2, NAN, UF_VALUE_CONFIDENTIAL, &error), &error);
    }
    sample.request.table = sample.table;
    sample.request.title = in(language, "What is Dalarna good at? Location quotients 2017",
                              "Vad är Dalarna bra på? Lokaliseringskvoter 2017");
    sample.request.subtitle =
        in(language, "Share of the county's employment divided by the sector's share in Sweden",
           "Branschens andel av länets sysselsatta delad med dess andel i riket");
    sample.request.source = in(language,
                               "Source: Eurostat, nama_10r_3empers. The figures are rounded to whole "
                               "thousands; the band shows what that leaves open.",
                               "Källa: Eurostat, nama_10r_3empers. Talen är avrundade till hela tusental; "
                               "bandet visar vad det lämnar öppet.");
    sample.request.value_label = in(language, "Location quotient", "Lokaliseringskvot");
    sample.request.unit = in(language, "Sweden = 1", "riket = 1");
    sample.request.band_label = in(language, "band from rounding", "band av avrundningen");
    sample.request.reference_label = in(language, "as Sweden", "som riket");
    sample.request.reference = 1;
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    return sample;
}

static struct sample_chart sample_stacked_bars(enum uf_language language)
{
    static const char *const columns[] = {"label", "group", "value"};
    struct sample_chart sample = {.request = request_of("stacked-bars", language),
                                  .table = sample_table("shift-share", columns, "ttn")};
    const char *groups[3] = {in(language, "national growth", "rikets tillväxt"),
                             in(language, "industry mix", "branschmix"),
                             in(language, "regional", "regional komponent")};
    for (size_t i = 0; i < N_SECTORS; i++) {
        double parts[3] = {sectors[i].national, sectors[i].mix, sectors[i].regional};
        for (size_t k = 0; k < 3; k++)
            sample_row(sample.table, (const char *[]){in(language, sectors[i].en, sectors[i].sv), groups[k]},
                       &parts[k]);
    }
    sample.request.table = sample.table;
    sample.request.title = in(language, "Why did employment in Dalarna change between 2008 and 2017?",
                              "Varför ändrades sysselsättningen i Dalarna mellan 2008 och 2017?");
    sample.request.subtitle =
        in(language, "Shift-share: change by component", "Shift-share: förändring per komponent");
    sample.request.source = in(language, "Source: Eurostat, nama_10r_3empers; own calculations.",
                               "Källa: Eurostat, nama_10r_3empers; egna beräkningar.");
    sample.request.value_label = in(language, "Change in employment", "Förändring av antalet sysselsatta");
    sample.request.unit = in(language, "persons", "personer");
    return sample;
}

static struct sample_chart sample_lines(enum uf_language language)
{
    static const char *const columns[] = {"label", "code", "period", "value"};
    static const char *const focus[] = {"SE31"};
    /* Eurostat isoc_r_iuse_i, per cent of individuals, 2011 to 2019 */
    static const struct {
        const char *code, *en, *sv;
        double values[9];
    } regions[] = {
        {"SE", "Sweden", "Riket", {80, 80, 81, 83, 82, 85, 90, 88, 91}},
        {"SE11", "Stockholm", "Stockholm", {88, 84, 88, 85, 87, 88, 92, 91, 93}},
        {"SE12", "East Middle Sweden", "Östra Mellansverige", {80, 80, 81, 85, 82, 83, 91, 88, 90}},
        {"SE21", "Småland and the islands", "Småland med öarna", {74, 71, 75, 81, 79, 82, 85, 86, 94}},
        {"SE22", "South Sweden", "Sydsverige", {81, 77, 82, 81, 83, 87, 89, 92, 90}},
        {"SE23", "West Sweden", "Västsverige", {76, 80, 79, 86, 81, 86, 91, 86, 90}},
        {"SE31", "North Middle Sweden", "Norra Mellansverige", {79, 75, 73, 72, 74, 83, 85, 83, 89}},
        {"SE32", "Central Norrland", "Mellersta Norrland", {78, 76, 79, 83, 79, 82, 93, 87, 95}},
        {"SE33", "Upper Norrland", "Övre Norrland", {80, 88, 80, 74, 85, 82, 94, 84, 94}},
    };
    struct sample_chart sample = {.request = request_of("lines", language),
                                  .table = sample_table("internet", columns, "tttn")};
    for (size_t r = 0; r < sizeof regions / sizeof *regions; r++)
        for (int t = 0; t < 9; t++) {
            char year[8];
            snprintf(year, sizeof year, "%d", 2011 + t);
            sample_row(sample.table,
                       (const char *[]){in(language, regions[r].en, regions[r].sv), regions[r].code, year},
                       &regions[r].values[t]);
        }
    sample.request.table = sample.table;
    sample.request.title = in(language, "Daily internet use in North Middle Sweden",
                              "Daglig internetanvändning i Norra Mellansverige");
    sample.request.subtitle =
        in(language, "The NUTS 2 regions of Sweden 2011–2019", "Sveriges NUTS 2-områden 2011–2019");
    sample.request.source = in(language, "Source: Eurostat, isoc_r_iuse_i (survey).",
                               "Källa: Eurostat, isoc_r_iuse_i (urvalsundersökning).");
    sample.request.value_label = in(language, "Used the internet daily", "Använder internet dagligen");
    sample.request.unit = in(language, "% of individuals", "procent av befolkningen");
    sample.request.context_label = in(language, "other NUTS 2 regions", "övriga NUTS 2-områden");
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    sample.request.benchmark = "SE";
    sample.request.marked_x = 2017;
    sample.request.marked_label = in(language, "start 2017", "start 2017");
    return sample;
}

static struct sample_chart sample_event_study(enum uf_language language)
{
    static const char *const columns[] = {"event_time", "estimate",         "conf_low",
                                          "conf_high",  "simultaneous_low", "simultaneous_high"};
    static const double estimates[9] = {0.12, -0.21, 0.08, 0, 0.05, 0.31, 0.44, 0.62, 0.57}; /* made up */
    struct sample_chart sample = {.request = request_of("event-study", language),
                                  .table = sample_table("event-study", columns, "n22222")};
    for (int t = -4; t <= 4; t++) {
        double estimate = estimates[t + 4], half = 0.25 + 0.04 * abs(t), wide = 1.5 * half;
        double row[6] = {t, estimate, estimate - half, estimate + half, estimate - wide, estimate + wide};
        for (int k = 2; k < 6 && t == -1; k++) row[k] = NAN;
        sample_row(sample.table, NULL, row);
    }
    sample.request.table = sample.table;
    sample.request.title = in(language, "Post-secondary education: the three counties against the others",
                              "Eftergymnasial utbildning: de tre länen mot övriga");
    sample.request.subtitle = in(language, "Difference from the period before the start; made-up figures",
                                 "Skillnad mot perioden före start; påhittade tal");
    sample.request.source =
        in(language, "Source: made-up figures for a test.", "Källa: påhittade tal för ett test.");
    sample.request.value_label = in(language, "Difference in share", "Skillnad i andel");
    sample.request.unit = in(language, "percentage points", "procentenheter");
    sample.request.x_label = in(language, "Years since the start", "År sedan start");
    sample.request.band_label = in(language, "95% interval, pointwise", "95 % intervall, punktvis");
    sample.request.band2_label = in(language, "95% simultaneous band", "95 % simultant band");
    sample.request.low2 = "simultaneous_low";
    sample.request.high2 = "simultaneous_high";
    sample.request.marked_label = in(language, "start", "start");
    return sample;
}

static struct sample_chart sample_synthetic_control(enum uf_language language)
{
    static const char *const columns[] = {"period", "treated", "synthetic", "gap"};
    static const char *const placebo_columns[] = {"unit", "period", "gap"};
    struct sample_chart sample = {.request = request_of("synthetic-control", language),
                                  .table = sample_table("path", columns, "t111"),
                                  .placebos = sample_table("placebos", placebo_columns, "tt1")};
    for (int t = 0; t < 16; t++) {
        char year[8];
        snprintf(year, sizeof year, "%d", 2008 + t);
        double base = 26 - 0.35 * t + 0.8 * sin(1.3 * t),
               gap = t < 9 ? 0.25 * sin(2.1 * t) : 0.22 * (t - 8) + 0.2 * sin(t);
        sample_row(sample.table, (const char *[]){year}, (double[]){base + gap, base, gap});
        for (int unit = 0; unit < 24; unit++) { /* by period, then unit: the chart sorts */
            char name[16];
            snprintf(name, sizeof name, "DE%02d", unit);
            double placebo = 0.35 * sin(0.9 * t + unit) + (t < 9 ? 0 : (t - 8) * 0.11 * cos(1.7 * unit));
            if (unit == 7) placebo *= 20;
            sample_row(sample.placebos, (const char *[]){name, year}, &placebo);
        }
    }
    sample.request.table = sample.table;
    sample.request.placebos = sample.placebos;
    sample.request.title = in(language, "Manufacturing in North Middle Sweden and in its synthetic control",
                              "Industrin i Norra Mellansverige och i dess syntetiska kontroll");
    sample.request.source =
        in(language, "Source: made-up figures for a test.", "Källa: påhittade tal för ett test.");
    sample.request.value_label = in(language, "Share of value added", "Andel av förädlingsvärdet");
    sample.request.unit = in(language, "%", "procent");
    sample.request.gap_unit = in(language, "percentage points", "procentenheter");
    sample.request.treated_label = in(language, "North Middle Sweden", "Norra Mellansverige");
    sample.request.marked_x = 2017;
    sample.request.marked_label = in(language, "start 2017", "start 2017");
    return sample;
}

static struct sample_chart sample_tile_map(enum uf_language language)
{
    static const char *const columns[] = {"label", "value"}, *const tile_columns[] = {"code", "short", "row",
                                                                                      "col"};
    static const char *const focus[] = {"SE311", "SE312", "SE313"};
    /* SCB UF0506, post-secondary education 2018, per cent of persons 16–74. Gotland is set to confidential,
     * Jämtland left out. */
    static const struct {
        const char *code, *name;
        double row, column, value;
    } counties[] = {{"SE110", "Stockholm", 5, 4, 47.4},    {"SE121", "Uppsala", 4, 4, 43.4},
                    {"SE122", "Södermanland", 5, 3, 29.8}, {"SE123", "Östergötland", 5, 2, 36.9},
                    {"SE211", "Jönköping", 6, 2, 31.4},    {"SE212", "Kronoberg", 7, 2, 34.0},
                    {"SE213", "Kalmar", 6, 3, 30.6},       {"SE214", "Gotland", 6, 5, NAN},
                    {"SE221", "Blekinge", 7, 3, 34.0},     {"SE224", "Skåne", 7, 1, 39.5},
                    {"SE231", "Halland", 6, 1, 35.0},      {"SE232", "Västra Götaland", 5, 1, 38.4},
                    {"SE311", "Värmland", 4, 1, 31.9},     {"SE124", "Örebro", 4, 2, 33.0},
                    {"SE125", "Västmanland", 4, 3, 32.6},  {"SE312", "Dalarna", 3, 2, 29.0},
                    {"SE313", "Gävleborg", 3, 3, 28.5},    {"SE321", "Västernorrland", 2, 3, 31.2},
                    {"SE322", "Jämtland", 2, 2, 32.1},     {"SE331", "Västerbotten", 1, 4, 39.3},
                    {"SE332", "Norrbotten", 0, 4, 31.8}};
    struct sample_chart sample = {.request = request_of("tile-map", language),
                                  .table = sample_table("education", columns, "t1"),
                                  .tiles = sample_table("tiles", tile_columns, "ttnn")};
    struct uf_error error;
    for (size_t i = 0; i < sizeof counties / sizeof *counties; i++) {
        sample_row(sample.tiles, (const char *[]){counties[i].code, counties[i].name},
                   (double[]){counties[i].row, counties[i].column});
        if (strcmp(counties[i].code, "SE322") == 0) continue;
        sample_row(sample.table, (const char *[]){counties[i].code}, &counties[i].value);
        if (isnan(counties[i].value))
            assert_ok(uf_table_set_value(sample.table, i, 1, NAN, UF_VALUE_CONFIDENTIAL, &error), &error);
    }
    sample.request.table = sample.table;
    sample.request.tiles = sample.tiles;
    sample.request.title =
        in(language, "Post-secondary education by county 2018", "Eftergymnasial utbildning efter län 2018");
    sample.request.source = in(language, "Source: Statistics Sweden, UF0506.", "Källa: SCB, UF0506.");
    sample.request.value_label = in(language, "Post-secondary education", "Eftergymnasialt utbildade");
    sample.request.unit = in(language, "% of persons aged 16–74", "procent av befolkningen 16–74 år");
    sample.request.focus = focus;
    sample.request.n_focus = 3;
    return sample;
}

/* The sectors of sample_bars against their growth, with the number employed as the area. One has no size. */
static struct sample_chart sample_scatter(enum uf_language language)
{
    static const char *const columns[] = {"label", "code", "x", "value", "persons", "low", "high"};
    static const char *const focus[] = {"B-E"};
    struct sample_chart sample = {.request = request_of("scatter", language),
                                  .table = sample_table("sectors", columns, "tt21011")};
    for (size_t i = 0; i < N_SECTORS; i++) {
        const char *texts[2] = {in(language, sectors[i].en, sectors[i].sv), i == 1 ? "B-E" : ""};
        double growth = 100 * (sectors[i].national + sectors[i].mix + sectors[i].regional) / sectors[i].start;
        double persons = i == 5 ? (double)NAN : sectors[i].start;
        sample_row(sample.table, texts,
                   (double[]){sectors[i].value, growth, persons, growth - 4, growth + 40});
    }
    sample.request.table = sample.table;
    sample.request.title = in(language, "Specialised and growing?", "Specialiserade och växande?");
    sample.request.source =
        in(language, "Source: Eurostat, nama_10r_3empers.", "Källa: Eurostat, nama_10r_3empers.");
    sample.request.value_label = in(language, "Change 2008–2017", "Förändring 2008–2017");
    sample.request.unit = in(language, "%", "procent");
    sample.request.x_label = in(language, "Location quotient 2017", "Lokaliseringskvot 2017");
    sample.request.size = "persons";
    sample.request.size_label = in(language, "employed in 2008", "sysselsatta 2008");
    sample.request.reference = 0;
    sample.request.reference_x = 1;
    sample.request.fit = true;
    sample.request.quadrants[0] = in(language, "strong and growing", "stark och växande");
    sample.request.quadrants[1] = in(language, "weak and growing", "svag och växande");
    sample.request.quadrants[2] = in(language, "weak and shrinking", "svag och krympande");
    sample.request.quadrants[3] = in(language, "strong and shrinking", "stark och krympande");
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    return sample;
}

static const char *const sample_counties[] = {"Värmland", "Dalarna", "Gävleborg", "Västernorrland",
                                              "Jämtland"};
enum { N_SAMPLE_COUNTIES = 5 };

/* Made-up figures that depend on the place only. One cell is confidential, one is not in the table. */
static struct sample_chart sample_heat_map(enum uf_language language)
{
    static const char *const columns[] = {"label", "group", "value"}, *const focus[] = {"Dalarna"};
    struct sample_chart sample = {.request = request_of("heat-map", language),
                                  .table = sample_table("heat", columns, "tt2")};
    struct uf_error error;
    for (size_t i = 0; i < N_SAMPLE_COUNTIES; i++)
        for (size_t j = 0; j < N_SECTORS; j++) {
            double value = 0.4 + 0.31 * (double)((3 * i + 7 * j) % 6);
            if (i == 3 && j == 3) continue;
            sample_row(sample.table,
                       (const char *[]){sample_counties[i], in(language, sectors[j].en, sectors[j].sv)},
                       &value);
            if (i == 2 && j == 4)
                assert_ok(uf_table_set_value(sample.table, uf_table_rows(sample.table) - 1, 2, NAN,
                                             UF_VALUE_CONFIDENTIAL, &error),
                          &error);
        }
    sample.request.table = sample.table;
    sample.request.title =
        in(language, "Location quotients by county and sector", "Lokaliseringskvoter efter län och bransch");
    sample.request.source =
        in(language, "Source: made-up figures for a test.", "Källa: påhittade tal för ett test.");
    sample.request.value_label = in(language, "Location quotient", "Lokaliseringskvot");
    sample.request.reference = 1;
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    return sample;
}

static struct sample_chart sample_intervals(enum uf_language language)
{
    static const char *const columns[] = {"label", "value", "low", "high"}, *const focus[] = {"Gävleborg"};
    static const double ranks[][3] = {{1, 1, 2}, {2, 1, 4}, {3.5, 2, 5}, {3.5, 3, 5}, {NAN, NAN, NAN}};
    struct sample_chart sample = {.request = request_of("intervals", language),
                                  .table = sample_table("ranks", columns, "t111")};
    for (size_t i = 0; i < N_SAMPLE_COUNTIES; i++)
        sample_row(sample.table, (const char *[]){sample_counties[i]}, ranks[i]);
    sample.request.table = sample.table;
    sample.request.title = in(language, "Rank of the counties, and what the choices leave open",
                              "Länens rang, och vad valen lämnar öppet");
    sample.request.source =
        in(language, "Source: made-up figures for a test.", "Källa: påhittade tal för ett test.");
    sample.request.value_label = in(language, "Rank", "Rang");
    sample.request.band_label = in(language, "nine draws out of ten", "nio dragningar av tio");
    sample.request.reference = 3;
    sample.request.reference_label = in(language, "the middle", "mitten");
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    return sample;
}

static struct sample_chart sample_small_multiples(enum uf_language language)
{
    static const char *const columns[] = {"label", "period", "group", "value"}, *const focus[] = {"Dalarna"};
    struct sample_chart sample = {.request = request_of("small-multiples", language),
                                  .table = sample_table("panels", columns, "ttt1")};
    for (size_t i = 0; i < N_SAMPLE_COUNTIES; i++)
        for (int t = 0; t < 10; t++)
            for (int k = 0; k < 2; k++) {
                char year[8];
                snprintf(year, sizeof year, "%d", 2008 + t);
                double value =
                    i == 4 || (i == 2 && t == 5) ? (double)NAN : 20 + 3 * (double)i - t * (k ? 0.5 : -0.4);
                sample_row(
                    sample.table,
                    (const char *[]){sample_counties[i], year,
                                     k ? in(language, "men", "män") : in(language, "women", "kvinnor")},
                    &value);
            }
    sample.request.table = sample.table;
    sample.request.title = in(language, "Post-secondary education", "Eftergymnasial utbildning");
    sample.request.source =
        in(language, "Source: made-up figures for a test.", "Källa: påhittade tal för ett test.");
    sample.request.value_label = in(language, "Share", "Andel");
    sample.request.unit = in(language, "%", "procent");
    sample.request.marked_x = 2013;
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    return sample;
}

/* Squares of 100 km, the second with a lake; the third is not in the table. */
const char *sample_geometry(void)
{
    static const char json[] =
        "{\"type\": \"FeatureCollection\", \"features\": [\n"
        "{\"type\": \"Feature\", \"properties\": {\"LnKod\": \"17\", \"LnNamn\": \"Värmlands\"}, "
        "\"geometry\": "
        "{\"type\": \"Polygon\", \"coordinates\": [[[0,0],[100000,0],[100000,100000],[0,100000],[0,0]]]}},\n"
        "{\"type\": \"Feature\", \"properties\": {\"LnKod\": \"20\", \"LnNamn\": \"Dalarnas\"}, "
        "\"geometry\": "
        "{\"type\": \"MultiPolygon\", \"coordinates\": "
        "[[[[100000,0],[200000,0],[200000,100000],[100000,100000],"
        "[100000,0]],[[140000,40000],[140000,60000],[160000,60000],[160000,40000],[140000,40000]]],"
        "[[[210000,0],[220000,0],[220000,10000],[210000,0]]]]}},\n"
        "{\"type\": \"Feature\", \"properties\": {\"LnKod\": \"21\", \"LnNamn\": \"Gävleborgs\"}, "
        "\"geometry\": "
        "{\"type\": \"Polygon\", \"coordinates\": "
        "[[[0,100000],[200000,100000],[100000,220000],[0,100000]]]}}]}\n";
    static char path[1100];
    struct uf_error error;
    snprintf(path, sizeof path, "%s/counties.geojson", scratch_directory());
    assert_ok(uf_file_write(path, json, sizeof json - 1, &error), &error);
    return path;
}

static struct sample_chart sample_map(enum uf_language language)
{
    static const char *const columns[] = {"label", "code", "value"}, *const alias_columns[] = {"alias",
                                                                                               "code"};
    static const char *const focus[] = {"SE312"};
    struct sample_chart sample = {.request = request_of("map", language),
                                  .table = sample_table("education", columns, "tt1"),
                                  .tiles = sample_table("aliases", alias_columns, "tt")};
    sample_row(sample.table, (const char *[]){"Värmland", "SE311"}, (double[]){31.9});
    sample_row(sample.table, (const char *[]){"Dalarna", "SE312"}, (double[]){29.0});
    sample_row(sample.table, (const char *[]){"Riket", "SE"}, (double[]){38.5});
    sample_row(sample.tiles, (const char *[]){"17", "SE311"}, NULL);
    sample_row(sample.tiles, (const char *[]){"20", "SE312"}, NULL);
    sample.request.table = sample.table;
    sample.request.aliases = sample.tiles;
    sample.request.geometry = sample_geometry();
    sample.request.title = in(language, "Post-secondary education 2018", "Eftergymnasial utbildning 2018");
    sample.request.source = in(language, "Source: Statistics Sweden, UF0506.", "Källa: SCB, UF0506.");
    sample.request.value_label = in(language, "Post-secondary education", "Eftergymnasialt utbildade");
    sample.request.unit = in(language, "%", "procent");
    sample.request.focus = focus;
    sample.request.n_focus = 1;
    return sample;
}

static struct sample_chart sample_histogram(enum uf_language language)
{
    static const char *const columns[] = {"low", "high", "count"};
    static const double counts[10] = {1, 4, 9, 17, 26, 22, 13, 6, 1, 1}; /* made up */
    struct sample_chart sample = {.request = request_of("histogram", language),
                                  .table = sample_table("randomisation", columns, "22n")};
    for (int i = 0; i < 10; i++) {
        double row[3] = {-1.25 + 0.25 * i, -1 + 0.25 * i, counts[i]};
        sample_row(sample.table, NULL, row);
    }
    sample.request.table = sample.table;
    sample.request.title = in(language, "Post-secondary education: the estimate among those of all deals",
                              "Eftergymnasial utbildning: skattningen bland alla fördelningar");
    sample.request.subtitle = in(language, "p = 0.02; smallest p that could have come out: 0.01",
                                 "p = 0,02; minsta p som hade kunnat uppkomma: 0,01");
    sample.request.source =
        in(language, "Source: made-up figures for a test.", "Källa: påhittade tal för ett test.");
    sample.request.value_label = in(language, "Number of assignments", "Antal fördelningar");
    sample.request.x_label = in(language, "Coefficient", "Koefficient");
    sample.request.unit = in(language, "percentage points", "procentenheter");
    sample.request.marked_x = 0.87;
    sample.request.marked_label = in(language, "the estimate: 0.87", "skattningen: 0,87");
    return sample;
}

struct sample_chart sample_chart_new(size_t index, enum uf_language language)
{
    static struct sample_chart (*const makers[SAMPLE_CHARTS])(enum uf_language) = {
        sample_bars,     sample_stacked_bars, sample_lines,    sample_event_study, sample_synthetic_control,
        sample_tile_map, sample_scatter,      sample_heat_map, sample_intervals,   sample_small_multiples,
        sample_map,      sample_histogram};
    return makers[index](language);
}

void sample_chart_free(struct sample_chart *sample)
{
    uf_table_free(sample->table);
    uf_table_free(sample->placebos);
    uf_table_free(sample->tiles);
}
