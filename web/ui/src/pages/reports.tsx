// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The audit report of a period, to be taken away.
import { useState } from "preact/hooks";
import { api } from "../api.ts";
import { plusDays } from "../format.ts";
import { t, type Key } from "../i18n/index.ts";
import { Choice } from "../parts/field.tsx";
import { Icon } from "../parts/icons.tsx";
import { Period } from "../parts/period.tsx";
import { Card, Heading, Notice, Shown } from "../parts/states.tsx";
import { useResource } from "../resource.ts";
import { language, type Language } from "../state.ts";

const periods: [Key, number][] = [
  ["reports.week", 7],
  ["reports.month", 30],
  ["reports.quarter", 90],
];

function Chooser({ newest }: { newest: string }) {
  const [from, setFrom] = useState(plusDays(newest, -29));
  const [to, setTo] = useState(newest);
  const [tongue, setTongue] = useState<Language>(language.value);
  return (
    <Card>
      <div class="form">
        <div class="actions">
          {periods.map(([key, days]) => (
            <button
              key={key}
              type="button"
              class="quiet"
              aria-pressed={to === newest && from === plusDays(newest, 1 - days)}
              onClick={() => {
                setFrom(plusDays(newest, 1 - days));
                setTo(newest);
              }}
            >
              {t(key)}
            </button>
          ))}
        </div>
        <Period from={from} to={to} setFrom={setFrom} setTo={setTo} />
        <Choice
          label={t("reports.language")}
          value={tongue}
          set={setTongue}
          options={[
            { value: "en", text: "English" },
            { value: "zh", text: "简体中文" },
          ]}
        />
        <a class="button" href={api.reportAddress(from, to, tongue)} download>
          <Icon name="download" />
          {t("reports.download")}
        </a>
        <Notice kind="info">{t("reports.note")}</Notice>
      </div>
    </Card>
  );
}

export function Reports() {
  const people = useResource(() => api.people({ limit: 1 }), []);
  return (
    <>
      <Heading title={t("reports.title")} lead={t("reports.lead")} />
      <Shown resource={people}>{(data) => <Chooser newest={data.as_of} />}</Shown>
    </>
  );
}
