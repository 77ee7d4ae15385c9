// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Day scores as bars, with the ordinary band, the alert value and the alert threshold. The list of
// days beside it is the way in for keyboards; the chart can be clicked too.
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { day as dayText, points2 } from "../format.ts";
import { t } from "../i18n/index.ts";
import { drawn, language } from "../state.ts";
import type { DayPoint } from "../types.ts";

const ordinary = 4;
const second = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function band(u: uPlot): void {
  const top = u.valToPos(ordinary, "y", true);
  const bottom = u.valToPos(0, "y", true);
  u.ctx.save();
  u.ctx.fillStyle = colour("--band");
  u.ctx.fillRect(u.bbox.left, top, u.bbox.width, bottom - top);
  u.ctx.restore();
}

function chosen(u: uPlot, day: string | undefined): void {
  if (!day) return;
  const x = u.valToPos(second(day), "x", true);
  u.ctx.save();
  u.ctx.strokeStyle = colour("--accent");
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  u.ctx.beginPath();
  u.ctx.moveTo(x, u.bbox.top);
  u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
  u.ctx.stroke();
  u.ctx.restore();
}

function options(width: number, days: DayPoint[], selected: () => string | undefined): uPlot.Options {
  const muted = colour("--muted");
  const font = `11px ${colour("--font")}`;
  const axis = { stroke: muted, font, ticks: { show: false }, grid: { stroke: colour("--line"), width: 1 } };
  const short = new Intl.DateTimeFormat(language.value === "zh" ? "zh-CN" : "en-GB", {
    day: "numeric", month: "short", timeZone: "UTC",
  });
  return {
    width,
    height: 220,
    padding: [12, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_, least, most) => [least - 43200, most + 43200] },
      y: { range: (_, __, most) => [0, Math.max(12, (most ?? 0) * 1.08)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 64,
        splits: (_, __, least, most) => {
          const step = 86400 * Math.max(1, Math.ceil((most - least) / 86400 / Math.max(2, width / 76)));
          const from = Math.ceil(least / 86400) * 86400;
          return Array.from({ length: Math.floor((most - from) / step) + 1 }, (___, i) => from + i * step);
        },
        values: (_, splits) => splits.map((s) => short.format(new Date(s * 1000))),
      },
      { ...axis, size: 34, values: (_, splits) => splits.map((s) => String(s)) },
    ],
    series: [
      {},
      {
        label: t("person.legendScore"),
        fill: colour("--bar"),
        width: 0,
        paths: uPlot.paths.bars!({ size: [0.62, 22] }),
        points: { show: false },
      },
      { label: t("person.legendAlert"), stroke: colour("--mid"), width: 1.5, points: { show: days.length < 2 } },
      {
        label: t("person.legendTheta"),
        stroke: colour("--high"),
        width: 1,
        dash: [6, 4],
        points: { show: false },
        paths: uPlot.paths.stepped!({ align: 1 }),
      },
    ],
    hooks: { drawClear: [band], draw: [(u) => chosen(u, selected())] },
  };
}

function column(days: DayPoint[]): uPlot.AlignedData {
  return [
    days.map((d) => second(d.day)),
    days.map((d) => d.score),
    days.map((d) => d.alert_value),
    days.map((d) => d.theta),
  ];
}

export function ScoreChart(props: {
  days: DayPoint[];
  selected: string | undefined;
  choose: (day: string) => void;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const tip = useRef<HTMLOutputElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const plot = useRef<uPlot>(undefined);
  const turn = drawn.value;
  const tongue = language.value;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const days = props.days;
    const made = new uPlot(
      options(element.clientWidth, days, () => latest.current.selected),
      column(days),
      element,
    );
    plot.current = made;
    const at = (): DayPoint | undefined =>
      made.cursor.idx === null || made.cursor.idx === undefined ? undefined : days[made.cursor.idx];
    const show = (): void => {
      const d = at();
      if (tip.current) {
        tip.current.textContent = d
          ? `${dayText(d.day)}   ${t("day.score", { score: points2(d.score) })}   ${t("day.threshold", { theta: points2(d.theta) })}`
          : "";
      }
    };
    const pick = (): void => {
      const d = at();
      if (d) latest.current.choose(d.day);
    };
    made.over.addEventListener("mousemove", show);
    made.over.addEventListener("click", pick);
    const watch = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: 220 }),
    );
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
    };
  }, [props.days, turn, tongue]);

  useEffect(() => plot.current?.redraw(false), [props.selected]);

  return (
    <div class="chart">
      <div ref={frame} role="img" aria-label={t("person.chartLabel")} />
      <div class="chart-foot">
        <ul class="legend">
          <li class="legend-score">{t("person.legendScore")}</li>
          <li class="legend-alert">{t("person.legendAlert")}</li>
          <li class="legend-theta">{t("person.legendTheta")}</li>
          <li class="legend-band">{t("person.legendBand")}</li>
        </ul>
        <output ref={tip} class="muted" />
      </div>
    </div>
  );
}
