import type { Kysely } from 'kysely';
import type { FalAccount } from '../accounts/accounts.ts';
import { type CreditEntry, standing } from '../credits/ledger.ts';
import { entriesOf } from '../credits/ledger-rows.ts';
import { isBefore } from '../instants.ts';
import { type Nano, toDecimal } from '../money.ts';
import type { Tables } from '../store/tables.ts';
import type { Span } from '../usage/spans.ts';
import {
  type BalanceSpan,
  readBalances,
  readUsage,
  USAGE_DAYS,
  type UsageAround,
} from './evidence-rows.ts';
import { type LastAnswers, readLastAnswers } from './last-answers.ts';
import { ASKED, type Asked, type Refusal, refusalsIn, withoutKeys } from './refusals.ts';

/** So far around the trouble balances and refusals are told, */
const AROUND_HOURS = 48;
/** and so far before it what credits were bought. */
const CREDITS_DAYS = 60;
/** So near to where it began every reading of the balance is told, elsewhere one an hour. */
const NEAR_MINUTES = 120;
const MOST_ROWS = 300;

/** What the questions are, to who does not know the panel. */
const QUESTIONS: Record<Asked, string> = {
  usage: 'usage of models',
  balance: 'account balance',
  ledger: 'billing events',
};

/**
 * What fal's support asks for when an account stays locked, as Markdown in English: times, answers,
 * balances, top-ups, the last usage. Never a key, and of the account's own only the hint.
 * @param span of the trouble; what lies around it is told as well.
 */
export async function evidenceOf(
  db: Kysely<Tables>,
  account: FalAccount,
  span: Span,
  now: Temporal.Instant,
): Promise<string> {
  const around = {
    start: span.start.subtract({ hours: AROUND_HOURS }),
    end: span.end.add({ hours: AROUND_HOURS }),
  };
  const refusals = await refusalsIn(db, account.id, around);
  const answers = (await readLastAnswers(db, account.id)).get(account.id) ?? {};
  const balances = await readBalances(db, account.id, around);
  const credits = standing(await entriesOf(db, account.id)).filter(({ at }) =>
    isWithin(at, { ...around, start: span.start.subtract({ hours: CREDITS_DAYS * 24 }) }),
  );
  const usage = await readUsage(db, account.id, span);
  return [
    ...heading(account, span, now),
    ...refusalLines(refusals),
    ...answerLines(answers),
    ...balanceLines(notable(balances, span)),
    ...creditLines(credits),
    ...usageLines(usage),
    ...remarks(refusals, balances, credits),
  ]
    .join('\n')
    .concat('\n');
}

function heading(
  { name, keyHint }: FalAccount,
  { start, end }: Span,
  now: Temporal.Instant,
): string[] {
  return [
    '# Evidence of trouble with a fal.ai account',
    '',
    `- Account, as its owner calls it: ${plain(name)}`,
    `- Key id ends with: ${keyHint}`,
    `- Trouble from ${utc(start)} to ${utc(end)}`,
    `- Written ${utc(now)}. All times are UTC.`,
    '- Source: fal usage panel, which asks the Platform API every few minutes and keeps the answers.',
    '',
  ];
}

function refusalLines(refusals: readonly Refusal[]): string[] {
  const rows = refusals.map(({ from, until, times, asked, status, kind, said }) => [
    utc(from),
    utc(until),
    String(times),
    QUESTIONS[asked],
    status === null ? 'no answer' : String(status),
    kind,
    said,
  ]);
  const columns = ['First', 'Last', 'Times', 'Asked for', 'HTTP', 'Kind', 'Answer'];
  return table('What fal answered', columns, rows, 'fal refused nothing in this time.');
}

function answerLines(answers: LastAnswers): string[] {
  const rows = ASKED.map((asked) => [
    QUESTIONS[asked],
    answers[asked] ? utc(answers[asked]) : 'never',
  ]);
  return table('Last good answers', ['Asked for', 'At'], rows, '');
}

function balanceLines(balances: readonly BalanceSpan[]): string[] {
  const rows = balances.map(({ from, until, balance, currency, reason }) => [
    utc(from),
    utc(until),
    balance === null ? `not readable: ${reason ?? 'not stated'}` : money(balance, currency),
  ]);
  const nothing = 'No balance was read in this time.';
  return table('Balances read', ['From', 'Until', 'Balance'], rows, nothing);
}

function creditLines(credits: readonly CreditEntry[]): string[] {
  const rows = credits.map(({ at, kind, amount, currency, expiresAt }) => [
    utc(at),
    kind,
    money(amount, currency),
    expiresAt ? utc(expiresAt) : 'never',
  ]);
  const nothing = 'None were written down in this time.';
  return table('Top-ups and credits', ['At', 'Kind', 'Amount', 'Expires'], rows, nothing);
}

function usageLines({ lastHour, before, since }: UsageAround): string[] {
  return [
    '## Usage',
    '',
    lastHour
      ? `- Last charge in the hour that begins ${utc(lastHour)}`
      : `- No charge in the last ${USAGE_DAYS} days`,
    `- Charged in the 24 hours before: ${money(before, 'USD')}`,
    `- Charged since: ${money(since, 'USD')}`,
    '',
  ];
}

/** What support should not overlook. */
function remarks(
  refusals: readonly Refusal[],
  balances: readonly BalanceSpan[],
  credits: readonly CreditEntry[],
): string[] {
  const locks = refusals.filter(({ said }) => /locked/i.test(said));
  const [first] = locks;
  if (!first) return [];
  const last = locks.reduce((one, other) => (isBefore(one.until, other.until) ? other : one));
  const during = { start: first.from, end: last.until };
  const remarks = [
    ...credits
      .filter(({ at, amount }) => amount > 0n && isWithin(at, during))
      .map(
        ({ at, amount, currency }) =>
          `The account was topped up by ${money(amount, currency)} at ${utc(at)}, and was still refused at ${utc(last.until)}.`,
      ),
    ...balances
      .filter(({ balance, from }) => balance !== null && balance > 0n && isWithin(from, during))
      .slice(-1)
      .map(
        ({ balance, currency, from }) =>
          `A positive balance of ${money(balance ?? 0n, currency)} was stated at ${utc(from)}, while the account was locked.`,
      ),
    ...locks.flatMap((lock, index) => {
      const before = locks[index - 1];
      return before && before.kind !== lock.kind
        ? [`The reason turned from ${before.kind} into ${lock.kind} at ${utc(lock.from)}.`]
        : [];
    }),
  ];
  if (remarks.length === 0) return [];
  return ['## To be noted', '', ...remarks.map((remark) => `- ${remark}`), ''];
}

/** Every reading near the trouble's beginning and end; elsewhere the last of an hour, and each rise. */
function notable(balances: readonly BalanceSpan[], span: Span): BalanceSpan[] {
  const isNear = ({ from, until }: BalanceSpan) =>
    [span.start, span.end].some((edge) =>
      isWithin(edge, {
        start: from.subtract({ minutes: NEAR_MINUTES }),
        end: until.add({ minutes: NEAR_MINUTES }),
      }),
    );
  const hourOf = ({ until }: BalanceSpan) => Math.floor(until.epochMilliseconds / 3_600_000);
  return balances
    .filter((each, index) => {
      const [before, next] = [balances[index - 1], balances[index + 1]];
      const isRise =
        before?.balance != null && each.balance !== null && each.balance > before.balance;
      const isChange = before?.reason !== each.reason;
      const isLastOfHour = !next || hourOf(next) !== hourOf(each);
      return isNear(each) || isRise || isChange || isLastOfHour;
    })
    .slice(-MOST_ROWS);
}

function table(
  title: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  nothing: string,
): string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(' | ')} |`;
  const body =
    rows.length === 0
      ? [nothing]
      : [line(columns), line(columns.map(() => '---')), ...rows.map(line)];
  return [`## ${title}`, '', ...body, ''];
}

/** On one line, without keys, and nothing that a table or a page would take for its own. */
function plain(text: string): string {
  return withoutKeys(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function money(amount: Nano, currency: string | null): string {
  return `${toDecimal(amount)} ${currency ?? ''}`.trim();
}

function utc(at: Temporal.Instant): string {
  return at.toString({ smallestUnit: 'second' });
}

function isWithin(at: Temporal.Instant, { start, end }: Span): boolean {
  return !isBefore(at, start) && !isBefore(end, at);
}
