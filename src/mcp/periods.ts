/** Periods by name: whoever asks need not know what day it is where the panel is. */
export const PERIODS = [
  'today',
  'yesterday',
  'last_7_days',
  'last_30_days',
  'this_month',
  'last_month',
] as const;
export type PeriodName = (typeof PERIODS)[number];

/** Its first and last day, both included, as the API takes them. */
export function periodDays(
  name: PeriodName,
  today: Temporal.PlainDate,
): { start: string; end: string } {
  const days = (start: Temporal.PlainDate, end = today) => ({
    start: start.toString(),
    end: end.toString(),
  });
  const month = today.with({ day: 1 });
  switch (name) {
    case 'today':
      return days(today);
    case 'yesterday':
      return days(today.subtract({ days: 1 }), today.subtract({ days: 1 }));
    case 'last_7_days':
      return days(today.subtract({ days: 6 }));
    case 'last_30_days':
      return days(today.subtract({ days: 29 }));
    case 'this_month':
      return days(month);
    case 'last_month':
      return days(month.subtract({ months: 1 }), month.subtract({ days: 1 }));
  }
}
