// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Texts in the reader's language. Reading one inside a component makes it follow the switch.
import { language } from "../state.ts";
import type { Both } from "../types.ts";
import { en, type Key } from "./en.ts";
import { zh } from "./zh.ts";

export type { Key };

export function t(key: Key, values: Record<string, string | number> = {}): string {
  const text = (language.value === "zh" ? zh : en)[key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) =>
    name in values ? String(values[name]) : whole,
  );
}

export const known = (key: string): key is Key => key in en;

/** For names that come from the server: the text if there is one, else the name itself. */
export function named(prefix: string, name: string): string {
  const key = `${prefix}.${name}`;
  return known(key) ? t(key) : name;
}

export function both(text: Both): string {
  return language.value === "zh" ? text.zh || text.en : text.en || text.zh;
}

/** A sentence of the analyzer, with hashes shortened as everywhere. */
export function sentence(text: Both): string {
  return both(text).replace(/\b([0-9a-f]{8})[0-9a-f]{20}([0-9a-f]{4})\b/g, "$1…$2");
}
