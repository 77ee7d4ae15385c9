// SPDX-FileCopyrightText: The Dwell authors
// SPDX-License-Identifier: Apache-2.0
//
// The few icons, drawn as strokes of one weight on a 20-unit square.
const paths = {
  people: "M7 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM1.5 17c.4-3.2 2.4-5 5.5-5s5.1 1.8 5.5 5M13 3.4a3 3 0 0 1 0 5.2M14.6 12.4c2.3.5 3.6 2.1 3.9 4.6",
  alerts: "M10 2.5c3 0 4.7 2 4.7 5 0 4 1.8 5.2 1.8 6.5h-13c0-1.3 1.8-2.5 1.8-6.5 0-3 1.7-5 4.7-5ZM8 17h4",
  events: "M4 5h12M4 10h12M4 15h7",
  whoSaw: "M1.5 10S4.5 4.5 10 4.5 18.5 10 18.5 10 15.5 15.5 10 15.5 1.5 10 1.5 10ZM10 12.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z",
  coverage: "M10 17.500a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15ZM10 2.500V10l5.3 5.3",
  reports: "M5 2.500h7l3.5 3.500v11.500H5ZM12 2.500V6h3.500M8 10h5M8 13.500h5",
  users: "M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM3 17.500c.6-3.4 3.2-5.2 7-5.200s6.4 1.8 7 5.2",
  trail: "M6 3v14M6 5.500h9M6 10h6M6 14.500h9",
  menu: "M3 5.500h14M3 10h14M3 14.500h14",
  search: "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM13.5 13.5 17.5 17.5",
  back: "M12 4.5 6.5 10l5.5 5.5",
  next: "M8 4.5 13.5 10 8 15.5",
  download: "M10 3v10M6 9.500l4 4 4-4M3.5 17h13",
  out: "M8 3H4v14h4M12 6.5 15.5 10 12 13.500M15.5 10H7.5",
  warning: "M10 3 18 17H2ZM10 8v4.500M10 14.600v.2",
  check: "M4 10.5 8.2 14.7 16 5.5",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
