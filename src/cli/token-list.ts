import { tokenState } from '../auth/token-expiry.ts';
import { listTokens } from '../auth/tokens.ts';
import { noArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { table } from './table.ts';

export const tokenList: Command = {
  name: 'token list',
  summary: 'tokens that were made, newest first',
  usage: `Usage: npm run -s cli -- token list

Prints of each token its id, last characters, role, state, when it expires and was last used (UTC),
and its name. The tokens themselves are kept nowhere.`,

  async run(args, { services, print }) {
    noArguments(args);
    const { store, now } = await services();
    const rows = (await listTokens(store.db)).map((token) => [
      token.id,
      `…${token.hint}`,
      token.role,
      tokenState(token, now()),
      token.expiresAt ? minute(token.expiresAt) : 'never',
      token.lastUsedAt ? minute(token.lastUsedAt) : 'never',
      token.name,
    ]);
    table(['ID', 'ENDS IN', 'ROLE', 'STATE', 'EXPIRES', 'LAST USED', 'NAME'], rows).forEach(print);
  },
};

function minute(instant: Temporal.Instant): string {
  return instant.toString({ smallestUnit: 'minute' });
}
