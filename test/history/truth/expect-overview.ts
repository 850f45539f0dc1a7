import { expect } from 'vitest';
import { bucketStart } from '../../../src/buckets.ts';
import { sumNano } from '../../../src/money.ts';
import { byClass } from '../../support/html.ts';
import { type Answered, askApi, type Looking } from './looks.ts';
import { costsSoFarIn, expectBuckets, expectDigits, sectionOf, usageIn } from './pages.ts';

/** `/admin` says what the API says of the same spans. */
export async function expectOverview(looking: Looking, timezone: string): Promise<void> {
  const { ask, look, telling } = looking;
  const now = telling.panel.services.now();
  const { text } = await ask(`/admin?range=${look.range}`).expect(200);
  const section = sectionOf(text, ({ attributes }) => attributes.id === 'overview');
  const soFar = costsSoFarIn(section);
  // Nothing was read yet, or only so that it can't be cut in this zone.
  if (soFar.length === 0) return;

  const since = (start: Temporal.ZonedDateTime, resolution: 'hour' | 'day') =>
    askApi(looking, {
      ...{ start: start.toInstant(), end: now, timezone, resolution },
      ...{ groupBy: 'endpoint', endpointIds: [], apiKeyIds: [] },
    });
  const at = now.toZonedDateTimeISO(timezone);
  const hour = bucketStart(now, 'hour', timezone).toInstant();
  const last24h = await since(bucketStart(hour.subtract({ hours: 24 }), 'hour', timezone), 'hour');
  const month = await since(at.with({ day: 1 }).startOfDay(), 'day');
  for (const [index, answered] of [
    await since(at.startOfDay(), 'hour'),
    last24h,
    month,
  ].entries()) {
    if (!answered) continue;
    const { total, buckets, isAtLeast } = answered;
    const isKnown = buckets.some(({ cost }) => cost !== null);
    const figure = soFar[index];
    if (isKnown) expect(figure).toMatchObject({ exact: total.cost, isAtLeast });
    else expect(figure).toBeNull();
  }

  const spent =
    look.range === 'hours' ? last24h : await since(at.subtract({ days: 29 }).startOfDay(), 'day');
  const [card] = byClass(section, 'spend');
  if (!card || !spent) throw new Error('the overview lacks what was spent');
  expectSpend(usageIn(card), spent);
}

function expectSpend(shown: ReturnType<typeof usageIn>, { total, groups, buckets }: Answered) {
  if (shown.buckets.length === 0) {
    expect([total.cost, groups]).toEqual([0n, []]);
    return;
  }
  expectBuckets(shown, { buckets });
  const sum = shown.total?.cost;
  if (!sum) return;
  expect(sum.exact).toBe(total.cost);
  const rows = shown.groups.map(({ name, cost, calls }) => [name, cost?.exact, calls]);
  const others = rows.length < groups.length ? rows.pop() : undefined;
  expect(rows).toEqual(
    groups.slice(0, rows.length).map(({ key, cost, count }) => [key, cost, count]),
  );
  if (others) {
    expect(others[1]).toBe(sumNano(groups.slice(rows.length).map(({ cost }) => cost)));
  }
  expectDigits(shown, sum);
}
