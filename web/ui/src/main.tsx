// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import "@preact/signals";
import "./styles/index.css";
import { App } from "./app.tsx";

render(<App />, document.getElementById("app")!);
