import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { readChangedChannel, readNewChannel } from '../../src/deliveries/channel-form.ts';
import type { Target } from '../../src/deliveries/target.ts';
import { targetHint } from '../../src/deliveries/target-hint.ts';
import { RequestError } from '../../src/http/failure.ts';

const URL_ = 'https://hooks.example.com/T0/B0/secret';
const BOT = '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11';
const form = (kind: string, fields: Record<string, string>) => ({
  ...{ form_id: randomUUID(), name: 'Guardia', locale: 'es', kind },
  ...fields,
});

test.each([
  [
    'email',
    { addresses: ' ana@example.com,\nbeto@example.com; ana@example.com ' },
    { kind: 'email', to: ['ana@example.com', 'beto@example.com'] },
    'a…@example.com +1',
  ],
  [
    'webhook',
    { url: ` ${URL_} ` },
    {
      kind: 'webhook',
      url: URL_,
      secrets: [{ secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/), until: null }],
    },
    'hooks.example.com',
  ],
  ['slack', { url: URL_ }, { kind: 'slack', url: URL_ }, 'hooks.example.com'],
  ['discord', { url: URL_, bot_token: 'x' }, { kind: 'discord', url: URL_ }, 'hooks.example.com'],
  ['teams', { url: 'http://[::1]:8/x' }, { kind: 'teams', url: 'http://[::1]:8/x' }, '[::1]:8'],
  [
    'telegram',
    { bot_token: BOT, chat_id: '-1001234567890' },
    { kind: 'telegram', botToken: BOT, chatId: '-1001234567890' },
    '…890',
  ],
  [
    'ntfy',
    { url: 'https://ntfy.sh/booths', access_token: '' },
    { kind: 'ntfy', url: 'https://ntfy.sh/booths', token: null },
    'ntfy.sh',
  ],
] as const)(
  'a channel of the kind %s is read from its own fields',
  (kind, fields, target, hint) => {
    const read = readNewChannel(form(kind, fields));
    expect(read).toMatchObject({ name: 'Guardia', locale: 'es' });
    expect(read.target).toEqual(target);
    expect(targetHint(read.target)).toBe(hint);
  },
);

test.each([
  ['fax', {}, 'kind', 'unknown_channel'],
  ['email', {}, 'addresses', 'missing'],
  ['email', { addresses: ' , ' }, 'addresses', 'missing'],
  ['email', { addresses: 'ana@example.com nobody' }, 'addresses', 'not_an_email'],
  [
    'email',
    { addresses: Array.from({ length: 21 }, (_, n) => `a${n}@example.com`).join(' ') },
    'addresses',
    'too_many',
  ],
  ['webhook', { url: '' }, 'url', 'missing'],
  ['webhook', { url: 'example.com/hook' }, 'url', 'not_a_url'],
  ['slack', { url: 'ftp://example.com/' }, 'url', 'not_http'],
  ['slack', { url: 'javascript:alert(1)' }, 'url', 'not_http'],
  ['discord', { url: 'https://ana:pw@example.com/' }, 'url', 'with_credentials'],
  ['teams', { url: `https://example.com/${'x'.repeat(2_000)}` }, 'url', 'too_long'],
  ['telegram', { bot_token: 'abc', chat_id: '1' }, 'bot_token', 'malformed'],
  ['telegram', { bot_token: BOT }, 'chat_id', 'missing'],
  ['telegram', { bot_token: BOT, chat_id: 'my chat' }, 'chat_id', 'malformed'],
  ['ntfy', { url: 'https://ntfy.sh/' }, 'url', 'no_topic'],
  ['ntfy', { url: 'https://ntfy.sh//' }, 'url', 'no_topic'],
  ['ntfy', { url: 'https://ntfy.sh/booth.alerts' }, 'url', 'no_topic'],
  ['ntfy', { url: 'https://ntfy.sh/x', access_token: 'a b' }, 'access_token', 'malformed'],
  ['slack', { url: URL_, name: ' ' }, 'name', 'missing'],
  ['slack', { url: URL_, locale: 'fr' }, 'locale', 'unknown'],
])('of the kind %s with %j the field %s is %s', (kind, fields, field, fault) => {
  try {
    readNewChannel(form(kind, fields));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(RequestError);
    expect((error as RequestError).faults).toEqual([{ field, fault }]);
  }
});

test('what is left empty stays as it is, and a token goes nowhere but where it was for', () => {
  const change = (present: Target, fields: Record<string, string>) =>
    readChangedChannel({ name: 'G', locale: 'es', version: '1', ...fields }, present.kind).retarget(
      present,
    );
  const ntfy: Target = { kind: 'ntfy', url: 'https://ntfy.sh/a', token: 'tk_1' };
  expect(change(ntfy, {})).toEqual(ntfy);
  expect(change(ntfy, { access_token: 'tk_2' })).toEqual({ ...ntfy, token: 'tk_2' });
  expect(change(ntfy, { url: 'https://elsewhere.example/a' })).toEqual({
    ...{ kind: 'ntfy', url: 'https://elsewhere.example/a', token: null },
  });
  const telegram: Target = { kind: 'telegram', botToken: BOT, chatId: '1' };
  expect(change(telegram, { chat_id: '2' })).toEqual({ ...telegram, chatId: '2' });
  const secrets = [{ secret: 'whsec_x', until: null }];
  const webhook: Target = { kind: 'webhook', url: URL_, secrets };
  expect(change(webhook, { url: 'https://example.com/b' })).toEqual({
    ...webhook,
    url: 'https://example.com/b',
  });
  const email: Target = { kind: 'email', to: ['ana@example.com'] };
  expect(change(email, { addresses: '' })).toEqual(email);
});
