import { describe, expect, test } from 'vitest';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { custom } from '../../src/demo/faults.ts';
import { RequestError } from '../../src/http/failure.ts';
import { toNano } from '../../src/money.ts';
import { type FakeRow, fakeHistory, fakeRow } from '../support/fake-history.ts';
import { NOW, type Panel, startPanel } from '../support/panel.ts';
import { storeTwo } from '../support/stored-account.ts';

/** A panel with two accounts whose copy holds what `write` says of them. */
async function startWith(
  write: (accounts: { id: string; slug: string; name: string }[]) => FakeRow[],
) {
  const hours: FakeRow[] = [];
  const history = fakeHistory(hours, { now: () => NOW });
  const panel = await startPanel({}, { parts: { history } });
  await storeTwo(panel);
  hours.push(...write(await listAccounts(panel.services.store.db)));
  return { panel, history, viewer: await panel.as('viewer') };
}

const anHourAgo = NOW.round({ smallestUnit: 'hour', roundingMode: 'floor' }).subtract({ hours: 1 });
const use = (
  cost: number,
  account?: { id: string; slug: string; name: string },
  endpointId = 'fal-ai/flux/dev',
) =>
  fakeRow(anHourAgo, {
    ...{ endpointId, cost: toNano(cost), apiKeyId: null, authDetail: null },
    ...(account && {
      accountId: account.id,
      accountSlug: account.slug,
      accountName: account.name,
    }),
  });

/** The figure at the top. */
function headline(html: string): string | undefined {
  return html
    .match(/class="headline"[\s\S]*?class="figure"[^>]*>[\s\S]*?<span[^>]*>([^<]*)</)?.[1]
    ?.trim();
}

test('figures are of all accounts, or of the one in the address, and fal is not asked', async () => {
  const { panel, viewer } = await startWith(([first, second]) => [use(2, first), use(3, second)]);
  expect(headline((await viewer.get('/admin/usage')).text)).toBe('$5.00');
  expect(headline((await viewer.get('/admin/usage?account=bodas')).text)).toBe('$3.00');
  const all = await viewer.get('/admin/usage?account=&period=24h');
  expect([all.status, headline(all.text)]).toEqual([200, '$5.00']);
  expect(panel.fal.received).toEqual([]);
});

test('all of a question stands in the form again, and in the addresses of its files', async () => {
  const { viewer } = await startWith(([first]) => [use(2, first)]);
  const query =
    'account=futurelab&period=30d&timezone=Europe%2FMadrid&timeframe=week&group_by=unit&endpoint_id=fal-ai%2Fflux%2Fdev&compare=weekdays';
  const { text } = await viewer.get(`/admin/usage?${query}`);
  expect(text).toMatch(/id="period-30d" value="30d" checked/);
  for (const value of ['futurelab', 'week', 'unit', 'weekdays']) {
    expect(text).toContain(`value="${value}" selected`);
  }
  expect(text).toMatch(/<option selected>Europe\/Madrid/);
  expect(text).toContain('name="endpoint_id" type="text" value="fal-ai/flux/dev"');
  const escaped = query.replaceAll('&', '&amp;');
  for (const path of ['/admin/usage.csv', '/admin/usage.xlsx', '/admin/focus.csv']) {
    expect(text).toContain(`href="${path}?${escaped}"`);
  }
  expect(text).toContain(`/admin/usage?${escaped}&amp;lang=en`);
});

test('the files of a page answer the question of the page', async () => {
  const { history, viewer } = await startWith(([first]) => [use(2, first)]);
  const { text } = await viewer.get('/admin/usage?account=futurelab&period=today&group_by=unit');
  const [shown] = history.asked.splice(0);
  const href = text.match(/href="([^"]*usage\.csv[^"]*)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
  await viewer.get(href).expect(200);
  const { groupsApart: _, isRanked: __, ...question } = shown ?? {};
  expect(history.asked[0]).toMatchObject(question);
});

test('a filter can be taken off again, and has the name of its key', async () => {
  const { viewer } = await startWith(([first]) => [
    { ...use(2, first), apiKeyId: 'key-1', authDetail: 'Cabina <1>' },
    use(1, first),
  ]);
  const { text } = await viewer.get('/admin/usage?account=&api_key_id=key-1');
  expect(headline(text)).toBe('$2.00');
  expect(text).toContain('Cabina &lt;1&gt;');
  const href = text.match(/class="chips"[\s\S]*?href="([^"]*)"/)?.[1];
  expect(href).toBe('/admin/usage?account=&amp;period=7d');
});

test('two keys of one name are told apart by the end of their ids, in the table and as filters', async () => {
  const { viewer } = await startWith(([first]) => [
    { ...use(2, first), apiKeyId: 'de30-aaaa-0000c1', authDetail: 'Cabina' },
    { ...use(1, first), apiKeyId: 'de30-aaaa-0000c2', authDetail: 'Cabina' },
  ]);
  const grouped = await viewer.get('/admin/usage?account=&group_by=api_key');
  for (const name of ['Cabina (…0000c1)', 'Cabina (…0000c2)']) expect(grouped.text).toContain(name);
  const { text } = await viewer.get('/admin/usage?account=&api_key_id=de30-aaaa-0000c2');
  expect(text.match(/class="chips"[\s\S]*?<\/ul>/)?.[0]).toContain('Cabina (…0000c2)');
});

test('what is not known of any group is said once, without a column', async () => {
  const { viewer } = await startWith(([first]) => [
    { ...use(2, first), apiKeyId: 'key-1', authDetail: 'Cabina' },
  ]);
  const { text } = await viewer.get('/admin/usage?account=&api_key_id=key-1');
  expect(text).toContain('data-label="Costo"');
  expect(text).not.toContain('data-label="Llamadas"');
  expect(text).toContain('<small>fal no cuenta las llamadas por clave.</small>');
  const all = await viewer.get('/admin/usage?account=');
  expect(all.text).toContain('data-label="Llamadas"');
});

test('the copy is asked two questions at most', async () => {
  const { history, viewer } = await startWith(([first]) => [use(2, first)]);
  const filters = 'api_key_id=key-1&endpoint_id=fal-ai%2Fflux%2Fdev';
  await viewer.get(`/admin/usage?account=&${filters}&compare=previous`).expect(200);
  expect(history.asked.map(({ groupsApart }) => groupsApart)).toEqual([7, 0]);
});

test('what can not be asked is said beside its field, and the form keeps the rest', async () => {
  const { history, viewer } = await startWith(() => []);
  const { status, text } = await viewer.get(
    '/admin/usage?period=custom&start_date=2026-01-01&timeframe=hour&group_by=unit',
  );
  expect(status).toBe(400);
  expect(text).toMatch(/id="timeframe"[^>]*aria-invalid="true"/);
  expect(text).toContain('Por hora se muestran hasta 31 días');
  expect(text).toContain('value="2026-01-01"');
  expect(text).toContain('value="unit" selected');
  expect(text).not.toContain('data-result');
  expect(history.asked).toEqual([]);
});

test('what the copy refuses is said in the same way', async () => {
  const { history, viewer } = await startWith(() => []);
  history.usage = async () => {
    const faults = [{ field: 'timezone', fault: 'finer_than_kept' }];
    throw new RequestError('invalid_request', { faults });
  };
  const { status, text } = await viewer.get('/admin/usage?timezone=Asia%2FKathmandu');
  expect(status).toBe(400);
  expect(text).toMatch(/id="timezone"[^>]*aria-invalid="true"/);
});

test('where nothing was read that is said, not zero, with a way to ask fal', async () => {
  const panel = await startPanel();
  await storeTwo(panel);
  const { status, text } = await (await panel.as('viewer')).get('/admin/usage?account=bodas');
  expect(status).toBe(200);
  expect(text).toContain('Este período todavía no se ha leído de fal');
  expect(text).toContain('href="/admin/config?account=bodas"');
  expect(text).not.toContain('$0');
});

test('without an account there is a way to store one, and nothing to fill in', async () => {
  const panel = await startPanel();
  const { text } = await (await panel.as('admin')).get('/admin/usage');
  expect(text).toContain('href="/admin/accounts/new"');
  expect(text).not.toContain('name="group_by"');
});

test('a key typed anywhere does not come back', async () => {
  const { viewer } = await startWith(() => []);
  const key = '2f1d6b9e-0000-4000-8000-000000000000:0123456789abcdef';
  for (const name of [
    'period',
    'start_date',
    'timezone',
    'timeframe',
    'endpoint_id',
    'api_key_id',
    'account',
    'compare',
  ]) {
    const { status, text } = await viewer.get(`/admin/usage?period=custom&${name}=${key}`);
    expect([name, status >= 400, text.includes(key)]).toEqual([name, true, false]);
  }
});

describe('the look-up of a request', () => {
  const ADDRESS = '/admin/usage/request';

  async function startAsking() {
    const panel = await startPanel();
    await storeTwo(panel);
    return { panel, viewer: await panel.as('viewer') };
  }

  /** A request with a charge, as fal itself lists it. */
  async function anyRequest({ fal }: Panel): Promise<{ request_id: string; cost_total: number }> {
    const search = new URLSearchParams({
      start: '2026-03-07T00:00:00Z',
      end: '2026-03-08T00:00:00Z',
    });
    const answer = await fetch(`${fal.url}/models/billing-events?${search}`, {
      headers: { Authorization: `Key ${fal.keys.admin}` },
    });
    const { billing_events: events } = (await answer.json()) as {
      billing_events: { request_id: string; cost_total: number }[];
    };
    const [event] = events.filter(({ cost_total: cost }) => cost >= 0.01);
    if (!event) throw new Error('no charge');
    fal.received.length = 0;
    return event;
  }

  test('asks fal for that request alone and shows what it cost', async () => {
    const { panel, viewer } = await startAsking();
    const { request_id: id, cost_total: cost } = await anyRequest(panel);
    const { status, text } = await viewer.get(`${ADDRESS}?account=futurelab&id=${id}`);
    expect(status).toBe(200);
    expect(text).toContain('data-found');
    expect(text).toContain(`Exacto: $${cost}`);
    const asked = panel.fal.received.map(({ path, query }) => [path, query.getAll('request_id')]);
    expect(asked).toEqual([['/models/billing-events', [id]]]);
  });

  test('adds several charges of one request up', async () => {
    const { panel, viewer } = await startAsking();
    const { request_id: id } = await anyRequest(panel);
    const single = await viewer.get(`${ADDRESS}?account=futurelab&id=${id}`);
    const { endpoints } = panel.fal.truth({ start: NOW.subtract({ hours: 72 }), end: NOW });
    panel.fal.quirks.splitCharges = Object.keys(endpoints);
    const { text } = await viewer.get(`${ADDRESS}?account=futurelab&id=${id}`);
    expect(text).toContain('2 cobros');
    expect(headline(text)).toBe(headline(single.text));
  });

  test('says that fal knows none', async () => {
    const { viewer } = await startAsking();
    const { status, text } = await viewer.get(`${ADDRESS}?account=futurelab&id=no-such-request`);
    expect(status).toBe(200);
    expect(text).toContain('fal no conoce cobros de esta solicitud');
  });

  test('does not take other requests for an answer', async () => {
    const { panel, viewer } = await startAsking();
    const other = { request_id: 'other', endpoint_id: 'fal-ai/a', cost_total: 1 };
    const page = { billing_events: [{ ...other, timestamp: '2026-03-07T00:00:00Z' }] };
    panel.fal.fault(
      '/models/billing-events',
      custom((_req, res) => {
        res.setHeader('Content-Type', 'application/json');
        res.end(JSON.stringify({ ...page, has_more: false, next_cursor: null }));
      }),
    );
    const { status } = await viewer.get(`${ADDRESS}?account=futurelab&id=no-such-request`);
    expect(status).toBe(502);
  });

  test.each([
    ['', 'Escribe el identificador'],
    ['a:b', 'No parece un identificador'],
  ])('of “%s” is refused beside the field', async (id, said) => {
    const { panel, viewer } = await startAsking();
    const { status, text } = await viewer.get(`${ADDRESS}?account=futurelab&id=${id}`);
    expect(status).toBe(400);
    expect(text).toMatch(/id="request-id"[^>]*aria-invalid="true"/);
    expect(text).toContain(said);
    expect(text).not.toContain('a:b');
    expect(panel.fal.received).toEqual([]);
  });

  test('says what is wrong with the account', async () => {
    const { viewer } = await startAsking();
    expect((await viewer.get(`${ADDRESS}?account=bodas&id=abc`)).status).toBe(403);
    expect((await viewer.get(`${ADDRESS}?account=gone&id=abc`)).status).toBe(404);
  });
});
