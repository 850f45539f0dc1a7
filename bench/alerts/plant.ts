import type { Kysely } from 'kysely';
import { listAccounts } from '../../src/accounts/accounts.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import type { Rule } from '../../src/alerts/rule.ts';
import { ruleRow } from '../../src/alerts/rule-rows.ts';
import type { Tables } from '../../src/store/tables.ts';
import { aRule } from '../../test/alerts/settling.ts';
import { MODELS } from '../history/ten-million-rows.ts';

const RULES = 1_000;
/** Of kinds that no panel begins with. */
const PARAMS: Record<string, Record<string, unknown>> = {
  budget: { amount: '5000' },
  spend_above: { amount: '5' },
};

/** Of every other one of these kinds what one of the planted models cost is watched. */
const FILTERED_KINDS = ['budget', 'spend_above'];

/** As many rules of every account of its own, of all kinds in turn, as make a thousand. */
export async function plantRules(db: Kysely<Tables>, now: Temporal.Instant): Promise<void> {
  const accounts = await listAccounts(db);
  const kinds = Object.values(KINDS);
  const rules = Array.from({ length: RULES }, (_, index): Rule => {
    const kind = kinds[index % kinds.length];
    const account = accounts[Math.floor(index / (RULES / accounts.length))];
    if (!kind || !account) throw new Error('there is nothing to watch');
    const isFiltered =
      FILTERED_KINDS.includes(kind.kind) && index % (2 * kinds.length) < kinds.length;
    const params = {
      ...(kind.defaults[0]?.params ?? PARAMS[kind.kind]),
      ...(isFiltered && { endpoint_id: `fal-ai/model-${1 + (index % MODELS)}` }),
    };
    return aRule({
      id: `rule-${index}`,
      accountId: account.id,
      kind: kind.kind,
      params: kind.params.parse(params) as Rule['params'],
    });
  });
  for (let first = 0; first < RULES; first += 100) {
    const rows = rules.slice(first, first + 100).map((rule) => ruleRow(rule, now));
    await db.insertInto('alert_rules').values(rows).execute();
  }
}
