import type { FalAccount } from '../../src/accounts/accounts.ts';
import { toAccount } from '../../src/accounts/accounts.ts';
import type { Evaluation, Finding } from '../../src/alerts/finding.ts';
import { toIncident } from '../../src/alerts/incident.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { ruleRow } from '../../src/alerts/rule-rows.ts';
import { settleIncidents } from '../../src/alerts/settle.ts';
import { readConfig } from '../../src/config.ts';
import type { DeliveryContent } from '../../src/deliveries/message.ts';
import type { Store } from '../../src/store/store.ts';
import { toText } from '../../src/store/values.ts';

/** A Monday noon in UTC, where the planted accounts are. */
export const START = Temporal.Instant.from('2026-03-09T12:00:00Z');
export const minute = (count: number) => START.add({ minutes: count });

export function aRule(changes: Partial<Rule> = {}): Rule {
  return {
    id: 'spend',
    accountId: null,
    kind: 'spend_above',
    name: '',
    params: {},
    severity: 'warning',
    channelIds: null,
    quietHours: null,
    remindHours: null,
    isEnabled: true,
    version: 1,
    ...changes,
  };
}

export function aFinding(changes: Partial<Finding> = {}): Finding {
  return {
    subject: '',
    nature: 'state',
    cause: 'spend',
    facts: { spent: { as: 'money', value: '7.2', currency: 'USD' } },
    ...changes,
  };
}

export function found(...findings: Finding[]): Evaluation {
  return { isKnown: true, findings };
}

/** A place where messages go, in the store. */
export async function plantChannel({ db }: Store, id: string, locale = 'es'): Promise<void> {
  await db
    .insertInto('delivery_channels')
    .values({
      id,
      name: id,
      kind: 'webhook',
      sealed_target: '',
      hint: 'example.com',
      locale,
      is_enabled: 1,
      version: 1,
      created_at: toText(START),
      updated_at: toText(START),
    })
    .execute();
}

export async function plantedAccount({ db }: Store, id: string): Promise<FalAccount> {
  const row = await db
    .selectFrom('fal_accounts')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return toAccount(row);
}

export const CONFIG = readConfig({ PUBLIC_URL: 'https://panel.example.com', BASE_PATH: '/fal' });

export interface Sent {
  type: string;
  channel: string;
  /** Ids of the incidents it tells of. */
  about: string[];
  at: Temporal.Instant;
  content: DeliveryContent;
}

/** One panel that settles an account's incidents, with an outbox that sends what is due. */
export function settling(store: Store, account: FalAccount) {
  const { db } = store;
  const sent: Sent[] = [];
  /** What is settled at a time, in one transaction, by rules that are there. */
  async function settle(
    now: Temporal.Instant,
    ...judged: { rule: Rule; evaluation: Evaluation }[]
  ): Promise<void> {
    for (const { rule } of judged) {
      await db
        .insertInto('alert_rules')
        .values(ruleRow(rule, START))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    const services = { config: CONFIG, store };
    return db
      .transaction()
      .execute((trx) => settleIncidents(trx, services, { account, judged, now }));
  }
  return {
    sent,
    settle,
    /** Settles it, then sends what is due. */
    async round(now: Temporal.Instant, ...judged: { rule: Rule; evaluation: Evaluation }[]) {
      await settle(now, ...judged);
      await this.send(now);
    },
    async send(now: Temporal.Instant) {
      const own = db.selectFrom('incidents').select('id').where('account_id', '=', account.id);
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('state', '=', 'pending')
        .where('next_attempt_at', '<=', toText(now))
        .where('source_id', 'in', own)
        .orderBy('created_at')
        .execute();
      for (const { id, channel_id, content: json } of rows) {
        await db
          .updateTable('deliveries')
          .set({ state: 'sent', attempts: 1, ended_at: toText(now) })
          .where('id', '=', id)
          .execute();
        const content: DeliveryContent = JSON.parse(json);
        const { incident_id, also } = content.event.data as {
          incident_id: string;
          also: { incident_id: string }[];
        };
        sent.push({
          type: content.event.type,
          channel: channel_id,
          about: [incident_id, ...also.map((other) => other.incident_id)],
          at: now,
          content,
        });
      }
    },
    /** What was sent, as `12:00 incident.opened 1`: how many incidents it tells of. */
    said: () =>
      sent.map(
        ({ type, about, at }) =>
          `${at.toString().slice(11, 16)} ${type.replace('incident.', '')} ${about.length}`,
      ),
    async incidents() {
      const rows = await db
        .selectFrom('incidents')
        .selectAll()
        .where('account_id', '=', account.id)
        .orderBy('opened_at')
        .orderBy('subject')
        .execute();
      return rows.flatMap(toIncident);
    },
    /** An incident's history, in words. */
    async entries(incidentId: string) {
      const rows = await db
        .selectFrom('incident_entries')
        .select('what')
        .where('incident_id', '=', incidentId)
        .orderBy('number')
        .execute();
      return rows.map(({ what }) => what);
    },
  };
}
