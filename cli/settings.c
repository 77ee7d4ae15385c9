/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * `dwell settings`: every setting there is, as a table to read, a file to start from, a page of the
 * manual or a JSON schema. All come from the one table of lib/base/settings_table.h.
 */
#include "cli/commands.h"

#include "base/buffer.h"
#include "base/settings.h"

#include <stdio.h>

/* The reference is the body of the page; around it stand its name and where the file lies. */
static void man_page(struct buffer *out, enum settings_language language)
{
    buffer_append_text(out, ".TH DWELL.YAML 5 \"\" \"Dwell " DWELL_VERSION "\" \"Dwell\"\n");
    if (language == SETTINGS_CHINESE)
        buffer_append_text(out,
                           ".SH 名称\ndwell.yaml \\- Dwell 各程序的设置文件\n"
                           ".SH 说明\n"
                           "一个 YAML 文件，用 \\-\\-config 指定；读取严格，未知的键、错误的类型或"
                           "超出范围的值均被拒绝，并指出 file:line:column。\n.SH 设置项\n");
    else
        buffer_append_text(out,
                           ".SH NAME\ndwell.yaml \\- settings of the programs of Dwell\n"
                           ".SH DESCRIPTION\nOne YAML file, named with \\-\\-config. It is read "
                           "strictly: an unknown key, a wrong type or a value out of range is "
                           "refused with file:line:column.\n.SH SETTINGS\n");
    settings_reference_man(out, language);
}

static const struct {
    const char *name;
    void (*write)(struct buffer *out, enum settings_language language);
} forms[] = {
    {"text", settings_reference_text},
    {"yaml", settings_reference_yaml},
    {"man", man_page},
    {"schema", settings_reference_schema},
};

static int print_form(const struct command *command, size_t form)
{
    struct buffer out;
    bool chinese = command_text("", "zh")[0] != '\0';
    buffer_init(&out, 1 << 20);
    forms[form].write(&out, chinese ? SETTINGS_CHINESE : SETTINGS_ENGLISH);
    fwrite(buffer_text(&out), 1, out.len, stdout);
    buffer_release(&out);
    return command_flush(command) ? EXIT_DONE : EXIT_INPUT;
}

static int run(const struct command *command, int argc, char **argv)
{
    const char *name = "text";
    struct command_list operands = {0};
    int code;
    const struct command_option table[] = {{"format", OPTION_TEXT, &name, 0},
                                           {NULL, OPTION_FLAG, NULL, 0}};
    if (!command_parse(command, table, argc, argv, &operands, &code))
        return code;
    size_t extra = operands.count;
    command_list_release(&operands);
    if (extra > 0)
        return command_usage_error(command, "takes no argument");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (slice_equal(slice_from(forms[i].name), slice_from(name)))
            return print_form(command, i);
    return command_usage_error(command, "--format is text, yaml, man or schema");
}

const struct command settings_command = {
    .name = "settings",
    .synopsis = "[--format text|yaml|man|schema]",
    .help_en = "every setting with its type, range, default and meaning",
    .help_zh = "列出全部设置项及其类型、取值范围、默认值和含义",
    .options_en =
        "  --format FORM    text (default), yaml: a file to start from, man: a page of the\n"
        "                   manual, schema: JSON schema\n",
    .options_zh = "  --format FORM    "
                  "text（默认）、yaml（可作为起始文件）、man（手册页）、schema（JSON 模式）\n",
    .run = run,
};
