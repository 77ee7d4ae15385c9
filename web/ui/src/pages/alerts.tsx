// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Alerts, the newest first.
import { api } from "../api.ts";
import * as format from "../format.ts";
import { sentence, t } from "../i18n/index.ts";
import { Empty, Failure, Heading, Loading, Tag } from "../parts/states.tsx";
import { usePages } from "../resource.ts";
import { link } from "../router.ts";
import type { AlertRow } from "../types.ts";

function Row({ alert }: { alert: AlertRow }) {
  return (
    <li class="alert-row">
      <div class="alert-value">
        <strong>{format.points(alert.value)}</strong>
        <span class="muted">/ {format.points(alert.theta)}</span>
      </div>
      <div class="who">
        <a href={link(["alerts", alert.id])} class="stretched">
          {alert.name || alert.employee}
        </a>
        <span class="muted">
          {[alert.name && alert.employee, alert.department].filter(Boolean).join(" · ")}
        </span>
      </div>
      <p class="why">{sentence(alert.sentence)}</p>
      <div class="alert-when">
        <Tag kind={alert.open ? "bad" : ""}>{t(alert.open ? "alerts.open" : "alerts.closed")}</Tag>
        <time class="muted" dateTime={alert.opened}>
          {format.time(alert.opened)}
        </time>
        <span class="muted">
          {alert.days === 1 ? t("alerts.day") : t("alerts.days", { days: alert.days })}
        </span>
      </div>
    </li>
  );
}

export function Alerts() {
  const pages = usePages((before: number | undefined) => api.alerts(before), []);
  return (
    <>
      <Heading title={t("alerts.title")} />
      {pages.error && <Failure error={pages.error} />}
      {!pages.error && pages.rows.length === 0 && pages.loading && <Loading lines={8} />}
      {!pages.error && pages.rows.length === 0 && !pages.loading && (
        <Empty text={t("alerts.empty")} help={t("alerts.emptyHelp")} />
      )}
      {pages.rows.length > 0 && (
        <ol class="card card-flush alerts">
          {pages.rows.map((alert) => (
            <Row key={alert.id} alert={alert} />
          ))}
        </ol>
      )}
      {pages.more && (
        <button type="button" class="quiet below" disabled={pages.loading} onClick={pages.next}>
          {t("common.more")}
        </button>
      )}
    </>
  );
}
