import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { createToken } from '../../src/auth/tokens.ts';
import type { Role } from '../../src/auth/viewer.ts';
import type { Panel } from '../support/panel.ts';

export interface Scraped {
  text: string;
  /** Every name with its type. */
  types: Map<string, string>;
  /** The value of a sample; `undefined` where there is none. Labels have to be given in full. */
  value(name: string, labels?: Record<string, string>): number | undefined;
  /** Every sample of a name. */
  all(name: string): { labels: Record<string, string>; value: number }[];
}

/** What a Prometheus with a token of that role reads. */
export async function scrape(
  panel: Pick<Panel, 'services' | 'http'>,
  role: Role = 'viewer',
): Promise<Scraped> {
  const { store, now } = panel.services;
  const asked = { name: 'prometheus', role, createdBy: 'a test', expiresAt: null };
  const token = await createToken(store.db, now(), asked);
  const { text } = await panel.http
    .get('/metrics')
    .set('Authorization', `Bearer ${token}`)
    .expect('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
    .expect(200);
  if (!token || text.includes(token)) throw new Error('the token is in the answer');
  return readText(text);
}

export function readText(text: string): Scraped {
  const families = parsePrometheusTextFormat(text);
  const all = (name: string) =>
    (families.find((family) => family.name === name)?.metrics ?? []).map(({ value, labels }) => ({
      labels: labels ?? {},
      value: Number(value),
    }));
  const nameOf = (labels: Record<string, string>) => JSON.stringify(Object.entries(labels).sort());
  return {
    text,
    types: new Map(families.map(({ name, type }) => [name, type.toLowerCase()])),
    all,
    value: (name, labels = {}) =>
      all(name).find((sample) => nameOf(sample.labels) === nameOf(labels))?.value,
  };
}
