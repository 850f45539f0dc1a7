import { type FalAccount, listAccounts } from '../../src/accounts/accounts.ts';
import type { Round } from '../../src/alerts/kind.ts';
import type { Panel } from '../support/panel.ts';

/** A round as the evaluation makes it, of a panel at a moment. */
export function roundOf(
  { services }: Pick<Panel, 'services'>,
  now: Temporal.Instant,
): Round & { accounts(): Promise<[FalAccount, ...FalAccount[]]> } {
  const answers = new Map<string, Promise<unknown>>();
  return {
    services: { ...services, now: () => now },
    now,
    once<Answer>(name: string, read: () => Promise<Answer>): Promise<Answer> {
      const known = answers.get(name) ?? read();
      answers.set(name, known);
      return known as Promise<Answer>;
    },
    async accounts() {
      const [first, ...others] = await listAccounts(services.store.db);
      if (!first) throw new Error('no account');
      return [first, ...others];
    },
  };
}
