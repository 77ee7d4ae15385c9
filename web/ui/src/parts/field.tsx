// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// A labelled input with its help and its error, and the button that sends a form.
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

export function Field(props: {
  label: string;
  value: string;
  set: (value: string) => void;
  type?: "text" | "password" | "date" | "search";
  help?: string;
  error?: string | undefined;
  autocomplete?: string;
  required?: boolean;
  focus?: boolean;
  maxLength?: number;
}) {
  const id = useId();
  const about = props.error ?? props.help;
  return (
    <div class={`field${props.error ? " field-wrong" : ""}`}>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        type={(props.type ?? "text") as "text"}
        value={props.value}
        required={props.required}
        autofocus={props.focus}
        maxLength={props.maxLength ?? 256}
        autocomplete={props.autocomplete ?? "off"}
        autocapitalize="off"
        spellcheck={false}
        aria-invalid={props.error !== undefined}
        aria-describedby={about ? `${id}-about` : undefined}
        onInput={(event) => props.set(event.currentTarget.value)}
      />
      {about && (
        <small id={`${id}-about`} class={props.error ? "wrong" : "muted"}>
          {about}
        </small>
      )}
    </div>
  );
}

export function Choice<T extends string>(props: {
  label: string;
  value: T;
  set: (value: T) => void;
  options: { value: T; text: string }[];
  hidden?: boolean;
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={props.hidden ? "only-read" : ""}>
        {props.label}
      </label>
      <select id={id} value={props.value} onChange={(e) => props.set(e.currentTarget.value as T)}>
        {props.options.map((o) => (
          <option key={o.value} value={o.value}>
            {o.text}
          </option>
        ))}
      </select>
    </div>
  );
}

export function Form(props: { class?: string; send: () => void; children: ComponentChildren }) {
  return (
    <form
      class={props.class ?? "form"}
      onSubmit={(event) => {
        event.preventDefault();
        props.send();
      }}
    >
      {props.children}
    </form>
  );
}
