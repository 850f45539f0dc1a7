import { request } from 'undici';
import { tellParent } from '../support/child.ts';
import { PAGES, peakBytes, type Reading } from './rows.ts';

const [url = ''] = process.argv.slice(2);
let ms = 0;
for (let page = 0; page < PAGES; page += 1) {
  const { body } = await request(`${url}/?cursor=${page}`);
  const bytes = Buffer.from(await body.arrayBuffer());
  const started = performance.now();
  JSON.parse(bytes.toString('utf8'));
  ms += performance.now() - started;
}
tellParent({ seconds: ms / 1000, peakBytes: peakBytes(), totalNano: null } satisfies Reading);
process.disconnect?.();
