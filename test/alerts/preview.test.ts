import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../src/alerts/finding.ts';
import { previewRule, replay } from '../../src/alerts/preview.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, startPanel } from '../support/panel.ts';
import { DOLLAR, plantReadAccount, plantUsage } from './planted-usage.ts';
import { ruleOf } from './rules.ts';

const NOW = Temporal.Instant.from('2026-03-11T18:20:00Z');
const at = (text: string) => Temporal.Instant.from(text);

describe.each(ENGINES)('%s', (engine) => {
  async function setUp() {
    const { now } = stoppedClock(NOW);
    const { services } = await startPanel({}, { engine, parts: { now } });
    return { services, account: await plantReadAccount(services, 'one', { days: 125 }) };
  }

  test('a rule of spend says on which days it would have fired', async () => {
    const { services, account } = await setUp();
    await plantUsage(services, 'one', [
      { at: at('2026-01-15T10:00Z'), cost: 9n * DOLLAR },
      { at: at('2026-02-20T10:00Z'), cost: 9n * DOLLAR },
      { at: at('2026-03-01T10:00Z'), cost: 3n * DOLLAR },
      { at: at('2026-03-01T21:00Z'), cost: 3n * DOLLAR },
      { at: at('2026-03-11T17:00Z'), cost: 6n * DOLLAR },
    ]);
    const preview = await previewRule(services, account, ruleOf('spend_above', { amount: '5' }));
    expect(preview).toMatchObject({ state: 'kept', isKnown: true });
    expect(
      preview.found.map(({ finding, at: found, until }) => [
        finding.subject,
        `${found}`,
        until && `${until}`,
      ]),
    ).toEqual([
      ['2026-02-20', '2026-02-20T11:00:00Z', '2026-02-21T03:00:00Z'],
      ['2026-03-01', '2026-03-01T22:00:00Z', '2026-03-02T03:00:00Z'],
      ['2026-03-11', '2026-03-11T18:00:00Z', null],
    ]);
  });

  test('every kind that says it looks back does', async () => {
    const { services, account } = await setUp();
    const hours = Array.from({ length: 90 * 24 }, (_, hour) => ({
      at: at('2026-03-11T18:00Z').subtract({ hours: hour }),
      cost: hour === 100 ? 60n * DOLLAR : DOLLAR / 4n,
      calls: 30,
      failures: hour === 200 ? 25 : 0,
    }));
    await plantUsage(services, 'one', hours);
    const found = async (rule: ReturnType<typeof ruleOf>) =>
      (await previewRule(services, account, rule)).found.length;
    expect(await found(ruleOf('spend_unusual', {}))).toBe(1);
    expect(await found(ruleOf('failure_rate', {}))).toBe(1);
    expect(await found(ruleOf('budget', { amount: '20', period: 'day' }))).toBeGreaterThan(0);
    expect(await found(ruleOf('price_changed', {}))).toBe(0);
  });

  test('where nothing happened that a kind looks at, it would not have fired', async () => {
    const { services, account } = await setUp();
    expect(await previewRule(services, account, ruleOf('price_changed', {}))).toMatchObject({
      state: 'kept',
      isKnown: true,
      found: [],
    });
  });

  test('params that mean nothing are said to be of no use', async () => {
    const { services, account } = await setUp();
    const rule = ruleOf('spend_above', { amount: 'much' });
    expect(await previewRule(services, account, rule)).toMatchObject({
      state: 'unusable',
      found: [],
    });
  });
});

test('a state is told once from when it is found until it is over, a moment once for all', () => {
  const finding = (subject: string, nature: 'state' | 'moment') => ({
    ...{ subject, nature, cause: 'spend' as const, facts: {} },
  });
  const known = (...findings: Evaluation['findings']) => ({ isKnown: true, findings });
  const [state, moment] = [finding('a', 'state'), finding('b', 'moment')];
  const evaluations: Evaluation[] = [
    known(),
    known(state, moment),
    { isKnown: false, findings: [] },
    known(state, moment),
    known(moment),
    known(state),
  ];
  const readings = evaluations.map((reading, hour) => ({ at: NOW.add({ hours: hour }), reading }));
  const firing: string[][] = [];
  const judge = (reading: Evaluation, _: unknown, open: ReadonlySet<string>) => {
    firing.push([...open]);
    return reading;
  };
  const { found, isKnown } = replay({ judge }, readings, {}, 'warning');
  expect(isKnown).toBe(true);
  expect(
    found.map(({ finding: { subject }, at: from, until }) => [
      subject,
      NOW.until(from).total('hours'),
      until && NOW.until(until).total('hours'),
    ]),
  ).toEqual([
    ['a', 1, 4],
    ['b', 1, null],
    ['a', 5, null],
  ]);
  expect(firing).toEqual([[], [], ['a'], ['a'], ['a'], []]);
});
