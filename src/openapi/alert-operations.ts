import { z } from 'zod';
import { incidentsApiQuery } from '../alerts/asked-incidents.ts';
import type { Cause, Fact } from '../alerts/finding.ts';
import { ENTRY_KINDS, type IncidentState } from '../alerts/incident.ts';
import type { Preview } from '../alerts/preview.ts';
import { RULE_KINDS, type Severity } from '../alerts/rule.ts';
import { ruleBody } from '../alerts/rule-request.ts';
import { versionBody } from '../http/seen-version.ts';
import type { DeliveriesTable } from '../store/tables.ts';
import { codes, described } from './described.ts';
import {
  accountField,
  accountName,
  count,
  countOrUnknown,
  instant,
  instantOr,
  success,
  timezone,
} from './fields.ts';
import { json, operation } from './operation.ts';

const RULES = 'Alert rules';
const ALERTS = 'Alerts';

const kind = z.enum(RULE_KINDS).describe('What it watches.');
const severity = codes<Severity>({
  info: 'good to know',
  warning: 'look at it today',
  critical: 'do something now; told in quiet hours, too',
});

const rule = z
  .object({
    id: z.string().describe('Its id.'),
    kind,
    account: z
      .string()
      .nullable()
      .describe(
        'The one stored account that it is for, by its name for programs. `null`: every account, but for those with a rule of their own of the same kind, also while that one is off.',
      ),
    name: z.string().describe('What people call it; may be empty.'),
    sentence: z.string().describe('What it watches, for people.'),
    params: z
      .record(z.string(), z.unknown())
      .describe('What its kind needs to know. Amounts are decimal texts, such as `5.50`.'),
    severity,
    channel_ids: z
      .array(z.string())
      .nullable()
      .describe('Ids of the channels that are told; `null`: every one.'),
    quiet_from: z.string().nullable().describe('A time of day such as `22:00`; `null`: never.'),
    quiet_until: z.string().nullable().describe('When they are over; `null`: never.'),
    remind_hours: countOrUnknown('How often people are reminded, in hours. `null` means never.'),
    is_enabled: z.boolean().describe('Whether it is looked at.'),
    version: count('Counts the changes; who changes it says which one was read.'),
  })
  .meta({ id: 'AlertRule' });

const preview = z
  .object({
    days: count('How far back it was tried.'),
    untried_accounts: count('Accounts that the rule is for but that it was not tried on.'),
    accounts: z
      .array(
        z.object({
          account: accountName,
          timezone,
          state: codes<Preview['state']>({
            kept: 'the days were looked through',
            not_kept: 'the past of what it watches is not kept',
            unusable: 'its params can not be read',
          }),
          is_known: z.boolean().describe('Whether anything of those days could be judged.'),
          found: z
            .array(
              z.object({
                at: instant('When it would have been found.'),
                until: instantOr('it happened once, or lasts', 'When it would have been over.'),
                severity,
                message: z.string().describe('What would have been said, for people.'),
              }),
            )
            .describe('The oldest first.'),
        }),
      )
      .describe('By account; ten at most.'),
  })
  .meta({ id: 'AlertRulePreview' });

const facts = (text: string) =>
  z
    .array(
      z.object({
        name: z.string().describe('What it is, such as `spent`.'),
        type: codes<Fact['as']>({
          money: 'a decimal text',
          moment: 'an instant in UTC',
          day: 'a day of a calendar',
          count: 'a number',
          percent: 'a number',
          days: 'a number',
          hours: 'a number',
          minutes: 'a number',
          times: 'a number',
          text: 'as it stands',
          model: 'the id of a model',
          api_key: 'the id of a key',
          code: 'a word of the panel',
        }),
        value: z.union([z.string(), z.number()]).describe('The number or the text.'),
        currency: z.string().nullable().describe('Of money; `null`: it is none.'),
      }),
    )
    .describe(text);

const alertFields = {
  id: z.string().describe('Its id.'),
  rule_id: z.string().describe('The rule that found it, which may be gone.'),
  account: accountName,
  kind,
  subject: z
    .string()
    .describe(
      "Tells it from the rule's other alerts for the account: a model, a period; may be empty.",
    ),
  cause: codes<Cause>(
    { credits: '', spend: '', failures: '', price: '', access: '', sync: '' },
    'What alerts that are told together have in common:',
  ),
  severity,
  state: codes<IncidentState>({
    open: 'nobody has said anything of it',
    acknowledged: 'somebody sees to it',
    resolved: 'it is over',
  }),
  sentence: z.string().describe('What was found, for people.'),
  facts: facts('The numbers when it was found.'),
  latest_facts: facts('The latest numbers.'),
  timezone,
  opened_at: instant('When it was found.'),
  seen_at: instant('When it was last found, to some minutes.'),
  acknowledged_at: instantOr('nobody did', 'When somebody said so.'),
  acknowledged_by: z.string().nullable().describe('Who; `null`: nobody.'),
  resolved_at: instantOr('it is not', 'When it was over.'),
  told_at: instantOr('nobody was told', 'When people were last told of it.'),
};

const alert = z.object(alertFields).meta({ id: 'Alert' });

const alertWithHistory = z
  .object({
    ...alertFields,
    advice: z
      .string()
      .nullable()
      .describe('What to do now, for people. `null`: it is over, or there is nothing to say.'),
    entries: z
      .array(
        z.object({
          at: instant('When.'),
          what: z.enum(ENTRY_KINDS).describe('What happened.'),
          actor: z.string().nullable().describe('Who did it; `null`: the panel.'),
        }),
      )
      .describe('Its history, the first first.'),
    deliveries: z
      .array(
        z.object({
          id: z.string().describe('Its id, which receivers get, too.'),
          channel: z.string().describe('What the channel was called.'),
          channel_kind: z.string().describe('Such as `email` or `webhook`.'),
          occasion: z.string().describe('What it says, such as `opened`.'),
          state: codes<DeliveriesTable['state']>({
            pending: 'it is to be sent',
            sent: 'it was',
            dead: 'it could not be',
            cancelled: 'there was nothing to tell any more',
          }),
          attempts: count('How often it was tried.'),
          last_error: z
            .string()
            .nullable()
            .describe('Why the last attempt failed; `null`: none did.'),
          ended_at: instantOr('it is still to be sent', 'When it was sent or given up.'),
        }),
      )
      .describe('What was sent of it.'),
    told_with: z.array(z.string()).describe('Ids of alerts that the same message tells of.'),
  })
  .meta({ id: 'AlertWithHistory' });

const ruleFields = described(ruleBody, {
  params:
    'What its kind needs to know, as the form of the panel names it: of `spend_above` the `amount` in dollars and the `period`. Faults are of fields such as `params.amount`.',
  severity: 'Default: `warning`.',
  channel_ids: 'Ids of channels. Default: every one.',
  quiet_from: "A time of day in the account's zone, such as `22:00`: what is not critical waits.",
  quiet_until: 'When they are over. Needs `quiet_from`.',
  remind_hours: 'How often people are reminded, in hours. Default: never.',
  name: 'At most 80 characters. Default: it is called by what it watches.',
  is_enabled: 'Whether it is looked at.',
});

const newRule = () =>
  z.object({
    kind,
    account: accountField(
      'The one account that it is for, by name for programs or id. Default: every account.',
    ),
    ...ruleFields,
  });

const EXAMPLE = {
  kind: 'spend_above',
  params: { amount: '5', period: 'today' },
  severity: 'warning',
  remind_hours: 24,
};

const rulePath = z.object({ id: z.string().describe('Id of the rule.') });
const alertPath = z.object({ id: z.string().describe('Id of the alert.') });

export const alertPaths = {
  '/api/v1/alert-rules': {
    get: operation({
      id: 'listAlertRules',
      tag: RULES,
      summary: 'Every rule, the oldest first',
      access: 'viewer',
      isLimited: true,
      answer: json(success({ rules: z.array(rule).describe('The rules.') }), 'The rules.'),
    }),
    post: operation({
      id: 'createAlertRule',
      tag: RULES,
      summary: 'Makes a rule',
      access: 'admin',
      isLimited: true,
      body: newRule(),
      onlyJson: true,
      example: EXAMPLE,
      status: 201,
      answer: {
        ...json(success({ rule }), 'The rule.'),
        headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
      },
      failures: ['not_found'],
    }),
  },
  '/api/v1/alert-rules/preview': {
    post: operation({
      id: 'previewAlertRule',
      tag: RULES,
      summary: 'What a rule would have told lately, without making it',
      access: 'viewer',
      isLimited: true,
      body: newRule(),
      onlyJson: true,
      example: EXAMPLE,
      answer: json(success({ preview }), 'What it would have told.'),
      failures: ['not_found'],
    }),
  },
  '/api/v1/alert-rules/{id}': {
    get: operation({
      id: 'readAlertRule',
      tag: RULES,
      summary: 'A rule',
      access: 'viewer',
      isLimited: true,
      path: rulePath,
      answer: json(success({ rule }), 'The rule.'),
      failures: ['not_found'],
    }),
    put: operation({
      id: 'changeAlertRule',
      tag: RULES,
      summary: 'Replaces everything that a rule says',
      description: 'Of a rule that is switched off what it has open is closed, and nobody is told.',
      access: 'admin',
      isLimited: true,
      path: rulePath,
      body: z.object({
        kind: kind.optional().describe('Stays what it is.'),
        account: accountField('Stays what it is.'),
        ...ruleFields,
        ...described(versionBody, { version: 'The `version` that was read.' }),
      }),
      onlyJson: true,
      example: { ...EXAMPLE, params: { amount: '7.50', period: 'today' }, version: 1 },
      answer: json(success({ rule }), 'The rule as it is now.'),
      failures: ['not_found', 'conflict'],
    }),
    delete: operation({
      id: 'deleteAlertRule',
      tag: RULES,
      summary: 'Deletes a rule',
      description: 'What it has open is closed, and nobody is told.',
      access: 'admin',
      isLimited: true,
      path: rulePath,
      answer: json(success({}), 'It is gone.'),
      failures: ['not_found', 'conflict'],
    }),
  },
  '/api/v1/alert-rules/{id}/preview': {
    get: operation({
      id: 'previewKeptAlertRule',
      tag: RULES,
      summary: 'What a rule would have told lately',
      access: 'viewer',
      isLimited: true,
      path: rulePath,
      answer: json(success({ preview }), 'What it would have told.'),
      failures: ['not_found'],
    }),
  },
  '/api/v1/alerts': {
    get: operation({
      id: 'listAlerts',
      tag: ALERTS,
      summary: 'What rules found, the newest first',
      access: 'viewer',
      isLimited: true,
      query: z.object(
        described(incidentsApiQuery, {
          state: '`unresolved`: open or acknowledged. Default: all.',
          before: 'The `next` of the page before.',
          account: 'Name for programs, or id. Default: all.',
          limit: 'As many as that, up to 500.',
        }),
      ),
      answer: json(
        success({
          alerts: z.array(alert).describe('The alerts.'),
          next: z
            .string()
            .nullable()
            .describe('What to ask for with `before` to get older ones. `null`: there are none.'),
        }),
        'The alerts.',
      ),
      failures: ['not_found'],
    }),
  },
  '/api/v1/alerts/{id}': {
    get: operation({
      id: 'readAlert',
      tag: ALERTS,
      summary: 'An alert with its history and what was sent of it',
      access: 'viewer',
      isLimited: true,
      path: alertPath,
      answer: json(success({ alert: alertWithHistory }), 'The alert.'),
      failures: ['not_found'],
    }),
  },
  '/api/v1/alerts/{id}/acknowledgement': {
    post: operation({
      id: 'acknowledgeAlert',
      tag: ALERTS,
      summary: 'Somebody sees to it: no more reminders',
      access: 'operator',
      isLimited: true,
      path: alertPath,
      answer: json(success({ alert }), 'The alert as it is now.'),
      failures: ['not_found', 'conflict'],
    }),
  },
  '/api/v1/alerts/{id}/resolution': {
    post: operation({
      id: 'resolveAlert',
      tag: ALERTS,
      summary: 'Says that it is over',
      access: 'operator',
      isLimited: true,
      path: alertPath,
      answer: json(success({ alert }), 'The alert as it is now.'),
      failures: ['not_found'],
    }),
  },
};
