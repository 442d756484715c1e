// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test.h"

#include "report/words.h"
#include <string.h>
#include <utfall/report.h>
#include <utfall/text.h>

static void vocabulary_is_sorted_whole_and_in_both_languages(void **state)
{
    (void)state;
    size_t count;
    const struct uf_vocabulary_entry *entries = uf_vocabulary(&count);
    assert_true(count > 150);
    for (size_t i = 0; i < count; i++) {
        const struct uf_vocabulary_entry *entry = &entries[i];
        assert_non_null(entry->words.en);
        assert_non_null(entry->words.sv);
        assert_true(strlen(entry->words.en) > 0 && strlen(entry->words.sv) > 0);
        assert_true(uf_text_is_utf8(entry->words.sv, strlen(entry->words.sv)));
        assert_int_equal(strspn(entry->key, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(entry->key));
        /* strictly ascending: sorted for the search, and no key twice */
        if (i > 0 && strcmp(entries[i - 1].key, entry->key) >= 0)
            fail_msg("'%s' comes after '%s'", entry->key, entries[i - 1].key);
        assert_string_equal(uf_word(entry->key, UF_ENGLISH), entry->words.en);
        assert_string_equal(uf_word(entry->key, UF_SWEDISH), entry->words.sv);
    }
}

static void columns_sections_and_labels_have_words(void **state)
{
    (void)state;
    static const char *const keys[] = {"term",
                                       "estimate",
                                       "std_error",
                                       "statistic",
                                       "df",
                                       "p_value",
                                       "conf_low",
                                       "conf_high",
                                       "outcome",
                                       "group",
                                       "period",
                                       "event_time",
                                       "n_obs",
                                       "n_treated",
                                       "n_control",
                                       "n_clusters",
                                       "method",
                                       "vcov",
                                       "note",
                                       "unit",
                                       "label",
                                       "sector",
                                       "sector_label",
                                       "value",
                                       "share",
                                       "reference_share",
                                       "location_quotient",
                                       "low",
                                       "high",
                                       "rsca",
                                       "krugman",
                                       "dissimilarity",
                                       "herfindahl",
                                       "herfindahl_normalised",
                                       "hachman",
                                       "gini",
                                       "theil",
                                       "entropy",
                                       "entropy_2",
                                       "change",
                                       "national",
                                       "mix",
                                       "regional",
                                       "competitive",
                                       "allocation",
                                       "component",
                                       "component_label",
                                       "from",
                                       "to",
                                       "treated",
                                       "synthetic",
                                       "gap",
                                       "weight",
                                       "rank",
                                       "ratio",
                                       "rmspe_before",
                                       "rmspe_after",
                                       "predictor",
                                       "donor_mean",
                                       "v",
                                       "dropped",
                                       "step",
                                       "reason",
                                       "rows_before",
                                       "rows_after",
                                       "summary",
                                       "questions",
                                       "data_and_ledger",
                                       "profile",
                                       "design_and_assumptions",
                                       "results",
                                       "robustness",
                                       "limits",
                                       "method_notes",
                                       "references",
                                       "manifest",
                                       "source",
                                       "table",
                                       "figure",
                                       "download_csv",
                                       "missing",
                                       "severity_fatal",
                                       "severity_warning",
                                       "severity_note",
                                       "claim_description",
                                       "claim_difference",
                                       "claim_effect"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (uf_word(keys[i], UF_SWEDISH) == keys[i]) fail_msg("no word for '%s'", keys[i]);
    assert_string_equal(uf_word("claim_difference", UF_SWEDISH), "skillnad, inte en effekt");
    assert_string_equal(uf_word("severity_fatal", UF_SWEDISH), "Hinder");
    assert_string_equal(uf_word("std_error", UF_SWEDISH), "Medelfel");
}

static void unknown_key_is_its_own_word(void **state)
{
    (void)state;
    assert_string_equal(uf_word("lemp", UF_SWEDISH), "lemp");
    assert_string_equal(uf_word("", UF_ENGLISH), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(vocabulary_is_sorted_whole_and_in_both_languages),
                                       cmocka_unit_test(columns_sections_and_labels_have_words),
                                       cmocka_unit_test(unknown_key_is_its_own_word)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
