// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// One person's day in full: score, measures, sessions, statements, subjects, events.
import type { ComponentChildren } from "preact";
import { api } from "../api.ts";
import * as format from "../format.ts";
import { t, type Key } from "../i18n/index.ts";
import { useResource } from "../resource.ts";
import { may } from "../state.ts";
import type { Day, DayStatement, DaySubject, Measures } from "../types.ts";
import { EventsTable } from "./events-table.tsx";
import { Hash } from "./hash.tsx";
import { Card, Empty, Notice, Shown, Tag } from "./states.tsx";
import { Table, type Column } from "./table.tsx";
import { TermsTable } from "./terms-table.tsx";
import { Timeline } from "./timeline.tsx";

type Fact = [Key, (m: Measures) => string];

const facts: Fact[] = [
  ["measure.views", (m) => format.count(m.views)],
  ["measure.subjects", (m) => format.count(m.subjects)],
  ["measure.unassigned", (m) => format.amount(m.unassigned)],
  ["measure.dwell_total_s", (m) => format.seconds(m.dwell_total_s)],
  ["measure.dwell_mean_s", (m) => format.seconds(m.dwell_mean_s)],
  ["measure.statements", (m) => format.count(m.statements)],
  ["measure.rows", (m) => format.count(m.rows)],
  ["measure.rowsC3", (m) => format.count(m.rows_by_class[3] ?? 0)],
  ["measure.rowsC2", (m) => format.count(m.rows_by_class[2] ?? 0)],
  ["measure.exports", (m) => format.count(m.exports)],
  ["measure.bytes", (m) => format.bytes(m.bytes)],
  ["measure.logins", (m) => format.count(m.logins)],
  ["measure.failed_logins", (m) => format.count(m.failed_logins)],
  ["measure.errors", (m) => format.count(m.errors)],
  ["measure.gaps", (m) => format.count(m.gaps)],
];

function MeasureFacts({ measures }: { measures: Measures }) {
  return (
    <dl class="measures">
      {facts.map(([key, value]) => (
        <div key={key}>
          <dt>{t(key)}</dt>
          <dd>{value(measures)}</dd>
        </div>
      ))}
    </dl>
  );
}

function statementColumns(): Column<DayStatement>[] {
  return [
    { head: t("events.statement"), wide: true, cell: (s) => <code>{s.statement}</code> },
    { head: t("common.action"), cell: (s) => s.action },
    { head: t("common.asset"), cell: (s) => s.asset },
    { head: t("day.count"), number: true, cell: (s) => format.count(s.count) },
    { head: t("common.rows"), number: true, cell: (s) => format.count(s.rows) },
    { head: t("common.last"), cell: (s) => format.clock(s.last) },
    { head: t("day.shape"), cell: (s) => <Hash value={s.shape} /> },
  ];
}

function subjectColumns(): Column<DaySubject>[] {
  return [
    { head: t("day.subject"), cell: (s) => <Hash value={s.subject} /> },
    { head: t("common.views"), number: true, cell: (s) => format.count(s.views) },
    { head: t("common.dwell"), number: true, cell: (s) => format.seconds(s.dwell_s) },
    { head: t("day.longest"), number: true, cell: (s) => format.seconds(s.longest_s) },
    { head: t("common.first"), cell: (s) => format.clock(s.first) },
    { head: t("common.last"), cell: (s) => format.clock(s.last) },
    { head: t("common.asset"), cell: (s) => s.asset },
    { head: t("common.object"), wide: true, cell: (s) => s.object },
  ];
}

function Tags({ day }: { day: Day }) {
  return (
    <p class="tags">
      <Tag kind={day.score >= day.theta ? "bad" : ""}>
        {t("day.score", { score: format.points2(day.score) })}
      </Tag>
      <Tag>{t("day.threshold", { theta: format.points2(day.theta) })}</Tag>
      <Tag>
        {t("day.peers", {
          group: day.group === "*" ? t("day.everybody") : day.group,
          peers: format.count(day.peers),
        })}
      </Tag>
      <Tag>{t("day.weight", { weight: format.amount(day.weight) })}</Tag>
      <Tag kind={day.confidence < 0.9 ? "learning" : ""}>
        {t("day.coverage", { share: format.share(day.confidence) })}
      </Tag>
      {day.learning && <Tag kind="learning">{t("day.learning")}</Tag>}
    </p>
  );
}

function Activity({ day }: { day: Day }) {
  return (
    <>
      <Card title={t("day.timeline")} note={t("app.zone", { zone: format.zone() })}>
        <Timeline sessions={day.sessions} />
      </Card>
      <Card title={t("day.subjects")} note={t("day.subjectsNote")} flush>
        {day.subjects.length === 0 ? (
          <Empty text={t("day.noSubjects")} />
        ) : (
          <Table
            label={t("day.subjects")} columns={subjectColumns()}
            rows={day.subjects} id={(s) => s.subject} first={10}
          />
        )}
      </Card>
      <Card title={t("day.statements")} flush>
        {day.statements.length === 0 ? (
          <Empty text={t("day.noStatements")} />
        ) : (
          <Table
            label={t("day.statements")} columns={statementColumns()}
            rows={day.statements} id={(s, at) => `${s.shape}/${at}`} first={10}
          />
        )}
      </Card>
      {day.cut && <Notice kind="info">{t("common.cut")}</Notice>}
      {may("analyst") && (
        <Card title={t("day.events")} flush>
          <EventsTable employee={day.employee} from={day.day} to={day.day} withEmployee={false} first={15} />
        </Card>
      )}
    </>
  );
}

/** Why a closed day was scored again, by the bits of the answer: late events, a verdict. */
const revised = ["day.revised1", "day.revised2", "day.revised3"] as const;

function Body({ day }: { day: Day }) {
  return (
    <>
      <Tags day={day} />
      {day.running && <Notice kind="info">{t("day.running")}</Notice>}
      {day.late && day.revised === 0 && <Notice kind="info">{t("day.late")}</Notice>}
      {day.revised > 0 && (
        <Notice kind="info">
          {t(revised[day.revised - 1] ?? "day.revised3", {
            score: format.points2(day.first_score),
          })}
        </Notice>
      )}
      <Card title={t("day.terms")} flush>
        <TermsTable day={day} />
      </Card>
      <Card title={t("day.measures")}>
        <MeasureFacts measures={day.measures} />
      </Card>
      <Activity day={day} />
    </>
  );
}

export function DayPanel(props: { employee: string; day: string; choice: ComponentChildren }) {
  const day = useResource(() => api.day(props.employee, props.day), [props.employee, props.day]);
  return (
    <section class="day" aria-label={format.day(props.day)}>
      <header class="day-head">
        <h2>{format.day(props.day)}</h2>
        {props.choice}
      </header>
      <Shown resource={day} lines={9}>
        {(data) => <Body day={data} />}
      </Shown>
    </section>
  );
}
