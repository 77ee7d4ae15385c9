// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// What the whole page shares: who is signed in, the language, the theme. The last two are kept in
// the browser; nothing about a person of the directory ever is.
import { effect, signal } from "@preact/signals";
import type { Role, Session } from "./types.ts";

export type Language = "en" | "zh";
export type Theme = "auto" | "light" | "dark";

function kept<T extends string>(name: string, allowed: readonly T[], otherwise: T): T {
  const value = localStorage.getItem(name) as T | null;
  return value !== null && allowed.includes(value) ? value : otherwise;
}

const preferred: Language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";

export const session = signal<Session | null>(null);
export const language = signal<Language>(kept("dwell.language", ["en", "zh"], preferred));
export const theme = signal<Theme>(kept("dwell.theme", ["auto", "light", "dark"], "auto"));
/** Counts the theme changes, the system's included, for what is drawn on a canvas. */
export const drawn = signal(0);

effect(() => {
  localStorage.setItem("dwell.language", language.value);
  document.documentElement.lang = language.value === "zh" ? "zh-CN" : "en";
});

effect(() => {
  localStorage.setItem("dwell.theme", theme.value);
  document.documentElement.dataset["theme"] = theme.value;
  drawn.value = drawn.peek() + 1;
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  drawn.value = drawn.peek() + 1;
});

const ranks: Record<Role, number> = { viewer: 1, analyst: 2, admin: 3 };

export function may(least: Role): boolean {
  const role = session.value?.role;
  return role !== undefined && ranks[role] >= ranks[least];
}
