import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acknowledgeIncident } from '../../src/alerts/change-incidents.ts';
import { CAUSES, type Finding, UNKNOWN } from '../../src/alerts/finding.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { SEVERITIES } from '../../src/alerts/rule.ts';
import { settleIncidents } from '../../src/alerts/settle.ts';
import { ENGINES } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import {
  aFinding,
  aRule,
  CONFIG,
  minute,
  plantChannel,
  plantedAccount,
  settling,
} from './settling.ts';

const SUBJECTS = ['s1', 's2', 's3'];
const MOMENTS = ['m1', 'm2', 'm3'];

/** What a rule finds at a step; `null`: it can't tell. */
const evaluation = fc.option(
  fc.record({
    states: fc.subarray(SUBJECTS),
    moments: fc.subarray(MOMENTS),
    severity: fc.constantFrom(undefined, ...SEVERITIES),
    /** Whether the time of what is not found is over. */
    isLapsed: fc.constantFrom(false, false, true),
  }),
  { freq: 6 },
);
const step = fc.record({
  minutes: fc.constantFrom(1, 1, 1, 5, 11, 31, 61, 200),
  evaluations: fc.tuple(evaluation, evaluation, evaluation),
  /** What goes wrong, or who comes in between. */
  happens: fc.constantFrom('nothing', 'nothing', 'nothing', 'crash', 'replica', 'acknowledged'),
});
const rules = fc.tuple(
  ...(['r1', 'r2', 'r3'] as const).map((id) =>
    fc.record({
      id: fc.constant(id),
      cause: fc.constantFrom(...CAUSES),
      severity: fc.constantFrom(...SEVERITIES),
      channelIds: fc.constantFrom(null, null, ['c1'], ['c2']),
      quietHours: fc.constantFrom(null, { from: '22:00', until: '07:00' }),
      remindHours: fc.constantFrom(null, 6),
    }),
  ),
);
const CRASH = new Error('crash');

describe.each(ENGINES)('whatever is found when, on %s', (engine) => {
  test('is told once each time it opens, if it lasts, and once when it is over', async () => {
    const store = await openAt(await emptyPlace(engine));
    await plantChannel(store, 'c1');
    await plantChannel(store, 'c2', 'en');
    let accounts = 0;
    await fc.assert(
      fc.asyncProperty(
        rules,
        fc.array(step, { minLength: 3, maxLength: 20 }),
        async (given, steps) => {
          accounts += 1;
          const id = `a${accounts}`;
          await plantAccount(store.db, id);
          const account = await plantedAccount(store, id);
          const panel = settling(store, account);
          const happened = new Map<string, Set<string>>(given.map((rule) => [rule.id, new Set()]));
          const judge = (evaluations: (typeof steps)[number]['evaluations']) =>
            given.map(({ cause, ...facts }, index) => {
              const rule: Rule = aRule(facts);
              const told = evaluations[index];
              if (!told) return { rule, evaluation: UNKNOWN };
              for (const moment of told.moments) happened.get(rule.id)?.add(moment);
              const severity = told.severity && { severity: told.severity };
              const findings: Finding[] = [
                ...told.states.map((subject) => aFinding({ subject, cause, ...severity })),
                ...[...(happened.get(rule.id) ?? [])].map((subject) =>
                  aFinding({ subject, cause, nature: 'moment' }),
                ),
              ];
              const lapsed = told.isLapsed
                ? SUBJECTS.filter((subject) => !told.states.includes(subject))
                : [];
              return { rule, evaluation: { isKnown: true, findings, lapsed } };
            });
          let now = minute(0);
          for (const { minutes, evaluations, happens } of steps) {
            now = now.add({ minutes });
            const judged = judge(evaluations);
            if (happens === 'crash') {
              const crashing = store.db.transaction().execute(async (trx) => {
                await settleIncidents(trx, { config: CONFIG, store }, { account, judged, now });
                throw CRASH;
              });
              await expect(crashing).rejects.toBe(CRASH);
            }
            if (happens === 'replica') {
              await Promise.all([panel.settle(now, ...judged), panel.settle(now, ...judged)]);
            }
            if (happens === 'acknowledged') {
              const [first] = await panel.incidents();
              const ana = { kind: 'person', name: 'ana', address: null } as const;
              if (first) await acknowledgeIncident(store.db, now, first.id, ana);
            }
            await panel.round(now, ...judged);
          }
          // What it is in the end stays so, until quiet hours and every wait are over.
          const last = steps.at(-1)?.evaluations ?? [null, null, null];
          for (let n = 0; n < 36; n += 1) {
            now = now.add({ minutes: 20 });
            await panel.round(now, ...judge(last));
          }

          const incidents = await panel.incidents();
          const causeOf = new Map<string, string>(given.map((rule) => [rule.id, rule.cause]));
          const isAccessOpen = incidents.some(
            ({ cause, state }) => cause === 'access' && state !== 'resolved',
          );
          for (const incident of incidents) {
            const entries = await panel.entries(incident.id);
            const count = (what: string) => entries.filter((entry) => entry === what).length;
            const rule = given.find((each) => each.id === incident.ruleId);
            for (const channel of rule?.channelIds ?? ['c1', 'c2']) {
              const messages = panel.sent
                .filter((sent) => sent.channel === channel && sent.about.includes(incident.id))
                .map(({ type }) => type.replace('incident.', ''));
              const times = (type: string) => messages.filter((each) => each === type).length;
              // Whether people believe it to be so, message by message.
              let isBelieved = false;
              for (const type of messages) {
                if (type === 'opened') expect(isBelieved).toBe(false);
                if (type === 'worsened' || type === 'reminder') expect(isBelieved).toBe(true);
                isBelieved = type !== 'resolved';
              }
              expect(times('opened')).toBeLessThanOrEqual(1 + count('reopened'));
              expect(times('resolved')).toBeLessThanOrEqual(count('resolved') + count('lapsed'));
              expect(times('worsened')).toBeLessThanOrEqual(2);
              const isExplained =
                isAccessOpen && ['sync', 'failures'].includes(causeOf.get(incident.ruleId) ?? '');
              if (incident.nature === 'moment') {
                expect(times('resolved')).toBe(0);
                if (!isExplained && !incident.acknowledgedAt) expect(times('opened')).toBe(1);
              } else if (incident.severity === 'info' || entries.at(-1) === 'lapsed') {
                // Nobody is told that it is over.
              } else if (incident.state === 'resolved') {
                const stillThere = incidents.some(
                  (other) => other.toldWith === incident.toldWith && other.state !== 'resolved',
                );
                if (!stillThere) expect(isBelieved).toBe(false);
              } else if (!isExplained && !incident.acknowledgedAt) {
                expect(isBelieved).toBe(true);
              }
            }
          }
          const moments = incidents.filter(({ nature }) => nature === 'moment');
          expect(moments).toHaveLength(
            [...happened.values()].reduce((sum, { size }) => sum + size, 0),
          );
        },
      ),
      { numRuns: engine === 'sqlite' ? 25 : 4 },
    );
  }, 120_000);
});
