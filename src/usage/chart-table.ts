import type { Resolution } from '../buckets.ts';
import type { BucketState } from '../history/answer.ts';
import type { BucketStyle, Format } from '../i18n/format.ts';
import { apportion, apportionTo, displayStep, sumNano } from '../money.ts';
import type { ChartModel } from './chart-model.ts';

/** A bucket in the table behind a chart. */
export interface ChartRow {
  bucket: string;
  iso: string;
  href: string | null;
  state: BucketState;
  /** `null`: not known. So are the others. */
  cost: string | null;
  exactCost: string | null;
  /** Only a lower bound. */
  atLeast: boolean;
  calls: string | null;
  /** One for each layer; they add up to `cost`, and are as unknown. */
  parts: (string | null)[];
  before: string | null;
}

/** How buckets are named where there is room for it. */
export const BUCKET_STYLES = {
  hour: 'day_and_hour',
  day: 'weekday',
  week: 'weekday',
  month: 'month',
} as const satisfies Record<Resolution, BucketStyle>;

/**
 * Costs are rounded together, so that the column adds up to the total that is shown, and the parts
 * of a row to its cost.
 */
export function tableRows({ buckets, resolution }: ChartModel, format: Format): ChartRow[] {
  const known = buckets.map(({ cost }) => cost ?? 0n);
  const step = displayStep(sumNano(known));
  const rounded = apportion(known, step);
  const style = BUCKET_STYLES[resolution];
  return buckets.map(({ start, cost, count, state, parts, before, href }, index) => {
    const shown = rounded[index] ?? 0n;
    const costs = apportionTo(
      parts.map((part) => part.cost),
      step,
      shown,
    );
    return {
      bucket: format.bucket(start, style),
      iso: start.toString({ timeZoneName: 'never' }),
      href,
      state,
      cost: cost === null ? null : format.money(shown, step),
      exactCost: cost === null ? null : format.exactMoney(cost),
      atLeast: state === 'partial',
      calls: count === null ? null : format.count(count),
      parts: costs.map((part) => (cost === null ? null : format.money(part, step))),
      before: before?.cost == null ? null : format.money(before.cost, step),
    };
  });
}
