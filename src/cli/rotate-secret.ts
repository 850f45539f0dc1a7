import type { Config } from '../config.ts';
import { adoptNextSecret, prepareNextSecret } from '../secrets/app-secret.ts';
import { type Rotated, rotateSecret } from '../secrets/rotate.ts';
import { type Command, type CommandContext, UsageError } from './command.ts';

const USAGE = `Usage: npm run -s cli -- rotate-secret

Encrypts everything that is kept under APP_SECRET under a new secret instead: fal keys, where
messages go, and the secrets of two-step verification. All of it goes over or nothing does. Everybody has to sign in again.

Stop the panel before, and start it after: one that is running goes on with the old secret and can't
open the keys any more.

  APP_SECRET is set         the new secret is NEW_APP_SECRET, from the environment (never an
                            argument, which other people on the machine could see). Then set
                            APP_SECRET to it.
  APP_SECRET is not set     a new secret is made and kept in DATA_DIR in the place of the old one.
                            A backup of DATA_DIR from before goes with the old one.`;

/** `rotate-secret`: another `APP_SECRET`. */
export const rotateSecretCommand: Command = {
  name: 'rotate-secret',
  summary: 'encrypts everything under a new APP_SECRET',
  usage: USAGE,
  async run(args, context) {
    refuseWords(args);
    const { config, print } = context;
    if (config.appSecret === null) {
      if (config.newAppSecret !== null) {
        throw new UsageError(
          'NEW_APP_SECRET is set and APP_SECRET is not: the secret kept in DATA_DIR is replaced with one that is made. Unset NEW_APP_SECRET, or set APP_SECRET to what is in DATA_DIR/app-secret.',
        );
      }
      print(summary(await rotateKept(context)));
      print('The new secret is kept in DATA_DIR. Start the panel again.');
    } else {
      print(summary(await rotateSet(config, context)));
      print(
        'Now set APP_SECRET to what NEW_APP_SECRET is, unset NEW_APP_SECRET and start the panel.',
      );
    }
  },
};

/** The new secret is on the disk before the store goes over to it, and found there if this is cut off. */
async function rotateKept({ config, services }: CommandContext): Promise<Rotated> {
  const opened = await services();
  const rotated = await rotateSecret(opened, prepareNextSecret(config.dataDir));
  adoptNextSecret(config.dataDir);
  return rotated;
}

async function rotateSet(
  { appSecret, newAppSecret }: Config,
  { services }: CommandContext,
): Promise<Rotated> {
  if (newAppSecret === null) {
    throw new UsageError('NEW_APP_SECRET must be set in the environment to the new secret.');
  }
  if (newAppSecret === appSecret) {
    throw new UsageError('NEW_APP_SECRET must be another secret than APP_SECRET.');
  }
  return rotateSecret(await services(), newAppSecret);
}

function summary({ accounts, channels, secondFactors, sessions }: Rotated): string {
  return `Under the new secret: fal keys: ${accounts}, channels: ${channels}, two-step verifications: ${secondFactors}. Sessions ended: ${sessions}.`;
}

/** What was typed is not said again: it may be the secret itself. */
function refuseWords(args: string[]): void {
  if (args.length > 0) {
    throw new UsageError('rotate-secret takes no arguments: the new secret is NEW_APP_SECRET.');
  }
}
