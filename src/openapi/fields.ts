import { z } from 'zod';
import type { NoRunwayReason } from '../credits/stated-runway.ts';
import type { BucketState } from '../history/answer.ts';
import type { FailureCode } from '../http/failure.ts';
import type { NoVerdict } from '../planner/check-event.ts';
import { codes, codesOrNull } from './described.ts';

/** Amounts: decimal numbers with up to nine decimals, in the currency that stands beside them. */
export const money = (text: string) => z.number().describe(text);
export const moneyOrUnknown = (text: string) =>
  z.number().nullable().describe(`${text} \`null\`: not known.`);

/** An instant with the offset of the zone that the answer is in. */
export const instant = (text: string) =>
  z.string().meta({ description: text, override: { format: 'date-time' } });
export const instantOr = (none: string, text: string) =>
  z
    .string()
    .nullable()
    .meta({ description: `${text} \`null\`: ${none}.`, override: { format: 'date-time' } });

export const timezone = z
  .string()
  .describe('IANA name of the time zone in which days are cut and times are written.');
export const currency = z.string().describe('Currency of the amounts, such as `USD`.');
export const accountName = z.string().describe("The stored account's name for programs.");
export const count = (text: string) => z.int().describe(text);
export const countOrUnknown = (text: string) =>
  z.int().nullable().describe(`${text} \`null\`: not known, which is not 0.`);

/** Which stored account; routes read it by hand. */
export const accountField = (text: string) => z.string().optional().describe(text);

export const otherCurrencies = z
  .array(z.object({ currency, cost: money('In that currency.') }))
  .describe('Costs that are not in US dollars; they are in no other sum.');

/** How far usage is known. */
export const usageState = codes<BucketState>({
  live: 'usage is still arriving',
  settling: 'fal may still correct it',
  final: 'it does not change any more',
  partial: 'some of it was never read: sums are lower bounds',
  unknown: 'none of it was ever read',
});

export const runwayReason = codesOrNull<NoRunwayReason>(
  {
    balance_unknown: 'nobody knows what is left',
    history_too_short: 'fewer than seven days of usage are known',
    other_currency: 'the balance is not in US dollars',
  },
  'Why there is no runway:',
);

export const checkReason = codesOrNull<NoVerdict['missing']>(
  {
    over: 'it is over or closed',
    models_unknown: 'none planned, and none used lately',
    no_price: 'nobody knows what a model costs',
    balance_unknown: 'nobody knows what is left',
  },
  'Why it could not be checked:',
);

/** When each code is answered. A code without its line does not compile. */
export const FAILURES: Record<Exclude<FailureCode, 'form_expired' | 'own_account'>, string> = {
  invalid_request: 'a field is missing or wrong; `errors` says which',
  invalid_api_key: 'fal does not know the key',
  not_signed_in: 'no key given, and no session or token; or a token that is no longer good',
  admin_scope_required: 'the fal key is valid but has no Admin scope',
  account_locked: 'fal locked the account',
  forbidden: "the person's or token's role does not allow it",
  not_found: 'no such address, account, event, report, rule or alert, or no account stored at all',
  conflict: 'somebody else changed it in the meantime',
  payload_too_large: 'the body has more than 64 kB',
  unsupported_media_type: 'the body is neither a form nor JSON',
  rate_limited: "this panel's limit or fal's; `Retry-After` says how many seconds to wait",
  internal_error: 'a fault of this panel',
  key_unreadable: 'the stored key can not be opened',
  fal_bad_response: 'fal answered something that is not its contract',
  fal_unavailable: 'fal is down, or refuses after retries',
  store_unavailable: "the panel's database is locked, read-only, full or away",
  fal_timeout: 'fal did not answer in time',
};

export type ApiFailureCode = keyof typeof FAILURES;

/** The one shape of every failure. */
export const failureAnswer = z
  .object({
    ok: z.literal(false),
    code: z
      .enum(Object.keys(FAILURES) as [ApiFailureCode, ...ApiFailureCode[]])
      .describe('For programs: it never changes.'),
    message: z
      .string()
      .describe('For people, in their language: what happened and what to do now.'),
    errors: z
      .array(
        z.object({
          field: z.string().describe('Name of a field of the request.'),
          message: z.string().describe('What is wrong with it, for people.'),
        }),
      )
      .optional()
      .describe('The fields that can not be used; only where it is about fields.'),
    request_id: z.string().describe('Stands in the log and in the header `X-Request-Id`, too.'),
  })
  .meta({ id: 'Failure', description: 'Every failure has this shape.' });

/** A success: `ok`, its own fields, and `message` for people. */
export function success<S extends z.ZodRawShape>(fields: S) {
  return z.object({
    ok: z.literal(true),
    ...fields,
    message: z.string().describe('For people, in their language.'),
  });
}
