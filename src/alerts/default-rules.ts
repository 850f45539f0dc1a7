import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';
import type { AlertKind } from './kind.ts';
import { KINDS } from './kinds/index.ts';
import type { Rule, RuleKind } from './rule.ts';
import { ruleRow } from './rule-rows.ts';

/** The row of the settings that says of which kinds the rules were made: JSON, a list of kinds. */
const SEEDED = 'alert_kinds_seeded';

/** How often people are reminded of what is critical, until they change it. */
const CRITICAL_REMIND_HOURS = 24;

/** The rules every panel begins with, for every account. */
export function defaultRules(kind: AlertKind): Rule[] {
  return kind.defaults.map(({ params, severity }, index) => ({
    id: `default-${kind.kind}-${index + 1}`,
    accountId: null,
    kind: kind.kind,
    name: '',
    // As if somebody had written them: what they leave out is filled in.
    params: kind.params.parse(params) as Rule['params'],
    severity,
    channelIds: null,
    quietHours: null,
    remindHours: severity === 'critical' && !kind.isOnce ? CRITICAL_REMIND_HOURS : null,
    isEnabled: true,
    version: 1,
  }));
}

/**
 * Makes the default rules of kinds that this panel has not met before. Each kind's are made once: who
 * deletes one does not find it again, and a kind that a later version adds brings its own.
 */
export async function seedDefaultRules(
  db: Kysely<Tables>,
  now: Temporal.Instant,
  kinds: Partial<Record<RuleKind, AlertKind>> = KINDS,
): Promise<void> {
  const known = Object.values(kinds);
  const isNew = (seeded: readonly string[]) => known.some(({ kind }) => !seeded.includes(kind));
  if (!isNew(await readSeeded(db))) return;
  await db.transaction().execute(async (trx) => {
    await holdSeeded(trx, now);
    const seeded = await readSeeded(trx);
    const rules = known.filter(({ kind }) => !seeded.includes(kind)).flatMap(defaultRules);
    if (rules.length > 0) {
      await trx
        .insertInto('alert_rules')
        .values(rules.map((rule) => ruleRow(rule, now)))
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    }
    const names = [...new Set([...seeded, ...known.map(({ kind }) => kind)])];
    await trx
      .updateTable('settings')
      .set({ value: JSON.stringify(names), updated_at: toText(now) })
      .where('name', '=', SEEDED)
      .execute();
  });
}

/** One replica after the other: the second finds what the first has made. */
async function holdSeeded(trx: Kysely<Tables>, now: Temporal.Instant): Promise<void> {
  await trx
    .insertInto('settings')
    .values({ name: SEEDED, value: '[]', updated_at: toText(now) })
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet((row) => ({ name: row.ref('excluded.name') })),
    )
    .execute();
}

async function readSeeded(db: Kysely<Tables>): Promise<string[]> {
  const row = await db
    .selectFrom('settings')
    .select('value')
    .where('name', '=', SEEDED)
    .executeTakeFirst();
  return row ? JSON.parse(row.value) : [];
}
