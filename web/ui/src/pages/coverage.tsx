// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Coverage and blind spots: what could be seen, by source, and the accounts without a name.
import { useState } from "preact/hooks";
import { api } from "../api.ts";
import * as format from "../format.ts";
import { named, t } from "../i18n/index.ts";
import { Form } from "../parts/field.tsx";
import { Period } from "../parts/period.tsx";
import { Card, Empty, Heading, Shown } from "../parts/states.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { useResource } from "../resource.ts";
import type { BlindSpot, Coverage as Answer, CoverageRow, LedgerRow, UnresolvedAccount } from "../types.ts";

function Share({ row }: { row: CoverageRow }) {
  const share = row.events ? (row.events - row.incomplete) / row.events : 0;
  return (
    <span class="points">
      <span class="points-track" aria-hidden="true">
        <span class="points-fill points-good" style={{ width: `${100 * share}%` }} />
      </span>
      <span class="points-number">{row.events ? format.share(share) : "–"}</span>
    </span>
  );
}

function causes(missing: Record<string, number>): string {
  return Object.entries(missing)
    .filter(([, points]) => points >= 0.05)
    .map(([cause, points]) => `−${points.toFixed(1)} ${named("cause", cause)}`)
    .join(", ");
}

// What the points are charged for, as counts.
function counts(r: LedgerRow): string {
  const parts: [number, string][] = [
    [r.dropped, "dropped"], [r.lost, "lost"], [r.encrypted, "encrypted"],
    [r.undecoded, "undecoded"], [r.partly, "partly"],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, cause]) => `${named("cause", cause)} ${format.count(count)}`)
    .join(", ");
}

function assetColumns(): Column<LedgerRow>[] {
  return [
    { head: t("common.asset"), cell: (r) => <strong>{r.asset}</strong> },
    { head: t("coverage.source"), cell: (r) => r.source || "–" },
    { head: t("coverage.points"), number: true, cell: (r) => r.number.toFixed(1) },
    { head: t("coverage.missing"), wide: true, cell: (r) => causes(r.missing) },
    {
      head: t("coverage.watched"), number: true,
      cell: (r) => (r.expected_s ? format.share(r.watched_s / r.expected_s) : "–"),
    },
    { head: t("coverage.sessions"), number: true, cell: (r) => format.count(r.sessions + r.undecoded) },
    { head: t("common.events"), number: true, cell: (r) => format.count(r.statements) },
    {
      head: t("coverage.known"), number: true,
      cell: (r) => (r.statements ? format.share((r.statements - r.unresolved) / r.statements) : "–"),
    },
    { head: t("coverage.counts"), wide: true, cell: counts },
  ];
}

function spotColumns(): Column<BlindSpot>[] {
  return [
    { head: t("coverage.spot"), cell: (s) => <strong>{named("spot", s.kind)}</strong> },
    {
      head: t("coverage.where"), wide: true,
      cell: (s) => `${s.asset || s.source}${s.port ? `:${s.port}` : ""}`,
    },
    { head: t("coverage.source"), cell: (s) => s.source || "–" },
    { head: t("coverage.sessions"), number: true, cell: (s) => (s.sessions ? format.count(s.sessions) : "–") },
    { head: t("coverage.since"), cell: (s) => (s.since ? format.time(s.since) : "–") },
  ];
}

function Ledger({ data }: { data: Answer }) {
  return (
    <>
      <Card title={t("coverage.assets")} flush>
        {data.assets.length === 0 ? (
          <Empty text={t("coverage.none")} />
        ) : (
          <Table
            label={t("coverage.assets")} columns={assetColumns()}
            rows={data.assets} id={(r) => `${r.asset} ${r.source}`}
          />
        )}
      </Card>
      <Card title={t("coverage.spots")} flush>
        {data.blind_spots.length === 0 ? (
          <Empty text={t("coverage.spotsNone")} />
        ) : (
          <Table
            label={t("coverage.spots")} columns={spotColumns()}
            rows={data.blind_spots} id={(s) => `${s.kind} ${s.asset} ${s.source} ${s.port ?? ""}`}
          />
        )}
      </Card>
    </>
  );
}

function sourceColumns(): Column<CoverageRow>[] {
  return [
    { head: t("common.asset"), cell: (r) => <strong>{r.asset}</strong> },
    { head: t("coverage.source"), cell: (r) => r.source },
    { head: t("common.events"), number: true, cell: (r) => format.count(r.events) },
    { head: t("coverage.share"), number: true, cell: (r) => <Share row={r} /> },
    {
      head: t("coverage.gaps"), wide: true,
      cell: (r) =>
        Object.entries(r.gaps)
          .map(([gap, count]) => `${named("gap", gap)} ${format.count(count)}`)
          .join(", "),
    },
    { head: t("coverage.unresolved"), number: true, cell: (r) => format.count(r.unresolved) },
    { head: t("common.last"), cell: (r) => format.time(r.last) },
  ];
}

function accountColumns(): Column<UnresolvedAccount>[] {
  return [
    { head: t("common.account"), cell: (a) => <strong>{a.account}</strong> },
    { head: t("common.asset"), cell: (a) => a.asset },
    { head: t("role.label"), cell: (a) => named("kind", a.kind) },
    { head: t("common.events"), number: true, cell: (a) => format.count(a.events) },
    { head: t("coverage.address"), cell: (a) => a.last_address },
    { head: t("common.last"), cell: (a) => format.time(a.last) },
  ];
}

function Facts({ data }: { data: Answer }) {
  const facts: [string, string][] = [
    [t("coverage.number"), data.assets.length ? data.number.toFixed(1) : "–"],
    [t("coverage.missing"), causes(data.missing) || "–"],
    [t("coverage.newest"), format.time(data.newest)],
    [t("coverage.committed"), format.time(data.committed)],
    [t("coverage.total"), format.count(data.events)],
    [t("coverage.late"), format.count(data.late)],
    [t("coverage.duplicates"), format.count(data.duplicates)],
    [t("coverage.refused"), format.count(data.refused)],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="small">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Coverage() {
  const [asked, setAsked] = useState({ from: "", to: "" });
  const [typed, setTyped] = useState(asked);
  const coverage = useResource(() => api.coverage(asked.from, asked.to), [asked]);
  return (
    <>
      <Heading title={t("coverage.title")} lead={t("coverage.lead")} />
      <Form class="form-line" send={() => setAsked(typed)}>
        <Period
          from={typed.from || (coverage.data?.from ?? "")}
          to={typed.to || (coverage.data?.to ?? "")}
          setFrom={(from) => setTyped({ ...typed, from })}
          setTo={(to) => setTyped({ ...typed, to })}
        />
        <button type="submit">{t("common.show")}</button>
      </Form>
      <Shown resource={coverage}>
        {(data) => (
          <>
            <Facts data={data} />
            <Ledger data={data} />
            <Card title={t("coverage.sources")} flush>
              {data.sources.length === 0 ? (
                <Empty text={t("coverage.none")} />
              ) : (
                <Table
                  label={t("coverage.sources")} columns={sourceColumns()}
                  rows={data.sources} id={(r) => `${r.asset} ${r.source}`}
                />
              )}
            </Card>
            <Card title={t("coverage.accounts")} flush>
              {data.accounts.length === 0 ? (
                <Empty text={t("coverage.accountsNone")} />
              ) : (
                <Table
                  label={t("coverage.accounts")} columns={accountColumns()}
                  rows={data.accounts} id={(a) => `${a.asset} ${a.account}`}
                />
              )}
            </Card>
          </>
        )}
      </Shown>
    </>
  );
}
