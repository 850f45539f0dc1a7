import type { Insertable } from 'kysely';
import { expect, test, vi } from 'vitest';
import { incidentRetentionJob } from '../../src/alerts/incident-retention.ts';
import type { IncidentsTable } from '../../src/store/tables.ts';
import { toText } from '../../src/store/values.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, startPanel } from '../support/panel.ts';
import { freeLease } from '../support/planted-history.ts';
import { plantReadAccount } from './planted-usage.ts';

const NOW = Temporal.Instant.from('2026-03-11T18:20:00Z');

test.each(ENGINES)(
  'what was over a year ago is forgotten with its history, on %s',
  async (engine) => {
    const clock = stoppedClock(NOW);
    const { services } = await startPanel({}, { engine, parts: { now: clock.now } });
    const { db } = services.store;
    await plantReadAccount(services, 'one');
    const job = incidentRetentionJob(services);
    const plant = (
      id: string,
      state: 'open' | 'resolved',
      days: number,
    ): Insertable<IncidentsTable> => {
      const at = toText(NOW.subtract({ hours: days * 24 }));
      return {
        ...{
          id,
          rule_id: id,
          account_id: 'one',
          kind: 'budget',
          rule_name: '',
          subject: '',
          state,
        },
        ...{
          nature: 'state',
          cause: 'spend',
          severity: 'warning',
          facts: '{}',
          latest_facts: '{}',
        },
        ...{ opened_at: at, seen_at: at, resolved_at: state === 'resolved' ? at : null },
      };
    };
    const planted = [
      plant('open', 'open', 800),
      plant('kept', 'resolved', 365),
      ...Array.from({ length: 1_001 }, (_, n) => plant(`old ${n}`, 'resolved', 366)),
    ];
    const at = toText(NOW);
    for (let from = 0; from < planted.length; from += 200) {
      const rows = planted.slice(from, from + 200);
      await db.insertInto('incidents').values(rows).execute();
      await db
        .insertInto('incident_entries')
        .values(rows.map(({ id }) => ({ incident_id: id, number: 1, at, what: 'opened' })))
        .execute();
    }
    expect(await job.run(freeLease('alerts:retention'))).toEqual(NOW.add({ hours: 24 }));
    const left = await db.selectFrom('incidents').select('id').orderBy('id').execute();
    expect(left.map(({ id }) => id)).toEqual(['kept', 'open']);
    const entries = await db.selectFrom('incident_entries').select('incident_id').execute();
    expect(entries.map(({ incident_id }) => incident_id).toSorted()).toEqual(['kept', 'open']);
  },
);

test('is a job of the panel', async () => {
  const { services } = await startPanel();
  services.scheduler.start();
  await vi.waitFor(async () => {
    const rows = await services.store.db.selectFrom('jobs').select('name').execute();
    expect(rows.map(({ name }) => name)).toContain('alerts:retention');
  });
  await services.scheduler.stop();
});
