// SPDX-License-Identifier: GPL-3.0-or-later
/* Shapefiles, from memory, by shapelib; and the zip archives they travel in. */
#include "chart/geometry.h"

#include "base/fail.h"

#include <inttypes.h>
#include <shapefil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zip.h>

/* --- shapelib reads through functions of ours ---------------------------------------------------- */

// NOLINTBEGIN(readability-non-const-parameter): the types of these functions are shapelib's

struct memory_file {
    const char *bytes;
    size_t length, position;
};

/* shapelib hands its functions a file name and nothing else: the "name" is the address of the bytes, and the
 * ending says which of them. */
static SAFile open_part(const char *name, const char *access)
{
    char *end = NULL;
    const uintptr_t address = (uintptr_t)strtoumax(name, &end, 16);
    if (access[0] != 'r' || end == name) return NULL;
    const struct uf_shape_files *files = (const struct uf_shape_files *)address;
    const char *dot = strrchr(name, '.');
    struct memory_file part = {0};
    if (dot && strcasecmp(dot, ".shp") == 0) part = (struct memory_file){files->shp, files->shp_length, 0};
    if (dot && strcasecmp(dot, ".shx") == 0) part = (struct memory_file){files->shx, files->shx_length, 0};
    if (dot && strcasecmp(dot, ".dbf") == 0) part = (struct memory_file){files->dbf, files->dbf_length, 0};
    if (!part.bytes) return NULL;
    struct memory_file *file = malloc(sizeof *file);
    if (file) *file = part;
    return (SAFile)(void *)file;
}

static SAOffset read_part(void *to, SAOffset size, SAOffset count, SAFile handle)
{
    struct memory_file *file = (void *)handle;
    size_t left = file->position < file->length ? file->length - file->position : 0;
    size_t whole = size ? left / size : 0;
    if (whole > count) whole = count;
    if (whole) memcpy(to, file->bytes + file->position, whole * size);
    file->position += whole * size;
    return whole;
}

static SAOffset write_nothing(void *from, SAOffset size, SAOffset count, SAFile handle)
{
    (void)from, (void)size, (void)count, (void)handle;
    return 0;
}

static SAOffset seek_part(SAFile handle, SAOffset offset, int whence)
{
    struct memory_file *file = (void *)handle;
    size_t from = whence == SEEK_END ? file->length : whence == SEEK_CUR ? file->position : 0;
    file->position = from + offset;
    return 0;
}

static SAOffset tell_part(SAFile handle)
{
    return ((struct memory_file *)(void *)handle)->position;
}

static int flush_nothing(SAFile handle)
{
    (void)handle;
    return 0;
}

static int close_part(SAFile handle)
{
    free(handle);
    return 0;
}

static int remove_nothing(const char *name)
{
    (void)name;
    return 0;
}

static void say_nothing(const char *message)
{
    (void)message; /* what is wrong is told by the status; a library prints nothing */
}

// NOLINTEND(readability-non-const-parameter)

static SAHooks memory_hooks(void)
{
    return (SAHooks){.FOpen = open_part,
                     .FRead = read_part,
                     .FWrite = write_nothing,
                     .FSeek = seek_part,
                     .FTell = tell_part,
                     .FFlush = flush_nothing,
                     .FClose = close_part,
                     .Remove = remove_nothing,
                     .Error = say_nothing,
                     .Atof = atof};
}

/* --- regions ------------------------------------------------------------------------------------ */

static uf_status damaged(const char *path, const char *what, struct uf_error *error)
{
    return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                      "the shapefile is damaged: %s. Fetch it again, or save it anew from a map program",
                      what);
}

static unsigned big_endian(const char *bytes)
{
    const unsigned char *p = (const unsigned char *)bytes;
    return (unsigned)p[0] << 24 | (unsigned)p[1] << 16 | (unsigned)p[2] << 8 | p[3];
}

/* What shapelib would believe: sizes and places that the headers claim. */
static uf_status check_headers(const char *path, const struct uf_shape_files *files, struct uf_error *error)
{
    enum { HEADER = 100, INDEX_ENTRY = 8, MAGIC = 9994, SIZE_AT = 24 };
    if (files->shp_length < HEADER || big_endian(files->shp) != MAGIC)
        return damaged(path, "the .shp does not begin as one", error);
    if (files->shx_length < HEADER || big_endian(files->shx) != MAGIC)
        return damaged(path, "the .shx does not begin as one", error);
    if (files->dbf_length < 33) return damaged(path, "the .dbf is too short", error);
    size_t n = (files->shx_length - HEADER) / INDEX_ENTRY;
    if ((size_t)big_endian(files->shx + SIZE_AT) * 2 != files->shx_length)
        return damaged(path, "the .shx is not as long as it says", error);
    if (n > UF_GEOMETRY_MOST_REGIONS)
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0, "found %zu regions, expected at most %d", n,
                          UF_GEOMETRY_MOST_REGIONS);
    for (size_t i = 0; i < n; i++) {
        const char *entry = files->shx + HEADER + i * INDEX_ENTRY;
        size_t at = (size_t)big_endian(entry) * 2, size = (size_t)big_endian(entry + 4) * 2;
        if (at < HEADER || at + 8 + size > files->shp_length)
            return damaged(path, "the .shx points beyond the end of the .shp", error);
    }
    return UF_OK;
}

/* The parts of a polygon, each a ring; whether it is a hole is told by how it turns (clockwise is outer). */
static uf_status read_rings(struct uf_geometry *geometry, const char *path, const SHPObject *shape,
                            struct uf_error *error)
{
    uf_status status = UF_OK;
    double *points = malloc(((size_t)shape->nVertices + 1) * 2 * sizeof *points);
    if (!points) return uf_fail_memory(error);
    for (int part = 0; status == UF_OK && part < shape->nParts; part++) {
        int first = shape->panPartStart[part];
        int end = part + 1 < shape->nParts ? shape->panPartStart[part + 1] : shape->nVertices;
        if (first < 0 || end < first || end > shape->nVertices) {
            status = damaged(path, "the parts of a polygon are out of order", error);
            break;
        }
        double turn = 0;
        size_t n = (size_t)(end - first);
        for (size_t i = 0; i < n; i++) {
            points[2 * i] = shape->padfX[first + (int)i];
            points[2 * i + 1] = shape->padfY[first + (int)i];
        }
        for (size_t i = 1; i + 1 < n; i++)
            turn += (points[2 * i] - points[0]) * (points[2 * i + 3] - points[1]) -
                    (points[2 * i + 2] - points[0]) * (points[2 * i + 1] - points[1]);
        status = uf_geometry_add_ring(geometry, path, points, n, turn > 0 && shape->nParts > 1, error);
    }
    free(points);
    return status;
}

enum { MOST_PARTS_TURNED = 1000 };

static bool is_polygon(int type)
{
    return type == SHPT_POLYGON || type == SHPT_POLYGONZ || type == SHPT_POLYGONM;
}

static uf_status read_regions(struct uf_geometry *geometry, const char *path, SHPHandle shapes,
                              struct uf_error *error)
{
    int n = 0, type = 0;
    SHPGetInfo(shapes, &n, &type, NULL, NULL);
    if (!is_polygon(type))
        return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0, "the shapefile holds %s, expected polygons",
                          SHPTypeName(type));
    for (int i = 0; i < n; i++) {
        SHPObject *shape = SHPReadObject(shapes, i);
        if (!shape) return damaged(path, "a polygon cannot be read", error);
        geometry->n_regions++;
        uf_status status = UF_OK;
        if (shape->nSHPType != SHPT_NULL) {
            /* outer rings clockwise, holes against the clock: looked into where it does not take forever */
            if (shape->nParts <= MOST_PARTS_TURNED) SHPRewindObject(shapes, shape);
            status = read_rings(geometry, path, shape, error);
        }
        SHPDestroyObject(shape);
        if (status != UF_OK) return status;
    }
    return uf_geometry_check(geometry, path, error);
}

/* Texts of a .dbf are UTF-8 or, in older files, Latin-1. */
static uf_status add_text(struct uf_text_list *list, const char *text, struct uf_error *error)
{
    if (!text) text = "";
    if (uf_text_is_utf8(text, strlen(text))) return uf_text_list_add(list, text, error);
    struct uf_buffer converted;
    uf_buffer_init(&converted);
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x80) {
            uf_buffer_append_char(&converted, *p);
        } else {
            uf_buffer_append_char(&converted, (char)(0xC0 | c >> 6));
            uf_buffer_append_char(&converted, (char)(0x80 | (c & 0x3F)));
        }
    }
    uf_status status =
        converted.failed ? uf_fail_memory(error) : uf_text_list_add(list, converted.data, error);
    uf_buffer_clear(&converted);
    return status;
}

static uf_status read_table(struct uf_geometry *geometry, const char *path, DBFHandle table,
                            struct uf_error *error)
{
    int n_fields = DBFGetFieldCount(table);
    if ((size_t)DBFGetRecordCount(table) < geometry->n_regions)
        return damaged(path, "the .dbf has fewer rows than the .shp has regions", error);
    for (int field = 0; field < n_fields; field++) {
        char name[XBASE_FLDNAME_LEN_READ + 2] = "";
        DBFGetFieldInfo(table, field, name, NULL, NULL);
        UF_TRY(add_text(&geometry->attributes, name, error));
    }
    for (size_t i = 0; i < geometry->n_regions; i++)
        for (int field = 0; field < n_fields; field++)
            UF_TRY(add_text(&geometry->values, DBFReadStringAttribute(table, (int)i, field), error));
    return UF_OK;
}

uf_status uf_geometry_read_shapes(const char *path, const struct uf_shape_files *files,
                                  struct uf_geometry *out, struct uf_error *error)
{
    UF_TRY(check_headers(path, files, error));
    SAHooks hooks = memory_hooks();
    char name[64];
    snprintf(name, sizeof name, "%" PRIxPTR ".shp", (uintptr_t)files);
    struct uf_geometry geometry = {0};
    SHPHandle shapes = SHPOpenLL(name, "rb", &hooks);
    snprintf(name, sizeof name, "%" PRIxPTR ".dbf", (uintptr_t)files);
    DBFHandle table = shapes ? DBFOpenLL(name, "rb", &hooks) : NULL;
    uf_status status = !shapes  ? damaged(path, "the .shp cannot be opened", error)
                       : !table ? damaged(path, "the .dbf cannot be opened", error)
                                : read_regions(&geometry, path, shapes, error);
    if (status == UF_OK) status = read_table(&geometry, path, table, error);
    if (table) DBFClose(table);
    if (shapes) SHPClose(shapes);
    if (status == UF_OK)
        *out = geometry;
    else
        uf_geometry_clear(&geometry);
    return status;
}

/* --- zip ---------------------------------------------------------------------------------------- */

/* The first entry with an ending, unpacked; NULL with UF_OK where there is none. */
static uf_status unpack(zip_t *archive, const char *path, const char *ending, char **out, size_t *out_length,
                        struct uf_error *error)
{
    zip_int64_t n = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < n; i++) {
        zip_stat_t about;
        if (zip_stat_index(archive, (zip_uint64_t)i, 0, &about) != 0 || !(about.valid & ZIP_STAT_NAME))
            continue;
        size_t length = strlen(about.name), tail = strlen(ending);
        /* a Mac adds hidden copies of each file */
        if (length < tail || strcasecmp(about.name + length - tail, ending) != 0 ||
            strncmp(about.name, "__MACOSX/", 9) == 0)
            continue;
        if (!(about.valid & ZIP_STAT_SIZE) || about.size > UF_GEOMETRY_MOST_BYTES)
            return uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                              "'%s' in the archive is larger than %d bytes: simplify the boundaries",
                              about.name, UF_GEOMETRY_MOST_BYTES);
        char *bytes = malloc((size_t)about.size + 1);
        zip_file_t *file = bytes ? zip_fopen_index(archive, (zip_uint64_t)i, 0) : NULL;
        zip_int64_t got = file ? zip_fread(file, bytes, about.size) : -1;
        /* the checksum is looked at only where the end is read, too */
        char beyond;
        if (file && got >= 0 && zip_fread(file, &beyond, 1) != 0) got = -1;
        if (file) zip_fclose(file);
        if (!bytes) return uf_fail_memory(error);
        if (got < 0 || (zip_uint64_t)got != about.size) {
            uf_status status =
                uf_fail_at(error, UF_BAD_INPUT, path, 0, 0,
                           "'%s' in the archive cannot be unpacked: it is damaged or encrypted", about.name);
            free(bytes);
            return status;
        }
        *out = bytes;
        *out_length = (size_t)about.size;
        return UF_OK;
    }
    return UF_OK;
}

static uf_status read_archive(zip_t *archive, const char *path, struct uf_geometry *out,
                              struct uf_error *error)
{
    static const char *const endings[] = {".shp", ".shx", ".dbf"};
    char *parts[3] = {NULL};
    size_t lengths[3] = {0};
    uf_status status = UF_OK;
    for (size_t k = 0; status == UF_OK && k < 3; k++) {
        status = unpack(archive, path, endings[k], &parts[k], &lengths[k], error);
        if (status == UF_OK && !parts[k])
            status = uf_fail_at(
                error, UF_BAD_INPUT, path, 0, 0,
                "the archive holds no file ending in %s: expected a shapefile (.shp, .shx and .dbf)",
                endings[k]);
    }
    const struct uf_shape_files files = {.shp = parts[0],
                                         .shx = parts[1],
                                         .dbf = parts[2],
                                         .shp_length = lengths[0],
                                         .shx_length = lengths[1],
                                         .dbf_length = lengths[2]};
    if (status == UF_OK) status = uf_geometry_read_shapes(path, &files, out, error);
    for (size_t k = 0; k < 3; k++) free(parts[k]);
    return status;
}

uf_status uf_geometry_read_zip(const char *path, const char *bytes, size_t length, struct uf_geometry *out,
                               struct uf_error *error)
{
    zip_error_t reason;
    zip_error_init(&reason);
    zip_source_t *source = zip_source_buffer_create(bytes, length, 0, &reason);
    zip_t *archive = source ? zip_open_from_source(source, ZIP_RDONLY, &reason) : NULL;
    uf_status status;
    if (archive) {
        status = read_archive(archive, path, out, error);
        zip_discard(archive);
    } else {
        status = uf_fail_at(error, UF_BAD_INPUT, path, 0, 0, "the zip archive cannot be read: %s",
                            zip_error_strerror(&reason));
        if (source) zip_source_free(source);
    }
    zip_error_fini(&reason);
    return status;
}
