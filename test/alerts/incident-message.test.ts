import { describe, expect, test } from 'vitest';
import type { FalAccount } from '../../src/accounts/accounts.ts';
import type { Fact } from '../../src/alerts/finding.ts';
import { ENTRY_KINDS } from '../../src/alerts/incident.ts';
import { type IncidentEvent, incidentContent } from '../../src/alerts/incident-message.ts';
import {
  entryText,
  factText,
  incidentAdvice,
  incidentFacts,
  incidentSentence,
} from '../../src/alerts/incident-words.ts';
import { RULE_KINDS } from '../../src/alerts/rule.ts';
import { createFormat } from '../../src/i18n/format.ts';
import { LOCALES, type Locale, translator } from '../../src/i18n/index.ts';
import { anIncident } from './an-incident.ts';
import { minute } from './settling.ts';

const EVENTS: IncidentEvent[] = ['opened', 'worsened', 'reminder', 'resolved'];
const account = { slug: 'uno', name: 'Uno', timezone: 'America/Mexico_City' } as FalAccount;

function words(locale: Locale) {
  return {
    t: translator(locale),
    format: createFormat(locale),
    timezone: 'America/Mexico_City',
  };
}

const facts = {
  account,
  isOneOfMany: true,
  rules: new Map([['spend', { name: 'Tope diario' }]]),
  panelUrl: 'https://panel.example.com/fal',
  now: minute(1),
};

describe.each(LOCALES)('in %s', (locale) => {
  test.each(RULE_KINDS)('%s is put into words without a raw name, whatever is missing', (kind) => {
    for (const type of EVENTS) {
      const incident = anIncident({
        kind,
        ...(type === 'resolved' && { state: 'resolved', resolvedAt: minute(1) }),
      });
      const { message } = incidentContent(type, [incident, incident], facts, locale, words(locale));
      const said = JSON.stringify(message);
      expect(said).not.toMatch(/\{\{|alert(?:_\w+)?\.\w|incident\.\w|undefined/);
      expect(message.title).toContain('Uno');
      const advice = type === 'resolved' ? null : incidentAdvice(incident, words(locale));
      if (advice !== null) expect(message.text.at(-1)).toBe(advice);
      for (const paragraph of message.text) expect(paragraph.length).toBeGreaterThan(1);
    }
  });

  test('each line of a history has its words', () => {
    const lines = ENTRY_KINDS.map((what) => entryText(what, translator(locale)));
    expect(new Set(lines).size).toBe(ENTRY_KINDS.length);
  });
});

test.each<[Fact, string, string]>([
  [{ as: 'money', value: '5.225', currency: 'USD' }, '$5.23', '$5.23'],
  [{ as: 'money', value: 'x', currency: 'USD' }, '—', '—'],
  [{ as: 'moment', value: '2026-03-09T12:00:00Z' }, '9 mar 2026, 06:00', 'Mar 9, 2026, 06:00'],
  [{ as: 'moment', value: 'yesterday' }, '—', '—'],
  [{ as: 'day', value: '2026-03-09' }, '9 de marzo de 2026', 'March 9, 2026'],
  [{ as: 'count', value: 1234 }, '1,234', '1,234'],
  [{ as: 'percent', value: 80 }, '80%', '80%'],
  [{ as: 'days', value: 1 }, '1 día', '1 day'],
  [{ as: 'hours', value: 2.5 }, '2.5 horas', '2.5 hours'],
  [{ as: 'minutes', value: 90 }, '90 minutos', '90 minutes'],
  [{ as: 'times', value: 3.14 }, '3.1 veces', '3.1 times'],
  [{ as: 'times', value: Number.NaN }, '—', '—'],
  [{ as: 'model', value: 'fal-ai/flux/dev' }, 'fal-ai/flux/dev', 'fal-ai/flux/dev'],
  [{ as: 'text', value: '' }, '—', '—'],
  [{ as: 'code', value: 'not_a_word_of_ours' }, 'not_a_word_of_ours', 'not_a_word_of_ours'],
])('%j reads as in the language', (fact, es, en) => {
  const read = (locale: Locale) => factText(fact, words(locale));
  expect([read('es'), read('en')]).toEqual([es, en]);
});

test('facts of a kind that this version does not know are told by their names', () => {
  const told = incidentFacts({ never_heard_of: { as: 'count', value: 3 } }, words('es'));
  expect(told).toEqual([{ label: 'never heard of', value: '3' }]);
  const unknown = { as: 'colour', value: 'red' } as unknown as Fact;
  expect(factText(unknown, words('es'))).toBe('red');
  expect(incidentAdvice({ kind: 'nothing' as never, latestFacts: {} }, words('es'))).toBeNull();
});

test('a message leads to what its advice says, and to its incident', () => {
  const linksOf = (
    changes: Parameters<typeof anIncident>[0],
    panelUrl = facts.panelUrl as string | null,
  ) =>
    incidentContent(
      'opened',
      [anIncident(changes)],
      { ...facts, panelUrl },
      'es',
      words('es'),
    ).message.links.map(({ label, href }) => `${label}: ${href}`);
  const alert = 'Ver la alerta: https://panel.example.com/fal/admin/alerts/i1';
  const topUp = 'Recargar en fal.ai: https://fal.ai/dashboard/billing';
  const billing = 'Abrir facturación en fal.ai: https://fal.ai/dashboard/billing';
  const trouble = (subject: string) => ({ kind: 'account_trouble', subject }) as const;
  const although = { although: { as: 'code', value: 'locked_with_credit' } } as const;
  expect(linksOf({ kind: 'spend_above' })).toEqual([alert]);
  expect(linksOf({ kind: 'balance_below' })).toEqual([topUp, alert]);
  expect(linksOf({ kind: 'event_uncovered' })).toEqual([alert, topUp]);
  expect(linksOf({ kind: 'credits_expiring' })).toEqual([alert]);
  expect(linksOf(trouble('exhausted_balance'))).toEqual([topUp, alert]);
  expect(linksOf(trouble('exhausted_balance'), null)).toEqual([topUp]);
  expect(linksOf({ ...trouble('top_up'), latestFacts: although })).toEqual([billing, alert]);
  expect(linksOf(trouble('payment_method'))).toEqual([billing, alert]);
  expect(linksOf(trouble('admin_lock'))).toEqual([alert]);
  expect(linksOf(trouble('outage'))).toEqual([alert]);
});

test('what to do is said once while it lasts, and not once it is over', () => {
  const locked = anIncident({
    kind: 'account_trouble',
    latestFacts: {
      trouble: { as: 'code', value: 'exhausted_balance' },
      what_to_do: { as: 'code', value: 'do_exhausted_balance' },
    },
  });
  const advice = incidentAdvice(locked, words('es')) ?? '';
  const said = (type: IncidentEvent, changes = {}) =>
    JSON.stringify(
      incidentContent(type, [{ ...locked, ...changes }], facts, 'es', words('es')).message,
    ).split(advice).length - 1;
  expect(said('opened')).toBe(1);
  expect(said('resolved', { state: 'resolved', resolvedAt: minute(1) })).toBe(0);
});

test('says which account it is only where there are several, and which rule', () => {
  const content = (isOneOfMany: boolean) =>
    incidentContent('opened', [anIncident()], { ...facts, isOneOfMany }, 'es', words('es')).message;
  expect(content(true).title).toBe(`Uno: ${incidentSentence(anIncident(), words('es'))}`);
  expect(content(false).title).toBe(incidentSentence(anIncident(), words('es')));
  expect(content(false).footer).toContain('«Tope diario»');
});

test('five others are told of, the rest are counted; since when it is so is said where it is not new', () => {
  const members = Array.from({ length: 8 }, (_, n) => anIncident({ id: `i${n}` }));
  const late = { ...facts, now: minute(90) };
  const { text } = incidentContent('reminder', members, late, 'es', words('es')).message;
  expect(text[0]).toBe('Es así desde el 9 mar 2026, 06:00.');
  expect(text.filter((line) => line.startsWith('También: '))).toHaveLength(5);
  expect(text).toContain('Y 2 más.');
});

test('programs are told the same in snake_case', () => {
  const incident = anIncident({
    subject: '2026-03-09',
    severity: 'critical',
    latestFacts: { spent: { as: 'money', value: '7.2', currency: 'USD' } },
  });
  const { event } = incidentContent(
    'opened',
    [incident, anIncident({ id: 'i2', ruleId: 'gone', ruleName: 'Antes' })],
    facts,
    'en',
    words('en'),
  );
  const rule = { id: 'spend', kind: 'spend_above', name: 'Tope diario' };
  expect(event).toEqual({
    type: 'incident.opened',
    data: {
      ...{ incident_id: 'i1', account: 'uno', rule, severity: 'critical', state: 'open' },
      ...{ cause: 'spend', subject: '2026-03-09' },
      facts: { spent: { as: 'money', value: '7.2', currency: 'USD' } },
      ...{ opened_at: '2026-03-09T12:00:00.000Z', resolved_at: null },
      also: [
        {
          ...{ incident_id: 'i2', account: 'uno', severity: 'warning', state: 'open' },
          rule: { id: 'gone', kind: 'spend_above', name: 'Antes' },
          ...{ cause: 'spend', subject: '', facts: {} },
          ...{ opened_at: '2026-03-09T12:00:00.000Z', resolved_at: null },
        },
      ],
      more: 0,
    },
  });
});

test('an event tells of fifty others, and counts the rest', () => {
  const members = Array.from({ length: 60 }, (_, n) => anIncident({ id: `i${n}` }));
  const { data } = incidentContent('opened', members, facts, 'en', words('en')).event;
  expect(data.also).toHaveLength(50);
  expect(data.more).toBe(9);
});
