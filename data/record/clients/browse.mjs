// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// An employee at the back office's pages: one connection, one cookie jar, pauses where he reads.
//
//   node browse.mjs http://HOST:PORT USER STEP...
//     login [PASSWORD] | get PATH | put PATH JSON | logout | pause MILLISECONDS

import http from 'node:http';

const [base, user, ...steps] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
let cookie = '';

function request(method, path, { body, type } = {}) {
  const headers = { 'user-agent': 'Mozilla/5.0 (sample lender)', 'accept-encoding': 'gzip' };
  if (cookie) headers.cookie = cookie;
  if (body !== undefined) Object.assign(headers, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
  return new Promise((resolve, reject) => {
    const sent = http.request(base + path, { method, agent, headers }, (response) => {
      const set = response.headers['set-cookie']?.[0]?.split(';')[0];
      if (set !== undefined) cookie = set.endsWith('=') ? '' : set;
      response.on('data', () => {});
      response.on('end', () => resolve(response.statusCode));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const login = (password) => request('POST', '/login', {
  type: 'application/x-www-form-urlencoded',
  body: new URLSearchParams({ user, password }).toString(),
});

for (const step of steps) {
  const [what, path, ...rest] = step.split(' ');
  if (what === 'login') await login([path, ...rest].join(' ').trim() || `secret of ${user}`);
  else if (what === 'get') await request('GET', path);
  else if (what === 'put') await request('PUT', path, { type: 'application/json', body: rest.join(' ') });
  else if (what === 'logout') await request('POST', '/logout', { type: 'application/x-www-form-urlencoded', body: '' });
  else if (what === 'pause') await new Promise((resolve) => setTimeout(resolve, Number(path)));
  else throw new Error(`no such step: ${step}`);
}
agent.destroy();
