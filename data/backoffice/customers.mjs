// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The customers of the sample lender: invented, the same for the back office and both databases.
// As a program it prints them as tab-separated lines, in the order of `columns`.

export const FIRST = 1000;
export const COUNT = 400;

export const columns = ['id', 'full_name', 'phone', 'id_card', 'bank_card', 'email', 'address',
  'balance', 'overdue_days', 'team'];

const families = ['Zhang', 'Wang', 'Li', 'Zhao', 'Chen', 'Yang', 'Wu', 'Liu', 'Huang', 'Zhou', 'Lin'];
const givens = ['Wei', 'Fang', 'Na', 'Min', 'Jing', 'Qiang', 'Lei', 'Yan', 'Jie', 'Tao', 'Ming',
  'Xia', 'Ping'];
const streets = ['Renmin Road', 'Jiefang Street', 'Zhongshan Avenue', 'Heping Lane'];

const pick = (list, n) => list[n % list.length];
const digits = (n, width) => String(n).padStart(width, '0');

// GB 11643: the check digit of a citizen id is ISO 7064 MOD 11-2 of the 17 before it.
function idCard(n) {
  const body = `110101${1960 + n % 40}${digits(1 + n % 12, 2)}${digits(1 + n % 28, 2)}${digits(n % 1000, 3)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
  return body + '10X98765432'[sum % 11];
}

// ISO/IEC 7812: Luhn's check digit.
function bankCard(n) {
  const body = `622202${digits(n * 7919, 12)}`;
  let sum = 0;
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i]) * (i % 2 === 0 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return body + String((10 - sum % 10) % 10);
}

export function customer(id) {
  if (!Number.isInteger(id) || id < FIRST || id >= FIRST + COUNT) return null;
  const n = id - FIRST;
  const family = pick(families, n * 3), given = pick(givens, n * 5) + (n % 3 ? '' : pick(givens, n).toLowerCase());
  return {
    id,
    full_name: `${family} ${given}`,
    phone: `138${digits(10000000 + n * 104729 % 89999999, 8)}`,
    id_card: idCard(n),
    bank_card: bankCard(n),
    email: `${given.toLowerCase()}.${id}@mail.example`,
    address: `${1 + n % 200} ${pick(streets, n)}`,
    balance: (n * 137 % 5000 + n % 100 / 100).toFixed(2),
    overdue_days: n % 7 === 0 ? n % 90 : 0,
    team: n % 4,
  };
}

export function* customers() {
  for (let id = FIRST; id < FIRST + COUNT; id++) yield customer(id);
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].split('/').pop()))
  for (const c of customers())
    process.stdout.write(columns.map((name) => c[name]).join('\t') + '\n');
