import { z } from 'zod';
import { entryBody } from '../credits/entry-form.ts';
import { ENTRY_KINDS } from '../credits/ledger.ts';
import type { RunwayDriver } from '../credits/runway.ts';
import type { EstimateBasis, StatedBalance } from '../credits/stated-balance.ts';
import type { Difference } from '../credits/statement.ts';
import { codes, described } from './described.ts';
import {
  accountField,
  accountName,
  count,
  currency,
  instant,
  instantOr,
  money,
  moneyOrUnknown,
  runwayReason,
  success,
} from './fields.ts';
import { json, operation } from './operation.ts';

const TAG = 'Credits';

const stated = {
  amount: moneyOrUnknown('What is left. An estimate may be below 0.'),
  currency,
  as_of: instantOr('not known', 'When fal said so, or until when usage is counted.'),
  source: codes<StatedBalance['source']>({
    fal: "fal's own word, now or the last that is known",
    estimate: 'what it last said, or what was bought, less what was spent since',
  }),
  reason: z
    .string()
    .nullable()
    .describe(
      "Why fal's word of now is not known: a failure code, `not_stated` or `never_read`. `null`: it is.",
    ),
};

const balance = z
  .object({ account: accountName, ...stated })
  .meta({ id: 'Balance', description: "What is left of an account's credits." });

const billingUrl = z.string().meta({
  description: 'Where credits are bought.',
  override: { format: 'uri' },
});

const lot = z.object({
  id: z.string().describe('Id of the entry.'),
  kind: z.enum(ENTRY_KINDS).nullable().describe('What it is; `null`: not known.'),
  amount: money('What came.'),
  spent: money('What of it was spent.'),
  expired: money('What of it expired unused.'),
  remaining: money('What of it is left. The three add up to `amount`.'),
  at: instant('When it came.'),
  expires_at: instantOr('never', 'When it expires. What expires first is spent first.'),
});

const credits = z
  .object({
    account: accountName,
    balance: z.object(stated).describe('What is left.'),
    estimate: z
      .object({
        from: codes<EstimateBasis['from']>({
          balance: 'the last balance that fal gave',
          purchases: 'what was bought',
        }),
        amount: money('What was there.'),
        since: instant('What was spent since then is taken off.'),
        unknown_days: count('Days since then of which not all usage is known.'),
      })
      .nullable()
      .describe('What an estimate rests on; `null`: the balance is no estimate.'),
    runway: z
      .object({
        until: instantOr('not before `horizon`', 'Until when credits last.'),
        earliest: instantOr('not before `horizon`', 'Four times of five they last until then.'),
        latest: instantOr('not before `horizon`', 'And not longer than this.'),
        horizon: instant('As far as it was looked.'),
        driver: z
          .object({
            assumption: codes<RunwayDriver['assumption']>({
              pace: 'days cost what they usually do',
              events: 'planned events take place',
              expiry: 'credits expire unused',
            }),
            until_without: instantOr('not before `horizon`', 'Until when they last without it.'),
          })
          .nullable()
          .describe('The assumption that moves it most; `null`: none does.'),
      })
      .nullable()
      .describe('How long credits last, planned events counted.'),
    runway_reason: runwayReason,
    lots: z.array(lot).describe("Purchases and grants in the balance's currency."),
    unfunded: money('What was spent and no lot had.'),
    expiring: z
      .array(
        z.object({
          id: z.string().describe('Id of the lot.'),
          amount: money('What will be lost.'),
          expires_at: instant('When.'),
        }),
      )
      .describe('What will expire unused at this pace.'),
    proposals: z
      .array(
        z.object({
          amount: money('About as much.'),
          low: money('At least.'),
          high: money('At most.'),
          after: instant('The reading before it.'),
          before: instant('The reading after it.'),
        }),
      )
      .describe('Purchases that rises of the balance speak of and nobody wrote down.'),
    difference: z
      .object({
        amount: money('The balance less what lots have left.'),
        cause: codes<Difference['cause']>(
          {
            top_up_to_confirm: 'a proposal is open',
            purchase_missing: 'a purchase was not written down',
            usage_not_known: 'not all usage was read',
            other_spend: 'something else was spent',
          },
          'Its likely cause.',
        ),
      })
      .nullable()
      .describe('`null`: balance and ledger agree.'),
  })
  .meta({ id: 'Credits' });

const ledgerEntry = z
  .object({
    account: accountName,
    id: z.string().describe('Its id.'),
    kind: z.enum(ENTRY_KINDS).describe('What it is.'),
    amount: money('What came; below 0, what went.'),
    currency,
    at: instant('When.'),
    expires_at: instantOr('never', 'When it expires.'),
    note: z.string().describe('What somebody wrote beside it.'),
    recorded_at: instant('When it was written down.'),
    recorded_by: z.string().describe('Who wrote it down.'),
  })
  .meta({ id: 'LedgerEntry' });

const { never: _onlyInForms, ...entryShape } = entryBody.shape;

const entry = z.object({
  ...described(
    { shape: entryShape },
    {
      kind: '`purchase`, `promotion` or `adjustment`.',
      amount: 'Up to nine decimals, as a number or text. Only an adjustment may be negative.',
      currency: "Entries in other currencies than the balance's are left out of sums.",
      at: '`2026-01-31`, `2026-01-31T18:00` in the account’s zone, or with an offset. Not in the future.',
      expires_at: entryShape.expires_at
        .nullable()
        .describe(
          'As `at`. Default: 365 days after `at` for a purchase, else never. `null`: never.',
        ),
      note: 'At most 500 characters.',
    },
  ),
  account: accountField(
    'A stored account by its name for programs, or its id. Default: the default one.',
  ),
});

export const creditsPaths = {
  '/api/v1/balance': {
    get: operation({
      id: 'readBalance',
      tag: TAG,
      summary: "What is left of each stored account's credits",
      description:
        'fal is asked now; where it does not say, the local copy and the ledger are. An account that fal can not be asked about is no failure of the others.',
      access: 'viewer',
      isLimited: true,
      query: z.object({
        account: accountField('Name for programs, or id. Default: all.'),
      }),
      answer: json(
        success({
          balance,
          balances: z
            .array(balance)
            .describe('The default account first. `balance` is the first of them.'),
          billing_url: billingUrl,
        }),
        'What is left.',
      ),
      failures: ['not_found'],
    }),
  },
  '/api/v1/credits': {
    get: operation({
      id: 'readCredits',
      tag: TAG,
      summary: "An account's ledger, and how long its credits last",
      description: 'By the local copy and the ledger, planned events counted.',
      access: 'viewer',
      isLimited: true,
      query: z.object({
        account: accountField('Name for programs, or id. Default: the default account.'),
      }),
      answer: json(success({ credits, billing_url: billingUrl }), 'How long credits last.'),
      failures: ['not_found'],
    }),
    post: operation({
      id: 'recordCredits',
      tag: TAG,
      summary: 'Writes a purchase, grant or adjustment down',
      access: 'operator',
      isLimited: true,
      body: entry,
      example: { amount: 50, at: '2026-01-31', note: 'Invoice 1042' },
      status: 201,
      answer: json(success({ entry: ledgerEntry }), 'What was written down.'),
      failures: ['not_found'],
    }),
  },
};
