import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  createLeases,
  dueNow,
  type HeldLease,
  LeaseLostError,
  type Leases,
} from '../../src/jobs/leases.ts';
import type { Store } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES } from '../support/panel.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

const LEASE_MS = 60_000;

describe.each(ENGINES)('leases on %s', (engine) => {
  let clock: ReturnType<typeof stoppedClock>;
  let store: Store;
  let here: Leases;
  let there: Leases;

  beforeEach(async () => {
    clock = stoppedClock();
    const place = await emptyPlace(engine);
    store = await openAt(place);
    const other = await openAt(place);
    const options = { now: clock.now, leaseMs: LEASE_MS };
    here = createLeases({ ...options, db: store.db, holder: 'here' });
    there = createLeases({ ...options, db: other.db, holder: 'there' });
    await here.register(['sync']);
  });

  async function acquired(leases: Leases, name = 'sync'): Promise<HeldLease> {
    const lease = await leases.acquire(name);
    if (!lease) throw new Error('somebody else has it');
    return lease;
  }

  /** Writes a setting and then asks whether it may. */
  function write(lease: HeldLease, name: string): Promise<void> {
    return store.db.transaction().execute(async (trx) => {
      const updated_at = toText(clock.now());
      await trx.insertInto('settings').values({ name, value: '1', updated_at }).execute();
      await lease.confirm(trx);
    });
  }

  async function written(): Promise<string[]> {
    const rows = await store.db.selectFrom('settings').select('name').orderBy('name').execute();
    return rows.map(({ name }) => name);
  }

  function row() {
    return store.db
      .selectFrom('jobs')
      .select(['next_run_at', 'holder', 'lease_until', 'failures'])
      .where('name', '=', 'sync')
      .executeTakeFirstOrThrow();
  }

  test('of many who ask at the same time one gets it', async () => {
    const asked = Array.from({ length: 20 }, (_, turn) =>
      (turn % 2 ? here : there).acquire('sync'),
    );
    const got = (await Promise.all(asked)).filter((lease) => lease !== null);
    expect(got).toHaveLength(1);
  });

  test('a job is made known once, by as many as want to', async () => {
    const names = ['a', 'b', 'c', 'sync'];
    await Promise.all([here.register(names), there.register(names), here.register(names)]);
    expect((await there.read()).map(({ name }) => name)).toEqual(names);
  });

  test('what is given back is due when it was said, and not before', async () => {
    const lease = await acquired(here);
    await lease.release({ nextRunAt: clock.now().add({ minutes: 5 }), failures: 2 });
    clock.forward({ milliseconds: 5 * 60_000 - 1 });
    expect(await there.acquire('sync')).toBeNull();
    clock.forward({ milliseconds: 1 });
    expect((await acquired(there)).failures).toBe(2);
  });

  test('one that is kept is kept for ever', async () => {
    const lease = await acquired(here);
    for (let minute = 0; minute < 10; minute += 1) {
      clock.forward({ seconds: 30 });
      await lease.keep();
      expect(await there.acquire('sync')).toBeNull();
    }
    expect(lease.signal.aborted).toBe(false);
    await write(lease, 'mine');
    expect(await written()).toEqual(['mine']);
  });

  test('it is renewed when a third of its time has passed, not at every tick', async () => {
    const lease = await acquired(here);
    const until = (await row()).lease_until;
    clock.forward({ milliseconds: LEASE_MS / 3 - 1 });
    await lease.keep();
    expect((await row()).lease_until).toBe(until);
    clock.forward({ milliseconds: 1 });
    await lease.keep();
    expect((await row()).lease_until).toBe(toText(clock.now().add({ milliseconds: LEASE_MS })));
  });

  test('a dead holder has it until its time is over, and then another one has', async () => {
    await acquired(here);
    clock.forward({ milliseconds: LEASE_MS - 1 });
    expect(await there.acquire('sync')).toBeNull();
    clock.forward({ milliseconds: 1 });
    expect(await there.acquire('sync')).not.toBeNull();
  });

  test('who slept for too long writes nothing, though nobody else has it yet', async () => {
    const lease = await acquired(here);
    clock.forward({ milliseconds: LEASE_MS });
    await expect(write(lease, 'late')).rejects.toThrow(LeaseLostError);
    expect(await written()).toEqual([]);
    expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
  });

  test('who was taken over writes nothing, keeps nothing and gives nothing back', async () => {
    const old = await acquired(here);
    clock.forward({ milliseconds: LEASE_MS });
    // The same process: its name alone would not tell the two apart.
    const lease = await acquired(here);
    await expect(write(old, 'old')).rejects.toThrow(LeaseLostError);
    await old.keep();
    await old.release({ nextRunAt: clock.now(), failures: 0 });
    await write(lease, 'new');
    expect(await written()).toEqual(['new']);
    expect(await there.acquire('sync')).toBeNull();
    expect(lease.signal.aborted).toBe(false);
  });

  test('nobody takes it over between the confirmation and the commit', async () => {
    const lease = await acquired(here);
    clock.forward({ milliseconds: LEASE_MS - 1 });
    let taking: Promise<HeldLease | null> | undefined;
    await store.db.transaction().execute(async (trx) => {
      await lease.confirm(trx);
      clock.forward({ milliseconds: 1 });
      taking = there.acquire('sync');
      const updated_at = toText(clock.now());
      await trx.insertInto('settings').values({ name: 'last', value: '1', updated_at }).execute();
    });
    expect(await taking).toBeNull();
    expect(await written()).toEqual(['last']);
  });

  test('a job made due while it is being done is done again afterwards', async () => {
    const lease = await acquired(here);
    await dueNow(store.db, clock.now(), 'sync');
    expect(await there.acquire('sync')).toBeNull();
    await lease.release({ nextRunAt: clock.now().add({ hours: 1 }), failures: 0 });
    await acquired(there);
  });

  test('a job made due before its time, or before it is known, is due', async () => {
    const lease = await acquired(here);
    await lease.release({ nextRunAt: clock.now().add({ hours: 1 }), failures: 3 });
    await dueNow(store.db, clock.now(), 'sync');
    await dueNow(store.db, clock.now(), 'new');
    expect((await acquired(there)).failures).toBe(3);
    await acquired(there, 'new');
  });

  test('a row goes only when it is long due and nobody does it', async () => {
    await acquired(here);
    clock.forward({ seconds: 30 });
    await here.forget(['sync'], clock.now());
    expect(await here.read()).toHaveLength(1);
    clock.forward({ seconds: 30 });
    await here.forget(['sync'], clock.now().subtract({ seconds: 1 }));
    expect(await here.read()).toHaveLength(1);
    await here.forget(['sync'], clock.now());
    expect(await here.read()).toEqual([]);
  });

  test('whatever two processes do and whenever, only the last to get it may write', async () => {
    const step = fc.record({
      does: fc.constantFrom('acquire', 'write', 'release'),
      which: fc.nat(9),
      ms: fc.constantFrom(0, 1, LEASE_MS / 2, LEASE_MS - 1, LEASE_MS),
    });
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 30 }), async (steps) => {
        round += 1;
        const name = `job ${round}`;
        await here.register([name]);
        const leases = [await acquired(here, name)];
        let [owner] = leases;
        let until = clock.now().add({ milliseconds: LEASE_MS });
        for (const { does, which, ms } of steps) {
          clock.forward({ milliseconds: ms });
          const isHeld = owner !== undefined && Temporal.Instant.compare(clock.now(), until) < 0;
          const lease = leases[which % leases.length] as HeldLease;
          if (does === 'release') {
            await lease.release({ nextRunAt: clock.now(), failures: 0 });
            if (lease === owner) owner = undefined;
          } else if (does === 'write') {
            const wrote = await store.db
              .transaction()
              .execute((trx) => lease.confirm(trx))
              .then(() => true)
              .catch(() => false);
            expect(wrote).toBe(isHeld && lease === owner);
            if (wrote) until = clock.now().add({ milliseconds: LEASE_MS });
          } else {
            const got = await (which % 2 ? here : there).acquire(name);
            expect(got !== null).toBe(!isHeld);
            if (got) until = clock.now().add({ milliseconds: LEASE_MS });
            if (got) leases.push(got);
            owner = got ?? owner;
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
