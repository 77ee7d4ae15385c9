// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The product's mark: an eye that is a clock.
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M2.5 16S7.5 7 16 7s13.5 9 13.5 9S24.5 25 16 25 2.5 16 2.5 16Z" />
      <circle cx="16" cy="16" r="5.5" />
      <path d="M16 12.800V16l2.2 1.6" />
    </svg>
  );
}
