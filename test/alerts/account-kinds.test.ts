import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../src/alerts/finding.ts';
import {
  type AccountTroubleReading,
  accountTrouble,
  TROUBLE_KINDS,
} from '../../src/alerts/kinds/account-trouble.ts';
import { type BalanceReading, balanceBelow } from '../../src/alerts/kinds/balance-below.ts';
import { type CostlyReading, costlyRequest } from '../../src/alerts/kinds/costly-request.ts';
import { creditsExpiring } from '../../src/alerts/kinds/credits-expiring.ts';
import { type EventsReading, eventUncovered } from '../../src/alerts/kinds/event-uncovered.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import { runwayShort } from '../../src/alerts/kinds/runway-short.ts';
import { type SyncReading, syncStale } from '../../src/alerts/kinds/sync-stale.ts';
import type { Refusal } from '../../src/alerts/refusals.ts';
import type { Severity } from '../../src/alerts/rule.ts';
import type { FailureCode } from '../../src/http/failure.ts';
import { isTextKey } from '../../src/i18n/index.ts';
import { NOW } from '../support/panel.ts';

const NOTHING: ReadonlySet<string> = new Set();
const usd = (amount: number) => BigInt(Math.round(amount * 1e9));
const ago = (duration: Temporal.DurationLike) => NOW.subtract(duration);
const subjects = ({ findings }: Evaluation) => findings.map(({ subject }) => subject);

describe('every kind', () => {
  const own = Object.values(KINDS);

  test('understands its own defaults, twice over', () => {
    for (const { kind, params, defaults, suggested } of own) {
      const starts = [...defaults, ...(suggested ? [suggested] : [])];
      // A budget needs an amount that only people know.
      expect(starts.length > 0 || kind === 'budget').toBe(true);
      for (const each of starts) {
        const once = params.parse(each.params);
        expect(params.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
      }
    }
  });

  test('has its words', () => {
    for (const { kind, fields } of own) {
      const keys = [
        ...[`alert_kind.${kind}`, `alert_kind.${kind}.about`],
        ...['found', 'over', 'advice'].map((text) => `alert.${kind}.${text}`),
        ...fields.flatMap((field) => [
          `alert_param.${field.name}`,
          ...(field.type === 'choice'
            ? field.options.map((option) => `alert_option.${field.name}.${option}`)
            : []),
        ]),
      ];
      expect(keys.filter((key) => !isTextKey(key))).toEqual([]);
    }
  });

  test('refuses params that make no sense', () => {
    for (const [kind, params] of [
      ['costly_request', { times: 4, min_amount: '1' }],
      ['costly_request', { times: 20, min_amount: '0.4' }],
      ['balance_below', { amount: '0' }],
      ['balance_below', {}],
      ['runway_short', { days: 0 }],
      ['runway_short', { days: 2.5 }],
      ['event_uncovered', { days: 14, verdict: 'enough' }],
      ['sync_stale', { minutes: 'soon' }],
    ] as const) {
      expect([kind, KINDS[kind]?.params.safeParse(params).success]).toEqual([kind, false]);
    }
    // As a form has them.
    expect(balanceBelow.params.parse({ amount: '12,5' })).toEqual({ amount: '12.5' });
  });
});

describe('a balance below an amount', () => {
  const reading = (balance: bigint, hours = 0, currency = 'USD'): BalanceReading => ({
    now: NOW,
    balance: { known: { balance, currency, asOf: ago({ hours }) }, away: null },
  });
  const judge = (at: BalanceReading, firing = NOTHING) =>
    balanceBelow.judge(at, { amount: '10' }, firing);

  test('is found below it, and over a tenth above it', () => {
    const amounts = fc.bigInt({ min: 0n, max: usd(20) });
    fc.assert(
      fc.property(amounts, (balance) => {
        expect(subjects(judge(reading(balance)))).toEqual(balance < usd(10) ? [''] : []);
        const still = judge(reading(balance), new Set(['']));
        expect(subjects(still)).toEqual(balance < usd(11) ? [''] : []);
        // What is found is still found while it is open.
        expect(still.findings.length).toBeGreaterThanOrEqual(
          judge(reading(balance)).findings.length,
        );
      }),
    );
  });

  test.each([
    ['was never read', { now: NOW, balance: null }],
    ['is in another currency', reading(1n, 0, 'EUR')],
    ['is hours old', reading(1n, 7)],
  ])('is unknown where it %s', (_, at) => {
    expect(judge(at)).toEqual({ isKnown: false, findings: [] });
  });
});

describe('a short runway', () => {
  const judge = (days: number | null, firing = NOTHING) =>
    runwayShort.judge(
      {
        now: NOW,
        forecast: {
          runway: {
            until: days === null ? null : NOW.add({ minutes: Math.round(days * 1440) }),
            earliest: NOW,
          },
        },
      },
      { days: 7 },
      firing,
    );

  test('is found below its days, and over a fifth above them', () => {
    expect(subjects(judge(6.9))).toEqual(['']);
    expect(subjects(judge(7.1))).toEqual([]);
    expect(subjects(judge(8.3, new Set([''])))).toEqual(['']);
    expect(judge(8.5, new Set(['']))).toEqual({ isKnown: true, findings: [] });
    expect(judge(null, new Set(['']))).toEqual({ isKnown: true, findings: [] });
  });

  test.each([null, { runway: 'history_too_short' as const }])('is unknown of %s', (forecast) => {
    const evaluation = runwayShort.judge({ now: NOW, forecast }, { days: 7 }, NOTHING);
    expect(evaluation).toEqual({ isKnown: false, findings: [] });
  });
});

describe('credits that expire', () => {
  const judge = (amount: number, days: number, firing = NOTHING, expired = NOTHING) =>
    creditsExpiring.judge(
      {
        now: NOW,
        timezone: 'America/Mexico_City',
        expired,
        forecast: {
          runway: { until: null, earliest: null },
          expiring: [
            {
              entryId: 'e1',
              amount: usd(amount),
              expiresAt: NOW.add({ hours: Math.round(days * 24) }),
            },
          ],
        },
      },
      { days: 30 },
      firing,
    );

  test('are found purchase by purchase, on the day of the account', () => {
    const [finding] = judge(120, 20).findings;
    expect(finding).toMatchObject({
      ...{ subject: 'e1', nature: 'state', cause: 'credits' },
      facts: {
        expiring: { as: 'money', value: '120', currency: 'USD' },
        expires_on: { as: 'day', value: '2026-03-27' },
        days_left: { as: 'days', value: 20 },
      },
    });
  });

  test('are not found of next to nothing, later, or once they are gone', () => {
    expect(subjects(judge(0.9, 20))).toEqual([]);
    expect(subjects(judge(0.9, 20, new Set(['e1'])))).toEqual(['e1']);
    expect(subjects(judge(0.4, 20, new Set(['e1'])))).toEqual([]);
    expect(subjects(judge(120, 31))).toEqual([]);
    expect(subjects(judge(120, -1, new Set(['e1'])))).toEqual([]);
  });

  test('are over without a word once they have expired, also while nobody knows what lasts', () => {
    const firing = new Set(['e0', 'e1']);
    expect(judge(120, 20, firing, new Set(['e0']))).toMatchObject({
      findings: [{ subject: 'e1' }],
      lapsed: ['e0'],
    });
    const unknown = { now: NOW, timezone: 'UTC', forecast: null, expired: firing };
    expect(creditsExpiring.judge(unknown, { days: 30 }, firing)).toEqual({
      ...{ isKnown: false, findings: [], lapsed: ['e0', 'e1'] },
    });
    // They were used up: that is worth a word.
    expect(judge(0, 20, firing).lapsed).toBeUndefined();
  });
});

describe('an event that is not covered', () => {
  const figures = (verdict: 'enough' | 'tight' | 'top_up', topUpIn = 7 * 24) => ({
    ...{ verdict, topUp: usd(12), topUpBy: NOW.add({ hours: topUpIn }), available: usd(30) },
    cost: { low: usd(38), expected: usd(40), high: usd(46) },
  });
  const judge = (
    found: EventsReading['events'][number]['figures'],
    {
      verdict = 'top_up' as 'top_up' | 'tight',
      firing = NOTHING,
      days = 10,
      severity = 'warning' as Severity,
    }: {
      verdict?: 'top_up' | 'tight';
      firing?: ReadonlySet<string>;
      days?: number;
      severity?: Severity;
    } = {},
  ) => {
    const event = { id: 'boda', name: 'Boda', start: NOW.add({ hours: days * 24 }) };
    return eventUncovered.judge(
      { now: NOW, events: [{ event, figures: found }] },
      { days: 14, verdict },
      firing,
      severity,
    );
  };

  test('says what is missing and until when', () => {
    expect(judge(figures('top_up')).findings[0]?.facts).toMatchObject({
      event: { value: 'Boda' },
      missing: { value: '12' },
      cost_low: { value: '38' },
      cost_high: { value: '46' },
      outlook: { value: 'event_short' },
    });
  });

  test('is over when it is enough, not when it becomes tight', () => {
    const firing = new Set(['boda']);
    expect(subjects(judge(figures('tight')))).toEqual([]);
    expect(subjects(judge(figures('tight'), { verdict: 'tight' }))).toEqual(['boda']);
    expect(subjects(judge(figures('tight'), { firing }))).toEqual(['boda']);
    expect(subjects(judge(figures('enough'), { firing }))).toEqual([]);
  });

  test('of which nobody knows is told three days before, and less gravely', () => {
    const unsure = { missing: 'no_price', endpointId: 'fal-ai/x' } as const;
    expect(judge(unsure).findings).toEqual([]);
    const [near] = judge(unsure, { days: 2 }).findings;
    expect(near).toMatchObject({ subject: 'boda', severity: 'info' });
    expect(near?.facts.why).toEqual({ as: 'code', value: 'no_price' });
    const [still] = judge(unsure, { firing: new Set(['boda']) }).findings;
    expect(still).toMatchObject({ subject: 'boda', severity: 'info' });
  });

  test('is urgent when it is time to top up, unless nobody wants it so', () => {
    const severities = (...given: Parameters<typeof judge>) =>
      judge(...given).findings.map(({ severity }) => severity);
    expect(severities(figures('top_up'))).toEqual([undefined]);
    // Credits run out days before the event.
    expect(severities(figures('top_up', 0))).toEqual(['critical']);
    expect(severities(figures('top_up'), { days: 3 })).toEqual(['critical']);
    expect(severities(figures('top_up'), { days: 3, severity: 'info' })).toEqual([undefined]);
    expect(severities(figures('tight'), { days: 3, verdict: 'tight' })).toEqual([undefined]);
  });

  test('is over without a word when the event is, or is not there any more', () => {
    const firing = new Set(['boda', 'xv']);
    expect(judge(figures('top_up'), { firing }).lapsed).toEqual(['xv']);
    expect(judge({ missing: 'over', endpointId: null }, { firing }).lapsed).toEqual(['boda', 'xv']);
    expect(judge(figures('enough'), { firing: new Set(['boda']) }).lapsed).toBeUndefined();
  });

  test('that was not checked yet is unknown', () => {
    expect(judge(null)).toEqual({ isKnown: false, findings: [] });
  });
});

describe('trouble of an account', () => {
  const refusal = (facts: Partial<Refusal>): Refusal => ({
    ...{ accountId: 'a', asked: 'usage', kind: 'exhausted_balance', status: 403, times: 1 },
    ...{ said: '/models/usage: account locked', from: ago({ minutes: 3 }), until: NOW },
    ...facts,
  });
  const reading = (
    refusals: Refusal[],
    facts: Partial<AccountTroubleReading> = {},
  ): AccountTroubleReading => ({
    ...{ now: NOW, isPaused: false, refusals, answers: {}, balance: null, credited: null },
    ...{ accountId: 'a', shared: new Map() },
    ...facts,
  });
  const judge = (at: AccountTroubleReading, firing = NOTHING) =>
    accountTrouble.judge(at, {}, firing);

  test.each(TROUBLE_KINDS)('%s has its words and what to do', (trouble) => {
    expect([isTextKey(`alert_code.${trouble}`), isTextKey(`alert_code.do_${trouble}`)]).toEqual([
      true,
      true,
    ]);
    const long = { times: 9, from: ago({ hours: 1 }) };
    const { findings } = judge(reading([refusal({ kind: trouble, ...long })]));
    expect(findings[0]).toMatchObject({
      ...{ subject: trouble, nature: 'state', cause: 'access' },
      facts: { trouble: { value: trouble }, what_to_do: { value: `do_${trouble}` } },
    });
  });

  test('a lock is told at once, a refused key the second time, an outage after ten minutes', () => {
    const found = (facts: Partial<Refusal>) => subjects(judge(reading([refusal(facts)])));
    expect(found({ kind: 'admin_lock' })).toEqual(['admin_lock']);
    expect(found({ kind: 'bad_key' })).toEqual([]);
    expect(found({ kind: 'bad_key', times: 2 })).toEqual(['bad_key']);
    expect(found({ kind: 'outage', times: 9 })).toEqual([]);
    expect(found({ kind: 'outage', from: ago({ minutes: 10 }) })).toEqual(['outage']);
    expect(found({ kind: 'cdn', from: ago({ minutes: 10 }), asked: 'balance' })).toEqual([]);
    expect(found({ kind: 'rate_limited', times: 99, from: ago({ hours: 9 }) })).toEqual([]);
    expect(found({ kind: 'partly', times: 99, from: ago({ hours: 9 }) })).toEqual([]);
  });

  test('charges that can not be read are no trouble while usage can', () => {
    const down = refusal({ asked: 'ledger', kind: 'outage', from: ago({ hours: 70 }) });
    expect(judge(reading([down]))).toEqual({ isKnown: true, findings: [] });
  });

  test('a balance that can not be read while usage can is of the credits, and keeps nothing waiting', () => {
    const causes = (facts: Partial<Refusal>) =>
      judge(reading([refusal({ times: 9, ...facts })])).findings.map(({ cause }) => cause);
    expect(causes({ kind: 'scope', asked: 'balance' })).toEqual(['credits']);
    expect(causes({ kind: 'scope', asked: 'usage' })).toEqual(['access']);
    expect(causes({ kind: 'admin_lock', asked: 'balance' })).toEqual(['access']);
    const both = [
      refusal({ kind: 'scope', asked: 'balance' }),
      refusal({ kind: 'scope', times: 2 }),
    ];
    expect(judge(reading(both)).findings.map(({ cause }) => cause)).toEqual(['access']);
  });

  test('an outage that comes and goes is as long as it has lasted since the last good answer', () => {
    const outage = refusal({ kind: 'outage', times: 6, from: ago({ minutes: 50 }) });
    const answered = (minutes: number) =>
      subjects(judge(reading([outage], { answers: { usage: ago({ minutes }) } })));
    expect(answered(5)).toEqual([]);
    expect(answered(12)).toEqual(['outage']);
  });

  test('that fal was asked too often meanwhile ends nothing', () => {
    const busy = refusal({ kind: 'rate_limited', from: ago({ minutes: 1 }) });
    const locked = refusal({ until: ago({ minutes: 2 }) });
    expect(subjects(judge(reading([locked, busy])))).toEqual(['exhausted_balance']);
  });

  test('is over with the next good answer to the same question', () => {
    const firing = new Set(['exhausted_balance']);
    const at = ago({ minutes: 1 });
    const refusals = [refusal({ until: ago({ minutes: 2 }) })];
    expect(subjects(judge(reading(refusals, { answers: { balance: at } }), firing))).toEqual([
      'exhausted_balance',
    ]);
    expect(judge(reading(refusals, { answers: { usage: at } }), firing)).toEqual({
      isKnown: true,
      findings: [],
    });
  });

  describe('that was told of and is not what fal says now', () => {
    const locked = refusal({ from: ago({ hours: 2 }), until: ago({ minutes: 30 }) });
    const now = (facts: Partial<Refusal>) => refusal({ from: ago({ minutes: 20 }), ...facts });
    const since = (last: Partial<Refusal>, before = locked) =>
      judge(reading([before, now(last)]), new Set([before.kind]));

    test('is not over because fal is down, or makes no sense', () => {
      expect(subjects(since({ kind: 'outage' }))).toEqual(['outage', 'exhausted_balance']);
      expect(subjects(since({ kind: 'bad_answer' }))).toEqual(['exhausted_balance']);
      const down = refusal({ ...locked, kind: 'outage' });
      expect(subjects(since({ kind: 'cdn' }, down))).toEqual(['cdn', 'outage']);
      const { findings } = since({ kind: 'bad_answer' });
      expect(findings[0]?.facts.trouble_since).toEqual({
        ...{ as: 'moment', value: ago({ hours: 2 }).toString() },
      });
    });

    test('is something else, once that is told', () => {
      const turned = (last: Partial<Refusal>) => {
        const evaluation = since(last);
        return [...subjects(evaluation), 'turned', ...(evaluation.turned ?? [])];
      };
      expect(turned({ kind: 'admin_lock' })).toEqual(['admin_lock', 'turned', 'exhausted_balance']);
      expect(turned({ kind: 'bad_key' })).toEqual(['exhausted_balance', 'turned']);
      expect(turned({ kind: 'bad_key', times: 2 })).toEqual([
        ...['bad_key', 'turned', 'exhausted_balance'],
      ]);
    });

    test('is over with a good answer, or where some days can be read', () => {
      expect(since({ kind: 'partly' })).toEqual({ isKnown: true, findings: [] });
      const answers = { usage: ago({ minutes: 25 }) };
      expect(
        judge(reading([locked, now({ kind: 'outage' })], { answers }), new Set([locked.kind])),
      ).toMatchObject({ findings: [{ subject: 'outage' }] });
    });
  });

  test('of a paused account is as it was', () => {
    const at = reading([refusal({})], { isPaused: true });
    expect(judge(at)).toEqual({ isKnown: false, findings: [] });
  });

  test('the same from two questions is one', () => {
    const both = [refusal({ asked: 'balance', times: 4 }), refusal({})];
    const { findings } = judge(reading(both));
    expect(findings).toHaveLength(1);
    expect(findings[0]?.facts.times_refused).toEqual({ as: 'count', value: 4 });
  });

  test('says what a lock came of, and that there was a top-up in between', () => {
    const exhausted = refusal({ from: ago({ hours: 9 }), until: ago({ hours: 2 }) });
    const admin = refusal({ kind: 'admin_lock', from: ago({ hours: 1 }) });
    const credited = { at: ago({ hours: 5 }), amount: usd(50), currency: 'USD' };
    const { findings } = judge(reading([exhausted, admin], { credited }));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      subject: 'admin_lock',
      facts: {
        before: { value: 'exhausted_balance' },
        topped_up: { value: '50' },
        although: { value: 'locked_with_credit' },
      },
    });
  });

  test('a balance that is read while the account is locked is told, an older one is none', () => {
    const although = (hours: number) => {
      const known = { balance: usd(24), currency: 'USD', asOf: ago({ hours }) };
      const locked = refusal({ from: ago({ hours: 3 }) });
      const { findings } = judge(reading([locked], { balance: { known, away: null } }));
      return findings[0]?.facts.although;
    };
    expect(although(1)).toEqual({ as: 'code', value: 'locked_with_credit' });
    expect(although(4)).toBeUndefined();
  });
});

describe('data that is not up to date', () => {
  const status = (facts: Partial<NonNullable<SyncReading['status']>>) => ({
    ...({
      accountId: 'a',
      state: 'idle',
      progress: null,
      nextRunAt: null,
      lastError: null,
    } as const),
    lastSuccessAt: ago({ minutes: 3 }),
    ...facts,
  });
  const judge = (facts: Partial<SyncReading>, firing = NOTHING) =>
    syncStale.judge(
      {
        ...{ now: NOW, awakeSince: ago({ hours: 9 }), intervalSeconds: 300 },
        ...{ status: status({}), halfWaySince: null, neverSince: null, isSharedOutage: false },
        ...facts,
      },
      { minutes: 60 },
      firing,
    );
  const old = status({ lastSuccessAt: ago({ minutes: 66 }) });
  const error = { code: 'fal_unavailable', at: ago({ minutes: 1 }) };

  test('is found after its interval and as many minutes, with the reason', () => {
    expect(subjects(judge({}))).toEqual([]);
    expect(subjects(judge({ status: status({ lastSuccessAt: ago({ minutes: 64 }) }) }))).toEqual(
      [],
    );
    expect(judge({ status: old }).findings[0]).toMatchObject({
      ...{ subject: '', cause: 'sync', nature: 'state' },
      facts: { reason: { value: 'not_begun' } },
    });
    const failing = { ...old, state: 'failing' as const, lastError: error };
    expect(judge({ status: failing }).findings[0]?.facts.reason).toEqual({
      ...{ as: 'code', value: 'fal_unavailable' },
    });
  });

  test.each([
    'invalid_api_key',
    'admin_scope_required',
    'account_locked',
    'rate_limited',
    'internal_error',
    'fal_bad_response',
    'fal_unavailable',
    'fal_timeout',
    'key_unreadable',
    'store_unavailable',
  ] satisfies FailureCode[])('has words for %s as its reason', (code) => {
    expect(isTextKey(`alert_code.${code}`)).toBe(true);
  });

  test('of a paused account is as it was: that it is up to date again is not true', () => {
    const isPaused = { status: { ...old, state: 'paused' as const } };
    for (const firing of [NOTHING, new Set([''])]) {
      expect(judge(isPaused, firing)).toEqual({ isKnown: false, findings: [] });
    }
  });

  test('is not found of an account that is being read back', () => {
    expect(subjects(judge({ status: status({ lastSuccessAt: null, state: 'waiting' }) }))).toEqual(
      [],
    );
    expect(subjects(judge({ status: old, halfWaySince: ago({ minutes: 4 }) }))).toEqual([]);
    expect(subjects(judge({ status: old, halfWaySince: ago({ minutes: 66 }) }))).toEqual(['']);
  });

  test('is found of an account that has failed since it is there', () => {
    const never = status({ lastSuccessAt: null, state: 'failing', lastError: error });
    expect(subjects(judge({ status: never, neverSince: ago({ minutes: 10 }) }))).toEqual([]);
    expect(subjects(judge({ status: never, neverSince: ago({ minutes: 66 }) }))).toEqual(['']);
  });

  test('a panel that was off has a chance to read first, and keeps what was open', () => {
    const justOn = { status: old, awakeSince: ago({ minutes: 1 }) };
    expect(judge(justOn)).toEqual({ isKnown: false, findings: [] });
    expect(subjects(judge(justOn, new Set([''])))).toEqual(['']);
    expect(subjects(judge({ ...justOn, awakeSince: ago({ minutes: 11 }) }))).toEqual(['']);
  });
});

describe('a costly request', () => {
  const charge = (
    cost: number,
    usual: number,
    requestId = 'q',
  ): CostlyReading['charges'][number] => ({
    ...{ accountId: 'a', requestId, endpointId: 'fal-ai/x', at: NOW, foundAt: NOW },
    ...{ cost: usd(cost), usualCost: usd(usual) },
  });
  const watch = { lookedUntil: NOW, lookedAt: NOW, errorCode: null };
  const judge = (charges: CostlyReading['charges'], facts: Partial<CostlyReading> = {}) =>
    costlyRequest.judge(
      { now: NOW, watch, charges, ...facts },
      { times: 20, min_amount: '1' },
      NOTHING,
    );

  test('that is charged more and more is told again at ten and a hundred times as much', () => {
    const told = [2, 9.99, 10, 99, 100, 400, 40_500].map((cost) =>
      subjects(judge([charge(cost, 0.01)])),
    );
    expect(told.flat()).toEqual(['q', 'q', 'q x10', 'q x10', 'q x100', 'q x100', 'q x10000']);
  });

  test('is one of so many times the usual and at least so much', () => {
    expect(subjects(judge([charge(4, 0.2)]))).toEqual(['q']);
    expect(subjects(judge([charge(3.99, 0.2)]))).toEqual([]);
    expect(subjects(judge([charge(0.9, 0.01)]))).toEqual([]);
    expect(subjects(judge([charge(499, 0)]))).toEqual(['q']);
    expect(subjects(judge([charge(49, 0)]))).toEqual([]);
    expect(judge([charge(4, 0.2)]).findings[0]).toMatchObject({
      ...{ nature: 'moment', cause: 'spend' },
      facts: { times_usual: { as: 'times', value: 20 }, usual_cost: { value: '0.2' } },
    });
  });

  test.each([
    ['were never looked at', null],
    ['can not be read', { ...watch, errorCode: 'fal_unavailable' }],
    ['were last looked at an hour ago', { ...watch, lookedAt: ago({ hours: 1 }) }],
  ])('is told, but nothing is known, where charges %s', (_, own) => {
    expect(judge([charge(4, 0.2)], { watch: own })).toMatchObject({
      isKnown: false,
      findings: [{ subject: 'q' }],
    });
  });
});
