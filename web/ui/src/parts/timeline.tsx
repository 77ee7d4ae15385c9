// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The sessions of a day on one line of time, in the reader's zone.
import { useState } from "preact/hooks";
import * as format from "../format.ts";
import { t } from "../i18n/index.ts";
import type { DaySession } from "../types.ts";
import { Empty } from "./states.tsx";

const hour = 3600_000;
const shownAtFirst = 12;

export function Timeline({ sessions }: { sessions: DaySession[] }) {
  const [all, setAll] = useState(false);
  if (sessions.length === 0) return <Empty text={t("day.noSessions")} />;
  const from = Math.floor(Math.min(...sessions.map((s) => Date.parse(s.first))) / hour) * hour;
  const to = Math.ceil((Math.max(...sessions.map((s) => Date.parse(s.last))) + 1) / hour) * hour;
  const place = (text: string): number => (100 * (Date.parse(text) - from)) / (to - from);
  const hours = (to - from) / hour;
  const step = Math.max(1, Math.ceil(hours / 8));
  const ticks = Array.from({ length: Math.floor(hours / step) + 1 }, (_, i) => from + i * step * hour);
  const rows = all ? sessions : sessions.slice(0, shownAtFirst);
  return (
    <div class="timeline">
      <div class="timeline-row timeline-axis" aria-hidden="true">
        <span />
        <div class="timeline-track">
          {ticks.map((at) => (
            <span key={at} class="tick" style={{ left: `${(100 * (at - from)) / (to - from)}%` }}>
              {format.clock(new Date(at).toISOString()).slice(0, 5)}
            </span>
          ))}
        </div>
      </div>
      <ul>
        {rows.map((s) => (
          <li key={s.session} class="timeline-row">
            <div class="timeline-name">
              <strong>{s.asset}</strong>
              <span class="muted">{[s.protocol, s.account, s.program].filter(Boolean).join(" · ")}</span>
            </div>
            <div class="timeline-track">
              <span
                class={`timeline-bar${s.failures ? " timeline-bad" : ""}`}
                style={{
                  left: `${place(s.first)}%`,
                  width: `${Math.max(place(s.last) - place(s.first), 0.6)}%`,
                }}
              />
            </div>
            <div class="timeline-facts muted">
              <span>
                {format.clock(s.first)}–{format.clock(s.last)}
              </span>
              <span>
                {t("common.events")} {format.count(s.events)}
                {s.views > 0 && ` · ${t("common.views")} ${format.count(s.views)}`}
                {s.rows > 0 && ` · ${t("common.rows")} ${format.count(s.rows)}`}
                {s.failures > 0 && ` · ${t("day.failures")} ${format.count(s.failures)}`}
              </span>
              <span>
                {t("day.client")} {s.client || t("common.unknown")}
              </span>
            </div>
          </li>
        ))}
      </ul>
      {sessions.length > shownAtFirst && (
        <button type="button" class="quiet" onClick={() => setAll(!all)}>
          {all ? t("common.showFewer") : t("day.moreSessions", { count: sessions.length - shownAtFirst })}
        </button>
      )}
    </div>
  );
}
