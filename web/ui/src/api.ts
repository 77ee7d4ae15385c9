// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The typed client of the console's API. Each state-changing request carries the session's token; a
// 401 anywhere brings the sign-in page back.
import { session } from "./state.ts";
import type {
  Alert, Alerts, ConsoleUser, Coverage, Day, Events, People, Person, Role, Session, Trail, Verdict,
  VerdictKind, WhoSaw,
} from "./types.ts";

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly field: string,
    readonly retryAfter: number,
  ) {
    super(code);
  }
}

type Query = Record<string, string | number | undefined>;

function address(path: string, query: Query = {}): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") given.set(name, String(value));
  }
  const text = given.toString();
  return text ? `${path}?${text}` : path;
}

async function failure(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as { error?: string; field?: string };
  const wait = Number(answer.headers.get("Retry-After") ?? 0);
  return new ApiError(answer.status, body.error ?? "unknown", body.field ?? "", wait);
}

async function send<T>(path: string, options: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { ...options, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new ApiError(0, "unreachable", "", 0);
  }
  if (answer.ok) return (await answer.json()) as T;
  const error = await failure(answer);
  if (error.status === 401 && error.code === "signed_out" && session.value?.signed_in) {
    session.value = { signed_in: false, first_run: false, version: session.value.version };
  }
  throw error;
}

const get = <T>(path: string, query?: Query): Promise<T> => send<T>(address(path, query), {});

const post = <T>(path: string, body: Record<string, string | boolean>): Promise<T> =>
  send<T>(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Dwell-Token": session.value?.csrf ?? "" },
    body: JSON.stringify(body),
  });

const part = encodeURIComponent;

export const api = {
  session: () => get<Session>("/api/session"),
  setup: (token: string, name: string, password: string) =>
    post<Session>("/api/setup", { token, name, password }),
  signIn: (name: string, password: string) => post<Session>("/api/sign-in", { name, password }),
  signOut: () => post<Session>("/api/sign-out", {}),
  changePassword: (old_password: string, new_password: string) =>
    post<Session>("/api/password", { old_password, new_password }),
  people: (query: { search?: string; offset?: number; limit?: number }) =>
    get<People>("/api/people", query),
  person: (employee: string) => get<Person>(`/api/people/${part(employee)}`),
  day: (employee: string, day: string) =>
    get<Day>(`/api/people/${part(employee)}/days/${part(day)}`),
  verdicts: (employee: string) =>
    get<{ rows: Verdict[] }>(`/api/people/${part(employee)}/verdicts`),
  giveVerdict: (employee: string, day: string, kind: VerdictKind, reason: string) =>
    post<{ number: number }>(`/api/people/${part(employee)}/verdicts`, { day, kind, reason }),
  alerts: (before?: number) => get<Alerts>("/api/alerts", { before }),
  alert: (id: string) => get<Alert>(`/api/alerts/${part(id)}`),
  events: (query: {
    employee?: string; object?: string; from?: string; to?: string; after?: string;
  }) => get<Events>("/api/events", query),
  whoSaw: (subject: string, space: string, from: string, to: string) =>
    post<WhoSaw>("/api/who-saw", { subject, space, from, to }),
  coverage: (from?: string, to?: string) => get<Coverage>("/api/coverage", { from, to }),
  users: () => get<{ rows: ConsoleUser[] }>("/api/users"),
  addUser: (name: string, role: Role, password: string) =>
    post<ConsoleUser>("/api/users", { name, role, password }),
  changeUser: (name: string, change: { role?: Role; disabled?: boolean; password?: string }) =>
    post<ConsoleUser>(`/api/users/${part(name)}`, change as Record<string, string | boolean>),
  trail: (before?: number) => get<Trail>("/api/trail", { before }),
  reportAddress: (from: string, to: string, language: string) =>
    address("/api/report.csv", { from, to, language }),
};
