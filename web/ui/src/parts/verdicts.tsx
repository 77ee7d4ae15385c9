// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The verdicts on a person's days with what each changed, and the form that gives one. Analysts
// give them; everybody sees them.
import { useState } from "preact/hooks";
import { api, ApiError } from "../api.ts";
import * as format from "../format.ts";
import { t } from "../i18n/index.ts";
import { useResource } from "../resource.ts";
import { may } from "../state.ts";
import type { Verdict, VerdictKind } from "../types.ts";
import { Choice, Field, Form } from "./field.tsx";
import { Card, errorText, Notice, Shown, Tag } from "./states.tsx";

const kinds: VerdictKind[] = ["benign", "watch", "confirmed"];

function effect(v: Verdict): string {
  if (!v.done) return t("verdict.waiting");
  if (v.days_again === 0) return t("verdict.noEffect");
  return t("verdict.effect", {
    before: format.points2(v.weight_before),
    after: format.points2(v.weight_after),
    days: v.days_again,
  });
}

function Given({ rows }: { rows: Verdict[] }) {
  if (rows.length === 0) return <p class="muted">{t("verdict.none")}</p>;
  return (
    <ul class="verdicts">
      {[...rows].reverse().map((v) => (
        <li key={v.number}>
          <p>
            <Tag kind={v.kind === "confirmed" ? "bad" : ""}>{t(`verdict.${v.kind}`)}</Tag>{" "}
            <strong>{format.day(v.day)}</strong> {v.reason}
          </p>
          <small class="muted">
            {[v.who, format.time(v.time), effect(v)].join(" · ")}
          </small>
        </li>
      ))}
    </ul>
  );
}

function Give(props: { employee: string; day: string; given: () => void }) {
  const [kind, setKind] = useState<VerdictKind>("benign");
  const [reason, setReason] = useState("");
  const [told, setTold] = useState("");
  const [failed, setFailed] = useState("");
  const send = async () => {
    setTold("");
    setFailed("");
    try {
      await api.giveVerdict(props.employee, props.day, kind, reason);
      setReason("");
      setTold(t("verdict.given"));
      setTimeout(props.given, 1500); // the analyzer takes it in within a second
    } catch (error) {
      setFailed(error instanceof ApiError ? errorText(error) : String(error));
    }
  };
  return (
    <Form class="form" send={() => void send()}>
      <Choice
        label={t("verdict.choose", { day: format.day(props.day) })} value={kind} set={setKind}
        options={kinds.map((k) => ({ value: k, text: `${t(`verdict.${k}`)} – ${t(`verdict.${k}Help`)}` }))}
      />
      <Field label={t("verdict.reason")} required maxLength={300} value={reason} set={setReason} />
      <div class="actions">
        <button type="submit">{t("verdict.give")}</button>
      </div>
      {told && <Notice kind="info">{told}</Notice>}
      {failed && <Notice kind="warn">{failed}</Notice>}
    </Form>
  );
}

export function Verdicts({ employee, day }: { employee: string; day: string }) {
  const [turn, setTurn] = useState(0);
  const verdicts = useResource(() => api.verdicts(employee), [employee, turn]);
  return (
    <Card title={t("verdict.title")} note={t("verdict.note")}>
      <Shown resource={verdicts} lines={2}>
        {(data) => <Given rows={data.rows} />}
      </Shown>
      {may("analyst") && (
        <Give employee={employee} day={day} given={() => setTurn((n) => n + 1)} />
      )}
    </Card>
  );
}
