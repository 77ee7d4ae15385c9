// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The back office of the sample lender: where its staff look at customers. A small application to
// be recorded and watched, not a part of the product. It stands behind nginx on the same host and
// writes its own truth, one JSON object a response: who asked for what, which customers' records
// were shown, and how many bytes the body had on the wire.
//
//   node server.mjs PORT TRUTH-FILE

import { randomBytes } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { columns, customer, customers } from './customers.mjs';

const staff = new Set(['li.wei', 'chen.fang', 'wang.jun', 'sun.lei']);
const sessions = new Map(); // cookie value -> user
const notes = new Map(); // customer id -> text
const css = 'body { font: 14px sans-serif }\ntd { padding: 2px 8px }\n';
const cssTag = '"1-' + css.length + '"';
const BODY_MAX = 64 * 1024;

const truth = openSync(process.argv[3], 'a', 0o644);

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (title, body) => `<!doctype html><html><head><title>${title}</title>` +
  `<link rel="stylesheet" href="/static/app.css"></head><body><h1>${title}</h1>${body}</body></html>`;
const form = (message) => page('Sign in', `<p>${message}</p><form method="post" action="/login">` +
  '<input name="user"><input name="password" type="password"><button>Sign in</button></form>');

function table(list) {
  const head = ['id', 'full_name', 'phone', 'overdue_days'];
  const row = (c) => `<tr data-id="${c.id}">${head.map((k) => `<td>${escape(c[k])}</td>`).join('')}</tr>`;
  return `<table><thead><tr>${head.map((k) => `<th>${k}</th>`).join('')}</tr></thead>` +
    `<tbody>${list.map(row).join('')}</tbody></table>`;
}

const html = (status, text, extra = {}) => ({ status, type: 'text/html; charset=utf-8', body: text, ...extra });
const json = (status, value, extra = {}) => ({ status, type: 'application/json', body: JSON.stringify(value), ...extra });
const redirect = (to, extra = {}) => ({ status: 302, type: 'text/plain', body: '', headers: { location: to }, ...extra });
const notFound = () => html(404, page('Not found', '<p>There is no such record.</p>'));

function login(request) {
  const fields = new URLSearchParams(request.body);
  const user = fields.get('user') ?? '';
  if (!staff.has(user) || fields.get('password') !== `secret of ${user}`)
    return html(200, form('User or password is wrong.'), { action: 'login', user, failed: true });
  const cookie = randomBytes(16).toString('hex');
  sessions.set(cookie, user);
  return redirect('/crm/', {
    action: 'login', user,
    headers: { location: '/crm/', 'set-cookie': `CRMSESSID=${cookie}; Path=/; HttpOnly; SameSite=Lax` },
  });
}

function logout(request) {
  sessions.delete(request.cookie);
  return redirect('/login', {
    action: 'logout',
    headers: { location: '/login', 'set-cookie': 'CRMSESSID=; Path=/; Max-Age=0' },
  });
}

function view(request, id) {
  const c = customer(Number(id));
  if (!c) return { ...notFound(), action: 'view' };
  const cells = columns.map((k) => `<dt>${k}</dt><dd>${escape(c[k])}</dd>`).join('');
  const note = escape(notes.get(c.id) ?? '');
  return html(200, page(escape(c.full_name), `<dl>${cells}</dl><p>${note}</p>`),
    { action: 'view', records: [c.id], rows: 1 });
}

function documents(request, id) {
  const c = customer(Number(id));
  if (!c) return notFound();
  return html(200, page('Documents', `<p>${c.id_card}</p><p>${c.bank_card}</p>`),
    { action: 'read', records: [c.id], rows: 1 });
}

function search(request) {
  const q = (request.query.get('q') ?? '').toLowerCase();
  const found = [...customers()].filter((c) => q && c.full_name.toLowerCase().includes(q)).slice(0, 20);
  return html(200, page('Search', table(found)),
    { action: 'search', records: found.map((c) => c.id), rows: found.length });
}

function list(request) {
  const team = Number(request.query.get('team') ?? 0);
  const limit = Math.min(Number(request.query.get('limit') ?? 10), 100);
  const found = [...customers()].filter((c) => c.team === team).slice(0, limit);
  return json(200, { items: found, next: null },
    { action: 'read', records: found.map((c) => c.id), rows: found.length });
}

function one(request, id) {
  const c = customer(Number(id));
  if (!c) return json(404, { error: 'no such customer' }, { action: 'view' });
  return json(200, c, { action: 'view', records: [c.id], rows: 1 });
}

function note(request, id) {
  const c = customer(Number(id));
  if (!c) return json(404, { error: 'no such customer' });
  notes.set(c.id, String(JSON.parse(request.body).note ?? ''));
  return { status: 204, type: null, body: '', action: 'write', records: [c.id], rows: 1 };
}

function exportCsv(request) {
  const team = Number(request.query.get('team') ?? 0);
  const found = [...customers()].filter((c) => c.team === team);
  const lines = [columns, ...found.map((c) => columns.map((k) => c[k]))];
  return {
    status: 200, type: 'text/csv', body: lines.map((l) => l.join(',')).join('\r\n') + '\r\n',
    headers: { 'content-disposition': 'attachment; filename="customers.csv"' },
    chunked: true, action: 'download', records: found.map((c) => c.id), rows: found.length,
  };
}

function stylesheet(request) {
  if (request.headers['if-none-match'] === cssTag)
    return { status: 304, type: null, body: '', headers: { etag: cssTag }, action: 'read' };
  return { status: 200, type: 'text/css', body: css, headers: { etag: cssTag }, action: 'read' };
}

const home = (request) => html(200, page('Back office', `<p>Signed in as ${request.user}</p>`));

// method, path, open to anybody, handler; the path's groups are its arguments
const routes = [
  ['GET', /^\/login$/, true, () => html(200, form(''))],
  ['POST', /^\/login$/, true, login],
  ['GET', /^\/static\/app\.css$/, true, stylesheet],
  ['GET', /^\/crm\/$/, false, home],
  ['GET', /^\/crm\/customer\/(\d+)$/, false, view],
  ['GET', /^\/crm\/customer\/(\d+)\/documents$/, false, documents],
  ['GET', /^\/crm\/search$/, false, search],
  ['GET', /^\/crm\/export\.csv$/, false, exportCsv],
  ['GET', /^\/api\/customers$/, false, list],
  ['GET', /^\/api\/customers\/(\d+)$/, false, one],
  ['PUT', /^\/api\/customers\/(\d+)\/note$/, false, note],
  ['POST', /^\/logout$/, false, logout],
];

function answer(request) {
  for (const [method, path, open, handler] of routes) {
    const match = method === request.method && path.exec(request.path);
    if (!match) continue;
    if (!open && !request.user) return redirect('/login');
    return handler(request, ...match.slice(1));
  }
  return notFound();
}

// The body as it goes out; gives its bytes on the wire, chunk framing not counted.
function send(request, response, a) {
  let body = Buffer.from(a.body);
  const headers = { ...a.headers };
  if (a.type) headers['content-type'] = a.type;
  const pack = body.length > 150 && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  if (pack) {
    body = gzipSync(body);
    headers['content-encoding'] = 'gzip';
  }
  if (!a.chunked && a.status !== 304 && a.status !== 204) headers['content-length'] = body.length;
  response.writeHead(a.status, headers);
  for (let at = 0; a.chunked && at < body.length; at += 4000) response.write(body.subarray(at, at + 4000));
  response.end(a.chunked ? undefined : body);
  return body.length;
}

function tell(request, a, bytes) {
  const line = {
    time: new Date().toISOString(), client: request.client, method: request.method, url: request.url,
    status: a.status, user: a.user ?? request.user ?? null,
    session: request.cookie && request.user ? request.cookie.slice(0, 8) : null,
    action: a.action ?? null, failed: a.failed ?? false,
    records: a.records ?? [], rows: a.rows ?? 0, body_bytes: bytes,
  };
  writeSync(truth, JSON.stringify(line) + '\n');
}

function serve(incoming, response) {
  const url = new URL(incoming.url, 'http://backoffice');
  const cookie = /(?:^|;\s*)CRMSESSID=([0-9a-f]+)/.exec(incoming.headers.cookie ?? '')?.[1];
  const request = {
    method: incoming.method, url: incoming.url, path: url.pathname, query: url.searchParams,
    headers: incoming.headers, cookie, user: sessions.get(cookie),
    client: `${incoming.headers['x-real-ip']}:${incoming.headers['x-real-port']}`, body: '',
  };
  incoming.on('data', (bytes) => {
    request.body += bytes;
    if (request.body.length > BODY_MAX) incoming.destroy();
  });
  incoming.on('end', () => {
    let a;
    try {
      a = answer(request);
    } catch (error) {
      a = json(400, { error: 'the request could not be read' });
    }
    tell(request, a, send(request, response, a));
  });
}

const server = http.createServer(serve);
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => { server.close(); server.closeAllConnections(); });
