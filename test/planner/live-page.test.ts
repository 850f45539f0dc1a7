import { describe, expect, test } from 'vitest';
import { COMMAND_LINE } from '../../src/audit/actor.ts';
import { DEMO_CALLERS } from '../../src/demo/accounts.ts';
import * as faults from '../../src/demo/faults.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { sumNano } from '../../src/money.ts';
import { saveSettings, settingsVersion } from '../../src/settings/settings.ts';
import { syncOnce } from '../history/synced.ts';
import { startEvening as startEvent, wordsOf as wordsFrom } from './booth.ts';

async function startEvening(fields: Parameters<typeof startEvent>[0] = {}) {
  const evening = await startEvent(fields);
  const viewer = await evening.panel.as('viewer');
  const path = `/admin/events/${evening.event.id}/live`;
  return { ...evening, viewer, path, live: () => viewer.get(`${path}?ask=now`) };
}

const wordsOf = (html: string) => wordsFrom(html, 'id="live"');

describe('an event is watched while it takes place', () => {
  test('before, during, with fal away, and after', async () => {
    const { clock, panel, event, viewer, path, live } = await startEvening();

    const before = await live();
    expect(before.status).toBe(200);
    expect(before.text).toContain('data-state="before"');
    expect(wordsOf(before.text)).toContain('Empieza el 7 mar 2026, 18:00');
    expect(before.text).toContain(`href="/admin/events/${event.id}"`);

    clock.forward({ hours: 1, minutes: 5 });
    const early = await live();
    expect(wordsOf(early.text)).toContain('Acaba de empezar');

    clock.forward({ hours: 3 });
    const during = await live();
    expect(during.headers.refresh).toBe('60');
    const words = wordsOf(during.text);
    expect(words).toMatch(/terminará costando unos \$\d/);
    expect(words).toContain('en vivo');
    expect(words).toMatch(/Gastado hasta ahora \$\d/);
    expect(during.text).not.toMatch(/NaN|undefined|Infinity/);
    const { costNano } = panel.fal.truth({ start: event.start, end: clock.now() });
    expect(during.text).toContain(createFormat('es').exactMoney(costNano));

    panel.fal.fault(/./, faults.failWith(503), Infinity);
    clock.forward({ minutes: 20 });
    const away = await live();
    expect(away.status).toBe(200);
    expect(wordsOf(away.text)).toContain('fal no está disponible');
    expect(wordsOf(away.text)).toContain('últimas cifras buenas, del 7 mar 2026, 21:05');
    expect(spentOf(away.text)).toBe(spentOf(during.text));
    const part = await viewer.get(path).set('HX-Request', 'true');
    expect(part.text).not.toContain('<html');
    expect(spentOf(part.text)).toBe(spentOf(during.text));

    panel.fal.reset();
    const back = await live();
    expect(wordsOf(back.text)).not.toContain('últimas cifras');
    expect(spentOf(back.text)).not.toBe(spentOf(during.text));

    clock.forward({ hours: 5 });
    const after = await live();
    expect(after.text).toContain('data-over');
    expect(after.headers.refresh).toBeUndefined();
    expect(after.text).not.toContain('hx-trigger');
    expect(after.text).toContain(`href="/admin/events/${event.id}/closing"`);
  });

  test('shows the local copy before fal is asked, which a script does at once', async () => {
    const { clock, panel, viewer, path } = await startEvening();
    clock.forward({ hours: 3 });
    const blank = await viewer.get(path);
    expect(wordsOf(blank.text)).toContain('Todavía no se ha leído nada');
    const gone = panel.fal.fault(/./, faults.failWith(503), Infinity);
    const away = await viewer.get(`${path}?ask=now`);
    expect(wordsOf(away.text)).toContain('Todavía no se ha leído nada de este evento. fal no está');
    gone();
    await syncOnce(panel, 'booth');
    const { text, headers } = await viewer.get(path);
    expect(headers.refresh).toBeUndefined();
    expect(text).toContain('hx-trigger="load, every 60s"');
    expect(wordsOf(text)).toContain('copia local');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test('of a fair of several days says up to when the copy counts', async () => {
    const { clock, panel, viewer, path } = await startEvening({
      start: Temporal.Instant.from('2026-03-05T20:00Z'),
      end: Temporal.Instant.from('2026-03-08T08:00Z'),
    });
    for (let round = 0; round < 3; round += 1) {
      clock.forward({ hours: 1, minutes: 10 });
      await syncOnce(panel, 'booth');
    }
    const { text } = await viewer.get(path);
    expect(text).toContain(`datetime="${clock.now()}"`);
  });

  test('of an event that has its own keys only their cost is known, live and from the copy', async () => {
    const [booth] = DEMO_CALLERS;
    const apiKeyId = booth?.caller.apiKeyId ?? '';
    const { clock, panel, event, live } = await startEvening({ apiKeyIds: [apiKeyId] });
    clock.forward({ hours: 3 });
    const costAt = (end: Temporal.Instant) => {
      const charges = panel.fal.charges('futurelab-eventos', { start: event.start, end });
      const own = charges.filter(({ caller }) => caller.apiKeyId === apiKeyId);
      return createFormat('es').exactMoney(sumNano(own.map(({ costNano }) => costNano)));
    };
    const during = await live();
    expect(during.text).toContain(costAt(clock.now()));
    expect(wordsOf(during.text)).toContain('en vivo');
    expect(wordsOf(during.text)).toContain('fal no cuenta las llamadas por clave');
    expect(during.text).not.toMatch(/NaN|undefined|Infinity/);

    clock.forward({ minutes: 30 });
    await syncOnce(panel, 'booth');
    panel.fal.fault(/./, faults.failWith(503), Infinity);
    const away = await live();
    expect(wordsOf(away.text)).toContain('fal no está disponible');
    expect(away.text).toContain(costAt(clock.now()));
  });

  test('says that it will cost more than planned, and that credits run out before its end', async () => {
    const { clock, panel, live } = await startEvening({ participants: 1 });
    clock.forward({ hours: 3 });
    const broke = { username: 'booth', credits: { current_balance: 2, currency: 'USD' } };
    panel.fal.fault('/account/billing', faults.wrongShape(broke), Infinity);
    const { text } = await live();
    expect(wordsOf(text)).toMatch(/Va [\d,]+\s?% por encima de lo esperado/);
    expect(text).toContain('data-runs-out');
    expect(wordsOf(text)).toMatch(/los créditos se acaban el 7 mar 2026, 20:\d\d, antes de que/);
  });

  test('asks again only when somebody says so, where pages are set to stay as they are', async () => {
    const { clock, panel, viewer, path, live } = await startEvening();
    const { settings, store, now } = panel.services;
    const wanted = { refreshSeconds: 0 } as const;
    await saveSettings(store.db, now(), COMMAND_LINE, wanted, settingsVersion(settings.stored()));
    await settings.refresh();
    clock.forward({ hours: 3 });
    const shown = await viewer.get(path);
    expect(shown.text).toContain('hx-trigger="load"');
    const asked = await live();
    expect(asked.headers.refresh).toBeUndefined();
    expect(asked.text).not.toContain('hx-trigger');
    expect(asked.text).toMatch(/<p class=""><a href="[^"]*ask=now/);
  });

  test('nobody is planned for', async () => {
    const { clock, live } = await startEvening({ participants: 0 });
    clock.forward({ hours: 3 });
    const { text } = await live();
    expect(wordsOf(text)).toContain('No se planearon participantes');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  test.each(['no-such-event', "'%20or", '%00'])('%s is not there', async (id) => {
    const { viewer } = await startEvening();
    expect((await viewer.get(`/admin/events/${id}/live`)).status).toBeGreaterThanOrEqual(400);
  });
});

function spentOf(html: string): string | undefined {
  return /class="live-spent".*?class="figure">.*?>([^<]*\$[^<]*)</s.exec(html)?.[1];
}
