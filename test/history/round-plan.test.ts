import { expect, test } from 'vitest';
import { findAccount } from '../../src/accounts/accounts.ts';
import { failingDays } from '../../src/history/failing-days.ts';
import { createRoundPlan } from '../../src/history/round-plan.ts';
import { type EpochDay, utcDayOf } from '../../src/history/slots.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

const TODAY = utcDayOf(NOW);

/** Zones in which two days are read together, and one. */
const ZONES = ['America/Mexico_City', 'Asia/Kolkata'];

test.each(ENGINES.flatMap((engine) => ZONES.map((zone) => [engine, zone] as const)))(
  'days of long ago have their turn however long the latest take to be read: %s, %s',
  async (engine, zone) => {
    const clock = stoppedClock();
    const { services } = await startPanel(
      { BACKFILL_DAYS: '20', SETTLE_HOURS: '168', SYNC_INTERVAL_SECONDS: '60' },
      { engine, parts: { now: clock.now } },
    );
    await storeAccount(services, { slug: 'futurelab', name: 'FutureLab', key: 'any:key' });
    const { db } = services.store;
    const account = await findAccount(db, 'futurelab');
    if (!account) return expect.unreachable();
    const { config } = services;
    const failing = failingDays(db, account, clock.now());
    const { now } = clock;
    const plan = createRoundPlan({ db, now, config, account, zones: [zone], failing });

    const picks: EpochDay[][] = [];
    for (let pick = await plan.pick(); typeof pick !== 'string'; pick = await plan.pick()) {
      picks.push(pick.days);
      // By now every day that was picked before is due again.
      clock.forward({ minutes: 2 });
      if (picks.length > 100) break;
    }
    const days = Array.from({ length: 21 }, (_, index) => TODAY - index);
    expect(new Set(picks.flat())).toEqual(new Set(days));
    // Meanwhile the latest are read again.
    expect(picks.filter((each) => each.includes(TODAY)).length).toBeGreaterThan(1);
  },
);
