import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findAccount } from '../../src/accounts/accounts.ts';
import { evidenceOf } from '../../src/alerts/evidence.ts';
import { recordRefusal } from '../../src/alerts/refusals.ts';
import * as faults from '../../src/demo/faults.ts';
import { FalError } from '../../src/fal/errors.ts';
import { toText } from '../../src/store/values.ts';
import { syncOnce } from '../history/synced.ts';
import { stoppedClock } from '../support/clock.ts';
import { ENGINES, NOW, startPanel } from '../support/panel.ts';
import { plantAccount } from '../support/planted-history.ts';
import { storeAccount } from '../support/stored-account.ts';
import { emptyPlace, openAt } from '../support/stores.ts';

/** An account that was locked, topped up, and locked in another way all the same. */
async function lockedPanel(engine: (typeof ENGINES)[number] = 'sqlite') {
  const clock = stoppedClock();
  const panel = await startPanel(
    { BACKFILL_DAYS: '2' },
    { engine, parts: { now: clock.now }, simulator: { now: clock.now } },
  );
  const { services, fal } = panel;
  const { db } = services.store;
  const key = fal.keys.admin;
  await storeAccount(services, { slug: 'bodas', name: 'Bodas | <b>XV</b>', key, isDefault: true });
  const account = await findAccount(db, 'bodas');
  if (!account) throw new Error('no account');
  const round = () => syncOnce(panel, 'bodas').catch(() => {});
  await round();
  clock.forward({ minutes: 5 });
  const lockedAt = clock.now();
  const unlock = fal.fault('/models/usage', faults.lockNotice());
  fal.quirks.balance = 0;
  await round();
  clock.forward({ minutes: 30 });
  await db
    .insertInto('credit_entries')
    .values({
      ...{ account_id: account.id, entry_id: 'e1', revision: 0, kind: 'purchase' },
      ...{ amount: 50_000_000_000n, currency: 'USD', at: toText(clock.now()), expires_at: null },
      ...{ note: '', is_void: 0, source: 'hand', seen_after: null },
      ...{ recorded_at: toText(clock.now()), recorded_by: 'ana@example.com' },
    })
    .execute();
  const toppedUpAt = clock.now();
  fal.quirks.balance = 50;
  clock.forward({ minutes: 5 });
  await round();
  clock.forward({ minutes: 60 });
  unlock();
  fal.fault('/models/usage', faults.lockNotice('Admin lock. Please contact support@fal.ai'));
  await round();
  const span = { start: lockedAt, end: clock.now() };
  return { panel, clock, account, span, toppedUpAt, key };
}

const second = (at: Temporal.Instant) => at.toString({ smallestUnit: 'second' });

describe.each(ENGINES)('evidence for fal’s support, on %s', (engine) => {
  test('has every answer with its times, the balances, the top-up and the last usage', async () => {
    const { panel, clock, account, span, toppedUpAt, key } = await lockedPanel(engine);
    const text = await evidenceOf(panel.services.store.db, account, span, clock.now());
    const line = (...parts: string[]) =>
      expect(
        text.split('\n').filter((each) => parts.every((part) => each.includes(part))),
      ).toHaveLength(1);
    line('Bodas \\| &lt;b>XV&lt;/b>');
    line(`Key id ends with: ${account.keyHint}`);
    const again = second(span.start.add({ minutes: 35 }));
    line(`| ${second(span.start)} | ${again} | 2 | usage of models | 403 | exhausted_balance |`);
    line(`| ${second(span.end)} | ${second(span.end)} | 1 |`, 'Please contact support@fal.ai');
    line(`| ${second(span.start)} |`, '| 0 USD |');
    line(`| ${again} | ${second(span.end)} | 50 USD |`);
    line(`| ${second(toppedUpAt)} | purchase | 50 USD | never |`);
    line('topped up by 50 USD', second(toppedUpAt), second(span.end));
    line('turned from exhausted_balance into admin_lock');
    line('positive balance of 50 USD', again);
    line('Last charge in the hour that begins 2026-03-08T03:00:00Z');
    const [id = '', secret = ''] = key.split(':');
    expect(text).not.toContain(secret);
    expect(text).not.toContain(id);
  });
});

test('whatever fal says, no key is in the evidence', async () => {
  const { db } = await openAt(await emptyPlace('sqlite'));
  await plantAccount(db, 'a');
  const account = await findAccount(db, 'a');
  if (!account) throw new Error('no account');
  const secrets = fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'),
    minLength: 32,
    maxLength: 32,
  });
  const around = fc.string({ maxLength: 40 });
  let minute = 0;
  await fc.assert(
    fc.asyncProperty(fc.uuid(), secrets, around, around, async (id, secret, before, after) => {
      minute += 1;
      const key = `${id}:${secret}`;
      const other = `${id}:${secret.toUpperCase()}`;
      const said = `${before} ${key} ${after} Key ${other} ${secret} ${after}`;
      const error = new FalError('unauthorized', said, { status: 401 });
      const at = NOW.add({ minutes: minute });
      await db.transaction().execute((trx) => recordRefusal(trx, 'a', 'usage', at, error, { key }));
      const text = await evidenceOf(db, account, { start: at, end: at }, at);
      expect(text).toContain(second(at));
      expect(text.toLowerCase()).not.toContain(secret);
      const rows = await db.selectFrom('refusals').select('said').execute();
      expect(rows.every((row) => row.said.length <= 500 && !row.said.includes(secret))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe('the file', () => {
  async function plantIncident(
    { panel, account, span }: Awaited<ReturnType<typeof lockedPanel>>,
    kind: string,
  ) {
    await panel.services.store.db
      .insertInto('incidents')
      .values({
        ...{ id: 'i1', rule_id: 'r1', account_id: account.id, kind, rule_name: '', subject: '' },
        ...{ nature: 'state', cause: 'access', severity: 'critical', state: 'open' },
        facts: JSON.stringify({ trouble_since: { as: 'moment', value: span.start.toString() } }),
        ...{ latest_facts: '{}', opened_at: toText(span.end), seen_at: toText(span.end) },
      })
      .execute();
  }

  test('is handed to an operator, named for the account and the day', async () => {
    const locked = await lockedPanel();
    await plantIncident(locked, 'account_trouble');
    const browser = await locked.panel.as('operator');
    const answer = await browser.get('/admin/alerts/i1/evidence').expect(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe(
      'attachment; filename="fal-evidence-bodas-2026-03-08.txt"',
    );
    expect(answer.text).toContain('exhausted_balance');
    expect(answer.text).toContain(`Trouble from ${second(locked.span.start)}`);
    const viewer = await locked.panel.as('viewer');
    await viewer.get('/admin/alerts/i1/evidence').expect(403);
  });

  test('is only there for trouble with an account', async () => {
    const locked = await lockedPanel();
    await plantIncident(locked, 'balance_below');
    const browser = await locked.panel.as('operator');
    await browser.get('/admin/alerts/i1/evidence').expect(404);
    await browser.get('/admin/alerts/i2/evidence').expect(404);
  });
});
