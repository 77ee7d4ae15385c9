// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// A table from a list of columns. On narrow screens it scrolls inside its own frame, which the
// keyboard can reach.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { count } from "../format.ts";
import { t } from "../i18n/index.ts";

export interface Column<Row> {
  head: string;
  help?: string;
  number?: boolean;
  wide?: boolean;
  cell: (row: Row) => ComponentChildren;
}

export function Table<Row>(props: {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  id: (row: Row, at: number) => string | number;
  rowClass?: (row: Row) => string;
  foot?: ComponentChildren;
  first?: number; // rows shown until all are asked for
}) {
  const [all, setAll] = useState(false);
  const first = props.first ?? Infinity;
  const rows = all ? props.rows : props.rows.slice(0, first);
  const kind = (c: Column<Row>) => (c.number ? "number" : c.wide ? "wide" : "");
  return (
    <>
    <div class="table-frame" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((c) => (
              <th key={c.head} scope="col" class={kind(c)} title={c.help}>
                {c.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={props.id(row, at)} class={props.rowClass?.(row) ?? ""}>
              {props.columns.map((c) => (
                <td key={c.head} class={kind(c)}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {props.foot && <tfoot>{props.foot}</tfoot>}
      </table>
    </div>
    {props.rows.length > first && (
      <button type="button" class="quiet below" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? t("common.showFewer") : t("common.showCount", { count: count(props.rows.length) })}
      </button>
    )}
    </>
  );
}
