import { COMMAND_LINE } from '../audit/actor.ts';
import { createSetupLink } from '../auth/first-admin.ts';
import { noArguments } from './arguments.ts';
import { type Command, CommandError } from './command.ts';
import { panelAddress } from './panel-address.ts';

export const userSetupLink: Command = {
  name: 'user setup-link',
  summary: 'the link by which the first account is made',
  usage: `Usage: npm run -s cli -- user setup-link

Prints a link and nothing else, while nobody can sign in. It works once and for an hour; those that
were printed before stop working.`,

  async run(args, { config, services, print }) {
    noArguments(args);
    const path = await createSetupLink(await services(), COMMAND_LINE);
    if (path === null) {
      throw new CommandError(
        'Somebody can sign in already: "user reset-link EMAIL" is for who forgot a password.',
      );
    }
    print(panelAddress(config) + path);
  },
};
