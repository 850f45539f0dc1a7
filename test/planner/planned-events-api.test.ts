import { describe, expect, test } from 'vitest';
import type { Role } from '../../src/auth/viewer.ts';
import { ENGINES } from '../support/panel.ts';
import { programOf, startPlanner, storeBooth } from './booth.ts';

const KLING = 'fal-ai/kling-video/v2.1/standard';
const WEDDING = {
  name: 'Boda de Ana',
  venue: 'Hacienda',
  client: 'Ana & Luis',
  note: 'Dos cabinas',
  starts_at: '2026-03-14T20:00',
  ends_at: '2026-03-15T02:00',
  timezone: 'America/Mexico_City',
  participants: 300,
  outputs_per_participant: 2,
  price_per_output: 0.04,
  models: [{ endpoint_id: KLING, share: 100, units_per_output: 5 }],
  allowance_percent: 5,
  margin_percent: 10,
  peak_participants: 90,
  concurrency: 10,
  api_key_ids: ['key-1'],
};

async function startApi(engine: (typeof ENGINES)[number] = 'sqlite') {
  const panel = await startPlanner({ engine });
  const as = (role: Role) => programOf(panel, role);
  return { panel, as, operator: await as('operator') };
}

describe.each(ENGINES)('/api/v1/planned-events, on %s', (engine) => {
  test('an event is planned, read with its check, changed and deleted', async () => {
    const { panel, operator, as } = await startApi(engine);
    await storeBooth(panel);
    const made = await operator.post(WEDDING);
    expect(made.status).toBe(201);
    const { id } = made.body.event;
    expect(made.headers.location).toBe(`/api/v1/planned-events/${id}`);
    const kept = {
      ...WEDDING,
      id,
      account: 'booth',
      state: 'planned',
      starts_at: '2026-03-14T20:00:00-06:00',
      ends_at: '2026-03-15T02:00:00-06:00',
      participants_came: null,
      price_charged: null,
      closed_at: null,
      version: 1,
    };
    expect(made.body.event).toEqual(kept);

    const viewer = await as('viewer');
    const { body } = await viewer.get(`/${id}`);
    expect(body.event).toMatchObject(kept);
    expect(body.event.check).toMatchObject({
      verdict: expect.stringMatching(/^(enough|tight|top_up)$/),
      expected_cost: 300 * 2 * 5 * 0.056 * 1.05,
      price_source: 'unit_price',
    });
    expect(body.event.keeps_up).toMatchObject({ peak_calls_per_hour: 189 });
    expect(body.message).toMatch(/costará entre/);

    const changed = await operator.put(id, { ...WEDDING, participants: 10, version: 1 });
    expect(changed.body.event).toMatchObject({ participants: 10, version: 2 });
    const late = await operator.put(id, { ...WEDDING, version: 1 });
    expect([late.status, late.body.code]).toEqual([409, 'conflict']);

    expect((await operator.delete(id)).body.ok).toBe(true);
    expect((await operator.get(`/${id}`)).status).toBe(404);
    expect((await operator.delete(id)).status).toBe(404);
  });

  test('lists what is to come by its start, and what is over the last first', async () => {
    const { panel, operator } = await startApi(engine);
    await storeBooth(panel, { isSynced: false });
    const plan = (name: string, day: string) =>
      operator.post({
        ...WEDDING,
        name,
        starts_at: `${day}T10:00`,
        ends_at: `${day}T12:00`,
        account: 'booth',
      });
    await plan('later', '2026-04-02');
    await plan('soon', '2026-03-20');
    await plan('old', '2026-01-02');
    await plan('older', '2026-01-01');
    const names = async (query: string) =>
      (await operator.get(query)).body.events.map(({ name }: { name: string }) => name);
    expect(await names('')).toEqual(['soon', 'later']);
    expect(await names('?account=booth')).toEqual(['soon', 'later']);
    expect(await names('?past=true')).toEqual(['old', 'older']);
    expect((await operator.get('?account=nobody')).status).toBe(404);
  });
});

describe('planned events', () => {
  test.each([
    [{ name: '' }, 'name'],
    [{ name: undefined }, 'name'],
    [{ participants: undefined }, 'participants'],
    [{ participants: 1_000_001 }, 'participants'],
    [{ starts_at: '' }, 'starts_at'],
    [{ ends_at: undefined }, 'ends_at'],
    [{ ends_at: '2026-03-14T20:00' }, 'ends_at'],
    [{ timezone: 'Mars/Base' }, 'timezone'],
    [{ models: [{ endpoint_id: KLING, share: 90 }] }, 'models'],
    [{ models: [{ endpoint_id: 'no model', share: 100 }] }, 'models'],
    [{ concurrency: 0 }, 'concurrency'],
    [
      { api_key_ids: [`${'a'.repeat(8)}-1111-2222-3333-${'b'.repeat(12)}:${'c'.repeat(32)}`] },
      'api_key_ids',
    ],
  ])('refuse %j and say which field and why', async (wrong, field) => {
    const { panel, operator } = await startApi();
    await storeBooth(panel, { isSynced: false });
    const { status, body } = await operator.post({ ...WEDDING, ...wrong });
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ field, message: expect.any(String) }]);
    expect(body.errors[0].message).not.toBe('Este dato no se puede usar.');
  });

  test('need an account, and stay with it', async () => {
    const { panel, operator } = await startApi();
    expect((await operator.post(WEDDING)).body.code).toBe('not_found');
    await storeBooth(panel, { isSynced: false });
    const { body } = await operator.post(WEDDING);
    const moved = await operator.put(body.event.id, { ...WEDDING, account: 'other', version: 1 });
    expect(moved.body.errors).toMatchObject([{ field: 'account' }]);
  });

  test('nobody, or a million over midnight and a clock change: no NaN', async () => {
    const { panel, operator } = await startApi();
    await storeBooth(panel);
    for (const participants of [0, 1_000_000]) {
      const { body } = await operator.post({
        ...WEDDING,
        participants,
        peak_participants: null,
        timezone: 'America/New_York',
        starts_at: '2026-03-07T23:30',
        // Clocks go from 2 to 3 that night: an hour less, and 2:30 is 3:30.
        ends_at: '2026-03-08T02:30',
      });
      expect(body.event.ends_at).toBe('2026-03-08T03:30:00-04:00');
      const read = await operator.get(`/${body.event.id}`);
      const { check, keeps_up: keepsUp } = read.body.event;
      expect(check.expected_cost).toBeCloseTo(participants * 2 * 0.28 * 1.05, 6);
      expect(check.verdict).toBe(participants === 0 ? 'enough' : 'top_up');
      expect(keepsUp.peak_calls_per_hour).toBeCloseTo((participants / 3) * 2 * 1.05, 6);
      await operator.delete(body.event.id);
    }
  });

  test('that overlap do not both count on the same credits', async () => {
    const { panel, operator } = await startApi();
    await storeBooth(panel);
    const available = async (id: string) =>
      (await operator.get(`/${id}`)).body.event.check.available as number;
    const first = await operator.post({ ...WEDDING, participants: 10 });
    const alone = await available(first.body.event.id);
    const cost = 10 * 2 * 0.28 * 1.05;
    const twins = [first.body.event.id];
    for (const starts_at of ['2026-03-14T20:00', '2026-03-14T21:00']) {
      const { body } = await operator.post({ ...WEDDING, participants: 10, starts_at });
      twins.push(body.event.id);
    }
    const all = await Promise.all(twins.slice(0, 2).map(available));
    expect(Math.max(...all)).toBeCloseTo(alone, 3);
    expect(Math.min(...all)).toBeCloseTo(alone - cost, 3);
    const third = await operator.get(`/${twins[2]}`);
    expect(third.body.event.check.available).toBeLessThan(alone - 2 * cost);
    expect(third.body.event.check.reasons).toContain('other_events_before');
    // What nobody has saved yet comes after those that are kept.
    const unsaved = await operator.check({
      participants: 1,
      price_per_output: 1,
      starts_at: '2026-03-14T20:00:00-06:00',
    });
    expect(unsaved.body.check.available).toBeCloseTo(alone - 2 * cost, 3);
  });

  test('say why there is no verdict: an unknown model, no balance, no history, over', async () => {
    const { panel, operator } = await startApi();
    await storeBooth(panel, { isSynced: false });
    const reason = async (fields: object) => {
      const { body } = await operator.post({ ...WEDDING, ...fields });
      const { event } = (await operator.get(`/${body.event.id}`)).body;
      expect([event.check, event.keeps_up]).toEqual([null, null]);
      return event.check_reason;
    };
    const unpriced = {
      models: [{ endpoint_id: 'nobody/knows', share: 100 }],
      price_per_output: '',
    };
    expect(await reason(unpriced)).toBe('no_price');
    expect(await reason({ models: [], price_per_output: null })).toBe('models_unknown');
    expect(await reason({})).toBe('balance_unknown');
    expect(await reason({ starts_at: '2026-01-01T10:00', ends_at: '2026-01-01T12:00' })).toBe(
      'over',
    );
  });

  test('without a price are not counted by those after them, which say so', async () => {
    const { panel, operator } = await startApi();
    await storeBooth(panel);
    const models = [{ endpoint_id: 'nobody/knows', share: 100 }];
    await operator.post({ ...WEDDING, models, price_per_output: null });
    const after = { starts_at: '2026-03-20T10:00', ends_at: '2026-03-20T12:00' };
    const { body } = await operator.post({ ...WEDDING, ...after });
    const read = await operator.get(`/${body.event.id}`);
    expect(read.body.event.check.reasons).toContain('other_events_unpriced');
  });

  test('that are on are checked for what is left of their time', async () => {
    const { panel, operator } = await startApi();
    await storeBooth(panel);
    const on = { starts_at: '2026-03-07T20:20:30.5-06:00', ends_at: '2026-03-07T22:20:30.5-06:00' };
    const { body } = await operator.post({ ...WEDDING, ...on });
    expect(body.event.state).toBe('on');
    const { event } = (await operator.get(`/${body.event.id}`)).body;
    expect(event.check.expected_cost).toBeCloseTo(150 * 2 * 0.28 * 1.05, 6);
    expect(event.check.reasons).toContain('has_begun');
    expect(event.check.reasons).not.toContain('everyday_spend_before');
    const dear = { ...WEDDING, ...on, participants: 1_000_000 };
    const { body: late } = await operator.post(dear);
    const { message } = (await operator.get(`/${late.event.id}`)).body;
    expect(message).toMatch(/^Recarga \$[\d,.]+ ahora: costará entre .* de aquí a que termine/);
  });

  test('are a calendar: CRLF, lines of 75 octets, escaped texts, times in UTC, the verdict', async () => {
    const { panel, operator } = await startApi();
    await storeBooth(panel);
    const name = 'Boda, con coma; y una línea muy larga que no cabe en setenta y cinco octetos';
    const { body } = await operator.post({ ...WEDDING, name });
    const { status, headers, text } = await operator.get('.ics');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/calendar; charset=utf-8');
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const lines = text.split('\r\n');
    expect(lines.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    const unfolded = text.replaceAll('\r\n ', '').split('\r\n');
    expect(unfolded).toContain(`UID:${body.event.id}@fal-usage-panel`);
    expect(unfolded).toContain('DTSTAMP:20260308T032030Z');
    expect(unfolded).toContain('DTSTART:20260315T020000Z');
    expect(unfolded).toContain('DTEND:20260315T080000Z');
    expect(unfolded.find((line) => line.startsWith('SUMMARY:'))).toMatch(
      /^SUMMARY:Boda\\, con coma\\; y una línea .* · (?:Alcanza|Justo|Recarga)$/,
    );
    expect(unfolded.slice(-2)).toEqual(['END:VCALENDAR', '']);
    const session = await panel.as('viewer');
    expect((await session.get('/api/v1/planned-events.ics')).status).toBe(200);
    expect((await panel.http.get('/api/v1/planned-events.ics')).status).toBe(401);
  });
});
