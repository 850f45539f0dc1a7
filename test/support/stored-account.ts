import { randomUUID } from 'node:crypto';
import { keyHint } from '../../src/fal/key.ts';
import type { Services } from '../../src/services.ts';
import { toText } from '../../src/store/values.ts';
import type { Panel } from './panel.ts';

export interface StoredAccount {
  slug: string;
  name: string;
  /** The fal key, which is sealed. */
  key: string;
  timezone?: string;
  color?: number;
  isDefault?: boolean;
}

/** A fal account with its key, made in the store: fal is not asked about it. */
export async function storeAccount(
  { store, seal, now }: Services,
  { slug, name, key, timezone = 'America/Mexico_City', color = 1, isDefault }: StoredAccount,
): Promise<void> {
  const id = randomUUID();
  await store.db
    .insertInto('fal_accounts')
    .values({
      id,
      slug,
      name,
      note: '',
      timezone,
      color,
      sealed_key: seal.close(key, `fal_account/${id}`),
      key_hint: keyHint(key),
      is_default: isDefault ? 1 : null,
      version: 1,
      created_at: toText(now()),
      updated_at: toText(now()),
    })
    .execute();
}

/** The account with traffic, and one that fal has locked. */
export async function storeTwo({ services, fal }: Pick<Panel, 'services' | 'fal'>): Promise<void> {
  const { admin, locked } = fal.keys;
  await storeAccount(services, {
    slug: 'futurelab',
    name: 'FutureLab',
    key: admin,
    isDefault: true,
  });
  await storeAccount(services, { slug: 'bodas', name: 'Bodas <b>& XV</b>', key: locked, color: 2 });
}
