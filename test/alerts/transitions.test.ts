import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../src/alerts/finding.ts';
import type { Incident } from '../../src/alerts/incident.ts';
import { SEVERITIES } from '../../src/alerts/rule.ts';
import { incidentKey, type Known, transitions } from '../../src/alerts/transitions.ts';
import { anIncident } from './an-incident.ts';
import { aFinding, aRule, found, minute } from './settling.ts';

const NOTHING: Known = { unresolved: [], resolved: [], moments: new Set() };

function steps(known: Partial<Known>, evaluation: Evaluation, now = minute(30)) {
  let ids = 0;
  const newId = () => `new ${++ids}`;
  return transitions({ ...NOTHING, ...known }, [{ rule: aRule(), evaluation }], {
    ...{ accountId: 'a', now, newId },
  }).map(({ what, incident }) => `${what} ${incident.id}`);
}

const over = (minutes: number, changes: Partial<Incident> = {}, isByHand = false) => ({
  incident: anIncident({ state: 'resolved', resolvedAt: minute(minutes), ...changes }),
  isByHand,
});

describe('what becomes of an incident', () => {
  test('an unknown evaluation leaves it, a known one without it resolves it', () => {
    const unresolved = [anIncident()];
    expect(steps({ unresolved }, { isKnown: false, findings: [] })).toEqual([]);
    expect(steps({ unresolved }, found())).toEqual(['resolved i1']);
  });

  test('what could be told by a rule that can not tell everything is opened, and nothing resolved', () => {
    const unresolved = [anIncident({ subject: 'old' })];
    const findings = [aFinding({ subject: 'new' })];
    expect(steps({ unresolved }, { isKnown: false, findings })).toEqual(['opened new 1']);
  });

  test('what keeps usage from being read and did not before is worse', () => {
    const changed = (before: Incident['cause'], cause: Incident['cause']) =>
      transitions(
        { ...NOTHING, unresolved: [anIncident({ cause: before })] },
        [{ rule: aRule(), evaluation: found(aFinding({ cause })) }],
        { accountId: 'a', now: minute(1), newId: () => 'new' },
      );
    const [worse] = changed('credits', 'access');
    expect(worse).toMatchObject({ what: 'worsened', incident: { id: 'i1', cause: 'access' } });
    expect(changed('access', 'credits').map(({ incident }) => incident.cause)).not.toContain(
      'credits',
    );
  });

  test('found twice at once, it is opened once', () => {
    expect(steps({}, found(aFinding(), aFinding()))).toEqual(['opened new 1']);
  });

  test.each([
    ['within the hour', over(0), 59, ['reopened i1']],
    ['after it', over(0), 60, ['opened new 1']],
    ['graver', over(0, { severity: 'info' }), 30, ['reopened i1', 'worsened i1']],
    ['resolved by hand and there all the time', over(0, { seenAt: minute(25) }, true), 30, []],
    ['resolved by hand, still there', over(0, { seenAt: minute(15) }, true), 30, ['seen i1']],
    [
      'resolved by hand, and graver',
      over(0, { severity: 'info' }, true),
      10,
      ['reopened i1', 'worsened i1'],
    ],
    [
      'resolved by hand, and gone since',
      over(0, { seenAt: minute(0) }, true),
      70,
      ['opened new 1'],
    ],
  ])('found again %s', (_, last, now, expected) => {
    expect(steps({ resolved: [last] }, found(aFinding()), minute(now))).toEqual(expected);
  });

  test('a moment that was ever found is not found again', () => {
    const evaluation = found(aFinding({ nature: 'moment', subject: 'q1' }));
    expect(steps({ moments: new Set(['spend q1']) }, evaluation)).toEqual([]);
  });

  test('of a rule that is not judged any more it is over', () => {
    const unresolved = [
      anIncident({ ruleId: 'gone' }),
      anIncident({ id: 'i2', nature: 'moment', ruleId: 'gone' }),
    ];
    expect(steps({ unresolved }, found())).toEqual(['rule_gone i1', 'rule_gone i2']);
  });
});

test('whatever is found, in whatever order: one open incident a subject, which only worsens while it lasts', () => {
  const evaluation = fc.option(
    fc.array(
      fc.record({
        subject: fc.constantFrom('a', 'b'),
        nature: fc.constantFrom('state', 'moment'),
        severity: fc.constantFrom(...SEVERITIES),
      }),
      { maxLength: 4 },
    ),
  );
  fc.assert(
    fc.property(
      fc.array(fc.record({ minutes: fc.nat(90), evaluation }), { maxLength: 30 }),
      (rounds) => {
        const all = new Map<string, Incident>();
        let now = minute(0);
        let ids = 0;
        for (const { minutes, evaluation } of rounds) {
          now = now.add({ minutes });
          const before = [...all.values()];
          const unresolved = before.filter(({ state }) => state !== 'resolved');
          const known: Known = {
            unresolved,
            resolved: before
              .filter(({ state, nature }) => state === 'resolved' && nature === 'state')
              .map((incident) => ({ incident, isByHand: false }))
              .reverse(),
            moments: new Set(before.filter(({ nature }) => nature === 'moment').map(incidentKey)),
          };
          const findings = (evaluation ?? []).map((each) => aFinding(each));
          const judged = [
            { rule: aRule(), evaluation: { isKnown: evaluation !== null, findings } },
          ];
          const newId = () => `i${++ids}`;
          for (const { what, incident } of transitions(known, judged, {
            accountId: 'a',
            now,
            newId,
          })) {
            const last = all.get(incident.id);
            expect(last === undefined).toBe(what === 'opened');
            if (what === 'worsened') {
              expect(SEVERITIES.indexOf(incident.severity)).toBeGreaterThan(
                SEVERITIES.indexOf(last?.severity ?? 'critical'),
              );
            }
            if (what === 'resolved') expect(evaluation).not.toBeNull();
            all.delete(incident.id);
            all.set(incident.id, incident);
          }
          const open = [...all.values()].filter(({ state }) => state !== 'resolved');
          expect(new Set(open.map(incidentKey)).size).toBe(open.length);
          for (const { subject, nature } of findings) {
            const isThere = [...all.values()].some(
              (incident) =>
                incident.subject === subject &&
                (incident.state !== 'resolved' ||
                  (nature === 'moment' && incident.nature === 'moment')),
            );
            expect(isThere).toBe(true);
          }
        }
        const moments = [...all.values()].filter(({ nature }) => nature === 'moment');
        expect(new Set(moments.map(incidentKey)).size).toBe(moments.length);
      },
    ),
    { numRuns: 300 },
  );
});
