// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Something read from the API for a page: loading, there, or failed. An answer that arrives after
// the question changed is dropped.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "./api.ts";

export interface Resource<T> {
  data: T | undefined;
  error: ApiError | undefined;
  loading: boolean;
  reload: () => void;
}

export function useResource<T>(read: () => Promise<T>, dependencies: unknown[]): Resource<T> {
  const [state, set] = useState<{ data?: T; error?: ApiError; loading: boolean }>({ loading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    set((before) => ({ ...before, loading: true }));
    read().then(
      (data) => current && set({ data, loading: false }),
      (error: unknown) =>
        current &&
        set({
          error: error instanceof ApiError ? error : new ApiError(0, "unknown", "", 0),
          loading: false,
        }),
    );
    return () => {
      current = false;
    };
  }, [...dependencies, turn]);
  return {
    data: state.data,
    error: state.error,
    loading: state.loading,
    reload: () => setTurn((n) => n + 1),
  };
}

export interface Pages<Row> {
  rows: Row[];
  more: boolean;
  loading: boolean;
  error: ApiError | undefined;
  next: () => void;
}

/** Rows that come page by page, each page under the position that the one before named. */
export function usePages<Row, Next>(
  read: (after: Next | undefined) => Promise<{ rows: Row[]; next: Next }>,
  dependencies: unknown[],
): Pages<Row> {
  const [rows, setRows] = useState<Row[]>([]);
  const [position, setPosition] = useState<Next | undefined>(undefined);
  const [want, setWant] = useState<{ after: Next | undefined; key: string }>();
  const [state, setState] = useState<{ loading: boolean; error?: ApiError }>({ loading: true });
  const key = JSON.stringify(dependencies);
  useEffect(() => {
    setRows([]);
    setPosition(undefined);
    setWant({ after: undefined, key });
  }, [key]);
  useEffect(() => {
    if (!want || want.key !== key) return;
    let current = true;
    setState({ loading: true });
    read(want.after).then(
      (page) => {
        if (!current) return;
        setRows((before) => (want.after === undefined ? page.rows : [...before, ...page.rows]));
        setPosition(page.next || undefined);
        setState({ loading: false });
      },
      (error: unknown) =>
        current &&
        setState({
          loading: false,
          error: error instanceof ApiError ? error : new ApiError(0, "unknown", "", 0),
        }),
    );
    return () => {
      current = false;
    };
  }, [want]);
  return {
    rows,
    more: position !== undefined,
    loading: state.loading,
    error: state.error,
    next: () => setWant({ after: position, key }),
  };
}
