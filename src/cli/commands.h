// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_CLI_COMMANDS_H
#define UTFALL_CLI_COMMANDS_H
/* The commands of the program, one file each, and the options they share. */
#include "cli/arguments.h"

extern const struct command command_run_study, command_verify, command_import, command_show, command_profile,
    command_effect, command_chart, command_methods, command_export, command_forget;

extern const struct argument_group general_options; /* --help, --quiet */
extern const struct argument_group output_options;  /* --format, --language, --table */
extern const struct argument_group store_options;   /* --store */
#endif
