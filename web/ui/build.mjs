// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// Builds the browser side and writes it as a C file:  node build.mjs OUTPUT.c
// Each file is compressed once, here; its ETag is the hash of its content. The same sources give the
// same bytes.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, extname } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const budget = 60 * 1024; // bytes of compressed JavaScript

const made = await build({
  entryPoints: { app: "src/main.tsx" },
  bundle: true,
  minify: true,
  format: "esm",
  splitting: true,
  chunkNames: "[name]-[hash]",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  outdir: "dist",
  write: false,
  legalComments: "none",
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
});

const types = { ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };
const files = [
  { path: "/", type: "text/html; charset=utf-8", bytes: readFileSync("src/index.html") },
  { path: "/mark.svg", type: "image/svg+xml", bytes: readFileSync("src/mark.svg") },
  ...made.outputFiles.map((file) => ({
    path: `/${basename(file.path)}`,
    type: types[extname(file.path)],
    bytes: file.contents,
  })),
].map((file) => ({
  ...file,
  gzip: gzipSync(file.bytes, { level: 9 }),
  etag: createHash("sha256").update(file.bytes).digest("hex").slice(0, 32),
}));

const scripts = files.filter((file) => file.path.endsWith(".js"));
const weight = scripts.reduce((sum, file) => sum + file.gzip.length, 0);
if (weight > budget) {
  console.error(`the scripts have ${weight} bytes compressed, the limit is ${budget}`);
  process.exit(1);
}

const bytes = (buffer) => {
  const lines = [];
  for (let at = 0; at < buffer.length; at += 20) {
    lines.push(`    ${[...buffer.subarray(at, at + 20)].join(",")},`);
  }
  return lines.join("\n");
};

const rows = files.map(
  (file, i) =>
    `    {"${file.path}", "${file.type}", "\\"${file.etag}\\"", file_${i}, sizeof file_${i}, ${file.bytes.length}},`,
);

writeFileSync(
  process.argv[2],
  `/* SPDX-FileCopyrightText: The Dwell authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Made by web/ui/build.mjs: the browser side, compressed. */
#include "web/assets.h"

${files.map((file, i) => `static const unsigned char file_${i}[] = {\n${bytes(file.gzip)}\n};`).join("\n\n")}

const struct asset assets[] = {
${rows.join("\n")}
};
const size_t asset_count = sizeof assets / sizeof *assets;
`,
);
for (const file of files) {
  console.log(`${file.path.padEnd(28)} ${file.bytes.length} bytes, ${file.gzip.length} compressed`);
}
