/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * What log sources tell alike.
 */
#include "collector/sources/log_source.h"

void log_source_number(struct json_writer *json, const char *key, uint64_t value)
{
    json_write_key(json, key);
    json_write_unsigned(json, value);
}

void log_source_describe_reader(const struct log_reader *reader, struct json_writer *json)
{
    const struct log_format *format = log_reader_format(reader);
    const struct log_counters *counters = log_reader_counters(reader);
    const struct log_sample *samples;
    size_t count = log_reader_samples(reader, &samples);
    if (format) {
        json_write_key(json, "format");
        json_write_text(json, format->name);
    }
#define LOG_COUNTER_JSON(name, help) log_source_number(json, #name, counters->name);
    LOG_COUNTER_TABLE(LOG_COUNTER_JSON)
#undef LOG_COUNTER_JSON
    json_write_key(json, "samples");
    json_write_array_open(json);
    for (size_t i = 0; i < count; i++) {
        json_write_object_open(json);
        log_source_number(json, "record", samples[i].record);
        json_write_key(json, "text");
        json_write_text(json, samples[i].text);
        json_write_object_close(json);
    }
    json_write_array_close(json);
}
