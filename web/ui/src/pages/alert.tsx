// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// One alert: why it opened, against what threshold, and the way to the person and the day.
import { api } from "../api.ts";
import * as format from "../format.ts";
import { both, sentence, t } from "../i18n/index.ts";
import { Icon } from "../parts/icons.tsx";
import { Points } from "../parts/risk.tsx";
import { Card, Shown, Tag } from "../parts/states.tsx";
import { Verdicts } from "../parts/verdicts.tsx";
import { useResource } from "../resource.ts";
import { link } from "../router.ts";
import type { Alert as Answer } from "../types.ts";

function Facts({ alert }: { alert: Answer }) {
  const facts: [string, string][] = [
    [t("alert.value"), format.points2(alert.value)],
    [t("alert.threshold"), format.points2(alert.theta)],
    [t("alert.score"), format.points2(alert.score)],
    [t("alert.risk"), `${alert.percent}`],
    [t("alerts.opened"), format.time(alert.opened)],
    [t("alert.period"), `${format.time(alert.first)} – ${format.time(alert.last)}`],
  ];
  return (
    <dl class="measures">
      {facts.map(([name, value]) => (
        <div key={name} class={value.length > 24 ? "double" : ""}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Body({ alert }: { alert: Answer }) {
  const name = alert.name || alert.employee;
  const terms = [...alert.terms].sort((a, b) => b.points - a.points);
  return (
    <>
      <header class="heading">
        <div>
          <a class="back" href={link(["alerts"])}>
            <Icon name="back" />
            {t("alerts.title")}
          </a>
          <h1>{t("alert.title", { id: alert.id })}</h1>
          <p class="lead">
            {[name, alert.name && alert.employee, alert.department].filter(Boolean).join(" · ")}{" "}
            <Tag kind={alert.open ? "bad" : ""}>
              {t(alert.open ? "alerts.open" : "alerts.closed")}
            </Tag>{" "}
            {alert.verdict && <Tag>{t(`verdict.${alert.verdict}`)}</Tag>}
          </p>
        </div>
        <div class="actions">
          <a class="button" href={link(["people", alert.employee], { day: alert.day })}>
            {t("alert.toDay")}
          </a>
          <a class="button quiet" href={link(["people", alert.employee])}>
            {t("alert.toPerson", { name })}
          </a>
        </div>
      </header>
      <Card title={t("alert.why")}>
        <p class="statement">{sentence(alert.sentence)}</p>
        <Facts alert={alert} />
      </Card>
      <Verdicts employee={alert.employee} day={alert.last_day} />
      <Card title={t("alert.terms")}>
        <ul class="made-of">
          {terms.map((term) => (
            <li key={term.term}>
              <span>{both(term.label)}</span>
              <Points value={term.points} />
            </li>
          ))}
        </ul>
      </Card>
    </>
  );
}

export function Alert({ id }: { id: string }) {
  const alert = useResource(() => api.alert(id), [id]);
  return <Shown resource={alert}>{(data) => <Body alert={data} />}</Shown>;
}
