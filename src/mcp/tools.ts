import type { Request, Response } from 'express';
import { listAccounts } from '../accounts/accounts.ts';
import { listedAlerts } from '../alerts/alerts-api.ts';
import { readBalances } from '../credits/balance-api.ts';
import { readCredits } from '../credits/credits-api.ts';
import { statedRunway } from '../credits/stated-runway.ts';
import { callerSignal } from '../http/caller.ts';
import { refuse } from '../http/failure.ts';
import type { ApiDocument } from '../openapi/document.ts';
import { checkedPlan, listedEvents } from '../planner/planned-events-api.ts';
import type { Services } from '../services.ts';
import { canonicalTimezone } from '../timezone.ts';
import { historyAnswer } from '../usage/history-answer.ts';
import { historyQuestion, readHistoryRequest, refuseManyHours } from '../usage/history-request.ts';
import { PERIODS, type PeriodName, periodDays } from './periods.ts';
import { type ToolSchema, toolSchemas } from './tool-schemas.ts';
import {
  accountsText,
  alertsText,
  balancesText,
  checkText,
  eventsText,
  runwayText,
  usageText,
  type Words,
} from './tool-texts.ts';

/** Who asks, what with, and in whose words it is answered. */
export interface ToolCall {
  services: Services;
  args: Record<string, unknown>;
  req: Request;
  res: Response;
}

/** What a tool says: in a few words, and as the API answers it. */
export interface ToolAnswer {
  text: string;
  content: Record<string, unknown>;
}

export interface Tool {
  name: string;
  title: string;
  description: string;
  input: ToolSchema;
  output: ToolSchema;
  /** @throws what the API's own route throws. */
  call(call: ToolCall): Promise<ToolAnswer>;
}

/** Everything that can be asked: each an operation of the API under another name, and nothing that changes anything. */
export function toolsOf(document: ApiDocument): Tool[] {
  const usage = toolSchemas(document, 'readUsage');
  const events = toolSchemas(document, 'listEvents');
  const alerts = toolSchemas(document, 'listAlerts');
  return [
    {
      name: 'get_usage',
      title: 'Usage and cost',
      description:
        'What fal.ai calls cost in a period, and how many there were, by model, key, unit or account, from what the panel keeps. Name a period, or its start and end. Costs are US dollars. With a timeframe the series by hour, day, week or month comes along.',
      input: {
        ...usage.input,
        properties: {
          period: {
            type: 'string',
            enum: PERIODS,
            description: 'In the place of start and end: days in the time zone, today counted.',
          },
          ...usage.input.properties,
        },
      },
      output: withoutSeries(usage.output),
      call: getUsage,
    },
    {
      name: 'get_balance',
      title: 'Balance',
      description:
        'What is left of the prepaid credits of each stored fal.ai account: fal is asked now; where it does not answer, the last that is known or an estimate, which the answer says.',
      ...toolSchemas(document, 'readBalance'),
      call: getBalance,
    },
    {
      name: 'get_runway',
      title: 'How long credits last',
      description:
        "Until when an account's credits last at the recent pace with the planned events, between which dates, what moves that most, and which credits will expire unused.",
      ...toolSchemas(document, 'readCredits'),
      call: getRunway,
    },
    {
      name: 'check_event',
      title: 'Check an event',
      description:
        'Whether credits will last through an event: enough, tight or top up, with what to add and by when. Nothing is saved. Without a price or models, those are used that the account used lately.',
      ...toolSchemas(document, 'checkEvent'),
      call: checkEvent,
    },
    {
      name: 'list_planned_events',
      title: 'Planned events',
      description: 'Events that are planned and not over, the first first; or those that are over.',
      input: {
        ...events.input,
        properties: {
          ...events.input.properties,
          past: { type: 'boolean', description: '`true`: what is over, the last first.' },
        },
      },
      output: events.output,
      call: listPlannedEvents,
    },
    {
      name: 'list_alerts',
      title: 'Open alerts',
      description:
        'What the rules of the panel found and is not over, the newest first: whose account, how grave, in a sentence, since when, and whether somebody sees to it.',
      input: withoutState(alerts.input),
      output: alerts.output,
      call: listOpenAlerts,
    },
    {
      name: 'list_accounts',
      title: 'Accounts',
      description: 'The stored fal.ai accounts by the names that the other tools take.',
      input: { type: 'object', properties: {} },
      output: ACCOUNTS,
      call: listStoredAccounts,
    },
  ];
}

async function getUsage({ services, args, res }: ToolCall): Promise<ToolAnswer> {
  const { history, settings, store, now } = services;
  const asked = readHistoryRequest(withPeriod(args, services), settings.current(), now());
  if (args.timeframe !== undefined) refuseManyHours(asked);
  const answer = await history.usage(await historyQuestion(store.db, asked));
  const pieces: string[] = [];
  for await (const piece of historyAnswer(answer, res.locals.t('usage.success'))) {
    pieces.push(piece);
  }
  const content = JSON.parse(pieces.join('')) as { usage: Record<string, unknown> };
  // A month of hours would fill whatever reads it; who wants a series says which.
  if (args.timeframe === undefined) delete content.usage.series;
  const accounts = await listAccounts(store.db);
  const account = accounts.find(({ id }) => id === answer.question.accountId) ?? null;
  return { text: usageText(answer, account, words(services, res)), content };
}

/** The question with the days of a named period in it. */
function withPeriod(
  args: Record<string, unknown>,
  { settings, now }: Services,
): Record<string, unknown> {
  const { period, ...rest } = args;
  if (period === undefined) return rest;
  if (!PERIODS.includes(period as PeriodName)) refuse('period', 'not_a_period');
  if (rest.start !== undefined || rest.end !== undefined) refuse('period', 'one_or_the_other');
  const asked = typeof rest.timezone === 'string' ? canonicalTimezone(rest.timezone) : null;
  const zone = asked ?? settings.current().timezone;
  const today = now().toZonedDateTimeISO(zone).toPlainDate();
  return { ...rest, ...periodDays(period as PeriodName, today) };
}

async function getBalance({ services, args, req, res }: ToolCall): Promise<ToolAnswer> {
  const { answer, balances } = await readBalances(services, accountIn(args), req, res);
  return { text: balancesText(balances, words(services, res)), content: answer };
}

async function getRunway({ services, args, res }: ToolCall): Promise<ToolAnswer> {
  const { answer, statement } = await readCredits(services, accountIn(args), res);
  const text = runwayText(statement.account, statedRunway(statement), words(services, res));
  return { text, content: answer };
}

async function checkEvent({ services, args, res }: ToolCall): Promise<ToolAnswer> {
  const { locals } = res;
  const { answer, checked, timezone } = await checkedPlan(
    services,
    args,
    locals,
    callerSignal(res),
  );
  return { text: checkText(checked, timezone, words(services, res)), content: answer };
}

async function listPlannedEvents({ services, args, res }: ToolCall): Promise<ToolAnswer> {
  const account = accountIn(args);
  const query = { ...(account && { account }), past: String(args.past === true) };
  const { answer, events } = await listedEvents(services, query, res.locals);
  const accounts = await listAccounts(services.store.db);
  return { text: eventsText(events, accounts, words(services, res)), content: answer };
}

async function listOpenAlerts({ services, args, res }: ToolCall): Promise<ToolAnswer> {
  const { before, limit } = args;
  const query = { account: accountIn(args), before, limit, state: 'unresolved' };
  const { answer, alerts } = await listedAlerts(services, query, res.locals);
  return { text: alertsText(alerts, words(services, res)), content: answer };
}

async function listStoredAccounts({ services, res }: ToolCall): Promise<ToolAnswer> {
  const accounts = await listAccounts(services.store.db);
  const content = {
    ok: true,
    accounts: accounts.map(({ slug, name, timezone, isDefault }) => ({
      ...{ account: slug, name, timezone },
      is_default: isDefault,
    })),
  };
  return { text: accountsText(accounts, words(services, res)), content };
}

const ACCOUNTS: ToolSchema = {
  type: 'object',
  properties: {
    ok: { type: 'boolean' },
    accounts: {
      type: 'array',
      description: 'The default account first.',
      items: {
        type: 'object',
        properties: {
          account: { type: 'string', description: 'What the other tools take.' },
          name: { type: 'string', description: 'What people call it.' },
          timezone: { type: 'string', description: 'IANA name: where its days are counted.' },
          is_default: { type: 'boolean', description: 'Whose it is where no account is named.' },
        },
        required: ['account', 'name', 'timezone', 'is_default'],
      },
    },
  },
  required: ['ok', 'accounts'],
};

/** Routes read it of a query, where everything is a text. */
function accountIn({ account }: Record<string, unknown>): string {
  if (account === undefined || account === null) return '';
  if (typeof account !== 'string') refuse('account', 'unknown');
  return account;
}

function words({ now }: Services, { locals: { format, t } }: Response): Words {
  return { format, t, now: now() };
}

/** All that are not over are told: whatever somebody sees to is still so. */
function withoutState(input: ToolSchema): ToolSchema {
  const { state: _, ...properties } = input.properties;
  return { ...input, properties };
}

/** The series is there where a timeframe was asked for. */
function withoutSeries(output: ToolSchema): ToolSchema {
  const usage = (output.$defs as { KeptUsage: ToolSchema }).KeptUsage;
  const required = usage.required?.filter((name) => name !== 'series') ?? [];
  const defs = { ...(output.$defs as object), KeptUsage: { ...usage, required } };
  return { ...output, $defs: defs };
}
