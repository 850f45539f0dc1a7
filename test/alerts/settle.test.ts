import { beforeEach, describe, expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import {
  acknowledgeIncident,
  closeIncidentsOf,
  resolveIncident,
} from '../../src/alerts/change-incidents.ts';
import { changeRule } from '../../src/alerts/change-rules.ts';
import { UNKNOWN } from '../../src/alerts/finding.ts';
import { cutShortOf, findIncident, firingSubjects } from '../../src/alerts/incident-queries.ts';
import { incidentRetentionJob } from '../../src/alerts/incident-retention.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { toldTo } from '../../src/alerts/told-to.ts';
import type { Actor } from '../../src/audit/audit.ts';
import type { Store, StoreOptions } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { openOffice } from '../deliveries/post-office.ts';
import { ENGINES } from '../support/panel.ts';
import { freeLease, plantAccount } from '../support/planted-history.ts';
import { emptyPlace, openAt } from '../support/stores.ts';
import {
  aFinding,
  aRule,
  found,
  minute,
  plantChannel,
  plantedAccount,
  settling,
} from './settling.ts';

const ANA: Actor = { kind: 'person', name: 'ana@example.com', address: null };

const spend = aRule();
const nothing = { rule: spend, evaluation: found() };
const spent = { rule: spend, evaluation: found(aFinding()) };
const isUnknown = { rule: spend, evaluation: UNKNOWN };

const at = (hours: number) => minute(hours * 60);

describe.each(ENGINES)('incidents, on %s', (engine) => {
  let place: StoreOptions;
  let store: Store;
  let account: FalAccount;
  let panel: ReturnType<typeof settling>;

  beforeEach(async () => {
    place = await emptyPlace(engine);
    store = await openAt(place);
    await plantAccount(store.db, 'a');
    await plantChannel(store, 'c1');
    account = await plantedAccount(store, 'a');
    panel = settling(store, account);
  });

  /** The only one. */
  async function incident() {
    const [only, ...others] = await panel.incidents();
    expect(others).toEqual([]);
    if (!only) throw new Error('there is none');
    return only;
  }

  describe('a state', () => {
    test('is told once while it lasts, and ten minutes after it is over', async () => {
      for (let n = 0; n < 5; n += 1) await panel.round(minute(n), spent);
      for (let n = 5; n < 30; n += 1) await panel.round(minute(n), nothing);
      expect(panel.said()).toEqual(['12:00 opened 1', '12:15 resolved 1']);
      expect(await incident()).toMatchObject({ state: 'resolved', resolvedAt: minute(5) });
    });

    test.each([95, 400])('that was open for %s days is told as over', async (days) => {
      const grave = aFinding({ subject: 'grave', severity: 'critical' });
      await panel.round(at(0), { rule: spend, evaluation: found(grave, aFinding()) });
      // What the message was about is over long before.
      await panel.round(at(1), spent);
      const office = await openOffice(store);
      office.clock.forward({ hours: days * 24 });
      await office.retain();
      await incidentRetentionJob(office.services).run(freeLease('alerts:retention'));
      await panel.round(at(days * 24), nothing);
      await panel.send(at(days * 24 + 1));
      expect(panel.said()).toEqual(['12:00 opened 2', '13:00 resolved 2']);
    });

    test('stays open while nobody can tell', async () => {
      await panel.round(minute(0), spent);
      for (let n = 1; n < 200; n += 20) await panel.round(minute(n), isUnknown);
      expect(panel.said()).toEqual(['12:00 opened 1']);
      expect(await incident()).toMatchObject({ state: 'open' });
      expect(await firingSubjects(store.db)).toEqual(new Map([['spend a', new Set([''])]]));
    });

    test('keeps the numbers it was found with, and the latest', async () => {
      const facts = { spent: { as: 'money', value: '9.5', currency: 'USD' } } as const;
      await panel.round(minute(0), spent);
      await panel.round(minute(1), { rule: spend, evaluation: found(aFinding({ facts })) });
      expect(await incident()).toMatchObject({
        facts: aFinding().facts,
        latestFacts: facts,
        seenAt: minute(1),
      });
    });

    test('is written down every ten minutes while its numbers stay the same', async () => {
      for (let n = 0; n < 10; n += 1) await panel.round(minute(n), spent);
      expect(await incident()).toMatchObject({ seenAt: minute(0) });
      await panel.round(minute(10), spent);
      expect(await incident()).toMatchObject({ seenAt: minute(10) });
    });

    test('that flaps is one message, and one at the end', async () => {
      for (let n = 0; n < 60; n += 1) await panel.round(minute(n), n % 6 < 3 ? spent : nothing);
      for (let n = 60; n < 150; n += 1) await panel.round(minute(n), nothing);
      expect(panel.said()).toEqual(['12:00 opened 1', '13:57 resolved 1']);
      expect(await panel.entries((await incident()).id)).toContain('reopened');
    });

    test('that comes back after people were told it is over is told again, and then calls no wolf', async () => {
      for (let n = 0; n < 240; n += 1) await panel.round(minute(n), n % 30 < 5 ? spent : nothing);
      for (let n = 240; n < 400; n += 1) await panel.round(minute(n), nothing);
      expect(panel.said()).toEqual([
        '12:00 opened 1',
        '12:15 resolved 1',
        '12:30 opened 1',
        '16:35 resolved 1',
      ]);
    });

    test('that comes back after an hour is another incident', async () => {
      await panel.round(minute(0), spent);
      await panel.round(minute(5), nothing);
      await panel.round(minute(70), spent);
      expect(await panel.incidents()).toHaveLength(2);
      expect(panel.said()).toEqual(['12:00 opened 1', '13:10 resolved 1', '13:10 opened 1']);
    });

    test('is told as worse once per level, and not as better', async () => {
      const grave = (severity: 'warning' | 'critical') => ({
        rule: spend,
        evaluation: found(aFinding({ severity })),
      });
      await panel.round(minute(0), grave('warning'));
      await panel.round(minute(1), grave('critical'));
      await panel.round(minute(2), grave('warning'));
      await panel.round(minute(3), grave('critical'));
      expect(panel.said()).toEqual(['12:00 opened 1', '12:01 worsened 1']);
      expect(await incident()).toMatchObject({ severity: 'critical' });
    });

    test('waits for somebody to tell it to', async () => {
      await store.db.updateTable('delivery_channels').set({ is_enabled: 0 }).execute();
      await panel.round(minute(0), spent);
      expect(await incident()).toMatchObject({ toldAt: null });
      await store.db.updateTable('delivery_channels').set({ is_enabled: 1 }).execute();
      await panel.round(minute(600), isUnknown);
      expect(panel.said()).toEqual(['22:00 opened 1']);
    });

    describe('that nobody could be told of for a day', () => {
      const enable = (is_enabled: 0 | 1) =>
        store.db.updateTable('delivery_channels').set({ is_enabled }).execute();
      const over = { rule: spend, evaluation: found() };
      const grave = { rule: spend, evaluation: found(aFinding({ severity: 'critical' })) };
      beforeEach(async () => {
        await enable(0);
        await panel.round(minute(0), spent);
        await panel.round(at(23), spent);
        await enable(1);
      });

      test('is not told as new once there is a channel, nor when it is over', async () => {
        for (let hour = 24; hour < 40; hour += 1) await panel.round(at(hour), spent);
        for (let hour = 40; hour < 43; hour += 1) await panel.round(at(hour), over);
        expect(panel.said()).toEqual([]);
        expect(await incident()).toMatchObject({ state: 'resolved' });
      });

      test('is told when it becomes worse', async () => {
        await panel.round(at(30), spent);
        await panel.round(at(31), grave);
        expect(panel.said()).toEqual(['19:00 opened 1']);
      });

      test('is told while it is not a day yet', async () => {
        await panel.round(at(23.5), spent);
        expect(panel.said()).toEqual(['11:30 opened 1']);
      });
    });

    test('tells the channels of its rule alone', async () => {
      await plantChannel(store, 'c2');
      const rule = aRule({ channelIds: ['c2', 'gone'] });
      await panel.round(minute(0), { rule, evaluation: found(aFinding()) });
      await panel.round(minute(1), { rule, evaluation: found() });
      await panel.round(minute(11), { rule, evaluation: found() });
      expect(panel.sent.map(({ channel, type }) => `${channel} ${type}`)).toEqual([
        'c2 incident.opened',
        'c2 incident.resolved',
      ]);
    });

    test('that a channel never heard of is told there as begun and ended at once', async () => {
      await panel.settle(minute(0), spent);
      await panel.settle(minute(5), nothing);
      await panel.send(minute(30));
      expect(panel.said()).toEqual(['12:30 resolved 1']);
      expect(panel.sent[0]?.content.message.text).toEqual([
        'Empezó el 9 mar 2026, 12:00 y terminó el 9 mar 2026, 12:05.',
        'Los números son de antes de que terminara.',
      ]);
    });

    test('that comes back before a channel heard that it opened is told there after all', async () => {
      await panel.settle(minute(0), spent);
      await panel.settle(minute(5), nothing);
      await panel.settle(minute(8), spent);
      for (let n = 9; n < 60; n += 1) await panel.round(minute(n), spent);
      expect(panel.said()).toEqual(['12:09 opened 1']);
    });
  });

  describe('of two channels one of which was down', () => {
    const downUntilNow = async () =>
      store.db
        .updateTable('deliveries')
        .set({ attempts: 1, next_attempt_at: toText(minute(60)) })
        .where('channel_id', '=', 'c2')
        .where('state', '=', 'pending')
        .execute();
    beforeEach(async () => {
      await plantChannel(store, 'c2');
      await panel.settle(minute(0), spent);
      await downUntilNow();
      await panel.send(minute(0));
    });
    const heard = () => panel.sent.map(({ channel, type }) => `${channel} ${type}`);

    test('what comes back is told again only to the one that missed it', async () => {
      await panel.round(minute(5), nothing);
      for (let n = 8; n < 30; n += 1) await panel.round(minute(n), spent);
      expect(heard()).toEqual(['c1 incident.opened', 'c2 incident.opened']);
      for (let n = 30; n < 100; n += 1) await panel.round(minute(n), nothing);
      expect(heard().slice(2).toSorted()).toEqual(['c1 incident.resolved', 'c2 incident.resolved']);
    });

    test('what comes back after one heard that it is over is told again to both', async () => {
      await panel.round(minute(5), nothing);
      for (let n = 6; n < 20; n += 1) await panel.round(minute(n), nothing);
      for (let n = 20; n < 25; n += 1) await panel.round(minute(n), spent);
      expect(heard().toSorted()).toEqual([
        'c1 incident.opened',
        'c1 incident.opened',
        'c1 incident.resolved',
        'c2 incident.opened',
        'c2 incident.resolved',
      ]);
    });
  });

  describe('what is over because its time is', () => {
    const lapsed = { rule: spend, evaluation: { ...found(), lapsed: [''] } };

    test('is resolved without a word, also while nothing else can be told', async () => {
      await panel.round(minute(0), spent);
      await panel.round(minute(1), { rule: spend, evaluation: { ...UNKNOWN, lapsed: [''] } });
      for (let n = 2; n < 90; n += 1) await panel.round(minute(n), nothing);
      expect(panel.said()).toEqual(['12:00 opened 1']);
      expect(await incident()).toMatchObject({ state: 'resolved', resolvedAt: minute(1) });
      expect(await panel.entries((await incident()).id)).toEqual(['opened', 'told', 'lapsed']);
    });

    test('is still told to whom it is on its way to', async () => {
      await panel.settle(minute(0), spent);
      await panel.round(minute(1), lapsed);
      expect(panel.said()).toEqual(['12:01 opened 1']);
    });

    test('is told in short where nobody was to be disturbed', async () => {
      const rule = aRule({ quietHours: { from: '22:00', until: '07:00' } });
      await panel.round(at(11), { rule, evaluation: found(aFinding()) });
      for (let hour = 12; hour < 24; hour += 1) {
        await panel.round(at(hour), { rule, evaluation: { ...found(), lapsed: [''] } });
      }
      expect(panel.said()).toEqual(['07:00 resolved 1']);
    });

    test('keeps no notice of what was told along with it from being told', async () => {
      const both = found(aFinding({ subject: 'day' }), aFinding({ subject: 'hours' }));
      await panel.round(minute(0), { rule: spend, evaluation: both });
      const day = found(aFinding({ subject: 'day' }));
      await panel.round(minute(1), { rule: spend, evaluation: day });
      await panel.round(minute(20), { rule: spend, evaluation: { ...found(), lapsed: ['day'] } });
      await panel.round(minute(30), nothing);
      expect(panel.said()).toEqual(['12:00 opened 2', '12:30 resolved 1']);
      const hours = (await panel.incidents()).find(({ subject }) => subject === 'hours');
      expect(panel.sent.at(-1)?.about).toEqual([hours?.id]);
    });
  });

  test('of what turned into something else nobody is told that it is over, but of that', async () => {
    const rule = aRule({ severity: 'critical', quietHours: { from: '00:00', until: '23:00' } });
    const evaluation = (trouble: string, turned: string[]) => ({
      ...found(aFinding({ subject: trouble, cause: 'access' })),
      turned,
    });
    await panel.round(minute(0), { rule, evaluation: evaluation('exhausted', []) });
    await panel.settle(minute(1), { rule, evaluation: evaluation('admin', ['exhausted']) });
    for (let n = 2; n < 90; n += 1) {
      await panel.round(minute(n), { rule, evaluation: evaluation('admin', []) });
    }
    expect(panel.said()).toEqual(['12:00 opened 1', '12:02 opened 1']);
    const [former] = await panel.incidents();
    expect(await panel.entries(former?.id ?? '')).toEqual(['opened', 'told', 'turned']);
    expect([...(await cutShortOf(store.db, await panel.incidents()))]).toEqual([former?.id]);
  });

  test('of what is only good to know nobody is told that it is over', async () => {
    const info = aRule({ severity: 'info' });
    await panel.round(minute(0), { rule: info, evaluation: found(aFinding()) });
    for (let n = 1; n < 90; n += 1)
      await panel.round(minute(n), { rule: info, evaluation: found() });
    expect(panel.said()).toEqual(['12:00 opened 1']);
  });

  describe('a moment', () => {
    const happened = (subject: string) => aFinding({ nature: 'moment', subject });
    const moments = (...subjects: string[]) => ({
      rule: spend,
      evaluation: found(...subjects.map(happened)),
    });

    test('is told once, and is over three days later without a word', async () => {
      await panel.round(minute(0), moments('q1'));
      for (let hour = 1; hour < 80; hour += 1) {
        await panel.round(at(hour), hour < 75 ? moments('q1') : nothing);
      }
      expect(panel.said()).toEqual(['12:00 opened 1']);
      expect(await incident()).toMatchObject({ state: 'resolved' });
      expect(await panel.entries((await incident()).id)).toEqual(['opened', 'told', 'past']);
    });

    test('that is critical is told at once, whatever was told a moment ago', async () => {
      const costly = (subject: string) => ({ ...happened(subject), severity: 'critical' as const });
      await panel.round(minute(0), { rule: spend, evaluation: found(costly('q1')) });
      await panel.round(minute(5), {
        rule: spend,
        evaluation: found(costly('q1'), costly('q2')),
      });
      expect(panel.said()).toEqual(['12:00 opened 1', '12:05 opened 1']);
    });

    test('of which more is known by now keeps what it was found with, and the latest', async () => {
      const facts = { spent: { as: 'money', value: '9.5', currency: 'USD' } } as const;
      const evaluation = found({ ...happened('q1'), facts });
      await panel.round(minute(0), moments('q1'));
      for (let n = 1; n < 30; n += 1) await panel.round(minute(n), { rule: spend, evaluation });
      expect(await incident()).toMatchObject({
        facts: aFinding().facts,
        latestFacts: facts,
        seenAt: minute(1),
      });
    });

    test('has its account settled until it is past', async () => {
      await panel.round(minute(0), moments('q1'));
      expect(await firingSubjects(store.db)).toEqual(new Map([['spend a', new Set(['q1'])]]));
    });

    test('is not found again when a person resolved it', async () => {
      await panel.round(minute(0), moments('q1'));
      await resolveIncident(store.db, minute(1), (await incident()).id, ANA);
      await panel.round(minute(2), moments('q1'));
      expect(await incident()).toMatchObject({ state: 'resolved' });
      expect(panel.said()).toEqual(['12:00 opened 1']);
    });

    test('among many is told at once, the others together half an hour later', async () => {
      const seen: string[] = [];
      for (let n = 0; n < 40; n += 1) {
        if (n < 20) seen.push(`q${n}`);
        await panel.round(minute(n), moments(...seen));
      }
      expect(panel.said()).toEqual(['12:00 opened 1', '12:30 opened 19']);
    });
  });

  describe('of one cause', () => {
    const locked = aRule({ id: 'trouble', kind: 'account_trouble', severity: 'critical' });
    const stale = aRule({ id: 'stale', kind: 'sync_stale' });
    const isLocked = { rule: locked, evaluation: found(aFinding({ cause: 'access' })) };
    const isStale = { rule: stale, evaluation: found(aFinding({ cause: 'sync' })) };
    const isLetIn = { rule: locked, evaluation: found() };
    const isFresh = { rule: stale, evaluation: found() };

    test('several are one message, the gravest first, and one when all are over', async () => {
      const two = (...subjects: string[]) => ({
        rule: spend,
        evaluation: found(...subjects.map((subject) => aFinding({ subject }))),
      });
      const grave = aRule({ id: 'grave', severity: 'critical' });
      const isGrave = { rule: grave, evaluation: found(aFinding()) };
      await panel.round(minute(0), two('day', 'week'), isGrave);
      await panel.round(minute(1), two('day'), isGrave);
      await panel.round(minute(40), { rule: spend, evaluation: found() }, isGrave);
      await panel.round(
        minute(50),
        { rule: spend, evaluation: found() },
        {
          rule: grave,
          evaluation: found(),
        },
      );
      await panel.round(minute(60), nothing, { rule: grave, evaluation: UNKNOWN });
      expect(panel.said()).toEqual(['12:00 opened 3', '13:00 resolved 3']);
      const [opened] = panel.sent;
      expect(opened?.content.event.data).toMatchObject({ severity: 'critical' });
      expect(new Set((await panel.incidents()).map(({ toldWith }) => toldWith))).toContain(
        opened?.about[0],
      );
    });

    test('what was told in several messages and is over at once is one notice', async () => {
      const grave = aRule({ id: 'grave', severity: 'critical' });
      const isGrave = { rule: grave, evaluation: found(aFinding()) };
      const isFine = { rule: grave, evaluation: found() };
      await panel.round(minute(0), spent);
      await panel.round(minute(10), spent, isGrave);
      await panel.round(minute(60), nothing, isFine);
      await panel.round(minute(70), nothing, isFine);
      expect(panel.said()).toEqual(['12:00 opened 1', '12:10 opened 1', '13:10 resolved 2']);
      for (const { id } of await panel.incidents()) {
        const history = await findIncident(store.db, id);
        expect(history?.deliveries.map(({ occasion }) => occasion)).toContain('resolved');
      }
    });

    test('what is over while a notice of its cause waits is told along with it', async () => {
      const grave = aRule({ id: 'grave', severity: 'critical' });
      const isGrave = { rule: grave, evaluation: found(aFinding()) };
      const isFine = { rule: grave, evaluation: found() };
      await panel.round(minute(0), spent);
      await panel.round(minute(10), spent, isGrave);
      await panel.round(minute(60), nothing, isGrave);
      for (let n = 65; n < 90; n += 1) await panel.round(minute(n), nothing, isFine);
      expect(panel.said()).toEqual(['12:00 opened 1', '12:10 opened 1', '13:15 resolved 2']);
    });

    test('what comes back before the notice keeps no other from being told as over', async () => {
      const grave = aRule({ id: 'grave', severity: 'critical' });
      const isGrave = { rule: grave, evaluation: found(aFinding()) };
      const isFine = { rule: grave, evaluation: found() };
      await panel.round(minute(0), spent);
      await panel.round(minute(10), spent, isGrave);
      await panel.round(minute(60), nothing, isFine);
      for (let n = 65; n < 90; n += 1) await panel.round(minute(n), nothing, isGrave);
      for (let n = 90; n < 190; n += 1) await panel.round(minute(n), nothing, isFine);
      expect(panel.said()).toEqual([
        '12:00 opened 1',
        '12:10 opened 1',
        '13:15 resolved 1',
        '14:30 resolved 1',
      ]);
    });

    test('what was over before is not over again with what comes back', async () => {
      const grave = aRule({ id: 'grave', severity: 'critical' });
      const isGrave = { rule: grave, evaluation: found(aFinding()) };
      const isFine = { rule: grave, evaluation: found() };
      await panel.round(minute(0), spent, isGrave);
      for (let n = 1; n < 20; n += 1) await panel.round(minute(n), nothing, isFine);
      await panel.round(minute(20), nothing, isGrave);
      for (let n = 21; n < 90; n += 1) await panel.round(minute(n), nothing, isFine);
      expect(panel.said()).toEqual([
        '12:00 opened 2',
        '12:11 resolved 2',
        '12:20 opened 1',
        '13:21 resolved 1',
      ]);
    });

    test('another one waits half an hour behind the message, and is told if it lasts', async () => {
      const later = { rule: aRule({ id: 'later' }), evaluation: found(aFinding()) };
      await panel.round(minute(0), spent);
      for (let n = 10; n < 50; n += 1) await panel.round(minute(n), spent, later);
      expect(panel.said()).toEqual(['12:00 opened 1', '12:30 opened 1']);
      const [, second] = await panel.incidents();
      expect(await panel.entries(second?.id ?? '')).toEqual(['opened', 'attached', 'told']);
    });

    test('another one does not wait for what was told before the clock was set back', async () => {
      const later = { rule: aRule({ id: 'later' }), evaluation: found(aFinding()) };
      await panel.round(at(5), spent);
      await panel.round(minute(0), spent, later);
      expect(panel.said()).toEqual(['17:00 opened 1', '12:00 opened 1']);
    });

    test('a graver one does not wait', async () => {
      const graver = {
        rule: aRule({ id: 'grave', severity: 'critical' }),
        evaluation: found(aFinding()),
      };
      await panel.round(minute(0), spent);
      await panel.round(minute(1), spent, graver);
      expect(panel.said()).toEqual(['12:00 opened 1', '12:01 opened 1']);
    });

    test('one that is told to others does not wait for a message that they never get', async () => {
      await plantChannel(store, 'c2');
      const here = aRule({ channelIds: ['c1'] });
      const there = {
        rule: aRule({ id: 'there', channelIds: ['c2'] }),
        evaluation: found(aFinding()),
      };
      await panel.round(minute(0), { rule: here, evaluation: found(aFinding()) });
      await panel.round(minute(1), { rule: here, evaluation: found(aFinding()) }, there);
      expect(panel.sent.map(({ channel }) => channel)).toEqual(['c1', 'c2']);
    });

    test('a lock explains that nothing is read, for as long as it lasts', async () => {
      await panel.round(minute(0), isLocked, isFresh);
      for (let n = 5; n < 300; n += 5) await panel.round(minute(n), isLocked, isStale);
      await panel.round(minute(300), isLetIn, isStale);
      for (let n = 301; n < 320; n += 1) await panel.round(minute(n), isLetIn, isFresh);
      expect(panel.said()).toEqual(['12:00 opened 1', '17:10 resolved 1']);
    });

    test('what goes on half an hour after the lock is told', async () => {
      await panel.round(minute(0), isLocked, isStale);
      for (let n = 1; n < 60; n += 1) await panel.round(minute(n), isLocked, isStale);
      for (let n = 60; n < 100; n += 1) await panel.round(minute(n), isLetIn, isStale);
      expect(panel.said()).toEqual(['12:00 opened 2']);
      const late = {
        rule: aRule({ id: 'late', kind: 'sync_stale' }),
        evaluation: found(aFinding({ cause: 'sync' })),
      };
      await panel.round(minute(100), isLocked, isFresh, { ...late, evaluation: found() });
      await panel.round(minute(105), isLocked, isFresh, late);
      await panel.round(minute(110), isLetIn, isFresh, late);
      for (let n = 111; n < 150; n += 1) await panel.round(minute(n), isLetIn, isFresh, late);
      expect(panel.said().at(-1)).toBe('14:20 opened 1');
    });
  });

  test('only the channels that were told of one are said to know of it', async () => {
    await plantChannel(store, 'c2');
    const one = aRule({ id: 'one', channelIds: ['c1'], severity: 'critical' });
    const other = aRule({ id: 'other', channelIds: ['c2'] });
    const is = (rule: Rule, isSo: boolean) => ({
      rule,
      evaluation: isSo ? found(aFinding({ subject: rule.id })) : found(),
    });
    await panel.round(minute(0), is(one, true), is(other, true));
    const told = await toldTo(store.db, await panel.incidents());
    // They are one message, of which each channel gets its own part.
    expect([...told.values()]).toEqual([
      { told: ['c1'], waiting: [] },
      { told: ['c2'], waiting: [] },
    ]);
    for (let n = 1; n < 20; n += 1) await panel.round(minute(n), is(one, false), is(other, false));
    expect(panel.said()).toHaveLength(4);
    expect(await toldTo(store.db, await panel.incidents())).toEqual(told);
    // One is back and told anew: the other was told of all the same.
    for (let n = 20; n < 40; n += 1) await panel.round(minute(n), is(one, true), is(other, false));
    expect(await toldTo(store.db, await panel.incidents())).toEqual(told);
  });

  describe('reminders', () => {
    const rule = aRule({ remindHours: 24 });
    const open = { rule, evaluation: found(aFinding(), aFinding({ subject: 'week' })) };

    test('come each time the hours are over, one for what was told together', async () => {
      for (let hour = 0; hour < 60; hour += 1) await panel.round(at(hour), open);
      expect(panel.said()).toEqual(['12:00 opened 2', '12:00 reminder 2', '12:00 reminder 2']);
    });

    test('leave out what somebody sees to', async () => {
      await panel.round(minute(0), open);
      const [one, other] = await panel.incidents();
      await acknowledgeIncident(store.db, minute(1), one?.id ?? '', ANA);
      await panel.round(at(24), open);
      expect(panel.sent.at(-1)?.about).toEqual([other?.id]);
      await acknowledgeIncident(store.db, minute(1), other?.id ?? '', ANA);
      await panel.round(at(48), open);
      expect(panel.sent).toHaveLength(2);
    });
  });

  describe('in quiet hours', () => {
    const quietHours = { from: '22:00', until: '07:00' };
    const rule = aRule({ quietHours });
    const isSpent = { rule, evaluation: found(aFinding()) };
    const isOver = { rule, evaluation: found() };

    test('what lasts is told when they are over, in one message with its latest numbers', async () => {
      const facts = { spent: { as: 'money', value: '9.5', currency: 'USD' } } as const;
      await panel.round(at(11), isSpent);
      const other = { rule: aRule({ id: 'other', quietHours }), evaluation: found(aFinding()) };
      await panel.round(at(13), { rule, evaluation: found(aFinding({ facts })) }, other);
      await panel.round(at(18.9), isSpent, other);
      expect(panel.said()).toEqual([]);
      // Also when nobody can tell at that time.
      await panel.round(at(19), { rule, evaluation: UNKNOWN }, other);
      expect(panel.said()).toEqual(['07:00 opened 2']);
    });

    test('what is critical is told at once', async () => {
      const grave = {
        rule: aRule({ quietHours, severity: 'critical' }),
        evaluation: found(aFinding()),
      };
      await panel.round(at(11), grave);
      await panel.round(at(12), { ...grave, evaluation: found() });
      await panel.round(minute(12 * 60 + 10), { ...grave, evaluation: found() });
      expect(panel.said()).toEqual(['23:00 opened 1', '00:10 resolved 1']);
    });

    test('what becomes critical is told at once', async () => {
      await panel.round(at(11), isSpent);
      await panel.round(at(12), { rule, evaluation: found(aFinding({ severity: 'critical' })) });
      expect(panel.said()).toEqual(['00:00 opened 1']);
    });

    test('what somebody sees to and becomes critical is told at once, though it was not before', async () => {
      await panel.round(at(11), isSpent);
      await acknowledgeIncident(store.db, at(11.5), (await incident()).id, ANA);
      await panel.round(at(11.6), isSpent);
      expect(panel.said()).toEqual([]);
      await panel.round(at(12), { rule, evaluation: found(aFinding({ severity: 'critical' })) });
      expect(panel.said()).toEqual(['00:00 opened 1']);
    });

    test('what opens and is over is told in short afterwards', async () => {
      await panel.round(at(14), isSpent);
      await panel.round(at(15), isOver);
      for (let hour = 15; hour < 20; hour += 1) await panel.round(at(hour), isOver);
      expect(panel.said()).toEqual(['07:00 resolved 1']);
      expect(panel.sent[0]?.content.message.text).toEqual([
        'Empezó el 10 mar 2026, 02:00 y terminó el 10 mar 2026, 03:00.',
        'Los números son de antes de que terminara.',
      ]);
    });

    test('what is only good to know and is over is not told at all', async () => {
      const info = aRule({ quietHours, severity: 'info' });
      await panel.round(at(14), { rule: info, evaluation: found(aFinding()) });
      for (let hour = 15; hour < 24; hour += 1) {
        await panel.round(at(hour), { rule: info, evaluation: found() });
      }
      expect(panel.said()).toEqual([]);
    });

    test('what comes back is told as open when they are over, not as ended', async () => {
      await panel.round(at(14), isSpent);
      await panel.round(at(15), isOver);
      await panel.round(at(15.5), isSpent);
      await panel.round(at(19), isSpent);
      await panel.round(at(20), isSpent);
      expect(panel.said()).toEqual(['07:00 opened 1']);
    });

    test('nobody is reminded', async () => {
      const reminding = { ...isSpent, rule: { ...rule, remindHours: 12 } };
      await panel.round(minute(-60), reminding);
      for (let hour = 0; hour < 24; hour += 1) await panel.round(at(hour), reminding);
      expect(panel.said()).toEqual(['11:00 opened 1', '07:00 reminder 1']);
    });
  });

  describe('what people do', () => {
    test('is done once, and says what came of it', async () => {
      await panel.round(minute(0), spent);
      const { id } = await incident();
      expect(await acknowledgeIncident(store.db, minute(1), id, ANA)).toBe('changed');
      expect(await acknowledgeIncident(store.db, minute(2), id, ANA)).toBe('unchanged');
      expect(await incident()).toMatchObject({
        state: 'acknowledged',
        acknowledgedAt: minute(1),
        acknowledgedBy: 'ana@example.com',
      });
      expect(await resolveIncident(store.db, minute(3), id, ANA)).toBe('changed');
      expect(await resolveIncident(store.db, minute(4), id, ANA)).toBe('unchanged');
      expect(await acknowledgeIncident(store.db, minute(5), id, ANA)).toBe('resolved');
      expect(await acknowledgeIncident(store.db, minute(5), 'none', ANA)).toBe('not_found');
      expect(await resolveIncident(store.db, minute(5), 'none', ANA)).toBe('not_found');
      expect(await panel.entries(id)).toEqual([
        'opened',
        'told',
        'acknowledged',
        'resolved_by_hand',
      ]);
    });

    test('is in the audit log, once, with the account and what was watched', async () => {
      await panel.round(minute(0), spent);
      const { id } = await incident();
      for (let n = 1; n < 3; n += 1) {
        await acknowledgeIncident(store.db, minute(n), id, ANA);
      }
      for (let n = 3; n < 5; n += 1) await resolveIncident(store.db, minute(n), id, ANA);
      const rows = await store.db
        .selectFrom('audit_entries')
        .select(['actor', 'action', 'target', 'detail'])
        .orderBy('at')
        .execute();
      const { name: target } = account;
      const detail = JSON.stringify({ alert_kind: 'spend_above', id });
      expect(rows).toEqual(
        ['incident.acknowledged', 'incident.resolved'].map((action) => ({
          ...{ actor: 'ana@example.com', action, target, detail },
        })),
      );
    });

    test('what they resolved and is still found stays so for a day', async () => {
      await panel.round(minute(0), spent);
      await resolveIncident(store.db, minute(1), (await incident()).id, ANA);
      for (let n = 2; n < 24 * 60; n += 10) await panel.round(minute(n), spent);
      expect(await incident()).toMatchObject({ state: 'resolved' });
      await panel.round(minute(24 * 60 + 2), spent);
      expect(panel.said()).toEqual(['12:00 opened 1', '12:02 opened 1']);
    });

    test('what they resolved and comes back after it was gone is told', async () => {
      await panel.round(minute(0), spent);
      await resolveIncident(store.db, minute(1), (await incident()).id, ANA);
      for (let n = 2; n < 120; n += 1) await panel.round(minute(n), nothing);
      await panel.round(minute(120), spent);
      expect(panel.said()).toEqual(['12:00 opened 1', '14:00 opened 1']);
    });

    test('with a rule closes what it has open, quietly, and takes back what is not sent', async () => {
      await panel.settle(minute(0), spent);
      await store.db.transaction().execute((trx) => closeIncidentsOf(trx, minute(1), 'spend'));
      for (let n = 1; n < 30; n += 1) await panel.round(minute(n));
      expect(panel.said()).toEqual([]);
      expect(await panel.entries((await incident()).id)).toEqual(['opened', 'told', 'rule_gone']);
    });

    describe('to a rule, when it is to watch something else', () => {
      const params = { amount: '50' };
      const edited = aRule({ version: 2, params });
      const change = async () => {
        const { id, kind, accountId, version, ...fields } = { ...spend, params };
        const services = { store, now: () => minute(1) };
        await changeRule(services, ANA, { id, version }, fields);
      };

      test('ends what is not found any more without a word', async () => {
        await panel.round(minute(0), spent);
        await change();
        for (let n = 2; n < 90; n += 1) {
          await panel.round(minute(n), { rule: edited, evaluation: found() });
        }
        expect(panel.said()).toEqual(['12:00 opened 1']);
        expect(await panel.entries((await incident()).id)).toEqual(['opened', 'told', 'rule_gone']);
      });

      test('tells nobody again of what is still found, and of its end in time', async () => {
        await panel.round(minute(0), spent);
        await change();
        const still = { rule: edited, evaluation: found(aFinding()) };
        for (let n = 2; n < 90; n += 1) await panel.round(minute(n), still);
        expect(await incident()).toMatchObject({ state: 'open' });
        for (let n = 90; n < 180; n += 1) {
          await panel.round(minute(n), { rule: edited, evaluation: found() });
        }
        expect(panel.said()).toEqual(['12:00 opened 1', '14:30 resolved 1']);
      });

      test('leaves what happened once as it is', async () => {
        const evaluation = found(aFinding({ nature: 'moment', subject: 'request' }));
        await panel.round(minute(0), { rule: spend, evaluation });
        await change();
        expect(await incident()).toMatchObject({ state: 'open' });
      });
    });

    test('a rule that does not watch the account any more has nothing open there', async () => {
      await panel.round(minute(0), spent);
      await panel.round(minute(1));
      expect(await incident()).toMatchObject({ state: 'resolved' });
      for (let n = 2; n < 30; n += 1) await panel.round(minute(n));
      expect(panel.said()).toEqual(['12:00 opened 1']);
    });
  });

  test('two replicas at once open, tell and resolve once', async () => {
    const other = settling(await openAt(place), account);
    await Promise.all([panel.settle(minute(0), spent), other.settle(minute(0), spent)]);
    await panel.send(minute(0));
    await Promise.all([panel.settle(minute(1), nothing), other.settle(minute(1), nothing)]);
    await panel.send(minute(11));
    expect(panel.said()).toEqual(['12:00 opened 1', '12:11 resolved 1']);
    expect(await panel.entries((await incident()).id)).toEqual(['opened', 'told', 'resolved']);
  });

  test.each([
    ['changed', { version: 2 }],
    ['switched off', { is_enabled: 0 as const }],
  ])(
    'of a rule that was %s since it was judged nothing is opened, told or over',
    async (_, change) => {
      const other = { rule: spend, evaluation: found(aFinding({ subject: 'other' })) };
      await store.db.updateTable('delivery_channels').set({ is_enabled: 0 }).execute();
      await panel.round(minute(0), spent);
      await store.db.updateTable('delivery_channels').set({ is_enabled: 1 }).execute();
      await store.db.updateTable('alert_rules').set(change).execute();
      await panel.round(minute(1), other);
      expect(await incident()).toMatchObject({ subject: '', state: 'open', toldAt: null });
      expect(panel.sent).toEqual([]);
    },
  );

  test('a rule that is deleted while its findings are settled leaves nothing open, and nobody waiting', async () => {
    const other = await openAt(place);
    const many = (severity: 'warning' | 'critical', count: number) => ({
      rule: spend,
      evaluation: found(
        ...Array.from({ length: count }, (_, n) => aFinding({ subject: `s${n}`, severity })),
      ),
    });
    await panel.settle(minute(0), many('warning', 12));
    await Promise.all([
      panel.settle(minute(1), many('critical', 8)),
      other.db.transaction().execute((trx) => closeIncidentsOf(trx, minute(1), 'spend')),
    ]);
    await panel.settle(minute(2));
    const states = (await panel.incidents()).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['resolved']));
  });
});
