// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// What the console's API answers (docs/console-api.md). Times are RFC 3339 in UTC, days are
// "YYYY-MM-DD" in the organisation's zone.

export type Role = "viewer" | "analyst" | "admin";
export type Kind = "person" | "account" | "shared" | "service";
export interface Both { en: string; zh: string }

export interface Session {
  signed_in: boolean;
  first_run: boolean;
  version: string;
  name?: string;
  role?: Role;
  csrf?: string;
}

export interface Reason { term: string; points: number; day: string; sentence: Both }

export interface PersonRow {
  rank: number;
  employee: string;
  kind: Kind;
  name: string;
  department: string;
  role: string;
  percent: number;
  risk: number;
  score: number;
  last_day: string;
  learning: boolean;
  running: boolean;
  open_alert: number;
  confidence: number;
  trend: (number | null)[];
  reasons: Reason[];
}

export interface Seen { events: number; incomplete: number; unresolved: number }

export interface People {
  as_of: string;
  newest: string | null;
  total: number;
  matching: number;
  theta: number;
  open_alerts: number;
  coverage: Seen;
  rows: PersonRow[];
}

export interface DayPoint {
  day: string;
  score: number;
  percent: number;
  alert_value: number;
  theta: number;
  weight: number;
  confidence: number;
  learning: boolean;
  running: boolean;
  mark: "" | "opened" | "joined";
  views: number;
  subjects: number;
  rows: number;
}

export interface Person {
  employee: string;
  kind: Kind;
  name: string;
  department: string;
  role: string;
  manager: string;
  as_of: string;
  percent: number;
  risk: number;
  last_day: string;
  days_seen: number;
  learning: boolean;
  open_alert: number;
  terms: { term: string; label: Both; points: number }[];
  days: DayPoint[];
}

export interface Term {
  term: string;
  label: Both;
  in_sum: boolean;
  measured: boolean;
  observed: number;
  expected: number;
  peers: number;
  n: number;
  raw: number;
  deflated: number;
  coincidence: number;
  points: number;
  sentence: Both;
}

export interface DaySession {
  session: string;
  asset: string;
  protocol: string;
  account: string;
  program: string;
  client: string;
  first: string;
  last: string;
  events: number;
  rows: number;
  views: number;
  failures: number;
}

export interface DayStatement {
  shape: string;
  statement: string;
  asset: string;
  action: string;
  count: number;
  rows: number;
  last: string;
}

export interface DaySubject {
  subject: string;
  views: number;
  dwell_s: number;
  longest_s: number;
  first: string;
  last: string;
  asset: string;
  object: string;
}

export interface Measures {
  events: number;
  statements: number;
  views: number;
  subjects: number;
  unassigned: number;
  exports: number;
  logins: number;
  failed_logins: number;
  errors: number;
  rows: number;
  bytes: number;
  sessions: number;
  dwell_total_s: number;
  dwell_mean_s: number;
  hours: number;
  first: string | null;
  last: string | null;
  gaps: number;
  late_events: number;
  rows_by_class: number[];
}

export interface Day {
  employee: string;
  day: string;
  score: number;
  risk: number;
  percent: number;
  alert_value: number;
  theta: number;
  weight: number;
  confidence: number;
  learning: boolean;
  running: boolean;
  late: boolean;
  revised: number;
  first_score: number;
  mark: string;
  alert: number;
  group: string;
  peers: number;
  days_seen: number;
  measures: Measures;
  terms: Term[];
  sessions: DaySession[];
  statements: DayStatement[];
  subjects: DaySubject[];
  cut: boolean;
}

export type VerdictKind = "benign" | "watch" | "confirmed";

export interface Verdict {
  number: number;
  day: string;
  kind: VerdictKind;
  who: string;
  reason: string;
  time: string;
  alert: number;
  done: boolean;
  days_again: number;
  weight_before: number;
  weight_after: number;
}

export interface AlertRow {
  id: number;
  employee: string;
  kind: Kind;
  name: string;
  department: string;
  opened: string;
  day: string;
  last_day: string;
  open: boolean;
  days: number;
  value: number;
  score: number;
  theta: number;
  percent: number;
  sentence: Both;
}

export interface Alerts { rows: AlertRow[]; next: number }

export interface Alert extends AlertRow {
  verdict: "" | VerdictKind;
  risk: number;
  first: string;
  last: string;
  terms: { term: string; label: Both; points: number }[];
}

export interface AccessEvent {
  time: string;
  employee: string;
  asset: string;
  protocol: string;
  account: string;
  action: string;
  outcome: string;
  statement: string;
  objects: string[];
  rows: number | null;
  bytes: number | null;
  subjects: number | null;
  session: string;
  seq: number;
  client: string;
  error: string;
  gaps: string[];
}

export interface Events { rows: AccessEvent[]; next: string }

export interface View {
  employee: string;
  name: string;
  department: string;
  start: string;
  dwell_s: number;
  cut: boolean;
  database: boolean;
  asset: string;
  object: string;
  session: string;
  action: string;
}

export interface WhoSaw { subject: string; views: View[]; cut: boolean }

export interface CoverageRow {
  asset: string;
  source: string;
  events: number;
  incomplete: number;
  unresolved: number;
  gaps: Record<string, number>;
  first: string | null;
  last: string | null;
}

export interface LedgerRow {
  asset: string;
  source: string;
  inventory: boolean;
  best: boolean;
  number: number;
  missing: Record<string, number>;
  watched_s: number;
  expected_s: number;
  packets: number;
  dropped: number;
  sessions: number;
  encrypted: number;
  undecoded: number;
  statements: number;
  partly: number;
  lost: number;
  unresolved: number;
  last: string | null;
}

export interface BlindSpot {
  kind: string;
  asset: string;
  source: string;
  since?: string | null;
  port?: number;
  sessions?: number;
  bytes?: number;
}

export interface UnresolvedAccount {
  asset: string;
  account: string;
  kind: Kind;
  last_address: string;
  events: number;
  first: string | null;
  last: string | null;
}

export interface Coverage {
  from: string;
  to: string;
  newest: string | null;
  committed: string | null;
  events: number;
  duplicates: number;
  late: number;
  refused: number;
  number: number;
  missing: Record<string, number>;
  assets: LedgerRow[];
  blind_spots: BlindSpot[];
  sources: CoverageRow[];
  accounts: UnresolvedAccount[];
}

export interface ConsoleUser {
  name: string;
  role: Role;
  disabled: boolean;
  created: string;
  last_sign_in: string | null;
}

export interface TrailEntry {
  number: number;
  time: string;
  who: string;
  address: string;
  action: string;
  object: string;
  hash: string;
}

export interface Trail { rows: TrailEntry[]; next: number; whole: boolean }
