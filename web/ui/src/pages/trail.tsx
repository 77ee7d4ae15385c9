// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The console's own audit trail, for admins.
import { useState } from "preact/hooks";
import { api } from "../api.ts";
import * as format from "../format.ts";
import { named, t } from "../i18n/index.ts";
import { Hash } from "../parts/hash.tsx";
import { Card, Failure, Heading, Loading, Notice } from "../parts/states.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { usePages } from "../resource.ts";
import type { TrailEntry } from "../types.ts";

function columns(): Column<TrailEntry>[] {
  return [
    { head: t("trail.number"), number: true, cell: (e) => format.count(e.number) },
    { head: t("common.time"), cell: (e) => <time dateTime={e.time}>{format.time(e.time)}</time> },
    { head: t("trail.who"), cell: (e) => <strong>{e.who || "–"}</strong> },
    { head: t("trail.address"), cell: (e) => e.address },
    { head: t("trail.what"), cell: (e) => named("trail", e.action) },
    { head: t("trail.object"), wide: true, cell: (e) => e.object },
    { head: t("trail.hash"), cell: (e) => <Hash value={e.hash} /> },
  ];
}

export function Trail() {
  const [whole, setWhole] = useState<boolean>();
  const pages = usePages(async (before: number | undefined) => {
    const page = await api.trail(before);
    setWhole(page.whole);
    return page;
  }, []);
  return (
    <>
      <Heading title={t("trail.title")} lead={t("trail.lead")} />
      {whole === true && <Notice kind="good">{t("trail.whole")}</Notice>}
      {whole === false && <Notice kind="warn">{t("trail.broken")}</Notice>}
      {pages.error && <Failure error={pages.error} />}
      {pages.rows.length === 0 && pages.loading && <Loading />}
      {pages.rows.length > 0 && (
        <Card flush>
          <Table label={t("trail.title")} columns={columns()} rows={pages.rows} id={(e) => e.number} />
        </Card>
      )}
      {pages.more && (
        <button type="button" class="quiet below" disabled={pages.loading} onClick={pages.next}>
          {t("common.more")}
        </button>
      )}
    </>
  );
}
