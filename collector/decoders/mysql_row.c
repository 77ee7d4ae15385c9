/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rows: their cells go to the sensitivity watch, in text form. A row that fits MYSQL_ROW_WHOLE is
 * read where it lies; a longer one, of up to a gigabyte and over many packets, cell by cell, of
 * which only the front is looked at. An item's header may be cut by a packet's end: it is put
 * together in a few bytes of carry.
 *
 *   text    per cell: 0xfb (NULL) or a length-encoded string
 *   binary  0, NULL bitmap (two bits of offset), values
 */
#include "collector/decoders/mysql_state.h"
#include "collector/decoders/mysql_value.h"

enum { NULLS_OFFSET = 2, WANTS_AGAIN = 64 };

static size_t read_columns(const struct mysql_answer *answer)
{
    return answer->columns < RESULT_COLUMNS_MAX ? answer->columns : RESULT_COLUMNS_MAX;
}

static bool is_unsigned(const struct mysql_answer *answer, size_t column)
{
    return answer->unsigned_of[column / 8] >> (column % 8) & 1;
}

static void give_cell(struct mysql_call *call, size_t column, struct slice cell)
{
    struct result_watch *watch = &call->m->answer.watch;
    if (result_watch_wants(watch, column))
        result_watch_cell(watch, call->env, column, cell);
}

static void text_cells(struct mysql_call *call, struct reader r)
{
    size_t columns = read_columns(&call->m->answer);
    for (size_t i = 0; i < columns; i++) {
        struct reader peek = r;
        if (reader_u8(&peek) == MYSQL_BYTE_NULL) {
            r = peek;
            continue;
        }
        struct slice cell = mysql_lenenc_bytes(&r);
        if (!reader_ok(&r))
            return;
        give_cell(call, i, cell);
    }
}

static bool is_null(struct slice nulls, size_t column)
{
    size_t bit = column + NULLS_OFFSET;
    return bit / 8 < nulls.len && nulls.ptr[bit / 8] >> (bit % 8) & 1;
}

static void skip_value(struct reader *r, uint8_t type)
{
    size_t size;
    enum mysql_layout layout = mysql_type_layout(type, &size);
    if (layout == MYSQL_LAYOUT_STRING)
        mysql_lenenc_bytes(r);
    else
        reader_skip(r, layout == MYSQL_LAYOUT_COUNTED ? reader_u8(r) : size);
}

static void binary_cells(struct mysql_call *call, struct reader r)
{
    struct mysql_answer *answer = &call->m->answer;
    size_t columns = read_columns(answer);
    reader_u8(&r);
    struct slice nulls = reader_bytes(&r, (answer->columns + 7 + NULLS_OFFSET) / 8);
    char text[MYSQL_VALUE_TEXT_MAX];
    for (size_t i = 0; i < columns && reader_ok(&r); i++) {
        if (is_null(nulls, i))
            continue;
        if (!result_watch_wants(&answer->watch, i)) {
            skip_value(&r, answer->types[i]);
            continue;
        }
        struct slice cell = mysql_value(&r, answer->types[i], is_unsigned(answer, i), text);
        if (reader_ok(&r))
            result_watch_cell(&answer->watch, call->env, i, cell);
    }
}

/* An answer without its request may hold either kind of rows: a text row is cells and no more. */
static bool is_text_row(const struct mysql_answer *answer, struct slice payload)
{
    struct reader r = reader_of(payload);
    for (size_t i = 0; i < answer->columns && reader_ok(&r); i++) {
        struct reader peek = r;
        if (reader_u8(&peek) == MYSQL_BYTE_NULL)
            r = peek;
        else
            mysql_lenenc_bytes(&r);
    }
    return reader_ok(&r) && reader_left(&r) == 0;
}

/* Asked again now and then, for a watch loses interest in cells it has seen enough of. */
static bool wants_cells(struct mysql_answer *answer)
{
    if (!answer->watched || answer->rows % WANTS_AGAIN != 0)
        return answer->watched;
    size_t columns = read_columns(answer);
    answer->watched = false;
    for (size_t i = 0; i < columns && !answer->watched; i++)
        answer->watched = result_watch_wants(&answer->watch, i);
    return answer->watched;
}

void mysql_row(struct mysql_call *call, struct slice payload)
{
    struct mysql_answer *answer = &call->m->answer;
    if (answer->rows == 0 && answer->request.command == MYSQL_UNSEEN)
        answer->binary = !is_text_row(answer, payload);
    if (wants_cells(answer) && answer->binary)
        binary_cells(call, reader_of(payload));
    else if (answer->watched)
        text_cells(call, reader_of(payload));
    answer->rows++;
}

/* ---- long rows ---- */

static void begin_packet(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql_long_row *row = &call->m->answer.row;
    reader_skip(&call->in, MYSQL_HEADER);
    call->m->streams[TO_CLIENT].sequence = packet->sequence;
    call->m->answer.bytes += MYSQL_HEADER;
    row->packet_left = packet->len;
    row->last_packet = packet->len < MYSQL_PAYLOAD_MAX;
}

void mysql_row_begin_long(struct mysql_call *call, const struct mysql_packet *packet)
{
    struct mysql_answer *answer = &call->m->answer;
    answer->row = (struct mysql_long_row){.active = true, .begun = !answer->binary};
    begin_packet(call, packet);
    if (!wants_cells(answer) || answer->request.command == MYSQL_UNSEEN)
        answer->row.cell = UINT16_MAX;
}

/* Bytes of the current packet, which are there. */
static struct slice take(struct mysql_call *call, size_t n)
{
    struct mysql_answer *answer = &call->m->answer;
    answer->row.packet_left -= (uint32_t)n;
    answer->bytes += n;
    return reader_bytes(&call->in, n);
}

static size_t least(uint64_t a, size_t b)
{
    return a < b ? (size_t)a : b;
}

static bool pass_cell(struct mysql_call *call)
{
    struct mysql_long_row *row = &call->m->answer.row;
    size_t n = least(least(row->cell_left, row->packet_left), reader_left(&call->in));
    take(call, n);
    row->cell_left -= n;
    return n > 0;
}

/* The carry holds the first `n` bytes of an item: false until they have come. */
static bool gather(struct mysql_call *call, size_t n)
{
    struct mysql_long_row *row = &call->m->answer.row;
    if (row->carried >= n)
        return true;
    size_t take_now = least(least(n - row->carried, row->packet_left), reader_left(&call->in));
    struct slice bytes = take(call, take_now);
    if (bytes.len)
        memcpy(row->carry + row->carried, bytes.ptr, bytes.len);
    row->carried = (uint8_t)(row->carried + bytes.len);
    return row->carried >= n;
}

static size_t lenenc_size(uint8_t first)
{
    return first == 0xfc ? 3 : first == 0xfd ? 4 : first == 0xfe ? 9 : 1;
}

/* The row's own beginning lies whole in its first packet. */
static bool begin_binary(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    size_t len = 1 + (answer->columns + 7 + NULLS_OFFSET) / 8;
    if (reader_left(&call->in) < len) {
        call->needed = len;
        return false;
    }
    struct slice nulls = slice_part(take(call, len), 1, sizeof answer->row.nulls);
    memcpy(answer->row.nulls, nulls.ptr, nulls.len);
    answer->row.begun = true;
    return true;
}

/* A number or a date of the binary form. */
static bool short_cell(struct mysql_call *call, enum mysql_layout layout, size_t size)
{
    struct mysql_answer *answer = &call->m->answer;
    struct mysql_long_row *row = &answer->row;
    size_t head = layout == MYSQL_LAYOUT_COUNTED ? 1 : 0;
    if (!gather(call, head))
        return false;
    if (head)
        size = least(row->carry[0], sizeof row->carry - 1);
    if (!gather(call, head + size))
        return false;
    char text[MYSQL_VALUE_TEXT_MAX];
    struct slice bytes = slice_make(row->carry + head, size);
    give_cell(
        call, row->cell,
        mysql_value_text(bytes, answer->types[row->cell], is_unsigned(answer, row->cell), text));
    row->carried = 0;
    row->cell++;
    return true;
}

static bool string_cell(struct mysql_call *call)
{
    struct mysql_long_row *row = &call->m->answer.row;
    if (!gather(call, 1))
        return false;
    if (row->carry[0] == MYSQL_BYTE_NULL) {
        row->carried = 0;
        row->cell++;
        return true;
    }
    size_t head = lenenc_size(row->carry[0]);
    if (!gather(call, head) || (row->packet_left == 0 && !row->last_packet))
        return false;
    struct reader r = reader_of(slice_make(row->carry, head));
    uint64_t len = mysql_lenenc(&r);
    size_t front = least(least(len, MYSQL_CELL_FRONT), row->packet_left);
    if (reader_left(&call->in) < front) {
        call->needed = front;
        return false;
    }
    give_cell(call, row->cell, take(call, front));
    row->cell_left = len - front;
    row->carried = 0;
    row->cell++;
    return true;
}

static bool next_cell(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    struct mysql_long_row *row = &answer->row;
    if (row->cell >= read_columns(answer)) {
        row->cell_left = UINT64_MAX; /* nothing more to see in this row */
        return true;
    }
    if (!row->begun)
        return begin_binary(call);
    if (!answer->binary)
        return string_cell(call);
    if (is_null(slice_make(row->nulls, sizeof row->nulls), row->cell)) {
        row->cell++;
        return true;
    }
    size_t size;
    enum mysql_layout layout = mysql_type_layout(answer->types[row->cell], &size);
    return layout == MYSQL_LAYOUT_STRING ? string_cell(call) : short_cell(call, layout, size);
}

static bool end_packet(struct mysql_call *call)
{
    struct mysql_answer *answer = &call->m->answer;
    struct mysql_packet packet;
    if (answer->row.last_packet) {
        answer->row.active = false;
        answer->rows++;
        return true;
    }
    if (!mysql_packet_peek(call, 0, &packet))
        return false;
    begin_packet(call, &packet);
    return true;
}

/* Where bytes are missing within a cell of a long row that is passed over, the end of the row's
 * packet is known still, and so is the next cell, if it is not among them. */
bool mysql_row_lose(struct mysql_answer *answer, size_t lost)
{
    struct mysql_long_row *row = &answer->row;
    if (!answer->active || !row->active || row->cell_left == 0 || lost > row->packet_left)
        return false;
    row->packet_left -= (uint32_t)lost;
    bool within = row->cell_left < UINT64_MAX && lost < row->cell_left;
    row->cell_left = within ? row->cell_left - lost : UINT64_MAX;
    return true;
}

/* One step in a long row; false when it cannot go on with what is there. */
bool mysql_row_step(struct mysql_call *call)
{
    struct mysql_long_row *row = &call->m->answer.row;
    if (row->packet_left == 0)
        return end_packet(call);
    if (row->cell_left > 0)
        return pass_cell(call);
    uint32_t left = row->packet_left;
    bool more = next_cell(call);
    return more || row->packet_left < left; /* an item may be cut by the packet's end */
}
