// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Events by employee, object and period.
import { useState } from "preact/hooks";
import { t } from "../i18n/index.ts";
import { EventsTable } from "../parts/events-table.tsx";
import { Field, Form } from "../parts/field.tsx";
import { Period } from "../parts/period.tsx";
import { Card, Heading } from "../parts/states.tsx";
import { replaceQuery, route } from "../router.ts";

const names = ["employee", "object", "from", "to"] as const;

export function Events() {
  const asked = Object.fromEntries(names.map((n) => [n, route.value.query.get(n) ?? ""])) as Record<
    (typeof names)[number],
    string
  >;
  const [typed, setTyped] = useState(asked);
  const set = (name: (typeof names)[number]) => (value: string) =>
    setTyped({ ...typed, [name]: value });
  return (
    <>
      <Heading title={t("events.title")} lead={t("events.lead")} />
      <Form class="form-line" send={() => replaceQuery(typed)}>
        <Field label={t("events.employee")} value={typed.employee} set={set("employee")} />
        <Field label={t("events.object")} value={typed.object} set={set("object")} />
        <Period from={typed.from} to={typed.to} setFrom={set("from")} setTo={set("to")} />
        <button type="submit">{t("common.show")}</button>
      </Form>
      <Card flush>
        <EventsTable {...asked} withEmployee />
      </Card>
    </>
  );
}
