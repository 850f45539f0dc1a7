import type { FalAccount } from '../../src/accounts/accounts.ts';
import type { Evaluation } from '../../src/alerts/finding.ts';
import type { AlertKind } from '../../src/alerts/kind.ts';
import { KINDS } from '../../src/alerts/kinds/index.ts';
import { createRound } from '../../src/alerts/round.ts';
import type { RuleKind } from '../../src/alerts/rule.ts';
import type { Services } from '../../src/services.ts';

/** That kind; every one that tests name is there. */
export function kindOf(name: RuleKind): AlertKind {
  const kind = KINDS[name];
  if (!kind) throw new Error(`there is no kind ${name}`);
  return kind;
}

/** What a rule says of an account now. @param firing subjects that it has open. */
export async function look(
  services: Services,
  account: FalAccount,
  name: RuleKind,
  given: Record<string, unknown>,
  firing: readonly string[] = [],
): Promise<Evaluation> {
  const kind = kindOf(name);
  const params = kind.params.parse(given);
  const reading = await kind.read(createRound(services), account, params);
  return kind.judge(reading, params, new Set(firing), 'warning');
}

/** The facts of what was found, by subject, as bare values. */
export function told({ findings }: Evaluation): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    findings.map(({ subject, facts }) => [
      subject,
      Object.fromEntries(Object.entries(facts).map(([name, { value }]) => [name, value])),
    ]),
  );
}
