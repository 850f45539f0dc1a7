import { COMMAND_LINE } from '../audit/actor.ts';
import { createResetLink } from '../auth/password-reset.ts';
import { isDeserted, lockPeople } from '../auth/people.ts';
import { emailField } from '../auth/person-fields.ts';
import { findPersonByEmail } from '../auth/roster.ts';
import { oneArgument, readWord } from './arguments.ts';
import { type Command, CommandError } from './command.ts';
import { panelAddress } from './panel-address.ts';

export const userResetLink: Command = {
  name: 'user reset-link',
  summary: 'a link by which a person chooses another password',
  usage: `Usage: npm run -s cli -- user reset-link EMAIL

Prints a link and nothing else. It works once and for 24 hours, and replaces the one before. The
person's sessions end when they use it; two-step verification stays on.`,

  async run(args, { config, services, print }) {
    const email = readWord(
      emailField,
      oneArgument(args, 'EMAIL'),
      'EMAIL must be an e-mail address.',
    );
    const { store, now } = await services();
    const path = await store.db.transaction().execute(async (trx) => {
      await lockPeople(trx, store.engine);
      const person = await findPersonByEmail(trx, email);
      if (person?.deactivated) {
        throw new CommandError(`${email} is deactivated: an admin must reactivate them first.`);
      }
      if (person) return createResetLink(trx, now(), COMMAND_LINE, person);
      throw new CommandError(
        (await isDeserted(trx))
          ? 'Nobody can sign in yet: "user setup-link" prints the link for the first account.'
          : `Nobody has the e-mail address ${email}: "user list" prints who there is.`,
      );
    });
    print(panelAddress(config) + path);
  },
};
