import { z } from 'zod';
import { isSendableKey, looksLikeKey, normalizeKey, withoutKey } from '../fal/key.ts';
import { RequestError } from '../http/failure.ts';
import { parseBody } from '../http/parse-body.ts';
import { versionField } from '../http/seen-version.ts';
import { nameField, textField } from '../http/text-field.ts';
import { typedText } from '../http/typed-text.ts';
import { canonicalTimezone, timezoneField } from '../timezone.ts';
import { apiKeyField } from './api-key-field.ts';
import type { AccountFields } from './change-accounts.ts';

export const COLORS = [1, 2, 3, 4, 5, 6, 7, 8] as const;
export const NAME_MAX = 80;
export const NOTE_MAX = 500;

/** A form as it was filled in, to be shown again: all but the key. */
export interface AccountFormAgain {
  name: string;
  note: string;
  timezone: string;
  color: number;
}

const fields = {
  name: nameField(NAME_MAX),
  note: textField(NOTE_MAX).default(''),
  timezone: timezoneField,
  color: z.coerce.number('unknown').int('unknown').min(1, 'unknown').max(8, 'unknown'),
};

const newAccount = z.object({ ...fields, api_key: apiKeyField });
const changedAccount = z.object({ ...fields, version: versionField });
const otherKey = z.object({ api_key: apiKeyField, version: versionField });

/** @throws RequestError naming every field that can't be used. */
export function readNewAccount(body: unknown): { fields: AccountFields; key: string } {
  const { api_key: key, ...read } = parseBody(newAccount, body);
  refuseKeyElsewhere(read, key);
  return { fields: read, key };
}

/** @throws RequestError */
export function readChangedAccount(body: unknown): { fields: AccountFields; version: number } {
  const { version, ...fields } = parseBody(changedAccount, body);
  return { fields, version };
}

/** @throws RequestError */
export function readOtherKey(body: unknown): { key: string; version: number } {
  const { api_key: key, version } = parseBody(otherKey, body);
  return { key, version };
}

/** What was filled in, without anything that is or contains a key: people paste into the wrong field. */
export function formAgain(body: unknown, otherwise: AccountFormAgain): AccountFormAgain {
  const key = normalizeKey(typedText(body, 'api_key'));
  const filled = (name: string, max: number) => {
    const value = typedText(body, name);
    return value.length > max || looksLikeKey(value) || mentions(value, key) ? '' : value;
  };
  if (body === undefined) return otherwise;
  const color = Number(filled('color', 1));
  return {
    name: filled('name', 2 * NAME_MAX),
    note: filled('note', 2 * NOTE_MAX),
    timezone: canonicalTimezone(filled('timezone', 64)) ?? otherwise.timezone,
    color: COLORS.find((each) => each === color) ?? otherwise.color,
  };
}

function refuseKeyElsewhere(fields: AccountFields, key: string): void {
  const faults = (['name', 'note'] as const)
    .filter((field) => mentions(fields[field], key))
    .map((field) => ({ field, fault: 'looks_like_key' }));
  if (faults.length > 0) throw new RequestError('invalid_request', { faults });
}

function mentions(text: string, key: string): boolean {
  return key !== '' && isSendableKey(key) && withoutKey(text, key) !== text;
}
