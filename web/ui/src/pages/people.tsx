// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The home page: everybody ranked by risk, with the reasons in words.
import { useEffect, useState } from "preact/hooks";
import { api } from "../api.ts";
import * as format from "../format.ts";
import { named, sentence, t } from "../i18n/index.ts";
import { Field } from "../parts/field.tsx";
import { Risk, Sparkline } from "../parts/risk.tsx";
import { Empty, Heading, Shown, Tag } from "../parts/states.tsx";
import { useResource } from "../resource.ts";
import { link, replaceQuery, route } from "../router.ts";
import type { People as Answer, PersonRow } from "../types.ts";

const page = 50;
const lowConfidence = 0.9;
const quiet = 10; // below this risk one reason is enough

function Facts({ data }: { data: Answer }) {
  const { events, incomplete, unresolved } = data.coverage;
  const seen = events ? (events - incomplete) / events : 0;
  const facts: [string, string, string?][] = [
    [t("people.total"), format.count(data.total)],
    [t("people.openAlerts"), format.count(data.open_alerts)],
    [t("people.threshold"), format.points(data.theta)],
    [
      t("people.seen"),
      events ? format.share(seen) : "–",
      t("people.seenHelp", { events: format.count(events) }),
    ],
    [t("people.unresolved"), format.count(unresolved)],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value, help]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {help && <dd class="muted">{help}</dd>}
        </div>
      ))}
    </dl>
  );
}

function Tags({ row }: { row: PersonRow }) {
  return (
    <>
      {row.open_alert > 0 && <Tag kind="bad">{t("people.alert")}</Tag>}
      {row.learning && (
        <Tag kind="learning" title={t("people.learningHelp")}>
          {t("people.learning")}
        </Tag>
      )}
      {row.kind !== "person" && <Tag>{named("kind", row.kind)}</Tag>}
      {row.running && <Tag>{t("people.running")}</Tag>}
    </>
  );
}

function Reasons({ row }: { row: PersonRow }) {
  if (row.reasons.length === 0) return <p class="muted">{t("people.noReason")}</p>;
  const shown = row.percent >= quiet ? row.reasons : row.reasons.slice(0, 1);
  return (
    <ul class="reasons">
      {shown.map((reason) => (
        <li key={reason.term}>
          <span class="reason-points" aria-hidden="true">
            {format.points(reason.points)}
          </span>
          <span>
            {sentence(reason.sentence)}
            <time class="muted" dateTime={reason.day}>
              {" "}
              {format.day(reason.day)}
            </time>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Row({ row }: { row: PersonRow }) {
  const place = [row.role, row.department].filter(Boolean).join(" · ");
  return (
    <li class="person-row">
      <span class="rank" aria-label={`${t("people.rank")} ${row.rank}`}>
        {row.rank}
      </span>
      <div class="who">
        <a href={link(["people", row.employee])} class="stretched">
          {row.name || row.employee}
        </a>
        <span class="muted">{row.name ? [row.employee, place].filter(Boolean).join(" · ") : place}</span>
        <span class="tags">
          <Tags row={row} />
        </span>
      </div>
      <Risk percent={row.percent} />
      <div class="why">
        <Reasons row={row} />
        {row.confidence < lowConfidence && (
          <p class="coverage-note">
            {t("people.lowCoverage", { share: format.share(row.confidence) })}
          </p>
        )}
      </div>
      <Sparkline values={row.trend} />
    </li>
  );
}

function Pager({ data, offset }: { data: Answer; offset: number }) {
  const search = route.value.query.get("search") ?? "";
  const step = (to: number) => () => replaceQuery({ search, offset: to > 0 ? String(to) : "" });
  if (data.matching <= page) return null;
  return (
    <nav class="pager" aria-label={t("people.title")}>
      <button type="button" class="quiet" disabled={offset === 0} onClick={step(offset - page)}>
        {t("common.previous")}
      </button>
      <span class="muted">
        {t("common.page", {
          from: format.count(offset + 1),
          to: format.count(Math.min(offset + page, data.matching)),
          total: format.count(data.matching),
        })}
      </span>
      <button
        type="button"
        class="quiet"
        disabled={offset + page >= data.matching}
        onClick={step(offset + page)}
      >
        {t("common.next")}
      </button>
    </nav>
  );
}

function List({ data, search }: { data: Answer; search: string }) {
  if (data.rows.length === 0)
    return <Empty text={search ? t("people.none", { search }) : t("people.empty")} />;
  return (
    <section class="card card-flush">
      <div class="person-row person-head" aria-hidden="true">
        <span>{t("people.rank")}</span>
        <span>{t("people.person")}</span>
        <span>{t("people.risk")}</span>
        <span>{t("people.reasons")}</span>
        <span>{t("people.trend")}</span>
      </div>
      <ol class="people" aria-label={t("people.title")}>
        {data.rows.map((row) => (
          <Row key={row.employee} row={row} />
        ))}
      </ol>
    </section>
  );
}

export function People() {
  const search = route.value.query.get("search") ?? "";
  const offset = Number(route.value.query.get("offset") ?? 0) || 0;
  const [typed, setTyped] = useState(search);
  useEffect(() => {
    if (typed === search) return undefined;
    const wait = setTimeout(() => replaceQuery({ search: typed }), 250);
    return () => clearTimeout(wait);
  }, [typed]);
  const people = useResource(() => api.people({ search, offset, limit: page }), [search, offset]);
  return (
    <>
      <Heading
        title={t("people.title")}
        lead={people.data ? t("people.asOf", { day: format.day(people.data.as_of) }) : ""}
        side={
          <Field
            type="search"
            label={t("common.search")}
            help={t("people.search")}
            value={typed}
            set={setTyped}
            maxLength={100}
          />
        }
      />
      <Shown resource={people} lines={10}>
        {(data) => (
          <>
            <Facts data={data} />
            <List data={data} search={search} />
            <Pager data={data} offset={offset} />
          </>
        )}
      </Shown>
    </>
  );
}
