// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The chart's library is half of all code: it is fetched with the first page that draws one.
import { useEffect, useState } from "preact/hooks";
import type { ScoreChart } from "./score-chart.tsx";
import { Loading } from "./states.tsx";

let fetched: typeof ScoreChart | undefined;

export function LazyChart(props: Parameters<typeof ScoreChart>[0]) {
  const [, setReady] = useState(false);
  useEffect(() => {
    if (fetched) return;
    import("./score-chart.tsx").then((module) => {
      fetched = module.ScoreChart;
      setReady(true);
    }, () => undefined);
  }, []);
  const Chart = fetched;
  return Chart ? <Chart {...props} /> : <Loading lines={5} />;
}
