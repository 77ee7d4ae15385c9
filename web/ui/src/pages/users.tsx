// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The console's own users, for admins.
import { useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import * as format from "../format.ts";
import { t } from "../i18n/index.ts";
import { Choice, Field, Form } from "../parts/field.tsx";
import { Card, errorText, Heading, Notice, Shown, Tag } from "../parts/states.tsx";
import { Table, type Column } from "../parts/table.tsx";
import { useResource } from "../resource.ts";
import { session } from "../state.ts";
import type { ConsoleUser, Role } from "../types.ts";

type Change = { role?: Role; disabled?: boolean; password?: string };

export function roleOptions(): { value: Role; text: string }[] {
  return [
    { value: "viewer", text: `${t("role.viewer")} – ${t("role.viewerHelp")}` },
    { value: "analyst", text: `${t("role.analyst")} – ${t("role.analystHelp")}` },
    { value: "admin", text: `${t("role.admin")} – ${t("role.adminHelp")}` },
  ];
}

function PasswordForm({ name, done }: { name: string; done: (password?: string) => void }) {
  const [password, setPassword] = useState("");
  return (
    <Form class="form" send={() => done(password)}>
      <Field
        type="password" label={`${t("users.newPassword")}: ${name}`} help={t("password.rule")}
        autocomplete="new-password" required focus value={password} set={setPassword}
      />
      <div class="actions">
        <button type="submit">{t("common.save")}</button>
        <button type="button" class="quiet" onClick={() => done()}>
          {t("common.cancel")}
        </button>
      </div>
    </Form>
  );
}

function Actions(props: { user: ConsoleUser; change: (c: Change) => void; ask: () => void }) {
  const { user, change } = props;
  return (
    <span class="actions">
      <button type="button" class="quiet" onClick={() => change({ disabled: !user.disabled })}>
        {t(user.disabled ? "users.enable" : "users.disable")}
      </button>
      <button type="button" class="quiet" onClick={props.ask}>
        {t("users.newPassword")}
      </button>
    </span>
  );
}

function columns(
  change: (user: ConsoleUser, c: Change) => void,
  ask: (user: ConsoleUser) => void,
): Column<ConsoleUser>[] {
  return [
    {
      head: t("users.name"),
      cell: (u) => (
        <>
          <strong>{u.name}</strong> {u.name === session.value?.name && <Tag>{t("users.you")}</Tag>}
        </>
      ),
    },
    {
      head: t("role.label"),
      cell: (u) => (
        <Choice
          label={t("role.label")} hidden value={u.role} set={(role) => change(u, { role })}
          options={(["viewer", "analyst", "admin"] as const).map((r) => ({
            value: r, text: t(`role.${r}`),
          }))}
        />
      ),
    },
    {
      head: t("users.state"),
      cell: (u) => (
        <Tag kind={u.disabled ? "learning" : "good"}>
          {t(u.disabled ? "users.disabled" : "users.enabled")}
        </Tag>
      ),
    },
    { head: t("users.created"), cell: (u) => format.time(u.created) },
    {
      head: t("users.lastSignIn"),
      cell: (u) => (u.last_sign_in ? format.time(u.last_sign_in) : t("users.never")),
    },
    { head: "", cell: (u) => <Actions user={u} change={(c) => change(u, c)} ask={() => ask(u)} /> },
  ];
}

function AddForm({ done }: { done: (name: string) => void }) {
  const [typed, setTyped] = useState({ name: "", role: "viewer" as Role, password: "" });
  const [error, setError] = useState<ApiError>();
  const send = (): void => {
    api.addUser(typed.name, typed.role, typed.password).then(
      (user) => {
        setTyped({ name: "", role: "viewer", password: "" });
        setError(undefined);
        done(user.name);
      },
      (e: ApiError) => setError(e),
    );
  };
  const wrong = (field: string) => (error?.field === field ? errorText(error) : undefined);
  return (
    <Card title={t("users.add")}>
      <Form class="form-line" send={send}>
        <Field
          label={t("users.name")} help={t("password.ruleName")} error={wrong("name")} required
          maxLength={64} value={typed.name} set={(name) => setTyped({ ...typed, name })}
        />
        <Choice
          label={t("role.label")} value={typed.role}
          set={(role) => setTyped({ ...typed, role })} options={roleOptions()}
        />
        <Field
          type="password" label={t("users.password")} help={t("password.rule")}
          error={wrong("password")} required autocomplete="new-password"
          value={typed.password} set={(password) => setTyped({ ...typed, password })}
        />
        <button type="submit">{t("users.add")}</button>
      </Form>
      {error && !error.field && <p class="wrong" role="alert">{errorText(error)}</p>}
    </Card>
  );
}

export function Users() {
  const users = useResource(() => api.users(), []);
  const [said, setSaid] = useState<{ good?: string; error?: ApiError }>({});
  const [asked, setAsked] = useState<ConsoleUser>();
  const told = (name: string, key: "users.added" | "users.changed") => {
    setSaid({ good: t(key, { name }) });
    users.reload();
  };
  const change = (user: ConsoleUser, c: Change): void => {
    api.changeUser(user.name, c).then(
      () => told(user.name, "users.changed"),
      (error: ApiError) => {
        setSaid({ error });
        users.reload();
      },
    );
  };
  return (
    <>
      <Heading title={t("users.title")} />
      {said.good && <Notice kind="good">{said.good}</Notice>}
      {said.error && <Notice kind="warn">{errorText(said.error)}</Notice>}
      {asked && (
        <Card>
          <PasswordForm
            name={asked.name}
            done={(password) => {
              if (password) change(asked, { password });
              setAsked(undefined);
            }}
          />
        </Card>
      )}
      <Shown resource={users}>
        {(data) => (
          <Card flush>
            <Table
              label={t("users.title")} columns={columns(change, setAsked)}
              rows={data.rows} id={(u) => u.name}
            />
          </Card>
        )}
      </Shown>
      <AddForm done={(name) => told(name, "users.added")} />
    </>
  );
}
