// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// How a day's score adds up: each term with what was seen, what is usual, what the peers do, and its
// points. The points of the rows in the sum are the score.
import { useState } from "preact/hooks";
import * as format from "../format.ts";
import { both, sentence, t } from "../i18n/index.ts";
import type { Day, Term } from "../types.ts";
import { Points } from "./risk.tsx";
import { Empty } from "./states.tsx";
import { Table, type Column } from "./table.tsx";

function Reason({ term }: { term: Term }) {
  const words = sentence(term.sentence);
  return (
    <div class="reason">
      <strong>{both(term.label)}</strong>
      {words && <span>{words}</span>}
      {!term.measured && <span class="muted">{t("day.notMeasured")}</span>}
      {!term.in_sum && <span class="muted">{t("day.context")}</span>}
      {term.coincidence > 0 && (
        <span class="muted">
          {t("day.coincidence", { bits: format.points(term.coincidence) })}
        </span>
      )}
    </div>
  );
}

type Form = (value: number) => string;

/** How a term's numbers are written where they are no plain counts: seen, usual, peers. */
const forms: Record<string, [Form, Form, Form]> = {
  undist: [format.amount, format.amount, (f) => `× ${format.amount(f)}`],
  idc: [format.amount, format.amount, (f) => `× ${format.amount(f)}`],
  share: [format.count, format.share, format.share],
  exp: [format.count, format.share, format.share],
  alien: [format.count, format.share, format.share],
  inter: [format.count, format.share, format.share],
  hours: [(h) => `${String(h).padStart(2, "0")}:00`, format.share, format.share],
  dwell: [format.seconds, format.seconds, format.seconds],
  novel: [format.count, format.share, format.count],
  newpeer: [format.count, format.share, () => "0"],
  drift: [(f) => `× ${format.amount(f)}`, () => "× 1", (f) => `× ${format.amount(f)}`],
};

function number(term: Term, which: 0 | 1 | 2): string {
  if (!term.measured) return "–";
  const value = [term.observed, term.expected, term.peers][which] ?? 0;
  return (forms[term.term]?.[which] ?? format.amount)(value);
}

function columns(): Column<Term>[] {
  return [
    { head: t("day.reason"), wide: true, cell: (term) => <Reason term={term} /> },
    { head: t("day.observed"), number: true, cell: (term) => number(term, 0) },
    { head: t("day.expected"), number: true, cell: (term) => number(term, 1) },
    { head: t("day.peersColumn"), number: true, cell: (term) => number(term, 2) },
    {
      head: t("day.n"), help: t("day.nHelp"), number: true,
      cell: (term) => (term.measured ? format.count(term.n) : "–"),
    },
    {
      head: t("day.bits"), help: t("day.bitsHelp"), number: true,
      cell: (term) =>
        term.measured ? format.amount(Math.max(0, term.deflated - term.coincidence)) : "–",
    },
    { head: t("day.points"), number: true, cell: (term) => <Points value={term.in_sum ? term.points : 0} /> },
  ];
}

export function TermsTable({ day }: { day: Day }) {
  const [all, setAll] = useState(false);
  const telling = day.terms.filter((term) => term.in_sum && term.points > 0);
  const rows = [...(all ? day.terms : telling)].sort(
    (a, b) => Number(b.in_sum) - Number(a.in_sum) || b.points - a.points || b.raw - a.raw,
  );
  return (
    <>
      {rows.length === 0 ? (
        <Empty text={t("day.noPoints")} />
      ) : (
        <Table
          label={t("day.terms")}
          columns={columns()}
          rows={rows}
          id={(term) => term.term}
          rowClass={(term) => (term.in_sum && term.measured ? "" : "dim")}
          foot={
            <tr>
              <th scope="row" colSpan={6}>
                {t("day.sum")}
              </th>
              <td class="number sum">{format.points2(day.score)}</td>
            </tr>
          }
        />
      )}
      <button type="button" class="quiet below" aria-expanded={all} onClick={() => setAll(!all)}>
        {all ? t("common.showFewer") : t("common.showAll")}
      </button>
    </>
  );
}
