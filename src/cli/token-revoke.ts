import { COMMAND_LINE } from '../audit/actor.ts';
import { withdrawToken } from '../auth/token-changes.ts';
import { oneArgument } from './arguments.ts';
import { type Command, CommandError } from './command.ts';

export const tokenRevoke: Command = {
  name: 'token revoke',
  summary: 'makes a token worthless, at once and for good',
  usage: `Usage: npm run -s cli -- token revoke ID

ID is the one that "token list" prints. Prints nothing when it is done.`,

  async run(args, { services }) {
    const id = oneArgument(args, 'ID');
    const name = await withdrawToken(await services(), COMMAND_LINE, id);
    if (name === null) {
      throw new CommandError(`There is no token ${id} to revoke: "token list" prints their ids.`);
    }
  },
};
