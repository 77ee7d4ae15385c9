// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Language and appearance.
import { t } from "../i18n/index.ts";
import { language, theme, type Language, type Theme } from "../state.ts";
import { Choice } from "./field.tsx";

export function Switches() {
  return (
    <div class="switches">
      <Choice<Language>
        label={t("language.label")}
        hidden
        value={language.value}
        set={(value) => (language.value = value)}
        options={[
          { value: "en", text: "English" },
          { value: "zh", text: "简体中文" },
        ]}
      />
      <Choice<Theme>
        label={t("theme.label")}
        hidden
        value={theme.value}
        set={(value) => (theme.value = value)}
        options={[
          { value: "auto", text: t("theme.auto") },
          { value: "light", text: t("theme.light") },
          { value: "dark", text: t("theme.dark") },
        ]}
      />
    </div>
  );
}
