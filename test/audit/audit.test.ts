import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { AUDIT_ACTIONS, type AuditEntry, recordAudit } from '../../src/audit/audit.ts';
import { LOCALES, translator } from '../../src/i18n/index.ts';
import { ENGINES, NOW, type Panel, startPanel } from '../support/panel.ts';

const ANA = { kind: 'person', name: 'ana@example.com', address: '203.0.113.7' } as const;
const BOOTH = { kind: 'token', name: 'Cabina 1', address: '198.51.100.2' } as const;

/** Writes entries down, each a minute after the one before. */
async function record(panel: Panel, entries: AuditEntry[], from = NOW): Promise<void> {
  const { db } = panel.services.store;
  for (const [minutes, entry] of entries.entries()) {
    await recordAudit(db, from.add({ minutes }), entry);
  }
}

/** What the log shows, newest first: the target of each entry. */
function targets(html: string): string[] {
  return [...html.matchAll(/<strong>[^<]*<\/strong>: ([^\n<]*)/g)].map((match) => match[1] ?? '');
}

const created = (target: string, actor: AuditEntry['actor'] = ANA): AuditEntry => ({
  actor,
  action: 'account.created',
  target,
});

describe.each(ENGINES)('the audit log, on %s', (engine) => {
  test('can not be changed and not be emptied, by the database itself', async () => {
    const panel = await startPanel({}, { engine });
    await record(panel, [created('uno')]);
    const { db } = panel.services.store;
    for (const statement of [
      sql`update audit_entries set actor = 'somebody else'`,
      sql`delete from audit_entries`,
      ...(engine === 'sqlite'
        ? [
            sql`insert or replace into audit_entries select * from audit_entries`,
            sql`insert or replace into audit_entries (rowid, id, at, actor, actor_kind, action)
              select rowid, 'x', at, 'x', actor_kind, action from audit_entries`,
          ]
        : [sql`truncate audit_entries`]),
    ]) {
      await expect(statement.execute(db)).rejects.toThrow('append-only');
    }
    const rows = await db.selectFrom('audit_entries').select('target').execute();
    expect(rows).toEqual([{ target: 'uno' }]);
  });

  test('shows who did what, when and from where, newest first', async () => {
    const panel = await startPanel({}, { engine });
    await record(panel, [
      created('FutureLab'),
      {
        actor: BOOTH,
        action: 'settings.changed',
        detail: { before: { timezone: null }, after: { timezone: 'America/Lima' } },
      },
    ]);
    const { text } = await (await panel.as('admin')).get('/admin/audit');
    expect(text.lastIndexOf('Cambió los ajustes')).toBeLessThan(
      text.lastIndexOf('Guardó una cuenta'),
    );
    expect(text).toContain('ana@example.com');
    expect(text).toContain('203.0.113.7');
    expect(text).toContain('7 mar 2026, 21:21:30</time>');
    expect(text).toContain('zona horaria: la del servidor → America/Lima');
  });

  test('is read a page at a time: none twice, none missing, though more is written meanwhile', async () => {
    const panel = await startPanel({}, { engine });
    const names = Array.from({ length: 120 }, (_, index) => `n${index}`);
    // All at one moment: their ids decide then.
    for (const name of names) await recordAudit(panel.services.store.db, NOW, created(name));
    const admin = await panel.as('admin');
    const seen: string[] = [];
    let href: string | undefined = '/admin/audit';
    while (href) {
      const { text } = await admin.get(href);
      seen.push(...targets(text));
      href = text.match(/href="([^"]*)" rel="next"/)?.[1]?.replaceAll('&amp;', '&');
      await record(panel, [created('newer')], NOW.add({ hours: 1 }));
    }
    expect(seen.toSorted()).toEqual(names.toSorted());
  });

  test.each([
    ['who=ANA', ['a', 'b']],
    ['who=cabina', ['c']],
    ['action=account.deleted', ['b']],
    ['from=2026-03-08&timezone=America/Mexico_City', ['c']],
    ['to=2026-03-07&timezone=America/Mexico_City', ['b', 'a']],
    ['from=2026-03-08&timezone=UTC', ['c', 'b', 'a']],
    ['from=0001-01-01&to=9998-12-31&timezone=Pacific/Kiritimati', ['c', 'b', 'a']],
    ['to=0001-01-01', []],
    ['text=nota 50%25', ['a']],
    ['text=nota_50', []],
    ['text=203.0.113', ['b', 'a']],
    ["text=' or 1=1 --", []],
    ['text=%5C', []],
    ['who=ana&action=account.created&text=NOTA', ['a']],
  ])('is filtered by %s', async (query, expected) => {
    const panel = await startPanel({}, { engine });
    await record(panel, [
      { ...created('a'), detail: { note: 'nota 50%' } },
      { ...created('b'), action: 'account.deleted' },
    ]);
    await record(panel, [created('c', BOOTH)], NOW.add({ hours: 3 }));
    const { status, text } = await (await panel.as('admin')).get(`/admin/audit?${query}`);
    expect(status).toBe(200);
    expect(targets(text).toSorted()).toEqual(expected.toSorted());
  });

  test('is exported whole or filtered, in the zone asked for, for a spreadsheet too', async () => {
    const panel = await startPanel({}, { engine });
    await record(panel, [
      created('=HYPERLINK("http://evil.example")'),
      { ...created('Año, "nuevo"'), detail: { note: 'ñ' } },
      created('otra', BOOTH),
    ]);
    const admin = await panel.as('admin');
    const query = 'who=ana&timezone=America/Mexico_City';
    const response = await admin.get(`/admin/audit.csv?${query}`).buffer(true);
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(response.headers['content-disposition']).toBe('attachment; filename="audit.csv"');
    expect(response.text).toBe(
      [
        'at,actor,actor_kind,action,target,address,detail',
        '2026-03-07T21:21:30.500-06:00,ana@example.com,person,account.created,"Año, ""nuevo""",203.0.113.7,"{""note"":""ñ""}"',
        '2026-03-07T21:20:30.500-06:00,ana@example.com,person,account.created,"\'=HYPERLINK(""http://evil.example"")",203.0.113.7,',
        '',
      ].join('\r\n'),
    );
    const { text } = await admin.get('/admin/audit.csv?excel=1').buffer(true);
    expect(text.charCodeAt(0)).toBe(0xfeff);
    expect(text.trim().split('\r\n')).toHaveLength(4);
  });
});

test('an export longer than a page of the database is whole', async () => {
  const panel = await startPanel();
  const { db } = panel.services.store;
  await db.transaction().execute(async (trx) => {
    for (let index = 0; index < 2_500; index += 1)
      await recordAudit(trx, NOW, created(`n${index}`));
  });
  const { text } = await (await panel.as('admin')).get('/admin/audit.csv').buffer(true);
  const lines = text.trim().split('\r\n').slice(1);
  expect(new Set(lines.map((line) => line.split(',')[4])).size).toBe(2_500);
});

test('an export that can not even begin is a page that says why', async () => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  await panel.services.store.db.schema.dropTable('audit_entries').execute();
  const response = await admin.get('/admin/audit.csv');
  expect(response.status).toBe(500);
  expect(response.headers['content-disposition']).toBeUndefined();
});

test.each([
  ['from', '2026-02-30', 'No entendemos esta fecha'],
  ['to', 'ayer', 'No entendemos esta fecha'],
  ['from', '9999-01-01', 'No entendemos esta fecha'],
  ['to', '9999-12-31', 'No entendemos esta fecha'],
  ['to', '10000-01-01', 'No entendemos esta fecha'],
  ['action', 'nothing.done', 'Elige una de las opciones'],
  ['timezone', 'Atlantis/Centre', 'No conocemos esta zona'],
  ['text', 'x'.repeat(10_000), 'Es demasiado largo'],
  ['text', 'a\0b', 'Este dato no se puede usar'],
  ['before', '2026-03-08', 'dirección está incompleta'],
  ['before', "2026-03-08T00:00:00.000Z_'; drop table audit_entries; --", 'está incompleta'],
])('%s = %j is refused, and the field is named', async (field, value, words) => {
  const panel = await startPanel();
  const admin = await panel.as('admin');
  for (const path of ['/admin/audit', '/admin/audit.csv']) {
    const response = await admin.get(`${path}?${new URLSearchParams({ [field]: value })}`);
    expect([path, response.status]).toEqual([path, 400]);
    expect(response.text).toContain(words);
  }
});

test('HTML in an entry stays text', async () => {
  const panel = await startPanel();
  const evil = '<img src=x onerror=alert(1)>';
  await record(panel, [
    {
      actor: { ...ANA, name: evil },
      action: 'link.created',
      target: evil,
      detail: { [evil]: evil },
    },
  ]);
  const { text } = await (await panel.as('admin')).get(
    `/admin/audit?${new URLSearchParams({ text: evil })}`,
  );
  expect(text).toContain('&lt;img');
  expect(text).not.toContain('<img src=x');
});

test('the filter stands in the links to older entries, to the file, and in the language switch', async () => {
  const panel = await startPanel();
  await record(
    panel,
    Array.from({ length: 51 }, (_, index) => created(`n${index}`)),
  );
  const { text } = await (await panel.as('admin')).get('/admin/audit?who=ana&text=n');
  for (const path of [
    'audit?who=ana&amp;text=n&amp;before=',
    'audit.csv?who=ana&amp;text=n&amp;',
    'audit?who=ana&amp;text=n&amp;lang=en',
  ]) {
    expect(text).toContain(`/admin/${path}`);
  }
});

test.each(LOCALES)('every action has a text in %s', (locale) => {
  const t = translator(locale);
  const texts = AUDIT_ACTIONS.map((action) => t(`audit.${action}`));
  expect(texts.filter((text) => text.startsWith('audit.'))).toEqual([]);
  expect(new Set(texts).size).toBe(AUDIT_ACTIONS.length);
});
