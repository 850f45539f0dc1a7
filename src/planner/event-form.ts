import { wallTime } from '../http/date-time-field.ts';
import { textAgain, textsAgain, typedText } from '../http/typed-text.ts';
import { displayStep, NANO_PER_UNIT, type Nano, roundTo, toDecimal } from '../money.ts';
import { canonicalTimezone } from '../timezone.ts';
import { idInList } from '../usage/request-fields.ts';
import { EVENT_NAME_MAX, EVENT_NOTE_MAX } from './event-request.ts';
import type { Learnt } from './learnt.ts';
import { FORM_USUAL, PLAN_LIMITS } from './plan-fields.ts';
import type { PlannedEvent } from './planned-event.ts';

/** As many models as the form has rows. */
const ROWS = 5;

const TEXTS = {
  name: EVENT_NAME_MAX,
  venue: EVENT_NAME_MAX,
  client: EVENT_NAME_MAX,
  note: EVENT_NOTE_MAX,
  account: 64,
  starts_at: 32,
  ends_at: 32,
  participants: 20,
  outputs_per_participant: 30,
  price_per_output: 30,
  allowance_percent: 30,
  margin_percent: 30,
  peak_participants: 20,
  concurrency: 20,
} as const;

/** A row of the form: a model, its part and its units. */
export interface ModelRow {
  model: string;
  share: string;
  units: string;
}

/** The form as it stands there, and as it comes back. */
export interface EventForm extends Record<keyof typeof TEXTS, string> {
  timezone: string;
  models: ModelRow[];
  /** As they stand in a list: one may have a comma. */
  api_key_ids: string[];
}

/** The body of the form in the words of the API: its rows become `models`. */
export function eventBody(body: unknown): Record<string, unknown> {
  const rows = typedRows(body).filter(({ model, share }) => model !== '' || share !== '');
  const [only] = rows;
  // Of a single model everything is.
  if (only && rows.length === 1 && only.share === '') only.share = '100';
  return {
    ...(body as object),
    models: rows.map(({ model, share, units }) => ({
      endpoint_id: model,
      share,
      units_per_output: units === '' ? null : units,
    })),
  };
}

/** What was filled in, but nothing that looks like a key: people paste into the wrong field. */
export function formAgain(body: unknown, otherwise: EventForm): EventForm {
  if (body === undefined) return otherwise;
  const { api_key_ids: keys } = body as { api_key_ids?: unknown };
  return {
    ...textsAgain(body, TEXTS),
    timezone: canonicalTimezone(textAgain(typedText(body, 'timezone'), 64)) ?? otherwise.timezone,
    models: typedRows(body).map(({ model, share, units }) => ({
      model: textAgain(model, 200),
      share: textAgain(share, 30),
      units: textAgain(units, 30),
    })),
    api_key_ids: [keys].flat().filter((key) => typeof key === 'string'),
  };
}

/** An event that nobody has planned yet. @param learnt what it begins with, where that is known. */
export function newEventForm(
  account: { slug: string; timezone: string } | undefined,
  learnt: Learnt | null,
): EventForm {
  const blank = Object.keys(TEXTS).map((name) => [name, '']);
  return {
    ...(Object.fromEntries(blank) as Record<keyof typeof TEXTS, string>),
    account: account?.slug ?? '',
    timezone: account?.timezone ?? 'UTC',
    outputs_per_participant: '1',
    allowance_percent: toDecimal(FORM_USUAL.allowancePercent),
    margin_percent: toDecimal(FORM_USUAL.marginPercent),
    ...learntFields(learnt),
    models: padded([]),
    api_key_ids: [],
  };
}

/**
 * What closed events say of some of the form's fields, with as many digits as somebody would type. Where
 * they had no outputs, or those were free, the next plan is not for nothing. A price that was learnt has
 * no range of its own: where they differed by more than the usual margin, that is the margin.
 */
export function learntFields(learnt: Learnt | null): Partial<Record<LearntField, string>> {
  if (!learnt) return {};
  const { outputsPerParticipant, allowancePercent, costPerCall } = learnt.rates;
  const spread = learnt.spreadPercent ?? 0n;
  const known: [LearntField, Nano | null, step: Nano][] = [
    ['margin_percent', spread > FORM_USUAL.marginPercent ? spread : null, NANO_PER_UNIT],
    ['outputs_per_participant', outputsPerParticipant, NANO_PER_UNIT / 100n],
    ['allowance_percent', allowancePercent, NANO_PER_UNIT / 10n],
    ['price_per_output', costPerCall, displayStep(costPerCall ?? 0n)],
  ];
  return Object.fromEntries(
    known.flatMap(([name, value, step]) => {
      if (value === null || value > BigInt(PLAN_LIMITS[name]) * NANO_PER_UNIT) return [];
      const rounded = roundTo(value, step);
      return rounded > 0n || name === 'allowance_percent' ? [[name, toDecimal(rounded)]] : [];
    }),
  );
}

type LearntField = keyof typeof PLAN_LIMITS;

export function formOf(event: PlannedEvent, slug: string): EventForm {
  const { timezone, models } = event;
  const count = (value: number | null) => (value === null ? '' : String(value));
  return {
    name: event.name,
    venue: event.venue,
    client: event.client,
    note: event.note,
    account: slug,
    starts_at: wallTime(event.start, timezone),
    ends_at: wallTime(event.end, timezone),
    timezone,
    participants: String(event.participants),
    outputs_per_participant: toDecimal(event.outputsPerParticipant),
    price_per_output: event.pricePerOutput === null ? '' : toDecimal(event.pricePerOutput),
    allowance_percent: toDecimal(event.allowancePercent),
    margin_percent: toDecimal(event.marginPercent),
    peak_participants: count(event.peakParticipants),
    concurrency: count(event.concurrency),
    models: padded(
      (models ?? []).map(({ endpointId, share, unitsPerOutput }) => ({
        model: endpointId,
        share: toDecimal(share),
        units: unitsPerOutput === null ? '' : toDecimal(unitsPerOutput),
      })),
    ),
    api_key_ids: (event.apiKeyIds ?? []).map(idInList),
  };
}

/** By the API an event may have more models than the form has rows: all of them are shown. */
function padded(rows: ModelRow[]): ModelRow[] {
  const missing = Math.max(0, ROWS - rows.length);
  return [...rows, ...Array.from({ length: missing }, () => ({ model: '', share: '', units: '' }))];
}

function typedRows(body: unknown): ModelRow[] {
  const rows: ModelRow[] = [];
  for (let number = 1; number <= ROWS || typedText(body, `model_${number}`) !== ''; number += 1) {
    const text = (name: string) => typedText(body, `${name}_${number}`).trim();
    rows.push({ model: text('model'), share: text('share'), units: text('units') });
  }
  return rows;
}
