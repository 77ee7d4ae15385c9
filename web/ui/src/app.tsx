// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The frame around every page, and the table of pages.
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { api, ApiError } from "./api.ts";
import { zone } from "./format.ts";
import { t, type Key } from "./i18n/index.ts";
import { Account } from "./pages/account.tsx";
import { Alert } from "./pages/alert.tsx";
import { Alerts } from "./pages/alerts.tsx";
import { Coverage } from "./pages/coverage.tsx";
import { FirstRun, SignIn } from "./pages/entrance.tsx";
import { Events } from "./pages/events.tsx";
import { People } from "./pages/people.tsx";
import { Person } from "./pages/person.tsx";
import { Reports } from "./pages/reports.tsx";
import { Trail } from "./pages/trail.tsx";
import { Users } from "./pages/users.tsx";
import { WhoSaw } from "./pages/who-saw.tsx";
import { Icon, type IconName } from "./parts/icons.tsx";
import { Mark } from "./parts/mark.tsx";
import { Empty, Failure, Loading } from "./parts/states.tsx";
import { Switches } from "./parts/switches.tsx";
import { link, route } from "./router.ts";
import { may, session } from "./state.ts";
import type { Role } from "./types.ts";

interface Page {
  path: string; // first part of the address
  least: Role;
  title: Key;
  icon?: IconName; // those with one stand in the navigation
  show: (detail: string | undefined) => VNode;
}

const pages: Page[] = [
  {
    path: "people", least: "viewer", title: "nav.people", icon: "people",
    show: (id) => (id === undefined ? <People /> : <Person key={id} employee={id} />),
  },
  {
    path: "alerts", least: "viewer", title: "nav.alerts", icon: "alerts",
    show: (id) => (id === undefined ? <Alerts /> : <Alert key={id} id={id} />),
  },
  { path: "events", least: "analyst", title: "nav.events", icon: "events", show: () => <Events /> },
  { path: "who-saw", least: "analyst", title: "nav.whoSaw", icon: "whoSaw", show: () => <WhoSaw /> },
  { path: "coverage", least: "viewer", title: "nav.coverage", icon: "coverage", show: () => <Coverage /> },
  { path: "reports", least: "analyst", title: "nav.reports", icon: "reports", show: () => <Reports /> },
  { path: "users", least: "admin", title: "nav.users", icon: "users", show: () => <Users /> },
  { path: "trail", least: "admin", title: "nav.trail", icon: "trail", show: () => <Trail /> },
  { path: "account", least: "viewer", title: "nav.account", show: () => <Account /> },
];

function Navigation({ open, close }: { open: boolean; close: () => void }) {
  const here = route.value.parts[0] ?? "people";
  return (
    <nav id="navigation" class={open ? "navigation open" : "navigation"} aria-label={t("app.menu")}>
      <ul>
        {pages
          .filter((page) => page.icon && may(page.least))
          .map((page) => (
            <li key={page.path}>
              <a
                href={page.path === "people" ? "#/" : link([page.path])}
                aria-current={page.path === here ? "page" : undefined}
                onClick={close}
              >
                <Icon name={page.icon!} />
                {t(page.title)}
              </a>
            </li>
          ))}
      </ul>
      <div class="navigation-foot">
        <Switches />
        <p class="muted small">
          {t("app.zone", { zone: zone() })}
          <br />
          {t("app.version", { version: session.value?.version ?? "" })}
        </p>
      </div>
    </nav>
  );
}

function signOut(): void {
  api.signOut().then(
    (answer) => {
      session.value = answer;
      location.hash = "";
    },
    () => location.reload(),
  );
}

function Bar({ open, toggle }: { open: boolean; toggle: () => void }) {
  return (
    <header class="bar">
      <button
        type="button" class="quiet square menu" aria-label={t("app.menu")}
        aria-expanded={open} aria-controls="navigation" onClick={toggle}
      >
        <Icon name="menu" />
      </button>
      <a class="brand" href="#/">
        <Mark />
        {t("app.name")}
      </a>
      <span class="bar-side">
        <a href={link(["account"])} title={t("nav.account")}>
          {session.value?.name} <span class="muted">{t(`role.${session.value?.role ?? "viewer"}`)}</span>
        </a>
        <button type="button" class="quiet" onClick={signOut}>
          <Icon name="out" />
          <span class="wide-only">{t("signOut")}</span>
        </button>
      </span>
    </header>
  );
}

function Inside() {
  const [open, setOpen] = useState(false);
  const [path = "people", detail] = route.value.parts;
  const page = pages.find((p) => p.path === path && may(p.least));
  useEffect(() => {
    document.title = page ? `${t(page.title)} – ${t("app.name")}` : t("app.name");
  });
  return (
    <div class="inside">
      <a class="skip" href="#main" onClick={(e) => {
        e.preventDefault();
        document.getElementById("main")?.focus();
      }}>
        {t("app.skip")}
      </a>
      <Bar open={open} toggle={() => setOpen(!open)} />
      <Navigation open={open} close={() => setOpen(false)} />
      <main id="main" tabIndex={-1}>
        {page ? page.show(detail) : <Empty text={t("app.notFound")} />}
      </main>
    </div>
  );
}

export function App() {
  const [error, setError] = useState<ApiError>();
  const read = (): void => {
    setError(undefined);
    api.session().then(
      (answer) => (session.value = answer),
      (e: ApiError) => setError(e),
    );
  };
  useEffect(read, []);
  if (error) return <Failure error={error} retry={read} />;
  if (session.value === null) return <Loading />;
  if (session.value.signed_in) return <Inside />;
  return session.value.first_run ? <FirstRun /> : <SignIn />;
}
