// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands where data will be: loading, nothing there, failed.
import type { ComponentChildren } from "preact";
import type { ApiError } from "../api.ts";
import { known, t } from "../i18n/index.ts";
import type { Resource } from "../resource.ts";
import { Icon } from "./icons.tsx";

export function errorText(error: ApiError): string {
  const key = `error.${error.code}`;
  if (error.code === "wait") return t("error.wait", { seconds: error.retryAfter });
  return known(key) ? t(key) : t("error.unknown", { code: error.code });
}

export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <div class="loading" role="status" aria-label={t("common.loading")}>
      {Array.from({ length: lines }, (_, i) => (
        <span key={i} class={`skeleton skeleton-${i % 3}`} />
      ))}
    </div>
  );
}

export function Empty({ text, help }: { text: string; help?: string }) {
  return (
    <div class="empty">
      <p>{text}</p>
      {help && <p class="muted">{help}</p>}
    </div>
  );
}

export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  const calm = error.code === "no_state";
  return (
    <div class={calm ? "empty" : "failure"} role={calm ? "status" : "alert"}>
      {!calm && <strong>{t("error.title")}</strong>}
      <p>{errorText(error)}</p>
      {retry && (
        <button type="button" class="quiet" onClick={retry}>
          {t("common.retry")}
        </button>
      )}
    </div>
  );
}

/** Shows a resource when it is there; the old one stays, dimmed, while a new one comes. */
export function Shown<T>(props: {
  resource: Resource<T>;
  children: (data: T) => ComponentChildren;
  lines?: number;
}) {
  const { data, error, loading, reload } = props.resource;
  if (error) return <Failure error={error} retry={reload} />;
  if (data === undefined) return <Loading lines={props.lines ?? 6} />;
  return (
    <div class={loading ? "stale" : ""} aria-busy={loading}>
      {props.children(data)}
    </div>
  );
}

export function Notice({ kind, children }: { kind: "info" | "warn" | "good"; children: ComponentChildren }) {
  return (
    <p class={`notice notice-${kind}`} role={kind === "good" ? "status" : undefined}>
      <Icon name={kind === "good" ? "check" : "warning"} />
      <span>{children}</span>
    </p>
  );
}

export function Heading(props: { title: string; lead?: string; side?: ComponentChildren }) {
  return (
    <header class="heading">
      <div>
        <h1>{props.title}</h1>
        {props.lead && <p class="lead">{props.lead}</p>}
      </div>
      {props.side && <div class="heading-side">{props.side}</div>}
    </header>
  );
}

export function Card(props: {
  title?: string;
  note?: string | undefined;
  side?: ComponentChildren;
  flush?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class={props.flush ? "card card-flush" : "card"}>
      {(props.title || props.side) && (
        <header class="card-head">
          <div>
            {props.title && <h2>{props.title}</h2>}
            {props.note && <p class="muted">{props.note}</p>}
          </div>
          {props.side}
        </header>
      )}
      {props.children}
    </section>
  );
}

export function Tag({ kind, title, children }: { kind?: string; title?: string; children: ComponentChildren }) {
  return (
    <span class={`tag ${kind ? `tag-${kind}` : ""}`} title={title}>
      {children}
    </span>
  );
}

