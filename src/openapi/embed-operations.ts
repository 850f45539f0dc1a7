import { z } from 'zod';
import { EMBED_REASONS, type EmbedReason, type EmbedState } from '../embeds/embed-status.ts';
import type { Verdict } from '../planner/verdict.ts';
import { codes, codesOrNull } from './described.ts';
import {
  accountName,
  count,
  currency,
  instant,
  instantOr,
  money,
  moneyOrUnknown,
  success,
  timezone,
} from './fields.ts';
import { json, operation } from './operation.ts';

const status = z
  .object({
    account: z.string().nullable().describe("The account's name for programs. `null`: all."),
    name: z.string().nullable().describe('What people call it. `null`: all accounts.'),
    accounts: count('How many accounts it is about.'),
    state: codes<EmbedState>({
      ok: 'nothing is to be done',
      attention: '`reasons` says why',
      locked: 'fal locked an account',
      unknown: 'not everything is known that would be needed to say so',
    }),
    reasons: z
      .array(z.enum(EMBED_REASONS satisfies readonly EmbedReason[]))
      .describe(
        'Why it is not `ok`, the gravest first; of credits and events only what the token shows.',
      ),
    timezone,
    as_of: instantOr('never', 'When usage was last read of fal.'),
    spent_today: z
      .object({
        amount: moneyOrUnknown('Spent since midnight in `timezone`.'),
        currency,
        at_least: z.boolean().describe('`true`: some of it was not read.'),
      })
      .optional()
      .describe('Where the token shows amounts.'),
    balance: z
      .object({
        amount: money('What was left when fal last said so.'),
        currency,
        as_of: instant('When that was, of the account where it is longest ago.'),
        accounts: count('Of how many accounts it is.'),
      })
      .nullable()
      .optional()
      .describe('Where the token shows amounts. `null`: not known.'),
    runway: z
      .object({
        account: accountName,
        until: instantOr('beyond `horizon`', 'When credits end at the recent pace.'),
        earliest: instantOr('beyond `horizon`', 'The same, at the earliest.'),
        latest: instantOr('beyond `horizon`', 'The same, at the latest.'),
        horizon: instant('As far ahead as was looked.'),
      })
      .nullable()
      .optional()
      .describe('Where the token shows it; of all accounts the first to end. `null`: not known.'),
    next_event: z
      .object({
        name: z.string().describe('What it is called.'),
        account: accountName,
        starts_at: instant('When it begins.'),
        ends_at: instant('When it ends.'),
        timezone,
        verdict: codesOrNull<Verdict>({
          enough: 'credits last',
          tight: 'only just',
          top_up: 'they do not',
        }),
        top_up_amount: moneyOrUnknown(
          'US dollars to add; where the token shows amounts.',
        ).optional(),
        top_up_by: instantOr('nothing is to be added', 'By when.'),
      })
      .nullable()
      .optional()
      .describe('Where the token shows it. `null`: none is planned.'),
  })
  .meta({ id: 'EmbedStatus' });

export const embedPaths = {
  '/embed/{token}/status.json': {
    get: operation({
      id: 'readEmbedStatus',
      tag: 'The panel itself',
      summary: 'How an account is doing, for other pages',
      description:
        'From the local copy alone. For scripts of the origins that the token names; of all, where it names none. The token is one of `/admin/embeds` and opens nothing else, and a token of the API is of no use here. Ten times the usual limit.',
      access: 'public',
      isLimited: true,
      path: z.object({
        token: z.string().describe('A token of `/admin/embeds`, such as `fue_…`.'),
      }),
      answer: json(success({ status }), 'How it is doing.'),
      failures: ['not_found', 'store_unavailable', 'internal_error'],
    }),
  },
};
