// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Two dates side by side.
import { t } from "../i18n/index.ts";
import { Field } from "./field.tsx";

export function Period(props: {
  from: string;
  to: string;
  setFrom: (day: string) => void;
  setTo: (day: string) => void;
}) {
  return (
    <div class="period">
      <Field type="date" label={t("common.from")} value={props.from} set={props.setFrom} />
      <Field type="date" label={t("common.to")} value={props.to} set={props.setTo} />
    </div>
  );
}
