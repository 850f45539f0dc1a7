import { backup } from './backup.ts';
import type { Command } from './command.ts';
import { restore } from './restore.ts';
import { rotateSecretCommand } from './rotate-secret.ts';
import { tokenCreate } from './token-create.ts';
import { tokenList } from './token-list.ts';
import { tokenRevoke } from './token-revoke.ts';
import { userList } from './user-list.ts';
import { userResetLink } from './user-reset-link.ts';
import { userSetupLink } from './user-setup-link.ts';

/** Everything the command line can do, in the order in which it is listed. */
export const COMMANDS: readonly Command[] = [
  userList,
  userResetLink,
  userSetupLink,
  tokenCreate,
  tokenList,
  tokenRevoke,
  rotateSecretCommand,
  backup,
  restore,
];
