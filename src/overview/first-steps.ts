import type { Kysely } from 'kysely';
import type { Tables } from '../store/tables.ts';
import { toText } from '../store/values.ts';

/** Whether nobody else can sign in, nor was invited to: then one lost password closes the panel. */
export async function isAlone(db: Kysely<Tables>, now: Temporal.Instant): Promise<boolean> {
  const people = await db.selectFrom('people').select('id').limit(2).execute();
  if (people.length > 1) return false;
  const invitation = await db
    .selectFrom('one_time_links')
    .select('token_hash')
    .where('purpose', '=', 'invitation')
    .where('expires_at', '>', toText(now))
    .limit(1)
    .executeTakeFirst();
  return invitation === undefined;
}
