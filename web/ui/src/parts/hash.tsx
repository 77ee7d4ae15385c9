// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// A hash, shortened; the whole can be copied.
import { useState } from "preact/hooks";
import { t } from "../i18n/index.ts";

export function Hash({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  if (value === "") return null;
  return (
    <button
      type="button"
      class="hash"
      title={`${value} – ${t("common.copy")}`}
      onClick={() => {
        navigator.clipboard.writeText(value).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 1500);
        }, () => undefined);
      }}
    >
      {copied ? t("common.copied") : `${value.slice(0, 8)}…${value.slice(-4)}`}
    </button>
  );
}
