// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Risk as a number with a bar, its course as a small line, and points as bars. Never by colour alone.
import { t } from "../i18n/index.ts";
import * as format from "../format.ts";

export function level(percent: number): "high" | "mid" | "low" {
  return percent >= 50 ? "high" : percent >= 20 ? "mid" : "low";
}

export function Risk({ percent, large }: { percent: number; large?: boolean }) {
  return (
    <div
      class={`risk risk-${level(percent)}${large ? " risk-large" : ""}`}
      role="img"
      aria-label={t("people.riskLabel", { percent })}
    >
      <span class="risk-number">{percent}</span>
      <span class="risk-track">
        <span class="risk-fill" style={{ width: `${percent}%` }} />
      </span>
    </div>
  );
}

const width = 96;
const height = 28;

export function Sparkline({ values }: { values: (number | null)[] }) {
  const last = values.at(-1) ?? 0;
  const top = Math.max(20, ...values.map((v) => v ?? 0));
  const step = width / Math.max(values.length - 1, 1);
  const at = values.flatMap((v, i) =>
    v === null ? [] : [[i * step, height - 3 - (v / top) * (height - 6)] as const],
  );
  const end = at.at(-1);
  return (
    <svg
      class={`spark spark-${level(last)}`}
      viewBox={`-3 0 ${width + 6} ${height}`}
      role="img"
      aria-label={t("people.trendLabel", { percent: last })}
    >
      <line x1="0" x2={width} y1={height - 3} y2={height - 3} class="spark-base" />
      {at.length > 1 && <polyline points={at.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ")} />}
      {end && <circle cx={end[0]} cy={end[1]} r="2.4" />}
    </svg>
  );
}

/** Points of a term, 0 to 10. */
export function Points({ value, most = 10 }: { value: number; most?: number }) {
  return (
    <span class="points">
      <span class="points-track" aria-hidden="true">
        <span class="points-fill" style={{ width: `${Math.min(100, (100 * value) / most)}%` }} />
      </span>
      <span class="points-number">{format.points2(value)}</span>
    </span>
  );
}
