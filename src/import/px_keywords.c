// SPDX-License-Identifier: GPL-3.0-or-later
/* The keywords of the format, as data. */
#include <string.h>
#include <strings.h>

#include "import/px.h"

/* What the brackets may hold, short for the table below. */
enum { T = UF_PX_TABLE, V = UF_PX_VARIABLE, VALUE = UF_PX_VALUE, CONTENT = UF_PX_CONTENT, CELL = UF_PX_CELL };

static const struct uf_px_keyword KEYWORDS[] = {
    /* the cube */
    {"STUB", UF_PX_CUBE, T, UF_PX_ANY, 0, false},
    {"HEADING", UF_PX_CUBE, T, UF_PX_ANY, 0, false},
    {"VALUES", UF_PX_CUBE, V, UF_PX_ANY, 0, false},
    {"CODES", UF_PX_CUBE, V, UF_PX_ANY, 0, false},
    {"KEYS", UF_PX_CUBE, V, UF_PX_ANY, 0, false},
    {"DATA", UF_PX_CUBE, T, UF_PX_ANY, 0, false},
    /* text, languages */
    {"CHARSET", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"CODEPAGE", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"LANGUAGE", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"LANGUAGES", UF_PX_FACT, T, UF_PX_ANY, 0, false},
    {"AXIS-VERSION", UF_PX_SHOW, T, UF_PX_ANY, 0, false},
    /* what the table is */
    {"MATRIX", UF_PX_KEEP, T, UF_PX_TEXT, 0, true},
    {"SUBJECT-CODE", UF_PX_KEEP, T, UF_PX_TEXT, 0, true},
    {"SUBJECT-AREA", UF_PX_KEEP, T, UF_PX_TEXT, 0, true},
    {"TITLE", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"DESCRIPTION", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"DESCRIPTIONDEFAULT", UF_PX_FACT, T, UF_PX_YES_NO, 0, false},
    {"CONTENTS", UF_PX_FACT, T, UF_PX_TEXT, 0, true},
    {"UNITS", UF_PX_FACT, T | CONTENT, UF_PX_TEXT, 0, true},
    {"DECIMALS", UF_PX_FACT, T, UF_PX_WHOLE, 15, true},
    {"SHOWDECIMALS", UF_PX_FACT, T, UF_PX_WHOLE, 6, false},
    {"PRECISION", UF_PX_FACT, VALUE, UF_PX_WHOLE, 6, false},
    {"CONTVARIABLE", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"STOCKFA", UF_PX_FACT, T | CONTENT, UF_PX_TEXT, 0, false},
    {"AGGREGALLOWED", UF_PX_FACT, T, UF_PX_YES_NO, 0, false},
    {"LAST-UPDATED", UF_PX_FACT, T | CONTENT, UF_PX_TEXT, 0, false},
    {"SOURCE", UF_PX_FACT, T, UF_PX_TEXT, 0, false},
    {"COPYRIGHT", UF_PX_KEEP, T, UF_PX_YES_NO, 0, false},
    {"CONFIDENTIAL", UF_PX_KEEP, T, UF_PX_ANY, 0, false},
    {"OFFICIAL-STATISTICS", UF_PX_KEEP, T, UF_PX_YES_NO, 0, false},
    {"CREATION-DATE", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"NEXT-UPDATE", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"UPDATE-FREQUENCY", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"FIRST-PUBLISHED", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"DATABASE", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"TABLEID", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"SURVEY", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"LINK", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"INFOFILE", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"SYNONYMS", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"PX-SERVER", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"DIRECTORY-PATH", UF_PX_SHOW, T, UF_PX_TEXT, 0, false},
    {"CONTACT", UF_PX_KEEP, T | CONTENT, UF_PX_TEXT, 0, false},
    {"REFPERIOD", UF_PX_KEEP, T | CONTENT, UF_PX_TEXT, 0, false},
    {"BASEPERIOD", UF_PX_KEEP, T | CONTENT, UF_PX_TEXT, 0, false},
    {"CFPRICES", UF_PX_KEEP, T | CONTENT, UF_PX_TEXT, 0, false},
    {"DAYADJ", UF_PX_KEEP, T | CONTENT, UF_PX_YES_NO, 0, false},
    {"SEASADJ", UF_PX_KEEP, T | CONTENT, UF_PX_YES_NO, 0, false},
    {"ROUNDING", UF_PX_KEEP, T, UF_PX_ANY, 0, false},
    {"META-ID", UF_PX_KEEP, T | V | VALUE, UF_PX_TEXT, 0, false},
    /* variables */
    {"TIMEVAL", UF_PX_FACT, V, UF_PX_ANY, 0, false},
    {"ELIMINATION", UF_PX_FACT, V, UF_PX_ANY, 0, false},
    {"VARIABLE-TYPE", UF_PX_FACT, V, UF_PX_TEXT, 0, false},
    {"DOMAIN", UF_PX_KEEP, V, UF_PX_TEXT, 0, false},
    {"MAP", UF_PX_KEEP, V, UF_PX_TEXT, 0, false},
    {"VARIABLECODE", UF_PX_KEEP, V, UF_PX_TEXT, 0, false},
    {"VARIABLE-LABEL", UF_PX_KEEP, V, UF_PX_TEXT, 0, false},
    {"HIERARCHIES", UF_PX_KEEP, V, UF_PX_ANY, 0, false},
    {"HIERARCHYLEVELS", UF_PX_KEEP, V, UF_PX_ANY, 0, false},
    {"HIERARCHYNAMES", UF_PX_KEEP, V, UF_PX_ANY, 0, false},
    {"HIERARCHYLEVELSOPEN", UF_PX_SHOW, V, UF_PX_ANY, 0, false},
    {"PARTITIONED", UF_PX_KEEP, V, UF_PX_ANY, 0, false},
    {"DOUBLECOLUMN", UF_PX_SHOW, V, UF_PX_YES_NO, 0, false},
    {"PRESTEXT", UF_PX_SHOW, V, UF_PX_WHOLE, 9, false},
    {"AUTOPEN", UF_PX_SHOW, T, UF_PX_YES_NO, 0, false},
    {"DEFAULT-GRAPH", UF_PX_SHOW, T, UF_PX_ANY, 0, false},
    /* notes */
    {"NOTE", UF_PX_NOTE, T | V, UF_PX_TEXT, 0, false},
    {"NOTEX", UF_PX_NOTE, T | V, UF_PX_TEXT, 0, false},
    {"INFO", UF_PX_NOTE, T, UF_PX_TEXT, 0, false},
    {"VALUENOTE", UF_PX_NOTE, VALUE, UF_PX_TEXT, 0, false},
    {"VALUENOTEX", UF_PX_NOTE, VALUE, UF_PX_TEXT, 0, false},
    {"CELLNOTE", UF_PX_NOTE, CELL, UF_PX_TEXT, 0, false},
    {"CELLNOTEX", UF_PX_NOTE, CELL, UF_PX_TEXT, 0, false},
    {"DATANOTE", UF_PX_KEEP, T | V | VALUE, UF_PX_TEXT, 0, false},
    {"DATANOTECELL", UF_PX_KEEP, CELL, UF_PX_TEXT, 0, false},
    {"DATANOTESUM", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
    {"ATTRIBUTE-ID", UF_PX_KEEP, T, UF_PX_ANY, 0, false},
    {"ATTRIBUTE-TEXT", UF_PX_KEEP, T, UF_PX_ANY, 0, false},
    {"ATTRIBUTES", UF_PX_KEEP, T | CELL, UF_PX_ANY, 0, false},
    {"DATASYMBOL1", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOL2", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOL3", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOL4", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOL5", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOL6", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOLNIL", UF_PX_SYMBOL, T, UF_PX_TEXT, 0, false},
    {"DATASYMBOLSUM", UF_PX_KEEP, T, UF_PX_TEXT, 0, false},
};
enum { N_KEYWORDS = sizeof KEYWORDS / sizeof *KEYWORDS };

const struct uf_px_keyword *uf_px_keyword_find(const char *name)
{
    for (size_t i = 0; i < N_KEYWORDS; i++)
        if (!strcasecmp(KEYWORDS[i].name, name)) return &KEYWORDS[i];
    return NULL;
}

const struct uf_px_keyword *uf_px_keywords(size_t *out_count)
{
    *out_count = N_KEYWORDS;
    return KEYWORDS;
}
