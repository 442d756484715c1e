// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef UTFALL_UTFALL_H
#define UTFALL_UTFALL_H
/* Everything public, in the order of the data's way: file → store → panel → method → tables → chart and
 * report. */
#include <utfall/absorb.h>
#include <utfall/chart.h>
#include <utfall/covariance.h>
#include <utfall/design.h>
#include <utfall/did.h>
#include <utfall/distribution.h>
#include <utfall/file.h>
#include <utfall/import.h>
#include <utfall/language.h>
#include <utfall/least_squares.h>
#include <utfall/method.h>
#include <utfall/number.h>
#include <utfall/panel.h>
#include <utfall/period.h>
#include <utfall/random.h>
#include <utfall/randomisation.h>
#include <utfall/report.h>
#include <utfall/result.h>
#include <utfall/status.h>
#include <utfall/store.h>
#include <utfall/study.h>
#include <utfall/table.h>
#include <utfall/text.h>
#include <utfall/value_status.h>
#endif
