import type { Target } from './target.ts';

/** What may be shown of where deliveries go: enough to know it again, too little to use it. */
export function targetHint(target: Target): string {
  switch (target.kind) {
    case 'email': {
      const [first = '', ...others] = target.to;
      const shown = addressHint(first);
      return others.length > 0 ? `${shown} +${others.length}` : shown;
    }
    case 'telegram':
      return target.chatId.startsWith('@') ? target.chatId : `…${target.chatId.slice(-3)}`;
    default:
      return new URL(target.url).host;
  }
}

/** The same of one e-mail address: `a…@example.com`. */
export function addressHint(address: string): string {
  return `${address.slice(0, 1)}…${address.slice(address.lastIndexOf('@'))}`;
}
