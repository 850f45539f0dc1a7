import { parseArgs } from 'node:util';
import { z } from 'zod';
import { COMMAND_LINE } from '../audit/actor.ts';
import { NAME_MAX, nameField, roleField } from '../auth/person-fields.ts';
import { issueToken } from '../auth/token-changes.ts';
import { daysFrom } from '../auth/token-expiry.ts';
import { readWord } from './arguments.ts';
import { type Command, CommandError } from './command.ts';

const DAYS_MAX = 3_650;

/** Days, or `null` for never. */
const expiresWord = z.union([
  z.literal('never').transform(() => null),
  z
    .string()
    .regex(/^\d{1,4}d$/)
    .transform((text) => Number(text.slice(0, -1)))
    .refine((days) => days >= 1 && days <= DAYS_MAX),
]);

export const tokenCreate: Command = {
  name: 'token create',
  summary: 'a token with which a program calls the API',
  usage: `Usage: npm run -s cli -- token create --name NAME --role ROLE [--expires 90d|never]

Prints the token and nothing else: it is kept nowhere and can't be printed again.

  --name NAME     what it is for, up to ${NAME_MAX} characters
  --role ROLE     viewer (see), operator (run checks too) or admin (all)
  --expires WHEN  after so many days (1d to ${DAYS_MAX}d), or never; 90d if not given`,

  async run(args, { services, print }) {
    const { values } = parseArgs({
      args,
      options: {
        name: { type: 'string' },
        role: { type: 'string' },
        expires: { type: 'string', default: '90d' },
      },
    });
    const name = readWord(
      nameField,
      values.name,
      `--name must be a text of 1 to ${NAME_MAX} characters.`,
    );
    const role = readWord(roleField, values.role, '--role must be viewer, operator or admin.');
    const days = readWord(
      expiresWord,
      values.expires,
      `--expires must be days such as 90d (at most ${DAYS_MAX}d), or never.`,
    );
    const { store, now } = await services();
    const token = await issueToken({ store, now }, COMMAND_LINE, {
      name,
      role,
      expiresAt: days === null ? null : daysFrom(now(), days),
    });
    if (token === null) throw new CommandError('The token could not be made: try again.');
    print(token);
  },
};
