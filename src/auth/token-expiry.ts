import { z } from 'zod';
import { RequestError } from '../http/failure.ts';
import type { ApiToken } from './tokens.ts';

/** How long tokens live, as the form offers it: days, a day that is chosen, or until revoked. */
export const TOKEN_LIVES = ['30', '90', '365', 'date', 'never'] as const;
export type TokenLife = (typeof TOKEN_LIVES)[number];

/** The furthest end that may be chosen, in years; more is a slip of the finger. */
const YEARS_MAX = 10;

/** `null`: until it is revoked. `day` is only looked at for a life of `date`. */
export interface ChosenExpiry {
  life: TokenLife;
  day: string;
}

/**
 * When a token ends: some days from now, or at the end of a day in a time zone.
 * @throws RequestError with a fault of `expires_on`.
 */
export function tokenExpiry(
  { life, day }: ChosenExpiry,
  timezone: string,
  now: Temporal.Instant,
): Temporal.Instant | null {
  switch (life) {
    case 'never':
      return null;
    case 'date':
      return endOfDay(day, timezone, now);
    default:
      return daysFrom(now, Number(life));
  }
}

export function daysFrom(now: Temporal.Instant, days: number): Temporal.Instant {
  return now.add({ hours: 24 * days });
}

function endOfDay(text: string, timezone: string, now: Temporal.Instant): Temporal.Instant {
  const isDay = z.iso.date().safeParse(text);
  if (!isDay.success) throw badDay(text === '' ? 'missing' : 'not_a_day');
  const today = now.toZonedDateTimeISO(timezone).toPlainDate();
  const day = Temporal.PlainDate.from(isDay.data);
  if (Temporal.PlainDate.compare(day, today) < 0) throw badDay('in_past');
  if (Temporal.PlainDate.compare(day, today.add({ years: YEARS_MAX })) > 0) throw badDay('too_far');
  // The last ms of it, so that the end is shown on the day that was chosen.
  return day.add({ days: 1 }).toZonedDateTime(timezone).toInstant().subtract({ milliseconds: 1 });
}

function badDay(fault: string): RequestError {
  return new RequestError('invalid_request', { faults: [{ field: 'expires_on', fault }] });
}

export type TokenState = 'active' | 'expired' | 'revoked';

export function tokenState(
  { expiresAt, revokedAt }: Pick<ApiToken, 'expiresAt' | 'revokedAt'>,
  now: Temporal.Instant,
): TokenState {
  if (revokedAt) return 'revoked';
  return expiresAt && Temporal.Instant.compare(expiresAt, now) <= 0 ? 'expired' : 'active';
}
