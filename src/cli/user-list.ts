import { listPeople } from '../auth/roster.ts';
import { noArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { table } from './table.ts';

export const userList: Command = {
  name: 'user list',
  summary: 'people who can sign in',
  usage: `Usage: npm run -s cli -- user list

Prints who there is: e-mail address, role, two-step verification, state and name.`,

  async run(args, { services, print }) {
    noArguments(args);
    const { store } = await services();
    const rows = (await listPeople(store.db)).map((person) => [
      person.email,
      person.role,
      person.twoFactorEnabled ? 'on' : 'off',
      person.deactivated ? 'deactivated' : 'active',
      person.name,
    ]);
    table(['EMAIL', 'ROLE', 'TWO-STEP', 'STATE', 'NAME'], rows).forEach(print);
  },
};
