// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Numbers, times and lengths of time as the reader's language and zone write them.
import { language } from "./state.ts";

const locale = (): string => (language.value === "zh" ? "zh-CN" : "en-GB");

const formats = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function once<T extends Intl.DateTimeFormat | Intl.NumberFormat>(name: string, make: () => T): T {
  const key = `${locale()} ${name}`;
  let format = formats.get(key) as T | undefined;
  if (!format) {
    format = make();
    formats.set(key, format);
  }
  return format;
}

export function count(value: number): string {
  return once("count", () => new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 })).format(
    value,
  );
}

/** A measure or a score: as many digits as mean something. */
export function amount(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return once(
    `amount${digits}`,
    () => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }),
  ).format(value);
}

export function points(value: number): string {
  return once(
    "points",
    () => new Intl.NumberFormat(locale(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  ).format(value);
}

/** Points as they add up: always two digits. */
export function points2(value: number): string {
  return once(
    "points2",
    () => new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
  ).format(value);
}

export function share(value: number): string {
  const digits = (value > 0.99 && value < 1) || (value > 0 && value < 0.02) ? 1 : 0;
  return once(
    `share${digits}`,
    () => new Intl.NumberFormat(locale(), { style: "percent", maximumFractionDigits: digits }),
  ).format(value);
}

export function bytes(value: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let step = 0;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step++;
  }
  return `${amount(value)} ${units[step]}`;
}

/** Date and time in the reader's zone. */
export function time(text: string | null): string {
  if (!text) return "–";
  return once(
    "time",
    () =>
      new Intl.DateTimeFormat(locale(), {
        year: "numeric", month: "short", day: "numeric",
        hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
      }),
  ).format(new Date(text));
}

export function clock(text: string | null): string {
  if (!text) return "–";
  return once(
    "clock",
    () =>
      new Intl.DateTimeFormat(locale(), {
        hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
      }),
  ).format(new Date(text));
}

/** A day of the organisation: no zone in it, and none put in. */
export function day(text: string): string {
  return once(
    "day",
    () =>
      new Intl.DateTimeFormat(locale(), {
        weekday: "short", year: "numeric", month: "short", day: "numeric", timeZone: "UTC",
      }),
  ).format(new Date(`${text}T00:00:00Z`));
}

export function seconds(value: number): string {
  const zh = language.value === "zh";
  if (value < 59.95) return `${amount(value)} ${zh ? "秒" : "s"}`;
  const whole = Math.round(value);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} ${zh ? "分" : "min"} ${whole % 60} ${zh ? "秒" : "s"}`;
  return `${Math.floor(minutes / 60)} ${zh ? "小时" : "h"} ${minutes % 60} ${zh ? "分" : "min"}`;
}

export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function plusDays(text: string, days: number): string {
  const date = new Date(`${text}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
