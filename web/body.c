/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Request bodies through jansson (strict: no duplicates, nothing after the value).
 */
#include "web/body.h"

#include "desk/secret.h"
#include "web/query.h"

#include <jansson.h>
#include <stdlib.h>

struct body {
    json_t *root;
};

static struct body_field *find(struct body_field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static bool take(struct body_field *field, const json_t *value)
{
    field->present = true;
    if (field->type == BODY_BOOL) {
        field->truth = json_is_true(value);
        return json_is_boolean(value);
    }
    if (!json_is_string(value))
        return false;
    field->text = slice_make(json_string_value(value), json_string_length(value));
    return field->text.len <= field->most && query_text_ok(field->text);
}

static enum status fill(const struct body *body, struct body_field *fields, size_t count,
                        const char **wrong)
{
    const char *name;
    json_t *value;
    json_object_foreach(body->root, name, value)
    {
        struct body_field *field = find(fields, count, name);
        *wrong = field ? field->name : "unknown";
        if (!field || !take(field, value))
            return STATUS_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        *wrong = fields[i].name;
        if (fields[i].required && !fields[i].present)
            return STATUS_INVALID;
    }
    *wrong = "";
    return STATUS_OK;
}

enum status body_read(struct body **body, struct slice json, struct body_field *fields,
                      size_t count, const char **field)
{
    *field = "";
    *body = calloc(1, sizeof **body);
    if (!*body)
        return STATUS_NO_MEMORY;
    (*body)->root = json_loadb((const char *)json.ptr, json.len, JSON_REJECT_DUPLICATES, NULL);
    enum status status = STATUS_MALFORMED;
    if (json_is_object((*body)->root))
        status = fill(*body, fields, count, field);
    if (status != STATUS_OK)
        body_release(body);
    return status;
}

void body_release(struct body **body)
{
    if (!*body)
        return;
    const char *name;
    json_t *value;
    json_object_foreach((*body)->root, name, value) if (json_is_string(value))
        secret_wipe((char *)(uintptr_t)json_string_value(value), json_string_length(value));
    json_decref((*body)->root);
    free(*body);
    *body = NULL;
}
