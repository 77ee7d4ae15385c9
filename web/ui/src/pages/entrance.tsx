// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Before one is in: the first run, and signing in.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import { t } from "../i18n/index.ts";
import { Field, Form } from "../parts/field.tsx";
import { Mark } from "../parts/mark.tsx";
import { errorText, Notice } from "../parts/states.tsx";
import { Switches } from "../parts/switches.tsx";
import { session } from "../state.ts";
import type { Session } from "../types.ts";

function Frame(props: { title: string; lead: string; children: ComponentChildren }) {
  return (
    <div class="entrance">
      <main id="main" class="entrance-card" tabIndex={-1}>
        <p class="brand">
          <Mark />
          {t("app.name")}
        </p>
        <h1>{props.title}</h1>
        <p class="muted">{props.lead}</p>
        {props.children}
      </main>
      <Switches />
    </div>
  );
}

function useSend(call: () => Promise<Session>): [() => void, ApiError | undefined, boolean] {
  const [state, setState] = useState<{ error?: ApiError; busy?: boolean }>({});
  const send = (): void => {
    setState({ busy: true });
    call().then(
      (answer) => {
        session.value = answer;
      },
      (error: ApiError) => setState({ error }),
    );
  };
  return [send, state.error, state.busy ?? false];
}

export function FirstRun() {
  const [typed, setTyped] = useState({ token: "", name: "", password: "" });
  const [send, error, busy] = useSend(() =>
    api.setup(typed.token.trim(), typed.name, typed.password),
  );
  const wrong = (field: string) => (error?.field === field ? errorText(error) : undefined);
  const general = error && !error.field;
  return (
    <Frame title={t("setup.title")} lead={t("setup.lead")}>
      <Form send={send}>
        {general && (
          <Notice kind="warn">
            {error.code === "credentials" ? t("setup.wrongToken") : errorText(error)}
          </Notice>
        )}
        <Field
          label={t("setup.token")} help={t("setup.tokenHelp")} required focus
          value={typed.token} set={(token) => setTyped({ ...typed, token })}
        />
        <Field
          label={t("signIn.name")} help={t("password.ruleName")} error={wrong("name")} required
          autocomplete="username" maxLength={64}
          value={typed.name} set={(name) => setTyped({ ...typed, name })}
        />
        <Field
          type="password" label={t("signIn.password")} help={t("password.rule")}
          error={wrong("password")} required autocomplete="new-password"
          value={typed.password} set={(password) => setTyped({ ...typed, password })}
        />
        <button type="submit" disabled={busy}>
          {t("setup.submit")}
        </button>
      </Form>
    </Frame>
  );
}

export function SignIn() {
  const [typed, setTyped] = useState({ name: "", password: "" });
  const [send, error, busy] = useSend(() => api.signIn(typed.name, typed.password));
  return (
    <Frame title={t("signIn.title")} lead={t("app.tagline")}>
      <Form send={send}>
        {error && <Notice kind="warn">{errorText(error)}</Notice>}
        <Field
          label={t("signIn.name")} required focus autocomplete="username" maxLength={64}
          value={typed.name} set={(name) => setTyped({ ...typed, name })}
        />
        <Field
          type="password" label={t("signIn.password")} required autocomplete="current-password"
          value={typed.password} set={(password) => setTyped({ ...typed, password })}
        />
        <button type="submit" disabled={busy}>
          {t("signIn.submit")}
        </button>
        <p class="muted small">{t("signIn.note")}</p>
      </Form>
    </Frame>
  );
}
