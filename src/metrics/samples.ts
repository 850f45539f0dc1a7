import { SEVERITIES } from '../alerts/rule.ts';
import { sumNano, toJsonNumber } from '../money.ts';
import { isFailing, isLocked } from '../overview/attention.ts';
import { COMPARISONS } from '../overview/comparisons.ts';
import type { AccountFigures, PanelFigures } from './account-figures.ts';
import type { Figures } from './model-figures.ts';

/** One name with its help, and a value for each set of labels. */
export interface Metric {
  name: string;
  help: string;
  type: 'gauge' | 'counter';
  samples: Sample[];
}

export interface Sample {
  labels: Record<string, string>;
  value: number;
}

/** What an account has to say under a name; what is unknown says nothing. */
interface AccountMetric {
  name: string;
  help: string;
  of: (figures: AccountFigures, now: Temporal.Instant) => Value[] | Value | null | undefined;
}

/** Further labels beside the account's, where there are any. */
type Value = number | { labels: Record<string, string>; value: number };

const ACCOUNT_METRICS: AccountMetric[] = [
  {
    name: 'fal_account_info',
    help: 'Always 1. What people call the account, and the time zone of its today and month.',
    of: ({ account: { name, timezone } }) => ({ labels: { name, timezone }, value: 1 }),
  },
  ...usageMetrics('spend_usd', 'US dollars spent in the period.', ({ cost }) =>
    cost === null ? null : toJsonNumber(cost),
  ),
  ...usageMetrics('calls', 'API calls in the period.', ({ calls }) => calls),
  ...usageMetrics('failures', 'API calls that failed in the period.', ({ failures }) => failures),
  {
    name: 'fal_account_usage_complete',
    help: '1 if spend, calls and failures of the period are known in full, 0 if they are lower bounds.',
    of: ({ periods }) =>
      periods &&
      COMPARISONS.map((period) => ({
        labels: { period },
        value: Number(periods[period].isComplete),
      })),
  },
  {
    name: 'fal_account_balance',
    help: 'Prepaid credits left, in their currency, when they could last be read.',
    of: ({ balance }) =>
      balance?.known
        ? {
            labels: { currency: balance.known.currency },
            value: toJsonNumber(balance.known.balance),
          }
        : null,
  },
  {
    name: 'fal_account_balance_read_timestamp_seconds',
    help: 'When that balance was read, in seconds since 1970.',
    of: ({ balance }) => balance?.known && seconds(balance.known.asOf),
  },
  {
    name: 'fal_account_balance_readable',
    help: '1 if the balance could be read the last time it was tried, else 0.',
    of: ({ balance }) => balance && Number(balance.away === null),
  },
  {
    name: 'fal_account_locked',
    help: '1 if fal has locked the account, else 0.',
    of: ({ balance, sync }) => (balance || sync ? Number(isLocked({ balance, sync })) : null),
  },
  runwayMetric('runway_seconds', 'expected', ({ until }) => until),
  runwayMetric('runway_earliest_seconds', 'lower end', ({ earliest }) => earliest),
  runwayMetric('runway_latest_seconds', 'upper end', ({ latest }) => latest),
  {
    name: 'fal_account_credits_expiring_usd',
    help: 'US dollars of credits that will expire unused, as far ahead as the runway is looked at.',
    of: ({ outlook }) => {
      if (!outlook || typeof outlook.runway === 'string') return null;
      return toJsonNumber(sumNano(outlook.expiring.map(({ amount }) => amount)));
    },
  },
  {
    name: 'fal_account_credits_next_expiry_timestamp_seconds',
    help: 'When the first of those will expire, in seconds since 1970.',
    of: ({ outlook }) => {
      const next = outlook?.expiring[0];
      return next ? seconds(next.expiresAt) : null;
    },
  },
  {
    name: 'fal_account_sync_last_success_timestamp_seconds',
    help: 'When usage was last read from fal without a failure, in seconds since 1970.',
    of: ({ sync }) => sync?.lastSuccessAt && seconds(sync.lastSuccessAt),
  },
  {
    name: 'fal_account_sync_failing',
    help: '1 if usage could not be read from fal since the last success, else 0.',
    of: ({ sync }) => sync && Number(isFailing(sync)),
  },
  {
    name: 'fal_account_sync_paused',
    help: '1 if somebody has paused reading usage, else 0.',
    of: ({ sync }) => sync && Number(sync.state === 'paused'),
  },
  {
    name: 'fal_account_open_incidents',
    help: 'Alerts that are not resolved.',
    of: ({ incidents }) =>
      SEVERITIES.map((severity) => ({ labels: { severity }, value: incidents[severity] })),
  },
];

/** Every metric of the panel's figures; of what is unknown there is no sample. */
export function panelMetrics({ now, accounts, leftOut, failedReadings }: PanelFigures): Metric[] {
  return [
    single('fal_accounts', 'Stored fal accounts.', accounts.length + leftOut),
    single(
      'fal_accounts_left_out',
      'Accounts of which nothing is told, as there are too many.',
      leftOut,
    ),
    ...ACCOUNT_METRICS.map(({ name, help, of }): Metric => {
      const samples = accounts.flatMap((figures) => {
        const value = of(figures, now);
        return [value ?? []].flat().map((each) => sample(figures.account.slug, each));
      });
      return { name, help, type: 'gauge', samples };
    }),
    single(
      'fal_metrics_read_timestamp_seconds',
      'When these figures were read from the local copy, in seconds since 1970.',
      seconds(now),
    ),
    single(
      'fal_metrics_failed_readings',
      'Questions to the local copy that failed; their samples are missing.',
      failedReadings,
    ),
  ];
}

/** What the process itself costs, at this moment. */
export function processMetrics(): Metric[] {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const startedAt = (performance.timeOrigin / 1000).toFixed(3);
  return [
    {
      ...single('fal_process_cpu_seconds_total', 'Processor time used.', (user + system) / 1e6),
      type: 'counter',
    },
    single('fal_process_resident_memory_bytes', 'Memory in use.', rss),
    single('fal_process_heap_used_bytes', 'Memory of JavaScript objects in use.', heapUsed),
    single('fal_process_start_time_seconds', 'When it started, since 1970.', Number(startedAt)),
  ];
}

/** A figure of each period: of an account, and of its models. */
function usageMetrics(
  unit: string,
  help: string,
  read: (figures: Figures) => number | null,
): AccountMetric[] {
  const known = (labels: Record<string, string>, figures: Figures) => {
    const value = read(figures);
    return value === null ? [] : [{ labels, value }];
  };
  return [
    {
      name: `fal_account_${unit}`,
      help,
      of: ({ periods }) =>
        periods && COMPARISONS.flatMap((period) => known({ period }, periods[period])),
    },
    {
      name: `fal_model_${unit}`,
      help: `${help} By model; the account's others together are "other".`,
      of: ({ periods }) =>
        periods &&
        COMPARISONS.flatMap((period) =>
          periods[period].models.flatMap((each) => known({ model: each.model, period }, each)),
        ),
    },
  ];
}

type Bounds = Exclude<NonNullable<AccountFigures['outlook']>['runway'], string>;

/** Beyond the horizon it is at least as long as that. */
function runwayMetric(
  unit: string,
  which: string,
  endOf: (runway: Bounds) => Temporal.Instant | null,
): AccountMetric {
  return {
    name: `fal_account_${unit}`,
    help: `How long the credits last at the recent pace, ${which}, planned events counted; 400 days stands for longer.`,
    of: ({ outlook }, now) => {
      if (!outlook || typeof outlook.runway === 'string') return null;
      const { runway } = outlook;
      return Math.max(0, now.until(endOf(runway) ?? runway.horizon).total('seconds'));
    },
  };
}

function sample(account: string, value: Value): Sample {
  return typeof value === 'number'
    ? { labels: { account }, value }
    : { labels: { account, ...value.labels }, value: value.value };
}

function single(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ labels: {}, value }] };
}

function seconds(at: Temporal.Instant): number {
  return at.epochMilliseconds / 1000;
}
