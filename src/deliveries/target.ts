/** Where a channel's deliveries go, with what must stay secret. Kept sealed; never shown or logged. */
export type Target =
  | { kind: 'email'; to: readonly string[] }
  /** The newest secret first: signed with each that is still valid, so that receivers can change over. */
  | { kind: 'webhook'; url: string; secrets: readonly WebhookSecret[] }
  | { kind: 'slack' | 'discord' | 'teams'; url: string }
  | { kind: 'telegram'; botToken: string; chatId: string }
  /** `url` of the topic. */
  | { kind: 'ntfy'; url: string; token: string | null };

/** A secret of the Standard Webhooks form `whsec_...`. */
export interface WebhookSecret {
  secret: string;
  /** ISO 8601 in UTC: when it stops being used; `null`: it is the current one. */
  until: string | null;
}
