// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Who saw one customer. The key stays in this form and in the body of one request.
import { useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import * as format from "../format.ts";
import { t } from "../i18n/index.ts";
import { Field, Form } from "../parts/field.tsx";
import { Hash } from "../parts/hash.tsx";
import { Period } from "../parts/period.tsx";
import { Card, Empty, Failure, Heading, Loading, Notice } from "../parts/states.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { link } from "../router.ts";
import type { View, WhoSaw as Answer } from "../types.ts";

interface Total { employee: string; name: string; department: string; views: number; dwell: number; last: string }

function totals(views: View[]): Total[] {
  const all = new Map<string, Total>();
  for (const view of views) {
    const one = all.get(view.employee) ?? {
      employee: view.employee, name: view.name, department: view.department,
      views: 0, dwell: 0, last: view.start,
    };
    one.views++;
    one.dwell += view.dwell_s;
    one.last = view.start > one.last ? view.start : one.last;
    all.set(view.employee, one);
  }
  return [...all.values()].sort((a, b) => b.dwell - a.dwell || b.views - a.views);
}

function Who({ view }: { view: { employee: string; name: string } }) {
  return (
    <div class="reason">
      <a href={link(["people", view.employee])}>{view.name || view.employee}</a>
      {view.name && <span class="muted">{view.employee}</span>}
    </div>
  );
}

function totalColumns(): Column<Total>[] {
  return [
    { head: t("common.employee"), cell: (p) => <Who view={p} /> },
    { head: t("common.department"), cell: (p) => p.department },
    { head: t("common.views"), number: true, cell: (p) => format.count(p.views) },
    { head: t("common.dwell"), number: true, cell: (p) => format.seconds(p.dwell) },
    { head: t("common.last"), cell: (p) => format.time(p.last) },
  ];
}

function viewColumns(): Column<View>[] {
  return [
    { head: t("common.time"), cell: (v) => <time dateTime={v.start}>{format.time(v.start)}</time> },
    { head: t("common.employee"), cell: (v) => <Who view={v} /> },
    {
      head: t("common.dwell"), number: true,
      cell: (v) => (
        <span title={v.cut ? t("whoSaw.cutDwell") : undefined}>
          {v.cut ? "≥ " : ""}
          {format.seconds(v.dwell_s)}
        </span>
      ),
    },
    {
      head: t("whoSaw.through"), wide: true,
      cell: (v) => (
        <div class="reason">
          <span>{v.object}</span>
          <span class="muted">
            {v.asset} · {t(v.database ? "whoSaw.database" : "whoSaw.page")}
          </span>
        </div>
      ),
    },
  ];
}

function Result({ answer }: { answer: Answer }) {
  const people = totals(answer.views);
  return (
    <>
      <p class="muted">
        {t("whoSaw.hash")} <Hash value={answer.subject} />
      </p>
      {answer.views.length === 0 ? (
        <Empty text={t("whoSaw.empty")} />
      ) : (
        <>
          <Card
            flush
            title={people.length === 1 ? t("whoSaw.one") : t("whoSaw.people", { count: people.length })}
          >
            <Table label={t("common.employee")} columns={totalColumns()} rows={people} id={(p) => p.employee} />
          </Card>
          <Card flush title={t("whoSaw.views", { count: format.count(answer.views.length) })}>
            <Table
              label={t("common.views")} columns={viewColumns()}
              rows={[...answer.views].reverse()} id={(_, at) => at}
            />
          </Card>
          {answer.cut && <Notice kind="info">{t("common.cut")}</Notice>}
        </>
      )}
    </>
  );
}

export function WhoSaw() {
  const [typed, setTyped] = useState({ subject: "", space: "", from: "", to: "" });
  const [state, setState] = useState<{ answer?: Answer; error?: ApiError; loading?: boolean }>({});
  const set = (name: keyof typeof typed) => (value: string) => setTyped({ ...typed, [name]: value });
  const ask = (): void => {
    setState({ loading: true });
    api.whoSaw(typed.subject, typed.space, typed.from, typed.to).then(
      (answer) => setState({ answer }),
      (error: ApiError) => setState({ error }),
    );
  };
  return (
    <>
      <Heading title={t("whoSaw.title")} lead={t("whoSaw.lead")} />
      <Form class="form-line" send={ask}>
        <Field
          label={t("whoSaw.subject")} help={t("whoSaw.subjectHelp")} required maxLength={128}
          value={typed.subject} set={set("subject")}
        />
        <Field
          label={t("whoSaw.space")} help={t("whoSaw.spaceHelp")} maxLength={128}
          value={typed.space} set={set("space")}
        />
        <Period from={typed.from} to={typed.to} setFrom={set("from")} setTo={set("to")} />
        <button type="submit" disabled={state.loading}>
          {t("whoSaw.submit")}
        </button>
      </Form>
      {state.loading && <Loading />}
      {state.error && <Failure error={state.error} />}
      {state.answer && <Result answer={state.answer} />}
    </>
  );
}
