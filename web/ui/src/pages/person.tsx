// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// One person: the course of the score, what the risk is made of, and a chosen day in full.
import { api } from "../api.ts";
import * as format from "../format.ts";
import { both, named, t } from "../i18n/index.ts";
import { DayPanel } from "../parts/day-panel.tsx";
import { Choice } from "../parts/field.tsx";
import { Icon } from "../parts/icons.tsx";
import { LazyChart } from "../parts/lazy-chart.tsx";
import { Points, Risk } from "../parts/risk.tsx";
import { Card, Empty, Notice, Shown, Tag } from "../parts/states.tsx";
import { Verdicts } from "../parts/verdicts.tsx";
import { useResource } from "../resource.ts";
import { link, replaceQuery, route } from "../router.ts";
import type { DayPoint, Person as Answer } from "../types.ts";

function Head({ person }: { person: Answer }) {
  const place = [person.role, person.department].filter(Boolean).join(" · ");
  return (
    <header class="heading">
      <div>
        <a class="back" href={link([])}>
          <Icon name="back" />
          {t("nav.people")}
        </a>
        <h1>{person.name || person.employee}</h1>
        <p class="lead">
          {[person.name && person.employee, place].filter(Boolean).join(" · ")}{" "}
          {person.kind !== "person" && <Tag>{named("kind", person.kind)}</Tag>}
          {person.open_alert > 0 && (
            <a class="tag tag-bad" href={link(["alerts", person.open_alert])}>
              {t("person.openAlert", { id: person.open_alert })}
            </a>
          )}
        </p>
      </div>
      <dl class="head-facts">
        {person.manager && (
          <div>
            <dt>{t("person.manager")}</dt>
            <dd>{person.manager}</dd>
          </div>
        )}
        <div>
          <dt>{t("person.lastDay")}</dt>
          <dd>{format.day(person.last_day)}</dd>
        </div>
        <div>
          <dt>{t("person.daysSeen")}</dt>
          <dd>{format.count(person.days_seen)}</dd>
        </div>
        <div>
          <dt>{t("person.risk")}</dt>
          <dd>
            <Risk percent={person.percent} large />
          </dd>
        </div>
      </dl>
    </header>
  );
}

function MadeOf({ person }: { person: Answer }) {
  const most = Math.max(10, ...person.terms.map((term) => term.points));
  const terms = [...person.terms].sort((a, b) => b.points - a.points);
  return (
    <Card
      title={t("person.madeOf")}
      note={
        terms.length ? t("person.madeOfNote", { risk: format.points2(person.risk) }) : undefined
      }
    >
      {terms.length === 0 ? (
        <Empty text={t("person.quiet")} />
      ) : (
        <ul class="made-of">
          {terms.map((term) => (
            <li key={term.term}>
              <span>{both(term.label)}</span>
              <Points value={term.points} most={most} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The day of the address, or else the worst of the last two weeks, or else the last. */
function chosenDay(days: DayPoint[]): string | undefined {
  const wanted = route.value.query.get("day");
  if (wanted && days.some((d) => d.day === wanted)) return wanted;
  const last = days.at(-1);
  if (!last) return undefined;
  const since = format.plusDays(last.day, -13);
  return days
    .filter((d) => d.day >= since)
    .reduce((best, d) => (d.score > best.score ? d : best), last).day;
}

function DayChoice({ days, selected }: { days: DayPoint[]; selected: string }) {
  const at = days.findIndex((d) => d.day === selected);
  const step = (by: number) => () => {
    const next = days[at + by];
    if (next) replaceQuery({ day: next.day });
  };
  return (
    <div class="day-choice">
      <button
        type="button" class="quiet square" disabled={at <= 0}
        aria-label={t("common.previous")} onClick={step(-1)}
      >
        <Icon name="back" />
      </button>
      <Choice
        label={t("person.chooseDay")}
        hidden
        value={selected}
        set={(day) => replaceQuery({ day })}
        options={[...days].reverse().map((d) => ({
          value: d.day,
          text: `${format.day(d.day)} – ${format.points(d.score)}${d.mark ? " !" : ""}`,
        }))}
      />
      <button
        type="button" class="quiet square" disabled={at >= days.length - 1}
        aria-label={t("common.next")} onClick={step(1)}
      >
        <Icon name="next" />
      </button>
    </div>
  );
}

function Body({ person }: { person: Answer }) {
  const selected = chosenDay(person.days);
  return (
    <>
      <Head person={person} />
      {person.learning && <Notice kind="info">{t("person.learningNote")}</Notice>}
      <div class="columns">
        <Card title={t("person.scores")}>
          {selected === undefined ? (
            <Empty text={t("person.noDays")} />
          ) : (
            <LazyChart
              days={person.days}
              selected={selected}
              choose={(day) => replaceQuery({ day })}
            />
          )}
        </Card>
        <MadeOf person={person} />
      </div>
      {selected !== undefined && (
        <Verdicts key={selected} employee={person.employee} day={selected} />
      )}
      {selected !== undefined && (
        <DayPanel
          employee={person.employee}
          day={selected}
          choice={<DayChoice days={person.days} selected={selected} />}
        />
      )}
    </>
  );
}

export function Person({ employee }: { employee: string }) {
  const person = useResource(() => api.person(employee), [employee]);
  return <Shown resource={person}>{(data) => <Body person={data} />}</Shown>;
}
