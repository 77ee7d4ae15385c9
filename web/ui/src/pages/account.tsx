// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// One's own account: the password.
import { useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import { t } from "../i18n/index.ts";
import { Field, Form } from "../parts/field.tsx";
import { Card, errorText, Heading, Notice } from "../parts/states.tsx";
import { session } from "../state.ts";

export function Account() {
  const [typed, setTyped] = useState({ before: "", after: "" });
  const [said, setSaid] = useState<{ done?: boolean; error?: ApiError }>({});
  const wrong = (field: string) =>
    said.error?.field === field ? errorText(said.error) : undefined;
  const send = (): void => {
    api.changePassword(typed.before, typed.after).then(
      (answer) => {
        session.value = answer;
        setTyped({ before: "", after: "" });
        setSaid({ done: true });
      },
      (error: ApiError) => setSaid({ error }),
    );
  };
  return (
    <>
      <Heading title={t("nav.account")} lead={session.value?.name ?? ""} />
      {said.done && <Notice kind="good">{t("password.done")}</Notice>}
      {said.error && !said.error.field && <Notice kind="warn">{errorText(said.error)}</Notice>}
      <Card title={t("password.title")}>
        <Form send={send}>
          <Field
            type="password" label={t("password.old")} autocomplete="current-password" required
            error={wrong("old_password")} value={typed.before}
            set={(before) => setTyped({ ...typed, before })}
          />
          <Field
            type="password" label={t("password.new")} autocomplete="new-password" required
            help={t("password.rule")} error={wrong("new_password")} value={typed.after}
            set={(after) => setTyped({ ...typed, after })}
          />
          <button type="submit">{t("common.save")}</button>
        </Form>
      </Card>
    </>
  );
}
