import { z } from 'zod';
import { refuse } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { versionField } from '../http/seen-version.ts';
import { nameField } from '../http/text-field.ts';
import { typedText } from '../http/typed-text.ts';
import { isLocale, LOCALES, type Locale } from '../i18n/index.ts';
import { type ChannelFields, newWebhookSecret } from './change-channels.ts';
import { CHANNEL_KINDS, type ChannelKind } from './channel.ts';
import { ntfyTopic } from './formats/ntfy.ts';
import type { Target } from './target.ts';

export const NAME_MAX = 80;
const URL_MAX = 2_000;
const ADDRESSES_MAX = 20;

/** What is asked for of each kind; what must be there of a new channel stands first. */
export const TARGET_FIELDS = {
  email: { required: ['addresses'], optional: [] },
  webhook: { required: ['url'], optional: [] },
  slack: { required: ['url'], optional: [] },
  discord: { required: ['url'], optional: [] },
  teams: { required: ['url'], optional: [] },
  telegram: { required: ['bot_token', 'chat_id'], optional: [] },
  ntfy: { required: ['url'], optional: ['access_token'] },
} as const satisfies Record<ChannelKind, { required: TargetField[]; optional: TargetField[] }>;
export type TargetField = 'addresses' | 'url' | 'bot_token' | 'chat_id' | 'access_token';

/** A form as it was filled in, to be shown again: without what is secret. */
export interface ChannelFormAgain {
  name: string;
  locale: Locale;
  addresses: string;
  chat_id: string;
}

const common = { name: nameField(NAME_MAX), locale: z.enum(LOCALES, 'unknown') };
const formId = z.uuid('missing');

const text = z.string('unusable').trim().default('');
const pattern = (shape: RegExp, fault: string) =>
  text.refine((typed) => typed === '' || shape.test(typed), fault);

/** Each may be left empty here. */
const targetFields = {
  addresses: text
    .transform((typed) => [...new Set(typed.split(/[\s,;]+/).filter(Boolean))])
    .pipe(z.array(z.email('not_an_email').max(254, 'too_long')).max(ADDRESSES_MAX, 'too_many')),
  url: text.superRefine((typed, context) => {
    const fault = typed === '' ? null : urlFault(typed);
    if (fault) context.addIssue(fault);
  }),
  bot_token: pattern(/^\d{3,20}:[\w-]{20,100}$/, 'malformed'),
  chat_id: pattern(/^(?:-?\d{1,20}|@\w{3,64})$/, 'malformed'),
  access_token: pattern(/^[\x21-\x7e]{1,200}$/, 'malformed'),
};
type TargetForm = { [name in TargetField]: z.output<(typeof targetFields)[name]> };

/** @throws RequestError naming every field that can't be used. */
export function readNewChannel(body: unknown): ChannelFields & { id: string; target: Target } {
  const kind = parseBody(z.object({ kind: z.enum(CHANNEL_KINDS, 'unknown_channel') }), body).kind;
  const {
    form_id: id,
    name,
    locale,
    ...typed
  } = parseForm(body, kind, { ...common, form_id: formId }, true);
  return { id, name, locale, target: newTarget(kind, typed) };
}

/** @throws RequestError naming every field that can't be used. */
export function readChangedChannel(
  body: unknown,
  kind: ChannelKind,
): { version: number; fields: ChannelFields; retarget: (present: Target) => Target } {
  const {
    version: seen,
    name,
    locale,
    ...typed
  } = parseForm(body, kind, { ...common, version: versionField }, false);
  return {
    version: seen,
    fields: { name, locale },
    retarget: (present) => changedTarget(present, typed),
  };
}

/** What was filled in, without what is secret. */
export function formAgain(body: unknown, otherwise: ChannelFormAgain): ChannelFormAgain {
  if (body === undefined) return otherwise;
  const locale = typedText(body, 'locale');
  return {
    name: typedText(body, 'name').slice(0, 2 * NAME_MAX),
    locale: isLocale(locale) ? locale : otherwise.locale,
    addresses: typedText(body, 'addresses').slice(0, ADDRESSES_MAX * 255),
    chat_id: typedText(body, 'chat_id').slice(0, 100),
  };
}

/** Only the fields of its kind are read. */
function parseForm<Shape extends z.ZodRawShape>(
  body: unknown,
  kind: ChannelKind,
  shape: Shape,
  isNew: boolean,
): z.infer<z.ZodObject<Shape>> & TargetForm {
  const { required, optional } = TARGET_FIELDS[kind];
  const fields = Object.fromEntries([
    ...required.map((name) => [name, isNew ? filled.pipe(targetFields[name]) : targetFields[name]]),
    ...optional.map((name) => [name, targetFields[name]]),
  ]);
  const read = parseBody(z.object({ ...shape, ...fields }), body);
  return { ...NOTHING, ...read } as z.infer<z.ZodObject<Shape>> & TargetForm;
}

const NOTHING: TargetForm = {
  addresses: [],
  url: '',
  bot_token: '',
  chat_id: '',
  access_token: '',
};

const filled = z.unknown().superRefine((typed, context) => {
  if (typeof typed !== 'string' || !/[^\s,;]/.test(typed)) context.addIssue('missing');
});

function urlFault(typed: string): string | null {
  if (typed.length > URL_MAX) return 'too_long';
  if (!URL.canParse(typed)) return 'not_a_url';
  const { protocol, username, password } = new URL(typed);
  if (protocol !== 'https:' && protocol !== 'http:') return 'not_http';
  return username || password ? 'with_credentials' : null;
}

function newTarget(kind: ChannelKind, typed: TargetForm): Target {
  switch (kind) {
    case 'email':
      return { kind, to: typed.addresses };
    case 'webhook':
      return { kind, url: typed.url, secrets: [{ secret: newWebhookSecret(), until: null }] };
    case 'telegram':
      return { kind, botToken: typed.bot_token, chatId: typed.chat_id };
    case 'ntfy': {
      if (!ntfyTopic(typed.url)) refuse('url', 'no_topic');
      return { kind, url: typed.url, token: typed.access_token || null };
    }
    default:
      return { kind, url: typed.url };
  }
}

/** What is left empty stays, but for a token, which is for one address alone. */
function changedTarget(present: Target, typed: TargetForm): Target {
  switch (present.kind) {
    case 'email':
      return typed.addresses.length > 0 ? { ...present, to: typed.addresses } : present;
    case 'telegram':
      return {
        ...present,
        botToken: typed.bot_token || present.botToken,
        chatId: typed.chat_id || present.chatId,
      };
    case 'ntfy':
      return typed.url
        ? newTarget('ntfy', typed)
        : { ...present, token: typed.access_token || present.token };
    default:
      return { ...present, url: typed.url || present.url };
  }
}
