import type { Kysely } from 'kysely';
import type { FalError } from '../fal/errors.ts';
import { withoutKey } from '../fal/key.ts';
import { holdAccount } from '../history/hold-account.ts';
import { utcDayOf } from '../history/slots.ts';
import type { RefusalsTable, Tables } from '../store/tables.ts';
import { toInstant, toText } from '../store/values.ts';
import type { Span } from '../usage/spans.ts';
import { readLastAnswers } from './last-answers.ts';

/** What fal was asked for when it refused. */
export const ASKED = ['usage', 'balance', 'ledger'] as const;
export type Asked = (typeof ASKED)[number];

/** What a refusal means: some are trouble of the account, see `account-trouble.ts`. */
export type RefusalKind =
  | 'exhausted_balance'
  | 'top_up'
  | 'admin_lock'
  | 'payment_method'
  | 'budget_exceeded'
  /** For a reason that is none of these. */
  | 'locked'
  | 'bad_key'
  | 'scope'
  | 'cdn'
  | 'outage'
  | 'rate_limited'
  /** Answered, but not as its contract says. */
  | 'bad_answer'
  /** Some days of usage could not be read although others were. */
  | 'partly';

/**
 * These come and go with how busy fal is: what comes back within the hour goes on, or accounts that are
 * refused now and then would fill the table. Of locks and keys every single time is evidence.
 */
const RECURRING: ReadonlySet<RefusalKind> = new Set([
  'cdn',
  'outage',
  'rate_limited',
  'bad_answer',
  'partly',
]);
const RECURS_WITHIN = { hours: 1 };

/** The same answer to the same question several times in a row. */
export interface Refusal {
  accountId: string;
  from: Temporal.Instant;
  /** When it was last answered so. */
  until: Temporal.Instant;
  times: number;
  asked: Asked;
  kind: RefusalKind;
  /** `null`: there was no answer. */
  status: number | null;
  /** Without keys. */
  said: string;
}

const REFUSALS_KEPT_DAYS = 180;
const MOST_SAID = 500;

/**
 * Writes down that fal refused: the last span grows while the answer stays the same and no good one
 * came between, of what recurs also after one. Part of a transaction of whoever asked.
 * @param key that it was asked with, which may be in what fal said.
 * @param isPartly only some of what was asked for could not be read.
 */
export async function recordRefusal(
  trx: Kysely<Tables>,
  accountId: string,
  asked: Asked,
  at: Temporal.Instant,
  error: FalError,
  { key, isPartly = false }: { key: string; isPartly?: boolean },
): Promise<void> {
  await holdAccount(trx, accountId);
  const kind = isPartly ? 'partly' : kindOf(error);
  const said = withoutKeys(withoutKey(error.message, key).replaceAll(keyIdOf(key), '[key id]'));
  const changed = { until_at: toText(at), said: cutText(said, MOST_SAID) };
  const own = trx
    .selectFrom('refusals')
    .select(['from_at', 'until_at', 'kind', 'status'])
    .where('account_id', '=', accountId)
    .where('asked', '=', asked)
    .orderBy('until_at', 'desc')
    .limit(1);
  const last = await own.executeTakeFirst();
  // Of two that come at once, and of a clock that was put back, the first is enough.
  if (last && last.until_at >= toText(at)) return;
  const before = RECURRING.has(kind)
    ? await own
        .where('kind', '=', kind)
        .where('until_at', '>=', toText(at.subtract(RECURS_WITHIN)))
        .executeTakeFirst()
    : await endless(trx, accountId, asked, last?.kind === kind ? last : undefined);
  if (before && before.status === error.status) {
    await trx
      .updateTable('refusals')
      .set((row) => ({ ...changed, times: row('times', '+', 1) }))
      .where('account_id', '=', accountId)
      .where('asked', '=', asked)
      .where('from_at', '=', before.from_at)
      .execute();
    return;
  }
  await trx
    .insertInto('refusals')
    .values({
      ...changed,
      account_id: accountId,
      asked,
      from_at: toText(at),
      times: 1,
      kind,
      status: error.status,
    })
    .execute();
  if (isOtherDay(last ? toInstant(last.until_at) : null, at)) await dropOldRefusals(trx, at);
}

/** `last`, unless that question was answered well since. */
async function endless<Row extends { until_at: string }>(
  trx: Kysely<Tables>,
  accountId: string,
  asked: Asked,
  last: Row | undefined,
): Promise<Row | undefined> {
  if (!last) return undefined;
  const answered = (await readLastAnswers(trx, accountId)).get(accountId)?.[asked];
  return !answered || toText(answered) < last.until_at ? last : undefined;
}

/** What is older than it is kept. */
export async function dropOldRefusals(db: Kysely<Tables>, now: Temporal.Instant): Promise<void> {
  const before = now.subtract({ hours: REFUSALS_KEPT_DAYS * 24 });
  await db.deleteFrom('refusals').where('until_at', '<', toText(before)).execute();
}

/** Whether it is another UTC day by now: then it is time to drop what is old. */
export function isOtherDay(before: Temporal.Instant | null, now: Temporal.Instant): boolean {
  return before === null || utcDayOf(before) !== utcDayOf(now);
}

/** What a refusal means. */
function kindOf(error: FalError): RefusalKind {
  if (error.lock) return error.lock.kind === 'other' ? 'locked' : error.lock.kind;
  if (error.challenged) return 'cdn';
  switch (error.code) {
    case 'account_locked':
      return 'locked';
    case 'unauthorized':
    case 'invalid_api_key':
      return 'bad_key';
    case 'forbidden':
    case 'admin_scope_required':
      return 'scope';
    case 'fal_unavailable':
    case 'fal_timeout':
      return 'outage';
    case 'rate_limited':
      return 'rate_limited';
    case 'invalid_request':
    case 'not_found':
    case 'fal_bad_response':
      return 'bad_answer';
    default:
      return error.code satisfies never;
  }
}

/** So much of a text, with no character cut in two. @param most in UTF-16 units. */
export function cutText(text: string, most: number): string {
  return text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * `text` without anything that looks like a fal key, or like the secret of one, on one line, and of
 * characters that every database takes: PostgreSQL knows no NUL, and UTF-8 no half of a pair.
 */
export function withoutKeys(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\0', '')
    .replace(/[\w-]{8,}:[\w-]{16,}/g, '[key]')
    .replace(/\bKey\s+[\w:-]{16,}/gi, 'Key [key]')
    .replace(/(?<![\da-f-])[\da-f]{24,}(?![\da-f-])/gi, '[key]')
    .replace(/\s+/g, ' ')
    .trim();
}

/**
 * Refusals of accounts that touch a span, oldest first.
 * @param accountId `null`: of all accounts.
 * @param without kinds that are left out.
 */
export async function refusalsIn(
  db: Kysely<Tables>,
  accountId: string | null,
  { start, end }: Span,
  without: readonly RefusalKind[] = [],
): Promise<Refusal[]> {
  let query = db
    .selectFrom('refusals')
    .selectAll()
    .where('until_at', '>=', toText(start))
    .where('from_at', '<', toText(end));
  if (accountId !== null) query = query.where('account_id', '=', accountId);
  if (without.length > 0) query = query.where('kind', 'not in', without);
  return (await query.orderBy('from_at').orderBy('asked').execute()).map(toRefusal);
}

/** The last of each account and question, by account: whether it is over is for its answers to say. */
export async function latestRefusals(db: Kysely<Tables>): Promise<Map<string, Refusal[]>> {
  const latest: Refusal[] = [];
  for (const asked of ASKED) {
    // Each by its key: grouping would read all there are.
    const rows = await db
      .selectFrom('fal_accounts')
      .innerJoin('refusals', 'refusals.account_id', 'fal_accounts.id')
      .selectAll('refusals')
      .where('asked', '=', asked)
      .where('until_at', '=', (query) =>
        query
          .selectFrom('refusals as newer')
          .select(({ fn }) => fn.max<string>('newer.until_at').as('until_at'))
          .whereRef('newer.account_id', '=', 'fal_accounts.id')
          .where('newer.asked', '=', asked),
      )
      .execute();
    latest.push(...rows.map(toRefusal));
  }
  return Map.groupBy(latest, ({ accountId }) => accountId);
}

function keyIdOf(key: string): string {
  const [id = ''] = key.split(':');
  // What is as short as a word may be one.
  return id.length >= 8 ? id : key;
}

function toRefusal(row: RefusalsTable): Refusal {
  return {
    accountId: row.account_id,
    from: toInstant(row.from_at),
    until: toInstant(row.until_at),
    times: row.times,
    asked: row.asked as Asked,
    kind: row.kind as RefusalKind,
    status: row.status,
    said: row.said,
  };
}
