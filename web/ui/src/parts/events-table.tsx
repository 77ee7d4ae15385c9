// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Events page by page, for a day of one person or for a query.
import { useState } from "preact/hooks";
import { api } from "../api.ts";
import * as format from "../format.ts";
import { named, t } from "../i18n/index.ts";
import { usePages } from "../resource.ts";
import { link } from "../router.ts";
import type { AccessEvent } from "../types.ts";
import { Empty, Failure, Loading, Tag } from "./states.tsx";
import { Table, type Column } from "./table.tsx";

const known = (value: number | null): string => (value === null ? "" : format.count(value));

function What({ event }: { event: AccessEvent }) {
  return (
    <div class="reason">
      <code>{event.statement || event.objects.join(", ")}</code>
      {event.error && <span class="wrong">{event.error}</span>}
      {event.gaps.length > 0 && (
        <span class="muted">
          {t("events.gap", { gaps: event.gaps.map((gap) => named("gap", gap)).join(", ") })}
        </span>
      )}
    </div>
  );
}

function columns(withEmployee: boolean): Column<AccessEvent>[] {
  const all: (Column<AccessEvent> | false)[] = [
    { head: t("common.time"), cell: (e) => <time dateTime={e.time}>{format.time(e.time)}</time> },
    withEmployee && {
      head: t("common.employee"),
      cell: (e) => <a href={link(["people", e.employee])}>{e.employee}</a>,
    },
    { head: t("common.asset"), cell: (e) => e.asset },
    { head: t("common.account"), cell: (e) => e.account },
    {
      head: t("common.action"),
      cell: (e) => (
        <>
          {e.action} {e.outcome === "failure" && <Tag kind="bad">{t("outcome.failure")}</Tag>}
        </>
      ),
    },
    { head: t("events.statement"), wide: true, cell: (e) => <What event={e} /> },
    { head: t("common.rows"), number: true, cell: (e) => known(e.rows) },
    { head: t("events.subjects"), number: true, cell: (e) => known(e.subjects) },
  ];
  return all.filter((c) => c !== false);
}

export function EventsTable(props: {
  employee?: string;
  object?: string;
  from: string;
  to: string;
  withEmployee: boolean;
  first?: number;
}) {
  const { employee, object, from, to } = props;
  const pages = usePages(
    (after: string | undefined) =>
      api.events({
        from, to,
        ...(employee && { employee }), ...(object && { object }), ...(after && { after }),
      }),
    [employee, object, from, to],
  );
  const [opened, setOpened] = useState(false);
  const first = opened ? Infinity : (props.first ?? Infinity);
  const rows = pages.rows.slice(0, first);
  const hidden = rows.length < pages.rows.length;
  if (pages.error) return <Failure error={pages.error} />;
  if (pages.rows.length === 0)
    return pages.loading ? <Loading /> : <Empty text={t("events.empty")} />;
  return (
    <>
      <Table
        label={t("events.title")}
        columns={columns(props.withEmployee)}
        rows={rows}
        id={(e, at) => `${e.session}/${e.seq}/${at}`}
      />
      {(hidden || pages.more) && (
        <button
          type="button" class="quiet below" disabled={pages.loading}
          onClick={() => (hidden ? setOpened(true) : pages.next())}
        >
          {t("common.more")}
        </button>
      )}
    </>
  );
}
