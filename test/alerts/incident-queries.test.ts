import { sql } from 'kysely';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import { acknowledgeIncident, resolveIncident } from '../../src/alerts/change-incidents.ts';
import { findIncident, listIncidents, openIncidents } from '../../src/alerts/incident-queries.ts';
import { dropIncidentsOf } from '../../src/alerts/incident-retention.ts';
import type { Store } from '../../src/store/store.ts';
import { ENGINES } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
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

const ANA = { kind: 'person', name: 'ana@example.com', address: null } as const;

describe.each(ENGINES)('incidents are found, on %s', (engine) => {
  let store: Store;
  let account: FalAccount;

  beforeEach(async () => {
    store = await openAt(await emptyPlace(engine));
    await plantAccount(store.db, 'a');
    await plantAccount(store.db, 'b');
    await plantChannel(store, 'c1');
    account = await plantedAccount(store, 'a');
  });

  async function settle(count: number, ...subjects: string[]) {
    const evaluation = found(...subjects.map((subject) => aFinding({ subject })));
    await settling(store, account).round(minute(count), { rule: aRule(), evaluation });
  }

  test('page by page, the newest first', async () => {
    const subjects = ['s0', 's1', 's2', 's3', 's4'];
    await settle(0, ...subjects.slice(0, 3));
    await settle(1, ...subjects);
    const seen: string[] = [];
    let before: string | null = null;
    let pages = 0;
    do {
      const page = await listIncidents(store.db, { limit: 2, before });
      seen.push(...page.incidents.map(({ subject }) => subject));
      before = page.next;
      pages += 1;
    } while (before !== null);
    expect(pages).toBe(3);
    expect(seen.slice(0, 2).toSorted()).toEqual(['s3', 's4']);
    expect(seen.toSorted()).toEqual(subjects);
    const exactly = await listIncidents(store.db, { limit: 5 });
    expect(exactly.next).toBeNull();
    const nonsense = await listIncidents(store.db, { limit: 5, before: "'" });
    expect(nonsense.incidents).toHaveLength(0);
  });

  test('by account and state', async () => {
    await settle(0, 'open', 'seen to', 'over');
    const { incidents } = await listIncidents(store.db, { limit: 9 });
    const idOf = (subject: string) => incidents.find((each) => each.subject === subject)?.id ?? '';
    await acknowledgeIncident(store.db, minute(1), idOf('seen to'), ANA);
    await resolveIncident(store.db, minute(1), idOf('over'), ANA);
    const subjects = async (question: Partial<Parameters<typeof listIncidents>[1]>) => {
      const page = await listIncidents(store.db, { limit: 9, ...question });
      return page.incidents.map(({ subject }) => subject).toSorted();
    };
    expect(await subjects({ state: 'unresolved' })).toEqual(['open', 'seen to']);
    expect(await subjects({ state: 'resolved' })).toEqual(['over']);
    expect(await subjects({ accountId: 'a', state: 'open' })).toEqual(['open']);
    expect(await subjects({ accountId: 'b' })).toEqual([]);
    const open = await openIncidents(store.db);
    expect(open.map(({ subject }) => subject).toSorted()).toEqual(['open', 'seen to']);
    expect(await openIncidents(store.db, 'b')).toEqual([]);
  });

  test('with its history, its deliveries and what was told along', async () => {
    await settle(0, 'day', 'week');
    const { incidents } = await listIncidents(store.db, { limit: 9 });
    for (const { id, subject } of incidents) {
      const history = await findIncident(store.db, id);
      expect(history?.entries.map(({ what, number }) => `${number} ${what}`)).toEqual([
        '1 opened',
        '2 told',
      ]);
      expect(history?.entries[0]).toMatchObject({ at: minute(0), facts: aFinding().facts });
      expect(history?.deliveries).toEqual([
        expect.objectContaining({ occasion: 'opened', state: 'sent', channelName: 'c1' }),
      ]);
      expect(history?.together.map((other) => other.subject)).toEqual([
        subject === 'day' ? 'week' : 'day',
      ]);
    }
    expect(await findIncident(store.db, "no'thing")).toBeNull();
  });

  test('and go with their account, with what was to be sent of them', async () => {
    await settle(0, 'day');
    await store.db.transaction().execute((trx) => dropIncidentsOf(trx, 'a'));
    for (const table of ['incidents', 'incident_entries', 'deliveries'] as const) {
      expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([]);
    }
    // An account that is gone has nothing to settle.
    await store.db.deleteFrom('fal_accounts').where('id', '=', 'a').execute();
    await settle(1, 'day');
    expect(await openIncidents(store.db)).toEqual([]);
  });
});

test('what is unresolved is found by an index, however long the history is', async () => {
  const { db } = await openAt(await emptyPlace('sqlite'));
  const plans = [
    sql`explain query plan select * from incidents where state in ('open', 'acknowledged')`,
    sql`explain query plan select * from incidents where state in ('open', 'acknowledged') and account_id = 'a'`,
    sql`explain query plan select * from incidents where state = 'resolved' and account_id = 'a' and resolved_at > '2026'`,
  ];
  for (const plan of plans) {
    const { rows } = await plan.execute(db);
    expect(JSON.stringify(rows)).toMatch(/SEARCH incidents USING INDEX incidents_state /);
  }
});
