import { randomUUID } from 'node:crypto';
import { createEmbed, EMBED_PARTS, type NewEmbed } from '../../src/embeds/embed-tokens.ts';
import { createCostsReader } from '../../src/overview/costs.ts';
import { accountId, syncOnce } from '../history/synced.ts';
import type { ENGINES } from '../support/panel.ts';
import { NOW, type Panel, type PanelOptions, startPanel } from '../support/panel.ts';
import { storeAccount } from '../support/stored-account.ts';

/** A panel with an account that was read from the simulator, and what it knows of it. */
export async function startSynced(
  { engine = 'sqlite', ...options }: PanelOptions & { engine?: (typeof ENGINES)[number] } = {},
  env: Record<string, string> = {},
): Promise<Panel> {
  const panel = await startPanel(env, { engine, ...options });
  const { services, fal } = panel;
  await storeAccount(services, {
    ...{ slug: 'booth', name: 'Cabina <b>& Co</b>', key: fal.keys.admin, isDefault: true },
  });
  await syncOnce(panel, 'booth');
  return panel;
}

/** Makes a token, as the page does. @param embed what it is to be, apart from all of one account. */
export async function embedToken(panel: Panel, embed: Partial<NewEmbed> = {}): Promise<string> {
  const { store, now } = panel.services;
  const token = await createEmbed(store.db, now(), {
    ...{ id: randomUUID(), name: 'Intranet', accountId: null, shows: EMBED_PARTS },
    ...{ frameOrigins: null, locale: 'es', createdBy: 'a test', expiresAt: null },
    ...embed,
  });
  if (token === null) throw new Error('no token');
  return token;
}

/** The same for the account that was read. */
export async function boothToken(panel: Panel, embed: Partial<NewEmbed> = {}): Promise<string> {
  return embedToken(panel, { accountId: await accountId(panel, 'booth'), ...embed });
}

/** What the overview says that was spent today. */
export async function spentToday({ services }: Panel): Promise<bigint | null> {
  const readCosts = createCostsReader(services.overviewSources, 0);
  const timezone = 'America/Mexico_City';
  const { compared } = await readCosts({ now: NOW, timezone, accountId: null, range: 'hours' });
  return compared.find(({ name }) => name === 'today')?.soFar.value ?? null;
}
