// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/commands.h"

static const struct argument_option general[] = {
    {"quiet", 'q', ARGUMENT_FLAG, NULL, "say nothing but errors"},
    {"help", 'h', ARGUMENT_FLAG, NULL, "this help"},
};
const struct argument_group general_options = {"General options", general, sizeof general / sizeof *general};

static const struct argument_option output[] = {
    {"format", 'f', ARGUMENT_VALUE, "NAME", "how data is printed: table (default), csv or json"},
    {"language", 'l', ARGUMENT_VALUE, "sv|en",
     "the language of labels and messages about the data (default: en)"},
};
const struct argument_group output_options = {"Output", output, sizeof output / sizeof *output};

static const struct argument_option store[] = {
    {"store", 's', ARGUMENT_VALUE, "FILE", "the store (default: $UTFALL_STORE, else utfall.db)"},
};
const struct argument_group store_options = {"Store", store, sizeof store / sizeof *store};
